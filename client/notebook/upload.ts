/** Files dropped on the page: what is taken, where it goes, and the query that shows it. */
import type { SessionTable } from '../../server/protocol/messages.ts';

const TAKEN = /\.((csv|tsv|json|jsonl|ndjson|parquet)(\.(gz|zst))?|xlsx)$/i;

export const isTaken = (name: string): boolean => TAKEN.test(name);

/** Beside the notebook: `reports/x.nb.md` and `a.csv` give `reports/data/a.csv`. */
export function dataPath(notebook: string, name: string): string {
  const folder = notebook.split('/').slice(0, -1);
  return [...folder, 'data', safeName(name)].join('/');
}

/** No folders, no control characters, nothing hidden, and not what some systems refuse. */
export function safeName(name: string): string {
  const base = name.normalize('NFC').replace(/^.*[\\/]/, '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to go
  const clean = base.replace(/[\x00-\x1f\x7f<>:"|?*\\/]+/g, '-').replace(/^\.+/, '');
  return clean === '' ? 'file' : clean.slice(-150);
}

/** The stored path as a paragraph of that notebook names it. */
export function nameInQuery(stored: string): string {
  return `data/${stored.slice(stored.lastIndexOf('/') + 1)}`;
}

export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A table's name as SQL takes it: bare when it can be. */
export const quoteName = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

export const inQuery = (table: Pick<SessionTable, 'name' | 'source'>): string =>
  table.source === 'file' ? quoteText(table.name) : quoteName(table.name);

export const showQuery = (place: string): string => `select * from ${place}`;
