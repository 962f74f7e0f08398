/**
 * Aggregates: the SQL that gives what Vega gives for all rows of a group (nothing and empty texts do not count, NaN is passed over),
 * and the operation that leaves that one value as it is when the page aggregates the group's only row again. Pure.
 */
import { asDouble, columnOf, type Flow, hasNaN, type Known, NotPushed } from './kinds.ts';

export type Measure = {
  readonly sql: string;
  /** What the page does over one row a group. */
  readonly again: string;
  /** Whether doing it again over parts of a group gives the group's. */
  readonly adds: boolean;
};

/** The value where it is one. */
const valid = (column: Known): string =>
  hasNaN(column) ? `case when isnan(${column.sql}) then null else ${column.sql}::double end` : asDouble(column);

/** Of values without an end there is no spread; the engine fails at the first of them. */
const spread = (name: string, value: string): string =>
  `(case when bool_or(isinf(${value})) then 'nan'::double else ${name}(${value}) filter (where isfinite(${value})) end)`;

const OF_NUMBERS: Readonly<Record<string, { readonly sql: (value: string) => string; readonly again?: string }>> = {
  mean: { sql: (value) => `avg(${value})` },
  average: { sql: (value) => `avg(${value})` },
  product: { sql: (value) => `product(${value})` },
  median: { sql: (value) => `quantile_cont(${value}, 0.5)` },
  q1: { sql: (value) => `quantile_cont(${value}, 0.25)` },
  q3: { sql: (value) => `quantile_cont(${value}, 0.75)` },
  variance: { sql: (value) => spread('var_samp', value), again: 'max' },
  variancep: { sql: (value) => spread('var_pop', value), again: 'max' },
  stdev: { sql: (value) => spread('stddev_samp', value), again: 'max' },
  stdevp: { sql: (value) => spread('stddev_pop', value), again: 'max' },
  stderr: { sql: (value) => `${spread('stddev_samp', value)} / sqrt(count(${value}))`, again: 'max' },
};

export function measureOf(op: unknown, field: unknown, flow: Flow): Measure {
  if (typeof op !== 'string') throw new NotPushed('aggregate', Object.keys(Object(op))[0] ?? String(op));
  if (op === 'count') return { sql: 'count(*)::double', again: 'sum', adds: true };
  const column = columnOf(flow, field);
  switch (op) {
    case 'valid':
      return { sql: `count(${isValid(column)})::double`, again: 'sum', adds: true };
    case 'missing':
      return { sql: `(count(*) filter (where ${isMissing(column)}))::double`, again: 'sum', adds: true };
    case 'distinct':
      return { sql: distinct(column), again: 'sum', adds: false };
  }
  if ((op === 'min' || op === 'max') && (column.kind === 'date' || column.kind === 'time'))
    return { sql: `${op}(${column.sql})`, again: op, adds: true };
  // Truth values count as 1 and 0; which of them is lowest is no number.
  const isCounted = column.kind === 'boolean' && op !== 'min' && op !== 'max';
  if (column.kind !== 'number' && !isCounted) throw new NotPushed('aggregate', `${op} of ${column.name}`);
  if (op === 'sum') return { sql: sumOf(column), again: 'sum', adds: true };
  if (op === 'min' || op === 'max') return { sql: `${op}(${valid(column)})`, again: op, adds: true };
  const known = Object.hasOwn(OF_NUMBERS, op) ? OF_NUMBERS[op] : undefined;
  if (!known) throw new NotPushed('aggregate', op);
  return { sql: `(${known.sql(`(${valid(column)})`)})::double`, again: known.again ?? op, adds: false };
}

/** Whole numbers are added exactly, where their sum can't be beyond what the engine counts to. */
const sumOf = (column: Known): string =>
  hasNaN(column) || column.type.includes('HUGEINT') ? `sum(${valid(column)})` : `sum(${column.sql})::double`;

const isMissing = ({ kind, sql }: Known): string =>
  kind === 'text' ? `${sql} is null or ${sql}::varchar = ''` : `${sql} is null`;
const isValid = (column: Known): string =>
  column.kind === 'text'
    ? `nullif(${column.sql}::varchar, '')`
    : column.kind === 'number'
      ? `(${valid(column)})`
      : column.sql;

/** Vega tells values apart as texts, and nothing is one of them. */
const distinct = (column: Known): string =>
  `(count(distinct ${keyOf(column)}) + max(case when ${column.sql} is null then 1 else 0 end))::double`;

/** What Vega tells the values of a column apart by: numbers as doubles, times to the second. */
export function keyOf(column: Known): string {
  switch (column.kind) {
    case 'number':
      return /^(U?(BIG|HUGE)INT|DECIMAL.*|FLOAT)$/.test(column.type) ? asDouble(column) : column.sql;
    case 'time':
      return `date_trunc('second', ${column.sql})`;
    default:
      return column.sql;
  }
}
