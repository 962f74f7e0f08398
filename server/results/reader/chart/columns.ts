/**
 * Columns of a result as expressions that a chart is made of. Times are microseconds; with a zone they are instants where
 * rows are cut into stretches, and the wall clock where people read them. Decimals and wide integers are doubles.
 */
import type { DuckType } from '../../../../interpreters/arrow/types.ts';
import type { Table } from '../tables.ts';

export type ChartColumn = Table['columns'][number];

/** Columns that no name of ours can hide, whatever they are called. */
export const qualified = (table: Table): Table => ({
  ...table,
  sql: `${table.sql} as t`,
  columns: table.columns.map(({ name, type }) => ({ name: `t.${name}`, type })),
});

/** Microseconds: whatever JavaScript's calendar can't hold, infinities included, has no place on an axis. */
const FARTHEST = 6_000_000_000_000_000_000n;

export const isZoned = (type: DuckType): boolean =>
  type.kind === 'fixed' && type.arrow.type === 'timestamp' && type.arrow.zoned;
export const isDate = (type: DuckType): boolean => type.kind === 'fixed' && type.arrow.type === 'date';
export const isInteger = (type: DuckType): boolean =>
  type.kind === 'fixed' && type.arrow.type === 'int' && !(type.arrow.bits === 64 && !type.arrow.signed);

/** A number as the engine adds it up fastest: integers as they are, all else a double. */
export function numberOf({ name, type }: ChartColumn): string {
  if (isInteger(type)) return name;
  if (type.kind === 'boolean') return `${name}::tinyint`;
  if (type.kind === 'text' && type.form === 'interval') return `epoch(${name})`;
  // What only looks like a number by its type's name is none: it counts as null, and says so.
  return type.kind === 'fixed' || type.kind === 'decimal' ? `${name}::double` : `try_cast(${name} as double)`;
}

/** Microseconds since 1970: an instant where the type has a zone. */
export const microsOf = (value: string): string => `epoch_us(${value})`;

/** Microseconds of the wall clock from microseconds of the instant. */
export const wallOf = (type: DuckType, micros: string): string =>
  isZoned(type) ? `epoch_us(make_timestamptz((${micros})::bigint)::timestamp)` : micros;

/** Of the column's own type, so that whole row groups are passed over. `micros` are the wall clock's. */
export function timeLiteral(type: DuckType, micros: bigint): string {
  const stamp = `make_timestamp(${micros}::bigint)`;
  return `${stamp}::${isZoned(type) ? 'timestamp with time zone' : type.sql}`;
}

/** Whether a value has a place on an axis; NULL has none. */
export function isPlaced({ name, type }: ChartColumn, value = name): string {
  if (type.kind === 'fixed' && type.arrow.type === 'float') return `isfinite(${value})`;
  if (type.kind === 'fixed' && type.arrow.type === 'date')
    return `${value} between make_timestamp(${-FARTHEST}::bigint)::date and make_timestamp(${FARTHEST}::bigint)::date`;
  if (type.kind === 'fixed' && type.arrow.type === 'timestamp') {
    // Nanoseconds reach no farther than the year 2262.
    if (type.arrow.unit === 3) return `isfinite(${value})`;
    return `${value} between ${timeLiteral(type, -FARTHEST)} and ${timeLiteral(type, FARTHEST)}`;
  }
  return `${value} is not null`;
}

/** What is grouped by: the value itself, as its text only where the engine could not compare it. */
export const groupOf = ({ name, type }: ChartColumn): string => (type.kind === 'foreign' ? `${name}::varchar` : name);

/** Characters of a category's label; its rows are grouped by the whole. */
const LABEL = 120;
export const labelOf = (value: string): string =>
  `case when length(${value}::varchar) > ${LABEL} then left(${value}::varchar, ${LABEL - 1}) || '…' else ${value}::varchar end`;

export const whereOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
