/** What verbs take, as plans have it; a wrong argument fails at the call. */
import { bind } from '../lambda/pieces.ts';
import { Aggregate } from './aggregates.ts';
import { type Call, fail } from './failures.ts';
import type { AggregateSpec, Computed, Named, SortKey } from './plan.ts';
import type { AnyFunction, Session } from './session.ts';

export type Columns = Readonly<Record<string, unknown>>;

export const isFunction = (value: unknown): value is AnyFunction => typeof value === 'function';
export const isRecord = (value: unknown): value is Columns => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

export class Sort {
  readonly by: unknown;
  readonly descending: boolean;
  constructor(by: unknown, descending: boolean) {
    this.by = by;
    this.descending = descending;
  }
}

export const columnNames = (names: readonly unknown[], call: Call): readonly string[] =>
  names.flat().map((name) => {
    if (typeof name === 'string') return name;
    throw fail('argument', `.${call.verb}() takes names of columns.`, { call });
  });

/** `'a'`, `{ name: 'a' }`, `{ name: row => … }`. */
export function items(session: Session, given: readonly unknown[], call: Call): Named<Computed> {
  return given.flat().flatMap((item): Named<Computed> => {
    if (typeof item === 'string') return [[item, { kind: 'column', column: item }]];
    if (!isRecord(item))
      throw fail('argument', `.${call.verb}() takes columns: 'delay', or { hours: row => row.delay / 60 }.`, { call });
    return Object.entries(item).map(([name, value]) => {
      if (typeof value === 'string') return [name, { kind: 'column', column: value }];
      return [name, computed(session, name, value, call)];
    });
  });
}

export function computed(session: Session, name: string, value: unknown, call: Call): Computed {
  if (isFunction(value)) return { kind: 'lambda', lambda: session.lambda(value, call) };
  const aggregate = Aggregate.spec(value);
  if (aggregate) return { kind: 'aggregate', aggregate };
  if (typeof value === 'string') {
    throw fail(
      'argument',
      `“${name}” is given as a text; is a column meant, or the text itself?`,
      { call, word: value },
      { hint: `Write row => row.${value} for the column, () => '${value}' for the text.` },
    );
  }
  const sql = bind(value);
  if (!sql) throw fail('argument', `“${name}” needs a lambda, an aggregate or a plain value.`, { call });
  return { kind: 'constant', sql };
}

export function aggregates(given: unknown, call: Call): Named<AggregateSpec> {
  if (!isRecord(given)) throw fail('argument', '.summarize() takes aggregates by name: { n: count() }.', { call });
  return Object.entries(given).map(([name, value]) => {
    const spec = Aggregate.spec(value);
    if (!spec)
      throw fail('argument', `“${name}” needs an aggregate: count(), sum('delay'), mean(row => row.delay / 60), …`, {
        call,
      });
    return [name, spec];
  });
}

export function sortKeys(session: Session, given: readonly unknown[], call: Call): readonly SortKey[] {
  return given.flat().map((key) => {
    const by = key instanceof Sort ? key.by : key;
    const descending = key instanceof Sort && key.descending;
    if (typeof by === 'string') return { by, descending };
    if (isFunction(by)) return { by: { lambda: session.lambda(by, call) }, descending };
    throw fail('argument', ".orderBy() takes columns ('delay', '-delay') or lambdas.", { call });
  });
}

/** `'code'`, `['a', 'b']`, `{ origin: 'code' }`, `[['origin', 'code']]`. */
export function pairs(on: unknown, call: Call): Named<string> | undefined {
  if (on === undefined) return undefined;
  if (typeof on === 'string') return [[on, on]];
  if (Array.isArray(on)) {
    return on.map((pair: unknown): readonly [string, string] => {
      if (typeof pair === 'string') return [pair, pair];
      if (Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string') return [pair[0], pair[1]];
      throw fail('argument', ".join() takes pairs of columns: { on: [['origin', 'code']] }.", { call });
    });
  }
  if (isRecord(on)) return Object.entries(on).map(([left, right]) => [left, String(right)]);
  throw fail('argument', ".join() takes columns to join on: { on: 'code' } or { on: { origin: 'code' } }.", { call });
}

/** A whole number not below zero. */
export function amount(value: unknown, what: string, call: Call): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw fail('argument', `${what} must be a whole number from 0, not ${String(value)}.`, { call });
}
