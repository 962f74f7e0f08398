/**
 * The zip archive that a spreadsheet is: its parts by name, whole or as a stream, each with a budget of unfolded bytes. What
 * an archive says of its sizes is checked while it is read.
 */
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { Failed } from '../errors.ts';
import { MAX_ENTRIES, MAX_PART_BYTES, MAX_RATIO, MAX_STREAM_BYTES, RATIO_FROM } from './limits.ts';
import { tooLarge, unreadable } from './trouble.ts';

export type Archive = {
  has(name: string): boolean;
  /** A part as it unfolds. Rejects with Failed: absent, damaged, too large. */
  chunks(name: string, signal: AbortSignal): AsyncGenerator<Uint8Array>;
  /** A small part, as it unfolds. */
  small(name: string, signal: AbortSignal): AsyncGenerator<Uint8Array>;
  close(): void;
};

/** The first bytes of what other programs call .xlsx. */
const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
const ZIP = Buffer.from('PK');

export async function openArchive(path: string): Promise<Archive> {
  await refuseOthers(path);
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, file) =>
      error ? reject(damaged(error)) : resolve(file),
    );
  });
  try {
    const entries = await entriesOf(zip);
    return {
      has: (name) => entries.has(fold(name)),
      chunks: (name, signal) => read(zip, entries.get(fold(name)), name, MAX_STREAM_BYTES, signal),
      small: (name, signal) => read(zip, entries.get(fold(name)), name, MAX_PART_BYTES, signal),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function refuseOthers(path: string): Promise<void> {
  const file = await open(path, 'r').catch((error: Error) => {
    throw unreadable(`could not be opened (${error.message}).`, 'Check that it is a file that may be read.');
  });
  try {
    const head = Buffer.alloc(OLE.length);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    if (bytesRead === 0) throw unreadable('is empty.');
    if (head.equals(OLE))
      throw unreadable(
        'is locked with a password, or has the old format .xls.',
        'Open it in a spreadsheet program, take the password away, and save it as .xlsx.',
      );
    if (!head.subarray(0, ZIP.length).equals(ZIP))
      throw unreadable('is no .xlsx file: those are zip archives, and this is none.');
  } finally {
    await file.close();
  }
}

function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  return new Promise((resolve, reject) => {
    zip.on('error', (error: Error) => reject(damaged(error)));
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      if (entries.size >= MAX_ENTRIES) return reject(tooLarge(`holds more than ${MAX_ENTRIES} parts.`));
      entries.set(fold(entry.fileName), entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

async function* read(
  zip: ZipFile,
  entry: Entry | undefined,
  name: string,
  most: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (!entry) throw unreadable(`is damaged: its part ${name} is missing.`);
  if (entry.isEncrypted()) throw unreadable('is locked with a password.', 'Take the password away, and save it anew.');
  const stream = await new Promise<Readable>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => (error ? reject(damaged(error)) : resolve(opened)));
  });
  let bytes = 0;
  let sum = 0;
  try {
    for await (const chunk of stream) {
      signal.throwIfAborted();
      bytes += chunk.length;
      if (bytes > most) throw tooLarge(`unfolds to more than ${most / 2 ** 20} MB in ${name}.`);
      if (bytes > RATIO_FROM && bytes > entry.compressedSize * MAX_RATIO)
        throw tooLarge(`unfolds to more than ${MAX_RATIO} times its size in ${name}, as only made-up files do.`);
      sum = crc32(chunk, sum);
      yield chunk;
    }
    if (sum !== entry.crc32) throw new Error(`the checksum of ${name} is wrong`);
  } catch (error) {
    throw error instanceof Failed || signal.aborted ? error : damaged(error);
  } finally {
    stream.destroy();
  }
}

const fold = (name: string): string => name.replace(/^\//, '').toLowerCase();

const damaged = (error: unknown): Failed =>
  unreadable(`is damaged, or only a part of it is here (${error instanceof Error ? error.message : String(error)}).`);
