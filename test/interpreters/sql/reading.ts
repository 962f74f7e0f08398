/** Reading what the sql interpreter sent: blocks as the page decodes them, files as the reader opens them. */
import duckdb from '@duckdb/node-bindings';
import { tableFromIPC } from '@uwdata/flechette';
import { readTexts } from '../../../interpreters/sql/database.ts';
import type { Finished, TableEvent } from '../harness.ts';

/** Rows of a block as arrays, by position: names may repeat. */
export function blockRows(table: TableEvent | undefined): unknown[][] {
  if (table?.block === undefined) throw new Error('the table came without a block');
  const decoded = tableFromIPC(new Uint8Array(Buffer.from(table.block, 'base64')), { useBigInt: true });
  return Array.from({ length: decoded.numRows }, (_, row) =>
    Array.from({ length: decoded.numCols }, (_, column) => decoded.getChildAt(column).at(row)),
  );
}

export const tableEvents = (finished: Finished): TableEvent[] =>
  finished.events.filter((event): event is TableEvent => event.type === 'table');

/** Rows of a query on a result file as text; the file is `r`. */
export async function fileTexts(file: string | undefined, query: string): Promise<(string | null)[][]> {
  if (file === undefined) throw new Error('the table came without a file');
  const database = await duckdb.open(':memory:');
  const connection = await duckdb.connect(database);
  try {
    await duckdb.query(connection, `attach '${file}' as r (read_only)`);
    return await readTexts(connection, query);
  } finally {
    duckdb.disconnect_sync(connection);
    duckdb.close_sync(database);
  }
}
