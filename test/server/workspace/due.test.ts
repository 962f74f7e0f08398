import { describe, expect, it } from 'vitest';
import { Due } from '../../../server/workspace/due.ts';

/** Typing without a pause for so long, a key every 25 ms: when it was written. */
function typeFor(seconds: number, length: number): readonly number[] {
  let now = 0;
  let next: { readonly at: number; readonly work: () => void } | undefined;
  const written: number[] = [];
  const later = (ms: number, work: () => void) => {
    const mine = { at: now + ms, work };
    next = mine;
    return () => {
      if (next === mine) next = undefined;
    };
  };
  const due = new Due({ now: () => now, later }, () => {
    due.begin();
    written.push(now);
  });
  for (; now < seconds * 1000; now += 25) {
    if (next && next.at <= now) {
      const { work } = next;
      next = undefined;
      work();
    }
    due.mark(length);
  }
  return written;
}

describe('a file that is typed in without a pause', () => {
  it('is written every 1.5 s', () => {
    expect(typeFor(15, 1_000).length).toBe(9);
  });

  it('is written less often the longer it is, as each write costs as much as the whole', () => {
    const characters = 256 * 1024;
    expect(typeFor(60, characters)[0]).toBe(6_000);
    expect(typeFor(60, characters).length).toBe(9);
  });

  it('is written every 15 s however long it is', () => {
    expect(typeFor(60, 64 * 1024 * 1024)).toEqual([15_000, 30_000, 45_000]);
  });
});
