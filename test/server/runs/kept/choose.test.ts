import { describe, expect, it } from 'vitest';
import type { Inputs } from '../../../../interpreters/uses.ts';
import type { ParagraphId, PersonId, RunId } from '../../../../server/protocol/ids.ts';
import { type Candidate, chooseEach, chooseInOrder, type Step } from '../../../../server/runs/kept/choose.ts';
import { fingerprintOf } from '../../../../server/runs/kept/fingerprint.ts';

const by = { id: 'ada' as PersonId, name: 'Ada' };
const reads = (...tables: string[]): Inputs => ({ tables, marks: [] });

/** A paragraph that has kept results, each with what it read then, and the identity of the table that it made. */
function step(
  name: string,
  inputs: Inputs | undefined,
  kept: readonly { readonly with?: Record<string, string>; readonly made: string }[] = [],
): Step {
  const candidates = kept.map(
    ({ with: then = {}, made }, index): Candidate => ({
      run: `${name}-${index}` as RunId,
      fingerprint: fingerprintOf(name, inputs ?? reads(), new Map(Object.entries(then)))!,
      at: index,
      by,
      identity: made,
    }),
  );
  return { paragraph: name as ParagraphId, asked: name, inputs, owns: name, candidates };
}
const chosen = (choices: ReturnType<typeof chooseEach>): string[] => choices.map(({ candidate }) => candidate.run);
const now = (tables: Record<string, string>) => new Map(Object.entries(tables));

describe('by itself a paragraph has a kept result', () => {
  it('that was made of what is there now, the newest of them', () => {
    const late = step('late', reads('flights'), [
      { with: { flights: 'two' }, made: 'x' },
      { with: { flights: 'one' }, made: 'y' },
      { with: { flights: 'one' }, made: 'z' },
    ]);
    expect(chosen(chooseEach([late], now({ flights: 'one' })))).toEqual(['late-1']);
    expect(chosen(chooseEach([late], now({ flights: 'three' })))).toEqual([]);
    expect(chosen(chooseEach([late], now({})))).toEqual([]);
  });

  it('never where it can’t be known what it reads', () => {
    expect(chosen(chooseEach([{ ...step('a', reads(), [{ made: 'x' }]), inputs: undefined }], now({})))).toEqual([]);
    expect(chosen(chooseEach([{ ...step('a', reads(), [{ made: 'x' }]), asked: undefined }], now({})))).toEqual([]);
  });
});

describe('in the order of a plan', () => {
  const flights = step('flights', reads(), [{ made: 'one' }]);
  const late = step('late', reads('flights'), [{ with: { flights: 'one' }, made: 'x' }]);

  it('one stands on another’s that is used before it', () => {
    expect(chosen(chooseEach([flights, late], now({ flights: 'two' })))).toEqual(['flights-0']);
    expect(chosen(chooseInOrder([flights, late], now({ flights: 'two' })))).toEqual(['flights-0', 'late-0']);
  });

  it('what has to run leaves no known table behind, though one of before is there', () => {
    const steps = [{ ...flights, candidates: [] }, late, step('apart', reads(), [{ made: 'y' }])];
    expect(chosen(chooseInOrder(steps, now({ flights: 'one' })))).toEqual(['apart-0']);
  });

  it('only those that are wanted are used', () => {
    const use = new Set([late.paragraph]);
    expect(chosen(chooseInOrder([flights, late], now({ flights: 'one' }), use))).toEqual([]);
    expect(chosen(chooseInOrder([late], now({ flights: 'one' }), use))).toEqual(['late-0']);
  });

  it('nothing is known behind what may change anything', () => {
    const statement = step('made', undefined);
    const apart = step('apart', reads(), [{ made: 'y' }]);
    expect(chosen(chooseInOrder([apart, statement, apart], now({})))).toEqual(['apart-0']);
  });

  it('a result without a table takes its name away', () => {
    const bare = { ...flights, candidates: flights.candidates.map((one) => ({ ...one, identity: undefined })) };
    expect(chosen(chooseInOrder([bare, late], now({ flights: 'one' })))).toEqual(['flights-0']);
  });
});
