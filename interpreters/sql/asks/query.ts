/**
 * A query of another program, checked before the engine sees it: one statement, one that gives rows, allowed, its values
 * beside it. What goes wrong with it is told as of a paragraph, with places in the query's own text.
 */
import duckdb, { type PreparedStatement } from '@duckdb/node-bindings';
import { Failed, failure } from '../../errors.ts';
import type { Query } from '../../protocol.ts';
import { parseEngineError } from '../engine-error.ts';
import { explain, explainStream, type Failing } from '../explain.ts';
import { splitStatements } from '../lexer.ts';
import { placeOf } from '../positions.ts';
import type { Session } from '../session.ts';
import { isQuery } from '../statement.ts';
import { StreamFailed } from '../stream.ts';

export type Checked = Failing & { readonly text: string; readonly values: NonNullable<Failing['values']> };

export function checkQuery(session: Session, { sql, values = [] }: Query, signal: AbortSignal): Checked {
  const nul = sql.indexOf('\0');
  if (nul !== -1) throw new Failed(failure('syntax', 'The query holds a NUL character.', placeOf(sql, nul)));
  const [statement, second] = splitStatements(sql);
  if (!statement) throw new Failed(failure('no-query', 'The query is empty.'));
  const at = (token: { readonly start: number; readonly end: number }) => ({
    ...placeOf(sql, token.start),
    length: token.end - token.start,
  });
  if (second) {
    throw new Failed(failure('no-query', 'These are several statements, not one query.', at(second.tokens[0]!)));
  }
  const refusal = session.guard(statement);
  if (refusal) {
    const { at: token, ...rest } = refusal;
    throw new Failed({ ...rest, ...at(token) });
  }
  if (!isQuery(statement)) {
    throw new Failed(failure('no-query', 'This is no query: it gives no rows.', at(statement.tokens[0]!)));
  }
  return { session, source: sql, statement, signal, values, text: statement.text };
}

/** `prefix` characters stand before the query's text in what the engine got; `rows` came before it failed. */
export type Progress = { prefix: number; rows: number };

/** Does the work; what the engine throws becomes a `Failed` that explains it. */
export async function explained<T>(query: Checked, work: (progress: Progress) => Promise<T>): Promise<T> {
  const started = performance.now();
  const progress: Progress = { prefix: 0, rows: 0 };
  try {
    return await work(progress);
  } catch (error) {
    if (error instanceof Failed) throw error;
    if (error instanceof StreamFailed) {
      throw new Failed(await explainStream(query, progress.rows, true, performance.now() - started));
    }
    throw new Failed(await explain(query, progress.prefix, parseEngineError(error)));
  }
}

/** `with … insert` begins like a query. Wherever else a query stands in brackets, the engine itself refuses it. */
export function refuseChange(statement: PreparedStatement): void {
  if (duckdb.prepared_statement_type(statement) === duckdb.StatementType.SELECT) return;
  throw new Failed(failure('no-query', 'This is no query: it changes something.'));
}
