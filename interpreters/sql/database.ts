/**
 * The engine's side of a session: the database `session.duckdb` in the session folder and the in-memory database `named`
 * beside it, five connections, all set up before the configuration is locked (progress can't be set afterwards).
 *
 *   main   what people wrote; interrupted by a cancel
 *   writer appends results while `main` streams: on the stream's own connection the stream would end silently early
 *   meta   named tables, completion, lists
 *   reader the first cursor of other programs, whose progress is told
 *   checker texts that are being written: prepared, never run
 *
 * What other programs ask runs on `main` as well, and further cursors on connections of their own (`asks/cursors.ts`). The
 * in-memory database `SCRATCH_CATALOG` holds their scratch tables: past the memory limit the engine moves its blocks to
 * `spill/`, and nothing of it outlives the process.
 */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import duckdb, { type Connection, type Database } from '@duckdb/node-bindings';
import { quoteName, quoteText } from '../arrow/names.ts';
import { stringTexts as textsOf } from '../arrow/strings.ts';
import type { StartRequest } from '../protocol.ts';

const SPILL = 'spill';
export const SESSION_FILE = 'session.duckdb';
/** The catalog of the session's own tables: the engine names it after the file. */
export const SESSION_CATALOG = 'session';
export const NAMED_CATALOG = 'named';
/** Named so that nobody's own database or schema is. */
export const SCRATCH_CATALOG = 'gondola_scratch';
export const SEARCH_PATH = `${SESSION_CATALOG},${NAMED_CATALOG}`;

export type Engine = {
  readonly database: Database;
  readonly main: Connection;
  readonly writer: Connection;
  readonly meta: Connection;
  readonly reader: Connection;
  readonly checker: Connection;
  /** The session database was made by this process: nothing of an earlier one is in it. */
  readonly fresh: boolean;
  /** Where statements look for names. */
  path(): string;
  setPath(path: string): Promise<void>;
  close(): void;
};

/** Each connection's own settings. */
const CONNECTION_SETTINGS = [
  'set errors_as_json = true',
  'set enable_progress_bar = true',
  'set enable_progress_bar_print = false',
  'set progress_bar_time = 0',
];

export async function openEngine(start: StartRequest): Promise<Engine> {
  const config = duckdb.create_config();
  duckdb.set_config(config, 'threads', String(start.threads));
  duckdb.set_config(config, 'memory_limit', `${Math.floor(start.memory / 1024)}KiB`);
  const fresh = await refuseOdd(join(start.session, SESSION_FILE));
  const database = await duckdb.open(join(start.session, SESSION_FILE), config);
  const connections: Connection[] = [];
  try {
    // Left by a process that was killed: only one at a time has the database.
    await rm(join(start.session, SPILL), { recursive: true, force: true });
    for (let index = 0; index < 5; index += 1) connections.push(await duckdb.connect(database));
    type Five = [Connection, Connection, Connection, Connection, Connection];
    const [main, writer, meta, reader, checker] = connections as Five;
    for (const connection of [writer, meta, reader, checker])
      await duckdb.query(connection, CONNECTION_SETTINGS.join(';'));
    const settings = [...CONNECTION_SETTINGS, ...databaseSettings(start)];
    await duckdb.query(main, settings.join(';'));
    let path = '';
    const setPath = async (wanted: string): Promise<void> => {
      for (const connection of [main, meta]) await setSearchPath(connection, wanted);
      path = wanted;
    };
    await setPath(SEARCH_PATH);
    await duckdb.query(main, 'set lock_configuration = true');
    return {
      ...{ database, main, writer, meta, reader, checker, fresh },
      ...{ path: () => path, setPath, close: () => closeAll(connections, database) },
    };
  } catch (error) {
    closeAll(connections, database);
    throw error;
  }
}

/** Code of the notebook can put a pipe there, whose opening would wait for ever. Whether nothing is there yet. */
async function refuseOdd(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  if (stats && !stats.isFile()) throw new Error(`${SESSION_FILE} is no plain file.`);
  return stats === undefined;
}

function databaseSettings(start: StartRequest): string[] {
  const folders = [start.session, start.out, ...start.readable, ...(start.writable ?? [])];
  return [
    `attach ':memory:' as ${quoteName(NAMED_CATALOG)}`,
    `attach ':memory:' as ${quoteName(SCRATCH_CATALOG)}`,
    `set TimeZone = ${quoteText(start.timeZone)}`,
    `set temp_directory = ${quoteText(join(start.session, SPILL))}`,
    `set allowed_directories = [${folders.map((folder) => quoteText(`${folder}/`)).join(', ')}]`,
    'set autoinstall_known_extensions = false',
    'set autoload_known_extensions = false',
    'set allow_community_extensions = false',
    'set enable_external_access = false',
    // Else what a query frees stays with the process until the next one, and counts as its memory.
    'set allocator_background_threads = true',
  ];
}

export async function setSearchPath(connection: Connection, path: string): Promise<void> {
  await duckdb.query(connection, `set search_path = ${quoteText(path)}`);
}

/** USE and SET search_path would hide the named results; completion looks where statements look. */
export async function keepNamedOnPath(engine: Engine): Promise<void> {
  const [row] = await readTexts(engine.main, "select current_setting('search_path')");
  const parts = (row?.[0] ?? '').split(',').filter((part) => part !== '');
  const named = parts.some((part) => part === NAMED_CATALOG || part === `${NAMED_CATALOG}.main`);
  const path = [...(parts.length > 0 ? parts : [SESSION_CATALOG]), ...(named ? [] : [NAMED_CATALOG])].join(',');
  await engine.setPath(path);
}

function closeAll(connections: readonly Connection[], database: Database): void {
  for (const connection of connections) duckdb.disconnect_sync(connection);
  duckdb.close_sync(database);
}

/** All rows of a small query, each value as text; for our own lists. */
export async function readTexts(connection: Connection, sql: string): Promise<(string | null)[][]> {
  const result = await duckdb.query(connection, `select columns(*)::varchar from (${sql})`);
  const width = duckdb.column_count(result);
  const rows: (string | null)[][] = [];
  for (;;) {
    const chunk = await duckdb.fetch_chunk(result);
    const size = chunk ? duckdb.data_chunk_get_size(chunk) : 0;
    if (!chunk || size === 0) return rows;
    const columns = Array.from({ length: width }, (_, index) =>
      textsOf(duckdb.data_chunk_get_vector(chunk, index), size),
    );
    for (let row = 0; row < size; row += 1) rows.push(columns.map((column) => column[row] ?? null));
  }
}
