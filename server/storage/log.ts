/**
 * An append-only log of records on a `Disk`, with group commit: one sync in flight, the next batch gathers meanwhile.
 *
 * A record: length u32 LE (of what follows the checksum) · CRC-32 u32 LE · type u8 · payload. The file begins with
 * the 8 bytes `GNDLOG1\n`. A torn tail is cut when opened; a bad record before the tail stops this log with the offset.
 *
 * What tells a tear from damage (a cut must never lose what was acknowledged): a tear is short, or zeros from a block
 * boundary on, with no whole record behind it. A last record that is all there but does not fit its checksum, or whose
 * body fits it under another length, is damage.
 */
import { crc32 } from 'node:zlib';
import { type Disk, DiskError } from './disk.ts';

export type LogRecord = { readonly type: number; readonly payload: Uint8Array };

export type LogOpening =
  | { readonly state: 'open'; readonly log: Log; readonly records: readonly LogRecord[]; readonly cut: number }
  | { readonly state: 'damaged'; readonly offset: number; readonly records: readonly LogRecord[] };

export interface Log {
  /** Resolves once all of `records` are durable; they are contiguous. Rejects with DiskError; after that all appends do until `reopen`. */
  append(...records: readonly LogRecord[]): Promise<void>;
  /** Bytes so far, the header included; 0 before the first append. */
  readonly length: number;
  /** Why appends are refused; undefined while they are taken. */
  readonly failed: DiskError | undefined;
  /**
   * After a failure: cuts what followed the last good sync (never acknowledged) and takes appends again. After a sync
   * that failed, or a disk that is not just full, the file is not trusted: what was acknowledged is read back, and
   * written anew into another.
   * Rejects if the disk still fails, or does not give back what was acknowledged.
   */
  reopen(): Promise<void>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

const HEADER = new TextEncoder().encode('GNDLOG1\n');
const PREFIX_BYTES = 8;
/** One write call's worth: larger batches would hold the first of them back for the last. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** What a file system writes at once; a tear that leaves zeros begins on such a boundary. */
const BLOCK_BYTES = 512;
/** Fewer zeros than this at the end may well be data. */
const ZERO_TAIL_BYTES = 16;

/** `known`: what the file holds, where the caller has just read it. */
export async function openLog(disk: Disk, path: string, known?: Uint8Array): Promise<LogOpening> {
  const bytes = known ?? (await disk.read(path));
  if (bytes === undefined) return { state: 'open', log: startLog(disk, path, 0), records: [], cut: 0 };
  const scan = scanRecords(bytes);
  if (scan.end === 'damaged') return { state: 'damaged', offset: scan.offset, records: scan.records };
  const cut = bytes.length - scan.offset;
  if (cut > 0) {
    // Kept for whoever wonders; on a full disk the cut, which frees room, goes on without it.
    await disk.replace(`${path}.torn`, bytes.subarray(scan.offset)).catch(() => {});
    await disk.truncate(path, scan.offset);
  }
  return { state: 'open', log: startLog(disk, path, scan.offset), records: scan.records, cut };
}

/** `length`: of the file that stands there, which the caller has just written and synced. */
export const continueLog = (disk: Disk, path: string, length: number): Log => startLog(disk, path, length);

/** A whole log file as bytes: what `Disk.replace` takes to put a fresh log in place of an old one. */
export function encodeLog(records: readonly LogRecord[]): Uint8Array {
  return join([HEADER, ...records.map(encodeRecord)]);
}

export type Scan = {
  readonly records: readonly LogRecord[];
  /** Where the good prefix ends. */
  readonly offset: number;
  readonly end: 'whole' | 'torn' | 'damaged';
};

/** Pure: what a log file's bytes hold. The payloads are views into `bytes`. */
export function scanRecords(bytes: Uint8Array): Scan {
  const records: LogRecord[] = [];
  if (!startsWithHeader(bytes)) {
    return { records, offset: 0, end: bytes.length < HEADER.length ? 'torn' : 'damaged' };
  }
  if (bytes.length < HEADER.length) return { records, offset: 0, end: bytes.length === 0 ? 'whole' : 'torn' };
  let offset = HEADER.length;
  while (offset < bytes.length) {
    const record = recordAt(bytes, offset);
    if (!record) return { records, offset, end: isTorn(bytes, offset) ? 'torn' : 'damaged' };
    records.push(record);
    offset += PREFIX_BYTES + 1 + record.payload.length;
  }
  return { records, offset, end: 'whole' };
}

function startsWithHeader(bytes: Uint8Array): boolean {
  return HEADER.every((byte, index) => index >= bytes.length || bytes[index] === byte);
}

function recordAt(bytes: Uint8Array, offset: number): LogRecord | undefined {
  if (offset + PREFIX_BYTES + 1 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, PREFIX_BYTES);
  const length = view.getUint32(0, true);
  const start = offset + PREFIX_BYTES;
  if (length === 0 || start + length > bytes.length) return undefined;
  const body = bytes.subarray(start, start + length);
  if (crc32(body) !== view.getUint32(4, true)) return undefined;
  return { type: body[0]!, payload: body.subarray(1) };
}

function isTorn(bytes: Uint8Array, offset: number): boolean {
  for (let at = offset + 1; at + PREFIX_BYTES < bytes.length; at += 1) if (recordAt(bytes, at)) return false;
  const start = offset + PREFIX_BYTES;
  if (start >= bytes.length) return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, PREFIX_BYTES);
  const reaches = start + view.getUint32(0, true);
  if (reaches > bytes.length) return crc32(bytes.subarray(start)) !== view.getUint32(4, true);
  const block = Math.max(offset, Math.floor((bytes.length - ZERO_TAIL_BYTES) / BLOCK_BYTES) * BLOCK_BYTES);
  return bytes.length - block >= ZERO_TAIL_BYTES && isZero(bytes, block);
}

function isZero(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < bytes.length; at += 1) if (bytes[at] !== 0) return false;
  return true;
}

type Waiting = {
  readonly bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (reason: DiskError) => void;
};

function startLog(disk: Disk, path: string, start: number): Log {
  let durable = start;
  let length = start;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let failed: DiskError | undefined;
  /** A sync is under way, or failed. */
  let doubtful = false;
  let closed = false;

  async function flush(): Promise<void> {
    while (waiting.length > 0 && !failed) {
      const batch = takeBatch();
      const parts = batch.map((one) => one.bytes);
      try {
        length = await disk.append(path, join(length === 0 ? [HEADER, ...parts] : parts));
        doubtful = true;
        await disk.sync(path);
        durable = length;
        doubtful = false;
        for (const one of batch) one.resolve();
      } catch (cause) {
        failed = asDiskError(cause);
        for (const one of [...batch, ...waiting]) one.reject(failed);
        waiting = [];
      }
    }
    flushing = undefined;
  }

  function takeBatch(): Waiting[] {
    let bytes = 0;
    const count = waiting.findIndex((one) => {
      bytes += one.bytes.length;
      return bytes > BATCH_BYTES;
    });
    return waiting.splice(0, count < 0 ? waiting.length : Math.max(1, count));
  }

  /** After a failed sync the system may say that pages are written which are not: only new ones can be trusted. */
  async function writeAnew(): Promise<void> {
    const bytes = (await disk.read(path)) ?? new Uint8Array(0);
    const { offset } = scanRecords(bytes.subarray(0, durable));
    if (offset !== durable) throw new DiskError('disk-failed', `${path}: ${durable - offset} bytes are gone`);
    await disk.replace(path, bytes.subarray(0, durable));
  }

  return {
    append: (...records) => {
      if (closed) return Promise.reject(new DiskError('disk-failed', `the log ${path} is closed`));
      if (failed) return Promise.reject(failed);
      return new Promise((resolve, reject) => {
        waiting.push({ bytes: join(records.map(encodeRecord)), resolve, reject });
        flushing ??= flush();
      });
    },
    get length() {
      return length;
    },
    get failed() {
      return failed;
    },
    reopen: async () => {
      if (!failed) return;
      if (failed.code === 'disk-full' && !doubtful) {
        if (((await disk.size(path)) ?? 0) > 0) await disk.truncate(path, durable);
      } else await writeAnew();
      length = durable;
      doubtful = false;
      failed = undefined;
    },
    close: async () => {
      closed = true;
      await flushing;
    },
  };
}

function encodeRecord(record: LogRecord): Uint8Array {
  const bytes = new Uint8Array(PREFIX_BYTES + 1 + record.payload.length);
  bytes[PREFIX_BYTES] = record.type;
  bytes.set(record.payload, PREFIX_BYTES + 1);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 1 + record.payload.length, true);
  view.setUint32(4, crc32(bytes.subarray(PREFIX_BYTES)), true);
  return bytes;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const asDiskError = (cause: unknown): DiskError =>
  cause instanceof DiskError ? cause : new DiskError('disk-failed', String(cause), { cause });
