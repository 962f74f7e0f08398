/**
 * The chart that a result begins with, and what stays of one when its mark is switched. Pure: the same columns give the same
 * chart to everyone, so nothing need be written down until somebody chooses otherwise.
 *
 * A time and a measure make a line; a category and a measure bars, best first; two measures points; a measure alone a
 * histogram; a category or a time alone is counted. Ids are names of things and never measured.
 */
import type { Channel, ChartSettings, Mark } from '../chart.ts';
import { uniqueNames } from '../names.ts';
import type { Column } from '../outputs.ts';
import { aggregateOf, isIdentifier, isMeasurable, isOrdinal, kindOfType } from './kinds.ts';

/** A chart where everything is said. */
export type Chart = Pick<ChartSettings, 'x' | 'y' | 'colour'> & { readonly mark: Mark };

type Named = Column & { readonly key: string };
type Roles = {
  readonly times: readonly Named[];
  readonly ordinals: readonly Named[];
  readonly measures: readonly Named[];
  readonly categories: readonly Named[];
};

/** Where `mark` is not chosen, all of it is: settings of another table's columns would fit by chance only. */
export function fullChart(settings: ChartSettings, columns: readonly Column[]): Chart | undefined {
  const { mark, x, y, colour } = settings;
  if (mark === undefined) return chooseChart(columns);
  return { mark, ...(x ? { x } : {}), ...(y ? { y } : {}), ...(colour ? { colour } : {}) };
}

export function chooseChart(columns: readonly Column[]): Chart | undefined {
  const { times, ordinals, measures, categories } = rolesOf(columns);
  const [time, ordinal, measure, category] = [times[0], ordinals[0], measures[0], categories[0]];
  // Exactly what is there, and no more: of many columns the third would be a guess.
  const split = columns.length === 3 ? (categories.find((one) => one !== category) ?? category) : undefined;
  if (time && measure) return { mark: 'line', x: is(time), y: measured(measure), ...coloured(split) };
  if (ordinal && measure) {
    const mark = /year|yr|년/i.test(ordinal.name) ? 'line' : 'bar';
    return { mark, x: is(ordinal), y: measured(measure), ...coloured(split) };
  }
  if (category && measure) {
    return { mark: 'bar', x: is(category), y: measured(measure), ...coloured(split === category ? undefined : split) };
  }
  if (measures.length > 1) return { mark: 'point', x: is(measures[0]!), y: { ...is(measures[1]!), aggregate: 'none' } };
  if (measure) return { mark: 'histogram', x: is(measure) };
  if (category) return { mark: 'bar', x: is(category), y: { aggregate: 'count' } };
  if (time ?? ordinal)
    return { mark: time ? 'histogram' : 'bar', x: is((time ?? ordinal)!), y: { aggregate: 'count' } };
  return last(columns);
}

/** Ids and nested values: counted, as nothing else can be said of them. */
function last(columns: readonly Column[]): Chart | undefined {
  const first = named(columns)[0];
  return first && { mark: 'bar', x: is(first), y: { aggregate: 'count' } };
}

function rolesOf(columns: readonly Column[]): Roles {
  const usable = named(columns).filter((column) => !isIdentifier(column));
  const numbers = usable.filter(({ type }) => kindOfType(type) === 'number');
  return {
    times: usable.filter(({ type }) => kindOfType(type) === 'time'),
    ordinals: numbers.filter(isOrdinal),
    measures: numbers.filter((column) => !isOrdinal(column)),
    categories: usable.filter(({ type }) => kindOfType(type) === 'category'),
  };
}

function named(columns: readonly Column[]): Named[] {
  const keys = uniqueNames(columns.map((column) => column.name));
  return columns.map((column, index) => ({ ...column, key: keys[index]! }));
}

const is = (column: Named): Channel => ({ column: column.key });
const measured = (column: Named): Channel => ({ column: column.key, aggregate: aggregateOf(column) });
const coloured = (column: Named | undefined) => (column ? { colour: is(column) } : {});

/** Another mark over the same fields; only what the new mark can't draw is chosen anew. */
export function switchMark(chart: Chart, mark: Mark, columns: readonly Column[]): Chart {
  const all = named(columns);
  const find = (channel: Channel | undefined) => all.find((column) => column.key === channel?.column);
  const roles = rolesOf(columns);
  const next: Chart = { ...chart, mark };
  switch (mark) {
    case 'histogram': {
      const fits = [find(chart.x), find(chart.y), roles.measures[0], roles.times[0], roles.ordinals[0]];
      const x = fits.find((column) => column && hasExtent(column));
      return x && x.key !== chart.x?.column ? { ...next, x: is(x) } : next;
    }
    case 'pie': {
      const x = find(chart.x);
      const slices = x && !hasExtent(x) ? x : (find(chart.colour) ?? roles.categories[0] ?? roles.ordinals[0] ?? x);
      const y = shared(chart.y, find(chart.y));
      return { ...next, ...(slices && slices !== x ? { x: is(slices) } : {}), y };
    }
    case 'point': {
      const [x, y] = [find(chart.x), find(chart.y)];
      if (x && hasExtent(x) && y) return { ...next, y: { ...chart.y, aggregate: 'none' } };
      const other = roles.measures.find((column) => column !== x);
      return x && hasExtent(x) && other ? { ...next, y: { ...is(other), aggregate: 'none' } } : next;
    }
    case 'bar':
      return { ...next, y: summed(chart.y, find(chart.y)) };
    case 'line':
    case 'area': {
      // Points over a time, drawn as a line, are its mean; a count needs no column.
      const y = chart.y ?? { aggregate: 'count' as const };
      return { ...next, y: chart.mark === 'point' && y.aggregate === 'none' ? summed(y, find(y)) : y };
    }
  }
}

/** The measure of a mark that adds rows up: it can't show each row by itself. */
function summed(channel: Channel | undefined, column: Named | undefined): Channel {
  if (!channel || !column) return { aggregate: 'count' };
  if (channel.aggregate && channel.aggregate !== 'none') return channel;
  return { ...channel, aggregate: isMeasurable(column.type) ? aggregateOf(column) : 'distinct' };
}

/** Slices are parts of a whole: what does not add up, a mean or a price, is counted instead. */
function shared(channel: Channel | undefined, column: Named | undefined): Channel {
  const y = summed(channel, column);
  if (!column || y.aggregate === 'sum' || y.aggregate === 'count' || y.aggregate === 'distinct') return y;
  return aggregateOf(column) === 'sum' ? { ...y, aggregate: 'sum' } : { aggregate: 'count' };
}

const hasExtent = ({ type }: Column): boolean => ['number', 'time'].includes(kindOfType(type));

/** A column put on a channel, as people mean it: numbers are added up where the mark does so. */
export function fieldOn(chart: Chart, channel: 'x' | 'y' | 'colour', key: string, columns: readonly Column[]): Chart {
  const column = named(columns).find((one) => one.key === key);
  if (!column) return chart;
  if (channel !== 'y') return { ...chart, [channel]: is(column) };
  if (!isMeasurable(column.type)) return { ...chart, y: { column: key, aggregate: 'distinct' } };
  const raw = chart.mark === 'point' && kindOfType(column.type) === 'number';
  const { aggregate } = chart.y ?? {};
  const kept = aggregate && !['none', 'count', 'distinct'].includes(aggregate) ? aggregate : aggregateOf(column);
  return { ...chart, y: { column: key, aggregate: raw || aggregate === 'none' ? 'none' : kept } };
}
