/** What a person does to paragraphs: each is one undoable step of theirs, and says where they are afterwards. */
import { createEffect, createRoot } from 'solid-js';
import {
  deleteParagraph,
  insertParagraph,
  type Json,
  mergeParagraphs,
  moveParagraph,
  type Options,
  PROSE,
  paragraphMap,
  paragraphsOf,
  restoreParagraph,
  setInterpreter,
  setOption,
  sourceOf,
  splitParagraph,
} from '../../server/protocol/document.ts';
import { newId, type ParagraphId } from '../../server/protocol/ids.ts';
import type { LiveNotebook } from '../live/contract.ts';
import type { Toasts } from '../parts/toasts.tsx';
import { words } from '../words/en.ts';
import type { DocumentView } from './document.ts';
import { type FocusView, neighbourOf } from './focus.ts';

export type Editing = {
  readonly live: Pick<LiveNotebook, 'doc' | 'origin' | 'undo'>;
  readonly document: DocumentView;
  readonly focus: FocusView;
  readonly toasts: Pick<Toasts, 'show'>;
  readonly me: () => string;
  readonly now: () => number;
};

export const DEFAULT_INTERPRETER = 'sql';

export type NewParagraph = {
  readonly interpreter?: string;
  readonly source?: string;
  readonly options?: Options;
  readonly edit?: boolean;
};

export function insertAfter(
  on: Pick<Editing, 'live' | 'document' | 'focus'>,
  after: ParagraphId | undefined,
  wanted: NewParagraph = {},
): ParagraphId {
  const id = newId<ParagraphId>();
  const paragraph = {
    id,
    interpreter: wanted.interpreter ?? DEFAULT_INTERPRETER,
    source: wanted.source ?? '',
    options: wanted.options ?? {},
  };
  step(on, () => insertParagraph(on.live.doc, paragraph, standing(on.document, after), on.live.origin));
  if (wanted.edit !== false) on.focus.edit(id, 'end');
  return id;
}

export function insertBefore(on: Editing, before: ParagraphId, wanted: NewParagraph = {}): ParagraphId {
  const order = on.document.order();
  return insertAfter(on, order[order.indexOf(before) - 1], wanted);
}

export function remove(on: Editing, ids: readonly ParagraphId[]): void {
  const from = ids.at(-1);
  if (from === undefined) return;
  const next = neighbourOf(on.document.order(), new Set(ids), from);
  step(on, () =>
    on.live.doc.transact(() => {
      for (const id of ids) deleteParagraph(on.live.doc, id, { by: on.me(), at: on.now() }, on.live.origin);
    }, on.live.origin),
  );
  for (const id of ids) on.document.letGo(id);
  if (next) on.focus.select(next);
  else on.focus.clear();
  const close = on.toasts.show({
    text: ids.length === 1 ? words.paragraph.deleted : words.paragraph.deletedMany(ids.length),
    action: { label: words.undo, do: () => restore(on, ids) },
  });
  // By z, by this toast, or by somebody else: once it is back there is nothing to undo.
  createRoot((release) =>
    createEffect(() => {
      if (!on.document.order().includes(from)) return;
      close();
      release();
    }),
  );
}

export function restore(on: Editing, ids: readonly ParagraphId[]): void {
  step(on, () =>
    on.live.doc.transact(() => {
      for (const id of ids) restoreParagraph(on.live.doc, id, on.live.origin);
    }, on.live.origin),
  );
  for (const id of ids) on.document.letGo(id);
  const first = ids[0];
  if (first) on.focus.select(first);
}

/** A held paragraph has no place in the document any more: the nearest above it that has. */
function standing(document: DocumentView, id: ParagraphId | undefined): ParagraphId | undefined {
  if (id === undefined) return undefined;
  const order = document.order();
  return order.slice(0, order.indexOf(id) + 1).findLast((one) => document.paragraph(one).deleted() === undefined);
}

/** Moves the selected block one place; its order within stays. */
export function move(on: Editing, ids: readonly ParagraphId[], by: -1 | 1): void {
  const order = on.document.order();
  const first = ids[0];
  const last = ids.at(-1);
  if (!first || !last) return;
  const start = order.indexOf(first);
  const end = order.indexOf(last);
  const passed = by === -1 ? order[start - 1] : order[end + 1];
  if (passed === undefined) return;
  const [moved, after] =
    first === last ? [first, by === -1 ? order[start - 2] : passed] : [passed, by === -1 ? last : order[start - 1]];
  step(on, () => moveParagraph(on.live.doc, moved, standing(on.document, after), on.live.origin));
}

export function duplicate(on: Editing, id: ParagraphId): ParagraphId {
  const { interpreter, source, options } = on.document.paragraph(id);
  return insertAfter(on, id, {
    interpreter: interpreter(),
    source: source(),
    options: options(),
    edit: false,
  });
}

export function turnInto(on: Editing, ids: readonly ParagraphId[], interpreter: string): void {
  step(on, () =>
    on.live.doc.transact(() => {
      for (const id of ids) setInterpreter(on.live.doc, id, interpreter, on.live.origin);
    }, on.live.origin),
  );
}

export function split(on: Editing, id: ParagraphId, offset: number): void {
  const tail = newId<ParagraphId>();
  step(on, () => splitParagraph(on.live.doc, id, offset, tail, on.live.origin));
  on.focus.edit(tail, 'start');
}

/** Backspace at the very start: an empty paragraph goes, one of the same kind joins what is above it. */
export function mergeUp(on: Editing, id: ParagraphId): void {
  const order = on.document.order();
  const above = order[order.indexOf(id) - 1];
  if (above === undefined) return;
  const here = on.document.paragraph(id);
  const into = on.document.paragraph(above);
  const deletion = { by: on.me(), at: on.now() };
  if (here.source() === '') {
    step(on, () => deleteParagraph(on.live.doc, id, deletion, on.live.origin));
    on.focus.edit(above, 'end');
    return;
  }
  if (here.interpreter() !== into.interpreter() || into.damaged() !== undefined) return;
  const seam = into.source().length + (into.source() === '' ? 0 : 1);
  step(on, () => mergeParagraphs(on.live.doc, above, id, deletion, on.live.origin));
  on.focus.edit(above, seam);
}

/** What has no proper shape goes as far as it can: a map is marked, anything else taken out. */
export function removeDamaged(on: Pick<Editing, 'live' | 'me' | 'now'>, id: string): void {
  on.live.doc.transact(() => {
    const map = paragraphMap(on.live.doc, id);
    if (map) map.set('deleted', { by: on.me(), at: on.now() });
    else paragraphsOf(on.live.doc).delete(id);
  }, on.live.origin);
}

/** How its results are shown, for all: one undoable step. */
export function setShown(on: Pick<Editing, 'live'>, id: ParagraphId, what: 'chart' | 'table', option: unknown): void {
  step(on, () => setOption(on.live.doc, id, what, asJson(option), on.live.origin));
}

const asJson = (value: unknown): Json | undefined =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as Json);

/** Replaces a stretch of a paragraph's text. */
export function replace(
  on: Pick<Editing, 'live'>,
  id: ParagraphId,
  offset: number,
  length: number,
  text: string,
): void {
  const source = sourceOf(on.live.doc, id);
  if (!source) return;
  step(on, () =>
    on.live.doc.transact(() => {
      source.delete(offset, length);
      source.insert(offset, text);
    }, on.live.origin),
  );
}

/** The UTF-16 offset of a 1-based line and column, or undefined when the text has no such place. */
export function offsetAt(text: string, line: number, column: number): number | undefined {
  const lines = text.split('\n');
  const wanted = lines[line - 1];
  if (wanted === undefined || column < 1 || column > wanted.length + 1) return undefined;
  return lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}

export const isProse = (interpreter: string): boolean => interpreter === PROSE;

/** Keystrokes typed just before do not melt into the same undo step. */
function step(on: Pick<Editing, 'live'>, change: () => void): void {
  on.live.undo.stopCapturing();
  change();
  on.live.undo.stopCapturing();
}
