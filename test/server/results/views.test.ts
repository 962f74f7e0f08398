/** Views over an engine that never finds anything until it is told to stop. */
import { describe, expect, it } from 'vitest';
import type { Engine, Lane } from '../../../server/results/reader/engine.ts';
import { ReaderError } from '../../../server/results/reader/failure.ts';
import type { Table } from '../../../server/results/reader/tables.ts';
import { openViews, type View } from '../../../server/results/reader/views.ts';

type Work = { readonly lane: Lane; readonly asker: string; readonly signal: AbortSignal };

function setUp() {
  const begun: Work[] = [];
  const engine: Engine = {
    use: (lane, asker, signal) => {
      begun.push({ lane, asker, signal });
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new ReaderError('cancelled', '')), { once: true });
      });
    },
    forget: () => {},
    close: () => {},
  };
  return { begun, views: openViews(engine) };
}

const table: Table = {
  key: 'k',
  number: 1,
  sql: 'f1.main.result',
  values: [],
  columns: [
    { name: '"a"', type: { sql: 'BIGINT', kind: 'fixed', width: 8, arrow: { type: 'int', bits: 64, signed: true } } },
  ],
};
const searchOf = (from: string, asker = 'one'): View => ({
  asker,
  order: [],
  narrow: { filters: [{ place: 0, is: 'range', from }] },
});
const sorted: View = { asker: 'one', order: [{ column: 0, descending: false }], narrow: { filters: [] } };
const wants = { rows: 1000, enough: 10 };

describe('a search', () => {
  it('is given up as soon as its only asker goes', async () => {
    const { begun, views } = setUp();
    const stop = new AbortController();
    const asked = views.watch(table, searchOf('1'), wants, stop.signal);
    expect(begun.map(({ lane }) => lane)).toEqual(['search']);
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    expect(begun[0]!.signal.aborted).toBe(true);
    expect(views.progress(table, searchOf('1'))).toEqual({ fraction: 0, rows: 0 });
  });

  it('that somebody else waits for goes on, and is begun once for both', async () => {
    const { begun, views } = setUp();
    const [one, other] = [new AbortController(), new AbortController()];
    const first = views.watch(table, searchOf('1'), wants, one.signal);
    const second = views.watch(table, searchOf('1'), wants, other.signal);
    one.abort();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect(begun).toHaveLength(1);
    expect(begun[0]!.signal.aborted).toBe(false);
    // It has nothing to say, and says so after a moment.
    await expect(second).resolves.toEqual({ fraction: 0, rows: 0 });
  });

  it('does not end another one, nor a sort of the same table', () => {
    const { begun, views } = setUp();
    const never = new AbortController().signal;
    views.begin(table, sorted, 1000);
    for (const from of ['1', '2']) views.watch(table, searchOf(from), wants, never).catch(() => {});
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([false, false, false]);
    expect(begun.map(({ lane }) => lane)).toEqual(['sort', 'search', 'search']);
  });

  it('that nobody waits for ends when its asker asks for another of the result, and nobody else’s does', async () => {
    const { begun, views } = setUp();
    const never = new AbortController().signal;
    // Each is answered that nothing was found yet, and keeps searching.
    for (const search of [searchOf('1'), searchOf('2', 'other')]) await views.watch(table, search, wants, never);
    views.watch(table, searchOf('3'), wants, never).catch(() => {});
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true, false, false]);
    expect(begun.map(({ asker }) => asker)).toEqual(['one', 'other', 'one']);
    // The third is waited for.
    views.watch(table, searchOf('4'), wants, never).catch(() => {});
    expect(begun[2]!.signal.aborted).toBe(false);
  });

  it('ends with its table', async () => {
    const { begun, views } = setUp();
    const asked = views.watch(table, searchOf('1'), wants, new AbortController().signal);
    await views.forget(table);
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    expect(begun[0]!.signal.aborted).toBe(true);
  });
});

describe('a sort', () => {
  it('is not ended by what another asks for', () => {
    const { begun, views } = setUp();
    views.begin(table, sorted, 1000);
    views.begin(table, { asker: 'other', order: [{ column: 0, descending: true }], narrow: { filters: [] } }, 1000);
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  });

  it('that nobody waits for ends when its asker’s next is asked for', () => {
    const { begun, views } = setUp();
    views.begin(table, sorted, 1000);
    views.begin(table, { ...sorted, order: [{ column: 0, descending: true }] }, 1000);
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });
});
