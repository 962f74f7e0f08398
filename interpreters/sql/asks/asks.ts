/**
 * What runs of other programs ask of the engine. Queries run on `main`, so they see what a paragraph of SQL would; a cursor's
 * on a connection of its own. Nothing of a run outlives its release.
 */
import { join } from 'node:path';
import duckdb from '@duckdb/node-bindings';
import { quoteName } from '../../arrow/names.ts';
import type { ArrowColumn } from '../../arrow/types.ts';
import { Failed, failure } from '../../errors.ts';
import type { Column, EngineMethods, Query } from '../../protocol.ts';
import type { AskRequest, RunContext } from '../../runner.ts';
import { readTexts, SESSION_CATALOG } from '../database.ts';
import { checkName, MAX_COLUMNS } from '../run.ts';
import type { Session } from '../session.ts';
import { columnsOfPrepared, prepareBound, prepareStatement, resultColumns } from '../statement.ts';
import { nextChunk } from '../stream.ts';
import { sendTable } from '../table.ts';
import { interruptOnAbort, reportProgress } from '../watch.ts';
import { openCursors, type Watch } from './cursors.ts';
import { openExchange } from './exchange.ts';
import { openExports } from './exports.ts';
import { namesAmong } from './names.ts';
import { isMethod, parseParams } from './params.ts';
import { type Checked, checkQuery, explained, refuseChange } from './query.ts';
import { keepRows, openScratch } from './scratch.ts';

/** A limit that was passed: how long the rest of the rows is counted, so that the message can say how many there are. */
const COUNT_MS = 2_000;

export type Asks = {
  ask(request: AskRequest, context: RunContext): Promise<unknown>;
  /** The few rows of a query as texts, for what the engine's own programs have to know. No other program can ask for them. */
  texts(request: Pick<AskRequest, 'run' | 'tables'> & Query, context: RunContext): Promise<(string | null)[][]>;
  release(run: string): Promise<void>;
  close(): Promise<void>;
};

type Result<M extends keyof EngineMethods> = Promise<EngineMethods[M]['result']>;

export function openAsks(session: Session): Asks {
  const { engine, start } = session;
  const exchange = openExchange(start.session);
  const scratch = openScratch(engine.writer);
  const cursors = openCursors(session, exchange, scratch);
  const exports = openExports(session);
  let files = 0;
  /** Notices of runs under way. */
  const told = new Map<string, Set<string>>();

  async function answer({ run, name, method, params }: AskRequest, context: RunContext): Promise<unknown> {
    if (!isMethod(method)) throw new Failed(failure('unsupported', `The engine has no call ${method.slice(0, 100)}.`));
    const say = (text: string): void => {
      // Of a query that is described before it is run, it would be said twice.
      if (method !== 'describe')
        context.emit({ type: 'output', run, output: { kind: 'text', stream: 'stderr', text } });
    };
    const check = async (query: Query): Promise<Checked> => {
      const checked = checkQuery(session, query, context.signal);
      await session.sheets.offer(checked.statement, checked.source);
      if (method === 'describe') return checked;
      // A loop asks for the same file again and again.
      const before = told.get(run) ?? new Set();
      for (const notice of await session.ragged.notices(checked.statement)) {
        if (!before.has(notice)) say(notice);
        told.set(run, before.add(notice));
      }
      return checked;
    };
    session.sheets.askAs(context, say);
    const watch: Watch = (connection, rows) => reportProgress(connection, run, context, rows);
    switch (method) {
      case 'describe':
        return describe(await check(parseParams.describe(params)));
      case 'show': {
        const given = parseParams.show(params);
        const query = await check(given);
        if (given.named && name !== undefined) await checkName(session, name);
        return show(run, query, given, context);
      }
      case 'read': {
        const { cursor, columns } = await cursors.open(run, await check(parseParams.read(params)), watch);
        return { cursor, columns: columns.map(shown) };
      }
      case 'fetch': {
        const { cursor, rows } = parseParams.fetch(params);
        return cursors.fetch(run, cursor, rows, context.signal, watch);
      }
      case 'close':
        await cursors.close(run, parseParams.close(params).cursor);
        return {};
      case 'write': {
        const { file, table } = parseParams.write(params);
        return scratch.append(run, await exchange.take(file), table);
      }
      case 'keep': {
        const query = await check(parseParams.keep(params));
        const table = scratch.name(run);
        return { table, rows: await watched(run, context, () => keep(table, query, false)) };
      }
      case 'save': {
        const given = parseParams.save(params);
        const query = await check(given);
        const table = saveAs(given.name, name);
        return { rows: await watched(run, context, () => keep(table, query, true)) };
      }
      case 'names':
        return { names: await namesAmong(session, parseParams.names(params).names) };
      case 'export':
        return watched(run, context, async () => ({
          names: await exports.write(parseParams.export(params).names, context.signal),
        }));
    }
  }

  async function describe(query: Checked): Result<'describe'> {
    return explained(query, async () => {
      const statement = await prepareBound(engine.main, query.text, query.values);
      try {
        refuseChange(statement);
        const columns = await columnsOfPrepared(engine.main, statement, query.text, query.values);
        return { columns: columns.map(shown) };
      } finally {
        duckdb.destroy_prepare_sync(statement);
      }
    });
  }

  const keep = (table: string, query: Checked, replace: boolean): Promise<number> =>
    explained(query, (progress) => keepRows(engine.main, table, query, progress, replace));

  async function show(
    run: string,
    query: Checked,
    { table, named, hidden, limit }: EngineMethods['show']['params'],
    context: RunContext,
  ): Result<'show'> {
    let count = 0;
    const stop = reportProgress(engine.main, run, context, () => count);
    try {
      return await explained(query, async (progress) => {
        const prepared = await prepareStatement(engine.main, query.statement, query.values);
        progress.prefix = prepared.prefix;
        try {
          refuseChange(prepared.statement);
          const result = await duckdb.execute_prepared_streaming(prepared.statement);
          const columns = resultColumns(result, prepared) ?? [];
          if (columns.length > MAX_COLUMNS) throw tooWide(columns.length);
          files += 1;
          return await sendTable(
            {
              columns,
              numbered: prepared.numbered,
              async next() {
                const chunk = await nextChunk(result);
                progress.rows += chunk ? duckdb.data_chunk_get_size(chunk) : 0;
                if (limit !== undefined && progress.rows > limit) throw await tooLarge(result, progress.rows, limit);
                return chunk;
              },
            },
            {
              run,
              table,
              named: named === true,
              hidden: hidden === true,
              timeZone: start.timeZone,
              writer: engine.writer,
              path: join(start.out, `${run.replaceAll(/[^\w-]/g, '_')}-${table}-${files}.duckdb`),
              emit: context.emit,
              counted: (rows) => {
                count = rows;
              },
            },
          );
        } finally {
          duckdb.destroy_prepare_sync(prepared.statement);
        }
      });
    } finally {
      stop();
    }
  }

  /** The table to make; refused where a paragraph has its name, or the asking one is to get it. */
  function saveAs(name: string, own: string | undefined): string {
    if (name === '' || name.length > MAX_NAME || /\p{Cc}/u.test(name)) {
      throw new Failed(failure('name-unfit', `“${name.slice(0, 100)}” can’t be the name of a table.`));
    }
    const names = [...session.named.offered().map((one) => one.name), ...(own === undefined ? [] : [own])];
    const owner = names.find((one) => one.toLowerCase() === name.toLowerCase());
    if (owner !== undefined) {
      throw new Failed(
        failure('name-taken', `A paragraph’s result has the name ${owner}.`, {
          hint: 'Save it under another name, or rename that paragraph.',
        }),
      );
    }
    return [SESSION_CATALOG, 'main', name].map(quoteName).join('.');
  }

  async function watched<T>(run: string, context: RunContext, work: () => Promise<T>): Promise<T> {
    const stop = reportProgress(engine.main, run, context, () => 0);
    try {
      return await work();
    } finally {
      stop();
    }
  }

  return {
    async ask(request, context) {
      const stop = interruptOnAbort(context.signal, [engine.main, engine.writer]);
      try {
        await session.named.update(request.tables);
        session.sheets.askAs(context, () => undefined);
        return await answer(request, context);
      } finally {
        stop();
      }
    },
    async texts({ run, tables, ...asked }, context) {
      const stop = interruptOnAbort(context.signal, [engine.main, engine.writer]);
      try {
        await session.named.update(tables);
        session.sheets.askAs(context, () => undefined);
        const query = checkQuery(session, asked, context.signal);
        await session.sheets.offer(query.statement, query.source);
        return await watched(run, context, () => explained(query, () => readTexts(engine.main, query.text)));
      } finally {
        stop();
      }
    },
    async release(run) {
      told.delete(run);
      await cursors.release(run);
      await scratch.release(run);
      await exchange.clear(run);
    },
    close: cursors.end,
  };
}

/** Characters of a table's name: what people read in a list. */
const MAX_NAME = 128;

const shown = ({ name, type }: ArrowColumn): Column => ({ name, type: type.sql });

const tooWide = (columns: number): Failed =>
  new Failed(failure('too-wide', `The result has ${columns} columns; a table shows up to ${MAX_COLUMNS}.`));

/** The rows that are left are counted, for a while. */
async function tooLarge(result: Parameters<typeof nextChunk>[0], rows: number, limit: number): Promise<Failed> {
  const until = performance.now() + COUNT_MS;
  let count = rows;
  let whole = false;
  while (!whole && performance.now() < until) {
    const chunk = await nextChunk(result);
    whole = chunk === undefined;
    count += chunk ? duckdb.data_chunk_get_size(chunk) : 0;
  }
  const many = `${whole ? '' : 'more than '}${count.toLocaleString('en-US')}`;
  return new Failed(
    failure('too-large', `There are ${many} rows; at most ${limit.toLocaleString('en-US')} can be taken here.`),
  );
}
