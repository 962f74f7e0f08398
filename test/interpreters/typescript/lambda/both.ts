/** One lambda run both ways over the same rows: as SQL, and over columns. */
import { parseExpressionAt } from 'acorn';
import type { Host } from '../../../../interpreters/typescript/bridge.ts';
import { type Lambda, readLambda } from '../../../../interpreters/typescript/lambda/lambda.ts';
import { q, type Sql } from '../../../../interpreters/typescript/lambda/pieces.ts';
import { type Translation, translate } from '../../../../interpreters/typescript/lambda/sql.ts';
import { createEngine, type Engine } from '../../../../interpreters/typescript/library/engine.ts';
import { overColumns } from '../../../../interpreters/typescript/library/over.ts';
import { print, relation } from '../../../../interpreters/typescript/library/relation.ts';

export const readText = (text: string, captures: Readonly<Record<string, unknown>> = {}): Lambda =>
  readLambda({ text, captures }, (code) => parseExpressionAt(code, 0, { ecmaVersion: 'latest' }));

/** Values of each row with their type, or the message of the error. */
export type Came = { readonly type: string; readonly values: readonly unknown[] } | string;
export type Ways = { readonly translation: Translation; readonly sql?: Came; readonly columns: Came };

export async function bothWays(
  host: Host,
  table: string,
  text: string,
  as: 'value' | 'condition',
  captures: Readonly<Record<string, unknown>> = {},
): Promise<Ways> {
  const engine = createEngine(host);
  const lambda = readText(text, captures);
  const columns = await engine.describe(q`select * from ${table}`);
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const translation = translate(lambda, types, as);
  const { sql } = translation;
  const asked = sql && (as === 'value' ? sql : q`coalesce(${sql}, false)`);
  const over = async (): Promise<Sql> => {
    const task = { name: 'made', lambda, as, kind: translation.kind, call: { verb: 'test', stack: '' } };
    return q`select made from (${print(await overColumns(engine, relation([table], columns), types, [task]))})`;
  };
  return {
    translation,
    ...(asked ? { sql: await came(engine, async () => q`select ${asked} as x from ${table}`) } : {}),
    columns: await came(engine, over),
  };
}

async function came(engine: Engine, query: () => Promise<Sql>): Promise<Came> {
  try {
    const sql = await query();
    const [column] = await engine.describe(sql);
    const values: unknown[] = [];
    for await (const batch of engine.read(sql)) {
      for (let row = 0; row < batch.rows; row += 1) values.push(batch.columns[0]?.get(row));
    }
    return { type: column?.type ?? '', values };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
