/** A plan → one query: its sources, then verb by verb. */
import { quoteName } from '../../arrow/names.ts';
import { name, q, raw, render, type Sql, show } from '../lambda/pieces.ts';
import { type Ahead, limitAhead } from './ahead.ts';
import { type Call, failureIn, LibraryError, locate } from './failures.ts';
import { joinRelations } from './join.ts';
import type { Context } from './lambdas.ts';
import { as, known } from './names.ts';
import { pivot } from './pivot.ts';
import type { Plan, Step } from './plan.ts';
import { compute, distinct, type Known, limit, pick, print, type Relation, relation, source } from './relation.ts';
import { summarize } from './summarize.ts';
import { writeValues } from './values.ts';
import { filter, mutate, orderBy, sample, select, union } from './verbs.ts';

export async function compile(plan: Plan, context: Context): Promise<Relation> {
  switch (plan.kind) {
    case 'table': {
      const from = isFile(plan.name) ? raw(`'${plan.name.replaceAll("'", "''")}'`) : name(plan.name);
      return relation(from, await describe(q`select * from ${from}`, context, plan.call, { word: plan.name }));
    }
    case 'sql':
      return compileSql(plan, context);
    case 'values':
      return writeValues(plan, context);
    case 'step': {
      const ahead = limitAhead(plan);
      if (ahead) return compileAhead(ahead, plan.call, context);
      return apply(await compile(plan.input, context), plan.step, plan.call, context);
    }
  }
}

async function compileAhead({ input, first, passed, behind }: Ahead, call: Call, context: Context): Promise<Relation> {
  let one = await compile({ kind: 'step', input, step: first, call }, context);
  const notes = context.notes.length;
  for (const { step, call: at } of passed) one = await apply(one, step, at, context);
  if (context.notes.length > notes) context.notes.push('The limit goes ahead of it: no lambda runs on rows past it.');
  return behind ? limit(one, behind.rows, behind.offset) : one;
}

/** A path, not a table's name. */
const isFile = (text: string): boolean => /\/|\.(csv|tsv|json|jsonl|ndjson|parquet)(\.gz)?$/i.test(text);

async function compileSql(plan: Extract<Plan, { kind: 'sql' }>, context: Context): Promise<Relation> {
  const parts: Sql[number][] = [];
  const starts: number[] = [];
  for (const [index, piece] of plan.pieces.entries()) {
    starts.push(render(parts).sql.length);
    parts.push(piece);
    const value = plan.values[index];
    if (value && 'kind' in value) parts.push(...source(await compile(value, context)));
    else if (value) parts.push(...value);
  }
  const sql = trimEnd(parts);
  const text = render(sql).sql;
  const columns = await describe(sql, context, plan.call, { pieces: plan.pieces, starts, text });
  const from = q`(\n${sql}\n)`;
  // As a table, a second `a` has another name: the engine knows which.
  const repeated = new Set(columns.map((column) => column.name.toLowerCase())).size < columns.length;
  return relation(from, repeated ? await context.engine.describe(q`select * from ${from}`) : columns);
}

/** A semicolon at the end would break the query around it. */
function trimEnd(parts: readonly Sql[number][]): Sql {
  const last = parts.at(-1);
  return typeof last === 'string' ? [...parts.slice(0, -1), last.replace(/[;\s]+$/, '')] : parts;
}

/** What a query was made of: a name, or a template's pieces, with where each begins in the query's text. */
type Told = { readonly word: string } | Template;
type Template = { readonly pieces: readonly string[]; readonly starts: readonly number[]; readonly text: string };

/** The engine's word on a query that the paragraph wrote: its failures belong to that place. */
async function describe(sql: Sql, { engine }: Context, call: Call, told: Told): Promise<readonly Known[]> {
  try {
    return await engine.describe(sql);
  } catch (error) {
    const failure = failureIn(error);
    if (!failure) throw error;
    const { line, column, length, ...rest } = failure;
    if ('word' in told) throw new LibraryError(locate(rest, { call, word: told.word }));
    const place = line === undefined || column === undefined ? undefined : placeIn(told, line, column);
    const mark = place && { ...place, ...(length === undefined ? {} : { length }) };
    throw new LibraryError({ failure: rest, stack: call.stack, ...(mark ? { mark } : {}) });
  }
}

/** The piece of a template that a place in the query lies in. */
function placeIn(
  { pieces, starts, text }: Template,
  line: number,
  column: number,
): { find: string[]; start: number } | undefined {
  const before = text.split('\n').slice(0, line - 1);
  const offset = before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  const index = starts.findLastIndex((start) => start <= offset);
  const piece = pieces[index];
  const start = offset - (starts[index] ?? 0);
  return piece !== undefined && start < piece.length ? { find: [piece], start } : undefined;
}

async function apply(input: Relation, step: Step, call: Call, context: Context): Promise<Relation> {
  switch (step.verb) {
    case 'filter':
      return filter(input, step.conditions, call, context);
    case 'select':
      return select(input, step.items, call, context);
    case 'mutate':
      return mutate(input, step.items, call, context);
    case 'rename': {
      for (const [old] of step.names) known(input, old, call);
      const names = new Map(step.names);
      const items = input.columns.map((column) =>
        as(name(column.name), names.get(column.name) ?? column.name, column.name),
      );
      const columns = input.columns.map((column) => ({ ...column, name: names.get(column.name) ?? column.name }));
      return compute(input, items, columns);
    }
    case 'drop': {
      for (const column of step.columns) known(input, column, call);
      const columns = input.columns.filter((column) => !step.columns.includes(column.name));
      return pick(
        input,
        columns.map((column) => name(column.name)),
        columns,
      );
    }
    case 'summarize':
      return summarize(input, step, call, context);
    case 'orderBy':
      return orderBy(input, step.keys, call, context);
    case 'join':
      return joinRelations(input, await compile(step.right, context), step, call);
    case 'limit':
      return limit(input, step.rows, step.offset);
    case 'distinct': {
      const on = step.columns.map((column) => quoteName(known(input, column, call).name));
      return distinct(input, on.length > 0 ? raw(on.join(', ')) : []);
    }
    case 'pivot':
      return pivot(input, step, call, context);
    case 'sample':
      return sample(input, step);
    case 'union': {
      const others = await Promise.all(step.others.map((other) => compile(other, context)));
      return union([input, ...others]);
    }
  }
}

/** What `.explain()` prints. */
export function explained(one: Relation, notes: readonly string[]): string {
  return [show(print(one)), ...notes.map((note) => `-- ${note}`)].join('\n');
}
