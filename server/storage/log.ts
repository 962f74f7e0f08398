/**
 * An append-only log of records on a `Disk`, with group commit: one sync in flight, the next batch gathers meanwhile.
 *
 * A record: length u32 LE (of what follows the checksum) · CRC-32 u32 LE · type u8 · payload. The file begins with
 * the 8 bytes `GNDLOG1\n`. A torn tail is cut when opened; a bad record before the tail stops this log with the offset.
 */
import type { Disk } from './disk.ts';

export type LogRecord = { readonly type: number; readonly payload: Uint8Array };

export type LogOpening =
  | { readonly state: 'open'; readonly log: Log; readonly records: readonly LogRecord[]; readonly cut: number }
  | { readonly state: 'damaged'; readonly offset: number; readonly records: readonly LogRecord[] };

export interface Log {
  /** Resolves once all of `records` are durable; they are contiguous. Rejects with DiskError; after that all appends do until reopened. */
  append(...records: readonly LogRecord[]): Promise<void>;
  /** Bytes so far, the header included. */
  readonly length: number;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

export declare function openLog(disk: Disk, path: string): Promise<LogOpening>;
