/**
 * What paragraphs find beside the language's own: the library, console, timers, URL, encodings and the like. They can't be
 * overwritten, as the library and other paragraphs rely on them; a paragraph that declares one of these names has its own.
 */
import { codingGlobals } from './coding.ts';
import { createConsole } from './console.ts';
import { type Ask, createFetch } from './fetch.ts';
import type { Outer, Stream } from './outer.ts';
import { createTimers, type Timers } from './timers.ts';
import { urlGlobals } from './url.ts';
import { settleWebAssembly } from './wasm.ts';

export function createGlobals(options: {
  readonly outer: Outer;
  readonly ask: Ask;
  readonly library: Readonly<Record<string, unknown>>;
  readonly print: (stream: Stream, text: string) => void;
  readonly wakeIn: (ms: number | undefined) => void;
}): {
  readonly timers: Timers;
  setForms(forms: Readonly<Record<string, unknown>>): void;
  setNetworked(networked: boolean): void;
} {
  const { outer } = options;
  // The language's own, taken before a paragraph may replace it.
  const clock = Date.now;
  const origin = clock();
  const now = (): number => clock() - origin;
  const timers = createTimers({ now, wakeIn: options.wakeIn });
  const coding = codingGlobals(outer);
  const decoder = new coding.TextDecoder('utf-8', { ignoreBOM: true });
  let forms: Readonly<Record<string, unknown>> = Object.freeze({});
  let networked = false;
  const fetch = createFetch(options.ask, (bytes) => new coding.TextDecoder().decode(bytes));

  const given: Readonly<Record<string, unknown>> = {
    ...coding,
    ...urlGlobals(outer, (bytes) => decoder.decode(bytes)),
    console: Object.freeze(createConsole(options.print, now)),
    setTimeout: (call: unknown, ms?: unknown, ...values: unknown[]) => timers.set(call, ms, values, false),
    setInterval: (call: unknown, ms?: unknown, ...values: unknown[]) => timers.set(call, ms, values, true),
    clearTimeout: timers.clear,
    clearInterval: timers.clear,
    queueMicrotask: microtask,
    structuredClone: (value: unknown): unknown => cloned(outer, value),
    crypto: Object.freeze({ randomUUID: () => uuid(outer.random(16)), getRandomValues: fill(outer) }),
    performance: Object.freeze({ now, timeOrigin: origin, mark: () => undefined, measure: () => undefined }),
    fetch(...call: Parameters<typeof fetch>) {
      if (!networked) throw absent('This notebook has no network, so there is no fetch().', NO_FETCH);
      return fetch(...call);
    },
    require: () => {
      throw absent('There is no require() here.', NO_PACKAGES);
    },
    ...options.library,
  };
  for (const [name, value] of Object.entries(given)) {
    Object.defineProperty(globalThis, name, { value, writable: false, configurable: false, enumerable: false });
  }
  Object.defineProperty(globalThis, 'forms', { get: () => forms, configurable: false, enumerable: false });
  settleWebAssembly();
  Error.stackTraceLimit = STACK_FRAMES;
  return {
    timers,
    setForms(next) {
      forms = readOnly(next);
    },
    setNetworked(next) {
      networked = next;
    },
  };
}

/** Enough to reach a paragraph through the library's own calls. */
const STACK_FRAMES = 60;

export const NO_PACKAGES =
  'Packages from npm can’t be imported. Put the code into a .ts file beside the notebook and import that: ' +
  "import { f } from './helpers.ts'.";
const NO_FETCH =
  "Drop the file on the page: it lies in data/ then, and SQL reads it: sql`from 'data/FILE.csv'`. Or have the operator grant the host: setting network.";

/** An error that says what to do; the library passes a `failure` on. */
function absent(message: string, hint: string): Error {
  return Object.assign(new Error(message), { failure: { code: 'unsupported', message, hint } });
}

function microtask(call: unknown): void {
  if (typeof call !== 'function') throw new TypeError('queueMicrotask() needs a function to call.');
  Promise.resolve().then(() => {
    call();
  });
}

function cloned(outer: Pick<Outer, 'clone'>, value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`A ${typeof value} can’t be cloned.`);
  }
  return typeof value === 'object' && value !== null ? outer.clone(value) : value;
}

function uuid(random: Uint8Array): string {
  const bytes = [...random];
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const digits = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** As in browsers. */
const MAX_RANDOM = 65_536;

const fill = (outer: Pick<Outer, 'random'>) => (target: unknown) => {
  if (!ArrayBuffer.isView(target) || target instanceof Float32Array || target instanceof Float64Array) {
    throw new TypeError('getRandomValues() takes a typed array of integers.');
  }
  if (target.byteLength > MAX_RANDOM) throw new RangeError(`getRandomValues() gives at most ${MAX_RANDOM} bytes.`);
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(outer.random(target.byteLength));
  return target;
};

/** A `Date` can't be frozen: each look gives another. */
function readOnly<T extends object>(value: T): T {
  for (const [name, one] of Object.entries(value)) {
    if (one instanceof Date) {
      const time = one.getTime();
      Object.defineProperty(value, name, { get: () => new Date(time), enumerable: true });
    } else if (typeof one === 'object' && one !== null) readOnly(one);
  }
  return Object.freeze(value);
}
