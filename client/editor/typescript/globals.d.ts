/**
 * What a TypeScript paragraph sees besides the language and the notebook's own verbs: the parts of the web platform that
 * its isolate has. Read by the compiler in the page only, never by the checker of this source tree.
 */
declare const console: {
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  debug(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
  trace(...values: unknown[]): void;
  assert(condition: unknown, ...values: unknown[]): void;
  dir(value: unknown): void;
  table(value: unknown, columns?: readonly string[]): void;
  group(...values: unknown[]): void;
  groupCollapsed(...values: unknown[]): void;
  groupEnd(): void;
  count(label?: string): void;
  countReset(label?: string): void;
  time(label?: string): void;
  timeLog(label?: string, ...values: unknown[]): void;
  timeEnd(label?: string): void;
};

declare function setTimeout<T extends unknown[]>(act: (...values: T) => void, ms?: number, ...values: T): number;
declare function setInterval<T extends unknown[]>(act: (...values: T) => void, ms?: number, ...values: T): number;
declare function clearTimeout(timer: number | undefined): void;
declare function clearInterval(timer: number | undefined): void;
declare function queueMicrotask(act: () => void): void;
declare function structuredClone<T>(value: T): T;

/** Text to base64 and back, one character a byte. */
declare function btoa(text: string): string;
declare function atob(text: string): string;

declare const crypto: { randomUUID(): string; getRandomValues<T extends ArrayBufferView>(bytes: T): T };
declare const performance: { now(): number; readonly timeOrigin: number };

declare class URLSearchParams {
  constructor(init?: string | readonly (readonly [string, string])[] | Record<string, string> | URLSearchParams);
  readonly size: number;
  append(name: string, value: string): void;
  delete(name: string, value?: string): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string, value?: string): boolean;
  set(name: string, value: string): void;
  sort(): void;
  toString(): string;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  forEach(act: (value: string, name: string) => void): void;
  [Symbol.iterator](): IterableIterator<[string, string]>;
}

declare class URL {
  constructor(url: string | URL, base?: string | URL);
  static canParse(url: string, base?: string): boolean;
  static parse(url: string, base?: string): URL | null;
  hash: string;
  host: string;
  hostname: string;
  href: string;
  readonly origin: string;
  password: string;
  pathname: string;
  port: string;
  protocol: string;
  search: string;
  readonly searchParams: URLSearchParams;
  username: string;
  toJSON(): string;
  toString(): string;
}

declare class TextEncoder {
  readonly encoding: string;
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, bytes: Uint8Array): { read: number; written: number };
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  decode(bytes?: ArrayBufferLike | ArrayBufferView, options?: { stream?: boolean }): string;
}

/** Files beside the notebook: what they export is not read here. */
declare module '*.ts';

/** Asks a host that the operator granted to the notebook; an answer has at most 64 MB. Its body is read once. */
declare function fetch(
  address: string | URL,
  options?: {
    method?: string;
    headers?: Record<string, string> | Iterable<readonly [string, string]>;
    body?: string | URLSearchParams | ArrayBuffer | ArrayBufferView;
  },
): Promise<{
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly redirected: boolean;
  readonly headers: Iterable<[string, string]> & {
    get(name: string): string | null;
    has(name: string): boolean;
    forEach(act: (value: string, name: string) => void): void;
    entries(): IterableIterator<[string, string]>;
  };
  readonly bodyUsed: boolean;
  text(): Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: what it is, the paragraph knows when it runs
  json(): Promise<any>;
  arrayBuffer(): Promise<ArrayBuffer>;
  bytes(): Promise<Uint8Array>;
}>;
