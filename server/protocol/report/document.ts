/**
 * The page's part of a report's layout in a notebook's document: one entry of `meta` each, `report/KEY` → `{is}`, what the
 * file says, JSON of any shape, so that keys of other versions are kept and two people who change two keys both keep theirs.
 * One that was taken away is `null`: without any entry the document has never read the `report:` of its file, which then
 * stays as it is.
 */
import type * as Y from 'yjs';
import { type Json, metaOf } from '../document.ts';
import { sameJson } from '../json.ts';
import { type Layout, readLayout } from './layout.ts';

const PREFIX = 'report/';

/** Entries of `report:` by name. */
export type FrontReport = readonly (readonly [string, Json])[];

/** Undefined where the document has none of its own. */
export function frontReportOf(doc: Y.Doc): FrontReport | undefined {
  const entries: (readonly [string, Json])[] = [];
  let any = false;
  for (const [key, value] of metaOf(doc)) {
    if (!key.startsWith(PREFIX)) continue;
    any = true;
    const is = said(value);
    if (is !== undefined) entries.push([key.slice(PREFIX.length), is]);
  }
  return any ? entries.sort(([a], [b]) => (a < b ? -1 : 1)) : undefined;
}

/** What a client wrote may be anything. */
const said = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && 'is' in value
    ? (value as { readonly is: Json | undefined }).is
    : undefined;

export const layoutOf = (doc: Y.Doc): Layout => readLayout(frontReportOf(doc) ?? []);

/** Undefined takes it away. */
export function setLayout(doc: Y.Doc, key: string, value: Json | undefined, origin?: unknown): void {
  doc.transact(() => metaOf(doc).set(PREFIX + key, value === undefined ? null : { is: value }), origin);
}

/** The change from what a file said to what it says: only what changed there changes here. */
export function applyFrontReport(doc: Y.Doc, before: FrontReport, now: FrontReport): void {
  const old = new Map(frontReportOf(doc) ? before : []);
  const wanted = new Map(now);
  for (const key of old.keys()) if (!wanted.has(key)) setLayout(doc, key, undefined);
  for (const [key, value] of now) {
    const former = old.get(key);
    if (former === undefined || !sameJson(former, value)) setLayout(doc, key, value);
  }
}
