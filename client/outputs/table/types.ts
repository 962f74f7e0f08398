/**
 * What the engine's type names mean for a column on the page: its mark, its side, whether figures are grouped.
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

/** Stands before a column's name; differs in shape, so that the kinds are told apart without colour. */
export const MARKS: Readonly<Record<Kind, string>> = {
  number: '#',
  text: 'T',
  time: '◷',
  boolean: '◐',
  blob: '⬚',
  list: '[]',
  record: '{}',
  null: '∅',
};

/** Years, codes and ids are names made of digits: `2,001` would be wrong. */
const NAMES_OF_DIGITS = /(^|[_\s])(id|year|yr|zip|zipcode|postcode|code|no)$/i;

export const isGrouped = (name: string, kind: Kind): boolean => kind === 'number' && !NAMES_OF_DIGITS.test(name);
