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
  /** How large it is beside others, over `m0`, … and the rows `r` of one group. */
  readonly rank: string;
  /** A cheaper `partial`, good enough to rank by. */
  readonly roughly?: readonly string[];
};

/** One value in so many is counted where there are very many. */
const COUNTED = 16;
/** Estimates from fewer counted ones are off by several percent. */
const LEAST_COUNTED = 1000;

/** Whether an estimate is a good one. */
export const isCounted = (value: number): boolean => value >= LEAST_COUNTED * COUNTED;

/** Distinct values of a column that has very many: those whose hash is one in so many, times as many. */
export function estimatedMeasure(column: ChartColumn): Measure {
  const value = groupOf(column);
  return alone(
    `count(distinct hash(${value})) filter (${value} is not null and hash(${value}) % ${COUNTED} = 0) * ${COUNTED}`,
  );
}

export function measureOf(aggregate: ChartPlan['y']['aggregate'], column: ChartColumn | undefined): Measure {
  if (!column) return counted('count(*)');
  const value = numberOf(column);
  switch (aggregate) {
    case 'count':
      return counted(`count(${column.name})`);
    case 'sum':
      return {
        partial: [`sum(${value}) as m0`],
        whole: 'sum(m0)::double',
        single: 'm0::double',
        joins: true,
        rank: 'abs(m0)',
      };
    case 'mean': {
      // Sums of integers are exact, and wide.
      const sum = isInteger(column.type) || column.type.kind === 'boolean' ? `sum(${value})::hugeint` : `sum(${value})`;
      return {
        partial: [`${sum} as m0`, `count(${value}) as m1`],
        whole: 'sum(m0)::double / nullif(sum(m1), 0)',
        single: 'm0::double / nullif(m1, 0)',
        rank: 'abs(m0::double / nullif(m1, 0))',
        joins: true,
      };
    }
    case 'min':
    case 'max':
      return {
        partial: [`${aggregate}(${value}) as m0`],
        whole: `${aggregate}(m0)::double`,
        single: 'm0::double',
        rank: 'abs(m0)',
        joins: true,
      };
    case 'median':
      return alone(`median(${value})`);
    case 'distinct':
      return {
        ...alone(`count(distinct ${groupOf(column)})`),
        roughly: [`approx_count_distinct(${groupOf(column)}) as m0`],
      };
    case 'none':
      return {
        partial: [`min(${value}) as m0`, `max(${value}) as m1`],
        whole: 'min(m0)::double',
        single: 'm0::double',
        rank: 'abs(m0)',
        joins: true,
      };
  }
}

/** Two measures of the same groups: the second's parts have numbers of their own, and its value is `high`. */
export function paired(first: Measure, second: Measure): { readonly measure: Measure; readonly high: string } {
  const other = (text: string): string => text.replace(/\bm([01])\b/g, (_, digit: string) => `m${Number(digit) + 2}`);
  const { roughly: _, ...rest } = first;
  return {
    measure: {
      ...rest,
      partial: [...first.partial, ...second.partial.map((one) => one.replace(/ as m([01])$/, (as) => other(as)))],
      joins: first.joins && second.joins,
    },
    high: other(second.whole),
  };
}

const counted = (count: string): Measure => ({
  partial: [`${count} as m0`],
  whole: 'sum(m0)::double',
  single: 'm0::double',
  joins: true,
  rank: 'm0',
});

const alone = (value: string): Measure => ({
  partial: [`${value} as m0`],
  whole: 'any_value(m0)::double',
  single: 'm0::double',
  joins: false,
  rank: 'abs(m0)',
});
