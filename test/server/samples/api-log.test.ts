import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { apiLog, type Expected, WITHIN_MS } from '../../../server/samples/api-log.ts';

type Entry = {
  readonly ts: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
};

function make(rows: number, seed?: number): { text: string; entries: readonly Entry[]; expected: Expected } {
  const log = apiLog({ rows, ...(seed === undefined ? {} : { seed }) });
  const text = [...log.chunks].join('');
  const entries = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
  return { text, entries, expected: log.expected() };
}

/** The slow and plain way to the answer. */
function countRepeats(entries: readonly Entry[]): { repeats: number; repeated: number } {
  const times = new Map<string, number[]>();
  for (const { ts, method, path, body } of entries) {
    const content = JSON.stringify([method, path, body]);
    times.set(content, [...(times.get(content) ?? []), Date.parse(ts)]);
  }
  let repeats = 0;
  let repeated = 0;
  for (const list of times.values()) {
    list.sort((a, b) => a - b);
    const gaps = list.slice(1).map((ms, index) => ms - list[index]!);
    repeats += gaps.filter((gap) => gap <= WITHIN_MS).length;
    if (gaps.some((gap) => gap <= WITHIN_MS)) repeated += 1;
  }
  return { repeats, repeated };
}

describe('the API log', () => {
  it('is the same bytes for a seed, for ever, and others for another', () => {
    const hash = (rows: number, seed?: number): string =>
      createHash('sha256').update(make(rows, seed).text).digest('hex').slice(0, 16);
    expect(hash(3000)).toBe('e08dff9a1b6c7db9');
    expect(hash(3000)).toBe(hash(3000));
    expect(hash(3000, 7)).not.toBe(hash(3000));
  });

  it.each([
    [1, undefined],
    [2, undefined],
    [500, undefined],
    [20_000, undefined],
    [20_000, 1],
    [20_000, 2],
    [30_000, 3],
  ])('of %i rows with seed %s holds just the planted repeats', (rows, seed) => {
    const { entries, expected } = make(rows, seed);
    expect(entries).toHaveLength(rows);
    expect(countRepeats(entries)).toEqual({ repeats: expected.repeats, repeated: expected.repeated_calls });
    expect(Object.values(expected.by_endpoint).reduce((sum, count) => sum + count, 0)).toBe(expected.repeats);
  });

  it('holds repeats at 200 ms, misses at 201 ms, and calls that differ in a digit or the method', () => {
    const { entries, expected } = make(30_000);
    const { too_late, other_content, other_method } = expected.near_misses;
    expect(Math.min(too_late, other_content, other_method)).toBeGreaterThan(20);
    const last = new Map<string, number>();
    const gaps = entries.map(({ ts, method, path, body }) => {
      const content = JSON.stringify([method, path, body]);
      const gap = Date.parse(ts) - (last.get(content) ?? Number.NaN);
      last.set(content, Date.parse(ts));
      return gap;
    });
    for (const gap of [0, 200, 201]) expect(gaps.filter((one) => one === gap).length).toBeGreaterThan(5);
  });

  it('is a day in order, with a first time without a fraction, and 1 KB a line', () => {
    const { text, entries } = make(20_000);
    const times = entries.map(({ ts }) => Date.parse(ts));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(entries[0]?.ts).toBe('2026-03-02T00:00:00Z');
    expect(entries.filter(({ ts }) => !ts.includes('.')).length).toBeGreaterThan(5);
    expect(entries.at(-1)?.ts.slice(0, 13)).toBe('2026-03-02T23');
    expect(Buffer.byteLength(text) / entries.length).toBeGreaterThan(950);
    expect(Buffer.byteLength(text) / entries.length).toBeLessThan(1100);
  });

  it('keeps its memory small: chunks come one by one', () => {
    let taken = 0;
    for (const chunk of apiLog({ rows: 1_000_000_000 }).chunks) {
      taken += chunk.length;
      if (taken > 1_000_000) break;
    }
    expect(taken).toBeLessThan(2_000_000);
  });
});
