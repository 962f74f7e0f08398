/**
 * Charts of rows themselves. A line of many is thinned to the lowest and highest of each column of pixels, which draws
 * what all of them would; points are sampled, the same ones each time.
 */
import type { ChartAnswer } from '../../../protocol/chart/answer.ts';
import type { ChartNote } from '../../../protocol/chart/note.ts';
import { numberFrom } from './answers.ts';
import { type ChartColumn, isPlaced, labelOf, microsOf, numberOf, wallOf, whereOf } from './columns.ts';
import type { Extent } from './extent.ts';
import { axisOf, gather, groupingOf, query, type Source, scaleOf } from './gather.ts';
import { alongSql, MOST_COLOURS } from './grouped.ts';
import { cellsSql, eachSql, type Grid, pointsSql } from './rows.ts';
import type { Stretch } from './stretch.ts';

/** Rows up to which a line has each of them. */
const EACH_ROWS = 2000;
/** Columns of pixels of a line, and stretches in all its colours together that an answer has room for. */
const PIXELS = 1000;
const MOST_STRETCHES = 2800;
/** Points that still show their density; twice as many are a blot. */
const POINTS = 5000;

export async function drawRows(source: Source, y: ChartColumn, extent: Extent, stretch: Stretch): Promise<ChartAnswer> {
  const { connection } = source;
  const all = extent.rows - extent.nulls - extent.infinite;
  const finite = [...stretch.where, isPlaced(y, numberOf(y))];
  if (all > EACH_ROWS) {
    const series = await seriesOf(source, stretch.where);
    // Most measures are finite, and a condition on each row costs as much as its extremes do: asked only if one is not.
    let rows = await query(connection, thinnedSql(source, y, stretch, stretch.where, series));
    if (rows.some(([, low, high]) => isEndless(low) || isEndless(high)))
      rows = await query(connection, thinnedSql(source, y, stretch, finite, series));
    const drawn = rows.filter((row) => row[1] !== null);
    const total = drawn.reduce((sum, row) => sum + Number(row[3]), 0);
    const notes: ChartNote[] = [{ kind: 'thinned', of: total }, ...lost(source, extent, total)];
    if (total > EACH_ROWS) return gather(source, extent, drawn, axisOf(extent, drawn, scaleOf(stretch.span)), notes);
  }
  const rows = await query(connection, eachSql(groupingOf(source, finite), placeOf(source, stretch), numberOf(y)));
  return gather(source, extent, rows, axisOf(extent, rows, scaleOf(stretch.span)), lost(source, extent, rows.length));
}

const isEndless = (value: unknown): boolean => typeof value === 'number' && !Number.isFinite(value);

/** The lowest and highest of each column of pixels, and how many have a measure. */
function thinnedSql(
  source: Source,
  y: ChartColumn,
  { span }: Stretch,
  where: readonly string[],
  series: number,
): string {
  const { x } = source;
  const pixels = Math.min(PIXELS, Math.floor(MOST_STRETCHES / series));
  const grouping = { ...groupingOf(source, where), high: 'max(m1)', counted: `count(${numberOf(y)})` };
  if (span.kind === 'time') {
    const width = (span.to - span.from) / BigInt(pixels) + 1n;
    const row = `((${microsOf(x.name)} - ${span.from}) // ${width})::usmallint`;
    return alongSql(grouping, row, (key) => wallOf(x.type, `${span.from} + ${key}::bigint * ${width}`));
  }
  const width = (span.to - span.from) / pixels || 1;
  const row = `floor((${numberOf(x)} - ${span.from}::double) / ${width}::double)::usmallint`;
  return alongSql(grouping, row, (key) => `${span.from}::double + ${key} * ${width}::double`);
}

export async function drawPoints(
  source: Source,
  y: ChartColumn,
  extent: Extent,
  stretch: Stretch,
): Promise<ChartAnswer> {
  const { connection, plan, colour, table } = source;
  const where = [...stretch.where, isPlaced(y, numberOf(y)), ...(plan.mark === 'map' ? onEarth(source.x, y) : [])];
  const [count] = await query(
    connection,
    `select count(*)::double, min(${numberOf(y)})::double, max(${numberOf(y)})::double from ${source.table.sql}${whereOf([...source.only, ...where])}`,
  );
  const [total = 0, low = 0, high = 0] = (count ?? []).map(Number);
  const scale = plan.colour?.kind === 'number' && colour ? numberOf(colour) : undefined;
  if (plan.aggregated) {
    const grid = gridOf(stretch.span, low, high);
    const sql = cellsSql(groupingOf(source, where), placeOf(source, stretch), numberOf(y), grid, scale, CELLS);
    const cells = await query(connection, sql);
    const about: ChartNote[] = [{ kind: 'cells', of: total }, ...lost(source, extent, total)];
    const answer = gather(source, extent, cells, axisOf(extent, cells, scaleOf(stretch.span)), about);
    return { ...answer, counts: cells.map((row) => Number(row[3])) };
  }
  const sized = plan.size ? [`(${numberOf(table.columns[plan.size.column]!)})::double`] : [];
  const tips = (plan.tooltip ?? []).map((place) => labelOf(table.columns[place]!.name));
  const sql = pointsSql(groupingOf(source, where), placeOf(source, stretch), numberOf(y), scale, total, POINTS, [
    ...sized,
    ...tips,
  ]);
  const rows = await query(connection, sql);
  const sampled: ChartNote[] = rows.length < total ? [{ kind: 'sampled', shown: rows.length, of: total }] : [];
  const notes = [...sampled, ...lost(source, extent, total)];
  return {
    ...gather(source, extent, rows, axisOf(extent, rows, scaleOf(stretch.span)), notes),
    ...(plan.size ? { size: rows.map((row) => numberFrom(row[MORE])) } : {}),
    ...(tips.length > 0
      ? { tooltip: tips.map((_, index) => rows.map((row) => textFrom(row[MORE + sized.length + index]))) }
      : {}),
  };
}

/** Where what is said beyond place and colour begins. */
const MORE = 8;
const textFrom = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

/** Degrees that a map has. */
const onEarth = (x: ChartColumn, y: ChartColumn): string[] => [
  `${numberOf(x)} between -180 and 180`,
  `${numberOf(y)} between -90 and 90`,
];

/** Cells of points that stand for rows together: finer ones would be rows again. */
const ACROSS = 80;
const UP = 50;
const CELLS = ACROSS * UP;

function gridOf(span: Stretch['span'], low: number, high: number): Grid {
  const [from, to] = span.kind === 'time' ? span.wall.map(Number) : [span.from, span.to];
  return { x: from!, y: low, width: (to! - from!) / ACROSS || 1, height: (high - low) / UP || 1 };
}

const placeOf = ({ x }: Source, { span }: Stretch): string =>
  span.kind === 'time' ? wallOf(x.type, microsOf(x.name)) : numberOf(x);

/** How many lines share the columns of pixels, about. */
async function seriesOf({ connection, table, colour, most }: Source, where: readonly string[]): Promise<number> {
  if (!colour) return 1;
  const sql = `select approx_count_distinct(${colour.name}::varchar)::double from ${table.sql}${whereOf(where)}`;
  const [row] = await query(connection, sql);
  return Math.max(1, Math.min(Number(row?.[0]), (most ?? MOST_COLOURS) + 1));
}

/** Rows on the axis whose measure has no place. In a stretch of it nobody asks how many. */
function lost({ plan, only }: Source, { rows, nulls, infinite }: Extent, total: number): ChartNote[] {
  const without = plan.range || only.length > 0 ? 0 : rows - nulls - infinite - total;
  return without > 0 ? [{ kind: 'null', rows: without }] : [];
}
