/** What is said of what a text reads, within its bounds. */
import { expect, it } from 'vitest';
import { boundUses, LONGEST_USE, MOST_USES, type Use } from '../../interpreters/uses.ts';

const file = (name: string): Use => ({ kind: 'file', name });

it('says each once', () => {
  expect(boundUses({ reads: [file('a'), file('a')], writes: [] })).toEqual({ reads: [file('a')], writes: [] });
});

it.each([
  ['longer names', [file('a'.repeat(LONGEST_USE + 1))]],
  ['more of them', Array.from({ length: MOST_USES + 1 }, (_, index) => file(`${index}`))],
])('leaves out %s, and says that it may give something else', (_, reads) => {
  const bound = boundUses({ reads, writes: [] });
  expect(bound.reads.length).toBeLessThan(reads.length);
  expect(bound.varies).toBe('more than is looked at');
  expect(boundUses({ reads, writes: [], varies: 'now()' }).varies).toBe('now()');
});
