/** Bins of numbers as the engine cuts rows into them. */
import { type ChartColumn, isInteger, numberOf } from './columns.ts';
import type { Bins } from './steps.ts';

/** The number of the bin; a small type lets the engine count in an array. A hair's breadth keeps 0.3 out of the bin below. */
export function binOf(x: ChartColumn, { start, step, count }: Bins): string {
  const value = numberOf(x);
  const type = count < 250 ? 'utinyint' : count < 65_000 ? 'usmallint' : 'uinteger';
  if (isInteger(x.type) && Number.isSafeInteger(start) && Number.isSafeInteger(step))
    return `((${value}::bigint - ${start}) // ${step})::${type}`;
  return `floor((${value} - ${start}::double) / ${step}::double + 1e-9)::${type}`;
}
