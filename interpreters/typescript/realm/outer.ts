/**
 * What passes between the process and what runs inside the isolate. Everything is copied. The realm sends and never waits,
 * but for the few calls of `Outer` that answer at once; answers to what it sent come by `Realm.deliver`.
 */
import type { Failure, OutputEvent } from '../../protocol.ts';

export type Stream = 'stdout' | 'stderr';

/** `id`: an answer is waited for. */
export type Sent =
  | { readonly kind: 'text'; readonly stream: Stream | 'value'; readonly text: string }
  | { readonly kind: 'show'; readonly output: OutputEvent }
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'take' | 'readFile'; readonly id: number; readonly path: string }
  | { readonly kind: 'fetch'; readonly id: number; readonly request: FetchRequest }
  /** The body of an answer to `fetch`, as bytes. */
  | { readonly kind: 'body'; readonly id: number; readonly body: number }
  /** Bytes that were put into the memory which the process gave for them. */
  | { readonly kind: 'give'; readonly id: number; readonly memory: number }
  | { readonly kind: 'import'; readonly id: number; readonly specifier: string; readonly from: number }
  /** Wake the realm in so many ms, and not before; undefined: not at all. */
  | { readonly kind: 'wake'; readonly in: number | undefined }
  | { readonly kind: 'settled'; readonly error?: Report; readonly live: readonly string[] };

export type FetchRequest = {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
};
export type FetchAnswer = {
  readonly status: number;
  readonly statusText: string;
  /** Where the last redirect led. */
  readonly url: string;
  readonly redirected: boolean;
  readonly headers: readonly (readonly [string, string])[];
  /** Its number, by which the bytes are asked for, once. */
  readonly body: number;
};

export type Answer = { readonly result: unknown } | { readonly error: string; readonly failure?: Failure };

/** The other side of the isolate. */
export type Outer = {
  send(message: Sent): void;
  /** Waits until what was sent has been taken. */
  settle(): void;
  /** Memory for bytes on their way out. */
  allocate(bytes: number): { readonly memory: number; readonly buffer: SharedArrayBuffer };
  parse(expression: string): { readonly tree: unknown } | { readonly error: string };
  parseUrl(url: string, base: string | undefined): UrlParts | undefined;
  /** The URL with one part changed. */
  changeUrl(url: string, part: UrlPart, value: string): UrlParts;
  decode(bytes: Uint8Array, label: string, fatal: boolean, ignoreBOM: boolean): string | undefined;
  /** The proper name of an encoding. */
  encoding(label: string): string | undefined;
  random(bytes: number): Uint8Array;
  clone(value: unknown): unknown;
};

export const URL_PARTS = [
  ...(['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port'] as const),
  ...(['pathname', 'search', 'hash'] as const),
] as const;
export type UrlPart = (typeof URL_PARTS)[number];
export type UrlParts = Readonly<Record<UrlPart, string>>;

/** Of a run, or of a module it imports. */
export type UnitMeta = {
  readonly unit: number;
  /** Types blanked. */
  readonly text: string;
  readonly values: readonly { readonly name: string; readonly unit: number }[];
  readonly units: readonly number[];
};

export type RunMeta = UnitMeta & {
  readonly declares: readonly string[];
  readonly named: boolean;
  readonly forms: Readonly<Record<string, unknown>>;
  /** Hosts are granted to the notebook. */
  readonly networked: boolean;
  /** Units that no name leads to any more. */
  readonly dropped: readonly number[];
};

/** A function of a compiled unit. */
export type UnitFunction = (
  tools: Readonly<Record<string, unknown>>,
  units: Readonly<Record<string, object>>,
  values: Readonly<Record<string, unknown>>,
) => Promise<unknown>;

export type Realm = {
  run(code: UnitFunction, meta: RunMeta): void;
  /** Answers an `import`: a module to run, or one that was run. */
  module(id: number, code: UnitFunction | undefined, meta: UnitMeta): void;
  /** Without an answer it is `bytes`. */
  deliver(id: number, answer: Answer | undefined, bytes?: SharedArrayBuffer): void;
  wake(): void;
  /** Of these names, one a line, those that are globals now. */
  globals(names: string): string;
  /** The run is over: nothing of it goes on. Gives where its top level last waited, or -1. */
  drop(): number;
};

/** An error as far as it can be told from inside. */
export type Report = {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** The library knows it. */
  readonly failure?: Failure;
  readonly place?: { readonly unit: number; readonly start: number; readonly end: number };
  readonly mark?: { readonly find: readonly string[]; readonly start?: number; readonly length?: number };
};
