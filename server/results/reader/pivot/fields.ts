/**
 * A field of a pivot as the engine groups by it: the value itself, the day a stretch of time begins with, or the number that a
 * bin begins with. In two steps, as charts do it: `fine` of each row, `key` of the few groups. Exact: a value lies in the bin
 * whose beginning is at most it and whose end is above it, as a filter by that range finds it.
 */
import type { DuckType } from '../../../../interpreters/arrow/types.ts';
import type { PivotPlan } from '../../../protocol/pivot/plan.ts';
import { type ChartColumn, groupOf, isDate, isZoned, microsOf } from '../chart/columns.ts';
import { binsOf } from '../chart/steps.ts';
import type { Connection } from '../engine.ts';
import type { Table } from '../tables.ts';

export type PivotField = Omit<PivotPlan['rows'][number], 'bin'> & { readonly bin?: number };

export type Cut = {
  readonly fine: string;
  key(fine: string): string;
};

/** Bins that are made where nobody says how wide they are. */
const BINS = 20;
/** The wall clocks of all zones differ from UTC by whole ones. */
const QUARTER_HOUR = 900_000_000;

export function cutOf(column: ChartColumn, { unit, bin }: PivotField): Cut {
  if (unit !== undefined) return stretchOf(column, unit);
  return bin === undefined ? same(groupOf(column)) : binOf(column, bin);
}

/** The same as one expression, as people write it. */
export function plainCut(column: ChartColumn, field: PivotField): string {
  if (field.unit !== undefined) return truncated(field.unit, column.name, column.type);
  const { fine, key } = cutOf(column, field);
  return key(fine);
}

const same = (fine: string): Cut => ({ fine, key: (value) => value });

function truncated(unit: NonNullable<PivotField['unit']>, value: string, type: DuckType): string {
  if (unit === 'day') return isDate(type) ? value : `${value}::date`;
  return `date_trunc('${unit}', ${value})::date`;
}

/** The calendar of a zone takes a microsecond a row: only quarter hours are put into it. */
function stretchOf({ name, type }: ChartColumn, unit: NonNullable<PivotField['unit']>): Cut {
  if (!isZoned(type)) return same(truncated(unit, name, type));
  const wall = (quarter: string) => `make_timestamptz(${quarter} * ${QUARTER_HOUR})::timestamp`;
  const endless = (sign: string, beyond: string) => `when ${beyond} then '${sign}infinity'::date`;
  return {
    fine: `case when isfinite(${name}) then ${floored(microsOf(name), String(QUARTER_HOUR))} when ${name} > '2000-01-01'::timestamptz then ${ENDLESS} when ${name} is not null then -${ENDLESS} end`,
    key: (fine) =>
      `case ${endless('', `${fine} = ${ENDLESS}`)} ${endless('-', `${fine} = -${ENDLESS}`)} else date_trunc('${unit}', ${wall(fine)})::date end`,
  };
}

/** More quarter hours than any calendar has. */
const ENDLESS = '100000000000000';

/** The engine's division of whole numbers cuts towards zero. */
const floored = (value: string, by: string): string => `(${value} // ${by} - (${value} % ${by} < 0)::bigint)`;

function binOf(column: ChartColumn, width: number): Cut {
  const { name, type } = column;
  const { steps, scale } = ratioOf(width);
  const isWhole = isWholeType(type);
  if (scale === 0 && (isWhole || type.kind === 'decimal')) {
    const isUnsigned = type.kind === 'text' && type.form === 'uhugeint';
    const value = isWhole ? wide(name, type) : `floor(${name})::hugeint`;
    if (isUnsigned) return { fine: `(${name} // ${steps})`, key: (fine) => `${fine} * ${steps}::uhugeint` };
    return { fine: floored(value, steps), key: (fine) => `${fine}::hugeint * ${steps}` };
  }
  if (type.kind === 'decimal' && type.scale >= scale) {
    const by = `${steps.padStart(scale + 1, '0').slice(0, -scale)}.${steps.padStart(scale + 1, '0').slice(-scale)}`;
    return same(`(${name} - (${name} % ${by} + ${by}) % ${by})`);
  }
  const value = type.kind === 'fixed' && type.arrow.type === 'float' ? name : `${name}::double`;
  const about = `floor(${value} / ${width}::double)`;
  // A quotient may be rounded past an edge.
  return {
    fine: `(${about} + (${value} >= ${doubled(`(${about} + 1)`, steps, scale)})::integer - (${value} < ${doubled(about, steps, scale)})::integer)`,
    key: (fine) => doubled(fine, steps, scale),
  };
}

/** Divided last: 3 × 1 ÷ 10 is 0.3, and 3 × 0.1 is not. */
const doubled = (count: string, steps: string, scale: number): string =>
  scale === 0 ? `(${count} * ${steps}::double)` : `(${count} * ${steps}::double / ${10n ** BigInt(scale)}::double)`;

/** A width as whole `steps` of 10^-scale. */
function ratioOf(width: number): { readonly steps: string; readonly scale: number } {
  const [digits = '1', power = '0'] = width.toExponential().split('e');
  const whole = digits.replace('.', '');
  const scale = whole.length - 1 - Number(power);
  return scale > 0 ? { steps: whole, scale } : { steps: whole + '0'.repeat(-scale), scale: 0 };
}

const isWholeType = (type: DuckType): boolean =>
  (type.kind === 'fixed' && type.arrow.type === 'int') ||
  (type.kind === 'text' && (type.form === 'hugeint' || type.form === 'uhugeint'));

/** Of a type that no width is too large for. */
const wide = (name: string, type: DuckType): string =>
  type.kind === 'fixed' && type.arrow.type === 'int' && type.width < 8 ? `${name}::bigint` : `${name}::hugeint`;

/** Says how wide bins are where nobody did. */
export async function sized(
  connection: Connection,
  table: Table,
  fields: PivotPlan['rows'],
): Promise<readonly PivotField[]> {
  const made: PivotField[] = [];
  for (const { bin, ...field } of fields) {
    if (bin !== 'auto') made.push(bin === undefined ? field : { ...field, bin });
    else made.push({ ...field, bin: await widthOf(connection, table, table.columns[field.column]!) });
  }
  return made;
}

async function widthOf(connection: Connection, table: Table, { name, type }: ChartColumn): Promise<number> {
  const isFloat = type.kind === 'fixed' && type.arrow.type === 'float';
  const where = isFloat ? ` where isfinite(${name})` : '';
  const sql = `select min(${name})::double, max(${name})::double from ${table.sql}${where}`;
  const [row] = await (await connection.run(sql, table.values)).getRows();
  const [from, to] = [Number(row?.[0]), Number(row?.[1])];
  return row?.[0] === null ? 1 : binsOf(from, to, BINS, isWholeType(type)).step;
}
