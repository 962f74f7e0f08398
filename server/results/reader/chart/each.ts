/**
 * Charts of rows themselves. A line of many is thinned to the lowest and highest of each column of pixels, which draws
 * what all of them would; points are sampled, the same ones each time.
 */
import type { ChartAnswer, ChartNote } from '../../../protocol/chart/answer.ts';
import { type ChartColumn, isPlaced, microsOf, numberOf, wallOf } from './columns.ts';
import type { Extent } from './extent.ts';
import { axisOf, gather, groupingOf, query, type Source, scaleOf } from './gather.ts';
import { alongSql, MOST_COLOURS } from './grouped.ts';
import { eachSql, pointsSql } from './rows.ts';
import type { Stretch } from './stretch.ts';

/** Rows up to which a line has each of them. */
const EACH_ROWS = 2000;
/** Columns of pixels of a line, and stretches in all its colours together that an answer has room for. */
const PIXELS = 1000;
const MOST_STRETCHES = 2800;
/** Points that still show their density; twice as many are a blot. */
const POINTS = 5000;

export async function drawRows(source: Source, y: ChartColumn, extent: Extent, stretch: Stretch): Promise<ChartAnswer> {
  const { connection, x } = source;
  const { span } = stretch;
  const where = [...stretch.where, isPlaced(y, numberOf(y))];
  const { total, series } = await countOf(source, where);
  const grouping = groupingOf(source, where);
  if (total <= EACH_ROWS) {
    const rows = await query(connection, eachSql(grouping, placeOf(source, stretch), numberOf(y)));
    return gather(source, extent, rows, axisOf(extent, rows, scaleOf(span)), lost(source, extent, total));
  }
  const pixels = BigInt(Math.min(PIXELS, Math.floor(MOST_STRETCHES / series)));
  const high = 'max(m1)';
  const sql =
    span.kind === 'time' ? timeSql(span.from, (span.to - span.from) / pixels + 1n) : numberSql(span.from, span.to);
  const rows = await query(connection, sql);
  const notes: ChartNote[] = [{ kind: 'thinned', of: total }, ...lost(source, extent, total)];
  return gather(source, extent, rows, axisOf(extent, rows, scaleOf(span)), notes);

  function timeSql(from: bigint, width: bigint): string {
    const row = `((${microsOf(x.name)} - ${from}) // ${width})::usmallint`;
    return alongSql({ ...grouping, high }, row, (key) => wallOf(x.type, `${from} + ${key}::bigint * ${width}`));
  }

  function numberSql(from: number, to: number): string {
    const width = (to - from) / Number(pixels) || 1;
    const row = `floor((${numberOf(x)} - ${from}::double) / ${width}::double)::usmallint`;
    return alongSql({ ...grouping, high }, row, (key) => `${from}::double + ${key} * ${width}::double`);
  }
}

export async function drawPoints(
  source: Source,
  y: ChartColumn,
  extent: Extent,
  stretch: Stretch,
): Promise<ChartAnswer> {
  const { connection, plan, colour } = source;
  const where = [...stretch.where, isPlaced(y, numberOf(y))];
  const { total } = await countOf({ ...source, colour: undefined }, where);
  const scale = plan.colour?.kind === 'number' && colour ? numberOf(colour) : undefined;
  const sql = pointsSql(groupingOf(source, where), placeOf(source, stretch), numberOf(y), scale, total, POINTS);
  const rows = await query(connection, sql);
  const sampled: ChartNote[] = rows.length < total ? [{ kind: 'sampled', shown: rows.length, of: total }] : [];
  const notes = [...sampled, ...lost(source, extent, total)];
  return gather(source, extent, rows, axisOf(extent, rows, scaleOf(stretch.span)), notes);
}

const placeOf = ({ x }: Source, { span }: Stretch): string =>
  span.kind === 'time' ? wallOf(x.type, microsOf(x.name)) : numberOf(x);

async function countOf(
  { connection, table, colour }: Source,
  where: readonly string[],
): Promise<{ readonly total: number; readonly series: number }> {
  const kinds = colour ? `, approx_count_distinct(${colour.name}::varchar)::double` : '';
  const sql = `select count(*)::double${kinds} from ${table.sql} where ${where.join(' and ')}`;
  const [total, series] = (await query(connection, sql))[0]!.map(Number);
  return { total: total!, series: Math.max(1, Math.min(series ?? 1, MOST_COLOURS + 1)) };
}

/** Rows on the axis whose measure has no place. In a stretch of it nobody asks how many. */
function lost({ plan }: Source, { rows, nulls, infinite }: Extent, total: number): ChartNote[] {
  const without = plan.range ? 0 : rows - nulls - infinite - total;
  return without > 0 ? [{ kind: 'null', rows: without }] : [];
}
