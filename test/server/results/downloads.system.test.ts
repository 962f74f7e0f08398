import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Format, ResultOwner, WindowQuery } from '../../../server/results/contract.ts';
import type { Prepared } from '../../../server/results/downloads.ts';
import { type Bench, bytesOf, never, openBench } from './support.ts';

let bench: Bench;
let owner: ResultOwner;
beforeAll(async () => {
  bench = await openBench();
  owner = await bench.keep("select i as n, 'text ' || hash(i) as t, i % 97 as k from range(100000) t(i)");
});
afterAll(() => bench.close());

const asked = (format: Format, more: Partial<WindowQuery> = {}): WindowQuery => ({
  offset: 0,
  sort: [],
  format,
  ...more,
});

async function prepared(query: WindowQuery): Promise<Prepared> {
  const made = await bench.results.prepared(owner.id, query, true, never);
  if (!made) throw new Error('not prepared');
  return made;
}

async function read(of: Prepared, range?: { start: number; end: number }): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of (await of.read(range))!) parts.push(part);
  return Buffer.concat(parts);
}

describe('a prepared download', () => {
  it('is what comes unprepared, and the same bytes each time it is made', async () => {
    const views: Partial<WindowQuery>[] = [
      {},
      { sort: [{ column: 'k', descending: true }], narrow: { filters: [{ column: 'n', is: 'range', from: '5000' }] } },
    ];
    for (const format of ['csv', 'tsv', 'json', 'jsonl', 'arrow', 'xlsx'] as const) {
      for (const view of views) {
        const first = await prepared(asked(format, view));
        const bytes = await read(first);
        expect(bytes.equals(await bytesOf(bench.results, owner.id, asked(format, view))), format).toBe(true);
        expect([bytes.length, first.bytes]).toEqual([first.bytes, bytes.length]);
        const half = Math.floor(bytes.length / 2);
        const parts = [
          await read(first, { start: 0, end: half }),
          await read(first, { start: half + 1, end: bytes.length - 1 }),
        ];
        expect(Buffer.concat(parts).equals(bytes)).toBe(true);
      }
    }
    const before = (await prepared(asked('xlsx'))).etag;
    await bench.reopen();
    expect((await prepared(asked('xlsx'))).etag).toBe(before);
    expect((await prepared(asked('csv'))).etag).not.toBe(before);
  });

  it('tells how far it is', async () => {
    const sort = [{ column: 't', descending: false }];
    const steps: number[] = [];
    await vi.waitFor(
      async () => {
        const now = await bench.results.prepare(owner.id, asked('parquet', { sort }), never);
        if (now.state === 'making') steps.push(now.fraction);
        expect(now.state).toBe('ready');
      },
      { timeout: 60_000, interval: 1 },
    );
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps.every((step) => step >= 0 && step < 1)).toBe(true);
  });

  it('that is given up ends in the reader, too', async () => {
    const big = await bench.keep("select i as n, repeat('x', 200) || i as t from range(1000000) t(i)");
    const stop = new AbortController();
    const query = asked('xlsx', { sort: [{ column: 't', descending: true }] });
    const watching = bench.results.prepare(big.id, query, stop.signal);
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await expect(watching).rejects.toThrow();
    // All four that are made at once are free again: none of these waits for it.
    const others = await Promise.all(
      [1, 2, 3, 4].map((k) =>
        prepared(asked('csv', { narrow: { filters: [{ column: 'k', is: 'among', values: [String(k)] }] } })),
      ),
    );
    expect(others.every(({ bytes }) => bytes > 10_000)).toBe(true);
    expect(await bench.results.prepared(big.id, query, false, never)).toBeUndefined();
  });

  it('goes with its result', async () => {
    const made = await prepared(asked('csv'));
    await bench.results.forget([owner.id]);
    expect(await made.read()).toBeUndefined();
    await expect(bench.results.prepare(owner.id, asked('csv'), never)).rejects.toMatchObject({ code: 'not-found' });
  });
});
