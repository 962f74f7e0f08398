/**
 * A chart of the builder as the text of a Vega-Lite spec over its named table, as a person would write it, and so that `read.ts`
 * finds the same chart in it: what the builder chose by itself (a unit of time, a number of bins) is written out with a word more than what
 * a person chose, which Vega-Lite takes for its own default. Pure.
 */

import type { Chart } from '../../../../server/protocol/chart/choose.ts';
import type { Channel, ChannelName } from '../../../../server/protocol/chart.ts';

export type FieldType = 'nominal' | 'ordinal' | 'quantitative' | 'temporal';
/** What the builder chose for an axis where nobody did. */
export type Automatic =
  | { readonly kind: 'unit'; readonly unit: string; readonly step: number }
  | { readonly kind: 'bins'; readonly most: number };

export type Written = {
  readonly table: string;
  readonly chart: Chart;
  readonly types: { readonly [channel in ChannelName]?: FieldType };
  readonly automatic: { readonly x?: Automatic; readonly y?: Automatic };
  /** Of the columns that points say. */
  readonly tips: readonly FieldType[];
};

export type Part = Record<string, unknown>;

export const UNITS = {
  second: 'yearmonthdatehoursminutesseconds',
  minute: 'yearmonthdatehoursminutes',
  hour: 'yearmonthdatehours',
  day: 'yearmonthdate',
  week: 'yearweek',
  month: 'yearmonth',
  quarter: 'yearquarter',
  year: 'year',
} as const;
/** A bound that Vega-Lite does not look at beside a unit: it says that nobody chose that. */
export const MOST_UNITS = 300;
export const HISTOGRAM = { type: 'bar', binSpacing: 0 } as const;
export const NUMBER = { type: 'text', fontSize: 48 } as const;
export const SECOND = { type: 'line', strokeDash: [4, 3] } as const;

/** Undefined where Vega-Lite has nothing of one paragraph for it. */
export function write(written: Written): Part | undefined {
  const { table, chart } = written;
  const data = { name: table };
  const body = bodyOf(written);
  if (!body) return undefined;
  // Two layers have no one order by what they measure.
  if (chart.y2 && chart.x?.sort === 'value') return undefined;
  if (!chart.y2) return { data, ...body };
  const { x, y, ...rest } = body.encoding;
  return {
    data,
    encoding: { x, ...rest },
    layer: [
      { mark: body.mark, encoding: { y } },
      { mark: SECOND, encoding: { y: measureOf(chart.y2, 'quantitative') } },
    ],
    resolve: { scale: { y: 'independent' } },
  };
}

type Body = { readonly mark: unknown; readonly encoding: Part; readonly projection?: unknown };

function bodyOf(written: Written): Body | undefined {
  const { chart, types } = written;
  const { x, y, colour } = chart;
  switch (chart.mark) {
    case 'bar':
    case 'line':
    case 'area':
      if (!x || !y) return undefined;
      return { mark: chart.mark, encoding: { x: axisOf(written, 'x'), ...stacked(written, measureOf(y, types.y)) } };
    case 'histogram':
      if (!x) return undefined;
      return { mark: HISTOGRAM, encoding: { x: axisOf(written, 'x'), ...stacked(written, { aggregate: 'count' }) } };
    case 'point':
      if (!x || !y) return undefined;
      return {
        mark: 'point',
        encoding: {
          x: axisOf(written, 'x'),
          y: measureOf(y, types.y),
          ...colourOf(written),
          ...rowsOf(written),
          ...facetsOf(written),
        },
      };
    case 'map':
      if (!x || !y) return undefined;
      return {
        mark: 'circle',
        projection: { type: 'equirectangular' },
        encoding: {
          longitude: fieldOf(x, 'quantitative'),
          latitude: fieldOf(y, 'quantitative'),
          ...colourOf(written),
          ...rowsOf(written),
        },
      };
    case 'pie':
      if (!x || !y) return undefined;
      return {
        mark: 'arc',
        encoding: { theta: measureOf(y, types.y), color: { ...fieldOf(x, types.x), ...sortOf(x) } },
      };
    case 'heat':
      if (!x || !y || !colour) return undefined;
      return {
        mark: 'rect',
        encoding: { x: axisOf(written, 'x'), y: axisOf(written, 'y'), color: measureOf(colour, 'quantitative') },
      };
    case 'number':
      if (x || !y) return undefined;
      return { mark: NUMBER, encoding: { text: measureOf(y, types.y) } };
    default:
      return undefined;
  }
}

export const escapeField = (name: string): string => name.replace(/[.[\]'"\\]/g, '\\$&');

const fieldOf = ({ column = '' }: Channel, type: FieldType | undefined): Part => ({
  field: escapeField(column),
  ...(type ? { type } : {}),
});

/** A count is of rows, whatever column it was put on. */
function measureOf(channel: Channel, type: FieldType | undefined): Part {
  const { column, aggregate } = channel;
  if (aggregate === undefined || aggregate === 'none') return fieldOf(channel, type);
  return { aggregate, ...(column === undefined ? {} : { field: escapeField(column) }) };
}

function axisOf({ chart, types, automatic }: Written, name: 'x' | 'y'): Part {
  const channel = chart[name] ?? {};
  const type = types[name];
  const own = automatic[name];
  const bin =
    channel.bin !== undefined
      ? { maxbins: channel.bin }
      : own?.kind === 'bins'
        ? { maxbins: own.most, nice: true }
        : undefined;
  const unit =
    channel.unit !== undefined
      ? UNITS[channel.unit]
      : own?.kind === 'unit'
        ? { unit: own.unit, ...(own.step > 1 ? { step: own.step } : {}), maxbins: MOST_UNITS }
        : undefined;
  return {
    ...fieldOf(channel, type),
    ...(bin ? { bin } : {}),
    ...(unit ? { timeUnit: unit } : {}),
    ...(type === 'nominal' || type === 'ordinal' ? placesOf(chart, name) : {}),
  };
}

/** Bars stand by what they measure where nobody chose otherwise. */
function placesOf(chart: Chart, name: 'x' | 'y'): Part {
  const channel = chart[name] ?? {};
  if (chart.mark === 'bar' && name === 'x' && channel.sort === undefined && !chart.y2) return { sort: '-y' };
  return sortOf(channel);
}

function sortOf({ sort }: Channel): Part {
  switch (sort) {
    case 'value':
      return { sort: { encoding: 'y', order: 'descending' } };
    case 'name':
      return { sort: 'ascending' };
    case 'table':
      return { sort: null };
    default:
      return {};
  }
}

const colourOf = ({ chart: { colour }, types }: Written): Part =>
  colour ? { color: fieldOf(colour, types.colour) } : {};

function rowsOf({ chart: { size, tooltip }, types, tips }: Written): Part {
  return {
    ...(size ? { size: fieldOf(size, types.size) } : {}),
    ...(tooltip ? { tooltip: tooltip.map((column, at) => fieldOf({ column }, tips[at])) } : {}),
  };
}

function facetsOf({ chart: { row, column } }: Written): Part {
  return {
    ...(row ? { row: fieldOf(row, 'nominal') } : {}),
    ...(column ? { column: fieldOf(column, 'nominal') } : {}),
  };
}

/** A measure and the colours that stand on each other there, or beside each other. */
function stacked(written: Written, measure: Part): Part {
  const { stack, colour } = written.chart;
  const isBeside = stack === 'apart' && colour !== undefined && written.types.x === 'nominal';
  const how = stack === 'share' ? { stack: 'normalize' } : stack === 'apart' && !isBeside ? { stack: null } : {};
  return {
    y: { ...measure, ...how },
    ...colourOf(written),
    ...(isBeside && colour ? { xOffset: { field: escapeField(colour.column ?? '') } } : {}),
    ...facetsOf(written),
  };
}
