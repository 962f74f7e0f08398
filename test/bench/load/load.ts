/**
 * A load: so many clients on so many notebooks, so many edits a second for so long, from processes of their own, so that the
 * server's process is measured alone. At the end each edit's mark is looked for in each client's document and in what the
 * server gives a newcomer: exactly once, or the run says how many are missing or doubled.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as Y from 'yjs';
import { textOf } from './client.ts';
import type { Crowd, Order, Report } from './crowd.ts';
import { DIALECTS } from './dialect.ts';
import { Histogram } from './histogram.ts';
import { compareMarks, type Found, marksIn } from './marks.ts';
import { cpuSeconds, memoryMB } from './usage.ts';
import { openWire, READ_BYTES } from './wire.ts';

export type Load = {
  readonly clients: number;
  readonly notebooks: number;
  /** A second, of all together. */
  readonly edits: number;
  readonly seconds: number;
  /** Clients that type; the others look on. All by default. */
  readonly typing: number;
  /** Each of those who type says that it is here once in so many seconds; 0: never. */
  readonly presence: number;
  readonly seed: number;
};

export const fullLoad = (given: Partial<Load> & Pick<Load, 'clients'>): Load => ({
  notebooks: 1,
  edits: 100,
  seconds: 10,
  presence: 15,
  seed: 1,
  ...given,
  typing: Math.min(given.typing ?? given.clients, given.clients),
});

/** A server that runs already. */
export type Target = {
  readonly dialect: Crowd['dialect'];
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** Ids, as many as the load has notebooks. */
  readonly notebooks: readonly string[];
  /** Of its process, to measure; undefined where it is not known. */
  readonly pid?: number;
};

export type Latency = { readonly p50: number; readonly p95: number; readonly p99: number; readonly p999: number };

export type Loaded = {
  readonly edits: number;
  /** Edit sent to acknowledgement received, ms. */
  readonly acknowledged: Latency;
  /** Edit sent to its arrival at another who types, ms, and how many of those were timed. */
  readonly delivered: Latency & { readonly count: number };
  /** The same to some of those who look on. */
  readonly watched: Latency & { readonly count: number };
  /** Of the server's process while people typed: cores, and MB. */
  readonly cpu: number;
  readonly rssMB: number;
  /** The most that the clients lagged behind the wanted rate: above some 100 ms they were too slow themselves. */
  readonly lateMs: number;
  readonly unacknowledged: number;
  /** That the clients received, of all kinds. */
  readonly frames: number;
  /** In the clients and, at the end, the server. */
  readonly replicas: Found;
  readonly server: Found;
  /** Connections that ended by themselves. */
  readonly lost: readonly string[];
  readonly joinMs: number;
};

/** From the last edit until every client must have all. */
const SETTLE_MS = 60_000;
/** A look at the server's memory; the kernel keeps the most itself, but from its start on. */
const LOOK_MS = 200;
const NEWCOMER_MS = 20_000;

export async function runLoad(target: Target, load: Load): Promise<Loaded> {
  const yjs = freshIds();
  const { dialect, host, port, token, notebooks } = target;
  const common = { dialect, host, port, token, notebooks, yjs, seed: load.seed };
  const people = await startProcess();
  const crowd = load.typing < load.clients ? await startProcess() : undefined;
  const all = crowd ? [people, crowd] : [people];
  try {
    const joined = await Promise.all([
      people.ask({ type: 'join', ...common, from: 0, count: load.typing, types: true }, 'joined'),
      crowd?.ask(
        {
          type: 'join',
          ...common,
          from: load.typing,
          count: load.clients - load.typing,
          types: false,
        },
        'joined',
      ),
    ]);
    const joinMs = Math.max(...joined.map((one) => one?.ms ?? 0));
    const usage = watchUsage(target.pid);
    const { rate = load.edits, seconds, presence } = { ...load };
    const typed = await people.ask({ type: 'type', rate, seconds, presence }, 'typed');
    const { cpu, rssMB } = usage.stop();
    const settle: Order = { type: 'settle', written: typed.written, sent: typed.sent, withinMs: SETTLE_MS };
    const settled = await Promise.all(all.map((one) => one.ask(settle, 'settled')));
    const acknowledged = new Histogram();
    const delivered = new Histogram();
    const watched = new Histogram();
    for (const one of settled) {
      acknowledged.merge(one.acknowledged);
      delivered.merge(one.delivered);
      watched.merge(one.watched);
    }
    const server = await lookAt(target, typed.written);
    return {
      edits: typed.written.reduce((sum, [, count]) => sum + count, 0),
      acknowledged: latencyOf(acknowledged),
      delivered: { ...latencyOf(delivered), count: delivered.total },
      watched: { ...latencyOf(watched), count: watched.total },
      cpu,
      rssMB,
      lateMs: Math.round(typed.lateMs),
      unacknowledged: settled.reduce((sum, one) => sum + one.unacknowledged, 0),
      frames: settled.reduce((sum, one) => sum + one.frames, 0),
      replicas: addUp(settled.map(({ found }) => found)),
      server,
      lost: settled.flatMap(({ lost }) => lost),
      joinMs: Math.round(joinMs),
    };
  } finally {
    await Promise.all(all.map((one) => one.end()));
  }
}

/** Clients that join and are quiet, in a process of their own. */
export async function startPeople(
  target: Target,
): Promise<{ join(from: number, count: number): Promise<void>; end(): Promise<void> }> {
  const people = await startProcess();
  const yjs = freshIds();
  return {
    join: async (from, count) => {
      await people.ask({ type: 'join', ...target, yjs, seed: 1, from, count, types: false }, 'joined');
    },
    end: () => people.end(),
  };
}

/** What went wrong, for whoever asserts that nothing did; empty where all is well. */
export function faultsOf(loaded: Loaded): readonly string[] {
  const { unacknowledged, replicas, server, lost } = loaded;
  return [
    ...(unacknowledged > 0 ? [`${unacknowledged} edits were not acknowledged`] : []),
    ...(replicas.missing > 0 ? [`${replicas.missing} marks are missing in the clients`] : []),
    ...(replicas.repeated > 0 ? [`${replicas.repeated} marks stand twice in the clients`] : []),
    ...(server.missing > 0 ? [`${server.missing} marks are missing in the server`] : []),
    ...(server.repeated > 0 ? [`${server.repeated} marks stand twice in the server`] : []),
    ...lost,
  ];
}

/** Yjs client ids from here on are nobody's yet, also where a server is loaded twice. */
const freshIds = (): number => 1_000_000 + (Date.now() % 4_000_000_000);

const latencyOf = (histogram: Histogram): Latency => ({
  p50: histogram.quantile(0.5),
  p95: histogram.quantile(0.95),
  p99: histogram.quantile(0.99),
  p999: histogram.quantile(0.999),
});

const addUp = (all: readonly Found[]): Found => ({
  missing: all.reduce((sum, one) => sum + one.missing, 0),
  repeated: all.reduce((sum, one) => sum + one.repeated, 0),
});

function watchUsage(pid: number | undefined): { stop(): { readonly cpu: number; readonly rssMB: number } } {
  if (pid === undefined) return { stop: () => ({ cpu: Number.NaN, rssMB: Number.NaN }) };
  const from = { at: performance.now(), cpu: cpuSeconds(pid) };
  let rssMB = memoryMB(pid).now;
  const timer = setInterval(() => {
    rssMB = Math.max(rssMB, memoryMB(pid).now);
  }, LOOK_MS);
  return {
    stop: () => {
      clearInterval(timer);
      const cpu = (cpuSeconds(pid) - from.cpu) / ((performance.now() - from.at) / 1000);
      return { cpu: Number(cpu.toFixed(3)), rssMB: Number(rssMB.toFixed(1)) };
    },
  };
}

async function lookAt(target: Target, written: readonly (readonly [number, number])[]): Promise<Found> {
  const { notebooks } = target;
  const found: Found[] = [];
  for (const [index, notebook] of notebooks.entries()) {
    const should = new Map(written.filter(([client]) => client % notebooks.length === index));
    if (should.size === 0) continue;
    found.push(compareMarks(marksIn(textOf(await documentOf(target, notebook))), should));
  }
  return addUp(found);
}

/** What the server gives who comes anew. */
export function documentOf(target: Target, notebook: string): Promise<Y.Doc> {
  const { host, port, token } = target;
  const dialect = DIALECTS[target.dialect]({ notebook, token, name: 'newcomer', client: 1 });
  const { promise, resolve, reject } = Promise.withResolvers<Y.Doc>();
  const timer = setTimeout(() => reject(new Error(`${notebook} did not open`)), NEWCOMER_MS);
  const wire = openWire({
    host,
    port,
    path: dialect.path,
    headers: dialect.headers,
    buffer: Buffer.alloc(READ_BYTES),
    onOpen: () => {
      for (const frame of dialect.greeting()) wire.send(frame);
    },
    onFrame: (frame) => {
      const heard = dialect.hear(frame);
      if (heard.kind === 'answer') for (const answer of heard.frames) wire.send(answer);
      if (heard.kind !== 'update' || !heard.state) return;
      const doc = new Y.Doc();
      Y.applyUpdate(doc, heard.update);
      resolve(doc);
    },
    onClose: (code, reason) => reject(new Error(`${notebook} closed: ${code} ${reason}`)),
  });
  return promise.finally(() => {
    clearTimeout(timer);
    wire.close();
  });
}

type Process = {
  ask<T extends Report['type']>(order: Order, answer: T): Promise<Extract<Report, { type: T }>>;
  end(): Promise<void>;
};

async function startProcess(): Promise<Process> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'crowd.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  await once(child, 'spawn');
  return {
    ask: (order, answer) =>
      new Promise((resolve, reject) => {
        const onMessage = (message: unknown): void => {
          // Sent by `crowd.ts` alone, which has the same types.
          const report = message as Report;
          if (report.type === 'failed') done(() => reject(new Error(report.why)));
          else if (isOf(report, answer)) done(() => resolve(report));
        };
        const onExit = (code: number | null): void =>
          done(() => reject(new Error(`a process of clients ended with ${code}`)));
        const done = (work: () => void): void => {
          child.off('message', onMessage);
          child.off('exit', onExit);
          work();
        };
        child.on('message', onMessage);
        child.on('exit', onExit);
        child.send(order);
      }),
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      if (child.connected) child.send({ type: 'leave' } satisfies Order);
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(timer);
    },
  };
}

const isOf = <T extends Report['type']>(report: Report, type: T): report is Extract<Report, { type: T }> =>
  report.type === type;
