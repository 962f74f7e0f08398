/**
 * `gondola.db`: people, roles, links, tokens, audit, and what jobs will keep. SQLite with a write-ahead log and a sync at
 * each commit: what was answered is on disk. The file is made by the first write, so that a workspace nobody signed in to
 * has none. An older schema is brought up to date, a newer one is read and never written. Calls are synchronous: rows are
 * few and small, and a decision about a door may not be taken while another one changes it.
 */
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { steps } from './schema.ts';

/** Two processes write (`gondola user` beside a server): one waits for the other's commit so long. */
const BUSY_MS = 2_000;

export type Row = Readonly<Record<string, unknown>>;

export type DatabaseState =
  /** There is no file yet: it reads as empty, and the first write makes it. */
  | { readonly state: 'absent' }
  | { readonly state: 'open' }
  | { readonly state: 'read-only'; readonly why: string }
  /** It cannot be read: nothing in it may be believed. */
  | { readonly state: 'damaged'; readonly why: string };

export interface Database {
  /** Opens the file if it is there. */
  state(): DatabaseState;
  /** Throws DatabaseError. No rows where there is no file. */
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[];
  /** All that `work` reads is of one moment. Throws DatabaseError. */
  read<T>(work: () => T): T;
  /** All of `work` or nothing of it is kept; on disk when it returns. Throws DatabaseError. */
  write<T>(work: (run: (sql: string, ...values: readonly SQLInputValue[]) => void) => T): T;
  /** Another number once another process has committed. */
  version(): number;
  close(): void;
}

export type DatabaseTrouble = 'damaged' | 'read-only' | 'failed';

export class DatabaseError extends Error {
  readonly code: DatabaseTrouble;
  constructor(code: DatabaseTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

type Open = { readonly connection: DatabaseSync; readonly prepared: Map<string, StatementSync>; readonly why?: string };

export function openDatabase(path: string, schema: readonly string[] = steps): Database {
  let open: Open | undefined;
  let damage: DatabaseError | undefined;
  let closed = false;

  /** Undefined where there is no file, and none is to be made. */
  function opened(make: boolean): Open | undefined {
    if (damage) throw damage;
    if (open || closed) return open;
    if (!make && !existsSync(path)) return undefined;
    try {
      open = connect(path, schema);
      return open;
    } catch (cause) {
      const error = errorOf(cause, path);
      if (error.code === 'damaged') damage = error;
      throw error;
    }
  }

  function guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      if (!isSqlite(cause)) throw cause;
      const error = errorOf(cause, path);
      if (error.code === 'damaged') damage = error;
      throw error;
    }
  }

  return {
    state() {
      try {
        const now = opened(false);
        if (!now) return { state: 'absent' };
        return now.why === undefined ? { state: 'open' } : { state: 'read-only', why: now.why };
      } catch (error) {
        return { state: 'damaged', why: error instanceof Error ? error.message : String(error) };
      }
    },
    all(sql, ...values) {
      const now = opened(false);
      return now ? guarded(() => statement(now, sql).all(...values)) : [];
    },
    read(work) {
      const now = opened(false);
      if (!now || now.connection.isTransaction) return work();
      return guarded(() => {
        now.connection.exec('begin');
        try {
          return work();
        } finally {
          if (now.connection.isTransaction) now.connection.exec('commit');
        }
      });
    },
    write(work) {
      const now = opened(true);
      if (!now) throw new DatabaseError('failed', 'the database is closed');
      if (now.why !== undefined) throw new DatabaseError('read-only', now.why);
      return guarded(() => {
        now.connection.exec('begin immediate');
        try {
          const result = work((sql, ...values) => void statement(now, sql).run(...values));
          now.connection.exec('commit');
          return result;
        } catch (error) {
          if (now.connection.isTransaction) now.connection.exec('rollback');
          throw error;
        }
      });
    },
    version() {
      const now = opened(false);
      if (!now) return 0;
      return guarded(() => Number(statement(now, 'pragma data_version').get()?.data_version));
    },
    close() {
      closed = true;
      open?.connection.close();
      open = undefined;
    },
  };
}

function connect(path: string, schema: readonly string[]): Open {
  mkdirSync(dirname(path), { recursive: true });
  // Its log and index take over the mode of the file.
  closeSync(openSync(path, 'a', 0o600));
  // Loaded here: most starts need no database.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const connection = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    connection.exec('pragma journal_mode = wal; pragma synchronous = full; pragma trusted_schema = off');
    const why = migrate(connection, schema);
    return { connection, prepared: new Map(), ...(why === undefined ? {} : { why }) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Why it may only be read; undefined once it is of this version. */
function migrate(connection: DatabaseSync, schema: readonly string[]): string | undefined {
  const version = (): number => Number(connection.prepare('pragma user_version').get()?.user_version);
  if (version() === schema.length) return undefined;
  connection.exec('begin immediate');
  try {
    // Another process may have done it while this one waited.
    const from = version();
    for (const step of schema.slice(from)) connection.exec(step);
    if (from < schema.length) connection.exec(`pragma user_version = ${schema.length}`);
    connection.exec('commit');
    return from > schema.length ? `it is of version ${from}, and this Gondola knows ${schema.length}` : undefined;
  } catch (error) {
    if (connection.isTransaction) connection.exec('rollback');
    throw error;
  }
}

function statement({ connection, prepared }: Open, sql: string): StatementSync {
  const known = prepared.get(sql) ?? connection.prepare(sql);
  prepared.set(sql, known);
  return known;
}

const isSqlite = (cause: unknown): cause is Error & { readonly errcode: number } =>
  cause instanceof Error && 'errcode' in cause && typeof cause.errcode === 'number';

/** SQLITE_CORRUPT, SQLITE_NOTADB, and SQLITE_ERROR of a schema that lacks a table. */
const DAMAGED: ReadonlySet<number> = new Set([11, 26]);

function errorOf(cause: unknown, path: string): DatabaseError {
  if (cause instanceof DatabaseError) return cause;
  const message = `${path}: ${cause instanceof Error ? cause.message : String(cause)}`;
  const damaged =
    isSqlite(cause) && (DAMAGED.has(cause.errcode & 255) || /^no such (table|column)/.test(cause.message));
  return new DatabaseError(damaged ? 'damaged' : 'failed', message, { cause });
}
