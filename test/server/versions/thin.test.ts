import { describe, expect, it } from 'vitest';
import type { VersionId } from '../../../server/protocol/ids.ts';
import { compareMoments } from '../../../server/protocol/versions/compare.ts';
import { isLarge } from '../../../server/versions/large.ts';
import { chooseThinned, MOST_RECENT } from '../../../server/versions/thin.ts';
import { paragraph } from '../rooms/house.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 5, 15, 12);
const every = (ms: number, count: number, name?: string) =>
  Array.from({ length: count }, (_, index) => ({
    id: `v${index}` as VersionId,
    at: NOW - index * ms,
    ...(name === undefined ? {} : { name }),
  }));
const kept = (versions: ReturnType<typeof every>): number[] => {
  const gone = new Set(chooseThinned(versions, NOW));
  return versions.filter(({ id }) => !gone.has(id)).map(({ at }) => (NOW - at) / DAY);
};

describe('automatic versions', () => {
  it('all stay for a week, one a day for a month, one a week for a year', () => {
    const ages = kept(every(6 * HOUR, 4 * 800));
    const between = (from: number, to: number): number => ages.filter((age) => age >= from && age < to).length;
    expect(between(0, 7)).toBe(28);
    expect(between(7, 30)).toBeGreaterThanOrEqual(23);
    expect(between(7, 30)).toBeLessThanOrEqual(24);
    expect(between(30, 365)).toBeGreaterThanOrEqual(47);
    expect(between(30, 365)).toBeLessThanOrEqual(49);
    expect(between(365, 1_000)).toBe(0);
  });

  it('of a day are thinned to its last one', () => {
    expect(
      kept(every(12 * HOUR, 60))
        .filter((age) => age >= 7 && age < 29)
        .every((age) => age % 1 === 0),
    ).toBe(true);
  });

  it('of the last week are bounded', () => {
    expect(kept(every(60_000, 1_000))).toHaveLength(MOST_RECENT);
  });

  it('stay when there is no newer one, however old', () => {
    expect(chooseThinned([{ id: 'v' as VersionId, at: 0 }], NOW)).toEqual([]);
  });
});

describe('versions with a name', () => {
  it('stay for ever', () => {
    expect(chooseThinned(every(DAY, 2_000, 'named'), NOW)).toEqual([]);
  });
});

describe('a change from outside', () => {
  const list = Array.from({ length: 10 }, (_, index) => paragraph(`p${index}`, `select ${index}`));
  const large = (now: typeof list) => isLarge(compareMoments({ paragraphs: list }, { paragraphs: now }));
  it('is large where five paragraphs change or go, or a screen of text goes', () => {
    expect(large(list.slice(5))).toBe(true);
    expect(large(list.slice(4))).toBe(false);
    expect(large(list.map((one) => ({ ...one, source: `${one.source}!` })))).toBe(true);
    expect(large([...list, ...list.map((one) => paragraph(`x${one.id}`, 'x'.repeat(5_000)))])).toBe(false);
    const long = [paragraph('p', 'a b c d e '.repeat(300))];
    expect(isLarge(compareMoments({ paragraphs: long }, { paragraphs: [paragraph('p', '')] }))).toBe(true);
    expect(isLarge(compareMoments({ paragraphs: long }, { paragraphs: [paragraph('p', `${long[0]!.source}x`)] }))).toBe(
      false,
    );
  });
});
