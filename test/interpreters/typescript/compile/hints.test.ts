import { describe, expect, it } from 'vitest';
import { hintOf } from '../../../../interpreters/typescript/compile/hints.ts';

/** What the engine says of a call, as a user would see it. */
function hint(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return hintOf(error.name, error.message);
  }
  throw new Error('It did not throw.');
}
// biome-ignore lint/suspicious/noExplicitAny: methods that are not there are called
const table = (_: string): any => ({ filter: () => table(''), rows: async () => [] });

describe('the hint of an error that JavaScript threw', () => {
  it('names the verb that another library’s word stands for', () => {
    expect(hint(() => table('t').where('x'))).toBe('On a DataFrame it is .filter(row => …).');
    expect(hint(() => table('t').filter().head(3))).toBe('On a DataFrame it is .limit(10).');
    expect(hint(() => table('t').toArray())).toBe('On a DataFrame it is await frame.rows().');
  });

  it('tells of a promise that is not awaited', () => {
    expect(hint(() => table('t').rows().map(String))).toBe('Await it first: (await frame.rows()).map(…).');
  });

  it('tells how rows are gone through', () => {
    expect(hint(() => [...table('t')])).toMatch(/of await frame.rows\(\)/);
    expect(hint(() => Array.from(new Map(table('t').filter())))).toMatch(/frame.batches\(\)/);
  });

  it('tells how things are shown and drawn', () => {
    expect(hint(() => table('t').filter().show())).toMatch(/last expression is shown/);
    expect(hint(() => table('t').chart({}))).toMatch(/chart\(frame, /);
  });

  it('tells how a BigInt becomes a number', () => {
    const whole: unknown = 1n;
    expect(hint(() => 1 + (whole as number))).toMatch(/Number\(x\)/);
  });

  it('is the catalogue’s where the words tell nothing more', () => {
    expect(hint(() => table('t').constructo())).toBe('Type a dot behind the value for a list of what it has.');
    expect(hintOf('TypeError', "Cannot read properties of undefined (reading 'x')")).toBeUndefined();
    expect(hintOf('Error', 'x.where is not a function')).toBeUndefined();
  });
});
