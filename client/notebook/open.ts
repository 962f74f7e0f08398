/**
 * Opens a live notebook for the page: signals over its document and runs, where the person is, and the commands. Call it
 * inside a component: what it opens is closed with that.
 */
import { createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import { formsDeclaration } from '../../server/protocol/forms/types.ts';
import type { ParagraphId, PersonId } from '../../server/protocol/ids.ts';
import type { AppContext } from '../app-context.ts';
import { createAnalyst } from '../editor/typescript/analyst.ts';
import type { LiveNotebook } from '../live/contract.ts';
import { openPeople } from '../people/presence.ts';
import { openRuns } from '../runs/store.ts';
import { words } from '../words/en.ts';
import { perform } from './commands.ts';
import type { NotebookContext, Over, Panel } from './context.ts';
import { lazyDepends } from './depends.ts';
import { openDocument } from './document.ts';
import * as edits from './edits.ts';
import { openFocus } from './focus.ts';
import { openNotebookForms } from './forms.ts';
import { watchWriting } from './held.ts';
import { openMagic } from './magic.ts';
import { openOutline, titleFrom } from './outline.ts';
import { performPage } from './page.ts';
import { scrollToPlace, sectionOf } from './place.ts';
import { fix, type Writing } from './queries.ts';
import { READING_TOP } from './reading.ts';
import { runWithValues } from './running.ts';
import { isWritable, mayRun, watchLive } from './watch.ts';
import { openWide } from './wide.ts';

export function openNotebook(app: AppContext, live: LiveNotebook): { context: NotebookContext; writing: Writing } {
  const tell = (problem: { readonly message: string; readonly hint?: string }): void => {
    app.toasts.show({ text: problem.message, hint: problem.hint ?? '', tone: 'bad' });
  };
  const view = watchLive(live, tell, Date.now);
  const document_ = openDocument(live.doc, (id) => mine.isMine(id));
  const runs = openRuns(live);
  const focus = openFocus(document_.order);
  const mine = watchWriting({ live, focus: focus.focus, now: Date.now });
  const { people, close: closePeople } = openPeople(live.awareness);
  const outline = openOutline(document_);
  const title = createMemo(() => titleFrom(document_.title(), outline(), view.path()));
  const writable = createMemo(() => isWritable(view.save(), view.role()));
  const runnable = createMemo(() => mayRun(view.role()));
  const stoppable = createMemo(() => {
    if (!runnable()) return [];
    return view.role() === 'runner'
      ? runs.active().filter(({ session }) => session === view.visitor()?.id)
      : runs.active();
  });
  const forms = openNotebookForms({
    live,
    document: document_,
    role: view.role,
    runnable,
    run: () => void runWithValues(writing),
    tell: (text) => app.toasts.show({ key: 'forms', text }),
  });
  const isOwnFirst = createMemo(() => view.role() === 'runner' || forms.view.changed().length > 0);
  createEffect(() => runs.prefer(isOwnFirst()));
  createEffect(() => analyst.setForms(formsDeclaration(forms.view.forms())));
  const [panel, setPanel] = createSignal<Panel>('none');
  const [over, setOver] = createSignal<Over>('none');
  const [finding, setFinding] = createSignal(false);
  const [following, setFollowing] = createSignal<PersonId>();
  const wide = openWide();
  const magic = openMagic(live);
  const analyst = createAnalyst(live.doc, async () =>
    (await import('../editor/typescript/start.ts')).startWorker(live),
  );

  const reveal = (id: ParagraphId, block: ScrollLogicalPosition = 'nearest'): void => {
    const section = sectionOf(document, id);
    if (!section) return;
    section.scrollIntoView({ block });
    if (block === 'start') scrollToPlace(document, { paragraph: id, offset: 0 }, READING_TOP);
  };
  const writing: Writing = {
    live,
    document: document_,
    runs,
    focus,
    toasts: app.toasts,
    values: forms.view.forRun,
    me: () => app.person().name,
    now: Date.now,
    writable,
    runnable,
    reveal,
    settleMagic: (ids) => ids.forEach(magic.settle),
    page: (command, at, offset) => performPage(context, view.savedAt, command, at, offset),
  };
  const follow = (person: PersonId): void => {
    const to = people().find((one) => one.person === person);
    setFollowing(!to || following() === person ? undefined : person);
    if (!to || following() === undefined) return;
    const text = to.paragraph === undefined ? words.person.nowhere(to.name) : words.person.following(to.name);
    app.toasts.show({ key: 'follow', text });
  };
  const { depends, want: wantDepends } = lazyDepends(live, () => context);
  const context: NotebookContext = {
    app,
    live,
    analyst,
    document: document_,
    outline,
    runs,
    focus,
    people,
    crowd: view.crowd,
    save: view.save,
    path: view.path,
    title,
    session: view.session,
    visitor: view.visitor,
    isOwnShown: () => view.visitor() !== undefined && isOwnFirst(),
    forms,
    depends,
    wantDepends,
    stoppable,
    file: view.file,
    writable,
    runnable,
    role: view.role,
    panel,
    over,
    finding,
    following,
    isWide: wide.isWide,
    follow,
    unfollow: () => setFollowing(undefined),
    setPanel,
    setOver,
    setFinding,
    toggleWide: wide.toggle,
    perform: (asked, at) => perform(writing, asked, at),
    removeDamaged: (id) => edits.removeDamaged(writing, id),
    restore: (id) => edits.restore(writing, [id]),
    fix: (id, output) => fix(writing, id, output),
    reveal,
  };

  onCleanup(() => {
    for (const part of [view, runs, document_, magic, mine, analyst]) part.close();
    closePeople();
  });
  createEffect(() => {
    const at = focus.at();
    live.present(at === undefined ? {} : { paragraph: at });
  });
  createEffect(
    on(
      () => people().find((one) => one.person === following())?.paragraph,
      (at) => at !== undefined && reveal(at, 'center'),
    ),
  );
  return { context, writing };
}
