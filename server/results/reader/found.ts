/**
 * The rows of a view, by position: at position p stands row `part(p, p + 1)[0]`, four bytes each. Rows that are only filtered
 * come in their own order while the table is still being read, part by part: the engine keeps a stream's first rows until there
 * are many, so that of a part with few the end would have to be waited for. A sort gives its rows when it is done. The list grows as rows are found, and its owner has a word in that, because memory is shared.
 */
import duckdb from '@duckdb/node-bindings';
import { dataOf } from '../../../interpreters/arrow/vector.ts';
import { nextChunk } from './chunks.ts';
import type { Engine } from './engine.ts';
import { ReaderError } from './failure.ts';
import type { Order } from './protocol.ts';
import type { Table } from './tables.ts';
import type { Asker } from './turns.ts';

export type Found = {
  /** So far. */
  readonly rows: number;
  /** Rows that there is room for. */
  readonly room: number;
  /** Of the work, 0–1; 1 when all are found. */
  readonly fraction: number;
  part(from: number, to: number): Uint32Array;
  /** Resolves when so many are found, or all. */
  reach(count: number): Promise<void>;
  /** Resolves with their number when all are found. */
  readonly whole: Promise<number>;
};

export type Sought = {
  readonly asker: Asker;
  /** As its filters leave it. */
  readonly table: Table;
  /** Filters leave all of it. */
  readonly isAll: boolean;
  readonly order: Order;
  /** Rows of the whole table. */
  readonly total: number;
};

/** Rows that a filter finds before its list grows for the first time. */
const FIRST_ROOM = 65_536;
const PROGRESS_MS = 50;
/** Rows of the part that is searched first: two of the engine's groups, so that it reads none of them twice. */
const FIRST_PART = 2 * 122_880;
/** Each part is so many times as large as the one before: five are ten million rows. */
const GROWTH = 4;
/** While a sort is under way its rows are yet to come. */
const SORTED = 0.9;

/** `claim` is asked before the list grows to so many rows; throws where there is no room. */
export function find(
  engine: Engine,
  { asker, table, isAll, order, total }: Sought,
  signal: AbortSignal,
  claim: (rows: number) => void,
): Found {
  let rows = new Uint32Array(0);
  let filled = 0;
  let fraction = 0;
  let waiting: { readonly count: number; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] =
    [];

  function grow(most: number): void {
    if (most <= rows.length) return;
    if (most > total) throw new ReaderError('unreadable', 'the file holds more rows than recorded');
    const room = isAll ? total : Math.min(total, Math.max(FIRST_ROOM, most, rows.length * 2));
    claim(room);
    const larger = new Uint32Array(room);
    larger.set(rows.subarray(0, filled));
    rows = larger;
  }

  function tell(): void {
    const met = waiting.filter(({ count }) => count <= filled);
    if (met.length === 0) return;
    waiting = waiting.filter(({ count }) => count > filled);
    for (const { resolve } of met) resolve();
  }

  async function seek(): Promise<number> {
    return engine.use(order.length > 0 ? 'sort' : 'search', asker, signal, async (connection) => {
      const isSorted = order.length > 0;
      let part: Part = { from: 0, to: total };
      const share = (): number =>
        isSorted
          ? Math.max(SORTED * connection.progress, isAll ? filled / total : 0)
          : Math.max(rows[filled - 1] ?? 0, part.from + (part.to - part.from) * connection.progress) / total;
      const watch = setInterval(() => {
        fraction = Math.max(fraction, Math.min(1, share()) * 0.99);
      }, PROGRESS_MS);
      try {
        for (part of isSorted ? [part] : partsOf(total)) {
          const rest = isSorted
            ? ` order by ${orderTerms(table, order)}`
            : ` where __row between ${part.from} and ${part.to - 1}`;
          const result = await connection.stream(`select __row::uinteger from ${table.sql}${rest}`, table.values);
          for (;;) {
            const chunk = await nextChunk(result, signal);
            if (!chunk) break;
            const bytes = dataOf(duckdb.data_chunk_get_vector(chunk.chunk, 0), chunk.rowCount * 4);
            const some = new Uint32Array(bytes.buffer, bytes.byteOffset, chunk.rowCount);
            grow(filled + some.length);
            rows.set(some, filled);
            filled += some.length;
            tell();
          }
        }
        if (isAll && filled < total) throw new ReaderError('unreadable', 'the file holds fewer rows than recorded');
        fraction = 1;
        return filled;
      } finally {
        clearInterval(watch);
      }
    });
  }

  const whole = seek();
  whole.then(
    () => {
      for (const { resolve } of waiting) resolve();
      waiting = [];
    },
    (error: unknown) => {
      for (const { reject } of waiting) reject(error);
      waiting = [];
    },
  );
  return {
    get rows() {
      return filled;
    },
    get room() {
      return rows.length;
    },
    get fraction() {
      return fraction;
    },
    part: (from, to) => rows.subarray(from, Math.min(to, filled)),
    reach: (count) =>
      count <= filled
        ? Promise.resolve()
        : Promise.race([
            whole.then(() => {}),
            new Promise<void>((resolve, reject) => waiting.push({ count, resolve, reject })),
          ]),
    whole,
  };
}

export type Part = { readonly from: number; readonly to: number };

/** Rows by number, in order: small parts first. */
export function partsOf(total: number): readonly Part[] {
  const parts: Part[] = [];
  for (let [from, size] = [0, FIRST_PART]; from < total || parts.length === 0; size *= GROWTH) {
    const to = Math.min(total, from + size);
    parts.push({ from, to });
    from = to;
  }
  return parts;
}

/** The given columns, NULLs last either way, then the row number, so that equal rows stay where they were. */
export const orderTerms = (table: Table, order: Order): string =>
  [
    ...order.map(({ column, descending }) => {
      const name = table.columns[column]?.name;
      if (name === undefined) throw new ReaderError('bad-request', `no column ${column}`);
      return `${name} ${descending ? 'desc' : 'asc'} nulls last`;
    }),
    '__row',
  ].join(', ');
