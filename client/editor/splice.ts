/**
 * Changes of text as splices: at `at`, `remove` characters go and `insert` comes. What an editor did and what came from
 * others meet here. Offsets are UTF-16 units, as everywhere in Yjs and the DOM.
 */
import type * as Y from 'yjs';

export type Splice = { readonly at: number; readonly remove: number; readonly insert: string };

/** The one splice that turns `before` into `after`; `caret`: where the caret stands in `after`, to tell `aa` from `aa`. */
export function difference(before: string, after: string, caret = after.length): Splice | undefined {
  if (before === after) return undefined;
  const most = Math.min(before.length, after.length);
  // Typed text ends at the caret: a longer tail may belong to what was there before.
  const tailMost = Math.min(most, Math.max(0, after.length - caret));
  let tail = 0;
  while (tail < tailMost && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  let head = 0;
  while (head < most - tail && before[head] === after[head]) head += 1;
  while (head + tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  // Halves of a surrogate pair stay together.
  if (isLow(after.charCodeAt(head)) || isLow(before.charCodeAt(head))) head = Math.max(0, head - 1);
  if (tail > 0 && isLow(after.charCodeAt(after.length - tail))) tail -= 1;
  return { at: head, remove: before.length - head - tail, insert: after.slice(head, after.length - tail) };
}

const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

export type Delta = Y.YTextEvent['delta'];

/** A Yjs delta as splices to be done in this order, each in the text that the one before left. */
export function splicesOf(delta: Delta): Splice[] {
  const splices: Splice[] = [];
  let at = 0;
  for (const part of delta) {
    if (part.retain !== undefined) at += part.retain;
    else if (typeof part.insert === 'string') {
      splices.push({ at, remove: 0, insert: part.insert });
      at += part.insert.length;
    } else if (part.delete !== undefined) splices.push({ at, remove: part.delete, insert: '' });
  }
  return splices;
}

export const apply = (text: string, { at, remove, insert }: Splice): string =>
  text.slice(0, at) + insert + text.slice(at + remove);

/** Where an offset is after the splices; at the very place of an insertion it stays before it, or goes behind (`after`). */
export function carry(offset: number, splices: readonly Splice[], after = false): number {
  let moved = offset;
  for (const { at, remove, insert } of splices) {
    if (moved > at + remove || (moved === at + remove && remove > 0)) moved += insert.length - remove;
    else if (moved > at) moved = at + (after ? insert.length : 0);
    else if (moved === at && after) moved += insert.length;
  }
  return moved;
}

/** A splice made in a text that has since got others: what it means now. What others took away stays away. */
export function transform(splice: Splice, others: readonly Splice[]): Splice {
  const start = carry(splice.at, others, splice.remove > 0);
  const end = splice.remove === 0 ? start : Math.max(start, carry(splice.at + splice.remove, others));
  return { at: start, remove: end - start, insert: splice.insert };
}

/** Writes into the shared text; one transaction, so that it is one step of undo. */
export function write(text: Y.Text, splices: readonly Splice[], origin: object): void {
  const doc = text.doc;
  if (!doc || splices.length === 0) return;
  doc.transact(() => {
    for (const { at, remove, insert } of splices) {
      if (remove > 0) text.delete(at, remove);
      if (insert !== '') text.insert(at, insert);
    }
  }, origin);
}

/**
 * Editors know one line end. A text from elsewhere that has others is put right once, when somebody edits it: otherwise
 * offsets in the editor and in the text would mean different places.
 */
export function normalise(text: Y.Text, origin: object): void {
  const source = text.toString();
  if (!source.includes('\r')) return;
  const splices: Splice[] = [];
  for (let at = source.lastIndexOf('\r'); at >= 0; at = at === 0 ? -1 : source.lastIndexOf('\r', at - 1)) {
    splices.push({ at, remove: 1, insert: source[at + 1] === '\n' ? '' : '\n' });
  }
  write(text, splices, origin);
}
