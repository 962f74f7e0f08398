/**
 * Views of results: their rows as they are sorted, filtered and searched. A view is a list of row numbers (`found.ts`), made
 * once, in the background, and kept while there is room; windows of it are served from stretches (`stretches.ts`), the next
 * one fetched ahead. The first screen of a sort is served by top-N meanwhile, that of a filter as soon as its rows are found.
 *
 * What nobody waits for any more is not finished: a sort or search once its asker asks for another one of the same result,
 * a search as soon as its asker goes.
 */
import { isNarrow, type PlacedNarrow } from '../../protocol/table/narrow.ts';
import type { Engine } from './engine.ts';
import { ReaderError } from './failure.ts';
import { type Found, find } from './found.ts';
import { narrowed } from './narrow.ts';
import type { Order } from './protocol.ts';
import { type Held, openStretches, type Range, type Stretch } from './stretches.ts';
import type { Table } from './tables.ts';
import type { Asker } from './turns.ts';
import { whileNot } from './waiting.ts';

/** `asker` waits for it; who asks for the same is answered from the same. */
export type View = { readonly asker: Asker; readonly order: Order; readonly narrow: PlacedNarrow };
/** `rows` match, so far. */
export type Progress = { readonly fraction: number; readonly rows: number };

export interface Views {
  /** Begins it if it is not there. Not one of more rows than fit, which only top-N and downloads serve. */
  begin(table: Table, view: View, rows: number): void;
  /** Of what was begun. */
  progress(table: Table, view: Omit<View, 'asker'>): Progress;
  /** Begins it, and answers when `enough` rows or all are found, or after a while. Whoever aborts this gives up the search. */
  watch(
    table: Table,
    view: View,
    wants: { readonly rows: number; readonly enough: number },
    signal: AbortSignal,
  ): Promise<Progress>;
  /** Calls `work` with the stretches that hold the positions of the range that there are; they stay as long as it runs. */
  use<T>(
    table: Table,
    view: View,
    shape: { readonly rows: number; readonly bytes: number },
    range: Range,
    signal: AbortSignal,
    work: (stretches: readonly Stretch[], range: Range) => Promise<T>,
  ): Promise<T>;
  forget(table: Table): Promise<void>;
}

/** 400 MB of row numbers: one result of this size, or ten of ten million rows. */
export const MAX_SORTED_ROWS = 100_000_000;
/** Views kept, however small. */
const MAX_VIEWS = 500;
/** How long one waits for news of a search. */
const WATCH_MS = 300;
/** A search goes on so long without anybody who asks: longer than a page takes from one question to the next. */
const LEASE_MS = 3_000;
/** Cells of a stretch: 20,000 rows of 50 columns. */
const STRETCH_CELLS = 1_000_000;
/** Bytes of a stretch, as they lie compressed in the file. */
const STRETCH_BYTES = 8 * 1024 * 1024;
const STRETCH_ROWS = { least: 500, most: 20_000 } as const;

type Kept = {
  readonly key: string;
  /** Who began it. */
  readonly asker: Asker;
  /** The whole one: row numbers are its own. */
  readonly table: Table;
  readonly isSearch: boolean;
  readonly found: Found;
  readonly stop: AbortController;
  waiters: number;
};

export function openViews(engine: Engine): Views {
  const views = new Map<string, Kept>();
  const stretches = openStretches(engine);
  let ahead: Held | undefined;

  const keyOf = (table: Table, { order, narrow }: Omit<View, 'asker'>): string =>
    [
      table.number,
      order.map(({ column, descending }) => `${descending ? '-' : ''}${column}`).join(','),
      ...(isNarrow(narrow) ? [JSON.stringify([narrow.filters, narrow.search])] : []),
    ].join(';');

  function open(table: Table, view: View, total: number): Kept {
    const key = keyOf(table, view);
    const existing = views.get(key);
    if (existing) {
      views.delete(key);
      views.set(key, existing);
      return existing;
    }
    const isSearch = isNarrow(view.narrow);
    if (!isSearch && total > MAX_SORTED_ROWS)
      throw new ReaderError('too-many', `rows to sort: ${total}, at most ${MAX_SORTED_ROWS}`);
    for (const other of views.values()) {
      // Nobody ends what another asks for.
      const isOvertaken = other.table === table && other.isSearch === isSearch && other.asker === view.asker;
      if ((isOvertaken && isUnderWay(other)) || views.size >= MAX_VIEWS) if (other.waiters === 0) drop(other);
    }
    const stop = new AbortController();
    const { asker } = view;
    const sought = { asker, table: narrowed(table, view.narrow), isAll: !isSearch, order: view.order, total };
    const found = find(engine, sought, stop.signal, (rows) => makeRoom(key, rows));
    const kept: Kept = { key, asker, table, isSearch, found, stop, waiters: 0 };
    views.set(key, kept);
    found.whole.catch(() => drop(kept));
    return kept;
  }

  /** For a list that grows to `rows`. */
  function makeRoom(key: string, rows: number): void {
    let sum = rows;
    for (const other of views.values()) if (other.key !== key) sum += other.found.room;
    for (const other of views.values()) {
      if (sum <= MAX_SORTED_ROWS) return;
      if (other.waiters > 0 || other.key === key) continue;
      sum -= other.found.room;
      drop(other);
    }
    if (sum > MAX_SORTED_ROWS)
      throw new ReaderError('too-many', `rows sorted and filtered at once: ${sum}, at most ${MAX_SORTED_ROWS}`);
  }

  const isUnderWay = ({ found }: Kept): boolean => found.fraction < 1;

  function drop(view: Kept): void {
    view.stop.abort();
    if (views.get(view.key) === view) views.delete(view.key);
    if (ahead?.owner === view) leaveAhead();
    void stretches.forget((owner) => owner === view, false);
  }

  function leaveAhead(): void {
    const before = ahead;
    ahead = undefined;
    if (before) stretches.give([before]);
  }

  async function waitFor<T>(view: Kept, work: () => Promise<T>): Promise<T> {
    view.waiters += 1;
    try {
      return await work();
    } finally {
      view.waiters -= 1;
      if (view.isSearch && view.waiters === 0 && isUnderWay(view)) {
        setTimeout(() => {
          if (view.waiters === 0 && isUnderWay(view)) drop(view);
        }, LEASE_MS).unref();
      }
    }
  }

  return {
    begin: (table, view, rows) => {
      if (rows <= MAX_SORTED_ROWS) open(table, view, rows);
    },
    progress: (table, view) => {
      const { fraction, rows } = views.get(keyOf(table, view))?.found ?? { fraction: 0, rows: 0 };
      return { fraction, rows };
    },
    watch: async (table, view, { rows, enough }, signal) => {
      const kept = open(table, view, rows);
      const { found } = kept;
      return waitFor(kept, async () => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const enoughTime = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, WATCH_MS);
        });
        try {
          await whileNot(signal, Promise.race([found.reach(enough), enoughTime]));
        } catch (error) {
          if (signal.aborted && kept.waiters === 1 && isUnderWay(kept)) drop(kept);
          throw error;
        } finally {
          clearTimeout(timer);
        }
        return { fraction: found.fraction, rows: found.rows };
      });
    },
    use: async (table, view, shape, range, signal, work) => {
      const kept = open(table, view, shape.rows);
      const { found, isSearch } = kept;
      const used: Held[] = [];
      return waitFor(kept, async () => {
        try {
          await whileNot(signal, found.reach(range.to));
          const to = isSearch ? Math.min(range.to, found.rows) : range.to;
          const size = stretchRows(table, shape);
          const total = isSearch ? (isUnderWay(kept) ? undefined : found.rows) : shape.rows;
          for (const piece of piecesOf({ from: range.from, to }, size, total)) used.push(stretches.take(kept, piece));
          const made = await whileNot(signal, Promise.all(used.map((one) => one.stretch)));
          const answer = await work(made, { from: Math.min(range.from, to), to });
          if (total !== undefined) prefetch(kept, Math.floor((to - 1) / size) + 1, size, total);
          return answer;
        } finally {
          stretches.give(used);
        }
      });
    },
    forget: async (table) => {
      for (const view of [...views.values()]) if (view.table === table) drop(view);
      await stretches.forget((owner) => owner.table === table, true);
    },
  };

  function prefetch(view: Kept, index: number, size: number, total: number): void {
    if (index * size >= total || views.get(view.key) !== view) return;
    const next = stretches.take(view, { from: index * size, to: Math.min((index + 1) * size, total) });
    leaveAhead();
    ahead = next;
  }
}

/** Whole stretches; of a search that has no end yet, no more than is asked for. */
export function piecesOf({ from, to }: Range, size: number, total: number | undefined): readonly Range[] {
  if (from >= to) return [];
  if (total === undefined) return [{ from, to }];
  const pieces: Range[] = [];
  for (let index = Math.floor(from / size); index * size < to; index += 1)
    pieces.push({ from: index * size, to: Math.min((index + 1) * size, total) });
  return pieces;
}

function stretchRows(table: Table, shape: { readonly rows: number; readonly bytes: number }): number {
  const byCells = STRETCH_CELLS / Math.max(1, table.columns.length);
  const byBytes = (STRETCH_BYTES * shape.rows) / Math.max(1, shape.bytes);
  return Math.floor(Math.max(STRETCH_ROWS.least, Math.min(STRETCH_ROWS.most, byCells, byBytes)));
}
