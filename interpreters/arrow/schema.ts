/**
 * Arrow's schema message. Fields carry `duckdb.type`; names and numbers of slots are those of Schema.fbs and Message.fbs:
 * https://github.com/apache/arrow/tree/main/format
 */
import { FlatBuilder, FlatTable, type Slot } from './flatbuffer.ts';
import type { ArrowColumn, DuckType } from './types.ts';

export const TYPE_KEY = 'duckdb.type';

const VERSION_5 = 4;
const HEADER = { schema: 1, recordBatch: 3 } as const;
const TYPE = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  boolean: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  list: 12,
  struct: 13,
  union: 14,
  array: 16,
  map: 17,
} as const;

/** Bytes before a message's metadata: the continuation mark and the metadata's length. */
const PREFIX = 8;
export const END_OF_STREAM: Uint8Array = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

const byte = (value: number): Slot => ({ kind: 'byte', value });
const short = (value: number): Slot => ({ kind: 'short', value });
const integer = (value: number): Slot => ({ kind: 'int', value });
const long = (value: number): Slot => ({ kind: 'long', value });
const reference = (value: number): Slot => ({ kind: 'reference', value });

/** `timeZone` is written into zoned timestamps, IANA. */
export function schemaMessage(columns: readonly ArrowColumn[], timeZone: string): Uint8Array {
  const builder = new FlatBuilder();
  const fields = columns.map((column) => field(builder, column.name, column.type, timeZone));
  const schema = builder.table([short(0), reference(builder.references(fields))]);
  return message(builder, HEADER.schema, schema, 0);
}

/** The metadata of a record batch, its body of `bodyLength` bytes to follow. `nodes` and `buffers` are pairs, flat. */
export function batchMessage(
  rows: number,
  nodes: readonly number[],
  buffers: readonly number[],
  bodyLength: number,
): Uint8Array {
  const builder = new FlatBuilder();
  const nodePairs = builder.pairs(nodes);
  const bufferPairs = builder.pairs(buffers);
  const batch = builder.table([long(rows), reference(nodePairs), reference(bufferPairs)]);
  return message(builder, HEADER.recordBatch, batch, bodyLength);
}

function message(builder: FlatBuilder, kind: number, header: number, bodyLength: number): Uint8Array {
  const root = builder.table([short(VERSION_5), byte(kind), reference(header), long(bodyLength)]);
  const metadata = builder.finish(root);
  const length = (metadata.length + 7) & ~7;
  const bytes = new Uint8Array(PREFIX + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xffffffff, true);
  view.setInt32(4, length, true);
  bytes.set(metadata, PREFIX);
  return bytes;
}

function field(builder: FlatBuilder, name: string, type: DuckType, timeZone: string, nullable = true): number {
  const children = childFields(builder, type, timeZone);
  const [id, table] = arrowType(builder, type, timeZone);
  const childList = builder.references(children);
  const label = builder.string(name);
  const key = builder.string(TYPE_KEY);
  const value = builder.string(type.sql);
  const metadata = builder.references([builder.table([reference(key), reference(value)])]);
  return builder.table([
    reference(label),
    byte(nullable ? 1 : 0),
    byte(id),
    reference(table),
    undefined,
    reference(childList),
    reference(metadata),
  ]);
}

function childFields(builder: FlatBuilder, type: DuckType, timeZone: string): number[] {
  switch (type.kind) {
    case 'list':
    case 'array':
      return [field(builder, 'item', type.child, timeZone)];
    case 'struct':
      return type.members.map((member) => field(builder, member.name, member.type, timeZone));
    case 'union':
      return [
        ...type.members.map((member) => field(builder, member.name, member.type, timeZone)),
        field(builder, 'null', { kind: 'null', sql: '"NULL"' }, timeZone),
      ];
    case 'map': {
      const entry: DuckType = {
        kind: 'struct',
        sql: `STRUCT("key" ${type.key.sql}, "value" ${type.value.sql})`,
        members: [
          { name: 'key', type: type.key },
          { name: 'value', type: type.value },
        ],
      };
      return [field(builder, 'entries', entry, timeZone, false)];
    }
    default:
      return [];
  }
}

function arrowType(builder: FlatBuilder, type: DuckType, timeZone: string): readonly [number, number] {
  switch (type.kind) {
    case 'null':
      return [TYPE.null, builder.table([])];
    case 'boolean':
      return [TYPE.boolean, builder.table([])];
    case 'fixed':
      return scalarType(builder, type.arrow, timeZone);
    case 'decimal':
      return [TYPE.decimal, builder.table([integer(type.precision), integer(type.scale), integer(128)])];
    case 'bytes':
      return [type.utf8 ? TYPE.utf8 : TYPE.binary, builder.table([])];
    case 'text':
    case 'enum':
      return [TYPE.utf8, builder.table([])];
    case 'list':
      return [TYPE.list, builder.table([])];
    case 'array':
      return [TYPE.array, builder.table([integer(type.size)])];
    case 'struct':
      return [TYPE.struct, builder.table([])];
    case 'map':
      return [TYPE.map, builder.table([byte(0)])];
    case 'union': {
      const ids = builder.ints(Array.from({ length: type.members.length + 1 }, (_, index) => index));
      return [TYPE.union, builder.table([short(0), reference(ids)])];
    }
    case 'foreign':
      throw new TypeError(`${type.sql} has to be cast to VARCHAR before it is encoded`);
  }
}

function scalarType(
  builder: FlatBuilder,
  arrow: Extract<DuckType, { kind: 'fixed' }>['arrow'],
  timeZone: string,
): readonly [number, number] {
  switch (arrow.type) {
    case 'int':
      return [TYPE.int, builder.table([integer(arrow.bits), byte(arrow.signed ? 1 : 0)])];
    case 'float':
      return [TYPE.float, builder.table([short(arrow.precision)])];
    case 'date':
      return [TYPE.date, builder.table([short(0)])];
    case 'time':
      return [TYPE.time, builder.table([short(arrow.unit), integer(64)])];
    case 'timestamp': {
      const zone = arrow.zoned ? reference(builder.string(timeZone)) : undefined;
      return [TYPE.timestamp, builder.table([short(arrow.unit), zone])];
    }
  }
}

export type StreamField = { readonly name: string; readonly type: string };
export type StreamBatch = {
  readonly rows: number;
  readonly nodes: readonly number[];
  readonly buffers: readonly number[];
  readonly body: Uint8Array;
};

/** Reads a stream of our own making. Throws on anything else: a stored block that is damaged is a bug or a bad disk. */
export function readStream(bytes: Uint8Array): { fields: StreamField[]; batches: StreamBatch[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: StreamField[] = [];
  const batches: StreamBatch[] = [];
  let at = 0;
  while (at + PREFIX <= bytes.length && view.getInt32(at + 4, true) !== 0) {
    const start = at + PREFIX;
    const length = view.getInt32(at + 4, true);
    if (view.getUint32(at, true) !== 0xffffffff || length < 0 || start + length > bytes.length) {
      throw new RangeError(`no Arrow message at byte ${at}`);
    }
    const root = FlatTable.root(bytes.subarray(start, start + length));
    const header = root.table(2);
    const bodyLength = root.long(3);
    if (!header || start + length + bodyLength > bytes.length)
      throw new RangeError(`a cut Arrow message at byte ${at}`);
    if (root.byte(1) === HEADER.schema) {
      fields.push(...header.tables(1).map(readField));
    } else {
      const body = bytes.subarray(start + length, start + length + bodyLength);
      batches.push({ rows: header.long(0), nodes: header.pairs(1), buffers: header.pairs(2), body });
    }
    at = start + length + bodyLength;
  }
  return { fields, batches };
}

function readField(table: FlatTable): StreamField {
  const metadata = table.tables(6).find((pair) => pair.string(0) === TYPE_KEY);
  return { name: table.string(0), type: metadata?.string(1) ?? 'VARCHAR' };
}
