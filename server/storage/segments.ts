/**
 * Segment files: bytes that records point at, addressed by segment, offset and length. A segment takes appends until it
 * is full; one whose entries are all dropped is deleted.
 *
 * An entry is its CRC-32 (u32 LE), then its bytes; an address names the bytes. Writes gather as in the log: one sync in
 * flight. After a failed write or sync the segment is left behind and the next write begins a new one, so that nothing
 * is ever addressed behind bytes that may not be there.
 */
import { crc32 } from 'node:zlib';
import { type Disk, DiskError } from './disk.ts';

export type Address = { readonly segment: number; readonly offset: number; readonly length: number };

export interface Segments {
  /** Durable when it resolves. */
  write(bytes: Uint8Array): Promise<Address>;
  /** Rejects if the bytes fail their checksum. */
  read(address: Address): Promise<Uint8Array>;
  /** Counted against the segment; the file goes when nothing in it is kept. */
  drop(address: Address): Promise<void>;
  close(): Promise<void>;
}

/** Large enough that a notebook has few files, small enough that dropping old outputs gives room back soon. */
const SEGMENT_BYTES = 16 * 1024 * 1024;
const CHECKSUM_BYTES = 4;

type Waiting = {
  readonly bytes: Uint8Array;
  readonly resolve: (address: Address) => void;
  readonly reject: (reason: unknown) => void;
};

/** `kept`: every address still referred to, so that empty segments are found at start. */
export async function openSegments(disk: Disk, folder: string, kept: Iterable<Address>): Promise<Segments> {
  const live = new Map<number, number>();
  for (const address of kept) live.set(address.segment, (live.get(address.segment) ?? 0) + 1);
  const present = (await disk.list(folder)).map(numberOf).filter((number) => number !== undefined);
  for (const number of present) if (!live.has(number)) await disk.remove(pathOf(folder, number));

  // A fresh segment at each start: the end of the last one may be torn.
  let current = Math.max(0, ...present, ...live.keys()) + 1;
  let length = 0;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const segment = current;
      const start = length;
      const addresses: Address[] = [];
      for (const { bytes } of batch) {
        addresses.push({ segment, offset: length + CHECKSUM_BYTES, length: bytes.length });
        length += CHECKSUM_BYTES + bytes.length;
      }
      live.set(segment, (live.get(segment) ?? 0) + batch.length);
      try {
        const end = await disk.append(pathOf(folder, segment), encode(batch, length - start));
        if (end !== length) throw new DiskError('disk-failed', `segment ${segment} ends at ${end}, not at ${length}`);
        await disk.sync(pathOf(folder, segment));
        batch.forEach((one, index) => {
          one.resolve(addresses[index]!);
        });
        if (length >= SEGMENT_BYTES) leave();
      } catch (cause) {
        live.set(segment, live.get(segment)! - batch.length);
        leave();
        for (const one of batch) one.reject(cause);
      }
    }
    flushing = undefined;
  }

  function leave(): void {
    current += 1;
    length = 0;
  }

  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        waiting.push({ bytes, resolve, reject });
        flushing ??= flush();
      }),
    read: async ({ segment, offset, length: size }) => {
      const range = { offset: offset - CHECKSUM_BYTES, length: size + CHECKSUM_BYTES };
      const entry = await disk.read(pathOf(folder, segment), range);
      const bytes = entry?.subarray(CHECKSUM_BYTES);
      if (!entry || !bytes || bytes.length !== size || crc32(bytes) !== checksumOf(entry)) {
        throw new DiskError('disk-failed', `segment ${segment} is damaged at ${offset}`);
      }
      return bytes;
    },
    drop: async ({ segment }) => {
      const left = (live.get(segment) ?? 0) - 1;
      live.set(segment, left);
      if (left > 0) return;
      await flushing;
      if ((live.get(segment) ?? 0) > 0) return;
      live.delete(segment);
      if (segment === current) leave();
      await disk.remove(pathOf(folder, segment));
    },
    close: async () => {
      await flushing;
    },
  };
}

const pathOf = (folder: string, segment: number): string => `${folder}/segment-${segment}`;

function numberOf(name: string): number | undefined {
  const match = /^segment-(\d+)$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

function encode(batch: readonly Waiting[], total: number): Uint8Array {
  const whole = new Uint8Array(total);
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const { bytes } of batch) {
    view.setUint32(at, crc32(bytes), true);
    whole.set(bytes, at + CHECKSUM_BYTES);
    at += CHECKSUM_BYTES + bytes.length;
  }
  return whole;
}

const checksumOf = (entry: Uint8Array): number =>
  new DataView(entry.buffer, entry.byteOffset, CHECKSUM_BYTES).getUint32(0, true);
