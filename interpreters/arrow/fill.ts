/**
 * One batch of an Arrow stream of ours → vectors of the engine. The stream may come from a program of the user's, so every
 * length and offset is checked before the engine is given memory by it.
 */
import { isUtf8 } from 'node:buffer';
import duckdb, { type Vector } from '@duckdb/node-bindings';
import type { StreamBatch } from './schema.ts';
import { parseBignum, parseBit, parseFixed, TEXT_WIDTH } from './text.ts';
import type { DuckType } from './types.ts';
import { isValid } from './vector.ts';

/** Hands out a batch's nodes and buffers in the order they were written. */
export class BatchReader {
  readonly #batch: StreamBatch;
  #node = 0;
  #buffer = 0;

  constructor(batch: StreamBatch) {
    this.#batch = batch;
  }

  /** How many of the next node's `length` elements are NULL. */
  node(length: number): number {
    const nulls = this.#batch.nodes[this.#node + 1] ?? 0;
    if (this.#batch.nodes[this.#node] !== length) throw new RangeError('an Arrow batch has columns of several lengths');
    this.#node += 2;
    return nulls;
  }

  /** Of at least so many bytes. */
  buffer(least: number): Uint8Array {
    const start = this.#batch.buffers[this.#buffer] ?? 0;
    const length = this.#batch.buffers[this.#buffer + 1] ?? 0;
    this.#buffer += 2;
    const bytes = this.#batch.body.subarray(start, start + length);
    if (bytes.length < least) throw new RangeError('an Arrow batch lacks bytes');
    return bytes;
  }

  /** `count + 1` int32 offsets, none before the one ahead of it. */
  offsets(count: number): Int32Array {
    const bytes = this.buffer(4 * (count + 1));
    const offsets = new Int32Array(count + 1);
    new Uint8Array(offsets.buffer).set(bytes.subarray(0, 4 * (count + 1)));
    for (let index = 0; index < count; index += 1) {
      if (offsets[index]! > offsets[index + 1]!) throw new RangeError('an Arrow batch has offsets out of order');
    }
    if (offsets[0]! < 0) throw new RangeError('an Arrow batch has an offset below 0');
    return offsets;
  }
}

/** Throws a RangeError where the batch is not what the type says: reading on would take memory that is not its own. */
export function fill(type: DuckType, vector: Vector, length: number, reader: BatchReader): void {
  const nulls = reader.node(length);
  if (type.kind === 'null') {
    setValidity(vector, new Uint8Array((length + 7) >> 3));
    return;
  }
  if (type.kind === 'union') {
    fillUnion(type.members, vector, length, reader);
    return;
  }
  const validity = reader.buffer(nulls > 0 ? (length + 7) >> 3 : 0);
  const valid = nulls > 0 ? validity.subarray(0, (length + 7) >> 3) : undefined;
  if (valid) setValidity(vector, valid);
  switch (type.kind) {
    case 'boolean': {
      const bits = reader.buffer((length + 7) >> 3);
      const data = Uint8Array.from({ length }, (_, index) => (bits[index >> 3]! >> (index & 7)) & 1);
      setData(vector, data);
      return;
    }
    case 'fixed':
      setData(vector, reader.buffer(length * type.width).subarray(0, length * type.width));
      return;
    case 'decimal':
      setData(vector, narrow(reader.buffer(length * 16).subarray(0, length * 16), type.width));
      return;
    case 'bytes':
      fillBytes(vector, length, valid, type.utf8, reader);
      return;
    case 'text':
    case 'enum':
      fillTexts(type, vector, length, valid, reader);
      return;
    case 'list':
      fillList(type.child, vector, length, reader);
      return;
    case 'map': {
      const members = [
        { name: 'key', type: type.key },
        { name: 'value', type: type.value },
      ];
      fillList({ kind: 'struct', sql: '', members }, vector, length, reader);
      return;
    }
    case 'array':
      fill(type.child, duckdb.array_vector_get_child(vector), length * type.size, reader);
      return;
    case 'struct':
      type.members.forEach((member, index) => {
        fill(member.type, duckdb.struct_vector_get_child(vector, index), length, reader);
      });
      return;
    case 'foreign':
      throw new TypeError(`${type.sql} can't be loaded`);
  }
}

function fillTexts(
  type: Extract<DuckType, { kind: 'text' | 'enum' }>,
  vector: Vector,
  length: number,
  valid: Uint8Array | undefined,
  reader: BatchReader,
): void {
  const decoder = new TextDecoder();
  if (type.kind === 'text' && (type.form === 'bit' || type.form === 'bignum')) {
    const parse = type.form === 'bit' ? parseBit : parseBignum;
    eachSlice(reader, length, valid, (index, bytes) => {
      duckdb.vector_assign_string_element_len(vector, index, parse(decoder.decode(bytes)));
    });
    return;
  }
  const width = type.kind === 'enum' ? type.width : TEXT_WIDTH[type.form as keyof typeof TEXT_WIDTH];
  const data = new Uint8Array(length * width);
  const view = new DataView(data.buffer);
  const codes = new Map(type.kind === 'enum' ? type.values.map((value, index) => [value, index] as const) : []);
  eachSlice(reader, length, valid, (index, bytes) => {
    const text = decoder.decode(bytes);
    if (type.kind === 'text') parseFixed(type.form as keyof typeof TEXT_WIDTH, text, view, index * width);
    else if (width === 1) view.setUint8(index, codes.get(text) ?? 0);
    else if (width === 2) view.setUint16(index * 2, codes.get(text) ?? 0, true);
    else view.setUint32(index * 4, codes.get(text) ?? 0, true);
  });
  setData(vector, data);
}

function fillList(child: DuckType, vector: Vector, length: number, reader: BatchReader): void {
  const offsets = reader.offsets(length);
  const entries = new BigUint64Array(length * 2);
  for (let index = 0; index < length; index += 1) {
    const start = offsets[index]!;
    entries[2 * index] = BigInt(start);
    entries[2 * index + 1] = BigInt(offsets[index + 1]! - start);
  }
  const total = offsets[length]!;
  duckdb.list_vector_reserve(vector, total);
  duckdb.list_vector_set_size(vector, total);
  setData(vector, new Uint8Array(entries.buffer));
  fill(child, duckdb.list_vector_get_child(vector), total, reader);
}

function fillUnion(
  members: Extract<DuckType, { kind: 'union' }>['members'],
  vector: Vector,
  length: number,
  reader: BatchReader,
): void {
  const ids = reader.buffer(length);
  const valid = new Uint8Array((length + 7) >> 3);
  const tags = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) {
    if (ids[index]! >= members.length) continue;
    tags[index] = ids[index]!;
    valid[index >> 3]! |= 1 << (index & 7);
  }
  const tagVector = duckdb.struct_vector_get_child(vector, 0);
  setData(tagVector, tags);
  setValidity(tagVector, valid);
  setValidity(vector, valid);
  members.forEach((member, index) => {
    fill(member.type, duckdb.struct_vector_get_child(vector, index + 1), length, reader);
  });
  reader.node(length);
}

/** 128-bit decimals to the width the engine stores them in. */
function narrow(bytes: Uint8Array, width: 2 | 4 | 8 | 16): Uint8Array {
  if (width === 16) return bytes;
  const count = bytes.length / 16;
  const target = new Uint8Array(count * width);
  for (let index = 0; index < count; index += 1) {
    target.set(bytes.subarray(index * 16, index * 16 + width), index * width);
  }
  return target;
}

function eachSlice(
  reader: BatchReader,
  length: number,
  valid: Uint8Array | undefined,
  visit: (index: number, bytes: Uint8Array) => void,
): void {
  const offsets = reader.offsets(length);
  const bytes = reader.buffer(offsets[length]!);
  for (let index = 0; index < length; index += 1) {
    if (isValid(valid, index)) visit(index, bytes.subarray(offsets[index]!, offsets[index + 1]!));
  }
}

/** An element is 16 bytes: its length, then its bytes if they are at most 12; longer ones the engine has to place. */
function fillBytes(
  vector: Vector,
  length: number,
  valid: Uint8Array | undefined,
  utf8: boolean,
  reader: BatchReader,
): void {
  const offsets = reader.offsets(length);
  const bytes = reader.buffer(offsets[length]!);
  if (utf8 && !isUtf8(bytes)) throw new RangeError('a text of an Arrow batch is no UTF-8');
  const headers = new Uint8Array(length * HEADER_BYTES);
  const lengths = new Uint32Array(headers.buffer);
  const long: number[] = [];
  for (let index = 0; index < length; index += 1) {
    if (!isValid(valid, index)) continue;
    const start = offsets[index]!;
    const size = offsets[index + 1]! - start;
    if (size > 0 && utf8 && (bytes[start]! & 0xc0) === 0x80) throw new RangeError('a text of an Arrow batch is cut');
    if (size > INLINE_BYTES) {
      long.push(index);
      continue;
    }
    lengths[index * 4] = size;
    const at = index * HEADER_BYTES + 4;
    for (let byte = 0; byte < size; byte += 1) headers[at + byte] = bytes[start + byte]!;
  }
  setData(vector, headers);
  for (const index of long) {
    duckdb.vector_assign_string_element_len(vector, index, bytes.subarray(offsets[index]!, offsets[index + 1]!));
  }
}

const HEADER_BYTES = 16;
const INLINE_BYTES = 12;

function setData(vector: Vector, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  duckdb.copy_data_to_vector(vector, 0, bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}

function setValidity(vector: Vector, bits: Uint8Array): void {
  if (bits.length === 0) return;
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, bits.buffer as ArrayBuffer, bits.byteOffset, bits.length);
}
