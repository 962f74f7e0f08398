/**
 * One open notebook: signals over its document and runs, the commands, and the parts of the page. It takes a live
 * notebook and knows nothing of sockets, so that tests hand it one of their own.
 */
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount, Show } from 'solid-js';
import type { ParagraphId, PersonId } from '../../server/protocol/ids.ts';
import { parseId } from '../../server/protocol/ids.ts';
import type { SessionTable } from '../../server/protocol/messages.ts';
import type { ErrorOutput } from '../../server/protocol/outputs.ts';
import { useApp } from '../app-context.ts';
import type { LiveNotebook } from '../live/contract.ts';
import { NameDialog } from '../people/NameDialog.tsx';
import { openPeople } from '../people/presence.ts';
import { openRuns } from '../runs/store.ts';
import { words } from '../words/en.ts';
import { Banners } from './Banners.tsx';
import { caretOf } from './caret.ts';
import { ClearDialog } from './ClearDialog.tsx';
import { perform, performEditor, type Surroundings } from './commands.ts';
import { Notebook, type NotebookContext, type Over, type Panel } from './context.ts';
import { openDocument } from './document.ts';
import { Drop } from './Drop.tsx';
import * as edits from './edits.ts';
import { Empty } from './Empty.tsx';
import { entriesOf, slowEntriesOf } from './entries.ts';
import { Find } from './Find.tsx';
import { openFocus } from './focus.ts';
import { Insert } from './Insert.tsx';
import { KeyList } from './KeyList.tsx';
import { openKeyboard } from './keyboard.ts';
import { openMagic } from './magic.ts';
import { openNear } from './near.ts';
import { Outline } from './Outline.tsx';
import { openOutline, titleFrom } from './outline.ts';
import { Palette } from './Palette.tsx';
import { Damaged, ParagraphShell } from './Paragraph.tsx';
import { performPage } from './page.ts';
import { keepPlace, placeAt, readPlace, scrollToPlace, sectionOf } from './place.ts';
import * as running from './running.ts';
import { Tables } from './Tables.tsx';
import { TopBar } from './TopBar.tsx';
import { markTab } from './tab.ts';
import { inQuery, showQuery } from './upload.ts';
import { holdDeleted } from './held.ts';
import { isWritable, watchLive } from './watch.ts';
import { openWide } from './wide.ts';

/** Under the top bar, where reading begins. */
const READING_TOP = 64;
const PLACE_MS = 200;

export function NotebookView(props: { readonly live: LiveNotebook; readonly fresh: boolean }): JSX.Element {
  const app = useApp();
  const live = props.live;
  const view = watchLive(live, (problem) => app.toasts.show({ text: problem.message, hint: problem.hint ?? '', tone: 'bad' }), Date.now);
  const document_ = openDocument(live.doc);
  const runs = openRuns(live);
  const focus = openFocus(document_.order);
  const { people, close: closePeople } = openPeople(live.awareness);
  const outline = openOutline(document_);
  const title = createMemo(() => titleFrom(document_.title(), outline(), view.path()));
  const writable = createMemo(() => isWritable(view.save(), view.role()));
  const near = openNear();
  const [panel, setPanel] = createSignal<Panel>('none');
  const [over, setOver] = createSignal<Over>('none');
  const [finding, setFinding] = createSignal(false);
  const [following, setFollowing] = createSignal<PersonId>();
  const [reading, setReading] = createSignal<ParagraphId>();
  const wide = openWide();

  const reveal = (id: ParagraphId, block: ScrollLogicalPosition = 'nearest'): void => {
    const section = sectionOf(document, id);
    if (!section) return;
    section.scrollIntoView({ block });
    if (block === 'start') scrollToPlace(document, { paragraph: id, offset: 0 }, READING_TOP);
  };

  const surroundings: Surroundings = {
    live,
    document: document_,
    runs,
    focus,
    toasts: app.toasts,
    me: () => app.person().name,
    now: Date.now,
    writable,
    reveal,
    page: (command, at) => performPage(context, view.savedAt, command, at),
  };

  const context: NotebookContext = {
    app,
    live,
    document: document_,
    runs,
    focus,
    people,
    save: view.save,
    path: view.path,
    title,
    session: view.session,
    file: view.file,
    writable,
    panel,
    over,
    finding,
    following,
    isWide: wide.isWide,
    follow(person) {
      const to = people().find((one) => one.person === person);
      if (!to) return;
      setFollowing(following() === person ? undefined : person);
      if (following() === undefined) return;
      const text = to.paragraph === undefined ? words.person.nowhere(to.name) : words.person.following(to.name);
      app.toasts.show({ key: 'follow', text });
    },
    setPanel,
    setOver,
    setFinding,
    toggleWide: wide.toggle,
    perform: (asked, at) => perform(surroundings, asked, at),
    restore: (id) => edits.restore(surroundings, [id]),
    fix: (id, output) => fix(surroundings, id, output),
    reveal,
  };

  const insertTable = (table: Pick<SessionTable, 'name' | 'source'>): void => {
    const at = focus.at();
    const paragraph = at === undefined ? undefined : document_.paragraph(at);
    if (!writable()) return;
    if (at === undefined || !paragraph || paragraph.interpreter() !== 'sql') return queryTable(table);
    const place = caretOf(live, at) ?? paragraph.source().length;
    edits.replace(surroundings, at, place, 0, inQuery(table));
    focus.edit(at, place + inQuery(table).length);
  };
  const queryTable = (table: Pick<SessionTable, 'name' | 'source'>): void => show(showQuery(inQuery(table)), undefined);
  /** Puts a query in at a height of the window (at the person's place without), and runs it. */
  const show = (source: string, y: number | undefined): void => {
    if (!writable()) return;
    const order = document_.order();
    const at = y === undefined ? focus.at() : placeAt(document, order, y)?.paragraph;
    const only = order.length === 1 ? order[0] : undefined;
    const blank = [at, only].find((id) => id !== undefined && document_.paragraph(id).source().trim() === '');
    const id = blank ?? edits.insertAfter(surroundings, at ?? order.at(-1), { edit: false });
    edits.replace(surroundings, id, 0, document_.paragraph(id).source().length, source);
    if (document_.paragraph(id).interpreter() !== 'sql') edits.turnInto(surroundings, [id], 'sql');
    focus.select(id);
    void running.run(surroundings, [id]);
    requestAnimationFrame(() => reveal(id));
  };

  onCleanup(openMagic(live));
  onCleanup(holdDeleted({ live, document: document_, focus, now: Date.now }));
  onCleanup(() => {
    for (const part of [view, runs, document_, near]) part.close();
    closePeople();
  });
  markTab({ title, active: runs.active, page: document });

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

  onMount(() => {
    onCleanup(
      openKeyboard(window, app.mac, (asked) => {
        setFollowing(undefined);
        if ('command' in asked && asked.command === 'leave') {
          if (finding()) setFinding(false);
          else if (focus.focus().mode === 'command' && panel() !== 'none') setPanel('none');
        }
        context.perform(asked);
        return true;
      }),
    );
    onCleanup(keepReading());
    onCleanup(leaveOnPress());
  });

  /** Comes back to where one was, or goes to the link's paragraph, once there is something to go to. */
  const settled = createMemo(() => view.save().state !== 'opening' || document_.order().length > 0);
  createEffect(
    on(settled, (ready) => {
      if (!ready) return;
      queueMicrotask(arrive);
    }),
  );
  const arrive = (): void => {
    const linked = parseId<ParagraphId>(location.hash.slice(1));
    const order = document_.order();
    if (linked && order.includes(linked)) {
      focus.select(linked);
      reveal(linked, 'start');
    } else if (linked && location.hash.length > 1) app.toasts.show({ text: words.paragraph.linkGone });
    else {
      const place = readPlace(sessionStorage, live.id);
      if (place && order.includes(place.paragraph)) onCleanupLater(scrollToPlace(document, place, READING_TOP));
    }
    if (props.fresh && order.length === 0 && writable()) edits.insertAfter(surroundings, undefined);
    else if (props.fresh && order.length === 1 && order[0]) focus.edit(order[0], 'start');
  };
  const releases: (() => void)[] = [];
  const onCleanupLater = (release: () => void): void => void releases.push(release);
  onCleanup(() => {
    for (const release of releases) release();
  });

  /** Follows the scroll: the outline's place, and what a reload returns to. */
  const keepReading = (): (() => void) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let frame = 0;
    const read = (): void => {
      const place = placeAt(document, document_.order(), READING_TOP);
      setReading(place?.paragraph);
      clearTimeout(timer);
      timer = setTimeout(() => place && keepPlace(sessionStorage, live.id, place), PLACE_MS);
    };
    const onScroll = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(read);
    };
    const onHide = (): void => {
      const place = placeAt(document, document_.order(), READING_TOP);
      if (place) keepPlace(sessionStorage, live.id, place);
    };
    const onHash = (): void => arrive();
    window.addEventListener('scroll', onScroll, { passive: true });
    window.addEventListener('pagehide', onHide);
    window.addEventListener('hashchange', onHash);
    return () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      window.removeEventListener('scroll', onScroll);
      window.removeEventListener('pagehide', onHide);
      window.removeEventListener('hashchange', onHash);
    };
  };

  /** A press elsewhere leaves the editor; a press on a paragraph chooses it. */
  const leaveOnPress = (): (() => void) => {
    const press = (event: PointerEvent): void => {
      const target = event.target instanceof Element ? event.target : undefined;
      if (!target || target.closest('[role="menu"], [role="dialog"], .toasts, .bar, .panel, .find')) return;
      const id = parseId<ParagraphId>(target.closest('[data-paragraph]')?.getAttribute('data-paragraph'));
      const now = focus.focus();
      if (id !== undefined && event.shiftKey && now.mode === 'command') focus.extend(id);
      else if (id !== undefined && focus.at() !== id) focus.select(id);
      else if (id === undefined && now.mode === 'edit' && target.closest('main')) focus.select(now.at);
    };
    document.addEventListener('pointerdown', press);
    return () => document.removeEventListener('pointerdown', press);
  };

  const actions = {
    onEditor: (id: ParagraphId, command: Parameters<typeof performEditor>[2]) => performEditor(surroundings, id, command),
    onInsert: (after: ParagraphId, interpreter: string) => void edits.insertAfter(surroundings, after, { interpreter }),
  };
  const blank = createMemo(() => {
    const order = document_.order();
    if (order.length > 1 || !settled() || view.save().state === 'opening') return false;
    return order.every((id) => document_.paragraph(id).source().trim() === '');
  });

  return (
    <Notebook.Provider value={context}>
      <a class="skip" href="#notebook" onClick={(event) => (event.preventDefault(), document.getElementById('notebook')?.focus())}>
        {words.skip}
      </a>
      <TopBar />
      <Banners onCopy={() => void copyAll(context)} />
      <div class="layout" classList={{ 'with-panel': panel() !== 'none' }}>
        <Outline entries={outline()} current={reading() ?? document_.order()[0]} />
        <main id="notebook" tabindex={-1} aria-label={title()} data-ready={settled() ? 'true' : 'false'}>
          <Show when={document_.order().length > 0}>
            <Insert onInsert={(interpreter) => void edits.insertAfter(surroundings, undefined, { interpreter })} />
          </Show>
          <For each={document_.order()}>
            {(id, index) => <ParagraphShell id={id} index={index} near={near} actions={actions} />}
          </For>
          <For each={document_.unplaced()}>{(entry) => <Damaged id={entry.id} why={entry.damaged} />}</For>
          <Show when={blank() && writable()}>
            <Empty onQuery={(source) => show(source, undefined)} />
          </Show>
          <Show when={settled() && writable()}>
            <Insert
              always
              onInsert={(interpreter) => void edits.insertAfter(surroundings, document_.order().at(-1), { interpreter })}
            />
          </Show>
        </main>
        <Show when={panel() === 'tables'}>
          <Tables onInsert={insertTable} onQuery={queryTable} />
        </Show>
      </div>
      <Show when={finding()}>
        <Find initial={selectedText()} onClose={() => setFinding(false)} />
      </Show>
      <Show when={over() === 'palette'}>
        <Palette
          entries={entriesOf(context, outline())}
          slow={(query) =>
            slowEntriesOf(context, query, (name, file) => insertTable({ name, source: file ? "file" : "named" }))
          }
          onClose={() => setOver('none')}
        />
      </Show>
      <Show when={over() === 'keys'}>
        <KeyList mac={app.mac} onClose={() => setOver('none')} />
      </Show>
      <Show when={over() === 'clear'}>
        <ClearDialog onClose={() => setOver('none')} />
      </Show>
      <Show when={over() === 'name'}>
        <NameDialog
          name={app.person().name}
          onDone={(name) => {
            app.rename(name);
            live.rename({ name });
            setOver('none');
          }}
          onClose={() => setOver('none')}
        />
      </Show>
      <Drop onStored={show} />
    </Notebook.Provider>
  );
}

function fix(on: Surroundings, id: ParagraphId, output: ErrorOutput): void {
  const { line, column, length, fix: mend } = output;
  if (!on.writable() || line === undefined || column === undefined || !mend) return;
  const offset = edits.offsetAt(on.document.paragraph(id).source(), line, column);
  if (offset === undefined) return;
  edits.replace(on, id, offset, length ?? 0, mend.replacement);
  void running.run(on, [id]);
}

async function copyAll(notebook: NotebookContext): Promise<void> {
  const text = notebook.document
    .order()
    .map((id) => notebook.document.paragraph(id).source())
    .join('\n\n');
  await navigator.clipboard.writeText(text);
  notebook.app.toasts.show({ text: words.save.copied });
}

const selectedText = (): string => {
  const text = getSelection()?.toString() ?? '';
  return text.includes('\n') || text.length > 100 ? '' : text;
};
