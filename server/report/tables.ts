/**
 * A table in a report that is a file: its first rows as its writer laid it out for all, so columns that are hidden and rows
 * that are filtered out are in no byte of it. Bounded in rows, columns, characters of a value and of all of it.
 */
import { uniqueNames } from '../protocol/names.ts';
import type { TableOutput } from '../protocol/outputs.ts';
import {
  FILE_CELL,
  FILE_COLUMNS,
  FILE_ROWS,
  FILE_TABLE,
  type FileCell,
  type FileLeft,
  type FileTable,
} from '../protocol/report/file.ts';
import { laidOut } from '../protocol/table/laid.ts';
import { isNarrow } from '../protocol/table/narrow.ts';
import type { Results } from '../results/contract.ts';
import { sizeOf } from './page.ts';
import { readWhole, TooMuch } from './read.ts';

/** Bytes of JSON that are read for one table: all of its columns, values uncut. */
const MOST_READ = 4 * FILE_TABLE;
/** Where the rows are too much to be read, a part of them is. */
const PARTS = [1, 20, FILE_ROWS] as const;

type Row = Readonly<Record<string, unknown>>;

/** `layout`: the paragraph's option `table`, of its table number `index`; `most` rows. */
export async function tableRows(
  { result, columns, rows: total }: TableOutput,
  { layout, index }: { readonly layout: unknown; readonly index: number },
  results: Pick<Results, 'window'>,
  signal: AbortSignal,
  most = FILE_ROWS,
): Promise<FileTable | FileLeft> {
  const { places, formats, sort, narrow } = laidOut(layout, index, columns);
  const isNarrowed = isNarrow(narrow);
  const names = uniqueNames(columns.map(({ name }) => name));
  const shown = places.slice(0, FILE_COLUMNS);
  let isCut = false;
  const cellOf = (value: unknown): FileCell => {
    if (value === null || value === undefined) return null;
    if (typeof value === 'number' || typeof value === 'boolean') return value;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text.length <= FILE_CELL) return text;
    isCut = true;
    return `${text.slice(0, FILE_CELL).toWellFormed()}…`;
  };
  for (const part of PARTS) {
    const limit = Math.ceil(most / part);
    const query = { offset: 0, limit: limit + 1, sort, format: 'json', ...(isNarrowed ? { narrow } : {}) } as const;
    try {
      const found: readonly Row[] = JSON.parse(
        (await readWhole(results.window(result, query, signal), MOST_READ)).toString(),
      );
      const rows = found.slice(0, limit).map((row) => shown.map((place) => cellOf(row[names[place]!])));
      const table: FileTable = {
        kind: 'table',
        columns: shown.map((place) => columns[place]!),
        ...(formats.some((format) => format !== undefined)
          ? { formats: shown.map((_, at) => formats[at] ?? null) }
          : {}),
        rows,
        total,
        width: places.length,
        ...(isNarrowed ? { narrowed: true } : {}),
        ...(found.length > limit ? { more: true } : {}),
        ...(found.length > limit && part > 1 ? { short: true } : {}),
        ...(isCut ? { cut: true } : {}),
      };
      return shortened(table, FILE_TABLE) ?? LARGE;
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
    }
  }
  return LARGE;
}

const LARGE: FileLeft = { kind: 'left', what: 'table', why: 'size' };

/** With as many of its rows as `room` takes; undefined where that is none. */
export function shortened(table: FileTable, room: number): FileTable | undefined {
  if (sizeOf(table) <= room) return table;
  const bare: FileTable = { ...table, rows: [], more: true, short: true };
  let left = room - sizeOf(bare);
  const end = table.rows.findIndex((row) => {
    left -= sizeOf(row) + 1;
    return left < 0;
  });
  return end <= 0 ? undefined : { ...bare, rows: table.rows.slice(0, end) };
}
