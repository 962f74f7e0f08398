/**
 * Questions to the server that wait for an answer. When the line is lost the answer never comes: completions and tables are
 * then empty, and a run fails.
 */
import { newId, type ParagraphId, type RequestId, type RunId } from '../../server/protocol/ids.ts';
import type { ClientMessage, Completion, Fault, SessionTable } from '../../server/protocol/messages.ts';
import type { FormsOfRun } from './contract.ts';

export class LiveError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

export type RunsAsked = readonly { readonly id: RunId; readonly paragraph: ParagraphId }[];

export type Line = {
  say(message: ClientMessage): void;
  /** The server takes messages. */
  readonly welcomed: boolean;
  /** All edits made so far have been sent; the last update had the number `sent`. */
  readonly flowing: boolean;
  readonly sent: number;
};

export class Queries {
  readonly runs = new Calls<RequestId, RunsAsked>();
  readonly completions = new Calls<number, readonly Completion[]>();
  readonly tables = new Calls<number, readonly SessionTable[]>();
  readonly checks = new Calls<number, readonly Fault[] | undefined>();
  readonly #line: Line;
  /** Runs asked for before the edits made so far could be sent. */
  #deferred: (() => void)[] = [];
  #calls = 0;

  constructor(line: Line) {
    this.#line = line;
  }

  run(
    paragraphs: readonly ParagraphId[] | undefined,
    forms?: FormsOfRun,
    ordered = false,
    use: readonly ParagraphId[] = [],
  ): Promise<RunsAsked> {
    const request = newId<RequestId>();
    const answer = this.runs.wait(request);
    const named = paragraphs ? { paragraphs: [...paragraphs], ...(ordered ? { ordered } : {}) } : {};
    const filled = { ...(forms ? { forms } : {}), ...(use.length > 0 ? { use: [...use] } : {}) };
    const send = (): void => this.#line.say({ type: 'run', request, after: this.#line.sent, ...named, ...filled });
    if (this.#line.flowing) send();
    else this.#deferred.push(send);
    return answer;
  }

  complete(paragraph: ParagraphId, text: string, offset: number): Promise<readonly Completion[]> {
    return this.#ask(this.completions, (call) => ({ type: 'complete', call, paragraph, text, offset }), []);
  }

  listTables(): Promise<readonly SessionTable[]> {
    return this.#ask(this.tables, (call) => ({ type: 'tables', call }), []);
  }

  check(paragraph: ParagraphId, text: string): Promise<readonly Fault[] | undefined> {
    return this.#ask(this.checks, (call) => ({ type: 'check', call, paragraph, text }), undefined);
  }

  /** All edits made so far have been sent now. */
  flow(): void {
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const send of deferred) send();
  }

  lose(why: LiveError): void {
    this.#deferred = [];
    this.runs.failAll(why);
    this.completions.answerAll([]);
    this.tables.answerAll([]);
    this.checks.answerAll(undefined);
  }

  #ask<T>(calls: Calls<number, T>, message: (call: number) => ClientMessage, otherwise: T): Promise<T> {
    if (!this.#line.welcomed) return Promise.resolve(otherwise);
    this.#calls += 1;
    const answer = calls.wait(this.#calls);
    this.#line.say(message(this.#calls));
    return answer;
  }
}

type Waiting<T> = { readonly resolve: (value: T) => void; readonly reject: (reason: LiveError) => void };

class Calls<Key, T> {
  readonly #waiting = new Map<Key, Waiting<T>>();

  wait(key: Key): Promise<T> {
    return new Promise((resolve, reject) => this.#waiting.set(key, { resolve, reject }));
  }

  has(key: Key): boolean {
    return this.#waiting.has(key);
  }

  answer(key: Key, value: T): void {
    this.#waiting.get(key)?.resolve(value);
    this.#waiting.delete(key);
  }

  fail(key: Key, reason: LiveError): void {
    this.#waiting.get(key)?.reject(reason);
    this.#waiting.delete(key);
  }

  answerAll(value: T): void {
    for (const key of [...this.#waiting.keys()]) this.answer(key, value);
  }

  failAll(reason: LiveError): void {
    for (const key of [...this.#waiting.keys()]) this.fail(key, reason);
  }
}
