/** The page's part of a report's layout in a notebook's document: the entries of `report:`, as `front-entries.ts` keeps them. */
import type * as Y from 'yjs';
import type { Json } from '../document.ts';
import { applyFrontEntries, type FrontEntries, frontEntriesOf, setFrontEntry } from '../front-entries.ts';
import { type Layout, readLayout } from './layout.ts';

const PREFIX = 'report/';

/** Entries of `report:` by name. */
export type FrontReport = FrontEntries;

/** Undefined where the document has none of its own. */
export const frontReportOf = (doc: Y.Doc): FrontReport | undefined => frontEntriesOf(doc, PREFIX);

export const layoutOf = (doc: Y.Doc): Layout => readLayout(frontReportOf(doc) ?? []);

/** Undefined takes it away. */
export const setLayout = (doc: Y.Doc, key: string, value: Json | undefined, origin?: unknown): void =>
  setFrontEntry(doc, PREFIX, key, value, origin);

export const applyFrontReport = (doc: Y.Doc, before: FrontReport, now: FrontReport): void =>
  applyFrontEntries(doc, PREFIX, before, now);
