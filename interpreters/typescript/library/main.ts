/**
 * The library of TypeScript paragraphs, as one script for their isolate: no builtins of Node, nothing but the host's few
 * functions to the outside.
 */
import { failure } from '../../errors.ts';
import type { CreateLibrary, Host } from '../bridge.ts';
import { bind, render, type Sql } from '../lambda/pieces.ts';
import { createAggregates } from './aggregates.ts';
import { isRecord, Sort } from './arguments.ts';
import { type Call, callOf, fail, failureIn, LibraryError } from './failures.ts';
import { DataFrame, frameOf, GroupedFrame } from './frame.ts';
import type { Plan } from './plan.ts';
import { print } from './relation.ts';
import { Session } from './session.ts';
import { createChart, createImage, Displayable, html, markdown } from './shown.ts';

export const createLibrary: CreateLibrary = (host: Host) => {
  const session = new Session(host);

  function table(name: string): DataFrame {
    const call = callOf('table', table);
    if (typeof name !== 'string' || name === '')
      throw fail('argument', "table() takes a table's name: table('flights').", { call });
    return new DataFrame(session, { kind: 'table', name, call });
  }

  function sql(first: unknown, ...values: readonly unknown[]): DataFrame {
    const call = callOf('sql', sql);
    if (typeof first === 'string') return new DataFrame(session, { kind: 'sql', pieces: [first], values: [], call });
    if (!Array.isArray(first)) throw fail('argument', 'sql takes a template: sql`select * from flights`.', { call });
    const bound = values.map((value, index) => boundValue(value, index, call));
    return new DataFrame(session, { kind: 'sql', pieces: first.map(String), values: bound, call });
  }

  class PublicFrame extends DataFrame {
    static from(data: unknown): DataFrame {
      return frameOf(session, data, callOf('from', PublicFrame.from));
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      return DataFrame.plan(value) !== undefined;
    }
    constructor() {
      super(session, { kind: 'table', name: '', call: { verb: 'DataFrame', stack: '' } });
      throw fail('argument', 'A DataFrame is made by table(), sql or DataFrame.from().', {
        call: callOf('DataFrame', PublicFrame),
      });
    }
  }
  Object.defineProperty(PublicFrame, 'name', { value: 'DataFrame' });

  const show = async (given: unknown, named: boolean): Promise<boolean> => {
    const value = await given;
    if (value instanceof GroupedFrame) {
      throw fail(
        'argument',
        'Groups show nothing before it is said what of them.',
        { call: NOWHERE },
        { hint: 'Go on with .summarize({ n: count() }).' },
      );
    }
    const plan = DataFrame.plan(value);
    if (plan) {
      await showPlan(plan, named);
      return true;
    }
    if (isRows(value) && (await showRows(value, named))) return true;
    if (named) {
      throw fail(
        'no-result',
        'The paragraph has a name, but its last expression is no table.',
        { call: NOWHERE },
        { hint: 'End it with a DataFrame or an array of objects, or take its name away.' },
      );
    }
    const output = Displayable.output(value);
    if (output) host.show(await output());
    return output !== undefined;
  };

  async function showPlan(plan: Plan, named: boolean): Promise<void> {
    await session.run(plan, plan.call, (one) =>
      host.call('show', { ...render(print(one)), table: host.nextTable(), ...(named ? { named } : {}) }),
    );
  }

  /** Rows that no table holds are a value like any other, unless a table was asked for. */
  async function showRows(rows: readonly object[], named: boolean): Promise<boolean> {
    try {
      const plan = DataFrame.plan(frameOf(session, rows, NOWHERE));
      if (plan) await showPlan(plan, named);
      return true;
    } catch (error) {
      if (!named && error instanceof LibraryError && error.located.failure.code === 'mixed-values') return false;
      throw error;
    }
  }

  async function display(value: unknown): Promise<void> {
    const settled = await value;
    if (!(await show(settled, false))) host.show({ kind: 'text', stream: 'value', text: host.inspect(settled) });
  }

  return {
    globals: {
      table,
      sql,
      DataFrame: PublicFrame,
      ...createAggregates(session),
      asc: (by: unknown) => new Sort(by, false),
      desc: (by: unknown) => new Sort(by, true),
      chart: createChart(session),
      image: createImage(session),
      html,
      markdown,
      display,
    },
    show,
    failureOf: (error) => {
      if (error instanceof LibraryError) return error.located;
      const failure = failureIn(error);
      return failure && { failure, ...(error instanceof Error && error.stack ? { stack: error.stack } : {}) };
    },
    lambda: (fn, start, end, captures, paragraph) => {
      if (typeof fn === 'function') session.mark(fn, { start, end, captures, paragraph });
      return fn;
    },
    table,
    owner: (value, property, start, end, paragraph) => {
      const grouped = value instanceof GroupedFrame;
      if ((!grouped && DataFrame.plan(value) === undefined) || property in Object(value)) return value;
      const failed = failure('unknown-name', `${grouped ? 'A grouped frame' : 'A DataFrame'} has no “${property}”.`, {
        hint: LENGTHS.has(property)
          ? 'It has rows once it ran: await frame.count().'
          : `A column is named in a verb: .select('${property}'), .filter(row => row.${property} > 0).`,
      });
      throw new LibraryError({ failure: failed, place: { paragraph, start, end } });
    },
  };
};

const LENGTHS: ReadonlySet<string> = new Set(['length', 'size', 'shape']);

/** A value of a template: bound, a list of them, or a query inside. */
function boundValue(value: unknown, index: number, call: Call): Sql | Plan {
  const plan = DataFrame.plan(value);
  if (plan) return plan;
  const one = bind(value);
  if (one) return one;
  if (Array.isArray(value)) {
    const all = value.map((item) => bind(item));
    if (all.length > 0 && all.every((item) => item !== undefined)) {
      return ['(', ...all.flatMap((item, at) => (at === 0 ? item : [', ', ...item])), ')'];
    }
  }
  throw fail(
    'argument',
    `Value ${index + 1} of the template is a ${typeof value}, which SQL can’t take.`,
    { call },
    { hint: 'Numbers, texts, booleans, dates, lists of these, and DataFrames can stand there.' },
  );
}

/** Rows: a list of nothing but plain objects, at least one of them with a column. */
const isRows = (value: unknown): value is readonly object[] =>
  Array.isArray(value) && value.every(isRecord) && value.some((row) => Object.keys(row).length > 0);

/** An error of what was shown needs no place: it is the paragraph's last expression. */
const NOWHERE: Call = { verb: 'show', stack: '' };
