/**
 * The inverse of `encode.ts`: the bytes of a stream of ours → DuckDB data chunks → an appender. The table's own columns
 * say the types, so nothing is guessed: make it with `createStatement`, whose types come from the fields' metadata.
 */
import duckdb, {
  type Appender,
  type Connection,
  type DataChunk,
  type LogicalType,
  type Vector,
} from '@duckdb/node-bindings';
import { quoteName } from './names.ts';
import { readStream, type StreamBatch, type StreamField } from './schema.ts';
import { parseBignum, parseBit, parseFixed, TEXT_WIDTH } from './text.ts';
import { type DuckType, duckType } from './types.ts';
import { isValid } from './vector.ts';

/** The names and engine types of a stream's columns, and how many rows it holds. */
export function describeStream(bytes: Uint8Array): { fields: readonly StreamField[]; rows: number } {
  const { fields, batches } = readStream(bytes);
  return { fields, rows: batches.reduce((sum, batch) => sum + batch.rows, 0) };
}

/** `create table` for a stream's rows. Names must be unique, case apart: see `uniqueNames`. `table` is SQL. */
export function createStatement(table: string, fields: readonly StreamField[], names: readonly string[]): string {
  const columns = fields.map((field, index) => `${quoteName(names[index] ?? field.name)} ${field.type}`);
  return `create table ${table} (${columns.join(', ')})`;
}

/** Repeated names become `a_1`, `a_2`, as the engine itself does it; `taken` may not be used at all. */
export function uniqueNames(names: readonly string[], taken: readonly string[] = []): string[] {
  const used = new Set([...taken, ...names].map((name) => name.toLowerCase()));
  const seen = new Set(taken.map((name) => name.toLowerCase()));
  return names.map((name) => {
    const folded = name.toLowerCase();
    if (!seen.has(folded)) {
      seen.add(folded);
      return name;
    }
    let count = 1;
    while (used.has(`${folded}_${count}`)) count += 1;
    used.add(`${folded}_${count}`);
    return `${name}_${count}`;
  });
}

/** Appends all rows of the stream; the caller flushes and closes. Returns how many. */
export function appendStream(appender: Appender, bytes: Uint8Array): number {
  const { batches } = readStream(bytes);
  const logical = Array.from({ length: duckdb.appender_column_count(appender) }, (_, index) =>
    duckdb.appender_column_type(appender, index),
  );
  const types = logical.map(duckType);
  let rows = 0;
  for (const batch of batches) {
    duckdb.append_data_chunk(appender, decodeBatch(batch, logical, types));
    rows += batch.rows;
  }
  return rows;
}

/** All chunks of a stream, their columns of these types. */
export function decodeStream(bytes: Uint8Array, logical: readonly LogicalType[]): DataChunk[] {
  const types = logical.map(duckType);
  return readStream(bytes).batches.map((batch) => decodeBatch(batch, logical, types));
}

/** Creates `name` in `catalog`.`schema` and fills it. Throws with the engine's message if the name is taken. */
export async function loadTable(
  connection: Connection,
  target: { readonly catalog: string; readonly schema: string; readonly name: string },
  bytes: Uint8Array,
): Promise<number> {
  const { fields } = readStream(bytes);
  const names = uniqueNames(fields.map((field) => field.name));
  const table = [target.catalog, target.schema, target.name].map(quoteName).join('.');
  await duckdb.query(connection, createStatement(table, fields, names));
  const appender = duckdb.appender_create_ext(connection, target.catalog, target.schema, target.name);
  try {
    return appendStream(appender, bytes);
  } finally {
    duckdb.appender_close_sync(appender);
  }
}

function decodeBatch(batch: StreamBatch, logical: readonly LogicalType[], types: readonly DuckType[]): DataChunk {
  const chunk = duckdb.create_data_chunk(logical);
  duckdb.data_chunk_set_size(chunk, batch.rows);
  const reader = new Reader(batch);
  types.forEach((type, index) => {
    fill(type, duckdb.data_chunk_get_vector(chunk, index), reader);
  });
  return chunk;
}

/** Hands out a batch's nodes and buffers in the order they were written. */
class Reader {
  readonly #batch: StreamBatch;
  #node = 0;
  #buffer = 0;

  constructor(batch: StreamBatch) {
    this.#batch = batch;
  }

  node(): { readonly length: number; readonly nulls: number } {
    const length = this.#batch.nodes[this.#node] ?? 0;
    const nulls = this.#batch.nodes[this.#node + 1] ?? 0;
    this.#node += 2;
    return { length, nulls };
  }

  buffer(): Uint8Array {
    const start = this.#batch.buffers[this.#buffer] ?? 0;
    const length = this.#batch.buffers[this.#buffer + 1] ?? 0;
    this.#buffer += 2;
    return this.#batch.body.subarray(start, start + length);
  }

  /** `count + 1` int32 offsets. */
  offsets(count: number): DataView {
    const bytes = this.buffer();
    if (bytes.length < 4 * (count + 1)) throw new RangeError('an Arrow batch lacks offsets');
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

function fill(type: DuckType, vector: Vector, reader: Reader): void {
  const { length, nulls } = reader.node();
  if (type.kind === 'null') {
    setValidity(vector, new Uint8Array((length + 7) >> 3));
    return;
  }
  if (type.kind === 'union') {
    fillUnion(type.members, vector, length, reader);
    return;
  }
  const validity = reader.buffer();
  const valid = nulls > 0 ? validity : undefined;
  if (valid) setValidity(vector, valid);
  switch (type.kind) {
    case 'boolean': {
      const bits = reader.buffer();
      const data = Uint8Array.from({ length }, (_, index) => (bits[index >> 3]! >> (index & 7)) & 1);
      setData(vector, data);
      return;
    }
    case 'fixed':
      setData(vector, reader.buffer());
      return;
    case 'decimal':
      setData(vector, narrow(reader.buffer(), type.width));
      return;
    case 'bytes':
      eachSlice(reader, length, valid, (index, bytes) => {
        duckdb.vector_assign_string_element_len(vector, index, bytes);
      });
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
      fill(type.child, duckdb.array_vector_get_child(vector), reader);
      return;
    case 'struct':
      type.members.forEach((member, index) => {
        fill(member.type, duckdb.struct_vector_get_child(vector, index), reader);
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
  reader: Reader,
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

function fillList(child: DuckType, vector: Vector, length: number, reader: Reader): void {
  const offsets = reader.offsets(length);
  const entries = new BigUint64Array(length * 2);
  for (let index = 0; index < length; index += 1) {
    const start = offsets.getInt32(4 * index, true);
    entries[2 * index] = BigInt(start);
    entries[2 * index + 1] = BigInt(offsets.getInt32(4 * index + 4, true) - start);
  }
  const total = offsets.getInt32(4 * length, true);
  duckdb.list_vector_reserve(vector, total);
  duckdb.list_vector_set_size(vector, total);
  setData(vector, new Uint8Array(entries.buffer));
  fill(child, duckdb.list_vector_get_child(vector), reader);
}

function fillUnion(
  members: Extract<DuckType, { kind: 'union' }>['members'],
  vector: Vector,
  length: number,
  reader: Reader,
): void {
  const ids = reader.buffer();
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
    fill(member.type, duckdb.struct_vector_get_child(vector, index + 1), reader);
  });
  reader.node();
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
  reader: Reader,
  length: number,
  valid: Uint8Array | undefined,
  visit: (index: number, bytes: Uint8Array) => void,
): void {
  const offsets = reader.offsets(length);
  const bytes = reader.buffer();
  for (let index = 0; index < length; index += 1) {
    if (!isValid(valid, index)) continue;
    visit(index, bytes.subarray(offsets.getInt32(4 * index, true), offsets.getInt32(4 * index + 4, true)));
  }
}

function setData(vector: Vector, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  duckdb.copy_data_to_vector(vector, 0, bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}

function setValidity(vector: Vector, bits: Uint8Array): void {
  if (bits.length === 0) return;
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, bits.buffer as ArrayBuffer, bits.byteOffset, bits.length);
}
