/**
 * SQL expressions that know what they are to JavaScript: the pieces from which both operators and methods are printed.
 * Every function here says in SQL what `values.ts` says in JavaScript.
 */
import type { ColumnSql, Kind } from './kinds.ts';
import { bind, q, type Sql, text } from './pieces.ts';

export type Typed = {
  readonly kind: Kind;
  /** DOUBLE, VARCHAR, BOOLEAN, milliseconds as DOUBLE. */
  readonly sql: Sql;
  /** May be null. */
  readonly gone: boolean;
  /** May be NaN. */
  readonly nan: boolean;
  /** A finite number lies below 2 to this. */
  readonly bits: number;
  readonly whole: boolean;
  readonly exact?: Sql;
  readonly stamp?: Sql;
  readonly constant?: { readonly value: unknown };
};

const BASE = { gone: true, nan: false, bits: Number.POSITIVE_INFINITY, whole: false } as const;
/** Past this a product might overflow to infinity, and infinities give NaN. */
const MAX_BITS = 1000;
const INT_BITS = 53;

export const number = (sql: Sql, parts: Partial<Typed> = {}): Typed => ({
  ...BASE,
  kind: 'number',
  sql,
  nan: true,
  ...parts,
});
export const string = (sql: Sql, parts: Partial<Typed> = {}): Typed => ({ ...BASE, kind: 'string', sql, ...parts });
export const boolean = (sql: Sql, parts: Partial<Typed> = {}): Typed => ({ ...BASE, kind: 'boolean', sql, ...parts });
export const date = (sql: Sql, parts: Partial<Typed> = {}): Typed => ({ ...BASE, kind: 'date', sql, ...parts });
export const nothing: Typed = { ...BASE, kind: 'null', sql: ['null'] };
export const other = (parts: Partial<Typed> = {}): Typed => ({ ...BASE, kind: 'other', sql: ['null'], ...parts });

export function fromColumn(column: ColumnSql): Typed {
  const { kind, sql, exact, stamp, whole, nan } = column;
  return {
    kind,
    sql: [sql],
    gone: true,
    nan,
    bits: kind === 'number' && !nan ? INT_BITS : Number.POSITIVE_INFINITY,
    whole,
    ...(exact ? { exact: [exact] } : {}),
    ...(stamp ? { stamp: [stamp] } : {}),
  };
}

/** A value known before the rows are; `captured` ones are bound, those of the text stand in the SQL. */
export function fromConstant(value: unknown, captured: boolean): Typed {
  const constant = { value };
  if (value === null || value === undefined) return { ...nothing, constant };
  const bound = captured ? bind(value) : undefined;
  switch (typeof value) {
    case 'number':
      return {
        ...number(bound ?? literal(value), { gone: false, nan: Number.isNaN(value) }),
        bits: Number.isFinite(value)
          ? Math.max(1, Math.ceil(Math.log2(Math.abs(value) + 1)))
          : Number.POSITIVE_INFINITY,
        whole: Number.isInteger(value),
        constant,
      };
    case 'string':
      return string(bound ?? text(value), { gone: false, constant });
    case 'boolean':
      return boolean(bound ?? [String(value)], { gone: false, constant });
    default:
      if (value instanceof Date && !Number.isNaN(value.getTime())) {
        // Its milliseconds are a number like others as soon as `getTime` gives them: a DOUBLE, however small.
        return date(q`(${value.getTime().toExponential()})`, {
          gone: false,
          constant,
          ...(bound ? { stamp: bound } : { stamp: bind(value) ?? ['null'] }),
        });
      }
      return other({ gone: false, constant });
  }
}

/** Whole numbers of 32 bits as they are; others with an exponent, which the engine reads as DOUBLE. */
export function literal(value: number): Sql {
  if (Number.isNaN(value)) return ["'nan'::DOUBLE"];
  if (!Number.isFinite(value)) return [value > 0 ? "'infinity'::DOUBLE" : "'-infinity'::DOUBLE"];
  if (Object.is(value, -0)) return ['(-0e0)'];
  const plain = Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? String(value) : value.toExponential();
  return [value < 0 ? `(${plain})` : plain];
}

const isInt32 = (typed: Typed): boolean =>
  typeof typed.constant?.value === 'number' &&
  Number.isInteger(typed.constant.value) &&
  Math.abs(typed.constant.value) < 2 ** 31;

/** Operands that give the same order without a cast, if there are such. */
function operands(a: Typed, b: Typed): readonly [Sql, Sql] {
  if (a.exact && (b.exact || isInt32(b))) return [a.exact, b.exact ?? b.sql];
  if (b.exact && isInt32(a)) return [a.sql, b.exact];
  return [a.sql, b.sql];
}

export type Order = '<' | '<=' | '>' | '>=';

/** Undefined where JavaScript would convert one to the other. `loose`: null may come out as false. */
export function compare(operator: Order, a: Typed, b: Typed, loose: boolean): Typed | undefined {
  if (a.kind === 'null' || b.kind === 'null') return boolean(['null::BOOLEAN']);
  if (a.kind === 'date' && b.kind === 'date') {
    const stamped = compareStamps(operator, a, b) ?? compareStamps(MIRROR[operator], b, a);
    if (stamped) return boolean(stamped);
  }
  const timed = (kind: Kind): boolean => kind === 'number' || kind === 'date';
  if (a.kind !== b.kind && !(timed(a.kind) && timed(b.kind))) return undefined;
  if (a.kind === 'other') return undefined;
  const [left, right] = operands(a, b);
  const plain = q`(${left} ${operator} ${right})`;
  // The engine sorts NaN behind all numbers; JavaScript compares it with none.
  const suspect = operator === '<' || operator === '<=' ? b : a;
  const partner = suspect === a ? b : a;
  if (!suspect.nan) return boolean(plain);
  if (loose) return boolean(q`(${left} ${operator} ${right} and not isnan(${suspect.sql}))`);
  const known = partner.gone ? q` and ${partner.sql} is not null` : [];
  return boolean(q`(case when isnan(${suspect.sql})${known} then false else ${plain} end)`);
}

const MIRROR = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** A column's timestamp against a known time: dates count in milliseconds, timestamps in microseconds. */
function compareStamps(operator: Order, a: Typed, b: Typed): Sql | undefined {
  if (!a.stamp || !b.stamp || a.constant || !b.constant) return undefined;
  if (operator === '<' || operator === '>=') return q`(${a.stamp} ${operator} ${b.stamp})`;
  return q`(${a.stamp} ${operator === '<=' ? '<' : '>='} ${b.stamp} + interval 1 millisecond)`;
}

/** `===`; undefined where the kinds are not known. */
export function equals(a: Typed, b: Typed, loose: boolean): Typed | undefined {
  const known = { gone: false } as const;
  if (a.kind === 'null') return boolean(b.kind === 'null' ? ['true'] : q`(${b.sql} is null)`, known);
  if (b.kind === 'null') return boolean(q`(${a.sql} is null)`, known);
  if (a.kind === 'other' || b.kind === 'other') return undefined;
  if (a.kind !== b.kind) {
    return boolean(a.gone && b.gone ? q`(${a.sql} is null and ${b.sql} is null)` : ['false'], known);
  }
  if (a.kind === 'date' && a.stamp && b.stamp && (a.constant !== undefined) !== (b.constant !== undefined)) {
    const [column, time] = a.constant ? [b, a] : [a, b];
    const within = q`${column.stamp!} >= ${time.stamp!} and ${column.stamp!} < ${time.stamp!} + interval 1 millisecond`;
    return boolean(loose ? q`(${within})` : q`coalesce(${within}, false)`, known);
  }
  const [left, right] = operands(a, b);
  const one = !a.gone || !b.gone;
  const same = loose && one ? q`${left} = ${right}` : q`${left} is not distinct from ${right}`;
  if (a.nan && b.nan) return boolean(q`(${same} and not coalesce(isnan(${a.sql}), false))`, known);
  return boolean(q`(${same})`, known);
}

export function differs(a: Typed, b: Typed): Typed | undefined {
  const known = { gone: false } as const;
  if (a.kind === 'null' || b.kind === 'null' || a.kind !== b.kind || a.kind === 'date') {
    const same = equals(a, b, false);
    return same && boolean(q`(not ${same.sql})`, known);
  }
  if (a.kind === 'other') return undefined;
  const [left, right] = operands(a, b);
  const unlike = q`${left} is distinct from ${right}`;
  if (a.nan && b.nan) return boolean(q`(${unlike} or coalesce(isnan(${a.sql}), false))`, known);
  return boolean(q`(${unlike})`, known);
}

/** `+`: a sum, or texts joined; undefined where JavaScript's own form of a value would be needed. */
export function plus(a: Typed, b: Typed): Typed | undefined {
  if (a.kind === 'string' || b.kind === 'string') {
    const [left, right] = [asText(a), asText(b)];
    return left && right && string(q`(${left.sql} || ${right.sql})`, { gone: a.gone || b.gone });
  }
  return calculate('+', a, b);
}

export type Arithmetic = '+' | '-' | '*' | '/' | '%';

export function calculate(operator: Arithmetic, a: Typed, b: Typed): Typed | undefined {
  const numeric = (typed: Typed): boolean =>
    typed.kind === 'number' || typed.kind === 'null' || (typed.kind === 'date' && operator !== '+');
  if (!numeric(a) || !numeric(b)) return undefined;
  if (a.kind === 'null' || b.kind === 'null') return number(['null::DOUBLE']);
  const bits = bitsOf(operator, a, b);
  const sql = q`(${double(a)} ${operator} ${double(b)})`;
  return number(sql, { gone: a.gone || b.gone, nan: bits > MAX_BITS, bits });
}

/** As DOUBLE: whole constants would compute as integers among themselves, and overflow. */
const double = (typed: Typed): Sql => (isInt32(typed) ? q`${typed.sql}::DOUBLE` : typed.sql);

function bitsOf(operator: Arithmetic, a: Typed, b: Typed): number {
  const a53 = a.kind === 'date' ? INT_BITS : a.bits;
  const b53 = b.kind === 'date' ? INT_BITS : b.bits;
  if (a.nan || b.nan) return Number.POSITIVE_INFINITY;
  if (operator === '+' || operator === '-') return Math.max(a53, b53) + 1;
  if (operator === '*') return a53 + b53;
  const divisor = b.constant?.value;
  if (typeof divisor !== 'number' || divisor === 0 || !Number.isFinite(divisor)) return Number.POSITIVE_INFINITY;
  return operator === '%' ? b53 : a53 + Math.max(0, Math.ceil(-Math.log2(Math.abs(divisor))));
}

/** JavaScript's text of a value, where the engine writes the same. */
export function asText(typed: Typed): Typed | undefined {
  if (typed.kind === 'string') return typed;
  if (typed.constant && typed.kind !== 'date' && typed.kind !== 'null')
    return fromConstant(String(typed.constant.value), false);
  if (typed.kind === 'null') return string(['null::VARCHAR']);
  if (typed.kind === 'boolean') return string(q`((${typed.sql})::VARCHAR)`, { gone: typed.gone });
  if (typed.kind === 'number' && typed.whole)
    return string(q`(${typed.exact ?? q`(${typed.sql})::BIGINT`}::VARCHAR)`, { gone: typed.gone });
  return undefined;
}

/** What `if` would take it for; null stays null. */
export function truth(typed: Typed): Typed | undefined {
  switch (typed.kind) {
    case 'boolean':
      return typed;
    case 'number': {
      const nonzero = q`${typed.exact ?? typed.sql} <> 0`;
      return boolean(typed.nan ? q`(${nonzero} and not isnan(${typed.sql}))` : q`(${nonzero})`, { gone: typed.gone });
    }
    case 'string':
      return boolean(q`(${typed.sql} <> '')`, { gone: typed.gone });
    case 'date':
      return boolean(typed.gone ? q`(case when ${typed.sql} is not null then true end)` : ['true'], {
        gone: typed.gone,
      });
    case 'null':
      return boolean(['null::BOOLEAN']);
    case 'other':
      return undefined;
  }
}

/** The date as TIMESTAMP in UTC. */
export const stampOf = (typed: Typed): Sql => typed.stamp ?? q`epoch_ms((${typed.sql})::BIGINT)`;

/** One kind for the branches of a choice; undefined where they differ. */
export function common(a: Typed, b: Typed): Kind | undefined {
  if (a.kind === 'null') return b.kind;
  if (b.kind === 'null' || a.kind === b.kind) return a.kind;
  return undefined;
}

export function choice(test: Sql, a: Typed, b: Typed): Typed | undefined {
  const kind = common(a, b);
  if (kind === undefined || kind === 'other') return undefined;
  return {
    kind,
    sql: q`(case when ${test} then ${settled(a)} else ${settled(b)} end)`,
    gone: a.gone || b.gone,
    nan: a.nan || b.nan,
    bits: Math.max(a.kind === 'null' ? 0 : a.bits, b.kind === 'null' ? 0 : b.bits),
    whole: (a.whole || a.kind === 'null') && (b.whole || b.kind === 'null'),
  };
}

/** As a value of a column or a branch: constants need their type said. */
export function settled(typed: Typed): Sql {
  return typed.kind === 'number' && typed.constant ? q`${typed.sql}::DOUBLE` : typed.sql;
}
