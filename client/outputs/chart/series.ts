/**
 * An answer as what is drawn: one entry a place and colour, stacked where the parts make a whole, with the labels that
 * people see. Labels are distinct, so that a category called "others" is never taken for the others.
 */
import type { ChartAnswer, ChartUnit } from '../../../server/protocol/chart/answer.ts';
import { endOf } from '../../../server/protocol/chart/stretches.ts';
import type { ChartStack } from '../../../server/protocol/chart.ts';
import { numberText, timeText } from './texts.ts';

export type Labels = {
  readonly null: string;
  readonly empty: string;
  readonly others: (count: number) => string;
};

export type Mark = {
  /** A label where x has categories; else a number or milliseconds. */
  readonly x: string | number;
  /** Where the bin or the stretch ends. */
  readonly x2?: number;
  /** From `low` to `high`: from zero or the part below. */
  readonly low: number;
  readonly high: number;
  /** The value itself. */
  readonly y: number;
  readonly colour?: string | number;
  /** Rows behind it. */
  readonly count?: number;
  /** Of a point. */
  readonly size?: number;
  /** What a point says of its row, a text for each column. */
  readonly tip?: readonly (string | null)[];
  /** The labels of its panel. */
  readonly row?: string;
  readonly column?: string;
};

export type Series = {
  readonly marks: readonly Mark[];
  /** All labels of a category axis, in order. */
  readonly places?: readonly string[];
  /** The label of the others on it, and of NULL. */
  readonly rest?: string;
  readonly colours?: readonly string[];
  readonly coloursRest?: string;
  readonly stacked: boolean;
  /** What is drawn are parts of one. */
  readonly shared: boolean;
  /** The second measure, along the same x. */
  readonly second?: readonly { readonly x: string | number; readonly y: number }[];
  /** Labels of the panels, in order. */
  readonly panels?: { readonly row?: readonly string[]; readonly column?: readonly string[] };
};

/** Sums and counts of parts add up to the whole; means and medians do not. */
const isAdditive = ({ y: { aggregate } }: ChartAnswer): boolean => aggregate === 'sum' || aggregate === 'count';

export function seriesOf(
  answer: ChartAnswer,
  labels: Labels,
  hidden: ReadonlySet<string> = new Set(),
  stack: ChartStack = 'sum',
): Series {
  const places = answer.x.scale === 'category' ? labelsOf(answer.x, labels) : undefined;
  const colours = answer.colour?.scale === 'category' ? labelsOf(answer.colour, labels) : undefined;
  const solid = ['bar', 'area', 'histogram'].includes(answer.mark);
  const stacked = colours !== undefined && isAdditive(answer) && solid && stack !== 'apart';
  const shared = stacked && stack === 'share';
  const panels = panelsOf(answer, labels);
  const panelled = [
    ...Map.groupBy(rawMarks(answer, labels, places, colours), ({ row, column }) => `${row}\n${column}`),
  ];
  const marks = panelled.flatMap(([, raw]) => {
    const [first] = raw;
    const panel = {
      ...(first?.row === undefined ? {} : { row: first.row }),
      ...(first?.column === undefined ? {} : { column: first.column }),
    };
    const plain = filled(answer, raw, stacked, colours)
      .map((mark) => ({ ...mark, ...panel }))
      .filter(({ colour }) => typeof colour !== 'string' || !hidden.has(colour));
    const parts = stacked ? piled(plain, colours ?? []) : plain;
    return shared ? asShares(parts) : parts;
  });
  const second = secondOf(answer, places);
  return {
    marks,
    shared,
    ...(second ? { second } : {}),
    ...(panels ? { panels } : {}),
    ...(places ? { places } : {}),
    ...(answer.x.scale === 'category' && answer.x.rest !== undefined ? { rest: places?.at(-1) ?? '' } : {}),
    ...(colours ? { colours } : {}),
    ...(answer.colour?.scale === 'category' && answer.colour.rest !== undefined
      ? { coloursRest: colours?.at(-1) ?? '' }
      : {}),
    stacked,
  };
}

type Keys = { readonly keys: readonly (string | number | boolean | null)[]; readonly rest?: number | undefined };

function labelsOf({ keys, rest }: Keys, labels: Labels): string[] {
  const used = new Set<string>();
  return keys.map((key, index) => {
    const isRest = rest !== undefined && index === keys.length - 1;
    let label = isRest ? labels.others(rest) : labelOf(key, labels);
    // A space without width: not to be seen, and not the same.
    while (used.has(label)) label += '\u200b';
    used.add(label);
    return label;
  });
}

function labelOf(key: string | number | boolean | null, labels: Labels): string {
  if (key === null) return labels.null;
  if (key === '') return labels.empty;
  return typeof key === 'number' && !Number.isInteger(key) ? numberText(key) : String(key);
}

function rawMarks(answer: ChartAnswer, labels: Labels, places?: string[], colours?: string[]): Mark[] {
  const { x, y, colour, counts, mark, size, tooltip, facet } = answer;
  const marks: Mark[] = [];
  const panels = panelsOf(answer, labels);
  const across = panels?.column?.length ?? 1;
  y.values.forEach((value, index) => {
    const high = y.high?.[index] ?? value;
    const place = x.scale === 'category' ? places?.[x.at[index]!] : x.values[index];
    if (value === null || high === null || place === null || place === undefined) return;
    const shade = colour?.scale === 'category' ? colours?.[colour.at[index]!] : colour?.values[index];
    const end = mark === 'bar' || mark === 'histogram' ? endAt(x, index) : undefined;
    const base = { x: place, ...(end === undefined ? {} : { x2: end }) };
    const about = {
      ...(shade === null || shade === undefined ? {} : { colour: shade }),
      ...(counts ? { count: counts[index]! } : {}),
      ...(typeof size?.[index] === 'number' ? { size: size[index] } : {}),
      ...(tooltip ? { tip: tooltip.map((texts) => texts[index] ?? null) } : {}),
      ...(panels?.row ? { row: panels.row[Math.floor((facet?.at[index] ?? 0) / across)]! } : {}),
      ...(panels?.column ? { column: panels.column[(facet?.at[index] ?? 0) % across]! } : {}),
    };
    if (y.high && mark === 'line') {
      // One column of pixels: from its lowest to its highest, the other way in every second, so that none is crossed twice.
      const pair = marks.length % 4 === 0 ? [value, high] : [high, value];
      for (const one of value === high ? [value] : pair) marks.push({ ...base, ...about, y: one, low: 0, high: one });
      return;
    }
    marks.push({
      ...base,
      ...about,
      y: high,
      low: y.high ? Math.min(0, value) : 0,
      high: Math.max(high, y.high ? 0 : high),
    });
  });
  return marks;
}

function endAt(x: ChartAnswer['x'], index: number): number | undefined {
  if (x.scale === 'category') return undefined;
  const start = x.values[index] ?? 0;
  if (x.scale === 'number') return x.bin === undefined ? undefined : start + x.bin;
  return x.every && endOf(start, x.every);
}

/** Where a sum or a count has no rows it is nothing, not unknown: a line or an area goes down there. */
function filled(answer: ChartAnswer, marks: Mark[], stacked: boolean, colours: readonly string[] | undefined): Mark[] {
  const { x, mark } = answer;
  if ((mark !== 'line' && mark !== 'area') || !isAdditive(answer) || x.scale === 'category') return marks;
  const places = new Set(marks.map((one) => Number(one.x)));
  for (const place of gridOf(x, [...places])) places.add(place);
  const series = colours && stacked ? colours : [...new Set(marks.map(({ colour }) => colour))];
  if (places.size * series.length > MOST_FILLED) return marks;
  const there = new Set(marks.map((one) => `${one.x} ${one.colour}`));
  const missing = [...places].flatMap((place) =>
    series.flatMap((colour): Mark[] =>
      there.has(`${place} ${colour}`)
        ? []
        : [{ x: place, y: 0, low: 0, high: 0, count: 0, ...(colour === undefined ? {} : { colour }) }],
    ),
  );
  return [...marks, ...missing].sort((a, b) => Number(a.x) - Number(b.x));
}

/** Places of a stacked area, times its colours. */
const MOST_FILLED = 10_000;

/** Every stretch or bin between the first and the last. */
function gridOf(x: Exclude<ChartAnswer['x'], { scale: 'category' }>, places: readonly number[]): number[] {
  const step = x.scale === 'time' ? x.every : x.bin;
  if (step === undefined || places.length < 2) return [];
  const [first, last] = [Math.min(...places), Math.max(...places)];
  const all: number[] = [];
  for (let place = first; place < last && all.length < MOST_FILLED; ) {
    all.push(place);
    place = typeof step === 'number' ? Number((place + step).toPrecision(12)) : endOf(place, step);
  }
  return all;
}

/** Puts the parts of each place on each other, negative ones below zero, in the order of the colours. */
function piled(marks: readonly Mark[], colours: readonly string[]): Mark[] {
  const order = new Map(colours.map((colour, index) => [colour, index]));
  const sorted = [...marks].sort((a, b) => (order.get(String(a.colour)) ?? 0) - (order.get(String(b.colour)) ?? 0));
  const above = new Map<string | number, number>();
  const below = new Map<string | number, number>();
  return sorted.map((mark) => {
    const side = mark.y < 0 ? below : above;
    const low = side.get(mark.x) ?? 0;
    side.set(mark.x, low + mark.y);
    return { ...mark, low, high: low + mark.y };
  });
}

/** Of each place, what all of its parts make is one. */
function asShares(marks: readonly Mark[]): Mark[] {
  const totals = new Map<string | number, number>();
  for (const { x, y } of marks) totals.set(x, (totals.get(x) ?? 0) + Math.abs(y));
  return marks.map((mark) => {
    const total = totals.get(mark.x) || 1;
    return { ...mark, low: mark.low / total, high: mark.high / total };
  });
}

function panelsOf({ facet }: ChartAnswer, labels: Labels): Series['panels'] {
  if (!facet) return undefined;
  return {
    ...(facet.row ? { row: labelsOf(facet.row, labels) } : {}),
    ...(facet.column ? { column: labelsOf(facet.column, labels) } : {}),
  };
}

/** In the middle of a bin or a stretch. */
function secondOf({ x, y2, mark }: ChartAnswer, places?: readonly string[]): Series['second'] {
  return y2?.values.flatMap((value, index) => {
    const place = x.scale === 'category' ? places?.[x.at[index]!] : x.values[index];
    if (value === null || place === null || place === undefined) return [];
    const end = mark === 'bar' ? endAt(x, index) : undefined;
    return [{ x: typeof place === 'number' && end !== undefined ? (place + end) / 2 : place, y: value }];
  });
}

/** A column of pixels is so many minutes wide: its seconds say nothing. */
function precisionOf(values: readonly (number | null)[]): ChartUnit | undefined {
  const width = Number(values.at(-1)) - Number(values[0]);
  const step = width / Math.max(1, values.length);
  return step >= DAY_MS ? { count: 1, unit: 'day' } : step >= MINUTE_MS ? { count: 1, unit: 'minute' } : undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What stands at the head of a tip. */
export function placeText({ x, y, mark }: ChartAnswer, place: string | number): string {
  if (typeof place === 'string') return place;
  if (x.scale === 'time') return timeText(place, x.every ?? (y.high && precisionOf(x.values)));
  const bin = x.scale === 'number' ? x.bin : undefined;
  const whole = bin === 1 && Number.isInteger(place) && mark !== 'histogram';
  return bin === undefined || whole
    ? numberText(place)
    : `${numberText(place)} – ${numberText(Number((place + bin).toPrecision(12)))}`;
}
