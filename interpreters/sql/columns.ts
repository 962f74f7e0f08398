/** Columns of a table, view, file or query without running it: the engine prepares it and says what would come. */
import duckdb, { type Connection } from '@duckdb/node-bindings';
import { quoteText } from '../arrow/names.ts';
import { duckType } from '../arrow/types.ts';
import type { Column } from '../protocol.ts';
import type { DataFile } from './files.ts';

/** `from` is SQL that may stand behind FROM. Undefined when the engine can't tell. */
async function describe(connection: Connection, from: string, prefix = ''): Promise<readonly Column[] | undefined> {
  try {
    const prepared = await duckdb.prepare(connection, `${prefix}from ${from}`);
    const columns = Array.from({ length: duckdb.prepared_statement_column_count(prepared) }, (_, index) => ({
      name: duckdb.prepared_statement_column_name(prepared, index),
      type: duckType(duckdb.prepared_statement_column_logical_type(prepared, index)).sql,
    }));
    duckdb.destroy_prepare_sync(prepared);
    return columns;
  } catch {
    return undefined;
  }
}

export type Columns = {
  ofSource(connection: Connection, from: string, prefix?: string): Promise<readonly Column[] | undefined>;
  /** Remembered until the file changes: a CSV file is sniffed once. */
  ofFile(connection: Connection, file: DataFile): Promise<readonly Column[] | undefined>;
};

/** Files remembered; a data folder seldom holds more. */
const MAX_REMEMBERED = 1000;

export function createColumns(): Columns {
  const known = new Map<string, { modified: number; columns: readonly Column[] | undefined }>();
  return {
    ofSource: describe,
    async ofFile(connection, { path, modified }) {
      const before = known.get(path);
      if (before?.modified === modified) return before.columns;
      const columns = await describe(connection, quoteText(path));
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(path, { modified, columns });
      return columns;
    },
  };
}
