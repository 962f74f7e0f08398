/**
 * The chart that a result begins with. Pure: the same columns give the same chart to everyone, so nothing need be written down
 * until somebody chooses otherwise.
 *
 * Degrees make a map; a time and a measure make a line; a category and a measure bars, best first; two measures points; a measure alone a
 * histogram; a category or a time alone is counted. Ids are names of things and never measured.
 */
import { CHANNELS, type Channel, type ChartSettings, type Mark } from '../chart.ts';
import { uniqueNames } from '../names.ts';
import type { Column } from '../outputs.ts';
import { aggregateOf, isIdentifier, isOrdinal, kindOfType } from './kinds.ts';

/** A chart where everything is said. */
export type Chart = Omit<ChartSettings, 'show' | 'mark'> & { readonly mark: Mark };

export type Named = Column & { readonly key: string };
export type Roles = {
  readonly times: readonly Named[];
  readonly ordinals: readonly Named[];
  readonly measures: readonly Named[];
  readonly categories: readonly Named[];
};

/** Where `mark` is not chosen, all of it is: settings of another table's columns would fit by chance only. */
export function fullChart(settings: ChartSettings, columns: readonly Column[]): Chart | undefined {
  const { show: _, mark, ...rest } = settings;
  if (mark === undefined) return chooseChart(columns);
  const said = Object.entries(rest).filter(([key, value]) => PARTS.has(key) && value !== undefined);
  return { mark, ...Object.fromEntries(said) };
}

/** A request says more, a stretch of x: that is no part of the chart. */
const PARTS = new Set<string>([...CHANNELS, 'tooltip', 'stack']);

export function chooseChart(columns: readonly Column[]): Chart | undefined {
  const { times, ordinals, measures, categories } = rolesOf(columns);
  const [time, ordinal, measure, category] = [times[0], ordinals[0], measures[0], categories[0]];
  // Exactly what is there, and no more: of many columns the third would be a guess.
  const place = placeOf(columns);
  if (place) return { mark: 'map', ...place };
  const split = columns.length === 3 ? (categories.find((one) => one !== category) ?? category) : undefined;
  if (time && measure) return { mark: 'line', x: is(time), y: measured(measure), ...coloured(split) };
  if (ordinal && measure) {
    const mark = /year|yr|년/i.test(ordinal.name) ? 'line' : 'bar';
    return { mark, x: is(ordinal), y: measured(measure), ...coloured(split) };
  }
  if (category && measure && columns.length === 2 && STEPS.test(category.name))
    return { mark: 'funnel', x: is(category), y: measured(measure) };
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

export function rolesOf(columns: readonly Column[]): Roles {
  const usable = named(columns).filter((column) => !isIdentifier(column));
  const numbers = usable.filter(({ type }) => kindOfType(type) === 'number');
  return {
    times: usable.filter(({ type }) => kindOfType(type) === 'time'),
    ordinals: numbers.filter(isOrdinal),
    measures: numbers.filter((column) => !isOrdinal(column)),
    categories: usable.filter(({ type }) => kindOfType(type) === 'category'),
  };
}

export function named(columns: readonly Column[]): Named[] {
  const keys = uniqueNames(columns.map((column) => column.name));
  return columns.map((column, index) => ({ ...column, key: keys[index]! }));
}

export const is = (column: Named): Channel => ({ column: column.key });
const measured = (column: Named): Channel => ({ column: column.key, aggregate: aggregateOf(column) });
const coloured = (column: Named | undefined) => (column ? { colour: is(column) } : {});

/** Where on Earth, by what columns are called. */
export function placeOf(columns: readonly Column[]): Pick<Chart, 'x' | 'y'> | undefined {
  const numbers = named(columns).filter(({ type }) => kindOfType(type) === 'number');
  const [x, y] = [LONGITUDE, LATITUDE].map((pattern) => numbers.find(({ name }) => pattern.test(name)));
  return x && y && { x: is(x), y: is(y) };
}

const LONGITUDE = /(^|[^a-z])(lon|lng|long|longitude)$|경도$/i;
const LATITUDE = /(^|[^a-z])(lat|latitude)$|위도$/i;
const STEPS = /^(step|stage|funnel|phase|단계)s?$/i;
