/**
 * What is wrong with a paragraph while it is written, in the words and at the places of a run: each statement is parsed by
 * the engine, and a query is bound to the tables there are. Nothing is run. It has a connection of its own, so that no run
 * waits for it, and one text at a time is looked at: of those that come meanwhile only the last counts.
 *
 * What an earlier statement of the text makes is not there yet: behind one that changes the catalogue statements are only
 * parsed. So are those that the engine itself would take apart and run in part (PIVOT), and those that name a spreadsheet,
 * which is read when it is run.
 */
import duckdb, { type Connection } from '@duckdb/node-bindings';
import { Failed } from '../errors.ts';
import type { FormInputs } from '../forms.ts';
import type { Failure } from '../protocol.ts';
import { setSearchPath } from './database.ts';
import { effectOf } from './effects.ts';
import { parseEngineError } from './engine-error.ts';
import { explain } from './explain.ts';
import { type BoundText, bindForms, inSource } from './forms.ts';
import { type Statement, splitStatements, wordOf } from './lexer.ts';
import { mentionsOf } from './mentions.ts';
import { placeOf } from './positions.ts';
import type { Session } from './session.ts';
import { isQuery } from './statement.ts';

export type Checker = {
  /** Undefined where a later text came before its turn. */
  check(source: string, forms: FormInputs): Promise<readonly Failure[] | undefined>;
};

/** A longer text is a script or data: reading it at each pause would take longer than the pause. */
const MOST_STATEMENTS = 100;

export function createChecker(session: Session): Checker {
  const { engine } = session;
  const connection = engine.checker;
  let path = '';
  let last = 0;
  let work: Promise<unknown> = Promise.resolve();

  async function look(source: string, forms: FormInputs): Promise<readonly Failure[]> {
    if (source.includes('\0')) return [];
    let bound: BoundText;
    try {
      bound = bindForms(source, forms);
    } catch (error) {
      if (error instanceof Failed) return [error.failure];
      throw error;
    }
    if (path !== engine.path()) {
      path = engine.path();
      await setSearchPath(connection, path);
    }
    const found: Failure[] = [];
    let isSettled = true;
    for (const statement of splitStatements(bound.text).slice(0, MOST_STATEMENTS)) {
      const failure = await failureOf(session, connection, bound.text, statement, isSettled);
      if (failure) found.push(inSource(source, bound, failure));
      isSettled &&= effectOf(statement).kind === 'none';
    }
    return found.filter(({ line }) => line !== undefined);
  }

  return {
    check(source, forms) {
      last += 1;
      const own = last;
      const answer = work.then(() => (own === last ? look(source, forms) : undefined));
      work = answer.catch(() => undefined);
      return answer;
    },
  };
}

async function failureOf(
  session: Session,
  connection: Connection,
  source: string,
  statement: Statement,
  isSettled: boolean,
): Promise<Failure | undefined> {
  const refusal = session.guard(statement);
  if (refusal) {
    const { at, ...rest } = refusal;
    return { ...rest, ...placeOf(source, at.start), length: at.end - at.start };
  }
  try {
    const { extracted_statements: parts, statement_count: count } = await duckdb.extract_statements(
      connection,
      statement.text,
    );
    // The parser took none of it, and says why when asked to prepare it.
    if (count === 0) duckdb.destroy_prepare_sync(await duckdb.prepare(connection, statement.text));
    else if (isSettled && count === 1 && isBindable(statement))
      duckdb.destroy_prepare_sync(await duckdb.prepare_extracted_statement(connection, parts, 0));
    return undefined;
  } catch (error) {
    const signal = new AbortController().signal;
    const failure = await explain({ session, source, statement, signal }, 0, parseEngineError(error));
    // A temporary table is seen by the connection that made it alone.
    return failure.code === 'unknown-table' && session.temporary.made ? undefined : failure;
  }
}

const isBindable = (statement: Statement): boolean =>
  isQuery(statement) &&
  mentionsOf(statement).length === 0 &&
  !statement.tokens.some((token) => /^(pivot|unpivot|pivot_wider|pivot_longer)$/.test(wordOf(token)));
