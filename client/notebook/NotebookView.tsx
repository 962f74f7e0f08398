/**
 * One open notebook on the page, to be edited or as the report that it is. It takes a live notebook and knows nothing of
 * sockets, so that tests hand it one of their own.
 */
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  lazy,
  on,
  onCleanup,
  onMount,
  Show,
  Suspense,
} from 'solid-js';
import { type ParagraphId, parseId } from '../../server/protocol/ids.ts';
import { useApp } from '../app-context.ts';
import type { DraftList } from '../drafts/list.ts';
import type { LiveNotebook } from '../live/contract.ts';
import { DatesContext } from '../outputs/chart/dates.ts';
import { createLinked, LinkedContext } from '../outputs/linked/linked.ts';
import { later } from '../parts/later.tsx';
import { openPaste } from '../paste/paste.ts';
import { HeldContext, type HeldPictures, picturesShownBy } from '../prose/pictures.ts';
import { isReportAt, soughtIn } from '../route.ts';
import { words } from '../words/en.ts';
import { Banners } from './Banners.tsx';
import { caretOf } from './caret.ts';
import { performEditor } from './commands.ts';
import { Notebook, type NotebookContext } from './context.ts';
import { Drop } from './Drop.tsx';
import * as edits from './edits.ts';
import { Forms } from './Forms.tsx';
import { Insert } from './Insert.tsx';
import { openKeyboard } from './keyboard.ts';
import { openNear } from './near.ts';
import { Outline } from './Outline.tsx';
import { Overs } from './Overs.tsx';
import { openNotebook } from './open.ts';
import { Damaged, type ParagraphActions, ParagraphShell } from './Paragraph.tsx';
import { placeAt, readPlace, scrollToPlace, sectionOf } from './place.ts';
import { openPress } from './press.ts';
import { insertTable, show, showTable, type Writing } from './queries.ts';
import { followReading, READING_TOP } from './reading.ts';
import { openStay } from './stay.ts';
import { TopBar } from './TopBar.tsx';
import { markTab } from './tab.ts';

const Drafts = later(async () => (await import('../drafts/Drafts.tsx')).Drafts);
const Empty = later(async () => (await import('./Empty.tsx')).Empty);
const Find = later(async () => (await import('./Find.tsx')).Find);
const Tables = later(async () => (await import('./Tables.tsx')).Tables);
const ReportView = lazy(async () => ({ default: (await import('../report/ReportView.tsx')).ReportView }));
const GraphPanel = later(async () => (await import('../depends/GraphPanel.tsx')).GraphPanel);
const History = lazy(async () => ({ default: (await import('../versions/History.tsx')).History }));

export function NotebookView(props: {
  readonly live: LiveNotebook;
  readonly fresh: boolean;
  readonly drafts?: DraftList;
}): JSX.Element {
  const app = useApp();
  const { context, writing } = openNotebook(app, props.live);
  const isReport = createMemo(() => isReportAt(app.router.route()));
  const dates = {
    doc: props.live.doc,
    onEdit: () => (context.writable() && !isReport() ? () => void context.setOver('dates') : undefined),
  };
  const shown = picturesShownBy(props.live.id);
  // Who writes may read files, also those that no text shows yet.
  const held: HeldPictures = { ...shown, find: (url) => (context.writable() ? undefined : shown.find(url)) };
  const linked = createLinked((paragraph) => context.document.order().some((id) => id === paragraph));
  markTab({ title: context.title, active: context.runs.active, page: document });
  return (
    <Notebook.Provider value={context}>
      <button type="button" class="skip" onClick={() => document.getElementById('notebook')?.focus()}>
        {words.skip}
      </button>
      <TopBar />
      <Banners onCopy={() => void copyAll(context)} />
      <DatesContext.Provider value={dates}>
        <LinkedContext.Provider value={linked}>
          <HeldContext.Provider value={held}>
            <Show when={isReport()} fallback={<Editing {...props} context={context} writing={writing} />}>
              <Suspense>
                <ReportView />
              </Suspense>
            </Show>
          </HeldContext.Provider>
        </LinkedContext.Provider>
      </DatesContext.Provider>
      <Overs onInsertTable={(table) => insertTable(writing, table)} />
    </Notebook.Provider>
  );
}

function Editing(props: {
  readonly live: LiveNotebook;
  readonly fresh: boolean;
  readonly drafts?: DraftList;
  readonly context: NotebookContext;
  readonly writing: Writing;
}): JSX.Element {
  const app = useApp();
  const { live, context, writing } = props;
  const { document: paragraphs, focus, writable } = context;
  const near = openNear();
  onCleanup(near.close);
  const [reading, setReading] = createSignal<ParagraphId>();

  // Who goes to a paragraph finds it filled; in command mode the keys are its own.
  createEffect(() => {
    const now = focus.focus();
    if (now.mode === 'none') return;
    near.bring(now.at);
    const section = sectionOf(document, now.at);
    const active = document.activeElement;
    if (now.mode === 'command' && section && (!section.contains(active) || isField(active))) {
      section.focus({ preventScroll: true });
    }
  });

  const hasDrafts = createMemo(() => (props.drafts?.drafts().length ?? 0) > 0);
  const settled = createMemo(() => context.save().state !== 'opening' || paragraphs.order().length > 0);
  const blank = createMemo(() => {
    if (paragraphs.order().length > 1 || context.save().state === 'opening') return false;
    return paragraphs.order().every((id) => paragraphs.paragraph(id).source().trim() === '');
  });
  const insert = (after: ParagraphId | undefined, interpreter: string): void => {
    context.reveal(edits.insertAfter(writing, after, { interpreter }));
  };
  const actions: ParagraphActions = {
    onEditor: (id, command) => performEditor(writing, id, command),
    onInsert: insert,
  };

  let main!: HTMLElement;
  onMount(() => {
    const stay = openStay(window, main);
    onCleanup(stay.close);
    let frame = 0;
    // Once the way there is done: whoever goes somewhere also reveals it.
    const went = (at: ParagraphId | undefined): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => stay.went(at));
    };
    createEffect(on(focus.focus, () => went(focus.at())));
    onCleanup(() => cancelAnimationFrame(frame));
    onCleanup(openPress(document, focus));
    onCleanup(openPaste(window, context, writing));
    onCleanup(followReading({ page: window, id: live.id, order: paragraphs.order, onReading: setReading }));
    onCleanup(
      openKeyboard({
        page: window,
        mac: app.mac,
        onAsked: (asked) => {
          context.unfollow();
          if ('command' in asked && asked.command === 'leave') closeWhatIsOpen(context);
          context.perform(asked);
          // Out of a table too, which has keys of its own.
          const at = focus.at();
          if (at && 'command' in asked && asked.command === 'leave')
            sectionOf(document, at)?.focus({ preventScroll: true });
        },
        isWriting: () => focus.focus().mode === 'edit',
        bringCaretBack: () => {
          const now = focus.focus();
          if (now.mode !== 'edit') return;
          focus.select(now.at);
          focus.edit(now.at, caretOf(live, now.at));
        },
      }),
    );
    const onHash = (): void => void arrive(context, false);
    window.addEventListener('hashchange', onHash);
    onCleanup(() => window.removeEventListener('hashchange', onHash));
  });
  let release = (): void => {};
  onCleanup(() => release());
  createEffect(
    on(settled, (ready) => {
      if (!ready) return;
      // Once the paragraphs stand in the page.
      queueMicrotask(() => {
        release = arrive(context, true);
        if (props.fresh) startWriting(context, () => insert(undefined, edits.DEFAULT_INTERPRETER));
      });
    }),
  );

  return (
    <>
      <div class="layout" classList={{ 'with-panel': context.panel() !== 'none' }}>
        <Outline entries={context.outline()} current={reading() ?? paragraphs.order()[0]} />
        <main
          ref={main}
          id="notebook"
          tabindex={-1}
          aria-label={context.title()}
          data-ready={settled() ? 'true' : 'false'}
        >
          <Show when={settled() && hasDrafts() && props.drafts}>{(drafts) => <Drafts list={drafts()} />}</Show>
          <Forms />
          <Show when={paragraphs.order().length > 0}>
            <Insert onInsert={(interpreter) => insert(undefined, interpreter)} />
          </Show>
          <For each={paragraphs.order()}>
            {(id, index) => <ParagraphShell id={id} index={index} near={near} actions={actions} />}
          </For>
          <For each={paragraphs.unplaced()}>{(entry) => <Damaged id={entry.id} why={entry.damaged} />}</For>
          <Show when={blank() && writable()}>
            <Empty onLesson={({ source, interpreter }) => show(writing, source, undefined, interpreter)} />
          </Show>
          <Show when={settled() && writable()}>
            <Insert always onInsert={(interpreter) => insert(paragraphs.order().at(-1), interpreter)} />
          </Show>
        </main>
        <Show when={context.panel() === 'tables'}>
          <Tables onInsert={(table) => insertTable(writing, table)} onQuery={(table) => showTable(writing, table)} />
        </Show>
        <Show when={context.panel() === 'graph' && context.depends()}>
          {(depends) => <GraphPanel depends={depends()} />}
        </Show>
        <Show when={context.panel() === 'history'}>
          <Suspense>
            <History />
          </Suspense>
        </Show>
      </div>
      <Show when={context.finding()}>
        <Find initial={selectedText} onClose={() => context.setFinding(false)} />
      </Show>
      <Drop
        onStored={(query, y, after) =>
          show(writing, query, after ?? placeAt(document, paragraphs.order(), y)?.paragraph)
        }
      />
    </>
  );
}

/** Goes to the link's paragraph, or back to where one was. Returns what stops it. */
function arrive(notebook: NotebookContext, first: boolean): () => void {
  const order = notebook.document.order();
  if (soughtIn(location.hash) !== undefined) {
    notebook.setFinding(true);
    return () => {};
  }
  const linked = parseId<ParagraphId>(location.hash.slice(1));
  if (linked && order.includes(linked)) {
    notebook.focus.select(linked);
    notebook.reveal(linked, 'start');
  } else if (linked) notebook.app.toasts.show({ text: words.paragraph.linkGone });
  else if (first) {
    const place = readPlace(sessionStorage, notebook.live.id);
    if (place && order.includes(place.paragraph)) return scrollToPlace(document, place, READING_TOP);
  }
  return () => {};
}

/** A new notebook begins with an empty paragraph and the caret in it. */
function startWriting(notebook: NotebookContext, insert: () => void): void {
  const order = notebook.document.order();
  if (order.length === 0 && notebook.writable()) insert();
  else if (order.length === 1 && order[0]) notebook.focus.edit(order[0], 'start');
}

function closeWhatIsOpen(notebook: NotebookContext): void {
  if (notebook.finding()) notebook.setFinding(false);
  else if (notebook.focus.focus().mode === 'command') notebook.setPanel('none');
}

async function copyAll(notebook: NotebookContext): Promise<void> {
  const { document: paragraphs, app } = notebook;
  const text = paragraphs
    .order()
    .map((id) => paragraphs.paragraph(id).source())
    .join('\n\n');
  await navigator.clipboard.writeText(text);
  app.toasts.show({ text: words.save.copied });
}

const isField = (element: Element | null): boolean =>
  element?.matches('input, textarea, select, [contenteditable="true"]') === true;

/** A search begins with what the address says, or with what is selected, if that is a word or two. */
function selectedText(): string {
  const sought = soughtIn(location.hash);
  // Once: a reload goes to where one was.
  if (sought !== undefined) history.replaceState(history.state, '', location.pathname + location.search);
  if (sought !== undefined) return sought;
  const text = getSelection()?.toString() ?? '';
  return text.includes('\n') || text.length > 100 ? '' : text;
}
