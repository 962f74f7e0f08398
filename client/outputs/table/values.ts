/**
 * Values of Arrow columns as exact text. A reader is made once for a field and then asked for each value: it reads the
 * column's own integers, because flechette's values pass through doubles and dates. Nested values read like JSON.
 * What Arrow cannot hold comes as text already, with the engine's type in the field's metadata `duckdb.type`.
 */
import { type Batch, type DataType, type Field, Type } from '@uwdata/flechette';
import { kindOf } from '../../../server/protocol/table/kinds.ts';
import { decimalText, doubleText, floatText, wideInteger } from './numbers.ts';
import { dateText, timestampText, timeText, zoneOf } from './temporal.ts';

/** The text of a value, null for null. */
export type Reader = (batch: Batch<unknown>, index: number) => string | null;

export const typeOf = (field: Field): string => field.metadata?.get('duckdb.type') ?? '';

export function readerOf(field: Field): Reader {
  // Nulls alone have no bits to ask either.
  if (field.type.typeId === Type.Null) return () => null;
  const read = valueReader(field.type, typeOf(field));
  // Without nulls a column has no bits to ask, and `isValid` would answer no.
  return (batch, index) => (batch.nullCount === 0 || batch.isValid(index) ? read(batch, index) : null);
}

/** Reads a value that is not null. */
type ValueReader = (batch: Batch<unknown>, index: number) => string | null;

const PER_SECOND = [1n, 1000n, 1_000_000n, 1_000_000_000n] as const;

function valueReader(type: DataType, engine: string): ValueReader {
  switch (type.typeId) {
    case Type.Bool:
      return (batch, index) => ((Number(batch.values[index >> 3]) >> (index & 7)) & 1 ? 'true' : 'false');
    case Type.Int:
      return (batch, index) => String(batch.values[index]);
    case Type.Float:
      if (type.precision === 2) return (batch, index) => doubleText(Number(batch.values[index]));
      if (type.precision === 1) return (batch, index) => floatText(Number(batch.values[index]));
      return (batch, index) => floatText(Number(batch.value(index)));
    case Type.Decimal:
      return decimalReader(type.bitWidth, type.scale);
    case Type.Date:
      return type.unit === 0
        ? (batch, index) => dateText(Number(batch.values[index]))
        : (batch, index) => dateText(Math.floor(Number(batch.values[index]) / 86_400_000));
    case Type.Time: {
      const per = PER_SECOND[type.unit];
      return (batch, index) => timeText(BigInt(batch.values[index]!), per);
    }
    case Type.Timestamp: {
      const per = PER_SECOND[type.unit];
      const zone = type.timezone ? zoneOf(type.timezone) : undefined;
      return (batch, index) => timestampText(BigInt(batch.values[index]!), per, zone);
    }
    case Type.Binary:
    case Type.LargeBinary:
    case Type.FixedSizeBinary:
      return engine === 'UUID'
        ? (batch, index) => uuidText(batch.value(index) as Uint8Array)
        : (batch, index) => blobText(batch.value(index) as Uint8Array);
    case Type.List:
    case Type.LargeList:
    case Type.FixedSizeList:
      return listReader(type);
    case Type.Struct:
      return structReader(type.children);
    case Type.Map:
      return mapReader(type.children[0]);
    case Type.Union:
      return unionReader(type);
    default:
      return (batch, index) => String(batch.value(index));
  }
}

function decimalReader(bitWidth: number, scale: number): ValueReader {
  if (bitWidth === 32) return (batch, index) => decimalText(BigInt(batch.values[index]!), scale);
  const words = bitWidth / 64;
  return (batch, index) => decimalText(wideInteger(batch.values as BigUint64Array, index, words), scale);
}

type AnyList = Extract<DataType, { typeId: 12 | 16 | 21 }>;

function listReader(type: AnyList): ValueReader {
  const item = nestedReader(type.children[0]!);
  return (batch, index) => {
    const [start, end] =
      type.typeId === Type.FixedSizeList
        ? [index * type.stride, (index + 1) * type.stride]
        : [Number(batch.offsets[index]), Number(batch.offsets[index + 1])];
    const items = batch.children[0]!;
    const texts: string[] = [];
    for (let at = start; at < end; at += 1) texts.push(item(items, at));
    return `[${texts.join(', ')}]`;
  };
}

function structReader(fields: readonly Field[]): ValueReader {
  const readers = fields.map((field) => ({ name: JSON.stringify(field.name), read: nestedReader(field) }));
  return (batch, index) =>
    `{${readers.map(({ name, read }, at) => `${name}: ${read(batch.children[at]!, index)}`).join(', ')}}`;
}

function mapReader(entries: Field): ValueReader {
  const [keyField, valueField] = (entries.type as Extract<DataType, { typeId: 13 }>).children;
  const readKey = nestedReader(keyField!);
  const readValue = nestedReader(valueField!);
  return (batch, index) => {
    const [keys, values] = batch.children[0]!.children;
    const texts: string[] = [];
    for (let at = Number(batch.offsets[index]); at < Number(batch.offsets[index + 1]); at += 1) {
      texts.push(`${readKey(keys!, at)}: ${readValue(values!, at)}`);
    }
    return `{${texts.join(', ')}}`;
  };
}

/** A union shows the member it holds. Sparse ones keep a value of each member at every index. */
function unionReader(type: Extract<DataType, { typeId: 14 }>): ValueReader {
  const readers = type.children.map(readerOf);
  return (batch, index) => {
    const ids = (batch as unknown as { typeIds: Int8Array }).typeIds;
    const member = type.typeMap[ids[index]!] ?? 0;
    const at = type.mode === 1 ? Number(batch.offsets[index]) : index;
    return readers[member]!(batch.children[member]!, at);
  };
}

/** Inside a nested value: text is quoted, null is said, figures and truth values stand bare. */
function nestedReader(field: Field): (batch: Batch<unknown>, index: number) => string {
  const read = readerOf(field);
  const bare = isBare(field);
  return (batch, index) => {
    const text = read(batch, index);
    return text === null ? 'null' : bare ? text : JSON.stringify(text);
  };
}

function isBare(field: Field): boolean {
  const { typeId } = field.type;
  if (typeId === Type.Utf8 || typeId === Type.LargeUtf8) {
    const engine = typeOf(field);
    return engine === 'JSON' || (engine !== '' && kindOf(engine) === 'number');
  }
  return (
    typeId === Type.Int ||
    typeId === Type.Float ||
    typeId === Type.Decimal ||
    typeId === Type.Bool ||
    typeId === Type.List ||
    typeId === Type.LargeList ||
    typeId === Type.FixedSizeList ||
    typeId === Type.Struct ||
    typeId === Type.Map
  );
}

function uuidText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** As the engine prints a BLOB: printable ASCII as it is, all else `\xAB`. */
export function blobText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const plain = byte >= 32 && byte < 127 && byte !== 92 && byte !== 34 && byte !== 39;
    text += plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}
