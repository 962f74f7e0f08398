import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fresh, type Occurrence } from '../../../server/jobs/occurrence.ts';
import {
  type Look,
  MOST_MADE_UP,
  MOST_RECORDS,
  ON_TIME_MS,
  type Plan,
  type Policy,
  planDue,
} from '../../../server/jobs/plan.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 1);

/** Due at every whole multiple, as an expression would be. */
const every = (ms: number): Look['schedule'] => ({ after: (instant) => (Math.floor(instant / ms) + 1) * ms });

/** A job's records as the server keeps them: what is decided is written, then happens. */
function keep(policy: Policy, schedule = every(HOUR), cursor = START) {
  const records = new Map<number, Occurrence>();
  let at = cursor;
  const open = (): readonly Occurrence[] =>
    [...records.values()]
      .filter(({ state }) => state === 'planned' || state === 'running')
      .sort((a, b) => a.planned - b.planned);
  return {
    records,
    look: (now: number): Plan => {
      const plan = planDue({
        schedule,
        policy,
        cursor: at,
        now,
        open: open(),
        known: (planned) => records.get(planned),
      });
      for (const record of plan.records) records.set(record.planned, record);
      for (const planned of plan.cancel) records.set(planned, { ...records.get(planned)!, state: 'cancelled' });
      at = plan.cursor;
      return plan;
    },
    set: (planned: number, state: Occurrence['state']) =>
      void records.set(planned, { ...fresh(planned, state), attempts: 1 }),
    open,
    states: (): readonly string[] =>
      [...records.values()].sort((a, b) => a.planned - b.planned).map(({ state }) => state),
  };
}

const LATEST: Policy = { missed: 'latest', overlap: 'skip' };

describe('what is due', () => {
  it('is planned when its time comes, and once', () => {
    const job = keep(LATEST);
    expect(job.look(START + HOUR - 1).records).toEqual([]);
    expect(job.look(START + HOUR).records).toEqual([fresh(START + HOUR, 'planned')]);
    expect(job.look(START + HOUR + 5).records).toEqual([]);
  });

  it('is written as missed while the server was away, and the latest made up for', () => {
    const job = keep(LATEST);
    job.look(START + 5 * HOUR + 10 * MINUTE);
    expect(job.states()).toEqual(['missed', 'missed', 'missed', 'missed', 'planned']);
  });

  it('is all made up for, within bounds, where that is asked for', () => {
    const job = keep({ missed: 'all', overlap: 'skip' });
    job.look(START + 60 * HOUR + 10 * MINUTE);
    expect(job.states().filter((state) => state === 'planned')).toHaveLength(MOST_MADE_UP);
    expect(job.states().filter((state) => state === 'missed')).toHaveLength(60 - MOST_MADE_UP);
  });

  it('is all missed where that is asked for, but what is only a little late', () => {
    const job = keep({ missed: 'skip', overlap: 'skip' });
    job.look(START + 3 * HOUR + ON_TIME_MS);
    expect(job.states()).toEqual(['missed', 'missed', 'planned']);
  });

  it.each([
    ['skip', ['running', 'skipped'], []],
    ['queue', ['running', 'planned'], []],
    ['cancel', ['cancelled', 'planned'], [START + HOUR]],
  ] as const)('meets an earlier one at work: %s', (overlap, states, cancelled) => {
    const job = keep({ missed: 'latest', overlap });
    job.look(START + HOUR);
    job.set(START + HOUR, 'running');
    expect(job.look(START + 2 * HOUR).cancel).toEqual(cancelled);
    expect(job.states()).toEqual(states);
  });

  it('queues one, and no more', () => {
    const job = keep({ missed: 'latest', overlap: 'queue' });
    job.look(START + HOUR);
    job.set(START + HOUR, 'running');
    job.look(START + 2 * HOUR);
    job.look(START + 3 * HOUR);
    expect(job.states()).toEqual(['running', 'planned', 'skipped']);
  });

  it('puts a newer one in the place of one that waits, where earlier ones are cancelled', () => {
    const job = keep({ missed: 'latest', overlap: 'cancel' });
    job.look(START + HOUR);
    job.look(START + 2 * HOUR);
    expect(job.states()).toEqual(['cancelled', 'planned']);
  });

  it('has a record for months in which it was due each second, without asking for each', () => {
    let asked = 0;
    const seconds = every(1_000);
    const job = keep(LATEST, {
      after: (instant) => {
        asked += 1;
        return seconds.after(instant);
      },
    });
    const now = START + 90 * 24 * HOUR;
    const { records } = job.look(now);
    expect(asked).toBeLessThan(10_000);
    const [first] = records;
    expect(first).toMatchObject({ planned: START + 1_000, state: 'missed', until: now - 500_000 });
    expect(records).toHaveLength(MOST_RECORDS + 1);
    expect(job.look(now).records).toEqual([]);
  });
});

describe('a clock', () => {
  it('that ran ahead and is put back leaves nothing out', () => {
    const job = keep(LATEST);
    job.look(START + 10 * HOUR);
    for (const { planned } of job.open()) job.set(planned, 'done');
    expect(job.states().filter((state) => state === 'missed')).toHaveLength(9);
    job.look(START + 30 * MINUTE);
    for (let hour = 1; hour <= 10; hour += 1) {
      job.look(START + hour * HOUR);
      for (const { planned } of job.open()) job.set(planned, 'done');
    }
    expect(job.states()).toEqual(Array.from({ length: 10 }, () => 'done'));
  });

  it('that goes back within a moment plans nothing twice', () => {
    const job = keep(LATEST);
    job.look(START + HOUR);
    job.set(START + HOUR, 'done');
    job.look(START + HOUR - 30_000);
    expect(job.look(START + HOUR).records).toEqual([]);
  });
});

type Step = { readonly kind: 'wait' | 'away' | 'back' | 'done' | 'failed' | 'begin'; readonly ms: number };
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(
      'wait' as const,
      'wait' as const,
      'away' as const,
      'back' as const,
      'done' as const,
      'failed' as const,
      'begin' as const,
    ),
    ms: fc.integer({ min: 1, max: 6 * HOUR }),
  }),
  { maxLength: 60 },
);

it('whatever happens, each time has one record, and one that was met on time with nothing in its way was planned', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Policy['missed']>('latest', 'all', 'skip'),
      fc.constantFrom<Policy['overlap']>('skip', 'queue', 'cancel'),
      fc.constantFrom(MINUTE, 7 * MINUTE, HOUR, 24 * HOUR),
      steps,
      (missed, overlap, interval, doings) => {
        const job = keep({ missed, overlap }, every(interval));
        const begun = new Map<number, number>();
        let now = START;
        let furthest = START;
        const look = (): void => {
          const [before, wasOpen] = [new Map(job.records), job.open().length];
          const { records } = job.look(now);
          expect(new Set(records.map(({ planned }) => planned)).size).toBe(records.length);
          for (const record of records) {
            const old = before.get(record.planned);
            expect(record.planned).toBeLessThanOrEqual(now);
            // Only what waits may be cancelled, and only what was written off may come back.
            if (old)
              expect([
                ['planned', 'cancelled'],
                ['missed', 'planned'],
                ['missed', 'skipped'],
              ]).toContainEqual([old.state, record.state]);
            if (now - record.planned <= ON_TIME_MS) expect(record.state).not.toBe('missed');
            if (records.length === 1 && wasOpen === 0 && now - record.planned <= ON_TIME_MS)
              expect(record.state).toBe('planned');
          }
          furthest = Math.max(furthest, now);
        };
        for (const { kind, ms } of doings) {
          const [first] = job.open();
          if (kind === 'wait')
            for (const end = now + Math.min(ms, 20 * interval); now < end; look())
              now = Math.min(end, now + Math.min(interval, ON_TIME_MS));
          else if (kind === 'away') now += ms * 10;
          else if (kind === 'back') now -= ms;
          else if (first?.state === 'planned' && kind === 'begin') {
            job.set(first.planned, 'running');
            begun.set(first.planned, (begun.get(first.planned) ?? 0) + 1);
          } else if (first?.state === 'running' && kind !== 'begin') job.set(first.planned, kind);
        }
        look();
        expect([...begun.values()].every((times) => times === 1)).toBe(true);
        // Every time that the clock ever passed has its record, of its own or shared.
        for (let at = START + interval, seen = 0; at <= furthest && seen < 5_000; at += interval, seen += 1) {
          const has =
            job.records.has(at) ||
            [...job.records.values()].some(({ planned, until }) => until !== undefined && planned <= at && at <= until);
          if (!has) expect.fail(`nothing of ${new Date(at).toISOString()}`);
        }
      },
    ),
    { numRuns: 150 },
  );
});
