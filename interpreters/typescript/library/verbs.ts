/** Verbs over one relation, but groups, joins and pivots, which have files of their own. */
import { quoteName } from '../../arrow/names.ts';
import type { Lambda } from '../lambda/lambda.ts';
import { name, q, raw, type Sql } from '../lambda/pieces.ts';
import type { Call } from './failures.ts';
import { type Context, clean, lambdas } from './lambdas.ts';
import { as, known } from './names.ts';
import type { Computed, Named, Step } from './plan.ts';
import { compute, type Known, order, pick, type Relation, relation, source, where, wrap } from './relation.ts';
import { aggregateSql } from './summarize.ts';

export async function filter(
  input: Relation,
  conditions: readonly Lambda[],
  call: Call,
  context: Context,
): Promise<Relation> {
  const given = await lambdas(
    input,
    conditions.map((lambda) => ({ lambda, as: 'condition' as const, call })),
    context,
  );
  return clean(where(given.relation, given.sql), given.extra);
}

/** Computed items over a relation: their SQL and types. */
async function items(input: Relation, wanted: Named<Computed>, call: Call, context: Context) {
  const functions = wanted.flatMap(([, item]) =>
    item.kind === 'lambda'
      ? [{ lambda: item.lambda, as: 'value' as const, call }]
      : item.kind === 'aggregate' && typeof item.aggregate.of === 'object'
        ? [
            {
              lambda: item.aggregate.of.lambda,
              as: item.aggregate.name === 'count' ? ('condition' as const) : ('value' as const),
              call,
            },
          ]
        : [],
  );
  const given = await lambdas(input, functions, context);
  let next = 0;
  const made = wanted.map(([alias, item]): { alias: string; sql: Sql; type?: string } => {
    switch (item.kind) {
      case 'lambda': {
        const [sql, type] = [given.sql[next]!, given.types[next]!];
        next += 1;
        return { alias, sql, type };
      }
      case 'column': {
        const { type } = known(input, item.column, call);
        return { alias, sql: name(item.column), ...(type === undefined ? {} : { type }) };
      }
      case 'aggregate': {
        const of = typeof item.aggregate.of === 'object' ? given.sql[next++] : undefined;
        return { alias, sql: aggregateSql(item.aggregate, { input, call, window: true, ...(of ? { of } : {}) }) };
      }
      case 'constant':
        return { alias, sql: item.sql };
      default:
        return item satisfies never;
    }
  });
  return { relation: given.relation, extra: given.extra, made };
}

export async function select(
  input: Relation,
  wanted: Named<Computed>,
  call: Call,
  context: Context,
): Promise<Relation> {
  const { relation: one, made } = await items(input, wanted, call, context);
  const plain = wanted.every(([alias, item]) => item.kind === 'column' && item.column === alias);
  const columns = made.map(column);
  if (plain)
    return pick(
      one,
      made.map(({ sql }) => sql),
      columns,
    );
  return compute(
    one,
    made.map(({ alias, sql }, index) => {
      const item = wanted[index]![1];
      return as(sql, alias, item.kind === 'column' ? item.column : '');
    }),
    columns,
  );
}

const column = ({ alias, type }: { alias: string; type?: string }): Known => ({
  name: alias,
  ...(type === undefined ? {} : { type }),
});

export async function mutate(
  input: Relation,
  wanted: Named<Computed>,
  call: Call,
  context: Context,
): Promise<Relation> {
  const { relation: one, extra, made } = await items(input, wanted, call, context);
  const taken = new Set(input.columns.map((known) => known.name));
  const replaced = made.filter(({ alias }) => taken.has(alias));
  const added = made.filter(({ alias }) => !taken.has(alias));
  // The engine's names fold case: a column that differs by it alone makes way.
  const folded = new Set(added.map(({ alias }) => alias.toLowerCase()));
  const hidden = input.columns.filter((known) => folded.has(known.name.toLowerCase())).map((known) => known.name);
  const out = [...extra, ...hidden].map(quoteName).join(', ');
  const without = out === '' ? '*' : `* exclude (${out})`;
  const replacing = commas(replaced.map(({ alias, sql }) => as(sql, alias)));
  const star = replaced.length === 0 ? raw(without) : q`${without} replace (${replacing})`;
  const types = new Map(replaced.map((item) => [item.alias, item.type]));
  const kept = input.columns
    .filter((known) => !hidden.includes(known.name))
    .map((known) => (types.has(known.name) ? column({ alias: known.name, ...only(types.get(known.name)) }) : known));
  return compute(one, [star, ...added.map(({ alias, sql }) => as(sql, alias))], [...kept, ...added.map(column)]);
}

const only = (type: string | undefined): { type?: string } => (type === undefined ? {} : { type });
const commas = (list: readonly Sql[]): Sql => list.flatMap((sql, index) => (index === 0 ? sql : [', ', ...sql]));

export async function orderBy(
  input: Relation,
  keys: Extract<Step, { verb: 'orderBy' }>['keys'],
  call: Call,
  context: Context,
): Promise<Relation> {
  const functions = keys.flatMap(({ by }) =>
    typeof by === 'string' ? [] : [{ lambda: by.lambda, as: 'value' as const, call }],
  );
  const given = await lambdas(functions.length > 0 ? wrap(input) : input, functions, context);
  let next = 0;
  const sorted = keys.map(({ by, descending }) => {
    const minus = typeof by === 'string' && by.startsWith('-') && !input.columns.some((column) => column.name === by);
    const sql = typeof by === 'string' ? name(known(input, minus ? by.slice(1) : by, call).name) : given.sql[next++]!;
    return q`${sql}${descending !== minus ? ' desc' : ''}`;
  });
  return clean(order(given.relation, sorted), given.extra);
}

/** By a hash of the row's number and the seed: the same rows however many threads there are. */
export function sample(input: Relation, { size, fraction, seed }: Extract<Step, { verb: 'sample' }>): Relation {
  const rank = `hash(__n, ${seed})`;
  const numbered = q`(select *, row_number() over () as __n from ${source(input)})`;
  const picked = fraction
    ? q`${numbered} where ${rank} < ${String(BigInt(Math.floor(size * HASHES)))}::UBIGINT`
    : q`(select * from ${numbered} order by ${rank} limit ${String(size)})`;
  return relation(q`(select * exclude (__n) from ${picked} order by __n)`, input.columns);
}

/** How many hashes there are. */
const HASHES = 2 ** 64;

export function union(all: readonly Relation[]): Relation {
  const columns: Known[] = [];
  for (const one of all) {
    for (const column of one.columns) {
      const at = columns.findIndex((known) => known.name === column.name);
      if (at === -1) columns.push(column);
      else if (columns[at]?.type !== column.type) columns[at] = { name: column.name };
    }
  }
  const parts = all.map((one) => q`select * from ${source(one)}`);
  return relation(
    q`(${parts.flatMap((sql, index) => (index === 0 ? sql : ['\nunion all by name\n', ...sql]))})`,
    columns,
  );
}
