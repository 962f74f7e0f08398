/** Why a statement failed, with what the session knows: its tables, its files, and what a broken stream kept to itself. */
import { failure } from '../errors.ts';
import type { Failure } from '../protocol.ts';
import type { Values } from './bind.ts';
import { readTexts } from './database.ts';
import { type EngineError, isInterrupt } from './engine-error.ts';
import { describeFailure, type Known } from './failures.ts';
import { listFiles } from './files.ts';
import type { Statement } from './lexer.ts';
import { placeOf } from './positions.ts';
import type { Session } from './session.ts';
import { learnError } from './stream.ts';

export type Failing = {
  readonly session: Session;
  /** The paragraph's whole text. */
  readonly source: string;
  readonly statement: Statement;
  /** Bound to its parameters. */
  readonly values?: Values;
  readonly signal: AbortSignal;
};

/** The outcome of an aborted run is `cancelled`, whatever this says. */
const INTERRUPTED = failure('engine', 'Interrupted.');

/** `prefix`: characters before the statement's text in what the engine got. */
export async function explain(
  { session, source, statement }: Failing,
  prefix: number,
  said: EngineError,
): Promise<Failure> {
  if (isInterrupt(said)) return INTERRUPTED;
  return describeFailure(said, { source, statement, prefix }, await known(session));
}

/** `repeatable`: it is a query, and no transaction was ended by its failure. `took` ms until then. */
export async function explainStream(
  failing: Failing,
  rows: number,
  repeatable: boolean,
  took: number,
): Promise<Failure> {
  if (failing.signal.aborted) return INTERRUPTED;
  const { session, source, statement } = failing;
  const learnt = repeatable ? await learnError(session.engine.main, statement.text, took, failing.values) : undefined;
  if (learnt) return explain(failing, learnt.prefix, learnt.error);
  return failure('engine', `The query failed after ${rows.toLocaleString('en-US')} rows.`, {
    ...placeOf(source, statement.start),
    hint: 'The engine did not say why: run it again with a limit, or look for values that can’t be converted.',
  });
}

const USER_TABLES = `
  select table_name from duckdb_tables()
  where not internal and database_name in ('session', 'named', 'temp') and schema_name <> 'content'
  union select view_name from duckdb_views() where not internal
  order by 1`;

async function known({ engine, start, named }: Session): Promise<Known> {
  const tables = await readTexts(engine.meta, USER_TABLES).catch(() => []);
  const files = await listFiles(start.session);
  return {
    tables: tables.flatMap(([name]) => (name == null ? [] : [name])),
    files: files.map(({ path }) => path),
    lost: named.lost(),
  };
}
