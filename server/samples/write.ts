/**
 * Writes an API log to disk: raw JSON lines, eight gzipped files one after the other in time, or Parquet. A file
 * gets its name when it is whole, so that nobody reads half a log; beside it `NAME.expected.json` says what was planted.
 */
import { once } from 'node:events';
import {
  closeSync,
  createWriteStream,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGzip, type Gzip } from 'node:zlib';
import { type ApiLog, apiLog, type Expected } from './api-log.ts';

export const FORMATS = ['jsonl', 'gz', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

export type Made = { readonly files: readonly string[]; readonly expected: Expected };

/** Files that a day is rotated into: readers that take a file a thread have something to share. */
const PARTS = 8;

/** What each field is. A type found by looking would be wrong for `ts`: the first has no fraction. */
export const COLUMNS =
  "{ts: 'TIMESTAMP', method: 'VARCHAR', path: 'VARCHAR', status: 'SMALLINT', latency_ms: 'INTEGER', client: 'VARCHAR', user_agent: 'VARCHAR', trace: 'VARCHAR', body: 'JSON'}";

export type WriteOptions = {
  readonly rows: number;
  readonly seed?: number;
  readonly folder: string;
  /** Without ending. */
  readonly name: string;
  readonly format: Format;
};

/** Other work of the process goes on between the chunks. */
export async function writeApiLog(options: WriteOptions): Promise<Made> {
  mkdirSync(options.folder, { recursive: true });
  const log = apiLog(options);
  const files = await FILES[options.format](log, join(options.folder, options.name), options.rows);
  return { files, expected: noteExpected(log, options) };
}

/** Raw lines, without a turn for anything else. */
export function writeApiLogNow(options: Omit<WriteOptions, 'format'>): Made {
  mkdirSync(options.folder, { recursive: true });
  const log = apiLog(options);
  const file = `${join(options.folder, options.name)}.jsonl`;
  const partial = partialOf(file);
  const descriptor = openSync(partial, 'w');
  for (const chunk of log.chunks) writeWhole(descriptor, chunk);
  closeSync(descriptor);
  renameSync(partial, file);
  return { files: [file], expected: noteExpected(log, options) };
}

const FILES: Readonly<Record<Format, (log: ApiLog, base: string, rows: number) => Promise<readonly string[]>>> = {
  async jsonl(log, base) {
    const file = `${base}.jsonl`;
    const partial = partialOf(file);
    const descriptor = openSync(partial, 'w');
    try {
      for (const chunk of log.chunks) {
        writeWhole(descriptor, chunk);
        await nextTurn();
      }
    } finally {
      closeSync(descriptor);
    }
    renameSync(partial, file);
    return [file];
  },
  async gz(log, base, rows) {
    const files: string[] = [];
    const written: Promise<unknown>[] = [];
    let gzip: Gzip | undefined;
    let done = 0;
    for (const chunk of log.chunks) {
      if (!gzip || (files.length < PARTS && done >= (files.length * rows) / PARTS)) {
        gzip?.end();
        gzip = createGzip();
        const file = `${base}-${files.length + 1}.jsonl.gz`;
        written.push(once(gzip.pipe(createWriteStream(partialOf(file))), 'close'));
        files.push(file);
      }
      done += linesIn(chunk);
      if (!gzip.write(chunk)) await once(gzip, 'drain');
    }
    gzip?.end();
    await Promise.all(written);
    for (const file of files) renameSync(partialOf(file), file);
    return files;
  },
  async parquet(log, base) {
    const lines = `${base}.part.jsonl`;
    const file = `${base}.parquet`;
    const descriptor = openSync(lines, 'w');
    for (const chunk of log.chunks) writeWhole(descriptor, chunk);
    closeSync(descriptor);
    // Loaded on use: the server itself needs no engine in its process.
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const engine = await DuckDBInstance.create(':memory:');
    const connection = await engine.connect();
    const [from, to] = [lines, partialOf(file)].map((path) => `'${path.replaceAll("'", "''")}'`);
    await connection.run(
      `copy (from read_json(${from}, format = 'newline_delimited', columns = ${COLUMNS})) to ${to} (format parquet)`,
    );
    connection.closeSync();
    engine.closeSync();
    rmSync(lines);
    renameSync(partialOf(file), file);
    return [file];
  },
};

const partialOf = (file: string): string => join(dirname(file), `.${basename(file)}.part`);

function linesIn(chunk: string): number {
  let lines = 0;
  for (let at = chunk.indexOf('\n'); at !== -1; at = chunk.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

function noteExpected(log: ApiLog, { folder, name }: Pick<WriteOptions, 'folder' | 'name'>): Expected {
  const expected = log.expected();
  writeFileSync(join(folder, `${name}.expected.json`), `${JSON.stringify(expected)}\n`);
  return expected;
}
