import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startsNow, type Waiting } from '../../../server/jobs/starts.ts';

const waits = (job: string, owner: string, planned: number, notBefore = planned): Waiting => ({
  job,
  owner,
  planned,
  notBefore,
});
const LIMITS = { all: 4, each: 2 };
const jobs = (started: readonly Waiting[]): readonly string[] => started.map(({ job }) => job);

describe('what is started', () => {
  it('is what is due the longest', () => {
    expect(jobs(startsNow([waits('b', 'ada', 2), waits('a', 'ada', 1)], [], LIMITS, 10))).toEqual(['a', 'b']);
  });

  it('is nothing whose next attempt lies ahead', () => {
    expect(jobs(startsNow([waits('a', 'ada', 1, 20), waits('b', 'ada', 2)], [], LIMITS, 10))).toEqual(['b']);
  });

  it('is one of a job at a time', () => {
    const row = [waits('a', 'ada', 1), waits('a', 'ada', 2)];
    expect(startsNow(row, [], LIMITS, 10)).toEqual([row[0]]);
    expect(startsNow(row, [{ job: 'a', owner: 'ada' }], LIMITS, 10)).toEqual([]);
  });

  it('leaves room for others, however many one owner has', () => {
    const many = Array.from({ length: 100 }, (_, index) => waits(`ada ${index}`, 'ada', index));
    expect(jobs(startsNow([...many, waits('b', 'bob', 500)], [], LIMITS, 1_000))).toEqual(['ada 0', 'b', 'ada 1']);
    const stuck = [0, 1].map((index) => ({ job: `stuck ${index}`, owner: 'ada' }));
    expect(jobs(startsNow([...many, waits('b', 'bob', 500)], stuck, LIMITS, 1_000))).toEqual(['b']);
  });

  it('never exceeds a limit, and never leaves a place empty that somebody could have', () => {
    const one = fc.record({
      job: fc.constantFrom(...'abcdefgh'),
      owner: fc.constantFrom('ada', 'bob', 'eve'),
      planned: fc.nat(50),
      notBefore: fc.nat(50),
    });
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 30 }),
        fc.array(one, { maxLength: 3 }),
        fc.nat(50),
        (waiting, running, now) => {
          const started = startsNow(waiting, running, LIMITS, now);
          const all = [...running, ...started];
          const count = (owner: string): number => all.filter((each) => each.owner === owner).length;
          expect(all.length).toBeLessThanOrEqual(Math.max(LIMITS.all, running.length));
          for (const { owner } of started) expect(count(owner)).toBeLessThanOrEqual(LIMITS.each);
          const busy = new Set(all.map(({ job }) => job));
          expect(new Set(started.map(({ job }) => job)).size).toBe(started.length);
          if (all.length >= LIMITS.all) return;
          for (const left of waiting) {
            expect(left.notBefore > now || busy.has(left.job) || count(left.owner) >= LIMITS.each).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
