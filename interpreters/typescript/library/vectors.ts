/**
 * Arrow record batches of the engine → columns, over the bytes where they lie: numbers are typed arrays on the shared
 * memory, other values are made when asked for.
 *
 * In JavaScript: integers are numbers, those past 2^53 bigints; DECIMAL is a number; DATE and TIMESTAMP are Date; LIST is
 * an array, STRUCT an object, MAP a Map, BLOB a Uint8Array; HUGEINT a number or bigint; all others are texts.
 */
import { readStream, type StreamBatch } from '../../arrow/schema.ts';
import { decodeUtf8 } from '../../arrow/utf8.ts';
import { type ColumnType, type Member, parseType } from './types.ts';

export type Numbers =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

export type Vector = {
  readonly length: number;
  readonly nulls: number;
  /** Bits of the rows that are not null, lowest first; undefined when none is null. */
  readonly validity: Uint8Array | undefined;
  /** Of integers and floats: the values as they lie; where a row is null, anything. */
  readonly values?: Numbers;
  /** The value of a row, null if it is null. */
  get(row: number): unknown;
};

export type Field = { readonly name: string; readonly type: string };
export type Batch = { readonly rows: number; readonly columns: readonly Vector[] };
export type Stream = { readonly fields: readonly Field[]; readonly batches: Iterable<Batch> };

export function readBatches(bytes: Uint8Array): Stream {
  const { fields, batches } = readStream(bytes);
  const types = fields.map(({ type }) => parseType(type));
  return { fields, batches: lazily(batches, types) };
}

function* lazily(batches: readonly StreamBatch[], types: readonly ColumnType[]): Generator<Batch> {
  for (const batch of batches) {
    const cursor = new Cursor(batch);
    yield { rows: batch.rows, columns: types.map((type) => vector(type, cursor)) };
  }
}

/** Nodes and buffers of a batch in the order they were written. */
class Cursor {
  readonly #batch: StreamBatch;
  #node = 0;
  #buffer = 0;
  constructor(batch: StreamBatch) {
    this.#batch = batch;
  }
  node(): { readonly length: number; readonly nulls: number } {
    const [length = 0, nulls = 0] = this.#batch.nodes.slice(this.#node, this.#node + 2);
    this.#node += 2;
    return { length, nulls };
  }
  buffer(): Uint8Array {
    const [start = 0, length = 0] = this.#batch.buffers.slice(this.#buffer, this.#buffer + 2);
    this.#buffer += 2;
    return this.#batch.body.subarray(start, start + length);
  }
}

type View<T> = new (buffer: ArrayBufferLike, offset: number, length: number) => T;

/** The bytes as numbers, in place; ill-aligned ones are copied. */
function view<T extends Numbers | Int32Array>(type: View<T>, width: number, bytes: Uint8Array): T {
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return new type(aligned.buffer, aligned.byteOffset, aligned.byteLength / width);
}

const isValid = (validity: Uint8Array | undefined, row: number): boolean =>
  validity === undefined || ((validity[row >> 3]! >> (row & 7)) & 1) === 1;

function vector(type: ColumnType, cursor: Cursor): Vector {
  const { length, nulls } = cursor.node();
  if (type.kind === 'null')
    return { length, nulls: length, validity: new Uint8Array((length + 7) >> 3), get: () => null };
  if (type.kind === 'union') return union(type.members, length, cursor);
  const bits = cursor.buffer();
  const validity = nulls > 0 ? bits : undefined;
  const base = { length, nulls, validity };
  const safe = (get: (row: number) => unknown): ((row: number) => unknown) =>
    validity ? (row) => (isValid(validity, row) ? get(row) : null) : get;
  switch (type.kind) {
    case 'boolean': {
      const data = cursor.buffer();
      return { ...base, get: safe((row) => ((data[row >> 3]! >> (row & 7)) & 1) === 1) };
    }
    case 'integer': {
      const values = integers(type, cursor.buffer());
      return {
        ...base,
        values,
        get: safe(
          values instanceof BigInt64Array || values instanceof BigUint64Array
            ? (row) => whole(values[row]!)
            : (row) => values[row],
        ),
      };
    }
    case 'float': {
      const bytes = cursor.buffer();
      const values = type.bits === 64 ? view(Float64Array, 8, bytes) : view(Float32Array, 4, bytes);
      return { ...base, values, get: safe((row) => values[row]) };
    }
    case 'decimal': {
      const values = view(BigInt64Array, 8, cursor.buffer());
      return { ...base, get: safe((row) => decimal(values[2 * row]!, values[2 * row + 1]!, type.scale)) };
    }
    case 'date': {
      const values = view(Int32Array, 4, cursor.buffer());
      return { ...base, get: safe((row) => new Date(values[row]! * DAY_MS)) };
    }
    case 'timestamp': {
      const values = view(BigInt64Array, 8, cursor.buffer());
      return { ...base, get: safe((row) => new Date(millis(values[row]!, type.per))) };
    }
    case 'time': {
      const values = view(BigInt64Array, 8, cursor.buffer());
      return { ...base, get: safe((row) => clock(values[row]!, type.per)) };
    }
    case 'text':
    case 'bigtext': {
      const read = texts(cursor, length);
      return { ...base, get: safe(type.kind === 'text' ? read : (row) => whole(BigInt(read(row)))) };
    }
    case 'blob': {
      const { offsets, data } = slices(cursor, length);
      return { ...base, get: safe((row) => data.slice(offsets[row], offsets[row + 1])) };
    }
    case 'list': {
      const offsets = view(Int32Array, 4, cursor.buffer());
      const child = vector(type.child, cursor);
      return { ...base, get: safe((row) => range(child, offsets[row] ?? 0, offsets[row + 1] ?? 0)) };
    }
    case 'array': {
      const child = vector(type.child, cursor);
      return { ...base, get: safe((row) => range(child, row * type.size, (row + 1) * type.size)) };
    }
    case 'struct': {
      const members = type.members.map((one) => ({ name: one.name, values: vector(one.type, cursor) }));
      return {
        ...base,
        get: safe((row) => Object.fromEntries(members.map(({ name, values }) => [name, values.get(row)]))),
      };
    }
    case 'map': {
      const offsets = view(Int32Array, 4, cursor.buffer());
      cursor.node();
      cursor.buffer();
      const [keys, values] = [vector(type.key, cursor), vector(type.value, cursor)];
      return {
        ...base,
        get: safe((row) => {
          const [start, end] = [offsets[row] ?? 0, offsets[row + 1] ?? 0];
          const held = range(values, start, end);
          return new Map(range(keys, start, end).map((key, index) => [key, held[index]]));
        }),
      };
    }
  }
}

const DAY_MS = 86_400_000;

function integers(type: Extract<ColumnType, { kind: 'integer' }>, bytes: Uint8Array): Numbers {
  switch (type.bits) {
    case 8:
      return type.signed ? view(Int8Array, 1, bytes) : bytes;
    case 16:
      return type.signed ? view(Int16Array, 2, bytes) : view(Uint16Array, 2, bytes);
    case 32:
      return type.signed ? view(Int32Array, 4, bytes) : view(Uint32Array, 4, bytes);
    case 64:
      return type.signed ? view(BigInt64Array, 8, bytes) : view(BigUint64Array, 8, bytes);
  }
}

/** A number where it is exact, else a bigint. */
export const whole = (value: bigint): number | bigint =>
  value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;

/** The number nearest to what the engine makes of it as DOUBLE: units by a power of ten, in two parts where they are many. */
function decimal(low: bigint, high: bigint, scale: number): number {
  const units = (high << 64n) | BigInt.asUintN(64, low);
  const exact = units >= -9007199254740992n && units <= 9007199254740992n;
  if (exact || scale === 0) return Number(units) / 10 ** scale;
  const one = 10n ** BigInt(scale);
  return Number(units / one) + Number(units % one) / 10 ** scale;
}

/** Down to the millisecond, which is what Date counts. */
function millis(value: bigint, per: number): number {
  if (per === 1) return Number(value) * 1000;
  const units = BigInt(per / 1000);
  const rest = value % units;
  return Number((rest < 0n ? value - rest - units : value - rest) / units);
}

const two = (value: number): string => String(value).padStart(2, '0');

function clock(value: bigint, per: number): string {
  const seconds = Number(value / BigInt(per));
  const rest = value % BigInt(per);
  const fraction =
    rest === 0n
      ? ''
      : `.${String(rest)
          .padStart(per === 1e9 ? 9 : 6, '0')
          .replace(/0+$/, '')}`;
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`;
}

function slices(cursor: Cursor, length: number): { offsets: Int32Array; data: Uint8Array } {
  const offsets = view(Int32Array, 4, cursor.buffer());
  if (offsets.length <= length) throw new RangeError('an Arrow batch lacks offsets');
  return { offsets, data: cursor.buffer() };
}

/** Short texts that come again and again are made once. */
const REMEMBERED = 1024;
const MAX_REMEMBERED_BYTES = 24;

function texts(cursor: Cursor, length: number): (row: number) => string {
  const { offsets, data } = slices(cursor, length);
  const remembered: string[] = new Array(REMEMBERED).fill('');
  return (row) => {
    const start = offsets[row]!;
    const end = offsets[row + 1]!;
    if (end - start > MAX_REMEMBERED_BYTES) return decodeUtf8(data, start, end);
    let hash = end - start;
    let high = 0;
    for (let at = start; at < end; at += 1) {
      hash = (Math.imul(hash, 31) + data[at]!) | 0;
      high |= data[at]!;
    }
    if (high >= 0x80) return decodeUtf8(data, start, end);
    const slot = (hash ^ (hash >>> 15)) & (REMEMBERED - 1);
    const known = remembered[slot]!;
    if (known.length === end - start) {
      let at = 0;
      while (at < known.length && known.charCodeAt(at) === data[start + at]) at += 1;
      if (at === known.length) return known;
    }
    const made = decodeUtf8(data, start, end);
    remembered[slot] = made;
    return made;
  };
}

const range = (child: Vector, start: number, end: number): unknown[] =>
  Array.from({ length: end - start }, (_, index) => child.get(start + index));

/** A sparse union: its type ids, then every member; the last id means null. */
function union(members: readonly Member[], length: number, cursor: Cursor): Vector {
  const ids = cursor.buffer();
  const values = members.map(({ type }) => vector(type, cursor));
  cursor.node();
  return { length, nulls: 0, validity: undefined, get: (row) => values[ids[row] ?? 0]?.get(row) ?? null };
}
