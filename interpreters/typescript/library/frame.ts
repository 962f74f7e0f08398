/**
 * The DataFrame: a plan that verbs add to, and terminals that run it. Nothing runs before; the same frame may be run
 * many times, and each run reads the tables as they are then.
 */
import { q, render } from '../lambda/pieces.ts';
import { Aggregate } from './aggregates.ts';
import {
  aggregates,
  amount,
  type Columns,
  columnNames,
  computed,
  isFunction,
  isRecord,
  items,
  pairs,
  sortKeys,
} from './arguments.ts';
import { explained } from './compile.ts';
import { type Call, callOf, fail } from './failures.ts';
import { type Column, gather, rowsOf } from './gather.ts';
import type { JoinKind, Named, Plan, Step } from './plan.ts';
import { print, source } from './relation.ts';
import type { AnyFunction, Session } from './session.ts';
import { columnsOfRows } from './values.ts';

const KINDS: readonly JoinKind[] = ['inner', 'left', 'right', 'full', 'semi', 'anti', 'cross'];

export class DataFrame {
  readonly #plan: Plan;
  readonly #session: Session;

  /** Made by `table`, `sql`, `DataFrame.from` and verbs. */
  constructor(session: Session, plan: Plan) {
    this.#session = session;
    this.#plan = plan;
  }

  static plan(value: unknown): Plan | undefined {
    return typeof value === 'object' && value !== null && #plan in value ? value.#plan : undefined;
  }

  #with(step: Step, call: Call): DataFrame {
    return new DataFrame(this.#session, { kind: 'step', input: this.#plan, step, call });
  }

  filter(...conditions: readonly AnyFunction[]): DataFrame {
    const call = callOf('filter', this.filter);
    if (conditions.length === 0 || !conditions.every(isFunction)) {
      throw fail('argument', '.filter() takes a lambda: .filter(row => row.delay > 60).', { call });
    }
    return this.#with({ verb: 'filter', conditions: conditions.map((fn) => this.#session.lambda(fn, call)) }, call);
  }

  select(...columns: readonly unknown[]): DataFrame {
    const call = callOf('select', this.select);
    return this.#with({ verb: 'select', items: items(this.#session, columns, call) }, call);
  }

  mutate(columns: Columns): DataFrame {
    const call = callOf('mutate', this.mutate);
    if (!isRecord(columns))
      throw fail('argument', '.mutate() takes columns by name: { hours: row => row.delay / 60 }.', { call });
    const made = Object.entries(columns).map(
      ([name, value]) => [name, computed(this.#session, name, value, call)] as const,
    );
    return this.#with({ verb: 'mutate', items: made }, call);
  }

  rename(names: Readonly<Record<string, string>>): DataFrame {
    const call = callOf('rename', this.rename);
    return this.#with({ verb: 'rename', names: Object.entries(names) }, call);
  }

  drop(...columns: readonly string[]): DataFrame {
    const call = callOf('drop', this.drop);
    return this.#with({ verb: 'drop', columns: columnNames(columns, call) }, call);
  }

  groupBy(...keys: readonly unknown[]): GroupedFrame {
    const call = callOf('groupBy', this.groupBy);
    const named = items(this.#session, keys, call);
    return new GroupedFrame((columns, at) =>
      this.#with({ verb: 'summarize', keys: named, items: aggregates(columns, at) }, at),
    );
  }

  summarize(columns: Columns): DataFrame {
    const call = callOf('summarize', this.summarize);
    return this.#with({ verb: 'summarize', keys: [], items: aggregates(columns, call) }, call);
  }

  orderBy(...keys: readonly unknown[]): DataFrame {
    const call = callOf('orderBy', this.orderBy);
    return this.#with({ verb: 'orderBy', keys: sortKeys(this.#session, keys, call) }, call);
  }

  join(other: DataFrame, options: Columns = {}): DataFrame {
    const call = callOf('join', this.join);
    const right = DataFrame.plan(other);
    if (!right)
      throw fail('argument', ".join() takes another DataFrame: .join(table('airports'), { on: { origin: 'code' } }).", {
        call,
      });
    const given = isRecord(options) ? options : { on: options };
    const kind = KINDS.find((one) => one === (given.kind ?? given.how ?? 'inner'));
    if (!kind) throw fail('argument', `A join is one of ${KINDS.join(', ')}.`, { call, word: String(given.kind) });
    const suffix = typeof given.suffix === 'string' && given.suffix !== '' ? given.suffix : '_2';
    return this.#with({ verb: 'join', right, kind, on: pairs(given.on, call), suffix }, call);
  }

  limit(rows: number, offset = 0): DataFrame {
    const call = callOf('limit', this.limit);
    return this.#with(
      { verb: 'limit', rows: amount(rows, 'The number of rows', call), offset: amount(offset, 'The offset', call) },
      call,
    );
  }

  distinct(...columns: readonly string[]): DataFrame {
    const call = callOf('distinct', this.distinct);
    return this.#with({ verb: 'distinct', columns: columnNames(columns, call) }, call);
  }

  pivot(options: Columns): DataFrame {
    const call = callOf('pivot', this.pivot);
    const value = Aggregate.spec(isRecord(options) ? options.values : undefined);
    if (!isRecord(options) || typeof options.columns !== 'string' || !value) {
      throw fail('argument', ".pivot() takes { rows: 'origin', columns: 'month', values: count() }.", { call });
    }
    const rows = columnNames(options.rows === undefined ? [] : [options.rows], call);
    return this.#with({ verb: 'pivot', rows, columns: options.columns, value }, call);
  }

  sample(size: number, seed = Math.floor(Math.random() * 2 ** 31)): DataFrame {
    const call = callOf('sample', this.sample);
    const fraction = size > 0 && size < 1;
    if (!fraction) amount(size, 'The size of a sample', call);
    return this.#with({ verb: 'sample', size, fraction, seed: amount(seed, 'The seed', call) }, call);
  }

  union(...others: readonly DataFrame[]): DataFrame {
    const call = callOf('union', this.union);
    const plans = others.flat().map((other) => {
      const plan = DataFrame.plan(other);
      if (!plan) throw fail('argument', '.union() takes DataFrames.', { call });
      return plan;
    });
    return this.#with({ verb: 'union', others: plans }, call);
  }

  /** All rows as plain objects. */
  async rows(): Promise<Record<string, unknown>[]> {
    return this.#rows(callOf('rows', this.rows));
  }

  async columns(): Promise<Record<string, Column>> {
    const call = callOf('columns', this.columns);
    return this.#session.run(this.#plan, call, async (one) =>
      gather(one.columns, this.#session.engine.read(print(one))),
    );
  }

  /** Parts of the rows, a bounded number at once. */
  batches(): AsyncGenerator<Record<string, unknown>[], void> {
    return this.#batches(callOf('batches', this.batches));
  }

  async first(): Promise<Record<string, unknown> | undefined> {
    const [row] = await this.#head(callOf('first', this.first));
    return row;
  }

  /** The first column of the first row. */
  async value(): Promise<unknown> {
    const [row] = await this.#head(callOf('value', this.value));
    return row === undefined ? undefined : Object.values(row)[0];
  }

  async count(): Promise<number> {
    return this.#session.run(this.#plan, callOf('count', this.count), async (one) => {
      const counted = q`select count(*) as n from ${source(one)}`;
      for await (const batch of this.#session.engine.read(counted)) return Number(batch.columns[0]?.get(0));
      return 0;
    });
  }

  async schema(): Promise<readonly { name: string; type: string }[]> {
    return this.#session.run(
      this.#plan,
      callOf('schema', this.schema),
      (one) => this.#session.engine.describe(print(one)).then((all) => all.map(({ name, type }) => ({ name, type }))),
      true,
    );
  }

  async explain(): Promise<string> {
    return this.#session.run(
      this.#plan,
      callOf('explain', this.explain),
      async (one, { notes }) => explained(one, notes),
      true,
    );
  }

  async save(name: string): Promise<DataFrame> {
    const call = callOf('save', this.save);
    if (typeof name !== 'string' || name === '') throw fail('argument', ".save() takes the table's name.", { call });
    await this.#session.run(this.#plan, call, (one) =>
      this.#session.host.call('save', { ...render(print(one)), name }),
    );
    return new DataFrame(this.#session, { kind: 'table', name, call });
  }

  #rows(call: Call): Promise<Record<string, unknown>[]> {
    return this.#session.run(this.#plan, call, async (one) => {
      const names = one.columns.map(({ name }) => name);
      const all: Record<string, unknown>[] = [];
      for await (const batch of this.#session.engine.read(print(one)))
        for (const row of rowsOf(names, batch)) all.push(row);
      return all;
    });
  }

  #head(call: Call): Promise<Record<string, unknown>[]> {
    const plan: Plan = { kind: 'step', input: this.#plan, step: { verb: 'limit', rows: 1, offset: 0 }, call };
    return this.#session.run(plan, call, async (one) => {
      const names = one.columns.map(({ name }) => name);
      for await (const batch of this.#session.engine.read(print(one))) return rowsOf(names, batch);
      return [];
    });
  }

  async *#batches(call: Call): AsyncGenerator<Record<string, unknown>[], void> {
    const one = await this.#session.run(this.#plan, call, async (compiled) => compiled);
    const names = one.columns.map(({ name }) => name);
    for await (const batch of this.#session.engine.read(print(one))) yield rowsOf(names, batch);
  }

  get [Symbol.toStringTag](): string {
    return 'DataFrame';
  }
}

/** Groups wait for what is to be said of each. */
export class GroupedFrame {
  readonly #summarize: (columns: Columns, call: Call) => DataFrame;
  constructor(summarize: (columns: Columns, call: Call) => DataFrame) {
    this.#summarize = summarize;
  }
  summarize(columns: Columns): DataFrame {
    return this.#summarize(columns, callOf('summarize', this.summarize));
  }
  /** One row a group, with nothing but the keys and how many rows it has. */
  count(name = 'n'): DataFrame {
    return this.#summarize({ [name]: new Aggregate({ name: 'count' }) }, callOf('count', this.count));
  }
}

/** `DataFrame.from`: rows, or columns by name. */
export function frameOf(session: Session, data: unknown, call: Call): DataFrame {
  const columns = dataColumns(data, call);
  const rows = columns.reduce((most, [, values]) => Math.max(most, values.length), 0);
  if (columns.length === 0)
    throw fail('argument', 'A table needs at least one column; this has no rows to tell any.', { call });
  return new DataFrame(session, { kind: 'values', columns, rows, call });
}

function dataColumns(data: unknown, call: Call): Named<readonly unknown[]> {
  if (Array.isArray(data)) {
    const wrong = data.findIndex((row) => typeof row !== 'object' || row === null || Array.isArray(row));
    if (wrong !== -1) throw fail('argument', `Row ${wrong + 1} is no object with columns.`, { call });
    return columnsOfRows(data);
  }
  if (isRecord(data)) {
    return Object.entries(data).map(([name, values]) => {
      if (Array.isArray(values)) return [name, values] as const;
      if (ArrayBuffer.isView(values) && !(values instanceof DataView))
        return [name, Array.from(values as unknown as ArrayLike<unknown>)] as const;
      throw fail('argument', `“${name}” is no array of values.`, { call, word: name });
    });
  }
  throw fail('argument', 'DataFrame.from() takes an array of objects, or an object of arrays.', { call });
}
