/**
 * A mapping of the front matter in a notebook's document: one entry of `meta` each, `PREFIX + KEY` → `{is}`, what the file says,
 * JSON of any shape, so that keys of other versions are kept and two people who change two keys both keep theirs. One that was
 * taken away is `null`: without any entry the document has never read that mapping of its file, which then stays as it is.
 */
import type * as Y from 'yjs';
import { type Json, metaOf } from './document.ts';
import { sameJson } from './json.ts';

export type FrontEntries = readonly (readonly [string, Json])[];

/** By their names; undefined where the document has none of its own. */
export function frontEntriesOf(doc: Y.Doc, prefix: string): FrontEntries | undefined {
  const entries: (readonly [string, Json])[] = [];
  let any = false;
  for (const [key, value] of metaOf(doc)) {
    if (!key.startsWith(prefix)) continue;
    any = true;
    const is = said(value);
    if (is !== undefined) entries.push([key.slice(prefix.length), is]);
  }
  return any ? entries.sort(([a], [b]) => (a < b ? -1 : 1)) : undefined;
}

/** What a client wrote may be anything. */
const said = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && 'is' in value
    ? (value as { readonly is: Json | undefined }).is
    : undefined;

/** Undefined takes it away. */
export function setFrontEntry(
  doc: Y.Doc,
  prefix: string,
  key: string,
  value: Json | undefined,
  origin?: unknown,
): void {
  doc.transact(() => metaOf(doc).set(prefix + key, value === undefined ? null : { is: value }), origin);
}

/** The change from what a file said to what it says: only what changed there changes here. */
export function applyFrontEntries(doc: Y.Doc, prefix: string, before: FrontEntries, now: FrontEntries): void {
  const old = new Map(frontEntriesOf(doc, prefix) ? before : []);
  const wanted = new Map(now);
  for (const key of old.keys()) if (!wanted.has(key)) setFrontEntry(doc, prefix, key, undefined);
  for (const [key, value] of now) {
    const former = old.get(key);
    if (former === undefined || !sameJson(former, value)) setFrontEntry(doc, prefix, key, value);
  }
}
