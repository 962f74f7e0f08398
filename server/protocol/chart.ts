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

export const MARKS = ['bar', 'line', 'area', 'point', 'pie', 'histogram'] as const;
export type Mark = (typeof MARKS)[number];

/** `none` draws each row; absent stands for what suits the column. */
export const AGGREGATES = ['none', 'count', 'sum', 'mean', 'median', 'min', 'max', 'distinct'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export const UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Unit = (typeof UNITS)[number];

/** How categories stand: by what they measure, by themselves, or as they come in the table. */
export const SORTS = ['value', 'name', 'table'] as const;
export type ChartSort = (typeof SORTS)[number];

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

export const CHANNELS = ['x', 'y', 'colour'] as const;
export type ChannelName = (typeof CHANNELS)[number];

const parts = {
  mark: Type.Optional(oneOf(MARKS)),
  x: Type.Optional(Channel),
  y: Type.Optional(Channel),
  colour: Type.Optional(Channel),
};

export const ChartSettings = Type.Object({
  /** Which view of the result is shown; the table where absent. */
  show: Type.Optional(oneOf(['table', 'chart'])),
  ...parts,
});
export type ChartSettings = Static<typeof ChartSettings>;

/** `range` is a stretch of a continuous x, in its own units: numbers, or milliseconds of the wall clock since 1970. */
export const ChartSpec = Type.Object(
  { ...parts, range: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])) },
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
