/**
 * What stands between a paragraph's code, in an isolate, and its process. `Host` is what the process gives the library
 * inside; `Library` is what the library gives back. Only copies of plain data cross, and bytes in shared memory; nothing
 * of `Host` is in reach of a paragraph's own code.
 */
import type { EngineMethod, EngineMethods, Failure, OutputEvent } from '../protocol.ts';

export type Host = {
  /** Asks the engine. Rejects with an error whose `failure` is the engine's. */
  call<M extends EngineMethod>(method: M, params: EngineMethods[M]['params']): Promise<EngineMethods[M]['result']>;
  /** Shows something, behind what was shown before. */
  show(output: OutputEvent): void;
  /** The number of the next table of this run. */
  nextTable(): number;
  /** The bytes of a file that the engine made; the file is removed. */
  take(path: string): Promise<SharedArrayBuffer>;
  /** A file for the engine; its path as both see it. */
  give(bytes: ArrayBuffer): Promise<string>;
  /** A file of the session folder, `data/` included; for `image('data/logo.png')`. */
  readFile(path: string): Promise<ArrayBuffer>;
  /** The ESTree of an expression, types stripped, as plain data with `start` and `end`; throws a SyntaxError. */
  parse(expression: string): unknown;
};

/**
 * A lambda as the compiler found it in a paragraph: `(x => …)` becomes `__lambda(x => …, offset, () => ({ a, b }))`, so
 * that values it closes over can be bound and errors point into it.
 */
export type LambdaMark = {
  /** Where the function begins in the paragraph's source, in UTF-16 units. */
  readonly offset: number;
  /** The values of its free variables now; throws where one is not initialised. */
  captures(): Readonly<Record<string, unknown>>;
};

/** An error for which a place in the paragraph is known; `offset` and `length` in UTF-16 units of its source. */
export type Located = { readonly failure: Failure; readonly offset?: number; readonly length?: number };

export type Library = {
  /** What every paragraph sees: `table`, `sql`, `DataFrame`, aggregates, `chart`, `html`, … */
  readonly globals: Readonly<Record<string, unknown>>;
  /** Shows the value of a paragraph's last expression; `named`: the paragraph has a name, which its table gets. */
  show(value: unknown, named: boolean): Promise<void>;
  /** What a thrown value tells: a failure of the engine or of the library with its place, or undefined for others. */
  failureOf(error: unknown): Located | undefined;
  /** Stands in a paragraph's code as `__lambda`. */
  lambda<F>(fn: F, offset: number, captures: () => Readonly<Record<string, unknown>>): F;
};

/** The library's module exports this. */
export type CreateLibrary = (host: Host) => Library;
