/**
 * The rows of one result that are at hand, and the asking for others. Rows come in blocks at fixed places, so that
 * going back costs nothing; what nobody waits for any more is given up at once, and neighbours are fetched when all
 * that is seen is there. Kept blocks are bounded by bytes, least recently seen first out.
 */
import { type Block, decode } from './blocks.ts';

export type Failure = { readonly code: string; readonly message: string; readonly hint?: string };

/** The rows are not to be had any more: only another run brings them. */
export const isPast = ({ code }: Failure): boolean => code === 'result-gone' || code === 'source-changed';
export type Fetched = { readonly ok: true; readonly bytes: Uint8Array } | ({ readonly ok: false } & Failure);
/** Rejects only when `signal` was aborted or the network failed. */
export type FetchRows = (offset: number, limit: number, signal: AbortSignal) => Promise<Fetched>;

export type Windows = {
  readonly failure: Failure | undefined;
  text(row: number, column: number): string | null | undefined;
  has(row: number): boolean;
  /** What is seen now: rows from `start` to before `end`. */
  want(start: number, end: number): void;
  /** All rows from `start` to before `end`, fetched where they are missing. */
  load(start: number, end: number, signal: AbortSignal): Promise<readonly Block[]>;
  retry(): void;
  release(): void;
};

export type WindowsOptions = {
  /** More may come while a search goes on. */
  readonly rows: () => number;
  readonly columns: number;
  readonly fetch: FetchRows;
  /** Rows from 0 on that came with the run. */
  readonly first?: Block | undefined;
  /** Rows are still being written: nothing is fetched that is not looked at. */
  readonly open?: boolean;
  /** New rows are at hand, or a failure. */
  readonly onChange: () => void;
};

/** A block of about this many values decodes within a millisecond and holds some screens of a narrow table. */
const BLOCK_VALUES = 20_000;
const MOST_ROWS = 128;
const FEWEST_ROWS = 16;
/** Bytes of blocks kept for one table: with a handful of tables near the viewport the page stays below its 60 MB. */
export const KEPT_BYTES = 4 * 1024 * 1024;
/** Blocks in view are never dropped, however large. */
const KEPT_BLOCKS = 4;
/** The frame that shows what came goes first, and so does the next jump of a dragged scrollbar. */
const AHEAD_MS = 100;
/** Copying fetches in larger pieces. */
const LOAD_ROWS = 10_000;

export const blockRows = (columns: number): number =>
  Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, Math.floor(BLOCK_VALUES / Math.max(1, columns))));

export function createWindows(options: WindowsOptions): Windows {
  const size = blockRows(options.columns);
  const kept = new Map<number, Block>();
  /** How many rows a kept block was asked for: its end may have grown since. */
  const lengths = new Map<number, number>();
  const pending = new Map<number, AbortController>();
  let seen = { start: 0, end: 0 };
  let failure: Failure | undefined;
  let ahead: ReturnType<typeof setTimeout> | undefined;

  const inFirst = (row: number): boolean => options.first !== undefined && row < options.first.rows;
  const blockOf = (row: number): Block | undefined => {
    if (inFirst(row)) return options.first;
    const block = kept.get(Math.floor(row / size));
    return block && row < block.offset + block.rows ? block : undefined;
  };
  const lengthOf = (block: number): number => Math.min(size, options.rows() - block * size);
  const isThere = (block: number): boolean =>
    (kept.has(block) && (lengths.get(block) ?? 0) >= lengthOf(block)) || inFirst(block * size + lengthOf(block) - 1);

  async function fetchBlock(block: number): Promise<void> {
    const abort = new AbortController();
    pending.set(block, abort);
    try {
      const length = lengthOf(block);
      const answer = await options.fetch(block * size, length, abort.signal);
      if (abort.signal.aborted) return;
      lengths.set(block, length);
      if (answer.ok) keep(block, decode(answer.bytes, block * size));
      else failure = answer;
    } catch (error) {
      if (abort.signal.aborted) return;
      failure = { code: 'unreachable', message: error instanceof Error ? error.message : String(error) };
    } finally {
      if (pending.get(block) === abort) pending.delete(block);
    }
    options.onChange();
    clearTimeout(ahead);
    if (!failure) ahead = setTimeout(prefetch, AHEAD_MS);
  }

  function keep(block: number, rows: Block): void {
    failure = undefined;
    kept.set(block, rows);
    let bytes = 0;
    for (const each of kept.values()) bytes += each.bytes;
    for (const [key, each] of kept) {
      if (bytes <= KEPT_BYTES || kept.size <= KEPT_BLOCKS) break;
      kept.delete(key);
      bytes -= each.bytes;
    }
  }

  /** The blocks before and behind, once everything in view is there and nothing else is under way. */
  function prefetch(): void {
    if (options.open) return;
    const first = Math.floor(seen.start / size);
    const last = Math.floor(Math.max(seen.start, seen.end - 1) / size);
    for (let block = first; block <= last; block += 1) if (!isThere(block)) return;
    for (const block of [last + 1, first - 1]) {
      if (block >= 0 && lengthOf(block) > 0 && !isThere(block) && !pending.has(block) && pending.size === 0) {
        void fetchBlock(block);
        return;
      }
    }
  }

  return {
    get failure() {
      return failure;
    },
    text: (row, column) => blockOf(row)?.text(row, column),
    has: (row) => blockOf(row) !== undefined,
    want: (start, end) => {
      seen = { start, end };
      if (end <= start) return;
      const first = Math.floor(start / size);
      const last = Math.floor((end - 1) / size);
      for (const [block, abort] of pending) {
        if (block >= first - 1 && block <= last + 1) continue;
        pending.delete(block);
        abort.abort();
      }
      if (failure) return;
      let missing = false;
      for (let block = first; block <= last; block += 1) {
        const there = kept.get(block);
        if (there) {
          kept.delete(block);
          kept.set(block, there);
        }
        if (!isThere(block)) {
          missing = true;
          if (!pending.has(block)) void fetchBlock(block);
        }
      }
      if (!missing) prefetch();
    },
    load: async (start, end, signal) => {
      const blocks: Block[] = [];
      for (let row = start; row < end; ) {
        const there = blockOf(row);
        if (there) {
          blocks.push(there);
          row = there.offset + there.rows;
          continue;
        }
        const answer = await options.fetch(row, Math.min(LOAD_ROWS, end - row), signal);
        if (!answer.ok) throw new Error(answer.message);
        const block = decode(answer.bytes, row);
        if (block.rows === 0) break;
        blocks.push(block);
        row += block.rows;
      }
      return blocks;
    },
    retry: () => {
      failure = undefined;
    },
    release: () => {
      clearTimeout(ahead);
      for (const abort of pending.values()) abort.abort();
      pending.clear();
      kept.clear();
    },
  };
}
