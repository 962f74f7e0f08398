/**
 * What a column is to a lambda: a number, a text, a boolean, a date, or something else; and the SQL that gives it so.
 * Both printings read columns through this one expression, so a value past 2^53 fails in both, with the column's name.
 * Dates are milliseconds since 1970, as DOUBLE; numbers are DOUBLE.
 */
import { quoteName, quoteText } from '../../arrow/names.ts';

export type Kind = 'number' | 'string' | 'boolean' | 'date' | 'null' | 'other';

export type ColumnSql = {
  readonly kind: Kind;
  /** The value as a lambda sees it: DOUBLE, VARCHAR, BOOLEAN; of other kinds the column itself. */
  readonly sql: string;
  /** A whole number of at most 32 bits: the column itself compares with whole numbers exactly. */
  readonly exact?: string;
  /** The date as TIMESTAMP in UTC: its parts, and comparisons that can skip blocks. */
  readonly stamp?: string;
  /** Whole numbers are written as JavaScript writes them. */
  readonly whole: boolean;
  readonly nan: boolean;
};

/** The largest number up to which every whole number is a DOUBLE of its own. */
const LIMIT = '9007199254740992';

const SMALL: ReadonlySet<string> = new Set(['TINYINT', 'SMALLINT', 'INTEGER', 'UTINYINT', 'USMALLINT', 'UINTEGER']);
const LARGE: ReadonlySet<string> = new Set(['BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT', 'BIGNUM']);
const STAMPS: ReadonlySet<string> = new Set(['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'DATE']);
/** Their text is what a lambda sees. */
const TEXTS: ReadonlySet<string> = new Set(['UUID', 'TIME', 'TIME_NS', 'TIME WITH TIME ZONE', 'INTERVAL', 'BIT']);

export const millis = (stamp: string): string => `floor(epoch_us(${stamp}) / 1000)`;

export function columnSql(column: string, type: string): ColumnSql {
  const name = quoteName(column);
  const plain = { whole: false, nan: false };
  if (SMALL.has(type)) return { ...plain, kind: 'number', sql: `${name}::DOUBLE`, exact: name, whole: true };
  if (LARGE.has(type)) return { ...plain, kind: 'number', sql: guarded(column, name), whole: true };
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type);
  if (decimal) {
    const large = Number(decimal[1]) - Number(decimal[2]) > 15;
    return { ...plain, kind: 'number', sql: large ? guarded(column, name) : `${name}::DOUBLE` };
  }
  if (type === 'DOUBLE') return { kind: 'number', sql: name, whole: false, nan: true };
  if (type === 'FLOAT') return { kind: 'number', sql: `${name}::DOUBLE`, whole: false, nan: true };
  if (type === 'BOOLEAN') return { ...plain, kind: 'boolean', sql: name };
  if (type === 'VARCHAR') return { ...plain, kind: 'string', sql: name };
  if (type === 'JSON' || type.startsWith('ENUM(') || TEXTS.has(type))
    return { ...plain, kind: 'string', sql: `(${name}::VARCHAR)` };
  if (STAMPS.has(type)) {
    const stamp = type === 'TIMESTAMP' ? name : `${name}::TIMESTAMP`;
    return { ...plain, kind: 'date', sql: millis(stamp), stamp };
  }
  if (type === 'TIMESTAMP WITH TIME ZONE') {
    return { ...plain, kind: 'date', sql: millis(name), stamp: `(${name} at time zone 'UTC')` };
  }
  if (type === '"NULL"') return { ...plain, kind: 'null', sql: 'null' };
  return { ...plain, kind: 'other', sql: name };
}

/** What the engine says of a value past 2^53 begins with this; behind it the column and the value. */
export const PAST_LIMIT = 'gondola-past-2^53:';

const guarded = (column: string, name: string): string =>
  `case when ${name} not between -${LIMIT} and ${LIMIT} then error(${quoteText(`${PAST_LIMIT}${column}:`)} || ${name}) else ${name}::DOUBLE end`;

/** The type a lambda's values have as a column, the same whichever way it ran. */
export function resultType(kind: Kind): string {
  switch (kind) {
    case 'number':
      return 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'date':
      return 'TIMESTAMP';
    case 'string':
    case 'null':
    case 'other':
      return 'VARCHAR';
  }
}
