import { columnFromArray, int32, tableFromColumns, tableToIPC } from '@uwdata/flechette';
import { describe, expect, it, vi } from 'vitest';
import { decode } from '../../../../client/outputs/table/blocks.ts';
import {
  blockRows,
  createWindows,
  type Fetched,
  KEPT_BYTES,
  type WindowsOptions,
} from '../../../../client/outputs/table/windows.ts';

const bytesOf = (offset: number, rows: number): Uint8Array =>
  tableToIPC(
    tableFromColumns({
      n: columnFromArray(
        Array.from({ length: rows }, (_, row) => offset + row),
        int32(),
      ),
    }),
    {
      format: 'stream',
    },
  )!;

type Question = {
  offset: number;
  limit: number;
  signal: AbortSignal;
  answer: (fetched?: Fetched | Error) => Promise<void>;
};

/** The test owns the network: nothing is answered until it says so. */
function setUp({ rows = 100_000, ...options }: Partial<Omit<WindowsOptions, 'rows'>> & { rows?: number } = {}) {
  const asked: Question[] = [];
  let changes = 0;
  let now = rows;
  const windows = createWindows({
    rows: () => now,
    columns: 1,
    onChange: () => (changes += 1),
    fetch: (offset, limit, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        asked.push({
          offset,
          limit,
          signal,
          answer: async (fetched = { ok: true, bytes: bytesOf(offset, limit) }) => {
            if (fetched instanceof Error) reject(fetched);
            else resolve(fetched);
            await new Promise((done) => setTimeout(done));
          },
        });
      }),
    ...options,
  });
  const open = () => asked.filter(({ signal }) => !signal.aborted);
  return { windows, asked, open, changes: () => changes, grow: (to: number) => (now = to) };
}

describe('windows of rows', () => {
  it('ask for the block that is looked at, and tell when it is there', async () => {
    const { windows, asked, changes } = setUp();
    windows.want(1000, 1010);
    expect(asked.map(({ offset, limit }) => [offset, limit])).toEqual([[896, 128]]);
    expect(windows.text(1000, 0)).toBeUndefined();
    await asked[0]!.answer();
    expect(changes()).toBe(1);
    expect(windows.text(1000, 0)).toBe('1000');
    expect(windows.has(895)).toBe(false);
  });

  it('ask for both blocks when the view lies over their border', () => {
    const { windows, asked } = setUp();
    windows.want(250, 262);
    expect(asked.map(({ offset }) => offset)).toEqual([128, 256]);
  });

  it('give up what nobody looks at any more', () => {
    const { windows, asked } = setUp();
    windows.want(0, 10);
    windows.want(50_000, 50_010);
    windows.want(90_000, 90_010);
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
  });

  it('do not ask twice for what is under way', () => {
    const { windows, asked } = setUp();
    windows.want(1000, 1010);
    windows.want(1001, 1011);
    windows.want(1002, 1012);
    expect(asked).toHaveLength(1);
  });

  it('bring the neighbours once everything seen is there, one after the other', async () => {
    const { windows, asked } = setUp();
    windows.want(1000, 1010);
    await asked[0]!.answer();
    // Not at once: what came is painted first.
    expect(asked.map(({ offset }) => offset)).toEqual([896]);
    await vi.waitFor(() => expect(asked.map(({ offset }) => offset)).toEqual([896, 1024]));
    await asked[1]!.answer();
    await vi.waitFor(() => expect(asked.map(({ offset }) => offset)).toEqual([896, 1024, 768]));
    await asked[2]!.answer();
    expect(asked).toHaveLength(3);
    windows.want(1030, 1040);
    expect(windows.text(1039, 0)).toBe('1039');
  });

  it('need no server for the rows that came with the run', () => {
    const { windows, asked } = setUp({ rows: 10, first: decode(bytesOf(0, 10), 0) });
    windows.want(0, 10);
    expect(asked).toEqual([]);
    expect(windows.text(9, 0)).toBe('9');
  });

  it('ask behind the rows that came with the run', () => {
    const { windows, asked } = setUp({ rows: 5000, first: decode(bytesOf(0, 300), 0) });
    windows.want(290, 310);
    expect(asked.map(({ offset }) => offset)).toEqual([256]);
    expect(windows.text(299, 0)).toBe('299');
  });

  it('keep a failure until one tries again', async () => {
    const { windows, asked } = setUp();
    windows.want(0, 10);
    await asked[0]!.answer({ ok: false, code: 'result-gone', message: 'gone' });
    expect(windows.failure?.code).toBe('result-gone');
    windows.want(1, 11);
    expect(asked).toHaveLength(1);
    windows.retry();
    windows.want(1, 11);
    await asked[1]!.answer();
    expect(windows.failure).toBeUndefined();
    expect(windows.text(1, 0)).toBe('1');
  });

  it('take a broken connection, and bytes that are no Arrow, for a failure', async () => {
    const { windows, asked } = setUp();
    windows.want(0, 10);
    await asked[0]!.answer(new TypeError('Failed to fetch'));
    expect(windows.failure).toEqual({ code: 'unreachable', message: 'Failed to fetch' });
    windows.retry();
    windows.want(0, 10);
    await asked[1]!.answer({ ok: true, bytes: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]) });
    expect(windows.failure?.code).toBe('unreachable');
  });

  it('hold a bounded number of bytes, and never drop what is seen', async () => {
    const { windows, asked, open } = setUp({ rows: 50_000_000 });
    for (let jump = 0; jump < 4500; jump += 1) {
      const start = jump * 1024;
      windows.want(start, start + 10);
      await asked.find(({ offset, signal }) => offset === start && !signal.aborted)!.answer();
      expect(windows.has(start)).toBe(true);
      expect(open().length).toBeLessThan(jump * 3 + 9);
    }
    const each = bytesOf(0, 128).byteLength;
    let kept = 0;
    for (let jump = 0; jump < 4500; jump += 1) if (windows.has(jump * 1024)) kept += 1;
    expect(kept * each).toBeLessThanOrEqual(KEPT_BYTES);
    expect(kept).toBeGreaterThan(100);
  });

  it('load a range from what is there and what is not', async () => {
    const { windows, asked } = setUp();
    windows.want(256, 266);
    await asked[0]!.answer();
    const loading = windows.load(200, 700, new AbortController().signal);
    await asked.at(-1)!.answer();
    await asked.at(-1)!.answer();
    const blocks = await loading;
    expect(blocks[0]!.offset).toBe(200);
    expect(blocks.at(-1)!.offset + blocks.at(-1)!.rows).toBeGreaterThanOrEqual(700);
  });

  it('have fewer rows the more columns there are', () => {
    expect([1, 10, 100, 5000].map(blockRows)).toEqual([128, 128, 128, 16]);
  });

  it('end all requests with their release', () => {
    const { windows, open } = setUp();
    windows.want(0, 10);
    windows.release();
    expect(open()).toEqual([]);
  });
  it('ask again for the last rows when more have been found', async () => {
    const { windows, asked, grow } = setUp({ rows: 10 });
    windows.want(0, 10);
    await asked[0]!.answer();
    expect([asked[0]!.limit, windows.has(9), windows.has(10)]).toEqual([10, true, false]);
    windows.want(0, 10);
    expect(asked).toHaveLength(1);
    grow(300);
    windows.want(0, 20);
    expect([asked[1]!.offset, asked[1]!.limit]).toEqual([0, 128]);
    expect(windows.has(9)).toBe(true);
    await asked[1]!.answer();
    expect(windows.has(127)).toBe(true);
  });

  it('ask no second time for rows that the server lacks', async () => {
    const { windows, asked } = setUp({ rows: 100 });
    windows.want(0, 20);
    await asked[0]!.answer({ ok: true, bytes: bytesOf(0, 5) });
    windows.want(0, 20);
    expect(asked).toHaveLength(1);
  });
});
