/** The bare loop of P4: a JSON line with `sql` in, its rows as a JSON line out. */
import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create()).connect();
for await (const line of createInterface({ input: process.stdin })) {
  const { sql } = JSON.parse(line) as { sql: string };
  const reader = await connection.runAndReadAll(sql);
  process.stdout.write(`${JSON.stringify(reader.getRowsJson())}\n`);
}
