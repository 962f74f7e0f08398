/**
 * Vega's interpreter of expressions, with every text and list that one makes counted against the chart's budget: by the
 * functions that make them, and by `+` and `[…]`, which stand as calls in the tree that is interpreted. What could be huge
 * by one call is estimated before the call.
 */
import type { Budget } from './budget.ts';
import { isCallable, isRecord } from './guards.ts';

/** As Vega's parser makes it. */
export type Tree = { readonly type: string; readonly [name: string]: unknown };
type Call = (this: unknown, ...given: unknown[]) => unknown;
type Calls = Readonly<Record<string, unknown>>;

const SUM = 'sumOf';
const LIST = 'listOf';
const RECORD = 'recordOf';
/** Wider than any number is written. */
const MOST_WIDTH = 1000;
/** So long is the shortest of the spans that a time sequence steps by. */
const SPANS: Readonly<Record<string, number>> = {
  year: 3e10,
  quarter: 7e9,
  month: 2e9,
  week: 6e8,
  date: 8e7,
  day: 8e7,
  dayofyear: 8e7,
  hours: 3e6,
  minutes: 6e4,
  seconds: 1e3,
  milliseconds: 1,
};

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** The tree with what makes texts and lists turned into calls that are counted. */
export function counted(tree: Tree): Tree {
  const entries = Object.entries(tree).map(([name, value]) => [name, inside(value)] as const);
  const whole: Tree = { ...tree, ...Object.fromEntries(entries) };
  if (whole.type === 'BinaryExpression' && whole.operator === '+') return call(SUM, [whole.left, whole.right]);
  if (whole.type === 'ArrayExpression' && Array.isArray(whole.elements)) return call(LIST, whole.elements);
  if (whole.type === 'ObjectExpression' && Array.isArray(whole.properties))
    return call(RECORD, [{ type: 'Literal', value: whole.properties.length }, whole]);
  return whole;
}

const inside = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inside);
  // A pattern is a value, whatever it looks like.
  return isTree(value) ? counted(value) : value;
};

const call = (name: string, given: readonly unknown[]): Tree => ({
  type: 'CallExpression',
  callee: { type: 'Identifier', name },
  arguments: given,
});

/** The functions that expressions call, counted. What `base` has besides is reached through them. */
export function countedCalls(base: Calls, budget: Budget): Calls {
  const pay = (value: unknown): unknown => {
    if (typeof value === 'string') budget.take('letters', value.length);
    else if (Array.isArray(value)) budget.take('items', value.length);
    return value;
  };
  const paid = (make: Call, before?: (...given: unknown[]) => void): Call =>
    function (...given) {
      before?.(...given);
      return pay(make.apply(this, given));
    };
  const of = (name: string): Call => {
    const found = base[name];
    if (!isCallable(found)) throw new Error(`Vega has no function ${name}`);
    return function (...given) {
      return found.apply(this, given);
    };
  };
  const times = (unit: unknown, from: unknown, to: unknown, step: unknown = 1): void =>
    budget.take('items', Math.abs(Number(to) - Number(from)) / (SPANS[String(unit)] ?? 1) / Math.max(1, Number(step)));
  const wide = (_value: unknown, specifier: unknown): void => {
    if (isWide(specifier)) budget.take('letters', Number.POSITIVE_INFINITY);
  };
  const own: Record<string, Call> = {
    [SUM]: (left, right) => pay(plus(left, right)),
    [LIST]: (...items) => pay(items),
    [RECORD]: (count, record) => {
      budget.take('items', Number(count));
      return record;
    },
    sequence: paid(of('sequence'), (...given) => budget.take('items', lengthOf(given))),
    timeSequence: paid(of('timeSequence'), times),
    utcSequence: paid(of('utcSequence'), times),
    pad: paid(of('pad'), (_text, length) => budget.take('letters', Math.max(0, Number(length)) || 0)),
    join: paid(of('join'), (list, between = ',') =>
      budget.take('letters', Array.isArray(list) ? list.length * String(between).length + lettersOf(list) : 0),
    ),
    replace: paid(of('replace'), (text, _pattern, by) => {
      const [length, more] = [String(text).length + 1, String(by)];
      const most = length * more.length * (more.includes('$') ? length : 1);
      if (most > REPLACED) budget.take('letters', most);
    }),
    format: paid(of('format'), wide),
    split: paid((text, ...given) => Reflect.apply(String.prototype.split, String(text), given)),
    upper: paid((text) => String(text).toUpperCase()),
    lower: paid((text) => String(text).toLowerCase()),
    encodeURIComponent: paid((text) => encodeURIComponent(String(text))),
  };
  for (const name of ['slice', 'reverse', 'sort', 'pluck', 'flush', 'toString', 'truncate']) own[name] = paid(of(name));
  return Object.assign(Object.create(base), own);
}

/** A replacement that can't come to more than this is counted as it came. */
const REPLACED = 1_000_000;

/** Whether a format of numbers fills up to a width that nobody reads. */
export const isWide = (specifier: unknown): boolean =>
  typeof specifier === 'string' && Number(/(\d+)(?=,?(\.\d+)?~?[a-z%]?$)/i.exec(specifier)?.[1] ?? 0) > MOST_WIDTH;

export function lengthOf(given: readonly unknown[]): number {
  const [first = 0, second, third = 1] = given.map(Number);
  const [from, to] = second === undefined ? [0, first] : [first, second];
  const length = Math.ceil((to - from) / third);
  return Number.isNaN(length) ? 0 : Math.max(0, length);
}

const lettersOf = (list: readonly unknown[]): number =>
  list.reduce((sum: number, one) => sum + (typeof one === 'string' ? one.length : 20), 0);

/** What the language makes of the two. */
function plus(left: unknown, right: unknown): unknown {
  const [one, other] = [primitive(left), primitive(right)];
  return typeof one === 'string' || typeof other === 'string'
    ? `${String(one)}${String(other)}`
    : Number(one) + Number(other);
}

function primitive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return isCallable(value) ? String(value) : value;
  const own: unknown = value instanceof Date ? undefined : value.valueOf();
  return typeof own === 'object' || own === undefined ? String(value) : own;
}

type Interpreter = Readonly<Record<string, (context: unknown, given: unknown) => unknown>>;

/** The interpreter that Vega is given: `base` with counted trees and functions. */
export function countedInterpreter(base: object, budget: Budget): Interpreter {
  const calls = new WeakMap<object, Calls>();
  const callsOf = (context: unknown): Calls => {
    const functions = isRecord(context) && isRecord(context.functions) ? context.functions : {};
    const known = calls.get(functions);
    if (known) return known;
    const made = countedCalls(functions, budget);
    calls.set(functions, made);
    return made;
  };
  const parts = Object.entries(base).flatMap(([name, make]: [string, unknown]) =>
    isCallable(make) ? [{ name, make }] : [],
  );
  return Object.fromEntries(
    parts.map(({ name, make }) => [
      name,
      (context, given) => make({ functions: callsOf(context) }, withCounted(given)),
    ]),
  );
}

/** An expression has its tree at `ast`; a set of channels has one in each. */
function withCounted(given: unknown): unknown {
  if (!isRecord(given)) return given;
  if (isTree(given.ast)) return { ...given, ast: counted(given.ast) };
  if (!isRecord(given.channels)) return given;
  const channels = Object.entries(given.channels).map(([name, one]) => [name, withCounted(one)]);
  return { ...given, channels: Object.fromEntries(channels) };
}
