/** A results store over a temporary folder, with the real reader process, and result files as an engine writes them. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { tableFromIPC } from '@uwdata/flechette';
import { encodeStream } from '../../../interpreters/arrow/encode.ts';
import { uniqueNames } from '../../../interpreters/arrow/load.ts';
import { quoteName } from '../../../interpreters/arrow/names.ts';
import { columnsOfResult } from '../../../interpreters/arrow/types.ts';
import { type NotebookId, newId, type ParagraphId, type RunId } from '../../../server/protocol/ids.ts';
import { newResultId } from '../../../server/protocol/keys.ts';
import type { Column } from '../../../server/protocol/outputs.ts';
import { openReader, type Reader, realTimers } from '../../../server/results/client.ts';
import type { ResultOwner, Results, WindowQuery } from '../../../server/results/contract.ts';
import { openDownloads } from '../../../server/results/downloads.ts';
import { openResultFiles } from '../../../server/results/files.ts';
import {
  type ReaderProcess,
  type ReaderSettings,
  readerProgram,
  type SpawnReader,
  spawnPlainReader,
} from '../../../server/results/spawn.ts';
import { openResults } from '../../../server/results/store.ts';
import { openFiles } from '../../../server/storage/disk/files.ts';

export type Bench = {
  readonly root: string;
  readonly results: Results;
  readonly reader: Reader;
  /** Processes started so far, the latest last. */
  readonly readers: ReaderProcess[];
  readonly connection: DuckDBConnection;
  owner(paragraph?: string): ResultOwner;
  /** Runs `query` once into a result file in `out`, as the engine does. */
  write(query: string): Promise<{ file: string; columns: Column[]; rows: number }>;
  /** Keeps it too. */
  keep(query: string, owner?: ResultOwner): Promise<ResultOwner>;
  /** The whole of `query` as one block. */
  block(query: string): Promise<{ bytes: Uint8Array; columns: Column[]; rows: number }>;
  /** A store opened anew on the same folder, the old one closed. */
  reopen(budget?: { notebook: number; workspace: number }): Promise<Results>;
  close(): Promise<void>;
};

export const NOTEBOOK = 'notebook22' as NotebookId;
const GB = 2 ** 30;
const PROGRAM = readerProgram(new URL('../../../server/results/spawn.ts', import.meta.url).href);

export async function openBench(
  spawnWith = (settings: ReaderSettings): SpawnReader => spawnPlainReader(settings, PROGRAM),
): Promise<Bench> {
  const root = mkdtempSync(join(tmpdir(), 'gondola-results-'));
  chmodSync(root, 0o755);
  mkdirSync(join(root, 'out'));
  mkdirSync(join(root, 'notebooks'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const readers: ReaderProcess[] = [];
  const spawn = spawnWith({
    readable: join(root, 'notebooks'),
    temporary: join(root, 'temporary'),
    memory: GB,
    threads: 2,
    timeZone: 'UTC',
  });
  let files = 0;
  const start = (budget = { notebook: 2 * GB, workspace: 20 * GB }) => {
    const reader = openReader(async () => {
      const started = await spawn();
      readers.push(started);
      return started;
    });
    const disk = openFiles(root);
    const downloads = openDownloads({ folder: join(root, 'downloads'), timers: realTimers });
    const results = openResults({ disk, files: openResultFiles(root), reader, downloads, now: Date.now, budget });
    return { reader, results };
  };
  let current = start();
  const bench: Bench = {
    root,
    readers,
    connection,
    get results() {
      return current.results;
    },
    get reader() {
      return current.reader;
    },
    owner: (paragraph = 'p1') => ({
      notebook: NOTEBOOK,
      paragraph: paragraph as ParagraphId,
      run: newId<RunId>(),
      id: newResultId(NOTEBOOK),
    }),
    async write(query) {
      files += 1;
      const file = join(root, 'out', `t${files}.duckdb`);
      const columns = await describe(connection, query);
      await connection.run(`attach '${file}' as o${files}`);
      const names = uniqueNames(
        columns.map(({ name }) => name),
        ['__row'],
      );
      const list = names.map(quoteName).join(', ');
      await connection.run(
        `create table o${files}.result as select *, row_number() over () - 1 as __row from (${query}) t(${list})`,
      );
      const count = await connection.runAndReadAll(`select count(*)::integer from o${files}.result`);
      await connection.run(`detach o${files}`);
      return { file, columns, rows: Number(count.getRows()[0]![0]) };
    },
    async keep(query, owner = bench.owner()) {
      const { file, columns, rows } = await bench.write(query);
      await bench.results.keepFile(owner, columns, rows, file);
      return owner;
    },
    async block(query) {
      const result = await connection.run(query);
      const chunks = await result.fetchAllChunks();
      const columns = await describe(connection, query);
      const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
      return { bytes: encodeStream(chunks, columnsOfResult(result)), columns, rows };
    },
    async reopen(budget) {
      await current.results.close();
      current = start(budget);
      return current.results;
    },
    async close() {
      await current.results.close();
      connection.closeSync();
      instance.closeSync();
      rmSync(root, { recursive: true, force: true });
    },
  };
  return bench;
}

async function describe(connection: DuckDBConnection, query: string): Promise<Column[]> {
  const result = await connection.run(`${query} limit 0`);
  return columnsOfResult(result).map(({ name, type }) => ({ name, type: type.sql }));
}

export const never = new AbortController().signal;

export async function bytesOf(
  results: Results,
  id: ResultOwner['id'],
  query: Partial<WindowQuery>,
  signal: AbortSignal = never,
): Promise<Buffer> {
  const { body } = await results.window(id, { offset: 0, sort: [], format: 'arrow', ...query }, signal);
  if (body instanceof Uint8Array) return Buffer.from(body);
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

/** Rows of an Arrow window, each a list of values. */
export async function rowsOf(
  results: Results,
  id: ResultOwner['id'],
  query: Partial<WindowQuery>,
): Promise<unknown[][]> {
  const table = tableFromIPC(new Uint8Array(await bytesOf(results, id, query)), { useBigInt: true });
  const columns = Array.from({ length: table.numCols }, (_, index) => table.getChildAt(index)!.toArray());
  return Array.from({ length: table.numRows }, (_, row) => columns.map((column) => column[row]));
}
