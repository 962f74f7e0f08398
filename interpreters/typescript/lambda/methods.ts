/** Methods and functions of a lambda in SQL: what the engine does exactly as JavaScript does it. */
import type { Kind } from './kinds.ts';
import { join, q, type Sql, text } from './pieces.ts';
import { asText, boolean, number, settled, stampOf, string, type Typed, truth } from './typed.ts';
import { WHITE_SPACE } from './values.ts';

/** Undefined: not with these arguments. */
type Print = (self: Typed, args: readonly Typed[]) => Typed | undefined;

const gone = (...all: readonly Typed[]): { gone: boolean } => ({ gone: all.some((one) => one.gone) });

/** A whole number known before the rows are. */
const whole = (typed: Typed | undefined): number | undefined => {
  const value = typed?.constant?.value;
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : undefined;
};

const constantText = (typed: Typed | undefined): string | undefined =>
  typeof typed?.constant?.value === 'string' ? typed.constant.value : undefined;

const search =
  (name: string): Print =>
  (self, [what, ...more]) =>
    what?.kind === 'string' && more.length === 0
      ? boolean(q`${name}(${self.sql}, ${what.sql})`, gone(self, what))
      : undefined;

/** Code points from `start` to `end`, both counted from the start; SQL of numbers. */
const cut = (self: Typed, start: string, end: string | undefined): Typed =>
  string(
    end === undefined
      ? q`substring(${self.sql}, ${start} + 1)`
      : q`substring(${self.sql}, ${start} + 1, greatest(0, ${end} - ${start}))`,
    gone(self),
  );

const slice: Print = (self, [from, to]) => {
  const start = from === undefined ? 0 : whole(from);
  const end = to === undefined ? undefined : whole(to);
  if (start === undefined || (to !== undefined && end === undefined)) return undefined;
  if (start < 0 && end === undefined) return string(q`right(${self.sql}, ${String(-start)})`, gone(self));
  if (start >= 0 && (end === undefined || end >= 0)) {
    const length = end === undefined ? [] : [`, ${Math.max(0, end - start)}`];
    return string(q`substring(${self.sql}, ${String(start + 1)}${length})`, gone(self));
  }
  const place = (at: number): Sql => (at >= 0 ? [String(at)] : q`greatest(0, length(${self.sql}) - ${String(-at)})`);
  const first = place(start);
  return string(q`substring(${self.sql}, ${first} + 1, greatest(0, ${place(end ?? 0)} - ${first}))`, gone(self));
};

const substring: Print = (self, [from, to]) => {
  const a = Math.max(0, whole(from) ?? Number.NaN);
  const b = to === undefined ? undefined : Math.max(0, whole(to) ?? Number.NaN);
  if (Number.isNaN(a) || Number.isNaN(b)) return undefined;
  return b === undefined ? cut(self, String(a), undefined) : cut(self, String(Math.min(a, b)), String(Math.max(a, b)));
};

const pad =
  (name: 'lpad' | 'rpad'): Print =>
  (self, [length, filler]) => {
    const wide = whole(length);
    const fill = filler === undefined ? ' ' : constantText(filler);
    if (wide === undefined || wide < 0 || !fill) return undefined;
    const padded = q`${name}(${self.sql}, ${String(wide)}, ${text(fill)})`;
    return string(
      q`(case when length(${self.sql}) >= ${String(wide)} then ${self.sql} else ${padded} end)`,
      gone(self),
    );
  };

const replaceFirst: Print = (self, [what, by]) => {
  if (what?.kind !== 'string' || by?.kind !== 'string') return undefined;
  const at = q`strpos(${self.sql}, ${what.sql})`;
  const replaced = q`substring(${self.sql}, 1, ${at} - 1) || ${by.sql} || substring(${self.sql}, ${at} + length(${what.sql}))`;
  const nulls = [what, by].filter((one) => one.gone);
  const kept = nulls.length > 0 ? q`(${self.sql} || left(${by.sql}, 0))` : self.sql;
  return string(q`(case when ${at} = 0 then ${kept} else ${replaced} end)`, gone(self, what, by));
};

const onStrings: Readonly<Record<string, Print>> = {
  startsWith: search('starts_with'),
  endsWith: search('suffix'),
  includes: search('contains'),
  indexOf: (self, [what, ...more]) =>
    what?.kind === 'string' && more.length === 0
      ? number(q`(strpos(${self.sql}, ${what.sql}) - 1)::DOUBLE`, {
          ...gone(self, what),
          nan: false,
          bits: 53,
          whole: true,
        })
      : undefined,
  slice,
  substring,
  charAt: (self, [place]) => {
    const at = place === undefined ? 0 : whole(place);
    if (at === undefined) return undefined;
    return at < 0 ? string(q`left(${self.sql}, 0)`, gone(self)) : cut(self, String(at), String(at + 1));
  },
  at: (self, [place]) => {
    const at = place === undefined ? 0 : whole(place);
    if (at === undefined) return undefined;
    // Past either end it is null.
    return string(q`nullif((${self.sql})[${String(at < 0 ? at : at + 1)}], '')`);
  },
  padStart: pad('lpad'),
  padEnd: pad('rpad'),
  concat: (self, args) => {
    const texts = args.map(asText);
    if (!texts.every((one) => one !== undefined)) return undefined;
    return texts.reduce((a, b) => string(q`(${a.sql} || ${b.sql})`, gone(a, b)), self);
  },
  repeat: (self, [count]) => {
    const times = whole(count);
    return times === undefined || times < 0 ? undefined : string(q`repeat(${self.sql}, ${String(times)})`, gone(self));
  },
  trim: (self) => string(q`trim(${self.sql}, ${text(WHITE_SPACE)})`, gone(self)),
  trimStart: (self) => string(q`ltrim(${self.sql}, ${text(WHITE_SPACE)})`, gone(self)),
  trimEnd: (self) => string(q`rtrim(${self.sql}, ${text(WHITE_SPACE)})`, gone(self)),
  replace: replaceFirst,
  replaceAll: (self, [what, by]) =>
    constantText(what) && what && by?.kind === 'string'
      ? string(q`replace(${self.sql}, ${what.sql}, ${by.sql})`, gone(self, by))
      : undefined,
  toString: (self: Typed) => self,
  valueOf: (self: Typed) => self,
};

const part =
  (sql: (stamp: Sql) => Sql): Print =>
  (self) =>
    number(q`(${sql(stampOf(self))})::DOUBLE`, { ...gone(self), nan: false, bits: 53, whole: true });

const time: Print = (self) => number(self.sql, { ...gone(self), nan: false, bits: 53, whole: true });

const onDates: Readonly<Record<string, Print>> = {
  getTime: time,
  valueOf: time,
  getUTCFullYear: part((stamp) => q`year(${stamp})`),
  getUTCMonth: part((stamp) => q`month(${stamp}) - 1`),
  getUTCDate: part((stamp) => q`day(${stamp})`),
  getUTCDay: part((stamp) => q`dayofweek(${stamp})`),
  getUTCHours: part((stamp) => q`hour(${stamp})`),
  getUTCMinutes: part((stamp) => q`minute(${stamp})`),
  getUTCSeconds: part((stamp) => q`second(${stamp})`),
  getUTCMilliseconds: part((stamp) => q`millisecond(${stamp}) % 1000`),
  toISOString: (self) => {
    const stamp = stampOf(self);
    const rest = q`strftime(${stamp}, '-%m-%dT%H:%M:%S.%gZ')`;
    const year = q`(case when year(${stamp}) between 0 and 9999 then printf('%04d', year(${stamp})) else printf('%+07d', year(${stamp})) end)`;
    return string(q`(${year} || ${rest})`, gone(self));
  },
};

const onNumbers: Readonly<Record<string, Print>> = {
  valueOf: (self: Typed) => self,
  toString: (self: Typed, args: readonly Typed[]) => (args.length === 0 ? asText(self) : undefined),
};

/** `self.name(args)`; undefined where the engine's answer might differ. */
export function method(self: Typed, name: string, args: readonly Typed[]): Typed | undefined {
  const table =
    self.kind === 'string' ? onStrings : self.kind === 'date' ? onDates : self.kind === 'number' ? onNumbers : {};
  return Object.hasOwn(table, name) ? table[name]?.(self, args) : undefined;
}

const GIVES: ReadonlyMap<string, Kind> = new Map([
  ...list(
    `toLowerCase toUpperCase toLocaleLowerCase toLocaleUpperCase normalize toFixed toPrecision toISOString toJSON
    toDateString toTimeString toUTCString toLocaleString toLocaleDateString toLocaleTimeString slice substring charAt trim
    trimStart trimEnd padStart padEnd replace replaceAll repeat concat join toString at`,
    'string',
  ),
  ...list('test startsWith endsWith includes has some every', 'boolean'),
  ...list(
    `indexOf lastIndexOf search localeCompare charCodeAt codePointAt getTime getFullYear getMonth getDate getDay getHours
    getMinutes getSeconds getMilliseconds getTimezoneOffset`,
    'number',
  ),
]);

function list(names: string, kind: Kind): (readonly [string, Kind])[] {
  return names.split(/\s+/).map((name) => [name, kind] as const);
}

/** What a method gives, where it can't be printed but is known. */
export const methodKind = (name: string): Kind => GIVES.get(name) ?? 'other';

const double = (name: string, parts: Partial<Typed> = {}) => {
  const print: Print = (value) => number(q`${name}(${settled(value)})`, { ...gone(value), nan: value.nan, ...parts });
  return print;
};

/** NaN if one is; of equal ones the first, as `values.ts` has it. */
const pick =
  (operator: '<' | '>'): Print =>
  (first, rest) =>
    rest.reduce((best, value) => {
      const [a, b] = [settled(best), settled(value)];
      const nulls = [best, value].filter((one) => one.gone).map((one) => q`when ${one.sql} is null then null `);
      const nans = [best, value]
        .filter((one) => one.nan)
        .map((one) => q`when isnan(${settled(one)}) then 'nan'::DOUBLE `);
      const sql = q`(case ${join([...nulls, ...nans], '')}when ${b} ${operator} ${a} then ${b} else ${a} end)`;
      return number(sql, { ...gone(best, value), nan: best.nan || value.nan, bits: Math.max(best.bits, value.bits) });
    }, first);

const onMath: Readonly<Record<string, Print>> = {
  abs: (value) => double('abs', { bits: value.bits, whole: value.whole })(value, []),
  floor: (value) => double('floor', { bits: value.bits })(value, []),
  ceil: (value) => double('ceil', { bits: value.bits })(value, []),
  trunc: (value) => double('trunc', { bits: value.bits })(value, []),
  round: (value) =>
    number(q`floor(${value.sql} + 0.5::DOUBLE)`, { ...gone(value), nan: value.nan, bits: value.bits + 1 }),
  sqrt: (value) =>
    number(q`(case when ${value.sql} < 0 then 'nan'::DOUBLE else sqrt(${settled(value)}) end)`, gone(value)),
  sign: (value) =>
    number(
      q`(case when isnan(${settled(value)}) then ${value.sql} when ${value.sql} > 0 then 1 when ${value.sql} < 0 then -1 else ${value.sql} end)::DOUBLE`,
      { ...gone(value), nan: value.nan, bits: 2 },
    ),
  min: pick('<'),
  max: pick('>'),
};

/** `Math.name(args)`. */
export function mathFunction(name: string, args: readonly Typed[]): Typed | undefined {
  const [first, ...rest] = args;
  if (!first || !args.every(({ kind }) => kind === 'number') || !Object.hasOwn(onMath, name)) return undefined;
  if (rest.length > 0 && name !== 'min' && name !== 'max') return undefined;
  return onMath[name]?.(first, rest);
}

/** `Number(x)`, `Number.isNaN(x)`, `String(x)` and other functions of one value, by name. */
export function conversion(name: string, [value, ...more]: readonly Typed[]): Typed | undefined {
  if (!value || more.length > 0) return undefined;
  switch (name) {
    case 'Number':
      return toNumber(value);
    case 'String':
      return asText(value);
    case 'Boolean':
      return truth(value);
    case 'isNaN':
    case 'Number.isNaN':
      return value.kind === 'number' ? boolean(q`isnan(${settled(value)})`, gone(value)) : undefined;
    case 'isFinite':
    case 'Number.isFinite':
      return value.kind === 'number' ? boolean(q`isfinite(${settled(value)})`, gone(value)) : undefined;
    case 'Number.isInteger':
      return value.kind === 'number'
        ? boolean(q`(isfinite(${settled(value)}) and ${value.sql} = floor(${settled(value)}))`, gone(value))
        : undefined;
    default:
      return undefined;
  }
}

export function toNumber(value: Typed): Typed | undefined {
  switch (value.kind) {
    case 'number':
      return value;
    case 'boolean':
      return number(q`(${value.sql})::INTEGER::DOUBLE`, { ...gone(value), nan: false, bits: 1, whole: true });
    case 'date':
      return time(value, []);
    case 'null':
      return number(['null::DOUBLE']);
    case 'string':
    case 'other':
      return undefined;
  }
}
