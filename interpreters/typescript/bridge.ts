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
  /** A value as `console.log` would print it; for `display(x)`. */
  inspect(value: unknown): string;
};

/**
 * A paragraph's text, types stripped, every character at its place; one object for each time it is compiled. Functions
 * outlive the run that made them, so a place is always one of a paragraph.
 */
export type Paragraph = { readonly source: string };

/**
 * A lambda as the compiler found it in a paragraph: `x => …` becomes
 * `__lambda(x => …, start, end, () => ({ a, b }), paragraph)`, inside other lambdas as well, so that the values it closes
 * over can be bound and errors point into it. Its text is taken from the paragraph, so what else the compiler does to the
 * code does not matter. Arrow functions and function expressions are marked; of declared ones what can be.
 */
export type LambdaMark = {
  /** UTF-16 units of the paragraph's source. */
  readonly start: number;
  readonly end: number;
  readonly paragraph: Paragraph;
  /** The values of its free variables now, globals of the language left out; throws where one is not initialised. */
  captures(): Readonly<Record<string, unknown>>;
};

/** An error for which a place is known: in a paragraph, or else where `stack` has its first line in one. */
export type Located = {
  readonly failure: Failure;
  readonly place?: { readonly paragraph: Paragraph; readonly start: number; readonly end: number };
  /** The stack of the verb's call. */
  readonly stack?: string;
  /**
   * What to mark behind that place: the first occurrence of any of `find`, from its `start`, `length` long (all of it where
   * they are not given). Without it, or where none is found, the called name.
   */
  readonly mark?: { readonly find: readonly string[]; readonly start?: number; readonly length?: number };
};

export type Library = {
  /** What every paragraph sees: `table`, `sql`, `DataFrame`, aggregates, `chart`, `html`, … */
  readonly globals: Readonly<Record<string, unknown>>;
  /**
   * Shows the value of a paragraph's last expression; `named`: the paragraph has a name, which its table gets. False when
   * it is none of the library's, and not shown: the runtime prints it as a value.
   */
  show(value: unknown, named: boolean): Promise<boolean>;
  /** What a thrown value tells: a failure of the engine or of the library with its place, or undefined for others. */
  failureOf(error: unknown): Located | undefined;
  /** Stands in a paragraph's code as `__lambda`. */
  lambda<F>(
    fn: F,
    start: number,
    end: number,
    captures: () => Readonly<Record<string, unknown>>,
    paragraph: Paragraph,
  ): F;
  /** Stands as `__table` where a name that nothing declares is a table's. */
  table(name: string): unknown;
  /**
   * Stands as `__owner` around the value of whose property a last expression is. Throws where that is a DataFrame without
   * it: undefined would show nothing.
   */
  owner<T>(value: T, property: string, start: number, end: number, paragraph: Paragraph): T;
};

/** The library's module, `library/main.ts`, exports this as `createLibrary`. */
export type CreateLibrary = (host: Host) => Library;
