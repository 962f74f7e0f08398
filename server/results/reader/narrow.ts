/**
 * A table as its filters leave it: `sql` reads the rows that match, `values` are bound to the `$1`, `$2`, … in it. Nothing
 * that anybody wrote is ever part of a statement. A stretch of numbers is asked for in the column's own type, its ends
 * rounded inwards exactly: whole row groups are passed over, and `x ≥ 2.5` of whole numbers is `x ≥ 3`.
 */
import type { DuckType } from '../../../interpreters/arrow/types.ts';
import { isDay, type PlacedFilter, type PlacedNarrow } from '../../protocol/table/narrow.ts';
import { ReaderError } from './failure.ts';
import type { Table } from './tables.ts';

type Column = Table['columns'][number];
/** Takes a value, gives what stands for it in the statement. */
type Bind = (value: string) => string;

export function narrowed(table: Table, narrow: PlacedNarrow): Table {
  const values: string[] = [];
  const conditions = conditionsOf(table, narrow, (value) => `$${values.push(value)}::varchar`);
  if (conditions.length === 0) return table;
  return { ...table, sql: `(select * from ${table.sql} where ${conditions.join(' and ')})`, values };
}

/** All of them hold of the rows that are meant. */
export function conditionsOf(table: Table, narrow: PlacedNarrow, bind: Bind): readonly string[] {
  const conditions = narrow.filters.map((filter) => {
    const column = table.columns[filter.place];
    if (!column) throw new ReaderError('bad-request', `no column ${filter.place}`);
    return conditionOf(column, filter, bind);
  });
  if (narrow.search) conditions.push(searched(table, narrow.search, bind));
  return conditions;
}

function conditionOf(column: Column, filter: PlacedFilter, bind: Bind): string {
  const { name } = column;
  switch (filter.is) {
    case 'range':
      return ranged(column, filter, bind);
    case 'contains':
    case 'equals':
    case 'starts':
      return compared(filter.is, textOf(column), filter.text, bind);
    case 'among':
      return among(column, filter.values, bind);
    case 'null':
      return `${name} is null`;
    case 'present':
      return `${name} is not null`;
  }
}

/** Columns of text; the same value stands for each. */
function searched(table: Table, search: string, bind: Bind): string {
  const texts = table.columns.filter(({ type }) => isTextual(type));
  if (texts.length === 0) return 'false';
  const needle = folded(bind(search), search);
  const caseless = caselessIn(search, bind);
  const holds = (text: string): string => {
    const folding = `contains(${folded(text, search)}, ${needle})`;
    return caseless === undefined ? folding : `(contains(${text}, ${caseless}) and ${folding})`;
  };
  return `(${texts.map((column) => holds(textOf(column))).join(' or ')})`;
}

const isTextual = (type: DuckType): boolean =>
  (type.kind === 'bytes' && type.utf8) || type.kind === 'enum' || (type.kind === 'text' && type.form === 'uuid');

const textOf = ({ name, type }: Column): string =>
  type.kind === 'bytes' && type.sql === 'VARCHAR' ? name : `${name}::varchar`;

/** Without case; a text beyond ASCII may also be written in parts, as Hangul in names of files is. */
function folded(text: string, sought: string): string {
  return ASCII.test(sought) ? `lower(${text})` : `nfc_normalize(lower(${text}))`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const ASCII = /^[\x00-\x7f]*$/;

/** Fewer are in too many texts to be worth looking for. */
const LEAST_CASELESS = 2;

/**
 * What stands for the longest part of an ASCII text that no folding changes, such as digits: rows without it need not be folded, which takes
 * twice as long as looking. Letters of no other script fold to these.
 */
function caselessIn(sought: string, bind: Bind): string | undefined {
  if (!ASCII.test(sought)) return undefined;
  const parts = sought.split(/[A-Za-z]+/).sort((a, b) => b.length - a.length);
  const [longest = ''] = parts;
  return longest.length < LEAST_CASELESS || longest === sought ? undefined : bind(longest);
}

const COMPARING = { contains: 'contains', starts: 'starts_with' } as const;

function compared(how: 'contains' | 'equals' | 'starts', text: string, sought: string, bind: Bind): string {
  const [value, needle] = [folded(text, sought), folded(bind(sought), sought)];
  if (how === 'equals') return `${value} = ${needle}`;
  const caseless = how === 'contains' ? caselessIn(sought, bind) : undefined;
  const holds = `${COMPARING[how]}(${value}, ${needle})`;
  return caseless === undefined ? holds : `(contains(${text}, ${caseless}) and ${holds})`;
}

function among(column: Column, values: readonly (string | null)[], bind: Bind): string {
  const { name, type } = column;
  const some = values.filter((value) => value !== null);
  // A value that the type does not have is none of its values.
  const typed = isComparable(type) ? (value: string) => `try_cast(${bind(value)} as ${type.sql})` : bind;
  const parts = [
    ...(some.length > 0 ? [`${isComparable(type) ? name : textOf(column)} in (${some.map(typed).join(', ')})`] : []),
    ...(some.length < values.length ? [`${name} is null`] : []),
  ];
  return parts.length === 0 ? 'false' : `(${parts.join(' or ')})`;
}

const isComparable = (type: DuckType): boolean =>
  type.kind === 'fixed' || type.kind === 'decimal' || type.kind === 'boolean';

function ranged({ name, type }: Column, filter: Extract<PlacedFilter, { is: 'range' }>, bind: Bind): string {
  const { from, to, below } = filter;
  if (type.kind === 'fixed' && type.arrow.type === 'int') {
    const { bits, signed } = type.arrow;
    return whole(
      name,
      {
        type: type.sql,
        scale: 0,
        least: signed ? -(2n ** BigInt(bits - 1)) : 0n,
        most: 2n ** BigInt(signed ? bits - 1 : bits) - 1n,
      },
      filter,
      bind,
    );
  }
  if (type.kind === 'text' && (type.form === 'hugeint' || type.form === 'uhugeint')) {
    const [least, most] = type.form === 'hugeint' ? [-(2n ** 127n), 2n ** 127n - 1n] : [0n, 2n ** 128n - 1n];
    return whole(name, { type: type.sql, scale: 0, least, most }, filter, bind);
  }
  if (type.kind === 'decimal') {
    const most = 10n ** BigInt(type.precision) - 1n;
    return whole(name, { type: type.sql, scale: type.scale, least: -most, most }, filter, bind);
  }
  const isFloat = type.kind === 'fixed' && type.arrow.type === 'float';
  const isMoment = type.kind === 'fixed' && type.arrow.type === 'timestamp';
  const value = (text: string) => (isMoment ? moment(bind(text), type.sql) : `try_cast(${bind(text)} as ${type.sql})`);
  // A number that is none stands above all others in the engine's order.
  const parts = isFloat ? [`not isnan(${name})`] : [];
  if (from !== undefined) parts.push(`${name} >= ${value(from)}`);
  if (to !== undefined) {
    if (below) parts.push(`${name} < ${value(to)}`);
    else if (isMoment && isDay(to)) parts.push(`${name} < ${moment(`(try_cast(${bind(to)} as date) + 1)`, type.sql)}`);
    else parts.push(`${name} <= ${value(to)}`);
  }
  return parts.join(' and ');
}

/** Nanoseconds reach from 1677 to 2262: what lies beyond is before all of them, or after. */
const SHORT = 'TIMESTAMP_NS';

function moment(value: string, type: string): string {
  const cast = `try_cast(${value} as ${type})`;
  if (type !== SHORT) return cast;
  const beyond = `case when try_cast(${value} as timestamp) < timestamp '2000-01-01' then '-infinity' else 'infinity' end`;
  return `coalesce(${cast}, (${beyond})::${type})`;
}

type Steps = { readonly type: string; readonly scale: number; readonly least: bigint; readonly most: bigint };

/** Values that are whole multiples of a step: both ends are brought onto steps, and into what the type holds. */
function whole(
  name: string,
  { type, scale, least, most }: Steps,
  { from, to, below }: Extract<PlacedFilter, { is: 'range' }>,
  bind: Bind,
): string {
  const low = from === undefined ? least : stepsOf(from, scale, 'up');
  const high = to === undefined ? most : below ? stepsOf(to, scale, 'up') - 1n : stepsOf(to, scale, 'down');
  if (low > most || high < least || low > high) return 'false';
  const value = (steps: bigint) => `${bind(decimal(steps, scale))}::${type}`;
  const parts = [
    ...(low > least ? [`${name} >= ${value(low)}`] : []),
    ...(high < most ? [`${name} <= ${value(high)}`] : []),
  ];
  return parts.length === 0 ? `${name} is not null` : parts.join(' and ');
}

/** Beyond so many places a number is past every type's ends, or next to zero: no text is longer. */
const PLACES = 1_200;

/** A number's text in steps of 10^-scale, rounded to one side, exactly: ("2.5", 0, up) → 3. */
export function stepsOf(text: string, scale: number, side: 'up' | 'down'): bigint {
  const [, sign = '', before = '', after = '', power = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = BigInt(before + after || '0');
  const shift = Math.max(-PLACES, Math.min(PLACES, Number(power) - after.length + scale));
  const negative = sign === '-';
  if (shift >= 0) return (negative ? -digits : digits) * 10n ** BigInt(shift);
  const step = 10n ** BigInt(-shift);
  const [steps, rest] = [digits / step, digits % step];
  const away = rest > 0n && (side === 'up') !== negative;
  const size = away ? steps + 1n : steps;
  return negative ? -size : size;
}

function decimal(steps: bigint, scale: number): string {
  if (scale === 0) return String(steps);
  const digits = String(steps < 0n ? -steps : steps).padStart(scale + 1, '0');
  return `${steps < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
