/**
 * What the engine's type names mean for a column of a table: its mark and side on the page, and how it can be filtered.
 * Types are the engine's own spelling (`DECIMAL(18,3)`, `TIMESTAMP WITH TIME ZONE`, `STRUCT(a INTEGER)[]`).
 */
export type Kind = 'number' | 'text' | 'time' | 'boolean' | 'blob' | 'list' | 'record' | 'null';

const NUMBERS =
  /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|INT[1248]?|FLOAT[48]?|REAL|DOUBLE|BIGNUM|VARINT|DECIMAL|NUMERIC)(\(|$)/;
const TIMES = /^(DATE|TIME|TIMETZ|TIMESTAMP|DATETIME|INTERVAL)([ _(]|TZ|$)/;

export function kindOf(type: string): Kind {
  const name = type.trim().toUpperCase();
  if (name.endsWith(']')) return 'list';
  if (NUMBERS.test(name)) return 'number';
  if (TIMES.test(name)) return 'time';
  if (/^(STRUCT|MAP|UNION|JSON|VARIANT)\b/.test(name)) return 'record';
  if (name === 'BOOLEAN' || name === 'BOOL') return 'boolean';
  if (name === 'BLOB' || name === 'GEOMETRY') return 'blob';
  if (name === '"NULL"' || name === 'NULL' || name === 'SQLNULL') return 'null';
  return 'text';
}

/** A calendar day, or one with a time of day: what stretches of time are asked by. */
export type Calendar = 'day' | 'moment';

/** Undefined for times of day, intervals, and what is no time. */
export function calendarOf(type: string): Calendar | undefined {
  const name = type.trim().toUpperCase();
  if (name === 'DATE') return 'day';
  return /^(TIMESTAMP|DATETIME)/.test(name) && !name.endsWith(']') ? 'moment' : undefined;
}

/** Whether a stretch of its values can be asked for. */
export const isRanged = (type: string): boolean => kindOf(type) === 'number' || calendarOf(type) !== undefined;
