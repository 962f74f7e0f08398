/**
 * Which rows of a table are looked at: filters, all of which must hold, and a text that is searched for. One contract for
 * the page, the API, windows, sorts, profiles, charts and downloads. Values are texts as the engine writes them; they come
 * from addresses and from what browsers kept, so they are read here, once, and are bound as data ever after.
 *
 *   range     from ≤ value ≤ to, either may be absent; `below`: value < to. A day as the end of a stretch of moments is
 *             the whole day. Numbers and dates only.
 *   contains, equals, starts    of the value's text; case does not count, in any script
 *   among     one of these values; null is one
 *   null, present
 *
 * The search asks whether any column of text contains it.
 */
import { uniqueNames } from '../names.ts';
import type { Column } from '../outputs.ts';
import { calendarOf, isRanged, kindOf } from './kinds.ts';

export type Test =
  | { readonly is: 'range'; readonly from?: string; readonly to?: string; readonly below?: true }
  | { readonly is: 'contains' | 'equals' | 'starts'; readonly text: string }
  | { readonly is: 'among'; readonly values: readonly (string | null)[] }
  | { readonly is: 'null' | 'present' };

/** Columns by name, a repeated `a` is `a_2`: what was filtered stays so when a query changes. */
export type Filter = Test & { readonly column: string };
export type Narrow = { readonly filters: readonly Filter[]; readonly search?: string };

/** The same with columns by place, as the reader takes it. */
export type PlacedFilter = Test & { readonly place: number };
export type PlacedNarrow = { readonly filters: readonly PlacedFilter[]; readonly search?: string };

/** More conditions than anybody reads, and values than one picks from a list. */
export const MAX_FILTERS = 40;
export const MAX_VALUES = 200;
/** Characters of a value or of a search. */
export const MAX_TEXT = 1000;
/** Characters of all filters in an address: a request's first line must fit into 16 KB, also percent-encoded in part. */
export const MAX_FILTERS_TEXT = 8000;

export const EVERYTHING: Narrow = { filters: [] };
export const isNarrow = ({ filters, search }: Narrow | PlacedNarrow): boolean =>
  filters.length > 0 || (search !== undefined && search !== '');

/** What is written as filters; undefined where it is no list of them. */
export function readFilters(value: unknown): readonly Filter[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_FILTERS) return undefined;
  const filters = value.map(readFilter);
  return filters.every((one) => one !== undefined) ? filters : undefined;
}

export const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MAX_TEXT && !value.includes('\0');

function readFilter(value: unknown): Filter | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given: Readonly<Record<string, unknown>> = { ...value };
  const { column } = given;
  const test = readTest(given);
  return isText(column) && test ? { column, ...test } : undefined;
}

function readTest({ is, from, to, below, text, values }: Readonly<Record<string, unknown>>): Test | undefined {
  switch (is) {
    case 'range': {
      if (from !== undefined && !isText(from)) return undefined;
      if (to !== undefined && !isText(to)) return undefined;
      if (from === undefined && to === undefined) return undefined;
      const ends = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      return { is, ...ends, ...(below === true && to !== undefined ? { below } : {}) };
    }
    case 'contains':
    case 'equals':
    case 'starts':
      return isText(text) ? { is, text } : undefined;
    case 'among':
      if (!Array.isArray(values) || values.length > MAX_VALUES) return undefined;
      return values.every((one): one is string | null => one === null || isText(one)) ? { is, values } : undefined;
    case 'null':
    case 'present':
      return { is };
    default:
      return undefined;
  }
}

/** Why a table can't be narrowed so. */
export type NarrowProblem =
  | { readonly kind: 'unknown-column'; readonly column: string }
  /** It has no stretches. */
  | { readonly kind: 'not-ranged'; readonly column: string }
  /** An end of a stretch that is no value of the column. */
  | { readonly kind: 'no-value'; readonly column: string; readonly text: string };

export function placeNarrow(
  { filters, search }: Narrow,
  columns: readonly Column[],
): { readonly narrow: PlacedNarrow } | { readonly problem: NarrowProblem } {
  const names = uniqueNames(columns.map((column) => column.name));
  const placed: PlacedFilter[] = [];
  for (const { column, ...test } of filters) {
    const place = names.indexOf(column);
    if (place < 0) return { problem: { kind: 'unknown-column', column } };
    if (test.is === 'range') {
      const { type } = columns[place]!;
      if (!isRanged(type)) return { problem: { kind: 'not-ranged', column } };
      const wrong = [test.from, test.to].find((end) => end !== undefined && !isEnd(end, type));
      if (wrong !== undefined) return { problem: { kind: 'no-value', column, text: wrong } };
    }
    placed.push({ place, ...test });
  }
  return { narrow: { filters: placed, ...(search === undefined || search === '' ? {} : { search }) } };
}

/** Filters whose columns are there and take them: what was kept may be of another query. */
export const fitting = ({ filters, search }: Narrow, columns: readonly Column[]): Narrow => ({
  filters: filters.filter((one) => 'narrow' in placeNarrow({ filters: [one] }, columns)),
  ...(search !== undefined && columns.some(isSearched) ? { search } : {}),
});

export const isSearched = ({ type }: Column): boolean => kindOf(type) === 'text' || type === 'JSON';

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?$/;
const DAY = /^(\d{4,5})-(\d{2})-(\d{2})$/;
const MOMENT = /^(\d{4,5}-\d{2}-\d{2})[ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)?$/;

/** Whether a text is a number, or a time, that a column of this type can be compared with. */
export function isEnd(text: string, type: string): boolean {
  const calendar = calendarOf(type);
  if (!calendar) return NUMBER.test(text);
  if (isDay(text)) return true;
  const day = calendar === 'moment' ? MOMENT.exec(text)?.[1] : undefined;
  return day !== undefined && isDay(day);
}

export function isDay(text: string): boolean {
  const parts = DAY.exec(text);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year!, month! - 1, day!);
  return date.getUTCMonth() === month! - 1 && date.getUTCDate() === day;
}
