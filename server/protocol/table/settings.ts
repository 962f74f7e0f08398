/**
 * How a table is laid out and looked at: each viewer's own, kept in the browser, or saved by a writer as the paragraph's option
 * `table`. Both are texts that anybody may have written, so they are read part by part: a part that is damaged is as good as
 * absent. Columns are called by name, so that a query that changes keeps what still fits.
 */
import type { Column } from '../outputs.ts';
import { type Filter, fitting, isText, MAX_FILTERS, type Narrow, readFilters } from './narrow.ts';

export const FORMATS = ['number', 'plain', 'percent', 'bytes', 'date', 'link'] as const;
export type ColumnFormat = (typeof FORMATS)[number];

export type TableSettings = {
  readonly hidden?: readonly string[];
  /** In their order, left of all others. */
  readonly pinned?: readonly string[];
  /** All columns as they stand, where any was moved. */
  readonly order?: readonly string[];
  /** Pixels. */
  readonly widths?: Readonly<Record<string, number>>;
  readonly formats?: Readonly<Record<string, ColumnFormat>>;
  /** `-a` for descending. */
  readonly sort?: readonly string[];
  readonly filters?: readonly Filter[];
  readonly search?: string;
};

/** Columns that settings speak of: more are nobody's work by hand. */
const MAX_COLUMNS = 500;
const MAX_SORT = 20;
const WIDTHS = { least: 32, most: 2000 } as const;

export function readSettings(value: unknown): TableSettings {
  if (typeof value !== 'object' || value === null) return {};
  const given: Readonly<Record<string, unknown>> = { ...value };
  const settings: { -readonly [Key in keyof TableSettings]: TableSettings[Key] } = {};
  for (const key of ['hidden', 'pinned', 'order'] as const) {
    const names = namesIn(given[key], MAX_COLUMNS);
    if (names.length > 0) settings[key] = names;
  }
  const widths = entriesIn(
    given.widths,
    (width): width is number => typeof width === 'number' && width >= WIDTHS.least && width <= WIDTHS.most,
  );
  if (widths.length > 0) settings.widths = Object.fromEntries(widths);
  const formats = entriesIn(given.formats, isFormat);
  if (formats.length > 0) settings.formats = Object.fromEntries(formats);
  const sort = namesIn(given.sort, MAX_SORT);
  if (sort.length > 0) settings.sort = sort;
  const filters = Array.isArray(given.filters)
    ? given.filters.slice(0, MAX_FILTERS).flatMap((one: unknown) => readFilters([one]) ?? [])
    : [];
  if (filters.length > 0) settings.filters = filters;
  if (isText(given.search) && given.search !== '') settings.search = given.search;
  return settings;
}

const isFormat = (value: unknown): value is ColumnFormat => FORMATS.some((format) => format === value);

const namesIn = (value: unknown, most: number): readonly string[] =>
  Array.isArray(value) ? [...new Set(value.filter(isText))].slice(0, most) : [];

function entriesIn<T>(value: unknown, fits: (one: unknown) => one is T): [string, T][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .slice(0, MAX_COLUMNS)
    .filter((entry): entry is [string, T] => entry[0] !== '__proto__' && fits(entry[1]));
}

/** What is set for a column; one called `constructor` has nothing by itself. */
export const settingOf = <T>(by: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  by && Object.hasOwn(by, name) ? by[name] : undefined;

type SortedBy = { readonly column: string; readonly descending: boolean };

/** Columns to sort by; what there is no more sorts nothing. */
export function sortIn({ sort = [] }: TableSettings, names: readonly string[]): readonly SortedBy[] {
  return sort.flatMap((key): readonly SortedBy[] => {
    if (names.includes(key)) return [{ column: key, descending: false }];
    const column = key.slice(1);
    return key.startsWith('-') && names.includes(column) ? [{ column, descending: true }] : [];
  });
}

/** Filters whose columns are there and take them. */
export const narrowOf = ({ filters = [], search }: TableSettings, columns: readonly Column[]): Narrow =>
  fitting({ filters, ...(search === undefined ? {} : { search }) }, columns);

/** Places of the columns that are shown, in their order; the first `pinned` of them stay at the left. */
export function shownColumns(
  { hidden = [], pinned = [], order = [] }: TableSettings,
  names: readonly string[],
): { readonly places: readonly number[]; readonly pinned: number } {
  const gone = new Set(hidden);
  // Nobody hides all: a table without columns could not be mended.
  const isShown = (place: number): boolean => !gone.has(names[place]!) || names.every((name) => gone.has(name));
  const weight = new Map(order.map((name, index) => [name, index]));
  const all = names.map((_, place) => place).filter(isShown);
  // What the order does not know stands where it stands in the table, after its neighbour.
  let last = -1;
  const weights = new Map<number, number>();
  for (const place of names.keys()) {
    last = weight.get(names[place]!) ?? last + 1e-6;
    weights.set(place, last);
  }
  const sorted = all.toSorted((a, b) => weights.get(a)! - weights.get(b)! || a - b);
  const first = pinned.map((name) => names.indexOf(name)).filter((place) => all.includes(place));
  return { places: [...first, ...sorted.filter((place) => !first.includes(place))], pinned: first.length };
}
