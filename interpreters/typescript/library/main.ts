/**
 * The library of TypeScript paragraphs, as one script for their isolate: no builtins of Node, nothing but the host's few
 * functions to the outside.
 */
import type { CreateLibrary, Host } from '../bridge.ts';
import { bind, render, type Sql } from '../lambda/pieces.ts';
import { createAggregates } from './aggregates.ts';
import { Sort } from './arguments.ts';
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
    const call: Call = { verb: 'show', stack: '' };
    if (value instanceof GroupedFrame) {
      throw fail(
        'argument',
        'Groups show nothing before it is said what of them.',
        { call },
        { hint: 'Go on with .summarize({ n: count() }).' },
      );
    }
    const frame = value instanceof DataFrame ? value : isRows(value) ? frameOf(session, value, call) : undefined;
    const plan = frame && DataFrame.plan(frame);
    if (plan) {
      const number = host.nextTable();
      await session.run(plan, callOfPlan(plan), (one) =>
        host.call('show', { ...render(print(one)), table: number, ...(named ? { named } : {}) }),
      );
      return true;
    }
    const output = Displayable.output(value);
    if (output) host.show(await output());
    if (named)
      throw fail(
        'no-result',
        'The paragraph has a name, but its last expression is no table.',
        { call },
        { hint: 'End it with a DataFrame or an array of objects, or take its name away.' },
      );
    return output !== undefined;
  };

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
  };
};

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

/** Rows: a list of nothing but objects. */
const isRows = (value: unknown): value is readonly object[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every(
    (row) =>
      typeof row === 'object' &&
      row !== null &&
      !Array.isArray(row) &&
      !(row instanceof Date) &&
      !(row instanceof Displayable),
  );

/** Where a frame was last worked on. */
const callOfPlan = (plan: Plan): Call => plan.call;
