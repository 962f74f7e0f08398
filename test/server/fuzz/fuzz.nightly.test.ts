import { it } from 'vitest';
import { fuzz, SHARES } from './fuzz.ts';

/** A million cases, a hundred times those of the suite. */
it.each(Object.keys(SHARES))('%s break nothing, a hundred times as often', { timeout: 3_600_000 }, (name) =>
  fuzz(name, 100),
);
