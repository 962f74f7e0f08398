/**
 * What runs inside the isolate before any paragraph: the globals, the units that ran, and the way to the process. The
 * process holds the functions that `openRealm` gives; paragraphs hold nothing of them, and see only globals and the tools
 * of their own function.
 *
 * A unit is a paragraph or a module that ran: an object whose accessors reach its variables. What goes on after a run has
 * ended (timers, answers) is dropped, so whatever happens inside belongs to the run under way.
 */
import type { Host, Paragraph } from '../bridge.ts';
import { createLibrary } from '../library/main.ts';
import { cut } from './console.ts';
import { gatherText } from './gather.ts';
import { createGlobals } from './globals.ts';
import { inspect } from './inspect.ts';
import type { Outer, Realm, Report, RunMeta, Sent, UnitFunction, UnitMeta } from './outer.ts';
import { reporter } from './report.ts';

type Waiting = {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** The unit that imports, where it is an import. */
  readonly importer?: number;
};
type Unit = { readonly names: object; readonly stars: readonly object[] };

/** What a message counts for beside its text: a loop that sends them must not outrun the process. */
const MESSAGE = 4 * 1024;
/** Bytes sent before the realm waits until they have been taken. */
const UNSETTLED = 512 * 1024;

export function openRealm(outer: Outer): Realm {
  const waiting = new Map<number, Waiting>();
  const units = new Map<number, Unit>();
  const modules = new Map<number, Promise<object>>();
  /** Modules that have begun and not ended: cut short with their run, they never will. */
  const loading = new Set<number>();
  /** Modules whose end a unit waits for. */
  const imports = new Map<number, Set<number>>();
  const paragraphs = new WeakMap<Paragraph, number>();
  /** Where what failed was imported. */
  const places = new WeakMap<object, { unit: number; start: number; end: number }>();
  let asked = 0;
  /** The unit of the run under way, and where its top level last waited. */
  let current = 0;
  let awaited = -1;
  let tables = 0;
  let sent = 0;

  const text = gatherText({
    now: Date.now,
    send: (stream, part) => put({ kind: 'text', stream, text: part }, part.length),
  });
  const put = (message: Sent, weight: number): void => {
    outer.send(message);
    sent += weight;
    if (sent <= UNSETTLED) return;
    sent = 0;
    outer.settle();
  };
  const send = (message: Sent, weight = MESSAGE): void => {
    text.flush();
    put(message, weight);
  };
  function ask<T>(make: (id: number) => Sent, importer?: number): Promise<T> {
    asked += 1;
    const id = asked;
    return new Promise<T>((resolve, reject) => {
      // What comes back is what was asked for.
      const answer = { resolve: (value: unknown) => resolve(value as T), reject };
      waiting.set(id, importer === undefined ? answer : { ...answer, importer });
      send(make(id));
    });
  }

  const host: Host = {
    call: (method, params) => ask((id) => ({ kind: 'call', id, method, params })),
    show(output) {
      if (output.kind === 'text') {
        text.print(output.stream, cut(output.text).replace(/\n?$/, '\n'));
      } else send({ kind: 'show', output }, UNSETTLED);
    },
    nextTable() {
      tables += 1;
      return tables - 1;
    },
    take: (path) => ask((id) => ({ kind: 'take', id, path })),
    async give(bytes) {
      const { memory, buffer } = outer.allocate(bytes.byteLength);
      new Uint8Array(buffer).set(new Uint8Array(bytes));
      return ask<string>((id) => ({ kind: 'give', id, memory }));
    },
    readFile: (path) => ask((id) => ({ kind: 'readFile', id, path })),
    parse(expression) {
      const answer = outer.parse(expression);
      if ('error' in answer) throw new SyntaxError(answer.error);
      return answer.tree;
    },
    inspect,
  };
  const library = createLibrary(host);
  const { timers, setForms, setNetworked } = createGlobals({
    outer,
    ask: {
      fetch: (request) => ask((id) => ({ kind: 'fetch', id, request })),
      body: (body) => ask((id) => ({ kind: 'body', id, body })),
    },
    library: library.globals,
    print: text.print,
    wakeIn: (ms) => send({ kind: 'wake', in: ms }),
  });
  const report = reporter({
    failureOf: library.failureOf,
    unitOf: (paragraph) => paragraphs.get(paragraph),
    placeOf: (error) => (typeof error === 'object' && error !== null ? places.get(error) : undefined),
  });

  function start(code: UnitFunction, meta: UnitMeta, names: (names: object) => void): Promise<unknown> {
    const { unit, text } = meta;
    const paragraph: Paragraph = Object.freeze({ source: text });
    paragraphs.set(paragraph, unit);
    const stars: object[] = [];
    const tools = {
      __lambda: library.lambda,
      __owner: library.owner,
      __table: library.table,
      __wait(value: unknown, offset: number): unknown {
        if (unit === current) awaited = offset;
        return value;
      },
      __scope(given: object): void {
        units.set(unit, { names: given, stars });
        names(given);
      },
      __stars: (...given: object[]): number => stars.push(...given),
      __import: (specifier: unknown, start: number, end: number, wanted: readonly string[]): Promise<object> =>
        load(String(specifier), unit, wanted).catch((error: unknown) => {
          // On its way out the place becomes that of the paragraph's own import.
          if (typeof error === 'object' && error !== null) places.set(error, { unit, start, end });
          throw error;
        }),
      __paragraph: paragraph,
    };
    const reached = Object.fromEntries(meta.units.map((id) => [`__${id}`, units.get(id)?.names ?? {}]));
    const values = Object.fromEntries(
      meta.values.map(({ name, unit: id }) => [name, Reflect.get(units.get(id)?.names ?? {}, name)]),
    );
    return code(tools, reached, values);
  }

  async function load(specifier: string, from: number, wanted: readonly string[]): Promise<object> {
    const namespace = await ask<object>((id) => ({ kind: 'import', id, specifier, from }), from);
    for (const name of wanted) {
      if (name in namespace) continue;
      const given = Object.keys(namespace);
      throw Object.assign(new SyntaxError(`${specifier} exports no ${name}.`), {
        failure: {
          code: 'import',
          message: `${specifier} exports no ${name}.`,
          hint:
            given.length > 0
              ? `It exports ${given.slice(0, 20).join(', ')}. A type is imported by “import type”.`
              : 'Write export before what it is to give.',
        },
      });
    }
    return namespace;
  }

  function needs(unit: number, other: number, seen = new Set<number>()): boolean {
    if (unit === other) return true;
    if (seen.has(unit)) return false;
    seen.add(unit);
    return [...(imports.get(unit) ?? [])].some((one) => needs(one, other, seen));
  }

  /** The names of a module as an object that reads them when they are asked for, as they may change. */
  function namespaceOf(unit: number): object {
    const found = units.get(unit);
    const all: Record<string, PropertyDescriptor> = {};
    for (const source of [...(found?.stars ?? []), ...(found ? [found.names] : [])]) {
      for (const name of Object.keys(source)) {
        if (name === 'default' && source !== found?.names) continue;
        all[name] = { enumerable: true, get: () => Reflect.get(source, name) };
      }
    }
    return Object.freeze(Object.create(null, all));
  }

  return {
    run(code, meta: RunMeta) {
      for (const unit of meta.dropped) units.delete(unit);
      setForms(meta.forms);
      setNetworked(meta.networked);
      tables = 0;
      current = meta.unit;
      awaited = -1;
      let own: object = {};
      const settled = (error?: Report): void => {
        const live = meta.declares.filter((name) => isInitialised(own, name));
        send({ kind: 'settled', live, ...(error ? { error } : {}) });
      };
      const finish = async (): Promise<void> => {
        const value = await start(code, meta, (names) => {
          own = names;
        });
        if (value === undefined && !meta.named) return;
        if (!(await library.show(value, meta.named))) {
          host.show({ kind: 'text', stream: 'value', text: typeof value === 'string' ? value : inspect(value) });
        }
      };
      finish().then(
        () => settled(),
        (error: unknown) => settled(report(error)),
      );
    },
    module(id, code, meta) {
      const { unit } = meta;
      const answer = waiting.get(id);
      waiting.delete(id);
      if (!answer) return;
      const importer = answer.importer ?? 0;
      const running = modules.get(unit);
      // In a circle of imports one has to go ahead: it sees of the other what there is so far.
      if (running && needs(unit, importer)) return answer.resolve(namespaceOf(unit));
      const ready =
        running ??
        (async () => {
          if (code) await start(code, meta, () => undefined);
          return namespaceOf(unit);
        })();
      if (!running) {
        modules.set(unit, ready);
        loading.add(unit);
        ready.then(
          () => loading.delete(unit),
          // One that failed is run again by the next import.
          () => loading.delete(unit) && modules.delete(unit),
        );
      }
      const needed = imports.get(importer) ?? new Set();
      imports.set(importer, needed.add(unit));
      ready.finally(() => needed.delete(unit)).then(answer.resolve, answer.reject);
    },
    deliver(id, answer, bytes) {
      const found = waiting.get(id);
      waiting.delete(id);
      if (!found) return;
      if (!answer) found.resolve(bytes);
      else if ('result' in answer) found.resolve(answer.result);
      else found.reject(Object.assign(new Error(answer.error), { failure: answer.failure }));
    },
    wake: () => timers.wake(),
    globals: (names) =>
      names
        .split('\n')
        .filter((name) => name in globalThis)
        .join('\n'),
    drop() {
      text.flush();
      waiting.clear();
      imports.clear();
      for (const unit of loading) modules.delete(unit);
      loading.clear();
      timers.drop();
      sent = 0;
      return awaited;
    },
  };
}

/** A `const` that the run did not reach throws. */
function isInitialised(names: object, name: string): boolean {
  try {
    Reflect.get(names, name);
    return name in names;
  } catch {
    return false;
  }
}
