/**
 * The wire between the server and its results reader: two pipes, requests on the reader's descriptor 3, answers on 4.
 *
 *   frame    length u32 LE (of what follows) · kind u8 · call u32 LE · payload
 *   down     1 request: JSON length u32 LE, `ReaderRequest` as JSON, the block's bytes if any · 2 cancel · 3 credit: u32 LE
 *   up       16 ready (call 0) · 17 head: `ReaderHead` as JSON · 18 data · 19 end · 20 failure: `ReaderFailure` as JSON
 *            21 progress: u32 LE, millionths of a download that are done, now and then
 *
 * Calls share the pipes, so each has a window: the reader sends at most `CREDIT` bytes of data ahead of what the server
 * granted, and one slow download never delays the others. A call ends with `end` or `failure`, a cancelled one too.
 * Blocks are sent only when the reader answers `block-needed`. The reader ends when descriptor 3 ends.
 */
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { AnyPlan } from '../../protocol/chart/plan.ts';
import { PivotPlan } from '../../protocol/pivot/plan.ts';

export const KIND = {
  request: 1,
  cancel: 2,
  credit: 3,
  ready: 16,
  head: 17,
  data: 18,
  end: 19,
  failure: 20,
  progress: 21,
} as const;

/** Data of one call under way: four pipe buffers, enough to keep the pipe full, little enough for a hundred calls. */
export const CREDIT = 256 * 1024;
/** Data frames are cut to this, so that a small window waits for at most one of them. */
export const DATA_BYTES = 64 * 1024;
/** The longest frame: a small result's block with its 5,000 columns' names, with room. */
export const MAX_FRAME = 64 * 1024 * 1024;
/** Windows up to both limits are made in memory and then sent; longer ones are streamed, as downloads are. */
export const WINDOW_ROWS = 10_000;
export const WINDOW_CELLS = 1_000_000;

const HEADER = 5;

/** Whose share of a lane it takes (`turns.ts`): the server says it. */
const Asker = Type.String({ minLength: 1 });
const Column = Type.Object({ name: Type.String(), type: Type.String() });
const Source = Type.Union([
  Type.Object({ kind: Type.Literal('file'), key: Type.String(), path: Type.String() }),
  /** A Parquet file that others may have, too: as it was when it was linked (`../linked.ts`). */
  Type.Object({
    kind: Type.Literal('linked'),
    key: Type.String(),
    path: Type.String(),
    linked: Type.Object({ size: Type.Integer({ minimum: 0 }), footer: Type.String(), changed: Type.Number() }),
  }),
  Type.Object({ kind: Type.Literal('block'), key: Type.String() }),
]);
/** Columns by place, so that no name of the user is looked up twice. */
const Place = Type.Integer({ minimum: 0 });
const Order = Type.Array(Type.Object({ column: Place, descending: Type.Boolean() }));
const oneOf = <T extends string>(values: readonly T[]) => Type.Union(values.map((value) => Type.Literal(value)));
const Filter = Type.Union([
  Type.Object({
    place: Place,
    is: Type.Literal('range'),
    from: Type.Optional(Type.String()),
    to: Type.Optional(Type.String()),
    below: Type.Optional(Type.Literal(true)),
  }),
  Type.Object({ place: Place, is: oneOf(['contains', 'equals', 'starts'] as const), text: Type.String() }),
  Type.Object({
    place: Place,
    is: Type.Literal('among'),
    values: Type.Array(Type.Union([Type.String(), Type.Null()])),
  }),
  Type.Object({ place: Place, is: oneOf(['null', 'present'] as const) }),
]);
/** `PlacedNarrow` of `server/protocol/table/narrow.ts`. */
const Narrow = Type.Object({ filters: Type.Array(Filter), search: Type.Optional(Type.String()) });
/** How CSV and TSV are written beside what RFC 4180 says. */
const Written = Type.Object({
  separator: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
  /** A byte order mark, by which spreadsheets know UTF-8. */
  mark: Type.Boolean(),
  /** Texts that a spreadsheet would take for a formula begin with an apostrophe. */
  guard: Type.Boolean(),
});

export const ReaderRequest = Type.Union([
  Type.Object({
    type: Type.Literal('window'),
    asker: Asker,
    source: Source,
    columns: Type.Array(Column),
    rows: Type.Integer({ minimum: 0 }),
    /** What the result takes on disk. */
    bytes: Type.Integer({ minimum: 0 }),
    offset: Type.Integer({ minimum: 0 }),
    limit: Type.Optional(Type.Integer({ minimum: 0 })),
    order: Order,
    narrow: Narrow,
    written: Type.Optional(Written),
    format: Type.Union([
      Type.Literal('json'),
      Type.Literal('arrow'),
      Type.Literal('csv'),
      Type.Literal('tsv'),
      Type.Literal('jsonl'),
      Type.Literal('parquet'),
      Type.Literal('xlsx'),
    ]),
  }),
  Type.Object({
    type: Type.Literal('chart'),
    asker: Asker,
    source: Source,
    columns: Type.Array(Column),
    rows: Type.Integer({ minimum: 0 }),
    narrow: Narrow,
    plan: AnyPlan,
  }),
  /** As `PivotAnswer` in JSON; with `statement` the SQL behind it, over a table of that name, as `PivotStatement`. */
  Type.Object({
    type: Type.Literal('pivot'),
    asker: Asker,
    source: Source,
    columns: Type.Array(Column),
    narrow: Narrow,
    plan: PivotPlan,
    statement: Type.Optional(Type.String()),
  }),
  /** How far a view has come. A search is begun by asking for it, and given up by cancelling. */
  Type.Object({
    type: Type.Literal('progress'),
    asker: Asker,
    source: Source,
    columns: Type.Array(Column),
    rows: Type.Integer({ minimum: 0 }),
    order: Order,
    narrow: Narrow,
    enough: Type.Integer({ minimum: 0 }),
  }),
  /** A column at a glance, as `ColumnProfile` in JSON; windows go first. */
  Type.Object({
    type: Type.Literal('profile'),
    asker: Asker,
    source: Source,
    columns: Type.Array(Column),
    narrow: Narrow,
    place: Place,
  }),
  /** Count, sum and mean of a range of values, as `RangeSums` in JSON. */
  Type.Object({
    type: Type.Literal('sums'),
    asker: Asker,
    source: Source,
    columns: Type.Array(Column),
    order: Order,
    narrow: Narrow,
    places: Type.Array(Place),
    from: Type.Integer({ minimum: 0 }),
    to: Type.Integer({ minimum: 0 }),
  }),
  /** The result was dropped: let go of its file and of all that was made from it. */
  Type.Object({ type: Type.Literal('release'), key: Type.String() }),
]);
export type ReaderRequest = Static<typeof ReaderRequest>;
export type WindowRequest = Extract<ReaderRequest, { type: 'window' }>;
export type ChartRequest = Extract<ReaderRequest, { type: 'chart' }>;
export type PivotRequest = Extract<ReaderRequest, { type: 'pivot' }>;
export type ProfileRequest = Extract<ReaderRequest, { type: 'profile' }>;
export type SumsRequest = Extract<ReaderRequest, { type: 'sums' }>;
export type ProgressRequest = Extract<ReaderRequest, { type: 'progress' }>;
export type ReaderSource = WindowRequest['source'];
export type Order = Static<typeof Order>;

export const ReaderHead = Type.Object({ contentType: Type.String() });
export type ReaderHead = Static<typeof ReaderHead>;

export const ReaderFailure = Type.Object({
  code: Type.Union([
    Type.Literal('block-needed'),
    /** The file is not there any more. */
    Type.Literal('gone'),
    /** Somebody wrote into the linked file. */
    Type.Literal('source-changed'),
    Type.Literal('unreadable'),
    Type.Literal('too-many'),
    Type.Literal('cancelled'),
    /** No room for a sort or a download under way. */
    Type.Literal('disk-full'),
    Type.Literal('bad-request'),
  ]),
  detail: Type.String(),
  /** The engine broke over it. */
  broke: Type.Optional(Type.Boolean()),
});
export type ReaderFailure = Static<typeof ReaderFailure>;

export type Frame = { readonly kind: number; readonly call: number; readonly payload: Uint8Array };

export function encodeFrame(kind: number, call: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const frame = Buffer.allocUnsafe(4 + HEADER + length);
  frame.writeUInt32LE(HEADER + length, 0);
  frame.writeUInt8(kind, 4);
  frame.writeUInt32LE(call, 5);
  let at = 4 + HEADER;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

export const encodeJson = (kind: number, call: number, value: ReaderHead | ReaderFailure): Uint8Array =>
  encodeFrame(kind, call, Buffer.from(JSON.stringify(value)));

export const encodeCredit = (call: number, bytes: number): Uint8Array => encodeFrame(KIND.credit, call, u32(bytes));

const MILLION = 1_000_000;
export const encodeProgress = (call: number, fraction: number): Uint8Array =>
  encodeFrame(KIND.progress, call, u32(Math.round(fraction * MILLION)));

export function encodeRequest(call: number, request: ReaderRequest, block?: Uint8Array): Uint8Array {
  const json = Buffer.from(JSON.stringify(request));
  return encodeFrame(KIND.request, call, u32(json.length), json, ...(block ? [block] : []));
}

/** Throws if the payload is no request. */
export function decodeRequest(payload: Uint8Array): { request: ReaderRequest; block: Uint8Array | undefined } {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const end = 4 + bytes.readUInt32LE(0);
  const request = Value.Parse(ReaderRequest, JSON.parse(bytes.subarray(4, end).toString('utf8')));
  return { request, block: end < bytes.length ? new Uint8Array(bytes.subarray(end)) : undefined };
}

export const decodeHead = (payload: Uint8Array): ReaderHead => Value.Parse(ReaderHead, parseJson(payload));
export const decodeFailure = (payload: Uint8Array): ReaderFailure => Value.Parse(ReaderFailure, parseJson(payload));
export const decodeCredit = (payload: Uint8Array): number =>
  Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).readUInt32LE(0);
export const decodeProgress = (payload: Uint8Array): number => decodeCredit(payload) / MILLION;

/** Cuts a byte stream into frames; what `push` returns may point into its chunk. Throws on a frame that is too long. */
export function frameDecoder(): { push(chunk: Uint8Array): Frame[] } {
  let parts: Uint8Array[] = [];
  let held = 0;
  let wanted = 4;
  return {
    push(chunk) {
      parts.push(chunk);
      held += chunk.length;
      const frames: Frame[] = [];
      if (held < wanted) return frames;
      const bytes =
        parts.length === 1 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.concat(parts);
      let at = 0;
      wanted = 4;
      while (bytes.length - at >= 4) {
        const length = bytes.readUInt32LE(at);
        if (length < HEADER || length > MAX_FRAME) throw new Error(`a frame of ${length} bytes`);
        if (bytes.length - at < 4 + length) {
          wanted = 4 + length;
          break;
        }
        frames.push({
          kind: bytes.readUInt8(at + 4),
          call: bytes.readUInt32LE(at + 5),
          payload: bytes.subarray(at + 4 + HEADER, at + 4 + length),
        });
        at += 4 + length;
      }
      parts = at < bytes.length ? [bytes.subarray(at)] : [];
      held = bytes.length - at;
      return frames;
    },
  };
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
}

const parseJson = (payload: Uint8Array): unknown => JSON.parse(Buffer.from(payload).toString('utf8'));
