/**
 * Tables of a headless run, read through the results reader as the API reads them: the first rows for reports, and each named
 * result as a file. A file appears whole or not at all: it is written beside its place and renamed.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ResultId } from '../protocol/ids.ts';
import { uniqueNames } from '../protocol/names.ts';
import type { Results } from '../results/contract.ts';
import type { TableFormat } from './job.ts';

type Window = Pick<Results, 'window'>;
export type Row = Readonly<Record<string, unknown>>;

/** The first `limit` rows, as `format=json` of the API has them. */
export async function firstRows(
  results: Window,
  id: ResultId,
  limit: number,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const { body } = await results.window(id, { offset: 0, limit, sort: [], format: 'json' }, signal);
  const parts: Uint8Array[] = [];
  if (body instanceof Readable) for await (const part of body) parts.push(part);
  else parts.push(body);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

/** Written as a file: `rows` and where. */
export type Written = { readonly name: string; readonly file: string };

/** Each of the tables as `folder/NAME.FORMAT`. Rejects with what the disk or the reader said; files before stay. */
export async function* writeTables(
  tables: readonly { readonly name: string; readonly result: ResultId }[],
  to: { readonly folder: string; readonly format: TableFormat },
  results: Window,
  signal: AbortSignal,
): AsyncGenerator<Written> {
  await mkdir(to.folder, { recursive: true });
  const names = fileNames(tables.map(({ name }) => name));
  for (const [index, { name, result }] of tables.entries()) {
    const file = join(to.folder, `${names[index]}.${to.format}`);
    const { body } = await results.window(result, { offset: 0, sort: [], format: to.format }, signal);
    await writeWhole(file, body instanceof Readable ? body : [body], signal);
    yield { name, file };
  }
}

/** Readers of `file` see what was there before, or all of this. */
export async function writeWhole(
  file: string,
  content: Readable | Iterable<Uint8Array | string>,
  signal: AbortSignal,
): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    // Never through a link that lies there.
    await rm(temporary, { force: true });
    const source = content instanceof Readable ? content : Readable.from(content);
    await pipeline(source, createWriteStream(temporary, { flags: 'wx', flush: true }), { signal });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;
/** Bytes; room is left for endings on every usual file system. */
const LONGEST_NAME = 200;

/** Names of tables as names of files that every system can have; no two are the same where case folds. */
export function fileNames(names: readonly string[]): readonly string[] {
  const safe = names.map((name) => {
    let kept = name
      .normalize('NFC')
      .toWellFormed()
      .replace(/[^\p{L}\p{N}\p{M}_ .-]/gu, '_')
      .replace(/^[. ]+|[. ]+$/g, '_');
    while (Buffer.byteLength(kept) > LONGEST_NAME) kept = [...kept].slice(0, -1).join('');
    return kept === '' || RESERVED.test(kept) ? `_${kept}` : kept;
  });
  return uniqueNames(safe);
}
