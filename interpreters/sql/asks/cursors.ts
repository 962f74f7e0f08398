/**
 * Cursors: streams of rows that another program fetches piece by piece. A stream ends silently early when its connection is
 * used for anything else, so each has a connection of its own while it is open; those that ended are used again.
 */
import duckdb, { type Connection, type DataChunk, type PreparedStatement, type Result } from '@duckdb/node-bindings';
import { END_OF_STREAM, encodeBatch, encodeSchema, TooLarge } from '../../arrow/encode.ts';
import type { ArrowColumn } from '../../arrow/types.ts';
import { Failed, failure } from '../../errors.ts';
import { setSearchPath } from '../database.ts';
import type { Session } from '../session.ts';
import { prepareRows } from '../statement.ts';
import { nextChunk } from '../stream.ts';
import { interruptOnAbort } from '../watch.ts';
import type { Exchange } from './exchange.ts';
import { type Checked, explained, type Progress, refuseChange } from './query.ts';
import { keepRows, type Scratch } from './scratch.ts';

/** Open at once. Each holds what its query has under way: a sort of all rows, some of the blocks of a scan. */
export const MAX_CURSORS = 16;
/** Connections kept for the next cursor. */
const MAX_SPARE = 4;
/** Bytes of one fetch, about: few enough for both sides to hold, many enough that a file costs little beside its rows. */
export const FETCH_BYTES = 32 * 2 ** 20;

type Cursor = {
  readonly run: string;
  readonly query: Checked;
  readonly connection: Connection;
  readonly statement: PreparedStatement;
  readonly prefix: number;
  readonly columns: readonly ArrowColumn[];
  readonly result: Result;
  /** A table of our own that holds the rows. */
  readonly table?: string;
  /** The chunk that is under way, and its first row that was not fetched. */
  chunk: Promise<DataChunk | undefined>;
  from: number;
  rows: number;
};

export type Watch = (connection: Connection, rows: () => number) => () => void;

export type Cursors = {
  /** `watch` tells how far a connection is, until what it returns is called. */
  open(
    run: string,
    query: Checked,
    watch: Watch,
  ): Promise<{ readonly cursor: number; readonly columns: readonly ArrowColumn[] }>;
  fetch(
    run: string,
    cursor: number,
    rows: number,
    signal: AbortSignal,
    watch: Watch,
  ): Promise<{ readonly file?: string; readonly rows: number; readonly done: boolean }>;
  close(run: string, cursor: number): Promise<void>;
  release(run: string): Promise<void>;
  /** Before the database is closed. */
  end(): Promise<void>;
};

export function openCursors(session: Session, exchange: Exchange, scratch: Scratch): Cursors {
  const { engine } = session;
  const cursors = new Map<number, Cursor>();
  const spare: Connection[] = [engine.reader];
  let last = 0;

  async function close(number: number, cursor: Cursor): Promise<void> {
    cursors.delete(number);
    duckdb.interrupt(cursor.connection);
    await cursor.chunk.catch(() => undefined);
    duckdb.destroy_prepare_sync(cursor.statement);
    await giveBack(cursor.connection);
    if (cursor.table !== undefined) await scratch.drop(cursor.run, cursor.table);
  }

  async function take(): Promise<Connection> {
    const connection = spare.pop() ?? (await duckdb.connect(engine.database));
    await setSearchPath(connection, engine.path());
    return connection;
  }

  /** The next statement on it ends a stream that was not read to its end, and frees what that held. */
  async function giveBack(connection: Connection): Promise<void> {
    await setSearchPath(connection, engine.path()).catch(() => undefined);
    if (connection === engine.reader) spare.push(connection);
    else if (spare.length < MAX_SPARE) spare.unshift(connection);
    else duckdb.disconnect_sync(connection);
  }

  async function openOn(connection: Connection, run: string, query: Checked, progress: Progress) {
    const { text, values } = query;
    try {
      return await stream(await prepareRows(connection, text, values), progress);
    } catch (error) {
      if (error instanceof Failed || query.signal.aborted) throw error;
      // Either it reads a temporary table, which no other connection sees, or `main` says what is wrong, and where.
      const { statement } = await prepareRows(engine.main, text, values);
      duckdb.destroy_prepare_sync(statement);
    }
    const table = scratch.name(run);
    progress.prefix = 0;
    await keepRows(engine.main, table, query, progress);
    return { ...(await stream(await prepareRows(connection, `from ${table}`, []), progress)), table };
  }

  async function stream(prepared: Rows, progress: Progress) {
    progress.prefix = prepared.prefix;
    try {
      refuseChange(prepared.statement);
      return { ...prepared, result: await duckdb.execute_prepared_streaming(prepared.statement) };
    } catch (error) {
      duckdb.destroy_prepare_sync(prepared.statement);
      throw error;
    }
  }

  function found(run: string, number: number): Cursor {
    const cursor = cursors.get(number);
    if (cursor?.run === run) return cursor;
    throw new Failed(failure('rows-gone', `The rows of cursor ${number} are no longer there.`));
  }

  /** Batches of the next rows, beginning with the schema. */
  async function gather(cursor: Cursor, rows: number) {
    const parts = [encodeSchema(cursor.columns, { timeZone: session.start.timeZone })];
    let count = 0;
    let bytes = 0;
    let chunk = await cursor.chunk;
    while (chunk && count < rows && bytes < FETCH_BYTES) {
      const left = duckdb.data_chunk_get_size(chunk) - cursor.from;
      const wanted = Math.min(left, rows - count);
      const piece = encodeSome(cursor, chunk, wanted, count === 0 ? undefined : FETCH_BYTES - bytes);
      if (!piece) break;
      parts.push(piece.batch);
      bytes += piece.batch.length;
      count += piece.rows;
      cursor.from += piece.rows;
      cursor.rows += piece.rows;
      if (piece.rows < left) continue;
      cursor.from = 0;
      cursor.chunk = nextOf(cursor.result);
      chunk = await cursor.chunk;
    }
    return { parts: [...parts, END_OF_STREAM], count, done: chunk === undefined };
  }

  return {
    async open(run, query, watch) {
      if (cursors.size >= MAX_CURSORS) {
        throw new Failed(failure('too-many-cursors', `${MAX_CURSORS} queries are being read already.`));
      }
      const connection = await take();
      const stop = interruptOnAbort(query.signal, [connection]);
      const unwatch = watch(connection, () => 0);
      try {
        const opened = await explained(query, (progress) => openOn(connection, run, query, progress));
        last += 1;
        const chunk = nextOf(opened.result);
        cursors.set(last, { run, query, connection, ...opened, chunk, from: 0, rows: 0 });
        return { cursor: last, columns: opened.columns };
      } catch (error) {
        await giveBack(connection);
        throw error;
      } finally {
        stop();
        unwatch();
      }
    },
    async fetch(run, number, rows, signal, watch) {
      const cursor = found(run, number);
      const stop = interruptOnAbort(signal, [cursor.connection, engine.main]);
      const unwatch = watch(cursor.connection, () => cursor.rows);
      try {
        const { parts, count, done } = await explained({ ...cursor.query, signal }, (progress) => {
          progress.prefix = cursor.prefix;
          progress.rows = cursor.rows;
          return gather(cursor, Math.max(1, rows));
        });
        const file = count > 0 ? { file: await exchange.put(run, parts) } : {};
        if (done) await close(number, cursor);
        return { ...file, rows: count, done };
      } catch (error) {
        if (cursors.has(number)) await close(number, cursor);
        throw error;
      } finally {
        stop();
        unwatch();
      }
    },
    async close(run, number) {
      const cursor = cursors.get(number);
      // One that was read to its end is closed already.
      if (cursor?.run === run) await close(number, cursor);
    },
    async release(run) {
      for (const [number, cursor] of [...cursors]) if (cursor.run === run) await close(number, cursor);
    },
    async end() {
      for (const [number, cursor] of [...cursors]) await close(number, cursor);
      for (const connection of spare.splice(0)) if (connection !== engine.reader) duckdb.disconnect_sync(connection);
    },
  };
}

type Rows = Awaited<ReturnType<typeof prepareRows>>;

function nextOf(result: Result): Promise<DataChunk | undefined> {
  const chunk = nextChunk(result);
  // Met when it is awaited; until then it must not count as unhandled.
  chunk.catch(() => undefined);
  return chunk;
}

/** As many rows as fit; without a limit, or where not even one does, as few as are worth a file. */
function encodeSome(
  { columns, from }: Cursor,
  chunk: DataChunk,
  wanted: number,
  limit: number | undefined,
): { readonly batch: Uint8Array; readonly rows: number } | undefined {
  for (let rows = wanted; rows > 1; rows = Math.ceil(rows / 2)) {
    try {
      return { batch: encodeBatch(columns, chunk, { rows, from, limit: limit ?? FETCH_BYTES }), rows };
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      if (limit !== undefined) return undefined;
    }
  }
  try {
    return {
      batch: encodeBatch(columns, chunk, { rows: 1, from, ...(limit === undefined ? {} : { limit }) }),
      rows: 1,
    };
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}
