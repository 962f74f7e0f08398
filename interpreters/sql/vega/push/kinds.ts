/**
 * What stands behind a push-down: columns by what Vega makes of their values, specs as they are read, and the one way out.
 * Everything in a spec is data of somebody: names reach SQL quoted, numbers as literals of their own, texts in quotes.
 */
import { quoteName } from '../../../arrow/names.ts';
import type { ChartNote, Column } from '../../../protocol.ts';

/** How a page reads a column (`client/frame/rows.ts`): what is none of these is left to it. */
export type Kind = 'number' | 'text' | 'boolean' | 'date' | 'time' | 'other';

/** Why rows are sent as they are: what stood in the way, as it is called in the spec. */
export type Why = NonNullable<ChartNote['why']>;

/** What is not done here; whoever plans a view catches it, and sends rows instead. */
export class NotPushed extends Error {
  readonly why: Why;
  constructor(kind: Why['kind'], name: string) {
    super(`${kind}: ${name}`);
    this.why = { kind, name: name.slice(0, 100) };
  }
}

/** Rows on their way to a view: a query without its end, the columns it gives, and how many steps it is made of. */
export type Flow = { readonly sql: string; readonly columns: readonly Column[]; readonly depth?: number };

const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/;
const TIMES = /^TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?$/;

export function kindOf(type: string): Kind {
  if (NUMBERS.test(type)) return 'number';
  if (/^(VARCHAR|UUID|ENUM\(.*\))$/s.test(type)) return 'text';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'DATE') return 'date';
  return TIMES.test(type) ? 'time' : 'other';
}

export type Known = { readonly name: string; readonly type: string; readonly kind: Kind; readonly sql: string };

/** The column that a field means, where it can only mean one: paths into values are the page's. */
export function columnOf({ columns }: Flow, field: unknown): Known {
  if (typeof field !== 'string') throw new NotPushed('field', JSON.stringify(field) ?? '');
  const bare = field.replace(/\\(.)/gs, '$1');
  const found = columns.find(({ name }) => name === field) ?? columns.find(({ name }) => name === bare);
  if (!found || columns.filter(({ name }) => name === found.name).length > 1) throw new NotPushed('field', field);
  const head = (/^(?:\\.|[^.[\\])*/s.exec(field)?.[0] ?? field).replace(/\\(.)/gs, '$1');
  if (head !== found.name && columns.some(({ name }) => name === head)) throw new NotPushed('field', field);
  const kind = kindOf(found.type);
  if (kind === 'other') throw new NotPushed('field', field);
  return { name: found.name, type: found.type, kind, sql: quoteName(found.name) };
}

/** A number as the page has it; NaN is kept. */
export const asDouble = ({ sql }: Known): string => `${sql}::double`;
export const hasNaN = ({ type }: Known): boolean => type === 'DOUBLE' || type === 'FLOAT';

/** A literal of the value itself, whatever it is. */
export function literal(value: string | number | boolean | null): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    if (value.includes('\0')) throw new NotPushed('other', 'NUL');
    return `'${value.replaceAll("'", "''")}'`;
  }
  return Number.isFinite(value) ? `(${value})::double` : `'${value}'::double`;
}

export type Spec = Readonly<Record<string, unknown>>;
export const isSpec = (value: unknown): value is Spec =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const without = (spec: Spec, ...keys: readonly string[]): Spec =>
  Object.fromEntries(Object.entries(spec).filter(([key]) => !keys.includes(key)));

/** A name for a column of ours that no column of the rows has. */
export function freshNames({ columns }: Flow): (stem: string) => string {
  let prefix = 'gd';
  while (columns.some(({ name }) => name.toLowerCase().startsWith(`${prefix}_`))) prefix += 'x';
  return (stem) => `${prefix}_${stem}`;
}
