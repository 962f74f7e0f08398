/**
 * Drives a program that speaks the interpreter protocol, over its bare descriptors and without a sandbox, as the server
 * would: requests on 3, events on 4, text of runs on 1 and 2 up to the run's marker.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeMessage, messageReader } from '../../interpreters/framing.ts';
import {
  type CompletionItem,
  type Event,
  marker,
  type NamedTable,
  type Outcome,
  PROTOCOL_VERSION,
  type Request,
  type RunRequest,
  type StartRequest,
  type TableItem,
} from '../../interpreters/protocol.ts';

export type TableEvent = Extract<Event, { type: 'table' }>;

export type Finished = {
  readonly outcome: Outcome;
  readonly events: readonly Event[];
  readonly stdout: string;
  readonly stderr: string;
  /** Texts of `output` events, joined. */
  readonly values: string;
  /** The last event of each table. */
  readonly tables: readonly TableEvent[];
};

export type RunOptions = Partial<Omit<RunRequest, 'type' | 'source'>>;

export type Driven = {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly session: string;
  readonly out: string;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** All that came so far. */
  readonly events: readonly Event[];
  send(request: Request): void;
  /** Resolves with the first event that fits, past ones included; rejects when the program ends without it. */
  event<T extends Event>(fits: (event: Event) => event is T): Promise<T>;
  /** Resolves when the run's `done` and both markers are there, or rejects when the program ends before. */
  run(source: string, options?: RunOptions): Promise<Finished> & { readonly id: string };
  cancel(id: string): void;
  complete(text: string, offset?: number, tables?: readonly NamedTable[]): Promise<readonly CompletionItem[]>;
  tables(tables?: readonly NamedTable[]): Promise<readonly TableItem[]>;
  /** Ends descriptor 3 and waits. */
  end(): Promise<void>;
};

export type DriveOptions = {
  readonly command: string;
  readonly args: readonly string[];
  /** Kept, and used again by a later program: a restart. */
  readonly folder?: string;
  readonly start?: Partial<StartRequest>;
  readonly env?: Readonly<Record<string, string>>;
};

export const sqlProgram: DriveOptions = {
  command: process.execPath,
  args: [join(import.meta.dirname, '../../interpreters/sql/main.ts')],
};

export const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'gondola-interpreter-'));

/** Starts the program and waits until it is ready. */
export async function drive(options: DriveOptions): Promise<Driven> {
  const folder = options.folder ?? makeFolder();
  const session = join(folder, 'session');
  const out = join(folder, 'out');
  for (const path of [session, out, join(session, 'data')]) mkdirSync(path, { recursive: true });
  const child = spawn(options.command, [...options.args], {
    cwd: session,
    env: { PATH: process.env.PATH ?? '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const driven = connect(child, folder, session, out);
  driven.send({
    type: 'start',
    protocol: PROTOCOL_VERSION,
    session,
    out,
    memory: 512 * 1024 * 1024,
    threads: 2,
    timeZone: 'UTC',
    readable: [],
    ...options.start,
  });
  await driven.event((event): event is Extract<Event, { type: 'ready' }> => event.type === 'ready');
  return driven;
}

function connect(child: ChildProcess, folder: string, session: string, out: string): Driven {
  const events: Event[] = [];
  const waiting = new Set<() => void>();
  const text = { stdout: '', stderr: '' };
  let gone: { code: number | null; signal: string | null } | undefined;
  let lastCall = 0;
  let lastRun = 0;
  const wake = (): void => {
    for (const look of waiting) look();
  };
  const requests = child.stdio[3] as Socket;
  requests.on('error', () => undefined);
  (child.stdio[4] as Socket).on(
    'data',
    messageReader(
      (message) => {
        const event = message as Event;
        // No engine is there: whoever asks is told that nothing is a table.
        if (event.type === 'call' && event.method === 'names') {
          send({ type: 'reply', call: event.call, result: { names: [] } });
          return;
        }
        events.push(event);
        wake();
      },
      (fault) => {
        throw new Error(`the program broke the protocol: ${JSON.stringify(fault)}`);
      },
    ),
  );
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      wake();
    });
  }
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('close', (code, signal) => {
      gone = { code, signal };
      resolve(gone);
      wake();
    });
  });

  const until = <T>(look: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const attempt = (): void => {
        const found = look();
        if (found === undefined && !gone) return;
        waiting.delete(attempt);
        if (found === undefined) reject(new Error(`the program ended (${JSON.stringify(gone)}): ${text.stderr}`));
        else resolve(found);
      };
      waiting.add(attempt);
      attempt();
    });

  const send = (request: Request): void => {
    requests.write(encodeMessage(request));
  };
  const event = <T extends Event>(fits: (event: Event) => event is T): Promise<T> => until(() => events.find(fits));

  const finished = async (id: string): Promise<Finished> => {
    const done = await event((one): one is Extract<Event, { type: 'done' }> => one.type === 'done' && one.run === id);
    const cut = (name: 'stdout' | 'stderr'): Promise<string> =>
      until(() => {
        const at = text[name].indexOf(marker(id));
        if (at === -1) return undefined;
        const before = text[name].slice(0, at);
        text[name] = text[name].slice(at + marker(id).length);
        return before;
      });
    const [stdout, stderr] = await Promise.all([cut('stdout'), cut('stderr')]);
    const own = events.filter((one) => 'run' in one && one.run === id);
    const tables: TableEvent[] = [];
    let values = '';
    for (const one of own) {
      if (one.type === 'table') {
        const before = tables[one.table];
        const block = one.block ?? before?.block;
        tables[one.table] = { ...one, ...(block === undefined ? {} : { block }) };
      }
      if (one.type === 'output' && one.output.kind === 'text') values += one.output.text;
    }
    return { outcome: done.outcome, events: own, stdout, stderr, values, tables };
  };

  return {
    child,
    folder,
    session,
    out,
    exited,
    events,
    send,
    event,
    run(source, options = {}) {
      lastRun += 1;
      const id = options.run ?? `run${lastRun}`;
      send({ type: 'run', source, options: {}, forms: {}, tables: [], ...options, run: id });
      return Object.assign(finished(id), { id });
    },
    cancel: (id) => send({ type: 'cancel', run: id }),
    async complete(source, offset = source.length, tables = []) {
      lastCall += 1;
      const call = lastCall;
      send({ type: 'complete', call, text: source, offset, tables });
      type Completions = Extract<Event, { type: 'completions' }>;
      const answer = await event((one): one is Completions => one.type === 'completions' && one.call === call);
      return answer.items;
    },
    async tables(tables = []) {
      lastCall += 1;
      const call = lastCall;
      send({ type: 'tables', call, tables });
      type Tables = Extract<Event, { type: 'tables' }>;
      const answer = await event((one): one is Tables => one.type === 'tables' && one.call === call);
      return answer.items;
    },
    async end() {
      requests.end();
      await exited;
    },
  };
}

/** Ends the program however it is, and removes its folder. */
export async function discard(driven: Driven): Promise<void> {
  driven.child.kill('SIGKILL');
  await driven.exited;
  rmSync(driven.folder, { recursive: true, force: true });
}
