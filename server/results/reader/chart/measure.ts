/**
 * What a chart measures, in two steps: `partial` of the rows of a small group, `whole` of several such groups together.
 * A median or a count of distinct values can't be put together again: their groups must be the ones that are drawn.
 */
import type { ChartPlan } from '../../../protocol/chart/plan.ts';
import { type ChartColumn, groupOf, isInteger, numberOf } from './columns.ts';

export type Measure = {
  /** `expression as m0`, … */
  readonly partial: readonly string[];
  /** Over `m0`, …: a double, NULL where there is nothing. */
  readonly whole: string;
  /** The same of one group by itself. */
  readonly single: string;
  readonly joins: boolean;
};

export function measureOf(aggregate: ChartPlan['y']['aggregate'], column: ChartColumn | undefined): Measure {
  if (!column) return counted('count(*)');
  const value = numberOf(column);
  switch (aggregate) {
    case 'count':
      return counted(`count(${column.name})`);
    case 'sum':
      return { partial: [`sum(${value}) as m0`], whole: 'sum(m0)::double', single: 'm0::double', joins: true };
    case 'mean': {
      // Sums of integers are exact, and wide.
      const sum = isInteger(column.type) || column.type.kind === 'boolean' ? `sum(${value})::hugeint` : `sum(${value})`;
      return {
        partial: [`${sum} as m0`, `count(${value}) as m1`],
        whole: 'sum(m0)::double / nullif(sum(m1), 0)',
        single: 'm0::double / nullif(m1, 0)',
        joins: true,
      };
    }
    case 'min':
    case 'max':
      return {
        partial: [`${aggregate}(${value}) as m0`],
        whole: `${aggregate}(m0)::double`,
        single: 'm0::double',
        joins: true,
      };
    case 'median':
      return {
        partial: [`median(${value}) as m0`],
        whole: 'any_value(m0)::double',
        single: 'm0::double',
        joins: false,
      };
    case 'distinct':
      return {
        partial: [`count(distinct ${groupOf(column)}) as m0`],
        whole: 'any_value(m0)::double',
        single: 'm0::double',
        joins: false,
      };
    case 'none':
      return {
        partial: [`min(${value}) as m0`, `max(${value}) as m1`],
        whole: 'min(m0)::double',
        single: 'm0::double',
        joins: true,
      };
  }
}

const counted = (count: string): Measure => ({
  partial: [`${count} as m0`],
  whole: 'sum(m0)::double',
  single: 'm0::double',
  joins: true,
});
