/**
 * Writes an API log to disk: raw JSON lines, eight gzipped files as eight gateways would deliver them, or Parquet. A file
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
import { createGzip } from 'node:zlib';
import { type ApiLog, apiLog, type Expected } from './api-log.ts';

export const FORMATS = ['jsonl', 'gz', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

export type Made = { readonly files: readonly string[]; readonly expected: Expected };

/** As many as two cores keep busy, and a reader that takes a file a thread. */
const GATEWAYS = 8;

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
  const files = await FILES[options.format](log, join(options.folder, options.name));
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

const FILES: Readonly<Record<Format, (log: ApiLog, base: string) => Promise<readonly string[]>>> = {
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
  async gz(log, base) {
    const files = Array.from({ length: GATEWAYS }, (_, index) => `${base}-${index + 1}.jsonl.gz`);
    const streams = files.map((file) => {
      const gzip = createGzip();
      const written = gzip.pipe(createWriteStream(partialOf(file)));
      return { gzip, closed: once(written, 'close') };
    });
    let turn = 0;
    for (const chunk of log.chunks) {
      const { gzip } = streams[turn % GATEWAYS]!;
      turn += 1;
      if (!gzip.write(chunk)) await once(gzip, 'drain');
    }
    for (const { gzip } of streams) gzip.end();
    for (const { closed } of streams) await closed;
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

function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

function noteExpected(log: ApiLog, { folder, name }: Pick<WriteOptions, 'folder' | 'name'>): Expected {
  const expected = log.expected();
  writeFileSync(join(folder, `${name}.expected.json`), `${JSON.stringify(expected)}\n`);
  return expected;
}
