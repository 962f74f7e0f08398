/**
 * The interpreter of TypeScript paragraphs: compiles each, runs it in the session's isolate, and keeps account of which
 * name of which earlier paragraph is meant by a free variable. The isolate is made at the start, so that the first run
 * finds it ready, and made anew after one was given up: then variables are gone, and the next run says so. Where no run
 * came soon, one is rehearsed.
 */
import { Failed, failure } from '../errors.ts';
import type { Outcome, RunRequest, StartRequest } from '../protocol.ts';
import type { Interpreter, RunContext } from '../runner.ts';
import { failureOf, type Located, scriptName } from './compile/failing.ts';
import { span } from './compile/place.ts';
import { loadStripper } from './compile/syntax.ts';
import { type Compiled, compileParagraph, type Earlier } from './compile/unit.ts';
import { formValues } from './forms.ts';
import type { Fetcher } from './machine/fetch.ts';
import type { Files } from './machine/files.ts';
import { type Ended, type Machine, openMachine } from './machine/machine.ts';
import type { ModuleUnits } from './machine/modules.ts';
import { openPrinter, type Printer } from './machine/printer.ts';
import type { FetchRequest } from './realm/outer.ts';
import { REHEARSAL, rehearsedAnswer } from './rehearsal.ts';

type Unit = Located & { readonly source: string };

export function createTypescript(): Interpreter {
  let start: StartRequest | undefined;
  let files: (() => Promise<Files>) | undefined;
  let fetcher: (() => Promise<Fetcher>) | undefined;
  let fetched = false;
  let machine: Promise<Machine> | undefined;
  let scope = new Map<string, Earlier>();
  const units = new Map<number, Unit>();
  /** Paragraphs' units that the isolate holds. */
  let held = new Set<number>();
  let moduleUnits: ModuleUnits = new Map();
  let lastUnit = 0;
  /** Names that were found to be globals inside: they stay. */
  const globals = new Set<string>();
  /** Variables went with an isolate, and nobody was told. */
  let lost = false;
  let ran = false;

  const nextUnit = (): number => {
    lastUnit += 1;
    return lastUnit;
  };
  const unitOf = (unit: number): Located | undefined => units.get(unit);

  async function ready(): Promise<Machine> {
    const open = await machine;
    if (open?.isOpen()) return open;
    scope = new Map();
    held = new Set();
    moduleUnits = new Map();
    globals.clear();
    machine = openMachine(start?.memory ?? 0);
    return machine;
  }

  return {
    language: 'typescript',
    async start(request) {
      // Read by V8 when an isolate is made.
      process.env.TZ = request.timeZone;
      start = request;
      files = once(async () => (await import('./machine/files.ts')).openFiles(request));
      const { network } = request;
      if (network) fetcher = once(async () => (await import('./machine/fetch.ts')).openFetcher(network));
      machine = openMachine(request.memory);
      await machine;
    },
    /** Nothing of it stays: it declares no name, so that its unit is let go of by the first run. */
    async warm(context) {
      await execute(REHEARSAL, { ...context, call: rehearsedAnswer });
      await files?.();
    },
    async uses({ asks }) {
      const { usesOfTypescript } = await import('./uses.ts');
      const { renamedInTypescript } = await import('./renaming.ts');
      return asks.map(({ source, rename }) => {
        const uses = usesOfTypescript(source);
        return rename ? { ...uses, renamed: renamedInTypescript(source, rename) } : uses;
      });
    },
    async run(request, context) {
      const outcome = await execute(request, context);
      if (fetched) (await fetcher?.())?.end();
      fetched = false;
      // A first run that was not rehearsed: the next one may be the first that needs it.
      if (!ran) setTimeout(loadStripper, LOAD_AFTER_MS).unref();
      ran = true;
      return outcome;
    },
    // The isolate goes with the process: disposed of right before the exit, it was torn down under its own thread.
  };

  async function execute(request: RunRequest, context: RunContext): Promise<Outcome> {
    if (request.source.trim() === '') return { state: 'done' };
    const open = await ready();
    const printer = openPrinter(request.run, context);
    if (lost) printer.text('stderr', GONE);
    lost = false;
    const unit = nextUnit();
    const options = { earlier: (name: string) => scope.get(name), named: request.name !== undefined };
    let compiled: Compiled;
    try {
      compiled = compileParagraph(request.source, options);
      const tables = await tablesAmong(compiled.open, open, context);
      if (tables.size > 0) compiled = compileParagraph(request.source, { ...options, tables });
    } catch (error) {
      if (error instanceof Failed) return { state: 'failed', failure: error.failure };
      throw error;
    }
    remember(unit, { ...compiled, source: request.source });
    const job = jobOf(unit, compiled, request, context, printer);
    held.add(unit);
    const ended = await open.run(job);
    if (ended.kind === 'settled') declare(unit, compiled, ended.live);
    printer.flush();
    return outcomeOf(ended, unit, request);
  }

  /** What no paragraph and nothing else declares may be a table. */
  async function tablesAmong(names: readonly string[], inside: Machine, { call, signal }: RunContext) {
    const unknown = names.filter((name) => !globals.has(name));
    if (unknown.length === 0) return new Set<string>();
    for (const name of await inside.globals(unknown)) globals.add(name);
    const left = unknown.filter((name) => !globals.has(name)).slice(0, MAX_ASKED);
    if (left.length === 0) return new Set<string>();
    // Where the engine can't be asked the name is unknown, which the run says.
    const asked = call('names', { names: left }).catch(() => undefined);
    const answer = await Promise.race([asked, aborted(signal)]);
    return new Set(left.filter((name) => namesIn(answer).includes(name)));
  }

  function jobOf(unit: number, compiled: Compiled, request: RunRequest, context: RunContext, printer: Printer) {
    const modules = once(async () =>
      (await import('./machine/modules.ts')).openModules({
        folder: start?.modules,
        units: moduleUnits,
        next: nextUnit,
        known: remember,
        pathOf: (from) => units.get(from)?.path,
      }),
    );
    return {
      code: compiled.code,
      name: scriptName(unit),
      signal: context.signal,
      meta: {
        unit,
        text: compiled.text,
        values: compiled.values,
        units: compiled.units,
        declares: compiled.declares.map(({ name }) => name),
        named: request.name !== undefined,
        forms: formValues(request.forms),
        networked: fetcher !== undefined,
        dropped: unreached(),
      },
      handlers: {
        show: printer.show,
        settled: async () => {
          printer.flush();
          await context.drained();
        },
        async ask(
          message:
            | { kind: 'call'; method: string; params: unknown }
            | { kind: 'take' | 'readFile'; path: string }
            | { kind: 'fetch'; request: FetchRequest }
            | { kind: 'body'; body: number },
        ) {
          if (message.kind === 'call') {
            // Tables come by another way: what was printed before goes first.
            printer.flush();
            return context.call(message.method, message.params);
          }
          if (message.kind === 'fetch') {
            fetched = true;
            return (await fetcher?.())?.fetch(message.request, context.signal);
          }
          if (message.kind === 'body') return (await fetcher?.())?.body(message.body);
          const own = await files?.();
          return message.kind === 'take' ? own?.take(message.path) : own?.read(message.path);
        },
        give: async (buffer: SharedArrayBuffer) => (await files?.())?.give(buffer),
        module: async (specifier: string, from: number) => (await modules()).load(specifier, from),
      },
    };
  }

  function remember(unit: number, what: Unit): void {
    units.set(unit, what);
    // Stacks of functions older than this lose their lines.
    const oldest = units.keys().next();
    if (units.size > MAX_UNITS && !oldest.done) units.delete(oldest.value);
  }

  /** Units to which no name leads any more: their values go, but for those that others still hold. */
  function unreached(): readonly number[] {
    const named = new Set([...scope.values()].map(({ unit }) => unit));
    const gone = [...held].filter((unit) => !named.has(unit));
    for (const unit of gone) held.delete(unit);
    return gone;
  }

  function declare(unit: number, { declares, assigns }: Compiled, live: readonly string[]): void {
    for (const { name, fixed } of declares) if (live.includes(name)) scope.set(name, { unit, fixed });
    for (const name of assigns) {
      const found = scope.get(name);
      if (found) scope.set(name, { ...found, fixed: false });
    }
  }

  function outcomeOf(ended: Ended, unit: number, { source }: RunRequest): Outcome {
    switch (ended.kind) {
      case 'settled':
        if (!ended.error) return { state: 'done' };
        return { state: 'failed', failure: failureOf(ended.error, { unit, source }, unitOf) };
      case 'cancelled':
        lost ||= !ended.kept;
        return { state: 'cancelled' };
      case 'stuck': {
        const where = ended.offset === undefined ? {} : span(source, ended.offset, source.length);
        return {
          state: 'failed',
          failure: failure('never-settles', 'It waits for a promise that never settles.', where),
        };
      }
      case 'out-of-memory': {
        lost = true;
        const message = `Its values outgrew the ${Math.round((start?.memory ?? 0) / 2 ** 20)} MB that they may take.`;
        return { state: 'failed', failure: failure('out-of-isolate-memory', message) };
      }
      case 'syntax':
        return { state: 'failed', failure: failure('syntax', ended.message) };
    }
  }
}

/** What few paragraphs need is loaded when one does: each module of Node’s costs milliseconds of a cold start. */
const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** Behind a first run, the time in which what it showed is passed on and the next one comes, where they were run together. */
const LOAD_AFTER_MS = 100;
const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });

/** Names that nothing declares; more are a text that was never meant to run. */
const MAX_ASKED = 100;
const namesIn = (answer: unknown): readonly unknown[] =>
  typeof answer === 'object' && answer !== null && 'names' in answer && Array.isArray(answer.names) ? answer.names : [];
/** Units whose text is kept to tell places in them. */
const MAX_UNITS = 2_000;
const GONE =
  'Variables of earlier paragraphs are gone: the last run had to be ended with them. Run those paragraphs again.\n';
