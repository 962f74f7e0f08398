/**
 * `versions.log` written anew without what no version names: record by record into a file beside it, which then takes its
 * place. Records of which all is wanted go over as they are. Of the others one is read at a time, and in between others have
 * their turn: all texts of a notebook's years at once would hold up everybody who types.
 */
import { setImmediate } from 'node:timers/promises';
import type { Paragraph } from '../protocol/document.ts';
import type { Disk } from '../storage/disk.ts';
import { continueLog, type Log, type LogRecord, openLog } from '../storage/log.ts';
import { decodeRecord, encodeRecord, type Key, parted, RECORD_CHARACTERS, type VersionRecord } from './records.ts';

/** What a record says, of texts their keys alone. */
export type Known =
  | Exclude<VersionRecord, { readonly type: 'contents' }>
  | { readonly type: 'contents'; readonly keys: readonly Key[] };

export type Written = { readonly known: Known; readonly record: LogRecord };

/** Bytes that are synced together: each sync takes milliseconds, whatever it is of. */
const BATCH_BYTES = 1024 * 1024;

export type Wanted = {
  /** By record, the contents that are read there. */
  readonly contents: Iterable<readonly [LogRecord, readonly Key[]]>;
  readonly used: ReadonlySet<Key>;
  /** What follows them. */
  readonly rest: readonly Exclude<VersionRecord, { readonly type: 'contents' }>[];
};

/** The log of before is to be closed. Rejects with DiskError; then the file is the old one or the new one, whole. */
export async function writeAnew(
  disk: Disk,
  path: string,
  { contents, used, rest }: Wanted,
): Promise<{ readonly log: Log; readonly written: readonly Written[] }> {
  const next = `${path}.next`;
  // Of an earlier try.
  await disk.remove(next);
  const opening = await openLog(disk, next);
  if (opening.state === 'damaged') throw new Error(`${next} was not removed`);
  const { log } = opening;
  const written: Written[] = [];
  let waiting: LogRecord[] = [];
  let bytes = 0;

  async function sync(): Promise<void> {
    const batch = waiting;
    waiting = [];
    bytes = 0;
    if (batch.length > 0) await log.append(...batch);
  }

  async function put(known: Known, record: LogRecord): Promise<void> {
    written.push({ known, record });
    waiting.push(record);
    bytes += record.payload.length;
    if (bytes >= BATCH_BYTES) await sync();
    await setImmediate();
  }

  let left: (readonly [Key, Paragraph])[] = [];
  let characters = 0;
  async function putLeft(): Promise<void> {
    const whole = parted(left);
    left = [];
    characters = 0;
    for (const record of whole) {
      const keys = record.contents.map(([key]) => key);
      await put({ type: 'contents', keys }, await encodeRecord(record));
    }
  }

  await put({ type: 'head' }, await encodeRecord({ type: 'head' }));
  for (const [record, keys] of contents) {
    const wanted = keys.filter((key) => used.has(key));
    if (wanted.length === keys.length) await put({ type: 'contents', keys }, record);
    else if (wanted.length > 0) {
      const decoded = decodeRecord(record);
      await setImmediate();
      for (const one of decoded.type === 'contents' ? decoded.contents : []) {
        if (!wanted.includes(one[0])) continue;
        if (characters + one[1].source.length > RECORD_CHARACTERS) await putLeft();
        left.push(one);
        characters += one[1].source.length;
      }
    }
  }
  await putLeft();
  for (const record of rest) await put(record, await encodeRecord(record));
  await sync();
  await log.close();
  await disk.rename(next, path);
  return { log: continueLog(disk, path, log.length), written };
}
