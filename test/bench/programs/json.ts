/** The reference of P7: runs the query, makes row objects, sends them as JSON. Prints its address. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DuckDBInstance } from '@duckdb/node-api';

const sql = process.argv[2]!;
const connection = await (await DuckDBInstance.create()).connect();
const server = createServer(async (request, response) => {
  if (request.url === '/page') {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>rows</title>');
    return;
  }
  const reader = await connection.runAndReadAll(sql);
  response.setHeader('content-type', 'application/json').end(JSON.stringify(reader.getRowObjectsJson()));
});
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);
