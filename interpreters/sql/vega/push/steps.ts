/**
 * The first steps of a `transform`, as many as the engine can do: each makes a query of the one before. The rest is left to the
 * page, over rows that are limited.
 */
import { quoteName } from '../../../arrow/names.ts';
import { type Bins, binSql, binsOf, paramsOf } from './bins.ts';
import { valueSql } from './expression.ts';
import { filterSql } from './filter.ts';
import { asDouble, columnOf, type Flow, isSpec, literal, NotPushed, type Spec, type Why } from './kinds.ts';
import { keyOf, measureOf } from './measures.ts';

/** Lowest and highest of a column, NaN aside; undefined where it has none or no end. */
export type Extents = (sql: string, column: string) => Promise<readonly [number, number] | undefined>;

export type Stepped = { readonly flow: Flow; readonly rest: readonly unknown[]; readonly why?: Why };

/** Queries in queries: each takes some of the engine's stack. */
const DEEPEST = 50;

export async function stepped(flow: Flow, transform: readonly unknown[], extents: Extents): Promise<Stepped> {
  let now = flow;
  for (const [index, step] of transform.entries()) {
    try {
      const depth = (now.depth ?? 0) + 1;
      if (depth > DEEPEST) throw new NotPushed('transform', `step ${depth}`);
      now = { ...(await oneStep(now, isSpec(step) ? step : {}, extents)), depth };
    } catch (error) {
      if (!(error instanceof NotPushed)) throw error;
      return { flow: now, rest: transform.slice(index), why: error.why };
    }
  }
  return { flow: now, rest: [] };
}

async function oneStep(flow: Flow, step: Spec, extents: Extents): Promise<Flow> {
  if ('filter' in step) return { ...flow, sql: `select * from (${flow.sql}) where ${filterSql(step.filter, flow)}` };
  if ('calculate' in step) return calculated(flow, step);
  if ('aggregate' in step) return aggregated(flow, step);
  if ('bin' in step) return binned(flow, step, extents);
  const name = Object.keys(step).find((key) => !['groupby', 'as', 'field', 'fields'].includes(key));
  throw new NotPushed('transform', name ?? '');
}

function calculated(flow: Flow, { calculate, as }: Spec): Flow {
  if (typeof calculate !== 'string') throw new NotPushed('transform', 'calculate');
  const name = newName(flow, as, 'calculate');
  const { kind, sql } = valueSql(calculate, flow);
  const type = kind === 'number' ? 'DOUBLE' : kind === 'boolean' ? 'BOOLEAN' : 'VARCHAR';
  return {
    sql: `select *, ${sql} as ${quoteName(name)} from (${flow.sql})`,
    columns: [...flow.columns, { name, type }],
  };
}

function aggregated(flow: Flow, { aggregate, groupby = [] }: Spec): Flow {
  if (!Array.isArray(aggregate) || !Array.isArray(groupby)) throw new NotPushed('transform', 'aggregate');
  const groups = groupby.map((field) => columnOf(flow, field));
  const measures = aggregate.map((one: unknown) => {
    if (!isSpec(one)) throw new NotPushed('transform', 'aggregate');
    const { op, field, as } = one;
    const { sql } = measureOf(op, field, flow);
    if (typeof as !== 'string') throw new NotPushed('transform', 'aggregate without as');
    const isTime = op === 'min' || op === 'max' ? columnOf(flow, field) : undefined;
    const type = isTime && isTime.kind !== 'number' ? isTime.type : 'DOUBLE';
    return { name: plainName(as), sql, type };
  });
  const names = [...groups, ...measures].map(({ name }) => name.toLowerCase());
  if (new Set(names).size < names.length || names.length === 0) throw new NotPushed('transform', 'aggregate');
  const list = [
    ...groups.map((column) => `min(${column.sql}) as ${column.sql}`),
    ...measures.map(({ name, sql }) => `${sql} as ${quoteName(name)}`),
  ];
  const by = groups.length === 0 ? '' : ` group by ${groups.map(keyOf).join(', ')}`;
  // Of no rows at all Vega makes none.
  const some = groups.length === 0 ? ' having count(*) > 0' : '';
  return {
    sql: `select ${list.join(', ')} from (${flow.sql})${by}${some}`,
    columns: [
      ...groups.map(({ name, type }) => ({ name, type })),
      ...measures.map(({ name, type }) => ({ name, type })),
    ],
  };
}

async function binned(flow: Flow, { bin, field, as }: Spec, extents: Extents): Promise<Flow> {
  const column = columnOf(flow, field);
  if (column.kind !== 'number') throw new NotPushed('transform', 'bin');
  const params = paramsOf(bin, undefined);
  if (!params) throw new NotPushed('transform', 'bin');
  const [from, to] = Array.isArray(as) ? as : [as, typeof as === 'string' ? `${as}_end` : undefined];
  const names = [newName(flow, from, 'bin'), newName(flow, to ?? `${String(from)}_end`, 'bin')];
  const given = params.extent;
  const extent = Array.isArray(given)
    ? ([Number(given[0]), Number(given[1])] as const)
    : await extents(flow.sql, column.name);
  if (!extent) throw new NotPushed('transform', 'bin');
  const bins = binsOf(params, extent);
  const [low, high] = edgesSql(binSql(asDouble(column), bins), bins);
  return {
    sql: `select *, ${low} as ${quoteName(names[0]!)}, ${high} as ${quoteName(names[1]!)} from (${flow.sql})`,
    columns: [...flow.columns, ...names.map((name) => ({ name, type: 'DOUBLE' }))],
  };
}

/** Where the bin of that number begins and ends. */
function edgesSql(index: string, { start, step }: Bins): readonly [string, string] {
  const low = `(case ${index} when -2 then 'nan'::double when -1 then '-inf'::double when 1e300 then 'inf'::double
    else ${literal(start)} + ${literal(step)} * (${index}) end)`;
  return [low, `(${literal(start)} + ${literal(step)} * (1 + (${low} - ${literal(start)}) / ${literal(step)}))`];
}

function newName({ columns }: Flow, as: unknown, step: string): string {
  if (typeof as !== 'string') throw new NotPushed('transform', `${step} without as`);
  const name = plainName(as);
  if (columns.some((column) => column.name.toLowerCase() === name.toLowerCase()))
    throw new NotPushed('transform', `${step} over ${name}`);
  return name;
}

/** A name that reads as a path would be one. */
function plainName(name: string): string {
  if (name === '' || /[.[\]\\'"\0]/.test(name)) throw new NotPushed('field', name);
  return name;
}
