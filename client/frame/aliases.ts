/**
 * Columns that Vega-Lite can't be told of by their names: it reads dots, brackets and quotes as paths, keeps fields in objects
 * where `constructor` stands already, calls columns of its own `__count`, and writes names into expressions without quoting all of them. Such a column gets a
 * second, plain name in the rows; where the spec names it as a field, the second name is put, and what people read gets the
 * first one back. A name that stands for a column as it is means that column, however a path would read it.
 */
import type { Row } from './rows.ts';

const HARD = /[.[\]'"\\\p{Cc}]|^__|^$/u;
const isHard = (name: string): boolean => HARD.test(name) || name in Object.prototype;

/** Where fields are named. Expressions reach columns by their own names. */
const FIELDS = ['field', 'groupby', 'fields', 'repeat', 'row', 'column', 'layer'];
/** Rows that the spec brings. */
const ROWS = ['data', 'datasets', 'values'];

export type Aliases = {
  /** With second names where columns are meant that need one. */
  readonly spec: unknown;
  /** Second names of columns. */
  readonly names: ReadonlyMap<string, string>;
  /** A text with second names as people know them. */
  readonly restore: (text: string) => string;
};

export function aliased(spec: unknown, columns: ReadonlySet<string>): Aliases {
  const names = new Map<string, string>();
  const prefix = freePrefix(spec, columns);
  const columnOf = (field: string): string | undefined => {
    if (columns.has(field) && !columns.has(headOf(field))) return field;
    const bare = field.replace(/\\(.)/gs, '$1');
    // A path into a column is left to Vega.
    return columns.has(bare) && headOf(field) === bare ? bare : undefined;
  };
  const named = (field: string): string => {
    const column = columnOf(field);
    if (column === undefined || !isHard(column)) return field;
    const name = names.get(column) ?? `${prefix}${names.size}_`;
    names.set(column, name);
    return name;
  };
  function walk(value: unknown, isField: boolean): unknown {
    if (typeof value === 'string') return isField ? named(value) : value;
    if (Array.isArray(value)) return value.map((one) => walk(one, isField));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, one]): [string, unknown] => [
      key,
      ROWS.includes(key) ? one : walk(one, FIELDS.includes(key)),
    ]);
    return Object.fromEntries(entries);
  }
  const whole = walk(spec, false);
  const known = new Map([...names].map(([column, name]) => [name, column]));
  const pattern = new RegExp(`${prefix}\\d+_`, 'g');
  return {
    spec: whole,
    names,
    restore: (text) => (known.size === 0 ? text : text.replace(pattern, (name) => known.get(name) ?? name)),
  };
}

/** Gives rows their columns by the second names too. */
export function addAliases(rows: readonly Row[], names: Aliases['names']): void {
  for (const [column, name] of names) {
    if (!rows[0] || !Object.hasOwn(rows[0], column)) continue;
    for (const row of rows) row[name] = row[column];
  }
}

/** What a path begins with: up to a dot or a bracket that no `\` stands before. */
const headOf = (field: string): string => (/^(?:\\.|[^.[\\])*/s.exec(field)?.[0] ?? field).replace(/\\(.)/gs, '$1');

/** What no name and no text of the spec begins a word with. */
function freePrefix(spec: unknown, columns: ReadonlySet<string>): string {
  const text = JSON.stringify([spec, ...columns]);
  let prefix = 'column_';
  while (text.includes(prefix)) prefix = `_${prefix}`;
  return prefix;
}

/** The first field that is called as what every object has, and that no table has: nothing can be drawn of it. */
export function reservedField(spec: unknown, isField = false): string | undefined {
  if (typeof spec === 'string') return isField && spec in Object.prototype ? spec : undefined;
  if (typeof spec !== 'object' || spec === null) return undefined;
  const parts = Array.isArray(spec)
    ? spec.map((one) => reservedField(one, isField))
    : Object.entries(spec).map(([key, one]) =>
        ROWS.includes(key) ? undefined : reservedField(one, FIELDS.includes(key) || key === 'as'),
      );
  return parts.find((one) => one !== undefined);
}
