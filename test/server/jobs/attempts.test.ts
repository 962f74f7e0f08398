import { describe, expect, it } from 'vitest';
import { begun, ended, LONGEST_DELAY_MS } from '../../../server/jobs/attempts.ts';
import { fresh } from '../../../server/jobs/occurrence.ts';

const planned = fresh(1_000, 'planned');
const RETRY = { times: 2, delayMs: 10_000 };

describe('an attempt', () => {
  it('that succeeds, or is cancelled, is the last', () => {
    expect(ended(begun(planned), 'done', RETRY, 5_000, 0)).toMatchObject({ state: 'done', attempts: 1 });
    expect(ended(begun(planned), 'cancelled', RETRY, 5_000, 0)).toMatchObject({ state: 'cancelled', attempts: 1 });
  });

  it.each(['failed', 'lost'] as const)(
    'that is %s is followed by others, later each time, until none is left',
    (how) => {
      const first = ended(begun(planned), how, RETRY, 5_000, 0);
      expect(first).toMatchObject({ state: 'planned', attempts: 1, notBefore: 15_000 });
      const second = ended(begun(first), how, RETRY, 20_000, 0.5);
      expect(second).toMatchObject({ state: 'planned', attempts: 2, notBefore: 42_000 });
      expect(ended(begun(second), how, RETRY, 50_000, 0)).toMatchObject({ state: how, attempts: 3 });
    },
  );

  it('waits no longer than is of use', () => {
    const many = { ...begun(planned), attempts: 40 };
    expect(ended(many, 'failed', { times: 50, delayMs: 60_000 }, 0, 0).notBefore).toBe(LONGEST_DELAY_MS);
  });
});
