/**
 * What operators and methods mean in a lambda, as functions: the JavaScript printing calls them, and the SQL printing
 * says the same. Null (and undefined, which is the same) in an arithmetic operation, a comparison, a string method or `!`
 * gives null. Texts compare and count by code points, as the engine does: an emoji is one character and sorts behind
 * all others. Dates compare by their time.
 */
type Value = unknown;

const gone = (value: Value): value is null | undefined => value === null || value === undefined;

/** Computes with JavaScript's own operators, whatever the values are; types were stripped, not checked. */
type Loose = number;
const loose = (value: Value): Loose => value as Loose;

const SURROGATE = /[\ud800-\udfff]/;
const isWide = (text: string): boolean => SURROGATE.test(text);

/** Moves surrogates behind the other units, so that units compare as code points do. */
const rank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

/** Negative, zero or positive, by code points. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

const isText = (value: Value): value is string => typeof value === 'string';
const isDate = (value: Value): value is Date => value instanceof Date;

/** Code points of a text: what positions count. */
const points = (text: string): readonly string[] => Array.from(text);

const textMethod =
  <A extends readonly Value[]>(onText: (text: string, ...args: A) => Value, name: string) =>
  (target: Value, ...args: A): Value => {
    if (gone(target)) return null;
    if (!isText(target)) return plainCall(target, name, args);
    return args.some(gone) ? null : onText(target, ...args);
  };

function plainCall(target: Value, name: string, args: readonly Value[]): Value {
  const method = (target as Record<string, unknown>)[name];
  if (typeof method !== 'function') throw new TypeError(`.${name} is not a function`);
  return Reflect.apply(method, target, [...args]);
}

/** Where a slice that counts from either end begins, or ends. */
const fromEnd = (place: number, length: number): number =>
  Number.isNaN(place) ? 0 : place < 0 ? Math.max(0, length + Math.trunc(place)) : Math.min(length, Math.trunc(place));

const pad = (text: string, length: Value, filler: Value, atStart: boolean): string => {
  const missing = Math.trunc(Number(length)) - points(text).length;
  const fill = points(filler === undefined ? ' ' : String(filler));
  if (missing <= 0 || fill.length === 0) return text;
  let padding = '';
  for (let index = 0; index < missing; index += 1) padding += fill[index % fill.length];
  return atStart ? padding + text : text + padding;
};

/** White space as `trim` means it; the SQL printing lists the same characters. */
export const WHITE_SPACE =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';

/** Methods that texts have; another target's own method of the name is called as it is. */
export const methods: Readonly<Record<string, (target: Value, ...args: Value[]) => Value>> = {
  startsWith: textMethod((text, search: Value) => text.startsWith(String(search)), 'startsWith'),
  endsWith: textMethod((text, search: Value) => text.endsWith(String(search)), 'endsWith'),
  includes: (target, search, ...rest) => {
    if (gone(target)) return null;
    if (isText(target))
      return gone(search)
        ? null
        : rest.length > 0
          ? target.includes(String(search), Number(rest[0]))
          : target.includes(String(search));
    if (Array.isArray(target))
      return target.some((item) => equal(item, search) || (Number.isNaN(item) && Number.isNaN(search)));
    return plainCall(target, 'includes', [search, ...rest]);
  },
  indexOf: textMethod((text, search: Value) => {
    const at = text.indexOf(String(search));
    return at > 0 && isWide(text) ? points(text.slice(0, at)).length : at;
  }, 'indexOf'),
  slice: textMethod((text, start: Value, end?: Value) => {
    if (!isWide(text)) return text.slice(loose(start), end === undefined ? undefined : loose(end));
    const all = points(text);
    return all.slice(loose(start), end === undefined ? undefined : loose(end)).join('');
  }, 'slice'),
  substring: textMethod((text, start: Value, end?: Value) => {
    const all = isWide(text) ? points(text) : undefined;
    if (!all) return text.substring(loose(start), end === undefined ? undefined : loose(end));
    const a = fromEnd(Math.max(0, Number(start)), all.length);
    const b = end === undefined ? all.length : fromEnd(Math.max(0, Number(end)), all.length);
    return all.slice(Math.min(a, b), Math.max(a, b)).join('');
  }, 'substring'),
  charAt: textMethod((text, place: Value) => {
    if (!isWide(text)) return text.charAt(loose(place));
    return Number(place) < 0 ? '' : (points(text)[Math.trunc(Number(place))] ?? '');
  }, 'charAt'),
  at: textMethod(
    (text, place: Value) => (isWide(text) ? points(text).at(loose(place)) : text.at(loose(place))) ?? null,
    'at',
  ),
  padStart: textMethod((text, length: Value, filler?: Value) => pad(text, length, filler, true), 'padStart'),
  padEnd: textMethod((text, length: Value, filler?: Value) => pad(text, length, filler, false), 'padEnd'),
  concat: textMethod((text, ...others: Value[]) => text.concat(...others.map(String)), 'concat'),
  repeat: textMethod((text, count: Value) => text.repeat(loose(count)), 'repeat'),
  trim: textMethod((text) => text.trim(), 'trim'),
  trimStart: textMethod((text) => text.trimStart(), 'trimStart'),
  trimEnd: textMethod((text) => text.trimEnd(), 'trimEnd'),
  split: textMethod(
    (text, separator: Value, limit?: Value) => text.split(separator as string, limit as number),
    'split',
  ),
  replace: textMethod(
    (text, search: Value, by: Value) => text.replace(search as string, replacement(search, by)),
    'replace',
  ),
  replaceAll: textMethod(
    (text, search: Value, by: Value) => text.replaceAll(search as string, replacement(search, by)),
    'replaceAll',
  ),
};

/** With a text to search for, `$&` and its kin are taken as they stand: the engine knows none. */
const replacement = (search: Value, by: Value): string =>
  (isText(search) && isText(by) ? () => by : by) as unknown as string;

const equal = (a: Value, b: Value): boolean =>
  a === b || (gone(a) ? gone(b) : isDate(a) && isDate(b) && a.getTime() === b.getTime());

const compare =
  (decide: (order: number) => boolean, plain: (a: Loose, b: Loose) => boolean) =>
  (a: Value, b: Value): boolean | null => {
    if (gone(a) || gone(b)) return null;
    return isText(a) && isText(b) ? decide(compareText(a, b)) : plain(loose(a), loose(b));
  };

const arithmetic =
  (compute: (a: Loose, b: Loose) => Value) =>
  (a: Value, b: Value): Value =>
    gone(a) || gone(b) ? null : compute(loose(a), loose(b));

export const operators = {
  '+': arithmetic((a, b) => a + b),
  '-': arithmetic((a, b) => a - b),
  '*': arithmetic((a, b) => a * b),
  '/': arithmetic((a, b) => a / b),
  '%': arithmetic((a, b) => a % b),
  '**': arithmetic((a, b) => (b === 2 ? a * a : b === 0.5 ? Math.sqrt(a) : a ** b)),
  '&': arithmetic((a, b) => a & b),
  '|': arithmetic((a, b) => a | b),
  '^': arithmetic((a, b) => a ^ b),
  '<<': arithmetic((a, b) => a << b),
  '>>': arithmetic((a, b) => a >> b),
  '>>>': arithmetic((a, b) => a >>> b),
  '<': compare(
    (order) => order < 0,
    (a, b) => a < b,
  ),
  '<=': compare(
    (order) => order <= 0,
    (a, b) => a <= b,
  ),
  '>': compare(
    (order) => order > 0,
    (a, b) => a > b,
  ),
  '>=': compare(
    (order) => order >= 0,
    (a, b) => a >= b,
  ),
  '===': equal,
  '!==': (a: Value, b: Value) => !equal(a, b),
  // biome-ignore lint/suspicious/noDoubleEquals: a lambda's own == means just this
  '==': (a: Value, b: Value) => equal(a, b) || (!gone(a) && !gone(b) && a == b),
  // biome-ignore lint/suspicious/noDoubleEquals: a lambda's own != means just this
  '!=': (a: Value, b: Value) => !(equal(a, b) || (!gone(a) && !gone(b) && a == b)),
} as const;

/** Functions of the language that do nothing but convert: null on null, and the same for the same. */
export const CONVERSIONS: ReadonlySet<string> = new Set([
  ...['Number', 'String', 'Boolean', 'BigInt'],
  ...['parseInt', 'parseFloat', 'isNaN', 'isFinite'],
]);

/** Functions that give null when an argument is null. */
const lifted =
  <A extends readonly Value[]>(compute: (...args: A) => Value) =>
  (...args: A): Value =>
    args.some(gone) ? null : compute(...args);
const ofOne =
  (compute: (value: Loose) => Value) =>
  (value: Value): Value =>
    gone(value) ? null : compute(loose(value));

/** The smaller of two, NaN if one is; of equal ones, as 0 and -0 are here, the first. */
const pick = (better: (a: number, b: number) => boolean) =>
  lifted((...values: Value[]) =>
    values
      .map(Number)
      .reduce((best, value) =>
        Number.isNaN(best) || Number.isNaN(value) ? Number.NaN : better(value, best) ? value : best,
      ),
  );

/** Members of `Math` that are not simply lifted. */
export const math: Readonly<Record<string, (...args: Value[]) => Value>> = {
  abs: ofOne(Math.abs),
  floor: ofOne(Math.floor),
  ceil: ofOne(Math.ceil),
  trunc: ofOne(Math.trunc),
  sqrt: ofOne(Math.sqrt),
  sign: ofOne(Math.sign),
  round: ofOne((value) => Math.floor(value + 0.5)),
  min: pick((a, b) => a < b),
  max: pick((a, b) => a > b),
  pow: (a, b) => operators['**'](a, b),
};

/** What the printed code gets as `$`. */
export const runtime = {
  operators,
  methods,
  math,
  not: (value: Value): boolean | null => (gone(value) ? null : !value),
  negative: ofOne((value) => -value),
  number: ofOne((value) => Number(value)),
  inverted: ofOne((value) => ~value),
  /** `a && b`, three-valued: false wins over null. */
  and: (a: Value, b: () => Value): Value => {
    if (gone(a)) return b() === false ? false : null;
    return a ? b() : a;
  },
  /** `a || b`: true wins over null; a missing or empty text falls through to `b`. */
  or: (a: Value, b: () => Value): Value => {
    if (a) return a;
    const other = b();
    return gone(a) && other === false ? null : other;
  },
  get: (target: Value, key: PropertyKey): Value => {
    if (gone(target)) return null;
    return (target as Record<PropertyKey, unknown>)[key] ?? null;
  },
  call: (target: Value, name: PropertyKey, ...args: Value[]): Value => {
    if (gone(target)) return null;
    return plainCall(target, String(name), args);
  },
  lift: (compute: (...args: Value[]) => Value, ...args: Value[]): Value => (args.some(gone) ? null : compute(...args)),
  text: (...pieces: Value[]): Value => (pieces.some(gone) ? null : pieces.map(String).join('')),
  date: (...args: Value[]): Value => (args.some(gone) ? null : Reflect.construct(Date, args)),
} as const;
