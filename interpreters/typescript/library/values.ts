/** Rows that JavaScript has, as a table of the engine's. */
import { quoteName } from '../../arrow/names.ts';
import { q, raw } from '../lambda/pieces.ts';
import { BATCH_ROWS, Encoder, kindOf, type ValueKind } from './encode.ts';
import { type Call, fail } from './failures.ts';
import type { Context } from './lambdas.ts';
import type { Named, Plan } from './plan.ts';
import { type Relation, relation } from './relation.ts';

const TYPES: Readonly<Record<ValueKind, string>> = {
  number: 'DOUBLE',
  bigint: 'BIGINT',
  string: 'VARCHAR',
  json: 'JSON',
  boolean: 'BOOLEAN',
  date: 'TIMESTAMP',
  blob: 'BLOB',
};

/** Rows that go to the engine at once. */
const WRITE_ROWS = 64 * BATCH_ROWS;

export async function writeValues(
  plan: Extract<Plan, { kind: 'values' }>,
  { engine, dry }: Context,
): Promise<Relation> {
  const columns = plan.columns.map(([name, values]) => ({ name, values, ...inferred(name, values, plan.call) }));
  const known = columns.map(({ name, type }) => ({ name, type }));
  if (dry) {
    const items = columns.map(({ name, type }) => `null::${type} as ${quoteName(name)}`);
    return relation(raw(`(select ${items.join(', ')} /* ${plan.rows} rows of JavaScript */)`), known);
  }
  const encoder = new Encoder(columns.map(({ kind }, index) => ({ name: `x${index}`, kind })));
  let table: string | undefined;
  const write = async (): Promise<void> => {
    const file = await engine.host.give(encoder.take());
    table = (await engine.host.call('write', table === undefined ? { file } : { file, table })).table;
  };
  for (let start = 0; start < plan.rows; start += BATCH_ROWS) {
    const rows = Math.min(BATCH_ROWS, plan.rows - start);
    encoder.add(
      columns.map(({ values }) => values.slice(start, start + rows)),
      rows,
    );
    if ((start + rows) % WRITE_ROWS === 0) await write();
  }
  if (table === undefined || plan.rows % WRITE_ROWS !== 0) await write();
  const items = columns.map(
    ({ name, type }, index) => `x${index}${CAST.has(type) ? `::${type}` : ''} as ${quoteName(name)}`,
  );
  return relation(q`(select ${items.join(', ')} from ${table ?? ''})`, known);
}

/** Types that the values travel under another one. */
const CAST: ReadonlySet<string> = new Set(['BIGINT', 'DATE']);

/** A column's kind and type: whole numbers make a BIGINT. */
function inferred(name: string, values: readonly unknown[], call: Call): { kind: ValueKind; type: string } {
  let kind: ValueKind | undefined;
  let whole = true;
  values.forEach((value, row) => {
    const found = kindOf(value);
    if (found === undefined) return;
    if (found === 'promise')
      throw fail('mixed-values', `“${name}” of row ${row + 1} is a promise: await it first.`, { call });
    if (found === 'function')
      throw fail('mixed-values', `“${name}” of row ${row + 1} is a ${typeof value}, which no table holds.`, { call });
    if (typeof value === 'number' && (!Number.isSafeInteger(value) || Object.is(value, -0))) whole = false;
    if (typeof value === 'bigint' && (value < -(1n << 63n) || value >= 1n << 63n)) {
      throw fail(
        'out-of-range',
        `“${name}” of row ${row + 1} does not fit 64 bits.`,
        { call },
        { hint: 'Keep such numbers as texts.' },
      );
    }
    kind ??= found;
    if (kind !== found) {
      throw fail('mixed-values', `“${name}” is a ${found} in row ${row + 1}, where earlier rows have a ${kind}.`, {
        call,
      });
    }
  });
  if (kind === 'number' && whole) return { kind, type: 'BIGINT' };
  return { kind: kind ?? 'string', type: TYPES[kind ?? 'string'] };
}

/** Rows → columns, in the order in which names first appear; a name that a row lacks is null there. */
export function columnsOfRows(rows: readonly object[]): Named<readonly unknown[]> {
  const columns = new Map<string, unknown[]>();
  rows.forEach((row, index) => {
    for (const [name, value] of Object.entries(row)) {
      let column = columns.get(name);
      if (!column) {
        column = new Array(rows.length).fill(null);
        columns.set(name, column);
      }
      column[index] = value;
    }
  });
  return [...columns];
}
