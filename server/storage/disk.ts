/**
 * The disk as the stores see it: the contract that real files and the fault-injecting memory implement, both held to
 * one acceptance suite. Paths are relative to the root, `/`-separated, already checked. Every method may reject with a
 * `DiskError`; what a rejected call left behind is unknown, and after a failed `sync` of a file nothing written to it since
 * the last good one may be trusted.
 */
export interface Disk {
  /** Appends at the end, making file and folders if need be; resolves with the file's new length. Not durable by itself. */
  append(path: string, bytes: Uint8Array): Promise<number>;
  /** fdatasync of the file: everything appended before is durable when it resolves. */
  sync(path: string): Promise<void>;
  /** Whole, or [offset, offset + length); undefined where there is no such file. */
  read(path: string, range?: { readonly offset: number; readonly length: number }): Promise<Uint8Array | undefined>;
  /** Length in bytes; undefined where there is no such file. */
  size(path: string): Promise<number | undefined>;
  /** Cuts the file to `length` and makes that durable. */
  truncate(path: string, length: number): Promise<void>;
  /** Whole new content: temporary file, sync, rename, sync of the folder. Readers see old or new, never a part. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Absent is fine. A folder goes with all in it. */
  remove(path: string): Promise<void>;
  /** Names in a folder, sorted; empty where there is none. */
  list(folder: string): Promise<readonly string[]>;
  /** Lets go of descriptors it keeps open. */
  close(): Promise<void>;
}

export type DiskErrorCode = 'disk-full' | 'disk-failed';

export class DiskError extends Error {
  readonly code: DiskErrorCode;
  constructor(code: DiskErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
