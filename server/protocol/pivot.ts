/**
 * A pivot of a table result: rows and columns are the values of fields, each cell an aggregate of the rows where they meet.
 * Settings (`pivot` within the paragraph's option `chart`, and what a browser keeps) may be written by anybody, so they are
 * read part by part: a part that is damaged is as good as absent. Columns are called by name, a repeated `a` is `a_2`.
 * Where no field is named, `pivot/choose.ts` chooses from the columns, the same for everyone.
 */
import { type Filter, isText, MAX_FILTERS, type Narrow, readFilters } from './table/narrow.ts';

export const PIVOT_AGGREGATES = ['count', 'sum', 'mean', 'median', 'min', 'max', 'distinct'] as const;
export type PivotAggregate = (typeof PIVOT_AGGREGATES)[number];

export const PIVOT_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type PivotUnit = (typeof PIVOT_UNITS)[number];

/** Fields of one side, and values: more make a table that nobody reads. */
export const MAX_FIELDS = 4;
export const MAX_MEASURES = 6;

/** Texts of a column's fields; null is NULL. */
export type PivotKey = readonly (string | null)[];

/** `bin`: the width of each, or `auto` for some twenty of a round width. */
export type PivotField = {
  readonly column: string;
  readonly unit?: PivotUnit;
  readonly bin?: number | 'auto';
};

/** Without a column rows are counted. */
export type PivotValue = { readonly column?: string; readonly aggregate: PivotAggregate };

/** Of rows: by their own names, or by value number `value`, in all columns together or in the one whose key is `at`. */
export type PivotSort = { readonly value?: number; readonly at?: PivotKey; readonly descending?: true };

export type PivotSpec = {
  readonly rows: readonly PivotField[];
  readonly columns: readonly PivotField[];
  readonly values: readonly PivotValue[];
  readonly sort?: PivotSort;
  /** What each row comes to, at its end; what each column comes to, below. Shown unless they are `false`. */
  readonly rowTotals?: false;
  readonly columnTotals?: false;
};

/** What is saved: with the filters of the table that the pivot was made of. */
export type PivotSettings = Partial<PivotSpec> & Partial<Narrow>;

const isNamed = ({ rows, columns, values }: PivotSettings): boolean =>
  [rows, columns, values].some((list) => list !== undefined && list.length > 0);

/** Undefined where no field is named, which stands for the first choice. */
export function specIn(settings: PivotSettings): PivotSpec | undefined {
  if (!isNamed(settings)) return undefined;
  const { rows = [], columns = [], values = [], sort, rowTotals, columnTotals } = settings;
  return {
    rows,
    columns,
    values,
    ...(sort ? { sort } : {}),
    ...(rowTotals === false ? { rowTotals } : {}),
    ...(columnTotals === false ? { columnTotals } : {}),
  };
}

export function narrowIn({ filters = [], search }: PivotSettings): Narrow {
  return { filters, ...(search === undefined ? {} : { search }) };
}

export function readPivot(value: unknown): PivotSettings {
  if (!isRecord(value)) return {};
  const settings: { -readonly [Key in keyof PivotSettings]: PivotSettings[Key] } = {};
  for (const side of ['rows', 'columns'] as const) {
    const fields = listOf(value[side], MAX_FIELDS, readField);
    if (fields.length > 0) settings[side] = fields;
  }
  const values = listOf(value.values, MAX_MEASURES, readValue);
  if (values.length > 0) settings.values = values;
  const sort = readSort(value.sort);
  if (sort) settings.sort = sort;
  if (value.rowTotals === false) settings.rowTotals = false;
  if (value.columnTotals === false) settings.columnTotals = false;
  const filters: Filter[] = listOf(value.filters, MAX_FILTERS, (one) => readFilters([one])?.[0]);
  if (filters.length > 0) settings.filters = filters;
  if (isText(value.search) && value.search !== '') settings.search = value.search;
  return settings;
}

/** Whether all of it is a pivot that can be asked for; what is none is refused, not mended. */
export function readPivotSpec(value: unknown): PivotSpec | undefined {
  if (!isRecord(value)) return undefined;
  const { rows = [], columns = [], values = [], sort, rowTotals, columnTotals, ...rest } = value;
  if (Object.keys(rest).length > 0) return undefined;
  for (const totals of [rowTotals, columnTotals])
    if (totals !== undefined && typeof totals !== 'boolean') return undefined;
  const whole = readPivot(value);
  const sizes = [rows, columns, values].map((list) => (Array.isArray(list) ? list.length : -1));
  const read = [whole.rows, whole.columns, whole.values].map((list = []) => list.length);
  if (sizes.some((size, at) => size !== read[at]) || (sort !== undefined && !whole.sort)) return undefined;
  return specIn(whole) ?? { rows: [], columns: [], values: [] };
}

function readField(value: unknown): PivotField | undefined {
  if (!isRecord(value) || !isText(value.column)) return undefined;
  const { column, unit, bin } = value;
  const known = PIVOT_UNITS.find((one) => one === unit);
  const width = bin === 'auto' || (typeof bin === 'number' && Number.isFinite(bin) && bin > 0) ? bin : undefined;
  if ((unit !== undefined && !known) || (bin !== undefined && width === undefined)) return undefined;
  return { column, ...(known ? { unit: known } : {}), ...(width === undefined ? {} : { bin: width }) };
}

function readValue(value: unknown): PivotValue | undefined {
  if (!isRecord(value)) return undefined;
  const { column } = value;
  const aggregate = PIVOT_AGGREGATES.find((one) => one === value.aggregate);
  if (!aggregate || (column === undefined && aggregate !== 'count')) return undefined;
  if (column === undefined) return { aggregate };
  return isText(column) ? { column, aggregate } : undefined;
}

function readSort(sort: unknown): PivotSort | undefined {
  if (!isRecord(sort)) return undefined;
  const { value, at, descending } = sort;
  const place = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < MAX_MEASURES;
  if (value !== undefined && !place) return undefined;
  if (at !== undefined && !(place && isKey(at))) return undefined;
  return {
    ...(place ? { value } : {}),
    ...(isKey(at) ? { at } : {}),
    ...(descending === true ? { descending } : {}),
  };
}

const isKey = (at: unknown): at is PivotKey =>
  Array.isArray(at) && at.length <= MAX_FIELDS && at.every((one) => one === null || isText(one));

function listOf<T>(value: unknown, most: number, read: (one: unknown) => T | undefined): T[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, most).flatMap((one: unknown) => read(one) ?? []);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
