/**
 * A chart of a table result: what people choose (`ChartSettings`, the paragraph's option `chart`) and what is asked of the
 * server (`ChartSpec`). Settings come from documents and files that anybody may have written, so they are read part by part:
 * a part that is damaged is as good as absent, and what another version wrote beside ours is kept. Columns are called by
 * name, so that a query that changes keeps its chart; a repeated `a` is `a_2`, as in every reader of results.
 *
 * Where nothing is chosen (`mark` is absent) `chart/choose.ts` chooses from the columns, the same for everyone.
 */
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Check } from '@sinclair/typebox/value';
import { isRecord, partOf, withPart } from './chart/option.ts';

/** Marks of places on x with a value each, and of rows by themselves. */
export const FLAT_MARKS = ['bar', 'line', 'area', 'point', 'pie', 'histogram', 'funnel', 'map'] as const;
export type FlatMark = (typeof FLAT_MARKS)[number];
/** Marks whose answers have shapes of their own: `chart/figures.ts`. */
export const FIGURE_MARKS = ['box', 'heat', 'cohort', 'number', 'spark'] as const;
export type FigureMark = (typeof FIGURE_MARKS)[number];
export const MARKS = [...FLAT_MARKS, ...FIGURE_MARKS] as const;
export type Mark = (typeof MARKS)[number];

export const isFigureMark = (mark: Mark): mark is FigureMark => FIGURE_MARKS.some((one) => one === mark);

/** `none` draws each row; absent stands for what suits the column. */
export const AGGREGATES = ['none', 'count', 'sum', 'mean', 'median', 'min', 'max', 'distinct'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export const UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Unit = (typeof UNITS)[number];

/** How categories stand: by what they measure, by themselves, or as they come in the table. */
export const SORTS = ['value', 'name', 'table'] as const;

/** How the colours of one place stand: on each other, as shares of the whole, or beside each other. */
export const STACKS = ['sum', 'share', 'apart'] as const;
export type ChartStack = (typeof STACKS)[number];

const oneOf = <T extends string>(values: readonly T[]) => Type.Union(values.map((value) => Type.Literal(value)));

/** Characters of a column's name in settings: longer ones are nobody's. */
const MAX_NAME = 1000;
export const MAX_BINS = 200;

export const Channel = Type.Object({
  column: Type.Optional(Type.String({ maxLength: MAX_NAME })),
  aggregate: Type.Optional(oneOf(AGGREGATES)),
  /** How many bins a range of numbers is cut into, about. */
  bin: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_BINS })),
  unit: Type.Optional(oneOf(UNITS)),
  sort: Type.Optional(oneOf(SORTS)),
});
export type Channel = Static<typeof Channel>;

/** `y2` is measured on an axis of its own; `row` and `column` make a small chart of each of their values. */
export const CHANNELS = ['x', 'y', 'y2', 'colour', 'size', 'row', 'column'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** Columns that a point says of its row beside what is drawn. */
export const MAX_TIPS = 5;

const parts = {
  mark: Type.Optional(oneOf(MARKS)),
  x: Type.Optional(Channel),
  y: Type.Optional(Channel),
  y2: Type.Optional(Channel),
  colour: Type.Optional(Channel),
  size: Type.Optional(Channel),
  row: Type.Optional(Channel),
  column: Type.Optional(Channel),
  tooltip: Type.Optional(Type.Array(Type.String({ maxLength: MAX_NAME }), { maxItems: MAX_TIPS })),
  stack: Type.Optional(oneOf(STACKS)),
};

export const ChartSettings = Type.Object({
  /** Which view of the result is shown; the table where absent. */
  show: Type.Optional(oneOf(['table', 'chart'])),
  ...parts,
});
export type ChartSettings = Static<typeof ChartSettings>;

/**
 * `range` is a stretch of a continuous x, in its own units: numbers, or milliseconds of the wall clock since 1970.
 * `aggregated`: no value of one row by itself; points are cells of a grid with their rows, boxes have no outliers.
 */
export const ChartSpec = Type.Object(
  {
    ...parts,
    range: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])),
    aggregated: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type ChartSpec = Static<typeof ChartSpec>;

/** The settings of the paragraph's table number `index`: the option is one object, or a list where there are several tables. */
export function readChart(option: unknown, index = 0): ChartSettings {
  const one = partOf(option, index);
  const settings: ChartSettings = {};
  const { show, mark } = one;
  if (fits(ChartSettings.properties.show, show)) settings.show = show;
  if (fits(parts.mark, mark)) settings.mark = mark;
  if (fits(parts.stack, one.stack)) settings.stack = one.stack;
  if (fits(parts.tooltip, one.tooltip)) settings.tooltip = one.tooltip;
  for (const name of CHANNELS) {
    const channel = readChannel(one[name]);
    if (channel) settings[name] = channel;
  }
  return settings;
}

function readChannel(value: unknown): Channel | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(Channel.properties).flatMap(([key, schema]) =>
    Object.hasOwn(value, key) && fits(schema, value[key]) ? [[key, value[key]] as const] : [],
  );
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Channel);
}

/** The option with other settings of one table; what is not ours in it stays. Undefined where nothing is left to say. */
export function writeChart(option: unknown, settings: ChartSettings, index = 0): unknown {
  const kept = Object.entries(partOf(option, index)).filter(([key]) => !Object.hasOwn(ChartSettings.properties, key));
  return withPart(option, index, { ...settings, ...Object.fromEntries(kept) });
}

/** Reads a request's spec; undefined if it is none. */
export const readSpec = (value: unknown): ChartSpec | undefined => (Check(ChartSpec, value) ? value : undefined);

const fits = <T extends TSchema>(schema: T, value: unknown): value is Exclude<Static<T>, undefined> =>
  value !== undefined && Check(schema, value);
