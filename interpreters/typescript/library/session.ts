/** What all DataFrames of a process share: the engine, and what the compiler told of lambdas. */
import type { Host, LambdaMark } from '../bridge.ts';
import { PAST_LIMIT } from '../lambda/kinds.ts';
import { assignedCaptures, type Lambda, readLambda, type Source, Unusable } from '../lambda/lambda.ts';
import { references } from '../lambda/syntax.ts';
import { compile } from './compile.ts';
import { createEngine, type Engine } from './engine.ts';
import { type Call, fail, failureIn, LibraryError, locate } from './failures.ts';
import type { Context } from './lambdas.ts';
import type { Plan } from './plan.ts';
import type { Relation } from './relation.ts';

/** Any function: what a lambda is until it is read. */
export type AnyFunction = (...args: never[]) => unknown;

export class Session {
  readonly host: Host;
  readonly engine: Engine;
  readonly #marks = new WeakMap<object, LambdaMark>();

  constructor(host: Host) {
    this.host = host;
    this.engine = createEngine(host);
  }

  mark(fn: object, mark: LambdaMark): void {
    this.#marks.set(fn, mark);
  }

  /** Reads a function that a verb was given. */
  lambda(fn: AnyFunction, call: Call): Lambda {
    const mark = this.#marks.get(fn);
    const source: Source = mark
      ? {
          text: mark.paragraph.source.slice(mark.start, mark.end),
          place: { paragraph: mark.paragraph, start: mark.start },
          captures: mark.captures(),
        }
      : { text: Function.prototype.toString.call(fn), captures: {} };
    const lambda = this.#read(source, call);
    const assigned = assignedCaptures(lambda);
    if (assigned) {
      throw fail(
        'lambda-unreadable',
        'A lambda can’t change a variable from outside: it runs in the engine, or over columns.',
        { call, lambda, node: assigned },
      );
    }
    return lambda;
  }

  #read(source: Source, call: Call): Lambda {
    try {
      return readLambda(source, (text) => this.#parse(text));
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      const code = error.kind === 'promise' ? 'lambda-promise' : 'lambda-unreadable';
      const { located } = fail(code, error.message, { call });
      if (!source.place) throw new LibraryError(located);
      const { paragraph, start } = source.place;
      throw new LibraryError({ ...located, place: { paragraph, start, end: start + source.text.length } });
    }
  }

  #parse(text: string): unknown {
    try {
      return this.host.parse(text);
    } catch {
      throw new Unusable(
        'unreadable',
        'This function’s text can’t be read, so it can’t run on a table: wrap it, row => fn(row).',
      );
    }
  }

  context(dry = false): Context {
    return { engine: this.engine, dry, notes: [], translated: [] };
  }

  /** Compiles the plan and uses it; what the engine refuses is told in terms of the paragraph. */
  async run<T>(
    plan: Plan,
    call: Call,
    use: (relation: Relation, context: Context) => Promise<T>,
    dry = false,
  ): Promise<T> {
    const context = this.context(dry);
    try {
      return await use(await compile(plan, context), context);
    } catch (error) {
      throw told(error, call, context);
    }
  }
}

/** The engine's failure at the verb that asked, or at the lambda whose column is meant. */
export function told(error: unknown, call: Call, context: Context): unknown {
  if (error instanceof LibraryError) return error;
  const failure = failureIn(error);
  if (!failure) return error;
  const past = pastLimit(`${failure.message}\n${failure.detail ?? ''}`);
  if (past) {
    const message = `“${past.column}” holds ${past.value}, which is past 2^53: as a number it would not be exact.`;
    for (const { lambda, call: at } of context.translated) {
      const node = columnNode(lambda, past.column);
      if (node) return fail('past-safe-integer', message, { call: at, lambda, node });
    }
    return fail('past-safe-integer', message, { call });
  }
  const { line: _line, column: _column, length: _length, ...rest } = failure;
  return new LibraryError(locate(rest, { call }));
}

function pastLimit(text: string): { column: string; value: string } | undefined {
  const at = text.indexOf(PAST_LIMIT);
  if (at === -1) return undefined;
  const [, column = '', value = ''] = /^([\s\S]*?):(-?[\d.]+)/.exec(text.slice(at + PAST_LIMIT.length)) ?? [];
  return { column, value };
}

/** Where the lambda names the column. */
function columnNode(lambda: Lambda, column: string) {
  if (lambda.row.kind === 'fields')
    return [...lambda.row.columns.values()].find((field) => field.column === column)?.node;
  if (lambda.row.kind !== 'name') return undefined;
  const at = lambda.text.indexOf(column, references(lambda.body, lambda.row.name)[0]?.start ?? 0);
  return at === -1 ? undefined : { type: 'Identifier', start: at, end: at + column.length };
}
