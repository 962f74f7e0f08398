/** One column's values become columns: they are asked for first, so that the query's columns are known. */
import { quoteName, quoteText } from '../../arrow/names.ts';
import { q, raw } from '../lambda/pieces.ts';
import { type Call, fail } from './failures.ts';
import { type Context, lambdas } from './lambdas.ts';
import { as, known } from './names.ts';
import type { Step } from './plan.ts';
import { grouped, type Relation, relation, source } from './relation.ts';
import { aggregateSql } from './summarize.ts';

/** Columns of a pivot: more can't be looked at, and slow everything that reads them. */
const MAX_COLUMNS = 1000;

export async function pivot(
  input: Relation,
  step: Extract<Step, { verb: 'pivot' }>,
  call: Call,
  context: Context,
): Promise<Relation> {
  const { of, name: aggregate } = step.value;
  const on = quoteName(known(input, step.columns, call).name);
  const rows = step.rows.map((column) => known(input, column, call));
  if (aggregate === 'share' || aggregate === 'first' || aggregate === 'last') {
    throw fail('argument', `${aggregate}() has no meaning in a pivot.`, { call });
  }
  const given = await lambdas(
    input,
    typeof of === 'object' ? [{ lambda: of.lambda, as: aggregate === 'count' ? 'condition' : 'value', call }] : [],
    context,
  );
  const base = source(given.relation);
  const values: string[] = [];
  const query = q`select ${on}::varchar from (select distinct ${on} from ${base} where ${on} is not null order by 1 limit ${String(MAX_COLUMNS + 1)})`;
  for await (const batch of context.engine.read(query)) {
    for (let row = 0; row < batch.rows; row += 1) values.push(String(batch.columns[0]?.get(row)));
  }
  if (values.length > MAX_COLUMNS) {
    throw fail('too-wide', `“${step.columns}” has more than ${MAX_COLUMNS} values to make columns of.`, {
      call,
      word: step.columns,
    });
  }
  const keys = rows.map((column) => quoteName(column.name));
  const list = keys.map((key) => `${key}, `).join('');
  // Grouped by the values first, which is one pass over the rows however many columns come of it.
  const total = aggregateSql(step.value, { input, call, ...(given.sql[0] ? { of: given.sql[0] } : {}) });
  const groups = q`(\n  select ${list}${on}::varchar as ${ON}, ${as(total, VALUE)}\n  from ${base}\n  group by ${list}${on}\n)`;
  const missing = aggregate === 'count' || aggregate === 'distinct' ? '0' : 'null';
  const items = values.map((value) => {
    const cell = `any_value(${VALUE}) filter (where ${ON} = ${quoteText(value)})`;
    return raw(`${missing === '0' ? `coalesce(${cell}, 0)` : cell} as ${quoteName(value)}`);
  });
  const columns = [...rows, ...values.map((value) => ({ name: value }))];
  if (columns.length === 0) throw fail('argument', `“${step.columns}” has no values to make columns of.`, { call });
  return grouped(relation(groups, columns), [...keys.map((key) => raw(key)), ...items], keys.length, columns);
}

/** Names nobody writes. */
const ON = '__on';
const VALUE = '__value';
