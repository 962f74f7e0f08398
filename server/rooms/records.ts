/**
 * The records of a notebook's log and snapshot (the same form, see `storage/log.ts`):
 *
 *   1 epoch    JSON {epoch, version}; first in every file
 *   2 update   a Yjs update, the bytes as they were received (in a snapshot: all of them merged)
 *   3 base     a base, see below
 *   4 import   varuint length, an update, a base: an outside change and its new base in one
 *   5 skip     SHA-256 of an update that did not apply: whoever reads leaves it out
 *   6 end      empty; last in every snapshot, so that one cut short is not taken for a smaller document
 *   7 owner    JSON {person, clients}: Yjs client ids that belong to this person, before the first update under them
 *   8 seen     JSON {at}: somebody had the document open then, in milliseconds since 1970; one a day at most
 *
 * Version 1 had no owners: there an id belongs to whoever writes under it first from now on. Of a newer version the
 * records known here are read, and nothing is written.
 *
 * A base is a byte 0 and its bytes, or a byte 1, varuint `keep`, varuint `drop` and bytes: the one before it, from
 * `keep` on `drop` bytes replaced. The first base of each file is whole, so a log may be replayed onto any snapshot.
 */
import { createHash } from 'node:crypto';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { type Epoch, type PersonId, parseId } from '../protocol/ids.ts';
import type { LogRecord } from '../storage/log.ts';

export const STORE_VERSION = 2;
const TYPE = { epoch: 1, update: 2, base: 3, import: 4, skip: 5, end: 6, owner: 7, seen: 8 } as const;

/** Owns the client ids of the server's own edits; no person's id looks like it. */
export const SERVER = '*';
export type Owner = PersonId | typeof SERVER;

export type NotebookRecord =
  /** `version`: without one, this. */
  | { readonly type: 'epoch'; readonly epoch: Epoch; readonly version?: number }
  | { readonly type: 'update'; readonly update: Uint8Array }
  | { readonly type: 'base'; readonly base: Uint8Array }
  | { readonly type: 'import'; readonly update: Uint8Array; readonly base: Uint8Array }
  | { readonly type: 'skip'; readonly hash: string }
  | { readonly type: 'end' }
  | { readonly type: 'owner'; readonly person: Owner; readonly clients: readonly number[] }
  | { readonly type: 'seen'; readonly at: number };

/** Of a type that only a newer version writes. */
export class UnknownRecord extends Error {}

export const hashOf = (update: Uint8Array): string => createHash('sha256').update(update).digest('hex');

/** `before`: the base written before this one in the same file. */
export function encodeRecord(record: NotebookRecord, before?: Uint8Array): LogRecord {
  switch (record.type) {
    case 'epoch': {
      const { epoch, version = STORE_VERSION } = record;
      return { type: TYPE.epoch, payload: toUtf8(JSON.stringify({ epoch, version })) };
    }
    case 'update':
      return { type: TYPE.update, payload: record.update };
    case 'base':
      return { type: TYPE.base, payload: encoding.encode((encoder) => writeBase(encoder, record.base, before)) };
    case 'import': {
      const payload = encoding.encode((encoder) => {
        encoding.writeVarUint8Array(encoder, record.update);
        writeBase(encoder, record.base, before);
      });
      return { type: TYPE.import, payload };
    }
    case 'skip':
      return { type: TYPE.skip, payload: Uint8Array.from(Buffer.from(record.hash, 'hex')) };
    case 'end':
      return { type: TYPE.end, payload: new Uint8Array(0) };
    case 'owner':
      return { type: TYPE.owner, payload: toUtf8(JSON.stringify({ person: record.person, clients: record.clients })) };
    case 'seen':
      return { type: TYPE.seen, payload: toUtf8(JSON.stringify({ at: record.at })) };
  }
}

/** Throws on a record that no version up to this one writes: `UnknownRecord` where a newer one may. */
export function decodeRecord(record: LogRecord, before?: Uint8Array): NotebookRecord {
  const { type, payload } = record;
  switch (type) {
    case TYPE.epoch:
      return { type: 'epoch', ...readEpoch(payload) };
    case TYPE.update:
      return { type: 'update', update: payload };
    case TYPE.base:
      return { type: 'base', base: readBase(decoding.createDecoder(payload), before) };
    case TYPE.import: {
      const decoder = decoding.createDecoder(payload);
      const update = decoding.readVarUint8Array(decoder);
      return { type: 'import', update, base: readBase(decoder, before) };
    }
    case TYPE.skip:
      return { type: 'skip', hash: Buffer.from(payload).toString('hex') };
    case TYPE.end:
      return { type: 'end' };
    case TYPE.owner:
      return { type: 'owner', ...readOwner(payload) };
    case TYPE.seen: {
      const { at } = readObject(payload);
      if (typeof at !== 'number') throw new Error('a record of an unknown shape');
      return { type: 'seen', at };
    }
    default:
      throw new UnknownRecord(`a record of the unknown type ${type}`);
  }
}

function readObject(payload: Uint8Array): Record<string, unknown> {
  const value: unknown = JSON.parse(new TextDecoder().decode(payload));
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function readEpoch(payload: Uint8Array): { readonly epoch: Epoch; readonly version: number } {
  const { epoch, version } = readObject(payload);
  const id = parseId<Epoch>(epoch);
  if (typeof version !== 'number' || !id) throw new Error('its epoch is no id');
  return { epoch: id, version };
}

function readOwner(payload: Uint8Array): { readonly person: Owner; readonly clients: readonly number[] } {
  const { person, clients } = readObject(payload);
  const id = person === SERVER ? SERVER : parseId<PersonId>(person);
  if (!id || !Array.isArray(clients) || !clients.every(Number.isSafeInteger)) {
    throw new Error('an owner of an unknown shape');
  }
  return { person: id, clients: clients as number[] };
}

function writeBase(encoder: encoding.Encoder, base: Uint8Array, before: Uint8Array | undefined): void {
  if (before === undefined) {
    encoding.writeUint8(encoder, 0);
    encoding.writeUint8Array(encoder, base);
    return;
  }
  const most = Math.min(base.length, before.length);
  let keep = 0;
  while (keep < most && base[keep] === before[keep]) keep += 1;
  let same = 0;
  while (same < most - keep && base[base.length - 1 - same] === before[before.length - 1 - same]) same += 1;
  encoding.writeUint8(encoder, 1);
  encoding.writeVarUint(encoder, keep);
  encoding.writeVarUint(encoder, before.length - keep - same);
  encoding.writeUint8Array(encoder, base.subarray(keep, base.length - same));
}

function readBase(decoder: decoding.Decoder, before: Uint8Array | undefined): Uint8Array {
  const form = decoding.readUint8(decoder);
  if (form === 0) return decoding.readTailAsUint8Array(decoder);
  if (form !== 1 || before === undefined) throw new Error('a base that builds on none');
  const keep = decoding.readVarUint(decoder);
  const drop = decoding.readVarUint(decoder);
  const middle = decoding.readTailAsUint8Array(decoder);
  const base = new Uint8Array(before.length - drop + middle.length);
  base.set(before.subarray(0, keep));
  base.set(middle, keep);
  base.set(before.subarray(keep + drop), keep + middle.length);
  return base;
}

const toUtf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
