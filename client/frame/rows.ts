/**
 * An Arrow stream as the rows that Vega takes. Times become dates whose local parts are what the clock on the wall said:
 * Vega counts in the viewer's zone, and a notebook's chart must say the same in every zone. Integers of any width and
 * decimals become numbers: a chart shows no more digits than those hold.
 */
import { Type as ArrowType, type Column, tableFromIPC } from '@uwdata/flechette';

export type Row = Record<string, unknown>;
type Read = (value: unknown) => unknown;

/** Engine types that travel as text. */
const TEXT_NUMBERS = /^(U?HUGEINT|BIGNUM)$/;
const HOUR = 3_600_000;

export function rowsOf(arrow: ArrayBuffer): Row[] {
  const table = tableFromIPC(new Uint8Array(arrow), { useBigInt: true, useDate: false });
  const columns = table.schema.fields.map(({ name, type, metadata }, index) => ({
    name,
    read: reader(type, metadata?.get('duckdb.type')),
    values: table.getChildAt(index) as Column<unknown>,
  }));
  const rows: Row[] = Array.from({ length: table.numRows }, () => ({}));
  for (const { name, read, values } of columns) {
    let index = 0;
    for (const value of values) {
      put(rows[index]!, name, value === null || value === undefined ? null : read(value));
      index += 1;
    }
  }
  return rows;
}

/** A column may be called as what objects come from is. */
function put(row: Row, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
  else row[name] = value;
}

type Field = { readonly typeId: number; readonly timezone?: string | null; readonly unit?: number };

function reader(type: Field, engine: string | undefined): Read {
  if (engine !== undefined && TEXT_NUMBERS.test(engine)) return Number;
  switch (type.typeId) {
    case ArrowType.Date:
      return (value) => fromWall(Number(value));
    case ArrowType.Timestamp: {
      const wall = type.timezone ? wallIn(type.timezone) : (time: number) => time;
      return (value) => fromWall(wall(Number(value)));
    }
    default:
      return plain;
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, plain);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value instanceof Map ? Object.fromEntries(value) : value);
    return Object.fromEntries(entries.map(([name, one]) => [name, plain(one)]));
  }
  return value;
}

/** Milliseconds since 1970 as if the wall's clock stood in UTC → the date whose local parts are those. */
function fromWall(time: number): Date {
  const at = new Date(time);
  const date = new Date(
    at.getUTCFullYear(),
    at.getUTCMonth(),
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
    at.getUTCMilliseconds(),
  );
  // Years below 100 would be taken for those of the last century.
  if (at.getUTCFullYear() < 100) date.setFullYear(at.getUTCFullYear());
  return date;
}

/** An instant → what the clock in that zone says, as if in UTC. An offset holds for the quarter of an hour at least. */
function wallIn(zone: string): (time: number) => number {
  const offsets = new Map<number, number>();
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    return (time) => time;
  }
  const offsetAt = (time: number): number => {
    const name = format.formatToParts(time).find((part) => part.type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes, seconds] = /GMT([+-])(\d+):(\d+)(?::(\d+))?/.exec(name) ?? [];
    if (!sign) return 0;
    const size = Number(hours) * HOUR + Number(minutes) * 60_000 + Number(seconds ?? 0) * 1000;
    return sign === '-' ? -size : size;
  };
  return (time) => {
    if (!Number.isFinite(time)) return time;
    const quarter = Math.floor(time / (HOUR / 4));
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      offset = offsetAt(quarter * (HOUR / 4));
      offsets.set(quarter, offset);
    }
    return time + offset;
  };
}
