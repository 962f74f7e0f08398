/**
 * One paragraph: its statements in order, each shown. A query runs once, as a stream. The paragraph starts outside a
 * transaction and ends so; a failure says where in its text. A cancel interrupts the engine until the run has ended.
 */
import { join } from 'node:path';
import duckdb, { type DataChunk, type Result } from '@duckdb/node-bindings';
import { quoteName } from '../arrow/names.ts';
import { stringTexts } from '../arrow/strings.ts';
import type { ArrowColumn } from '../arrow/types.ts';
import { Failed, failure } from '../errors.ts';
import type { Outcome, RunRequest } from '../protocol.ts';
import type { RunContext } from '../runner.ts';
import type { Inputs } from '../uses.ts';
import { keepNamedOnPath, SESSION_CATALOG } from './database.ts';
import { effectOf, summaryOf } from './effects.ts';
import { parseEngineError } from './engine-error.ts';
import { explain, explainStream } from './explain.ts';
import { type BoundText, bindForms, inSource, type Parameters } from './forms.ts';
import { isPlain, isPlainStatement, leavesSeen, mayNameFiles, sameInputs } from './inputs.ts';
import { type Statement, splitStatements, wordOf } from './lexer.ts';
import { placeOf } from './positions.ts';
import { plainFile, refer } from './reference.ts';
import type { Session } from './session.ts';
import { type Prepared, prepareStatement, resultColumns } from './statement.ts';
import { nextChunk, StreamFailed } from './stream.ts';
import { sendTable } from './table.ts';
import { interruptOnAbort, reportProgress } from './watch.ts';

/** Names and types go to the page in one message: more columns than this don't fit. */
export const MAX_COLUMNS = 10_000;

type Work = {
  readonly session: Session;
  readonly request: RunRequest;
  readonly context: RunContext;
  /** Of forms. */
  readonly values: Parameters;
  tables: number;
  /** Rows of the table under way. */
  rows: number;
  transaction: boolean;
  /** It is not made of queries alone. */
  changing: boolean;
};

/** What the text would read if it ran now. */
export type Reads = (asked: RunRequest) => Promise<Inputs | undefined>;

export async function runParagraph(
  session: Session,
  asked: RunRequest,
  context: RunContext,
  reads?: Reads,
): Promise<Outcome> {
  let bound: BoundText;
  try {
    bound = bindForms(asked.source, asked.forms);
  } catch (error) {
    if (error instanceof Failed) return { state: 'failed', failure: error.failure };
    throw error;
  }
  const request = { ...asked, source: bound.text };
  const work: Work = {
    session,
    request,
    context,
    values: bound.parameters,
    tables: 0,
    rows: 0,
    transaction: false,
    changing: false,
  };
  await session.named.update(request.tables);
  const read = await watchInputs(asked, reads);
  const { main, writer } = session.engine;
  const stopProgress = reportProgress(main, request.run, context, () => work.rows);
  const stopInterrupting = interruptOnAbort(context.signal, [main, writer]);
  try {
    await runStatements(work);
    const inputs = await read();
    return { state: 'done', ...(inputs ? { inputs } : {}) };
  } catch (error) {
    if (context.signal.aborted) return { state: 'cancelled' };
    if (error instanceof Failed) return { state: 'failed', failure: inSource(asked.source, bound, error.failure) };
    throw error;
  } finally {
    stopProgress();
    stopInterrupting();
    if (work.transaction) await rollBack(work);
    session.altered.tables += work.changing ? 1 : 0;
  }
}

/**
 * Looks at what the text reads: at its files before it runs and again after, at all else beside it, as queries change nothing
 * of that. What it gives tells that, where it can be known and stayed as it was.
 */
async function watchInputs(asked: RunRequest, reads: Reads | undefined): Promise<() => Promise<Inputs | undefined>> {
  if (!asked.reads || !reads || !isPlain({ interpreter: 'sql', source: asked.source }, asked.forms))
    return async () => undefined;
  const look = (): Promise<Inputs | undefined> => reads(asked).catch(() => undefined);
  const first = look();
  if (!mayNameFiles(asked.source)) return () => first;
  const before = await first;
  return async () => {
    const after = before && (await look());
    return sameInputs(after, before) ? after : undefined;
  };
}

async function runStatements(work: Work): Promise<void> {
  const { source, name } = work.request;
  const nul = source.indexOf('\0');
  if (nul !== -1) {
    throw new Failed(
      failure('syntax', 'The text holds a NUL character.', { ...placeOf(source, nul), length: 1, hint: 'Delete it.' }),
    );
  }
  const statements = splitStatements(source);
  await offerSheets(work, statements);
  if (name !== undefined) await checkName(work.session, name);
  let shown = false;
  for (const [index, statement] of statements.entries()) {
    if (work.context.signal.aborted) throw new Failed(failure('engine', 'Interrupted.'));
    shown = await runStatement(work, statement, name !== undefined && index === statements.length - 1);
  }
  if (name === undefined) return;
  if (!shown)
    throw new Failed(failure('no-result', `The paragraph is named ${name}, and its last statement gives no table.`));
  await checkName(work.session, name);
}

/** A transaction does not see tables that came after it began: what it may name has to be there before. */
async function offerSheets(work: Work, statements: readonly Statement[]): Promise<void> {
  const { session, request, context } = work;
  const { sheets } = session;
  if (statements.some((statement) => effectOf(statement).kind === 'begins')) {
    sheets.askAs(context, () => undefined);
    // What is wrong with one is said by the statement that names it.
    for (const statement of statements) await sheets.offer(statement, request.source).catch(() => undefined);
  }
  sheets.askAs(context, (text) => say(work, 'stderr', text));
}

/** Whether it gave a table. */
async function runStatement(work: Work, statement: Statement, named: boolean): Promise<boolean> {
  const { session, context, request } = work;
  const refusal = session.guard(statement);
  if (refusal) {
    const { at, ...rest } = refusal;
    throw new Failed({ ...rest, ...placeOf(request.source, at.start), length: at.end - at.start });
  }
  await session.sheets.offer(statement, request.source);
  const effect = effectOf(statement);
  session.altered.unseen ||= !leavesSeen(statement);
  work.changing ||= !isPlainStatement(statement);
  const started = performance.now();
  let prepared: Prepared | undefined;
  try {
    prepared = await prepareStatement(session.engine.main, statement, work.values);
    if (context.signal.aborted) throw new Failed(failure('engine', 'Interrupted.'));
    // A failing BEGIN is one too many; then a transaction is open all the same.
    if (effect.kind === 'begins') work.transaction = true;
    if (await showFile(work, statement, prepared, named)) return true;
    const result = await duckdb.execute_prepared_streaming(prepared.statement);
    const columns = resultColumns(result, prepared);
    const shown = columns
      ? await show(work, statement, result, columns, prepared, named)
      : await summarise(work, statement, result);
    if (effect.kind === 'ends') work.transaction = false;
    for (const notice of await session.ragged.notices(statement)) say(work, 'stderr', notice);
    if (effect.kind === 'path') await keepNamedOnPath(session.engine);
    if (effect.kind === 'catalog') {
      session.temporary.made ||= statement.tokens.slice(0, 4).some((token) => /^temp(orary)?$/.test(wordOf(token)));
      session.named.doubt();
      session.sheets.doubt();
    }
    return shown;
  } catch (error) {
    if (error instanceof Failed) throw error;
    const failing = { session, source: request.source, statement, values: work.values, signal: context.signal };
    if (error instanceof StreamFailed)
      throw new Failed(
        await explainStream(
          failing,
          work.rows,
          prepared?.columns !== undefined && !work.transaction,
          performance.now() - started,
        ),
      );
    throw new Failed(await explain(failing, prepared?.prefix ?? 0, parseEngineError(error)));
  } finally {
    if (prepared) duckdb.destroy_prepare_sync(prepared.statement);
  }
}

/** Whether the statement only names a file, and that is the table. */
async function showFile(work: Work, statement: Statement, prepared: Prepared, named: boolean): Promise<boolean> {
  if (!prepared.columns || prepared.columns.length > MAX_COLUMNS || plainFile(statement) === undefined) return false;
  const { session, context, request } = work;
  const told = { run: request.run, table: work.tables, named, timeZone: session.start.timeZone, emit: context.emit };
  const rows = await refer({ session, context, statement, columns: prepared.columns, told });
  if (rows === undefined) return false;
  work.tables += 1;
  work.rows = rows;
  return true;
}

async function show(
  work: Work,
  statement: Statement,
  result: Result,
  columns: readonly ArrowColumn[],
  prepared: Prepared,
  named: boolean,
): Promise<boolean> {
  const { session, context, request } = work;
  const next = (): Promise<DataChunk | undefined> => nextChunk(result);
  if (wordOf(statement.tokens[0]) === 'explain' && !named) {
    await showPlan(work, next);
    return false;
  }
  if (columns.length > MAX_COLUMNS) {
    throw new Failed(
      failure('too-wide', `The result has ${columns.length} columns; a table shows up to ${MAX_COLUMNS}.`),
    );
  }
  const table = work.tables;
  work.tables += 1;
  work.rows = 0;
  await sendTable(
    { columns, numbered: prepared.numbered, next },
    {
      run: request.run,
      table,
      named,
      timeZone: session.start.timeZone,
      writer: session.engine.writer,
      path: join(session.start.out, `${request.run.replaceAll(/[^\w-]/g, '_')}-${table}.duckdb`),
      emit: context.emit,
      counted: (rows) => {
        work.rows = rows;
      },
    },
  );
  return true;
}

/** A plan is a drawing, not a table. */
async function showPlan(work: Work, next: () => Promise<DataChunk | undefined>): Promise<void> {
  for (let chunk = await next(); chunk; chunk = await next()) {
    const plans = stringTexts(duckdb.data_chunk_get_vector(chunk, 1), duckdb.data_chunk_get_size(chunk));
    say(work, 'value', plans.map((plan) => plan ?? '').join('\n'));
  }
}

async function summarise(work: Work, statement: Statement, result: Result): Promise<false> {
  const chunk = await duckdb.fetch_chunk(result);
  const counted = chunk !== null && duckdb.data_chunk_get_size(chunk) > 0 && duckdb.column_name(result, 0) === 'Count';
  const data = counted ? duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk, 0), 8) : undefined;
  const changed = data ? Number(new DataView(data.buffer, data.byteOffset, 8).getBigInt64(0, true)) : undefined;
  const summary = summaryOf(statement, changed);
  if (summary !== '') say(work, 'value', `${summary}\n`);
  return false;
}

const say = (work: Work, stream: 'value' | 'stderr', text: string): void =>
  work.context.emit({ type: 'output', run: work.request.run, output: { kind: 'text', stream, text } });

async function rollBack(work: Work): Promise<void> {
  try {
    await duckdb.query(work.session.engine.main, 'rollback');
  } catch {
    return; // None was open.
  }
  say(work, 'stderr', 'The open transaction was rolled back: a paragraph commits what it begins.\n');
}

/** A name that the session database holds can't be given: the session's table would hide the result. */
export async function checkName({ engine }: Session, name: string): Promise<void> {
  const table = `${SESSION_CATALOG}.main.${quoteName(name)}`;
  try {
    const prepared = await duckdb.prepare(engine.main, `from ${table}`);
    duckdb.destroy_prepare_sync(prepared);
  } catch {
    return;
  }
  throw new Failed(
    failure('name-taken', `The session already has a table named ${name}.`, {
      hint: `Give the paragraph another name, or run: drop table ${quoteName(name)}`,
    }),
  );
}
