/** What `filter` keeps, as SQL: predicates on fields, put together by `and`, `or` and `not`, and expressions. Pure. */
import { compared, conditionSql } from './expression.ts';
import { asDouble, columnOf, type Flow, isSpec, type Known, literal, NotPushed, type Spec } from './kinds.ts';

/** Levels of predicates in predicates. */
const DEEPEST = 50;
/** Values of one `oneOf`: more are a table to join. */
const MOST_VALUES = 1000;

export function filterSql(filter: unknown, flow: Flow, depth = 0): string {
  if (depth > DEEPEST) throw new NotPushed('transform', 'filter');
  if (typeof filter === 'string') return conditionSql(filter, flow);
  if (!isSpec(filter)) throw new NotPushed('transform', 'filter');
  const parts = (list: unknown): string[] => {
    if (!Array.isArray(list) || list.length === 0) throw new NotPushed('transform', 'filter');
    return list.map((one) => filterSql(one, flow, depth + 1));
  };
  if ('and' in filter) return `(${parts(filter.and).join(' and ')})`;
  if ('or' in filter) return `(${parts(filter.or).join(' or ')})`;
  if ('not' in filter) return `(not ${filterSql(filter.not, flow, depth + 1)})`;
  if ('param' in filter || 'selection' in filter) throw new NotPushed('transform', 'filter by a parameter');
  return predicateSql(filter, flow);
}

const TESTS: Readonly<Record<string, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };

function predicateSql(predicate: Spec, flow: Flow): string {
  if (predicate.timeUnit !== undefined) throw new NotPushed('transform', 'filter with timeUnit');
  const column = columnOf(flow, predicate.field);
  const tests = Object.entries(predicate).filter(([key]) => key !== 'field');
  const [test] = tests;
  if (!test || tests.length > 1) throw new NotPushed('transform', 'filter');
  const [name, value] = test;
  const sign = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
  if (sign) return inOrder(column, sign, value);
  switch (name) {
    case 'equal':
      return equals(column, value);
    case 'oneOf': {
      if (!Array.isArray(value) || value.length > MOST_VALUES) break;
      return value.length === 0 ? 'false' : `(${value.map((one) => equals(column, one)).join(' or ')})`;
    }
    case 'range': {
      if (!Array.isArray(value) || value.length !== 2 || value.every((end) => end === null)) break;
      // Vega turns ends that are the wrong way round.
      const isTurned = typeof value[0] === 'number' && typeof value[1] === 'number' && value[0] > value[1];
      const [low, high] = isTurned ? [value[1], value[0]] : value;
      const ends = [
        ...(low === null ? [] : [inOrder(column, '>=', low)]),
        ...(high === null ? [] : [inOrder(column, '<=', high)]),
      ];
      return `(${ends.join(' and ')})`;
    }
    case 'valid':
      if (typeof value === 'boolean' && column.kind === 'number') {
        const isValid = `(${column.sql} is not null and isfinite(coalesce(${asDouble(column)}, 0)))`;
        return value ? isValid : `(not ${isValid})`;
      }
  }
  throw new NotPushed('transform', `filter: ${name}`);
}

function inOrder(column: Known, sign: string, value: unknown): string {
  if (column.kind !== 'number' || typeof value !== 'number')
    throw new NotPushed('transform', `filter on ${column.name}`);
  return compared(asDouble(column), sign, literal(value));
}

function equals(column: Known, value: unknown): string {
  const fits =
    (typeof value === 'number' && column.kind === 'number') ||
    (typeof value === 'string' && column.kind === 'text') ||
    (typeof value === 'boolean' && column.kind === 'boolean');
  if (!fits) throw new NotPushed('transform', `filter on ${column.name}`);
  const own =
    column.kind === 'number' ? asDouble(column) : column.kind === 'text' ? `${column.sql}::varchar` : column.sql;
  return `(${own} is not distinct from ${literal(value)})`;
}
