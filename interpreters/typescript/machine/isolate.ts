/**
 * The isolate of a session: V8 with a heap of its own, worked by a thread of its own, so that this process answers while a
 * paragraph loops. A run is ended from outside through V8's inspector (`Runtime.terminateExecution`), which keeps the
 * isolate and its variables; isolated-vm's own way would take the isolate along.
 */
import type ivm from 'isolated-vm';
import type { Outer, Realm, Sent } from '../realm/outer.ts';
import { loadAddon } from './addon.ts';
import { loadRealm } from './load.ts';
import { direct } from './outer.ts';

const addon = loadAddon();

export type Isolate = {
  /** Compiles an expression; what it gives can be an argument of `enter`. */
  compile(code: string, name: string): Promise<ivm.Reference>;
  /** Calls the realm. Rejects with null when it was terminated. */
  enter(what: keyof Realm, values: readonly unknown[]): Promise<unknown>;
  /** Ends what runs inside, if anything does. */
  terminate(): void;
  dispose(): void;
};

export type IsolateOptions = {
  /** Bytes of its heap. V8 may pass it for a while; the process's limit is the wall. */
  readonly memory: number;
  readonly sent: (message: Sent) => void;
  /** Resolves when what was sent has been taken on. */
  readonly settled: () => Promise<void>;
  readonly allocated: (buffer: SharedArrayBuffer) => number;
  /** V8 is out of memory and its thread stands still for ever. */
  readonly onBroken: () => void;
};

export async function openIsolate(options: IsolateOptions): Promise<Isolate> {
  const isolate = new addon.Isolate({
    memoryLimit: Math.max(MEMORY_LEAST_MB, Math.floor(options.memory / 2 ** 20)),
    inspector: true,
    onCatastrophicError: options.onBroken,
  });
  const context = await isolate.createContext({ inspector: true });
  const inspector = isolate.createInspectorSession();
  inspector.onResponse = () => undefined;
  inspector.onNotification = () => undefined;
  const module = await loadRealm(isolate, context);
  const open = await module.namespace.get('openRealm', { reference: true });
  const { settle, allocate, ...calls } = outerOf(options);
  const realm: ivm.Reference<Realm> = await context.evalClosure(
    OPEN,
    [
      open.derefInto(),
      calls.send,
      new addon.Reference(settle),
      new addon.Reference(allocate),
      ...DIRECT.map((name) => new addon.Callback(direct[name], { sync: true })),
    ],
    { result: { reference: true }, filename: 'gondola:open' },
  );
  const entries = new Map<keyof Realm, ivm.Reference>();
  for (const name of ENTRIES) entries.set(name, await realm.get(name, { reference: true }));
  return {
    async compile(code, name) {
      const script = await isolate.compileScript(code, { filename: name });
      return script.run(context, { reference: true, release: true });
    },
    enter: (name, values) => entries.get(name)!.apply(undefined, values.map(passed), {}),
    terminate: () => inspector.dispatchProtocolMessage(TERMINATE),
    dispose() {
      inspector.dispose();
      if (!isolate.isDisposed) isolate.dispose();
    },
  };
}

/** What an isolate needs to load the library at all. */
const MEMORY_LEAST_MB = 32;
const TERMINATE = JSON.stringify({ id: 1, method: 'Runtime.terminateExecution' });
const ENTRIES = ['run', 'module', 'deliver', 'wake', 'drop', 'globals'] as const satisfies (keyof Realm)[];
const DIRECT = ['parse', 'parseUrl', 'changeUrl', 'decode', 'encoding', 'random', 'clone'] as const;

/** The realm's view of the process: plain functions, behind which isolated-vm's own objects stay hidden. */
const OPEN = `
  'use strict';
  const settle = $2, allocate = $3, none = [];
  return $0({
    send: $1,
    settle: () => settle.applySyncPromise(undefined, none),
    allocate: (bytes) => allocate.applySync(undefined, [bytes], { result: { copy: true } }),
    ${DIRECT.map((name, index) => `${name}: $${index + 4}`).join(',\n    ')},
  });`;

function outerOf(options: IsolateOptions) {
  return {
    send: new addon.Callback(options.sent satisfies Outer['send'], { ignored: true }),
    settle: async (): Promise<void> => {
      await options.settled();
    },
    allocate: (bytes: number) => {
      const buffer = new SharedArrayBuffer(bytes);
      return { memory: options.allocated(buffer), buffer };
    },
  };
}

/** Functions of the isolate go in as themselves, shared memory without a copy, all else as a copy. */
function passed(value: unknown): unknown {
  if (value instanceof addon.Reference) return value.derefInto({ release: true });
  return typeof value === 'object' && value !== null
    ? new addon.ExternalCopy(value).copyInto({ release: true })
    : value;
}
