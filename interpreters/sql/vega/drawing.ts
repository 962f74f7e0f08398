/**
 * What is sent beside a spec: of small tables the columns that it speaks of, of large ones what the engine makes of them for
 * each view. The spec comes back as it is drawn over those rows.
 */
import { quoteName } from '../../arrow/names.ts';
import { Failed, failure } from '../../errors.ts';
import { type Column, MAX_CHART_ROWS } from '../../protocol.ts';
import { columnsFor, findData, type Source } from './data.ts';
import { parseJson } from './json.ts';
import type { Flow } from './push/kinds.ts';
import { type Facts, MOST_TABLES, type PlannedNote, type PlannedTable, plan } from './push/plan.ts';

/** Rows of one table that are sent as they are: a page draws them at once, whatever the spec does with them. */
export const PLAIN_ROWS = 10_000;

/** What is asked of the engine; what fails is told of that source. */
export type Engine = {
  columns(one: Source, sql: string): Promise<readonly Column[]>;
  texts(one: Source, sql: string): Promise<readonly (readonly (string | null)[])[]>;
};

/** A query for each table that the spec draws, by the name that it has there. */
export type Drawing = { readonly spec: string; readonly tables: readonly Sent[] };
type Sent = { readonly name: string; readonly sql: string; readonly from: Source; readonly note?: PlannedNote };

export async function drawing(spec: string, sources: readonly Source[], engine: Engine): Promise<Drawing> {
  const small: Sent[] = [];
  const large = new Map<string, Flow>();
  const byName = new Map(sources.map((one) => [one.name, one]));
  for (const one of sources) {
    const from = one.kind === 'file' ? fileSql(one.name) : quoteName(one.name);
    const columns = await engine.columns(one, `from ${from}`);
    const sql = `select * from ${from}`;
    const [row] = await engine.texts(one, `select count(*) from (${sql} limit ${PLAIN_ROWS + 1})`);
    if (Number(row?.[0]) > PLAIN_ROWS) large.set(one.name, { sql, columns });
    else small.push({ name: one.name, sql: `select ${usedOf(spec, columns)} from ${from}`, from: one });
  }
  const [first] = sources;
  if (large.size === 0 || !first) return { spec, tables: small };
  const facts = factsOf((sql) => engine.texts(first, sql));
  const planned = await plan(JSON.parse(spec), large, facts, { rows: MAX_CHART_ROWS });
  const drawn = JSON.stringify(planned.spec);
  const tables = [...planned.tables, ...(await leftOf(drawn, large, planned.tables, facts))].flatMap(
    ({ table, ...rest }) => {
      const from = byName.get(table);
      return from ? [{ ...rest, from }] : [];
    },
  );
  const count = small.length + tables.length;
  if (count > MOST_TABLES)
    throw new Failed(
      failure('too-large', `The spec draws ${count} tables of its rows; up to ${MOST_TABLES} can be sent.`),
    );
  return { spec: drawn, tables: [...small, ...tables] };
}

const fileSql = (name: string): string => `'${name.replace(/^\.\//, '').replaceAll("'", "''")}'`;

function usedOf(spec: string, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => name);
  const used = columnsFor(spec, names);
  return used.length === names.length ? '*' : used.map(quoteName).join(', ');
}

export const factsOf = (texts: (sql: string) => Promise<readonly (readonly (string | null)[])[]>): Facts => ({
  count: async (sql) => Number((await texts(`select count(*) from (${sql})`))[0]?.[0]),
  extents: async (sql, column) => {
    const value = `${quoteName(column)}::double`;
    const [row] = await texts(`select min(${value}), max(${value}) from (${sql}) where not isnan(${value})`);
    const [low, high] = [Number(row?.[0] ?? Number.NaN), Number(row?.[1] ?? Number.NaN)];
    return Number.isFinite(low) && Number.isFinite(high) ? [low, high] : undefined;
  },
});

/** Large tables that are still drawn by their names, in lookups: the first rows of each. */
async function leftOf(
  spec: string,
  large: ReadonlyMap<string, Flow>,
  given: readonly PlannedTable[],
  facts: Facts,
): Promise<PlannedTable[]> {
  const left: PlannedTable[] = [];
  for (const { name } of findData(parseJson(spec)).sources) {
    const flow = large.get(name);
    if (!flow || given.some((one) => one.name === name)) continue;
    const of = await facts.count(flow.sql);
    const note = of > MAX_CHART_ROWS ? { kind: 'first' as const, table: name, of } : undefined;
    const sql = `select ${usedOf(spec, flow.columns)} from (${flow.sql}) limit ${MAX_CHART_ROWS}`;
    left.push({ name, table: name, sql, ...(note ? { note } : {}) });
  }
  return left;
}
