/**
 * What tells one Parquet file from another without reading its rows: its length, and a hash of its footer, which says where each
 * piece of each column lies, how long it is, and between which values. An engine that proposes a file, the server that links it,
 * and the reader that opens it compare this, so that all three mean the same bytes.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

export type Footprint = {
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the footer, in base64url. */
  readonly footer: string;
};

/** What any footprint's hash looks like. */
export const FOOTER = /^[\w-]{43}$/;

/** Twenty million pieces of columns; a longer footer is read with every query, and takes seconds. */
const LONGEST_FOOTER = 64 * 1024 * 1024;
const MAGIC = 'PAR1';
/** The footer's length and the magic letters. */
const TAIL_BYTES = 8;

/** Undefined for what is no Parquet file, or one whose footer can't be read by all. */
export async function footprintOf(file: FileHandle): Promise<Footprint | undefined> {
  const { size } = await file.stat();
  if (size < MAGIC.length + TAIL_BYTES) return undefined;
  const tail = await bytesAt(file, size - TAIL_BYTES, TAIL_BYTES);
  if (tail?.toString('latin1', 4) !== MAGIC) return undefined;
  const length = tail.readUInt32LE(0);
  if (length > LONGEST_FOOTER || length > size - MAGIC.length - TAIL_BYTES) return undefined;
  const footer = await bytesAt(file, size - TAIL_BYTES - length, length);
  return footer && { size, footer: createHash('sha256').update(footer).digest('base64url') };
}

export const isSame = (one: Footprint, other: Footprint): boolean =>
  one.size === other.size && one.footer === other.footer;

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer | undefined> {
  const bytes = Buffer.alloc(length);
  for (let read = 0; read < length; ) {
    const { bytesRead } = await file.read(bytes, read, length - read, position + read);
    if (bytesRead === 0) return undefined;
    read += bytesRead;
  }
  return bytes;
}
