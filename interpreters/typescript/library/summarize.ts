/** Groups and their aggregates. */
import { quoteName } from '../../arrow/names.ts';
import { name, q, raw, type Sql } from '../lambda/pieces.ts';
import type { Call } from './failures.ts';
import { type Context, lambdas, type Wanted } from './lambdas.ts';
import { as, known } from './names.ts';
import type { AggregateSpec, Step } from './plan.ts';
import { grouped, type Known, type Relation, relation, source } from './relation.ts';

type Around = {
  readonly input: Relation;
  readonly call: Call /** SQL of a lambda. */;
  readonly of?: Sql /** Over all rows. */;
  readonly window?: boolean;
};

/** The number of each row, where an aggregate means the first or last one. */
const ROW = '__row_number';

export function aggregateSql(spec: AggregateSpec, { input, call, of, window }: Around): Sql {
  const value = of ?? (typeof spec.of === 'string' ? name(known(input, spec.of, call).name) : undefined);
  const over = window ? ' over ()' : '';
  if (!value)
    return spec.name === 'share'
      ? window
        ? q`(1 / count(*) over ())`
        : q`(count(*) / sum(count(*)) over ())`
      : q`count(*)${over}`;
  switch (spec.name) {
    case 'count':
      return of ? q`count_if(${value})${over}` : q`count(${value})${over}`;
    case 'mean':
      return q`avg(${value})${over}`;
    case 'quantile':
      return q`quantile_cont(${value}, ${String(spec.at ?? 0.5)})${over}`;
    case 'stddev':
      return q`stddev_samp(${value})${over}`;
    case 'distinct':
      return q`count(distinct ${value})${over}`;
    case 'first':
      return window ? q`first_value(${value}) over ()` : q`arg_min_null(${value}, ${ROW})`;
    case 'last':
      return window ? q`last_value(${value}) over ()` : q`arg_max_null(${value}, ${ROW})`;
    case 'share':
      return window ? q`(${value} / sum(${value}) over ())` : q`(sum(${value}) / sum(sum(${value})) over ())`;
    case 'sum':
    case 'min':
    case 'max':
    case 'median':
      return q`${spec.name}(${value})${over}`;
  }
}

export async function summarize(
  input: Relation,
  { keys, items }: Extract<Step, { verb: 'summarize' }>,
  call: Call,
  context: Context,
): Promise<Relation> {
  const wanted: Wanted[] = [
    ...keys.flatMap(([, key]) => (key.kind === 'lambda' ? [{ lambda: key.lambda, as: 'value' as const, call }] : [])),
    ...items.flatMap(([, { of, name: aggregate }]) =>
      typeof of === 'object'
        ? [{ lambda: of.lambda, as: aggregate === 'count' ? ('condition' as const) : ('value' as const), call }]
        : [],
    ),
  ];
  const ordered = items.some(([, spec]) => spec.name === 'first' || spec.name === 'last');
  const given = await lambdas(input, wanted, context);
  let next = 0;
  const keySql = keys.map(([alias, key]) =>
    key.kind === 'lambda'
      ? { sql: as(given.sql[next]!, alias), column: { name: alias, type: given.types[next++]! } }
      : key.kind === 'column'
        ? { sql: as(name(key.column), alias, key.column), column: { ...known(input, key.column, call), name: alias } }
        : { sql: raw('null'), column: { name: alias } },
  );
  const itemSql = items.map(([alias, spec]) => {
    const of = typeof spec.of === 'object' ? given.sql[next++]! : undefined;
    return as(aggregateSql(spec, { input, call, ...(of ? { of } : {}) }), alias);
  });
  const columns: Known[] = [...keySql.map(({ column }) => column), ...items.map(([alias]) => ({ name: alias }))];
  const base = ordered
    ? relation(q`(select *, row_number() over () as ${quoteName(ROW)} from ${source(given.relation)})`, input.columns)
    : given.relation;
  return grouped(base, [...keySql.map(({ sql }) => sql), ...itemSql], keys.length, columns);
}
