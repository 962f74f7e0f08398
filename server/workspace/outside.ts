/**
 * Outside changes as updates. They are made on a copy of the document with a client id of its own, so that the log has
 * them before anybody sees them; the room applies what comes out.
 */
import * as Y from 'yjs';
import { paragraphMap } from '../protocol/document.ts';
import { align } from '../storage/format/align.ts';
import {
  applyFileChange,
  fillDocument,
  isReadFailure,
  isUnread,
  type MakeId,
  readNotebook,
  readUnread,
} from '../storage/format/apply.ts';
import type { Base, Languages } from '../storage/format/base.ts';
import { isFailure, type ParseFailure, parseNotebook } from '../storage/format/parse.ts';
import type { KnownBase } from '../storage/format/print.ts';
import { conflictLine, decodeText, equalLines } from './text.ts';

export type Outside =
  /** Without `update` the document stays as it is. */
  { readonly base: KnownBase; readonly update?: Uint8Array } | { readonly failure: ParseFailure };

/** Who deletes paragraphs that a changed file has not any more. */
export const OUTSIDE = 'a change of the file';

export type Reading = {
  readonly languages: Languages;
  readonly makeId: MakeId;
  readonly now: () => number;
};

/** diff(base, text), made to `doc`. */
export function changeOf(doc: Y.Doc, base: KnownBase, text: string, by: string, reading: Reading): Outside {
  const line = conflictLine(text);
  if (line !== undefined && conflictLine(base.text) === undefined) return { failure: conflict(line) };
  const { languages, makeId, now } = reading;
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  const updates: Uint8Array[] = [];
  copy.on('update', (update: Uint8Array) => updates.push(update));
  const next = applyFileChange(copy, { base, text, languages, makeId, deletion: { by, at: now() } });
  copy.destroy();
  if (isReadFailure(next)) return { failure: next };
  return updates.length > 0 ? { base: next, update: Y.mergeUpdates(updates) } : { base: next };
}

/** What the document never read of a file that it is equal to; undefined where it has read all. */
export function unreadOf(doc: Y.Doc, { parsed }: KnownBase): Uint8Array | undefined {
  if (!isUnread(doc, parsed)) return undefined;
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  const before = Y.encodeStateVector(copy);
  readUnread(copy, parsed);
  const update = Y.encodeStateAsUpdate(copy, before);
  copy.destroy();
  return update;
}

/** A text that the document once was, with the paragraphs that its blocks are now. Undefined if it is no notebook. */
export function formerBase(doc: Y.Doc, now: KnownBase, text: string, reading: Reading): KnownBase | undefined {
  const { languages, makeId } = reading;
  const parsed = parseNotebook(text, languages);
  if (isFailure(parsed)) return undefined;
  const aligned = align(now, parsed.blocks, (id) => paragraphMap(doc, id) !== undefined, makeId);
  return { text, languages, parsed, ids: aligned.map(({ id }) => id) };
}

/** The first document of a file. */
export function firstOf(bytes: Uint8Array, { languages, makeId }: Reading): Outside {
  const decoded = decodeText(bytes);
  if (!('text' in decoded)) return { failure: decoded };
  const line = conflictLine(decoded.text);
  if (line !== undefined) return { failure: conflict(line) };
  const base = readNotebook(decoded.text, languages, makeId);
  if (isReadFailure(base)) return { failure: base };
  const copy = new Y.Doc();
  fillDocument(copy, base);
  return { base, update: Y.encodeStateAsUpdate(copy) };
}

const conflict = (line: number): ParseFailure => ({
  line,
  message: 'a merge left a conflict here; resolve it in an editor',
});

/** Which of the bases a file's text goes back to: the one that it equals, else the one it has more lines of. */
export function baseFor(text: string, bases: readonly KnownBase[]): KnownBase | undefined {
  const equal = bases.findLast((base) => base.text === text);
  if (equal) return equal;
  let best: { base: KnownBase; share: number } | undefined;
  for (const base of bases.toReversed()) {
    const share = bases.length === 1 ? 1 : equalLines(base.text, text);
    if (!best || share > best.share) best = { base, share };
  }
  return best?.base;
}

export const sameBase = (one: Base, other: Base): boolean =>
  one.text === other.text &&
  sameWords(one.languages, other.languages) &&
  one.ids.length === other.ids.length &&
  one.ids.every((id, index) => id === other.ids[index]);

export const sameWords = (one: Languages, other: Languages): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(other).every(([word, name]) => one[word] === name);

export const plainBase = ({ text, ids, languages }: Base): Base => ({ text, ids, languages });
