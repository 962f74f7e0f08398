/**
 * What the cells of a pivot say, as bare SQL says it. Most can be put together from groups of groups, so that one pass over
 * the rows is enough for cells and totals alike; a median or a count of distinct values can't.
 */
import type { DuckType } from '../../../../interpreters/arrow/types.ts';
import type { PivotPlan } from '../../../protocol/pivot/plan.ts';
import { type ChartColumn, groupOf } from '../chart/columns.ts';

export type Measure = {
  /** Over rows; `input` is what stands for the column's value. */
  bare(input: string): string;
  /** Nothing comes to 0. */
  readonly counts?: true;
  /** Different values: rows may come together first that have one. */
  readonly distinct?: true;
  /** The column's value as the aggregate takes it. Absent where rows are counted. */
  readonly input?: string;
  readonly joins?: {
    /** Of the rows of a group. */
    partial(input: string): readonly string[];
    /** Of several such groups. */
    whole(partials: readonly string[]): string;
  };
};

export function measureOf(value: PivotPlan['values'][number], column: ChartColumn | undefined): Measure {
  if (!column)
    return { counts: true, bare: () => 'count(*)', joins: { partial: () => ['count(*)'], whole: summedCount } };
  const { aggregate } = value;
  const input = inputOf(aggregate, column);
  switch (aggregate) {
    case 'count':
      return {
        input,
        counts: true,
        bare: (x) => `count(${x})`,
        joins: { partial: (x) => [`count(${x})`], whole: summedCount },
      };
    case 'sum':
    case 'min':
    case 'max':
      return {
        input,
        bare: (x) => `${aggregate}(${x})`,
        joins: { partial: (x) => [`${aggregate}(${x})`], whole: ([part]) => `${aggregate}(${part})` },
      };
    case 'mean': {
      const bare = (x: string) => `avg(${x})`;
      const sum = (x: string) => (isNarrow(column.type) ? `sum(${x})::double` : `sum(${x}::double)`);
      return {
        input,
        bare,
        joins: {
          partial: (x) => [sum(x), `count(${x})`],
          whole: ([total, count]) => `sum(${total}) / nullif(sum(${count}), 0)`,
        },
      };
    }
    case 'median':
      return { input, bare: (x) => `median(${x})` };
    case 'distinct':
      return { input, counts: true, distinct: true, bare: (x) => `count(distinct ${x})` };
  }
}

const summedCount = ([part]: readonly string[]): string => `coalesce(sum(${part}), 0)::bigint`;

function inputOf(aggregate: PivotPlan['values'][number]['aggregate'], column: ChartColumn): string {
  const { name, type } = column;
  const isAdded = aggregate === 'sum' || aggregate === 'mean' || aggregate === 'median';
  if (isAdded && type.kind === 'boolean') return `${name}::tinyint`;
  if (isAdded && aggregate !== 'sum' && type.kind === 'text' && type.form === 'bignum') return `${name}::double`;
  return aggregate === 'count' ? name : groupOf(column);
}

/** Whether no sum of it runs over. */
const isNarrow = (type: DuckType): boolean => type.kind === 'fixed' || type.kind === 'boolean';
