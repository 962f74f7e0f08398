/** One column's values become columns: they are asked for first, so that the query's columns are known. */
import { quoteName, quoteText } from '../../arrow/names.ts';
import { q, raw } from '../lambda/pieces.ts';
import { type Call, fail } from './failures.ts';
import { type Context, lambdas } from './lambdas.ts';
import { as, known } from './names.ts';
import type { Step } from './plan.ts';
import { type Relation, relation, source } from './relation.ts';
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
  const value =
    typeof of === 'object'
      ? given.sql[0]!
      : typeof of === 'string'
        ? raw(quoteName(known(input, of, call).name))
        : raw('1');
  const inner = q`select ${keys.map((key) => `${key}, `).join('')}${on}::varchar as __on, ${as(value, '__value')} from ${base}`;
  const made = values.map((one) => ({ name: one }));
  if (values.length === 0)
    return relation(
      q`(select distinct ${keys.length > 0 ? keys.join(', ') : '1 as "rows"'} from ${base})`,
      rows.length > 0 ? rows : [{ name: 'rows' }],
    );
  const total = aggregateSql(
    { ...step.value, of: '__value' },
    { input: relation(base, [{ name: '__value' }]), call, ...(typeof of === 'object' ? { of: raw('__value') } : {}) },
  );
  const list = values.map((one) => quoteText(one)).join(', ');
  const group = keys.length > 0 ? ` group by ${keys.join(', ')}` : '';
  return relation(q`(pivot (${inner}) on __on in (${list}) using ${total}${group})`, [...rows, ...made]);
}
