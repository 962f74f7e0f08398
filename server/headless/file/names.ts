/** Which files `gondola FILE` shows, and what they are called in a workspace: pure. */
import { refusePath } from '../../workspace/paths.ts';

/** What an engine reads as a table by its ending. */
const DATA = /\.(?:(?:csv|tsv|json|jsonl|ndjson)(?:\.(?:gz|zst))?|parquet|xlsx)$/i;
export const ENDINGS = '.csv, .tsv, .json, .jsonl, .parquet, .xlsx, also .csv.gz and the like';

export const isDataName = (name: string): boolean => DATA.test(name);

/** A name that every system takes, and that no glob of the engine takes apart. */
export function dataName(name: string): string {
  const ending = DATA.exec(name)?.[0] ?? '';
  const stem = name
    .slice(0, name.length - ending.length)
    .normalize('NFC')
    .toWellFormed()
    .replace(/[\p{Cc}\\/<>:"|?*[\]{}]+/gu, '-')
    .replace(/^[. -]+|[. ]+$/g, '');
  // A long name loses its end, never its ending.
  const kept = `${stem === '' ? 'data' : stem.slice(0, LONGEST)}${ending}`;
  return refusePath(`data/${kept}`) === undefined ? kept : `data${ending}`;
}

/** Characters: of a name that may take 230 bytes. */
const LONGEST = 60;

/** `2024 Sales.csv.gz` → `t_2024_sales`: what a paragraph may be called without quotes in SQL. */
export function tableName(name: string): string {
  const stem = name.replace(DATA, '');
  const plain = stem
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '');
  if (plain === '') return 'data';
  return /^\d/.test(plain) || RESERVED.has(plain) ? `t_${plain}` : plain;
}

/** Words that SQL keeps for itself. */
const RESERVED: ReadonlySet<string> = new Set(
  `all analyse analyze and any array as asc asymmetric between both case cast check collate column columns constraint create
  cross default deferrable desc describe distinct do else end except exists false fetch for foreign from full grant group
  having ilike in initially inner intersect into is isnull join lambda lateral leading left like limit map natural not
  notnull null offset on only or order outer overlaps pivot pivot_longer pivot_wider placing positional primary qualify
  references returning right select semi show similar some struct summarize symmetric table tablesample then to trailing
  true try_cast union unique unpivot using values variadic when where window with`.split(/\s+/),
);
