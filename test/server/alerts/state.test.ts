import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertState, type Found, nextState, type Rule, type Telling } from '../../../server/alerts/state.ts';

const RULE: Rule = { pending: 2, repeatMs: 100 };
const OK: Found = { is: 'ok' };
const BREACH: Found = { is: 'breach' };
const NONE: Found = { is: 'no-data' };
const ERROR: Found = { is: 'error', why: 'the run failed' };

/** One finding every 10 ms. */
function told(founds: readonly Found[], rule = RULE): readonly (Telling | undefined)[] {
  let state: AlertState = { is: 'ok' };
  return founds.map((found, index) => {
    const next = nextState(state, found, rule, index * 10);
    state = next.state;
    return next.tell;
  });
}

describe('an alert', () => {
  it('fires once it was found often enough in a row, and tells when that is over', () => {
    expect(told([BREACH, OK, BREACH, BREACH, BREACH, OK, OK])).toEqual([
      undefined,
      undefined,
      undefined,
      'firing',
      undefined,
      'resolved',
      undefined,
    ]);
  });

  it('fires at once where once is enough', () => {
    expect(told([BREACH], { pending: 1 })).toEqual(['firing']);
  });

  it('tells again at intervals, until somebody has acknowledged it', () => {
    const firing: AlertState = { is: 'firing', since: 0, told: 0 };
    expect(nextState(firing, BREACH, RULE, 99).tell).toBeUndefined();
    expect(nextState(firing, BREACH, RULE, 100)).toEqual({ state: { ...firing, told: 100 }, tell: 'still-firing' });
    expect(nextState({ ...firing, acknowledged: 'Ada' }, BREACH, RULE, 1_000).tell).toBeUndefined();
    expect(nextState({ ...firing, acknowledged: 'Ada' }, OK, RULE, 1_000).tell).toBe('resolved');
    expect(nextState(firing, BREACH, { pending: 1 }, 1_000_000).tell).toBeUndefined();
  });

  it('has states of their own for data that are not there and for what could not be reckoned', () => {
    expect(told([NONE, NONE, ERROR, ERROR, OK])).toEqual(['no-data', undefined, 'error', undefined, 'resolved']);
    expect(told([BREACH, BREACH, NONE, BREACH, BREACH])).toEqual([
      undefined,
      'firing',
      'no-data',
      'resolved',
      'firing',
    ]);
  });

  it('says nothing while it learns', () => {
    expect(told([{ is: 'learning', have: 1, need: 5 }])).toEqual([undefined]);
  });

  it('never tells of an end without a beginning, nor of the same twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(OK, BREACH, NONE, ERROR), { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        (founds, pending) => {
          let open: Telling | undefined;
          for (const tell of told(founds, { pending })) {
            if (tell === undefined) continue;
            expect(tell).not.toBe('still-firing');
            if (tell === 'resolved') expect(open).toBeDefined();
            else expect(tell).not.toBe(open);
            open = tell === 'resolved' ? undefined : tell;
          }
        },
      ),
    );
  });
});
