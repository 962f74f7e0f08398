/**
 * Segment files: bytes that records point at, addressed by segment, offset and length. A segment takes appends until it
 * is full; one whose entries are all dropped is deleted.
 */
import type { Disk } from './disk.ts';

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

/** `kept`: every address still referred to, so that empty segments are found at start. */
export declare function openSegments(disk: Disk, folder: string, kept: Iterable<Address>): Promise<Segments>;
