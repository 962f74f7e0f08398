/**
 * Pieces of SQL with values in them. Values are never spliced into the text: `render` numbers them `$1`, `$2`, … in the
 * order they stand, each cast to the type it is meant as.
 */
import { quoteName, quoteText } from '../../arrow/names.ts';
import type { Bound, Query } from '../../protocol.ts';

export type Value = { readonly value: Bound; readonly type: string };
export type Sql = readonly (string | Value)[];

/** `q\`select ${column} from ${source}\``: interpolated texts are SQL themselves. */
export function q(strings: TemplateStringsArray, ...items: readonly (string | Sql)[]): Sql {
  const parts: (string | Value)[] = [];
  strings.forEach((text, index) => {
    parts.push(text);
    const item = items[index];
    if (typeof item === 'string') parts.push(item);
    else if (item) parts.push(...item);
  });
  return parts;
}

export const raw = (text: string): Sql => [text];
export const name = (column: string): Sql => [quoteName(column)];
export const text = (value: string): Sql =>
  value.includes('\u0000') ? [{ value, type: 'VARCHAR' }] : [quoteText(value)];

export function join(items: readonly Sql[], separator: string): Sql {
  return items.flatMap((item, index) => (index === 0 ? item : [separator, ...item]));
}

export function render(sql: Sql): Query {
  const values: Bound[] = [];
  let out = '';
  for (const part of sql) {
    if (typeof part === 'string') {
      out += part;
      continue;
    }
    values.push(part.value);
    out += `$${values.length}::${part.type}`;
  }
  return values.length > 0 ? { sql: out, values } : { sql: out };
}

/** For people: the values in place. */
export function show(sql: Sql): string {
  return sql.map((part) => (typeof part === 'string' ? part : shown(part))).join('');
}

function shown({ value, type }: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quoteText(value);
  if (typeof value === 'object') return `${quoteText(value.value)}::${type}`;
  return String(value);
}

/** A JavaScript value as a bound one; undefined where SQL has no such value. */
export function bind(value: unknown): Sql | undefined {
  if (value === null || value === undefined) return ['null'];
  switch (typeof value) {
    case 'number':
      return number(value);
    case 'string':
      return [{ value, type: 'VARCHAR' }];
    case 'boolean':
      return [{ value, type: 'BOOLEAN' }];
    case 'bigint':
      return [
        {
          value: { type: 'bigint', value: String(value) },
          type: value >= -(1n << 63n) && value < 1n << 63n ? 'BIGINT' : 'HUGEINT',
        },
      ];
    default:
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? ['null::TIMESTAMP'] : timestamp(value);
      return undefined;
  }
}

/** Whole numbers stay whole, so that they compare with integer columns without a cast. */
function number(value: number): Sql {
  if (Number.isNaN(value)) return ["'nan'::DOUBLE"];
  if (!Number.isFinite(value)) return [value > 0 ? "'infinity'::DOUBLE" : "'-infinity'::DOUBLE"];
  // A bound value crosses as JSON, where -0 is 0.
  if (Object.is(value, -0)) return ['(-0e0)'];
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 31 - 1) return [{ value, type: 'INTEGER' }];
  if (Number.isSafeInteger(value)) return [{ value, type: 'BIGINT' }];
  return [{ value, type: 'DOUBLE' }];
}

const timestamp = (value: Date): Sql => [
  { value: { type: 'timestamp', value: timestampText(value) }, type: 'TIMESTAMP' },
];

/** As the engine reads it: `2024-01-02 03:04:05.678`. */
export function timestampText(value: Date): string {
  const iso = value.toISOString().replace('T', ' ').replace('Z', '');
  return iso.startsWith('+') ? iso.slice(1).replace(/^0+/, '') : iso.startsWith('-') ? before(iso) : iso;
}

/** The year 0 is 1 BC. */
const before = (iso: string): string => {
  const year = Number(iso.slice(1, 7));
  return `${String(year + 1).padStart(4, '0')}${iso.slice(7)} (BC)`;
};
