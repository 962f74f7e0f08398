/**
 * A zip archive as it is written: parts one after another, deflated while they come, nothing of them held. Sizes and checks
 * stand behind each part, as they are not known before it (APPNOTE 6.3, 4.4.4 bit 3), and again in the directory. A part
 * stays below 4 GB, so that readers which know no zip64 take it; an archive need not. The same content makes the same bytes.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';

export interface ZipWriter {
  /** `content` is read as fast as what was made of it is taken. */
  add(name: string, content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>;
  end(): Promise<void>;
}

/** Tables pack six times at this level, and a tenth better at 6, which takes three times as long. */
const LEVEL = 1;
const PIECE_BYTES = 64 * 1024;
/** Sizes and places from here on need the 64 bit form. */
const WIDE = 0xffff_ffff;
/** The first of January 1980, midnight: a moment would make other bytes each time. */
const DATE = 0x21;
/** Sizes come later; names are UTF-8. */
const FLAGS = 0x0808;
const DEFLATED = 8;

type Entry = { readonly name: Buffer; readonly at: number; crc: number; size: number; packed: number };

export function openZip(take: (bytes: Uint8Array) => Promise<void>): ZipWriter {
  const entries: Entry[] = [];
  let at = 0;

  async function write(bytes: Uint8Array): Promise<void> {
    at += bytes.length;
    await take(bytes);
  }

  return {
    async add(name, content) {
      const entry: Entry = { name: Buffer.from(name), at, crc: 0, size: 0, packed: 0 };
      entries.push(entry);
      await write(localHeader(entry));
      await pipeline(
        Readable.from(counted(content, entry), { objectMode: true, highWaterMark: 1 }),
        createDeflateRaw({ level: LEVEL, chunkSize: PIECE_BYTES }),
        async (pieces: AsyncIterable<Uint8Array>) => {
          for await (const piece of pieces) {
            entry.packed += piece.length;
            await write(piece);
          }
        },
      );
      if (entry.size > WIDE || entry.packed > WIDE) throw new RangeError('a part of a zip archive of over 4 GB');
      await write(descriptor(entry));
    },
    async end() {
      const start = at;
      for (const entry of entries) await write(directoryEntry(entry));
      await write(directoryEnd(entries.length, start, at - start));
    },
  };
}

async function* counted(
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  entry: Entry,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of content) {
    entry.crc = crc32(bytes, entry.crc);
    entry.size += bytes.length;
    yield bytes;
  }
}

/** Numbers of two, four or eight bytes, little endian. */
const u16 = (value: number): Buffer => little(value, 2);
const u32 = (value: number): Buffer => little(value, 4);
const u64 = (value: number): Buffer => little(value, 8);

function little(value: number, width: 2 | 4 | 8): Buffer {
  const bytes = Buffer.alloc(width);
  if (width === 8) bytes.writeBigUInt64LE(BigInt(value));
  else bytes.writeUIntLE(value, 0, width);
  return bytes;
}

/** 4.3.7 */
const localHeader = ({ name }: Entry): Buffer =>
  Buffer.concat([
    u32(0x0403_4b50),
    ...[20, FLAGS, DEFLATED, 0, DATE].map(u16),
    ...[0, 0, 0].map(u32),
    u16(name.length),
    u16(0),
    name,
  ]);

/** 4.3.9 */
const descriptor = ({ crc, packed, size }: Entry): Buffer => Buffer.concat([0x0807_4b50, crc, packed, size].map(u32));

/** 4.3.12, and 4.5.3 for a place beyond 4 GB */
function directoryEntry({ name, at, crc, packed, size }: Entry): Buffer {
  const isFar = at >= WIDE;
  const extra = isFar ? Buffer.concat([u16(1), u16(8), u64(at)]) : Buffer.alloc(0);
  const version = isFar ? 45 : 20;
  return Buffer.concat([
    u32(0x0201_4b50),
    ...[version, version, FLAGS, DEFLATED, 0, DATE].map(u16),
    ...[crc, packed, size].map(u32),
    ...[name.length, extra.length, 0, 0, 0].map(u16),
    ...[0, Math.min(at, WIDE)].map(u32),
    name,
    extra,
  ]);
}

/** 4.3.16, and 4.3.14 and 4.3.15 where the directory lies beyond 4 GB */
function directoryEnd(count: number, start: number, length: number): Buffer {
  const end = Buffer.concat([
    u32(0x0605_4b50),
    ...[0, 0, count, count].map(u16),
    u32(length),
    u32(Math.min(start, WIDE)),
    u16(0),
  ]);
  if (start < WIDE) return end;
  const wide = Buffer.concat([
    u32(0x0606_4b50),
    u64(44),
    ...[45, 45].map(u16),
    ...[0, 0].map(u32),
    ...[count, count, length, start].map(u64),
  ]);
  const locator = Buffer.concat([u32(0x0706_4b50), u32(0), u64(start + length), u32(1)]);
  return Buffer.concat([wide, locator, end]);
}
