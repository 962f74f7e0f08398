/**
 * Sorted results. A sort is a permutation: at position p stands row `rows[p]`, four bytes a row. It is made once, in the
 * background, while the first screen is served by top-N. Rows at a position are scattered over the file, and fetching two
 * hundred of them costs as much as fetching twenty thousand; so whole stretches of positions are fetched into memory, the
 * next one ahead, and windows are served from those.
 *
 * Order: the given columns, NULLs last either way, then the row number, so that equal rows stay where they were.
 */
import duckdb from '@duckdb/node-bindings';
import { dataOf } from '../../../interpreters/arrow/vector.ts';
import { nextChunk } from './chunks.ts';
import type { Engine } from './engine.ts';
import { ReaderError } from './failure.ts';
import type { Order } from './protocol.ts';
import type { Table } from './tables.ts';
import { whileNot } from './waiting.ts';

/** `place` names the column of positions, counted from `first`. */
export type Stretch = { readonly table: string; readonly place: string; readonly first: number; readonly rows: number };

export interface Sorts {
  /** Begins the sort if it is not there. Not one of more rows than fit, which only top-N and downloads serve. */
  begin(table: Table, order: Order, rows: number): void;
  /** 0–1, 1 when it is ready. */
  progress(table: Table, order: Order): number;
  /** Calls `work` with the stretches that hold [from, to), in order; they stay as long as it runs. */
  use<T>(
    table: Table,
    order: Order,
    shape: { readonly rows: number; readonly bytes: number },
    range: { readonly from: number; readonly to: number },
    signal: AbortSignal,
    work: (stretches: readonly Stretch[]) => Promise<T>,
  ): Promise<T>;
  forget(table: Table): Promise<void>;
}

/** 400 MB of permutations: one result of this size, or ten of ten million rows. */
export const MAX_SORTED_ROWS = 100_000_000;
/** Cells of a stretch: 20,000 rows of 50 columns. */
const STRETCH_CELLS = 1_000_000;
/** Bytes of a stretch, as they lie compressed in the file. */
const STRETCH_BYTES = 8 * 1024 * 1024;
const STRETCH_ROWS = { least: 500, most: 20_000 } as const;
/** Stretches in memory, the longest unused goes first: someone's way through a result, and back. */
const MAX_STRETCHES = 24;

type Sort = {
  readonly key: string;
  readonly table: Table;
  readonly order: Order;
  readonly total: number;
  readonly ready: Promise<Uint32Array>;
  readonly stop: AbortController;
  progress: number;
  waiters: number;
};
type Held = {
  readonly sort: Sort;
  readonly name: string;
  readonly stretch: Promise<Stretch>;
  /** Aborted when nobody waits for it before it has come: someone drags through the whole result. */
  readonly stop: AbortController;
  users: number;
  come: boolean;
};

export function openSorts(engine: Engine): Sorts {
  const sorts = new Map<string, Sort>();
  const held = new Map<string, Held>();
  const never = new AbortController().signal;
  let ahead: Held | undefined;
  let count = 0;

  const keyOf = (table: Table, order: Order): string =>
    [table.number, ...order.map(({ column, descending }) => `${descending ? '-' : ''}${column}`)].join(',');

  function find(table: Table, order: Order, total: number): Sort {
    const key = keyOf(table, order);
    const existing = sorts.get(key);
    if (existing) {
      sorts.delete(key);
      sorts.set(key, existing);
      return existing;
    }
    if (total > MAX_SORTED_ROWS)
      throw new ReaderError('too-many', `rows to sort: ${total}, at most ${MAX_SORTED_ROWS}`);
    // Another order of the same table was asked for: one that nobody waits for any more is not finished.
    for (const other of sorts.values()) {
      if (other.table === table && other.progress < 1 && other.waiters === 0) drop(other);
    }
    makeRoom(total);
    const stop = new AbortController();
    const sort: Sort = {
      key,
      table,
      order,
      total,
      stop,
      progress: 0,
      waiters: 0,
      ready: permute(table, order, total, stop.signal, (fraction) => {
        sort.progress = fraction;
      }),
    };
    sorts.set(key, sort);
    sort.ready.catch(() => drop(sort));
    return sort;
  }

  function makeRoom(total: number): void {
    let sum = total;
    for (const sort of sorts.values()) sum += sort.total;
    for (const sort of sorts.values()) {
      if (sum <= MAX_SORTED_ROWS) return;
      if (sort.waiters > 0) continue;
      sum -= sort.total;
      drop(sort);
    }
  }

  function drop(sort: Sort): void {
    sort.stop.abort();
    if (sorts.get(sort.key) === sort) sorts.delete(sort.key);
    for (const [name, one] of held) if (one.sort === sort && one.users === 0) void discard(name, one);
  }

  async function permute(
    table: Table,
    order: Order,
    total: number,
    signal: AbortSignal,
    tell: (fraction: number) => void,
  ): Promise<Uint32Array> {
    return engine.use('sort', signal, async (connection) => {
      const rows = new Uint32Array(total);
      let filled = 0;
      const watch = setInterval(() => tell(Math.max(0.9 * connection.progress, filled / total) * 0.99), PROGRESS_MS);
      try {
        const result = await connection.stream(
          `select __row::uinteger from ${table.sql} order by ${orderTerms(table, order)}`,
        );
        for (;;) {
          const chunk = await nextChunk(result, signal);
          if (!chunk) break;
          const bytes = dataOf(duckdb.data_chunk_get_vector(chunk.chunk, 0), chunk.rowCount * 4);
          const part = new Uint32Array(bytes.buffer, bytes.byteOffset, chunk.rowCount);
          if (filled + part.length > total)
            throw new ReaderError('unreadable', 'the file holds more rows than recorded');
          rows.set(part, filled);
          filled += part.length;
        }
        if (filled < total) throw new ReaderError('unreadable', 'the file holds fewer rows than recorded');
        tell(1);
        return rows;
      } finally {
        clearInterval(watch);
      }
    });
  }

  function stretchOf(sort: Sort, index: number, size: number): Held {
    const key = `${sort.key}:${index}`;
    const existing = held.get(key);
    if (existing) {
      held.delete(key);
      held.set(key, existing);
      return existing;
    }
    count += 1;
    const name = `s${count}`;
    const stop = new AbortController();
    const stretch = fetchStretch(sort, name, index * size, size, stop.signal);
    const one: Held = { sort, name, users: 0, come: false, stop, stretch };
    held.set(key, one);
    stretch.then(
      () => {
        one.come = true;
      },
      () => {
        if (held.get(key) === one) held.delete(key);
      },
    );
    return one;
  }

  async function fetchStretch(
    sort: Sort,
    name: string,
    first: number,
    size: number,
    signal: AbortSignal,
  ): Promise<Stretch> {
    const permutation = await sort.ready;
    const rows = permutation.subarray(first, Math.min(first + size, sort.total));
    const place = freshName(sort.table);
    await engine.use('stretch', signal, async (connection) => {
      await connection.run(`create table p${name} (${place} integer, at_row bigint)`);
      try {
        const appender = await connection.connection.createAppender(`p${name}`);
        rows.forEach((row, position) => {
          appender.appendInteger(position);
          appender.appendBigInt(BigInt(row));
          appender.endRow();
        });
        appender.closeSync();
        await connection.run(
          `create table ${name} as select p.${place}, t.* from p${name} p join ${sort.table.sql} t on t.__row = p.at_row order by p.${place}`,
        );
      } finally {
        await connection.run(`drop table p${name}`);
      }
    });
    return { table: name, place, first, rows: rows.length };
  }

  async function discard(key: string, one: Held): Promise<void> {
    if (held.get(key) === one) held.delete(key);
    await one.stretch.catch(() => undefined);
    await engine
      .use('window', never, (connection) => connection.run(`drop table if exists ${one.name}`))
      .catch(() => {});
  }

  function evict(): void {
    for (const [key, one] of held) {
      if (held.size <= MAX_STRETCHES) return;
      if (one.users === 0) void discard(key, one);
    }
  }

  return {
    begin: (table, order, rows) => {
      if (rows <= MAX_SORTED_ROWS) find(table, order, rows);
    },
    progress: (table, order) => sorts.get(keyOf(table, order))?.progress ?? 0,
    use: async (table, order, shape, range, signal, work) => {
      const sort = find(table, order, shape.rows);
      sort.waiters += 1;
      const used: Held[] = [];
      try {
        await whileNot(signal, sort.ready);
        const size = stretchRows(table, shape);
        for (let index = Math.floor(range.from / size); index * size < range.to; index += 1) {
          const one = stretchOf(sort, index, size);
          one.users += 1;
          used.push(one);
        }
        const stretches = await whileNot(signal, Promise.all(used.map((one) => one.stretch)));
        const answer = await work(stretches);
        prefetch(sort, Math.floor((range.to - 1) / size) + 1, size);
        return answer;
      } finally {
        sort.waiters -= 1;
        for (const one of used) {
          one.users -= 1;
          if (one.users === 0 && !one.come) one.stop.abort();
        }
        evict();
      }
    },
    forget: async (table) => {
      for (const sort of [...sorts.values()]) if (sort.table === table) drop(sort);
      const made = [...held].filter(([, one]) => one.sort.table === table);
      await Promise.all(made.map(([key, one]) => discard(key, one)));
    },
  };

  function prefetch(sort: Sort, index: number, size: number): void {
    if (index * size >= sort.total || sorts.get(sort.key) !== sort) return;
    const before = ahead;
    ahead = stretchOf(sort, index, size);
    if (before && before !== ahead && before.users === 0 && !before.come) before.stop.abort();
  }
}

const PROGRESS_MS = 50;

/** A name that no column has. */
function freshName(table: Table): string {
  const taken = new Set(table.columns.map((column) => column.name.toLowerCase()));
  let name = '__place';
  while (taken.has(`"${name}"`)) name += '_';
  return name;
}

export const orderTerms = (table: Table, order: Order): string =>
  [
    ...order.map(({ column, descending }) => {
      const name = table.columns[column]?.name;
      if (name === undefined) throw new ReaderError('bad-request', `no column ${column}`);
      return `${name} ${descending ? 'desc' : 'asc'} nulls last`;
    }),
    '__row',
  ].join(', ');

function stretchRows(table: Table, shape: { readonly rows: number; readonly bytes: number }): number {
  const byCells = STRETCH_CELLS / Math.max(1, table.columns.length);
  const byBytes = (STRETCH_BYTES * shape.rows) / Math.max(1, shape.bytes);
  return Math.floor(Math.max(STRETCH_ROWS.least, Math.min(STRETCH_ROWS.most, byCells, byBytes)));
}
