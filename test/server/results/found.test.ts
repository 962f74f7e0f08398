import { expect, it } from 'vitest';
import { partsOf } from '../../../server/results/reader/found.ts';

it('a table is searched in parts that grow, each row once', () => {
  for (const total of [1, 245_760, 245_761, 10_000_000, 100_000_000]) {
    const parts = partsOf(total);
    expect([parts[0]!.from, parts.at(-1)!.to]).toEqual([0, total]);
    expect(parts.slice(1).every(({ from }, at) => from === parts[at]!.to)).toBe(true);
    // All but the last end where a group of the engine does.
    expect(parts.slice(0, -1).every(({ to }) => to % 122_880 === 0)).toBe(true);
  }
  expect(partsOf(10_000_000)).toHaveLength(4);
  expect(partsOf(0)).toHaveLength(1);
});
