/**
 * Results that the reader has at hand: files attached read-only, linked ones behind a view, small results loaded into memory.
 * Bounded; the longest unused goes first, never one in use. A file's table is taken only if it is a plain table, as a view would run
 * its text. A linked file is looked at before and after each use: no answer is whole that was made of bytes that changed.
 */
import { lstat } from 'node:fs/promises';
import { quoteText } from '../../../interpreters/arrow/names.ts';
import { columnsOfResult, type DuckType } from '../../../interpreters/arrow/types.ts';
import { type Condition, watchLinked } from '../linked.ts';
import { loadBlock } from './block.ts';
import type { Connection, Engine } from './engine.ts';
import { ReaderError } from './failure.ts';
import type { ReaderSource } from './protocol.ts';
import { HOUSE } from './turns.ts';

export type Table = {
  readonly key: string;
  /** Names this table within the reader's life; never used again for another. */
  readonly number: number;
  /** For `from`. */
  readonly sql: string;
  /** What `$1`, `$2`, … in `sql` stand for. */
  readonly values: readonly string[];
  /** In order, without `__row`; `name` is quoted. */
  readonly columns: readonly { readonly name: string; readonly type: DuckType }[];
};

export interface Tables {
  use<T>(
    source: ReaderSource,
    block: Uint8Array | undefined,
    signal: AbortSignal,
    work: (table: Table) => Promise<T>,
  ): Promise<T>;
  /** The table if it is at hand. */
  find(key: string): Table | undefined;
  release(key: string): Promise<void>;
}

/** Files at hand: each holds a descriptor and its metadata. */
const MAX_FILES = 32;
/** Blocks at hand: up to 1 MB each. */
const MAX_BLOCKS = 48;

type Look = () => Promise<Condition>;
type Held = {
  readonly kind: ReaderSource['kind'];
  readonly opening: Promise<Table>;
  /** Of a linked file. */
  readonly look?: Look;
  users: number;
  table?: Table;
  gone: boolean;
};

/** `forget` is called before a table goes, to drop what was made from it. */
export function openTables(engine: Engine, forget: (table: Table) => Promise<void>): Tables {
  const held = new Map<string, Held>();
  /** Going, by key: a file can't be attached again before it is detached. */
  const going = new Map<string, Promise<void>>();
  const never = new AbortController().signal;
  let count = 0;

  function open(source: ReaderSource, block: Uint8Array | undefined): Held {
    count += 1;
    const number = count;
    const look = source.kind === 'linked' ? watchLinked(source.path, source.linked) : undefined;
    const made: Held = {
      kind: source.kind,
      users: 0,
      gone: false,
      opening: Promise.resolve(going.get(source.key)).then(() =>
        engine.use('window', HOUSE, never, (connection) =>
          bring(connection, source, number, block ?? new Uint8Array(0), look),
        ),
      ),
      ...(look ? { look } : {}),
    };
    held.set(source.key, made);
    made.opening.then(
      (table) => {
        made.table = table;
      },
      () => {
        if (held.get(source.key) === made) held.delete(source.key);
      },
    );
    return made;
  }

  function close(key: string, one: Held): Promise<void> {
    if (held.get(key) === one) held.delete(key);
    const gone = letGo(one)
      .catch(() => {})
      .finally(() => {
        if (going.get(key) === gone) going.delete(key);
      });
    going.set(key, gone);
    return gone;
  }

  async function letGo(one: Held): Promise<void> {
    const table = await one.opening.catch(() => undefined);
    if (!table) return;
    await forget(table);
    engine.forget(NAMES[one.kind](table.number));
    await engine.use('window', HOUSE, never, (connection) => connection.run(GONE[one.kind](table.number)));
  }

  async function whileSame<T>(key: string, one: Held, work: () => Promise<T>): Promise<T> {
    const look = async (): Promise<void> => {
      const condition = (await one.look?.()) ?? 'same';
      if (condition === 'same') return;
      one.gone = true;
      if (held.get(key) === one) held.delete(key);
      refuse(condition, key);
    };
    await look();
    try {
      return await work();
    } finally {
      // In place of whatever came of it.
      await look();
    }
  }

  async function evict(): Promise<void> {
    for (const [isBlock, limit] of [[false, MAX_FILES] as const, [true, MAX_BLOCKS] as const]) {
      let over = [...held.values()].filter((one) => (one.kind === 'block') === isBlock).length - limit;
      for (const [key, one] of held) {
        if (over <= 0) break;
        if ((one.kind === 'block') !== isBlock || one.users > 0) continue;
        over -= 1;
        await close(key, one);
      }
    }
  }

  return {
    use: async (source, block, signal, work) => {
      if (source.kind === 'block' && !block && !held.has(source.key)) throw new ReaderError('block-needed', '');
      const one = held.get(source.key) ?? open(source, block);
      held.delete(source.key);
      held.set(source.key, one);
      one.users += 1;
      try {
        const table = await one.opening;
        if (signal.aborted) throw new ReaderError('cancelled', '');
        return await (one.look ? whileSame(source.key, one, () => work(table)) : work(table));
      } finally {
        one.users -= 1;
        if (one.gone && one.users === 0) await close(source.key, one);
        else if (held.size > MAX_FILES) void evict();
      }
    },
    find: (key) => held.get(key)?.table,
    release: async (key) => {
      const one = held.get(key);
      if (!one) return;
      one.gone = true;
      if (one.users === 0) await close(key, one);
      else held.delete(key);
    },
  };
}

/** How a table of each kind is called, and what lets go of it. */
const NAMES = {
  file: (number: number) => `f${number}`,
  linked: (number: number) => `l${number}`,
  block: (number: number) => `b${number}`,
} as const satisfies Record<ReaderSource['kind'], (number: number) => string>;
const GONE = {
  file: (number: number) => `detach ${NAMES.file(number)}`,
  linked: (number: number) => `drop view if exists ${NAMES.linked(number)}`,
  block: (number: number) => `drop table if exists ${NAMES.block(number)}`,
} as const satisfies Record<ReaderSource['kind'], (number: number) => string>;

async function bring(
  connection: Connection,
  source: ReaderSource,
  number: number,
  block: Uint8Array,
  look: Look | undefined,
): Promise<Table> {
  // Before the engine opens it: it is somebody else's by now.
  if (look) refuse(await look(), source.key);
  switch (source.kind) {
    case 'file':
      return attach(connection, source.key, number, source.path);
    case 'linked':
      return view(connection, source.key, number, source.path);
    case 'block':
      return load(connection, source.key, number, block);
  }
}

/** Rows in the order of the file, numbered so by the engine. */
async function view(connection: Connection, key: string, number: number, path: string): Promise<Table> {
  const name = `l${number}`;
  await connection.run(
    `create view ${name} as select *, file_row_number as __row from read_parquet(${quoteText(path)}, hive_partitioning = false)`,
  );
  return describe(connection, key, number, name);
}

function refuse(condition: Condition, key: string): void {
  if (condition !== 'same') throw new ReaderError(condition === 'gone' ? 'gone' : 'source-changed', key);
}

async function attach(connection: Connection, key: string, number: number, path: string): Promise<Table> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isFile()) throw new ReaderError('gone', path);
  const name = `f${number}`;
  await connection.run(`attach ${quoteText(path)} as ${name} (read_only, type duckdb)`);
  try {
    const tables = await connection.run(
      `select 1 from duckdb_tables() where database_name = '${name}' and schema_name = 'main' and table_name = 'result'`,
    );
    if ((await tables.getRows()).length !== 1) throw new ReaderError('unreadable', 'the file holds no table "result"');
    return await describe(connection, key, number, `${name}.main.result`);
  } catch (error) {
    await connection.run(`detach ${name}`).catch(() => {});
    throw error;
  }
}

async function load(connection: Connection, key: string, number: number, block: Uint8Array): Promise<Table> {
  const name = `b${number}`;
  await loadBlock(connection.connection, name, block);
  return describe(connection, key, number, name);
}

async function describe(connection: Connection, key: string, number: number, sql: string): Promise<Table> {
  const columns = columnsOfResult(await connection.run(`from ${sql} limit 0`));
  if (!columns.some((column) => column.name === '__row'))
    throw new ReaderError('unreadable', 'the table has no row number');
  return {
    key,
    number,
    sql,
    values: [],
    columns: columns
      .filter((column) => column.name !== '__row')
      .map(({ name, type }) => ({ name: `"${name.replaceAll('"', '""')}"`, type })),
  };
}
