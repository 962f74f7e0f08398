import { expect, it } from 'vitest';
import { fuzz, SHARES } from './fuzz.ts';

it('ten thousand cases are tried', () => {
  expect(Object.values(SHARES).reduce((sum, { cases }) => sum + cases, 0)).toBe(10_000);
});

it.each(Object.keys(SHARES))('%s break nothing, and beside them one is served', { timeout: 120_000 }, (name) =>
  fuzz(name, 1),
);
