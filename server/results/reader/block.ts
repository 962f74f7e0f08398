/** A small result's Arrow block as a table in memory, with the row number that files have. */
import { type DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { decodeStream, describeStream } from '../../../interpreters/arrow/load.ts';
import { ReaderError } from './failure.ts';

export async function loadBlock(connection: DuckDBConnection, table: string, block: Uint8Array): Promise<void> {
  const staged = `staged_${table}`;
  const { fields } = describeStream(block);
  const columns = fields.map((field, index) => `c${index} ${field.type}`);
  const statements = await connection.extractStatements(`create table ${staged} (${columns.join(', ')})`);
  if (statements.count !== 1) throw new ReaderError('unreadable', 'a column of the block has no proper type');
  await (await statements.prepare(0)).run();
  try {
    const empty = await connection.run(`from ${staged} limit 0`);
    const types = fields.map((_, index) => empty.columnLogicalType(index).logical_type);
    const appender = await connection.createAppender(staged);
    for (const chunk of decodeStream(block, types)) appender.appendDataChunk(new DuckDBDataChunk(chunk));
    appender.closeSync();
    await connection.run(`create table ${table} as select *, row_number() over () - 1 as __row from ${staged}`);
  } finally {
    await connection.run(`drop table ${staged}`);
  }
}
