/**
 * Lambdas of a verb, each as SQL over the relation: its own where it translates, else a column that was made by running it
 * over columns. `notes` say why one could not be SQL. `dry`: nothing runs; such a column stands as a typed null with the
 * lambda beside it.
 */
import { quoteName } from '../../arrow/names.ts';
import { resultType } from '../lambda/kinds.ts';
import type { Lambda } from '../lambda/lambda.ts';
import { name, raw, type Sql } from '../lambda/pieces.ts';
import { type Translation, translate, UnknownColumn } from '../lambda/sql.ts';
import type { Engine } from './engine.ts';
import { type Call, fail } from './failures.ts';
import { unknownColumn } from './names.ts';
import { overColumns, type Task } from './over.ts';
import { compute, pick, print, type Relation, typed, wrap } from './relation.ts';

export type Context = {
  readonly engine: Engine;
  readonly dry: boolean;
  readonly notes: string[];
  /** Lambdas that went into SQL: a value past 2^53 is told at the one that reads its column. */
  readonly translated: { readonly lambda: Lambda; readonly call: Call }[];
};

/** The relation with all its types. */
export async function withTypes(
  one: Relation,
  { engine }: Context,
): Promise<{ relation: Relation; types: ReadonlyMap<string, string> }> {
  const full = one.columns.every(({ type }) => type !== undefined)
    ? one
    : typed(one, await engine.describe(print(one)));
  return { relation: full, types: new Map(full.columns.map((column) => [column.name, column.type ?? 'VARCHAR'])) };
}

export type Wanted = { readonly lambda: Lambda; readonly as: 'value' | 'condition'; readonly call: Call };
export type Given = {
  readonly relation: Relation;
  readonly sql: readonly Sql[];
  readonly types: readonly string[];
  readonly extra: readonly string[];
};

/** Columns made on the way have names nobody writes. */
const MADE = '__over_';

/**
 * SQL for each lambda over the relation: its own where it translates, else the name of a column (`extra`) that was made
 * by running it over columns.
 */
export async function lambdas(input: Relation, wanted: readonly Wanted[], context: Context): Promise<Given> {
  if (wanted.length === 0) return { relation: input, sql: [], types: [], extra: [] };
  const { relation: one, types } = await withTypes(input, context);
  const translations = wanted.map((want) => translated(want, types, context));
  const made = wanted.map((_, index) => `${MADE}${context.notes.length}_${index}`);
  const tasks: Task[] = wanted.flatMap((want, index) => {
    const { sql, kind } = translations[index]!;
    return sql ? [] : [{ ...want, name: made[index]!, kind }];
  });
  for (const [index, { sql, reasons }] of translations.entries()) {
    const { lambda } = wanted[index]!;
    if (sql) continue;
    const why = reasons.map(
      ({ node, why: reason }) => `${reason} (${excerpt(lambda.text.slice(node.start, node.end))})`,
    );
    context.notes.push(`${excerpt(lambda.text)} runs over columns: ${[...new Set(why)].join('; ')}.`);
  }
  const extra = tasks.map((task) => task.name);
  const over =
    tasks.length === 0
      ? one
      : context.dry
        ? dryColumns(one, tasks)
        : await overColumns(context.engine, one, types, tasks);
  return {
    relation: over,
    sql: translations.map(({ sql }, index) => sql ?? name(made[index]!)),
    types: translations.map(({ sql, kind }, index) =>
      sql ? resultType(kind) : (over.columns.find((column) => column.name === made[index])?.type ?? resultType(kind)),
    ),
    extra,
  };
}

function translated(
  { lambda, as: what, call }: Wanted,
  types: ReadonlyMap<string, string>,
  context: Context,
): Translation {
  try {
    context.translated.push({ lambda, call });
    return translate(lambda, types, what);
  } catch (error) {
    if (!(error instanceof UnknownColumn)) throw error;
    const { message, parts } = unknownColumn(error.column, [...types.keys()]);
    throw fail('unknown-column', message, { call, lambda, node: error.node }, parts);
  }
}

/** Characters of code in a note. */
const MAX_EXCERPT = 80;
function excerpt(code: string): string {
  const line = code.replaceAll(/\s+/g, ' ');
  return line.length > MAX_EXCERPT ? `${line.slice(0, MAX_EXCERPT)}…` : line;
}

function dryColumns(one: Relation, tasks: readonly Task[]): Relation {
  const open = wrap(one);
  const items = tasks.map(({ name: made, lambda, kind }) =>
    raw(`null::${resultType(kind)} /* ${excerpt(lambda.text).replaceAll('*/', '* /')} */ as ${quoteName(made)}`),
  );
  const columns = [...one.columns, ...tasks.map((task) => ({ name: task.name, type: resultType(task.kind) }))];
  return wrap(compute(open, [raw('*'), ...items], columns));
}

/** Without the columns made on the way. */
export function clean(one: Relation, extra: readonly string[]): Relation {
  if (extra.length === 0) return one;
  const columns = one.columns.filter((column) => !extra.includes(column.name));
  return pick(one, [raw(`* exclude (${extra.map(quoteName).join(', ')})`)], columns);
}
