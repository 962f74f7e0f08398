/**
 * A large result on disk: a DuckDB database with one table `result` and its row number `__row`, appended chunk by chunk
 * on the writer connection, checkpointed and detached at the end. Each flush of the appender commits: nobody reads the
 * file before it is whole, and one transaction over all of it blocks this thread twice as long at a time. Where the
 * stream brought no row number (statements that can't be wrapped) one copy at the end adds it.
 */
import { rm } from 'node:fs/promises';
import duckdb, { type Appender, type Connection, type DataChunk } from '@duckdb/node-bindings';
import { uniqueNames } from '../arrow/load.ts';
import { quoteName, quoteText } from '../arrow/names.ts';
import type { ArrowColumn } from '../arrow/types.ts';

export const ROW_COLUMN = '__row';

/** Each column under way takes a block of 256 KB: with thousands of them that is more than a session has. */
const WIDE_COLUMNS = 500;
const SMALLEST_BLOCK = 16_384;

export type ResultFile = {
  readonly path: string;
  /** Takes all of the chunk's columns. Blocks for the copy, and now and then for a write. */
  append(chunk: DataChunk): void;
  /** Afterwards the file is whole and nobody has it open. */
  finish(): Promise<void>;
  /** Closes and removes it, whatever state it is in. */
  abandon(): Promise<void>;
};

/** `numbered`: the chunks carry the row number as their last column. `path` must not exist. */
export async function createResultFile(
  connection: Connection,
  path: string,
  columns: readonly ArrowColumn[],
  numbered: boolean,
): Promise<ResultFile> {
  const catalog = `file_${path.replaceAll(/\W/g, '_')}`;
  const run = (sql: string) => duckdb.query(connection, sql);
  const table = numbered ? 'result' : 'unnumbered';
  const names = uniqueNames(
    columns.map(({ name }) => name),
    [ROW_COLUMN],
  );
  const definitions = columns.map(({ type }, index) => `${quoteName(names[index]!)} ${type.sql}`);
  if (numbered) definitions.push(`${ROW_COLUMN} bigint`);

  const discard = async (): Promise<void> => {
    await run(`detach database if exists ${quoteName(catalog)}`).catch(() => undefined);
    await rm(path, { force: true });
    await rm(`${path}.wal`, { force: true });
  };

  const block = columns.length > WIDE_COLUMNS ? ` (block_size ${SMALLEST_BLOCK})` : '';
  await run(`attach ${quoteText(path)} as ${quoteName(catalog)}${block}`);
  let appender: Appender | undefined;
  try {
    await run(`create table ${quoteName(catalog)}.main.${table} (${definitions.join(', ')})`);
    appender = duckdb.appender_create_ext(connection, catalog, 'main', table);
  } catch (error) {
    await discard();
    throw error;
  }
  const close = (): void => {
    const open = appender;
    appender = undefined;
    if (open) duckdb.appender_close_sync(open);
  };

  return {
    path,
    append(chunk) {
      if (appender) duckdb.append_data_chunk(appender, chunk);
    },
    async finish() {
      close();
      if (!numbered) {
        const target = `${quoteName(catalog)}.main`;
        await run(
          `create table ${target}.result as select *, row_number() over () - 1 as ${ROW_COLUMN} from ${target}.unnumbered`,
        );
        await run(`drop table ${target}.unnumbered`);
      }
      await run(`checkpoint ${quoteName(catalog)}`);
      await run(`detach ${quoteName(catalog)}`);
    },
    async abandon() {
      try {
        close();
      } catch {
        // What it held could not be written: it is thrown away anyway.
      }
      await discard();
    },
  };
}
