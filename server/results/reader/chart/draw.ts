/**
 * Answers a chart from a stored result: finds how far its axis reaches, decides how rows come together (bins, stretches of
 * time, categories, or rows themselves where they are few), and lets the engine do it. Runs no text of the user: columns are
 * named by their place, and all else in the statements are numbers.
 */
import type { ChartAnswer, ChartUnit } from '../../../protocol/chart/answer.ts';
import type { ChartPlan } from '../../../protocol/chart/plan.ts';
import { colourOf, foldOf, numberFrom } from './answers.ts';
import { binOf } from './bins.ts';
import { type ChartColumn, isInteger, microsOf, numberOf, qualified, wallOf, whereOf } from './columns.ts';
import { drawPoints, drawRows } from './each.ts';
import { type Extent, extentOf, type NumberSpan, type TimeSpan } from './extent.ts';
import { facetsOf } from './facet.ts';
import { type Ask, axisOf, gather, groupingOf, query, roundedOf, type Scale, type Source, scaleOf } from './gather.ts';
import { alongSql, categoriesSql } from './grouped.ts';
import type { Variety } from './known.ts';
import { leadersOf } from './leaders.ts';
import { estimatedMeasure, isCounted, type Measure, measureOf } from './measure.ts';
import { binsOf, exact } from './steps.ts';
import { stretchOf } from './stretch.ts';
import { chooseUnit, cutInto, grantUnit, lengthOf } from './units.ts';
import { FEW, varietyOf } from './variety.ts';
import { isSqueezed, viewOf } from './view.ts';

/** Bars that still have room for their names; slices that are told apart; places on a line of categories. */
const MOST = { bar: 50, pie: 8, funnel: 20, line: 100, area: 100, point: 100, map: 0, histogram: 0 } as const;
/** Stretches of time and bins: bars one sees, steps of a mean that are no noise. */
const STRETCHES = { bar: 80, histogram: 60, line: 300, area: 300, point: 300, map: 300, pie: 0, funnel: 0 } as const;
const BINS = { bar: 40, histogram: 60, line: 400, area: 400, point: 400, map: 400, pie: 0, funnel: 0 } as const;
/** Rows up to which each place on a continuous axis stands for itself. */
const EXACT_ROWS = 1000;
/** A wish for seconds is granted up to as many as a wide screen has pixels. */
const MOST_UNITS = 2000;
/** Whole numbers that are places of their own on bars, as hours and months are. */
const DISCRETE = 60;

/** `most`: colours that are told apart, where it is not eight. */
export async function drawChart(asked: Ask, most?: number): Promise<ChartAnswer> {
  const ask = { ...asked, table: qualified(asked.table) };
  const facets = await facetsOf(ask);
  if (!facets) return drawFlat(ask, { only: [], ...(most === undefined ? {} : { most }) });
  const { plan, apart, ...split } = facets;
  return apart(await drawFlat({ ...ask, plan }, split));
}

type Split = Pick<Source, 'only' | 'most' | 'places'> & { readonly colour?: ChartColumn };

async function drawFlat(ask: Ask, split: Split): Promise<ChartAnswer> {
  const { plan, table } = ask;
  const column = (place: number | undefined) => (place === undefined ? undefined : table.columns[place]);
  const x = table.columns[plan.x.column]!;
  const varied = !split.colour && plan.colour?.kind === 'category';
  const variety = varied ? await varietyAt(ask, plan.colour!.column) : FEW;
  const source: Source = {
    ...ask,
    colour: column(plan.colour?.column),
    ...split,
    x,
    y: column(plan.y.column),
    y2: column(plan.y2?.column),
    variety,
  };
  if (plan.x.kind === 'category') return overCategories(source);
  const extent = await extentOf(ask.known.extents, ask.connection, table, plan.x.column, plan.x.kind);
  const { span } = extent;
  if (!span) return nothing(source, extent);
  if (plan.y.aggregate === 'none' && source.y) {
    const draw = plan.mark === 'point' || plan.mark === 'map' ? drawPoints : drawRows;
    return draw(source, source.y, extent, stretchOf(plan, x, span, extent));
  }
  if (span.kind === 'number' && isDiscrete(source, extent, span)) return overCategories(source);
  return plan.mark === 'histogram' ? histogram(source, extent, span) : along(source, extent, span);
}

/** A histogram of all, or of where nearly all of it lies: see `view.ts`. */
async function histogram(source: Source, extent: Extent, span: NumberSpan | TimeSpan): Promise<ChartAnswer> {
  const { known, table, plan } = source;
  const key = String(plan.x.column);
  const before = known.views.get(table, key);
  const answer = before?.kind === 'bulk' && !plan.range ? undefined : await along(source, extent, span);
  if (answer && plan.range) return before?.kind === 'bulk' ? seen(answer, before.range) : answer;
  if (answer && before) return answer;
  const view = await known.views.of(table, key, async () => {
    if (!answer || !squeezes(answer)) return { kind: 'whole' };
    return viewOf(source, extent, span, stretchOf(plan, source.x, span, extent).where);
  });
  if (view.kind === 'whole') return answer ?? along(source, extent, span);
  const bulk = await along({ ...source, plan: { ...plan, range: [...view.range] } }, extent, span);
  const { below, above } = view;
  return { ...seen(bulk, view.range), notes: [{ kind: 'beyond', below, above }, ...bulk.notes] };
}

const seen = (answer: ChartAnswer, [from, to]: readonly [number, number]): ChartAnswer =>
  answer.x.scale === 'category' ? answer : { ...answer, x: { ...answer.x, view: [from, to] } };

function squeezes({ x, y }: ChartAnswer): boolean {
  if (x.scale === 'category') return false;
  const width = x.scale === 'number' ? x.bin : x.every && Number(lengthOf(x.every)) / 1000;
  return width !== undefined && isSqueezed(x.values, y.values, width);
}

function isDiscrete({ plan, x }: Source, { rows, nulls }: Extent, { from, to }: NumberSpan): boolean {
  if (plan.mark !== 'bar' || plan.x.bin !== undefined || plan.range) return false;
  return (isInteger(x.type) && to - from <= DISCRETE) || rows - nulls <= DISCRETE;
}

/** Bars, lines and areas over numbers or times, and histograms. */
const along = (source: Source, extent: Extent, whole: NumberSpan | TimeSpan): Promise<ChartAnswer> =>
  measuring(source, (measure) => alongWith(source, extent, whole, measure));

/**
 * Distinct values of very many are estimated, which takes a fifth of the time, where each place has so many of them that
 * the estimate is good; elsewhere they are counted.
 */
async function measuring(source: Source, draw: (measure: Measure) => Promise<ChartAnswer>): Promise<ChartAnswer> {
  const { plan, y } = source;
  const exact = measureOf(plan.y.aggregate, y);
  if (plan.y.aggregate !== 'distinct' || !y || plan.y.column === undefined) return draw(exact);
  const variety = await varietyAt(source, plan.y.column);
  if (variety.kind !== 'many') return draw(exact);
  const answer = await draw(estimatedMeasure(y));
  if (!answer.y.values.every((value) => value !== null && isCounted(value))) return draw(exact);
  return { ...answer, notes: [...answer.notes, { kind: 'estimated' }] };
}

async function alongWith(
  source: Source,
  extent: Extent,
  whole: NumberSpan | TimeSpan,
  measure: Measure,
): Promise<ChartAnswer> {
  const { connection, plan, x } = source;
  const { span, where } = stretchOf(plan, x, whole, extent);
  const grouping = groupingOf(source, where, measure);
  const few = await isFew(source, extent, where);
  if (span.kind === 'time') {
    const every = few ? undefined : unitOf(source, span);
    const micros = microsOf(x.name);
    const cut = every
      ? cutInto(every, x.type, micros, span.from)
      : { row: micros, start: (key: string) => wallOf(x.type, key) };
    const rows = await query(connection, alongSql(grouping, cut.row, cut.start));
    return gather(source, extent, rows, { ...axisOf(extent, rows, scaleOf(span)), ...(every ? { every } : {}) });
  }
  const bins = few
    ? undefined
    : binsOf(span.from, span.to, plan.x.bin ?? atMost(BINS[plan.mark], source), isInteger(x.type));
  const key = bins ? binOf(x, bins) : numberOf(x);
  const rows = await query(
    connection,
    alongSql(grouping, key, (start) => start),
  );
  const scale: Scale = bins
    ? (value) => (value === null ? null : exact(bins.start + value * bins.step))
    : (value) => value;
  return gather(source, extent, rows, { ...axisOf(extent, rows, scale), ...(bins ? { bin: bins.step } : {}) });
}

/** Whether each value of a line may stand for itself. */
async function isFew({ connection, table, plan }: Source, extent: Extent, where: readonly string[]): Promise<boolean> {
  const smooth = plan.mark === 'line' || plan.mark === 'area' || plan.mark === 'point';
  if (!smooth || plan.x.bin !== undefined || plan.x.unit !== undefined) return false;
  if (!plan.range) return extent.rows - extent.nulls - extent.infinite <= EXACT_ROWS;
  const [row] = await query(connection, `select count(*)::double from ${table.sql}${whereOf(where)}`);
  return Number(row?.[0]) <= EXACT_ROWS;
}

function unitOf(source: Source, { wall: [from, to], grain }: TimeSpan): ChartUnit {
  const { mark, x } = source.plan;
  if (x.unit) return grantUnit(x.unit, to - from, source.places ?? MOST_UNITS);
  return chooseUnit(to - from, atMost(STRETCHES[mark], source), grain);
}

/** Small charts have room for less. */
const atMost = (most: number, { places }: Source): number => Math.min(most, places ?? most);

const varietyAt = ({ known, connection, table }: Ask, column: number): Promise<Variety> =>
  varietyOf(known.varieties, connection, table, column);

async function overCategories(source: Source): Promise<ChartAnswer> {
  const many = await varietyAt(source, source.plan.x.column);
  if (many.kind === 'few') return measuring(source, (measure) => categories(source, many, measure));
  return categories(source, many, measureOf(source.plan.y.aggregate, source.y));
}

async function categories(source: Source, many: Variety, measure: Measure): Promise<ChartAnswer> {
  const { connection, plan, x, y, table, variety } = source;
  const most = atMost(MOST[plan.mark], source);
  // Grouped by alone, some categories are not too many, unless each takes a set of its own.
  const isAlone = many.kind === 'some' && !source.colour && measure.roughly === undefined;
  const single = y && measured(plan) ? numberOf(y) : undefined;
  const places = isAlone
    ? undefined
    : leadersOf(
        {
          table,
          where: source.only,
          rows: source.rows,
          column: x,
          variety: many,
          most,
          measure,
          ...(single ? { single } : {}),
        },
        'lx',
      );
  const grouping = groupingOf(source, [], measure);
  const found = await query(connection, categoriesSql(grouping, x, most, places));
  const fold = foldOf(found, plan, many);
  const { colour, notes } = colourOf(fold.rows, plan, 9, variety, source.most);
  return {
    mark: plan.mark,
    rows: source.rows,
    x: fold.x,
    y: { aggregate: plan.y.aggregate, values: fold.rows.map((row) => numberFrom(row[4])) },
    ...(plan.y2 ? { y2: { aggregate: plan.y2.aggregate, values: fold.rows.map((row) => numberFrom(row[13])) } } : {}),
    ...(colour ? { colour } : {}),
    counts: fold.rows.map((row) => Number(row[5])),
    notes: [...fold.notes, ...notes, ...roundedOf(source.y, found, 4)],
  };
}

/** Whether a category may be among the largest by one of its rows. */
const measured = ({ y: { aggregate } }: ChartPlan): boolean => aggregate !== 'count' && aggregate !== 'distinct';

const nothing = (source: Source, extent: Extent): ChartAnswer =>
  gather(source, extent, [], { scale: source.plan.x.kind === 'time' ? 'time' : 'number', values: [], domain: [0, 0] });
