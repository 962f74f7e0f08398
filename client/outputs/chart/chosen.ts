/**
 * What is selected in a chart, in the chart's own terms: a stretch of x (and of y among points), places, colours; and the
 * filters that say the same of rows. What lies in bins or stretches of time is selected by whole ones, so that the selection
 * is what is drawn. Pure. What filters can't say, the others of a category or a label that was cut, can't be selected.
 */
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';
import type { Chart } from '../../../server/protocol/chart/choose.ts';
import { endOf } from '../../../server/protocol/chart/stretches.ts';
import { uniqueNames } from '../../../server/protocol/names.ts';
import type { Column } from '../../../server/protocol/outputs.ts';
import { calendarOf, isRanged, kindOf } from '../../../server/protocol/table/kinds.ts';
import { isEnd, MAX_VALUES, type Test } from '../../../server/protocol/table/narrow.ts';
import { linked as words } from '../../words/linked.ts';
import type { Chosen, LinkedFilter, Stretch } from '../linked/linked.ts';
import type { Mark, Series } from './series.ts';
import { numberText, timeText } from './texts.ts';

/** What a chart shows, and what it is made of. */
export type Shown = {
  readonly answer: ChartAnswer;
  readonly series: Series;
  readonly chart: Chart;
  readonly columns: readonly Column[];
};

export const isChosen = ({ x, y, places, colours }: Chosen): boolean =>
  x !== undefined || y !== undefined || (places?.length ?? 0) > 0 || (colours?.length ?? 0) > 0;

/** A place on a map is two values that lie near others: only its colours are selected. */
export const isSelectable = ({ mark, colour }: Pick<ChartAnswer, 'mark' | 'colour'>): boolean =>
  mark !== 'map' || colour?.scale === 'category';

/** Points of rows lie in two directions. */
export const isPlane = ({ mark, x, y, facet }: ChartAnswer): boolean =>
  mark === 'point' && x.scale !== 'category' && y.aggregate === 'none' && facet === undefined;

/**
 * The whole bins and stretches of time that lie between two values of x, or these values to the digits that a pixel tells
 * apart; undefined where there is nothing.
 */
export function stretchIn(
  { answer, series }: Pick<Shown, 'answer' | 'series'>,
  [one, other]: readonly [number, number],
  pixel: number,
): Stretch | undefined {
  const { x, mark } = answer;
  if (x.scale === 'category') return undefined;
  const [low, high] = [Math.min(one, other), Math.max(one, other)];
  if (!Number.isFinite(low) || !Number.isFinite(high)) return undefined;
  const end = endOfPlace(answer);
  const round = x.scale === 'time' ? tidyTime : tidy;
  if (!end) return { from: round(low, pixel), to: round(high, pixel) };
  const isWide = mark === 'bar' || mark === 'histogram';
  const starts = series.marks
    .map((drawn) => Number(drawn.x))
    .filter((start) => (isWide ? start < high && end(start) > low : start >= low && start <= high));
  if (starts.length === 0) return undefined;
  return { from: Math.min(...starts), to: end(Math.max(...starts)) };
}

/** Where a place along x ends, if it is one that ends. */
function endOfPlace({ x }: ChartAnswer): ((start: number) => number) | undefined {
  if (x.scale === 'time' && x.every) {
    const { every } = x;
    return (start) => endOf(start, every);
  }
  if (x.scale !== 'number' || x.bin === undefined) return undefined;
  const { bin } = x;
  return (start) => Number((start + bin).toPrecision(12));
}

/** All that lies from one place to another, both included. */
export function spanOf(shown: Pick<Shown, 'answer' | 'series'>, one: Mark, other: Mark): Chosen | undefined {
  const { answer, series } = shown;
  const { x } = answer;
  if (x.scale === 'category' || typeof one.x === 'string' || typeof other.x === 'string') {
    const places = series.places ?? [];
    const [a, b] = [places.indexOf(String(one.x)), places.indexOf(String(other.x))];
    return { places: places.slice(Math.min(a, b), Math.max(a, b) + 1) };
  }
  const [from, to] = [Math.min(one.x, other.x), Math.max(one.x, other.x)];
  const end = endOfPlace(answer);
  const y = isPlane(answer) ? { y: { from: Math.min(one.y, other.y), to: Math.max(one.y, other.y) } } : {};
  return { x: { from, to: end ? end(to) : to }, ...y };
}

/** Names with one more, or one less; alone unless `more`. What was alone already is nothing again. */
export function toggled(
  names: readonly string[] | undefined,
  name: string,
  more: boolean,
): readonly string[] | undefined {
  const before = names ?? [];
  const has = before.includes(name);
  const next = !more
    ? has && before.length === 1
      ? []
      : [name]
    : has
      ? before.filter((one) => one !== name)
      : [...before, name];
  return next.length === 0 ? undefined : next;
}

export type Told = { readonly filters: readonly LinkedFilter[]; readonly said: string };

/** Undefined where filters can't say it. */
export function toldOf(chosen: Chosen, { answer, series, chart, columns }: Shown): Told | undefined {
  const names = uniqueNames(columns.map(({ name }) => name));
  const parts: ({ readonly filter: LinkedFilter; readonly said: string } | undefined)[] = [];
  const add = (name: string | undefined, part: { readonly test: Test; readonly said: string } | undefined): void => {
    const column = columns[names.indexOf(name ?? '')];
    parts.push(
      part && column && name !== undefined
        ? { filter: { column: name, kind: kindOf(column.type), ...part.test }, said: part.said }
        : undefined,
    );
  };
  const typeOf = (name: string | undefined): string => columns[names.indexOf(name ?? '')]?.type ?? '';
  const { x, y, places, colours } = chosen;
  const [xName, yName, colourName] = [chart.x?.column, chart.y?.column, chart.colour?.column];
  if (x) add(xName, isRanged(typeOf(xName)) ? rangeOf(x, xName ?? '', typeOf(xName), answer) : undefined);
  // Truth values stand at 0 and 1, and have no stretches.
  if (y && isRanged(typeOf(yName))) add(yName, numbersOf(y, yName ?? '', typeOf(yName)));
  if (places && answer.x.scale === 'category') add(xName, amongOf(places, series.places, answer.x, xName ?? ''));
  if (colours && answer.colour?.scale === 'category')
    add(colourName, amongOf(colours, series.colours, answer.colour, colourName ?? ''));
  const known = parts.filter((part) => part !== undefined);
  if (known.length === 0 || known.length < parts.length) return undefined;
  return { filters: known.map(({ filter }) => filter), said: known.map(({ said }) => said).join(', ') };
}

type Part = { readonly test: Test; readonly said: string };

function rangeOf(stretch: Stretch, column: string, type: string, answer: ChartAnswer): Part | undefined {
  const { x } = answer;
  if (x.scale === 'number') return numbersOf(stretch, column, type, x);
  if (x.scale !== 'time') return undefined;
  const { every } = x;
  const days = calendarOf(type) === 'day';
  const start = days ? Math.ceil(stretch.from / DAY_MS) * DAY_MS : stretch.from;
  const ends = [start, stretch.to].map((end) => (days ? clockText(end).slice(0, DAY_TEXT) : clockText(end)));
  const [from = '', to = ''] = ends;
  if (start > stretch.to || !ends.every((end) => isEnd(end, type))) return undefined;
  const last = every ? lastOf(stretch, answer) : stretch.to;
  const [first, end] = [timeText(start, every), timeText(last, every)];
  return {
    test: { is: 'range', from, to, ...(every ? { below: true as const } : {}) },
    said: first === end ? words.one(column, first) : words.range(column, first, end),
  };
}

const DAY_MS = 86_400_000;
/** Characters of a day without its time. */
const DAY_TEXT = 10;

/** Where the last of several stretches begins. */
function lastOf({ from, to }: Stretch, { x }: ChartAnswer): number {
  const starts =
    x.scale === 'category' ? [] : x.values.filter((start) => start !== null && start >= from && start < to);
  return Math.max(from, ...starts.map(Number));
}

function numbersOf(
  { from, to }: Stretch,
  column: string,
  type: string,
  x?: Extract<ChartAnswer['x'], { scale: 'number' }>,
): Part | undefined {
  const binned = x?.bin !== undefined;
  // The highest value of all may be the end of the last bin.
  const below = binned && (to !== x.domain[1] || x.values.includes(to));
  const whole = binned && x.bin === 1 && Number.isInteger(from);
  const [first, last] = [numberText(from), numberText(whole ? to - 1 : to)];
  const [low, high] = [String(from), String(to)];
  if (!isEnd(low, type) || !isEnd(high, type)) return undefined;
  return {
    test: { is: 'range', from: low, to: high, ...(below ? { below: true as const } : {}) },
    said: first === last ? words.one(column, first) : words.range(column, first, last),
  };
}

type Keys = {
  readonly keys: readonly (string | number | boolean | null)[];
  readonly rest?: number | undefined;
};

/** Labels named in a few words. */
const NAMED = 3;
/** What the reader cuts labels to. */
const LABEL = 120;

function amongOf(labels: readonly string[], all: readonly string[] = [], keys: Keys, column: string): Part | undefined {
  const values = labels.map((label) => valueAt(keys, all.indexOf(label)));
  if (values.length === 0 || values.length > MAX_VALUES || values.some((value) => value === undefined))
    return undefined;
  const more = labels.length - Math.min(NAMED, labels.length);
  return {
    test: { is: 'among', values: values.filter((value) => value !== undefined) },
    said: words.some(column, labels.slice(0, NAMED).join(', '), more),
  };
}

function valueAt({ keys, rest }: Keys, at: number): string | null | undefined {
  const key = keys[at];
  if (key === undefined || (rest !== undefined && at === keys.length - 1)) return undefined;
  if (key === null) return null;
  if (typeof key === 'number' && Number.isInteger(key) && !Number.isSafeInteger(key)) return undefined;
  const text = String(key);
  return text.length >= LABEL && text.endsWith('…') ? undefined : text;
}

/** Milliseconds of the wall clock as the engine reads them: with a time of day always, as a day alone may be all of it. */
function clockText(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  const date = new Date(whole);
  if (Number.isNaN(date.getTime())) return '';
  const micros = String(Math.round((milliseconds - whole) * 1000)).padStart(3, '0');
  return date
    .toISOString()
    .replace('T', ' ')
    .replace('Z', micros)
    .replace(/\.?0+$/, '');
}

/** A value to the digits that a pixel tells apart. */
export function tidy(value: number, pixel: number): number {
  if (!(pixel > 0) || !Number.isFinite(pixel)) return value;
  const step = 10 ** Math.floor(Math.log10(pixel));
  const rounded = Math.round(value / step) * step;
  return Number(rounded.toPrecision(12));
}

/** Lengths that times are rounded to, in milliseconds. */
const CLOCK = [DAY_MS, 3_600_000, 60_000, 1000];

const tidyTime = (value: number, pixel: number): number => {
  const step = CLOCK.find((one) => one <= pixel) ?? 1;
  return Math.round(value / step) * step;
};
