/**
 * Dates that mean something to whoever reads a notebook's charts: `annotations:` of the front matter, a mapping of a date or a
 * range of dates to its text. In the document they are entries of their own (`front-entries.ts`). Pure.
 */
import type * as Y from 'yjs';
import type { Json } from './document.ts';
import { applyFrontEntries, type FrontEntries, frontEntriesOf, setFrontEntry } from './front-entries.ts';

const PREFIX = 'annotation/';

export type FrontAnnotations = FrontEntries;

/** Milliseconds of the wall clock, as charts have them; `to` is where a range, a day included, ends. */
export type Dated = { readonly from: number; readonly to?: number; readonly text: string };
export type Annotation = Dated & { readonly key: string };

/** More would be no picture any more. */
export const MOST_ANNOTATIONS = 100;
const MAX_TEXT = 200;

export const frontAnnotationsOf = (doc: Y.Doc): FrontAnnotations | undefined => frontEntriesOf(doc, PREFIX);
export const setAnnotation = (doc: Y.Doc, key: string, text: string | undefined, origin?: unknown): void =>
  setFrontEntry(doc, PREFIX, key, text, origin);
export const applyFrontAnnotations = (doc: Y.Doc, before: FrontAnnotations, now: FrontAnnotations): void =>
  applyFrontEntries(doc, PREFIX, before, now);

/** Those that say a date and a text, in order; the rest stays in the file, unread. */
export function readAnnotations(entries: FrontEntries): readonly Annotation[] {
  return entries
    .flatMap(([key, value]) => annotationOf(key, value) ?? [])
    .sort((one, other) => one.from - other.from)
    .slice(0, MOST_ANNOTATIONS);
}

export const annotationsOf = (doc: Y.Doc): readonly Annotation[] => readAnnotations(frontAnnotationsOf(doc) ?? []);

function annotationOf(key: string, value: Json): Annotation | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const text = value.trim().slice(0, MAX_TEXT);
  const [first = '', last, ...more] = key.split('..');
  const from = momentOf(first);
  if (!from || more.length > 0) return undefined;
  if (last === undefined) return { key, from: from.at, text };
  const until = momentOf(last);
  const to = until && until.at + (until.whole ? DAY : 0);
  return to !== undefined && to > from.at ? { key, from: from.at, to, text } : undefined;
}

const DAY = 86_400_000;
const MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d))?$/;

function momentOf(text: string): { readonly at: number; readonly whole: boolean } | undefined {
  const found = MOMENT.exec(text.trim());
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1).map((part) => Number(part ?? 0));
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  at.setUTCHours(hour, minute);
  const real = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && hour < 24 && minute < 60;
  return real ? { at: at.getTime(), whole: found[4] === undefined } : undefined;
}

/** As a file says it; undefined where it is no date, or a range that ends before it begins. */
export function keyOf(from: string, to: string): string | undefined {
  const key = to.trim() === '' || to.trim() === from.trim() ? from.trim() : `${from.trim()}..${to.trim()}`;
  return annotationOf(key, 'x') && key;
}
