/**
 * A DuckDB type as the encoder and its inverse see it: how its vector lies in memory, which Arrow type carries it, and
 * the engine's own name, which travels as field metadata `duckdb.type`. What Arrow can't hold exactly travels as the
 * text that `::varchar` gives. VARIANT, GEOMETRY and unions of more than 126 members are `foreign`: cast them to VARCHAR
 * in the query (`isForeign` tells).
 */
import duckdb, { type DataChunk, type LogicalType, type Result } from '@duckdb/node-bindings';
import { quoteName, quoteText } from './names.ts';

export type TextForm = 'hugeint' | 'uhugeint' | 'bignum' | 'bit' | 'timetz' | 'interval' | 'uuid';
export type TimeUnit = 0 | 1 | 2 | 3;

export type ArrowScalar =
  | { readonly type: 'int'; readonly bits: number; readonly signed: boolean }
  | { readonly type: 'float'; readonly precision: 1 | 2 }
  | { readonly type: 'date' }
  | { readonly type: 'time'; readonly unit: TimeUnit }
  | { readonly type: 'timestamp'; readonly unit: TimeUnit; readonly zoned: boolean };

export type Member = { readonly name: string; readonly type: DuckType };

/** `sql` is the engine's name of the type. */
export type DuckType = { readonly sql: string } & (
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'fixed'; readonly width: 1 | 2 | 4 | 8; readonly arrow: ArrowScalar }
  | { readonly kind: 'decimal'; readonly width: 2 | 4 | 8 | 16; readonly precision: number; readonly scale: number }
  | { readonly kind: 'bytes'; readonly utf8: boolean }
  | { readonly kind: 'text'; readonly form: TextForm }
  | { readonly kind: 'enum'; readonly width: 1 | 2 | 4; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly child: DuckType }
  | { readonly kind: 'array'; readonly child: DuckType; readonly size: number }
  | { readonly kind: 'struct'; readonly members: readonly Member[] }
  | { readonly kind: 'map'; readonly key: DuckType; readonly value: DuckType }
  | { readonly kind: 'union'; readonly members: readonly Member[] }
  | { readonly kind: 'foreign' }
);

export type ArrowColumn = { readonly name: string; readonly type: DuckType };

/** A chunk of the bindings, or one of `@duckdb/node-api`. */
export type AnyChunk = DataChunk | { readonly chunk: DataChunk };

/** Type ids of an Arrow union are int8, and one is ours: it marks NULL. */
export const MAX_UNION_MEMBERS = 126;

const fixed = (sql: string, width: 1 | 2 | 4 | 8, arrow: ArrowScalar): DuckType => ({
  sql,
  kind: 'fixed',
  width,
  arrow,
});
const int = (sql: string, width: 1 | 2 | 4 | 8, signed: boolean): DuckType =>
  fixed(sql, width, { type: 'int', bits: width * 8, signed });
const stamp = (sql: string, unit: TimeUnit, zoned = false): DuckType =>
  fixed(sql, 8, { type: 'timestamp', unit, zoned });
const text = (sql: string, form: TextForm): DuckType => ({ sql, kind: 'text', form });

export function duckType(logical: LogicalType): DuckType {
  const { Type } = duckdb;
  const alias = duckdb.logical_type_get_alias(logical);
  switch (duckdb.get_type_id(logical)) {
    case Type.BOOLEAN:
      return { sql: 'BOOLEAN', kind: 'boolean' };
    case Type.TINYINT:
      return int('TINYINT', 1, true);
    case Type.SMALLINT:
      return int('SMALLINT', 2, true);
    case Type.INTEGER:
      return int('INTEGER', 4, true);
    case Type.BIGINT:
      return int('BIGINT', 8, true);
    case Type.UTINYINT:
      return int('UTINYINT', 1, false);
    case Type.USMALLINT:
      return int('USMALLINT', 2, false);
    case Type.UINTEGER:
      return int('UINTEGER', 4, false);
    case Type.UBIGINT:
      return int('UBIGINT', 8, false);
    case Type.FLOAT:
      return fixed('FLOAT', 4, { type: 'float', precision: 1 });
    case Type.DOUBLE:
      return fixed('DOUBLE', 8, { type: 'float', precision: 2 });
    case Type.DATE:
      return fixed('DATE', 4, { type: 'date' });
    case Type.TIME:
      return fixed('TIME', 8, { type: 'time', unit: 2 });
    case Type.TIME_NS:
      return fixed('TIME_NS', 8, { type: 'time', unit: 3 });
    case Type.TIMESTAMP_S:
      return stamp('TIMESTAMP_S', 0);
    case Type.TIMESTAMP_MS:
      return stamp('TIMESTAMP_MS', 1);
    case Type.TIMESTAMP:
      return stamp('TIMESTAMP', 2);
    case Type.TIMESTAMP_NS:
      return stamp('TIMESTAMP_NS', 3);
    case Type.TIMESTAMP_TZ:
      return stamp('TIMESTAMP WITH TIME ZONE', 2, true);
    case Type.VARCHAR:
      return { sql: alias === 'JSON' ? 'JSON' : 'VARCHAR', kind: 'bytes', utf8: true };
    case Type.BLOB:
      return { sql: 'BLOB', kind: 'bytes', utf8: false };
    case Type.HUGEINT:
      return text('HUGEINT', 'hugeint');
    case Type.UHUGEINT:
      return text('UHUGEINT', 'uhugeint');
    case Type.BIGNUM:
      return text('BIGNUM', 'bignum');
    case Type.BIT:
      return text('BIT', 'bit');
    case Type.TIME_TZ:
      return text('TIME WITH TIME ZONE', 'timetz');
    case Type.INTERVAL:
      return text('INTERVAL', 'interval');
    case Type.UUID:
      return text('UUID', 'uuid');
    case Type.SQLNULL:
      return { sql: '"NULL"', kind: 'null' };
    case Type.DECIMAL:
      return decimalType(logical);
    case Type.ENUM:
      return enumType(logical);
    case Type.LIST: {
      const child = duckType(duckdb.list_type_child_type(logical));
      return { sql: `${child.sql}[]`, kind: 'list', child };
    }
    case Type.ARRAY: {
      const child = duckType(duckdb.array_type_child_type(logical));
      const size = duckdb.array_type_array_size(logical);
      return { sql: `${child.sql}[${size}]`, kind: 'array', child, size };
    }
    case Type.MAP: {
      const key = duckType(duckdb.map_type_key_type(logical));
      const value = duckType(duckdb.map_type_value_type(logical));
      return { sql: `MAP(${key.sql}, ${value.sql})`, kind: 'map', key, value };
    }
    case Type.STRUCT: {
      const members = Array.from({ length: duckdb.struct_type_child_count(logical) }, (_, index) => ({
        name: duckdb.struct_type_child_name(logical, index),
        type: duckType(duckdb.struct_type_child_type(logical, index)),
      }));
      return { sql: `STRUCT(${memberList(members)})`, kind: 'struct', members };
    }
    case Type.UNION: {
      const members = Array.from({ length: duckdb.union_type_member_count(logical) }, (_, index) => ({
        name: duckdb.union_type_member_name(logical, index),
        type: duckType(duckdb.union_type_member_type(logical, index)),
      }));
      const sql = `UNION(${memberList(members)})`;
      return members.length > MAX_UNION_MEMBERS ? { sql, kind: 'foreign' } : { sql, kind: 'union', members };
    }
    case Type.VARIANT:
      return { sql: 'VARIANT', kind: 'foreign' };
    case Type.GEOMETRY:
      return { sql: 'GEOMETRY', kind: 'foreign' };
    default:
      return { sql: alias ?? 'UNKNOWN', kind: 'foreign' };
  }
}

const memberList = (members: readonly Member[]): string =>
  members.map(({ name, type }) => `${quoteName(name)} ${type.sql}`).join(', ');

function decimalType(logical: LogicalType): DuckType {
  const precision = duckdb.decimal_width(logical);
  const scale = duckdb.decimal_scale(logical);
  const width = precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16;
  return { sql: `DECIMAL(${precision},${scale})`, kind: 'decimal', width, precision, scale };
}

function enumType(logical: LogicalType): DuckType {
  const size = duckdb.enum_dictionary_size(logical);
  const values = Array.from({ length: size }, (_, index) => duckdb.enum_dictionary_value(logical, index));
  const width = size <= 0xff ? 1 : size <= 0xffff ? 2 : 4;
  return { sql: `ENUM(${values.map(quoteText).join(', ')})`, kind: 'enum', width, values };
}

/** Whether a value of this type has to be cast to VARCHAR before it can be encoded. */
export function isForeign(type: DuckType): boolean {
  switch (type.kind) {
    case 'foreign':
      return true;
    case 'list':
    case 'array':
      return isForeign(type.child);
    case 'map':
      return isForeign(type.key) || isForeign(type.value);
    case 'struct':
    case 'union':
      return type.members.some((member) => isForeign(member.type));
    default:
      return false;
  }
}

/** The columns of a result of the bindings; the first `count` of them. */
export function columnsOf(result: Result, count = duckdb.column_count(result)): ArrowColumn[] {
  return Array.from({ length: count }, (_, index) => ({
    name: duckdb.column_name(result, index),
    type: duckType(duckdb.column_logical_type(result, index)),
  }));
}

/** The same from a result of `@duckdb/node-api`. */
export function columnsOfResult(
  result: {
    readonly columnCount: number;
    columnName(index: number): string;
    columnLogicalType(index: number): { readonly logical_type: LogicalType };
  },
  count = result.columnCount,
): ArrowColumn[] {
  return Array.from({ length: count }, (_, index) => ({
    name: result.columnName(index),
    type: duckType(result.columnLogicalType(index).logical_type),
  }));
}

export const rawChunk = (chunk: AnyChunk): DataChunk => ('chunk' in chunk ? chunk.chunk : chunk);
