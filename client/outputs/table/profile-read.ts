/** Reads a profile that the server told. By hand: the schema's own reader is larger than the rest of a table's page. */
import type { ColumnProfile } from '../../../server/protocol/table/profile.ts';

/** Undefined where it is none. */
export function readProfile(value: unknown): ColumnProfile | undefined {
  const { rows, nulls, distinct, ends, bins, frequent } = record(value);
  if (typeof rows !== 'number' || typeof nulls !== 'number') return undefined;
  const profile: ColumnProfile = { rows, nulls };
  const { count, about } = record(distinct);
  if (typeof count === 'number') profile.distinct = { count, about: about === true };
  const [low, high] = listOf(ends, isText);
  if (low !== undefined && high !== undefined) profile.ends = [low, high];
  const edges = listOf(record(bins).edges, isText);
  const counts = listOf(record(bins).counts, isNumber);
  if (counts.length > 0 && edges.length === counts.length + 1) profile.bins = { edges, counts };
  const values = listOf(record(frequent).values, isCounted);
  if (values.length > 0) profile.frequent = { values, about: record(frequent).about === true };
  return profile;
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
const listOf = <T>(value: unknown, fits: (one: unknown) => one is T): T[] =>
  Array.isArray(value) ? value.filter(fits) : [];
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isCounted = (value: unknown): value is { text: string; count: number } =>
  isText(record(value).text) && isNumber(record(value).count);
