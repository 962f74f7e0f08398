/**
 * DuckDB data chunks → Arrow IPC stream bytes, from the raw vectors: no value becomes a JavaScript object but those that
 * travel as text. A stream is `encodeSchema`, one `encodeBatch` a chunk, `END_OF_STREAM`; `encodeStream` does all three.
 */
import duckdb, { type Vector } from '@duckdb/node-bindings';
import { Body } from './body.ts';
import { batchMessage, END_OF_STREAM, schemaMessage } from './schema.ts';
import { encodeStrings, stringBytes } from './strings.ts';
import { bignumText, bitText, fixedText, TEXT_WIDTH } from './text.ts';
import { type AnyChunk, type ArrowColumn, type DuckType, rawChunk } from './types.ts';
import { dataOf, isValid, type Span, spanValidity, validityOf } from './vector.ts';

export { TooLarge } from './body.ts';
export { END_OF_STREAM } from './schema.ts';

export type EncodeOptions = {
  /** IANA; written into the type of TIMESTAMP WITH TIME ZONE. UTC when absent. */
  readonly timeZone?: string;
};

export const encodeSchema = (columns: readonly ArrowColumn[], options: EncodeOptions = {}): Uint8Array =>
  schemaMessage(columns, options.timeZone ?? 'UTC');

export type BatchOptions = {
  /** Only so many rows. */
  readonly rows?: number;
  /** Begins with this row. */
  readonly from?: number;
  /** Throws `TooLarge`, soon, when the batch would take more bytes. */
  readonly limit?: number;
};

/** One record batch of a chunk's rows and first columns: a chunk may have more columns than `columns` names. */
export function encodeBatch(
  columns: readonly ArrowColumn[],
  chunk: AnyChunk,
  { rows, from = 0, limit }: BatchOptions = {},
): Uint8Array {
  const raw = rawChunk(chunk);
  const extent = duckdb.data_chunk_get_size(raw);
  const count = Math.min(rows ?? extent, extent - from);
  const picked = from === 0 ? {} : { rows: Int32Array.from({ length: count }, (_, index) => from + index) };
  const body = new Body(limit);
  columns.forEach((column, index) => {
    encodeVector(column.type, duckdb.data_chunk_get_vector(raw, index), { count, extent, ...picked }, body);
  });
  const content = body.written;
  const metadata = batchMessage(count, body.nodes, body.buffers, content.length);
  return concat([metadata, content]);
}

export function encodeStream(
  chunks: readonly AnyChunk[],
  columns: readonly ArrowColumn[],
  options: EncodeOptions = {},
): Uint8Array {
  const batches = chunks.map((chunk) => encodeBatch(columns, chunk));
  return concat([encodeSchema(columns, options), ...batches, END_OF_STREAM]);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function encodeVector(type: DuckType, vector: Vector, span: Span, body: Body): void {
  if (type.kind === 'null') {
    body.node(span.count, span.count);
    return;
  }
  if (type.kind === 'union') {
    encodeUnion(type.members, vector, span, body);
    return;
  }
  const validity = validityOf(vector, span.extent);
  const { bits, nulls } = spanValidity(validity, span);
  body.node(span.count, nulls);
  body.copy(bits);
  switch (type.kind) {
    case 'boolean':
      encodeBooleans(vector, span, body);
      return;
    case 'fixed':
      encodeFixed(vector, type.width, span, body);
      return;
    case 'decimal':
      encodeDecimals(vector, type.width, span, body);
      return;
    case 'bytes':
      encodeStrings(vector, span, validity, body);
      return;
    case 'text':
    case 'enum':
      encodeTexts(textReader(type, vector, span.extent), span, validity, body);
      return;
    case 'list':
      encodeList(type.child, vector, span, validity, body);
      return;
    case 'map': {
      const members = [
        { name: 'key', type: type.key },
        { name: 'value', type: type.value },
      ];
      encodeList({ kind: 'struct', sql: '', members }, vector, span, validity, body);
      return;
    }
    case 'array':
      encodeArray(type.child, type.size, vector, span, body);
      return;
    case 'struct':
      type.members.forEach((member, index) => {
        encodeVector(member.type, duckdb.struct_vector_get_child(vector, index), span, body);
      });
      return;
    case 'foreign':
      throw new TypeError(`${type.sql} has to be cast to VARCHAR before it is encoded`);
  }
}

function encodeBooleans(vector: Vector, { count, extent, rows }: Span, body: Body): void {
  const data = dataOf(vector, extent);
  const target = body.buffer((count + 7) >> 3);
  for (let index = 0; index < count; index += 1) {
    if (data[rows ? rows[index]! : index] !== 0) target[index >> 3]! |= 1 << (index & 7);
  }
}

function encodeFixed(vector: Vector, width: 1 | 2 | 4 | 8, { count, extent, rows }: Span, body: Body): void {
  const data = dataOf(vector, extent * width);
  if (!rows) {
    body.copy(data.subarray(0, count * width));
    return;
  }
  const target = body.buffer(count * width);
  for (let index = 0; index < count; index += 1) {
    const from = rows[index]! * width;
    const to = index * width;
    for (let byte = 0; byte < width; byte += 1) target[to + byte] = data[from + byte]!;
  }
}

/** Widens to 128 bits, the one width every reader of Arrow knows. */
function encodeDecimals(vector: Vector, width: 2 | 4 | 8 | 16, { count, extent, rows }: Span, body: Body): void {
  const data = dataOf(vector, extent * width);
  if (width === 16 && !rows) {
    body.copy(data.subarray(0, count * 16));
    return;
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const bytes = body.buffer(count * 16);
  const target = new Int32Array(bytes.buffer, bytes.byteOffset, count * 4);
  for (let index = 0; index < count; index += 1) {
    const from = (rows ? rows[index]! : index) * width;
    const low = width === 2 ? view.getInt16(from, true) : view.getInt32(from, true);
    const next = width >= 8 ? view.getInt32(from + 4, true) : low >> 31;
    target[index * 4] = low;
    target[index * 4 + 1] = next;
    target[index * 4 + 2] = width === 16 ? view.getInt32(from + 8, true) : next >> 31;
    target[index * 4 + 3] = width === 16 ? view.getInt32(from + 12, true) : next >> 31;
  }
}

function textReader(
  type: Extract<DuckType, { kind: 'text' | 'enum' }>,
  vector: Vector,
  extent: number,
): (row: number) => string {
  if (type.kind === 'enum') {
    const data = dataOf(vector, extent * type.width);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const { values, width } = type;
    if (width === 1) return (row) => values[view.getUint8(row)] ?? '';
    if (width === 2) return (row) => values[view.getUint16(2 * row, true)] ?? '';
    return (row) => values[view.getUint32(4 * row, true)] ?? '';
  }
  const { form } = type;
  if (form === 'bignum' || form === 'bit') {
    const headers = dataOf(vector, extent * 16);
    const read = form === 'bit' ? bitText : bignumText;
    return (row) => read(stringBytes(headers, row));
  }
  const width = TEXT_WIDTH[form];
  const data = dataOf(vector, extent * width);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return (row) => fixedText(form, view, row * width);
}

function encodeTexts(
  read: (row: number) => string,
  { count, rows }: Span,
  validity: Uint8Array | undefined,
  body: Body,
): void {
  const offsets = new Int32Array(count + 1);
  const parts: string[] = [];
  let total = 0;
  for (let index = 0; index < count; index += 1) {
    const row = rows ? rows[index]! : index;
    if (isValid(validity, row)) {
      const text = read(row);
      parts.push(text);
      total += Buffer.byteLength(text);
    }
    offsets[index + 1] = total;
  }
  body.copy(new Uint8Array(offsets.buffer));
  new TextEncoder().encodeInto(parts.join(''), body.buffer(total));
}

/** Entries are (offset, length) into the child; after a filter they may leave gaps or come in another order. */
function encodeList(
  child: DuckType,
  vector: Vector,
  { count, extent, rows }: Span,
  validity: Uint8Array | undefined,
  body: Body,
): void {
  const data = dataOf(vector, extent * 16);
  const entries = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2);
  const offsets = new Int32Array(count + 1);
  let total = 0;
  let straight = true;
  for (let index = 0; index < count; index += 1) {
    const row = rows ? rows[index]! : index;
    const length = isValid(validity, row) ? entries[row * 4 + 2]! : 0;
    if (length > 0 && entries[row * 4] !== total) straight = false;
    total += length;
    offsets[index + 1] = total;
  }
  body.copy(new Uint8Array(offsets.buffer));
  const held = duckdb.list_vector_get_size(vector);
  const childVector = duckdb.list_vector_get_child(vector);
  if (straight) {
    encodeVector(child, childVector, { count: total, extent: held }, body);
    return;
  }
  const picked = new Int32Array(total);
  for (let index = 0; index < count; index += 1) {
    const row = rows ? rows[index]! : index;
    const start = entries[row * 4]!;
    const from = offsets[index]!;
    for (let at = from; at < offsets[index + 1]!; at += 1) picked[at] = start + at - from;
  }
  encodeVector(child, childVector, { count: total, extent: held, rows: picked }, body);
}

function encodeArray(child: DuckType, size: number, vector: Vector, { count, extent, rows }: Span, body: Body): void {
  const childVector = duckdb.array_vector_get_child(vector);
  if (!rows) {
    encodeVector(child, childVector, { count: count * size, extent: extent * size }, body);
    return;
  }
  const picked = new Int32Array(count * size);
  for (let at = 0; at < picked.length; at += 1) picked[at] = rows[Math.floor(at / size)]! * size + (at % size);
  encodeVector(child, childVector, { count: picked.length, extent: extent * size, rows: picked }, body);
}

/**
 * A union is a struct of a tag and its members. Arrow's sparse union has no validity of its own: a NULL union takes the
 * type id behind the last member, whose child is of the null type.
 */
function encodeUnion(
  members: Extract<DuckType, { kind: 'union' }>['members'],
  vector: Vector,
  span: Span,
  body: Body,
): void {
  const validity = validityOf(vector, span.extent);
  const tags = duckdb.struct_vector_get_child(vector, 0);
  const tagValidity = validityOf(tags, span.extent);
  const data = dataOf(tags, span.extent);
  body.node(span.count, 0);
  const target = body.buffer(span.count);
  for (let index = 0; index < span.count; index += 1) {
    const row = span.rows ? span.rows[index]! : index;
    target[index] = isValid(validity, row) && isValid(tagValidity, row) ? data[row]! : members.length;
  }
  members.forEach((member, index) => {
    encodeVector(member.type, duckdb.struct_vector_get_child(vector, index + 1), span, body);
  });
  encodeVector({ kind: 'null', sql: '"NULL"' }, vector, span, body);
}
