/**
 * The program of one process of clients; told what to do, and tells what it found, over Node's channel to its parent. It
 * ends with its parent, and by itself after `LONGEST_MS`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../../server/rooms/house.ts';
import { Client, Frames } from './client.ts';
import { DIALECTS } from './dialect.ts';
import { type Counts, Histogram } from './histogram.ts';
import { compareMarks, type Found } from './marks.ts';
import { READ_BYTES } from './wire.ts';

export type Crowd = {
  readonly dialect: keyof typeof DIALECTS;
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly notebooks: readonly string[];
  /** Numbers of its clients: from, and how many. Client `n` opens notebook `n % notebooks.length`. */
  readonly from: number;
  readonly count: number;
  /** They type, and hear what the others type; else they look on. */
  readonly types: boolean;
  /** Yjs client ids are these and their numbers. */
  readonly yjs: number;
  readonly seed: number;
};

/** When each client sent each of its marks. */
type Sent = readonly (readonly [client: number, times: readonly number[]])[];

export type Order =
  | ({ readonly type: 'join' } & Crowd)
  /** Edits a second of all together; presence of each once in so many seconds, 0 for never. */
  | { readonly type: 'type'; readonly rate: number; readonly seconds: number; readonly presence: number }
  /** Wait until all that was written has arrived, and look at it. */
  | {
      readonly type: 'settle';
      readonly written: readonly (readonly [client: number, count: number])[];
      readonly sent: Sent;
      readonly withinMs: number;
    }
  | { readonly type: 'leave' };

export type Report =
  | { readonly type: 'joined'; readonly ms: number }
  | {
      readonly type: 'typed';
      readonly written: readonly (readonly [client: number, count: number])[];
      readonly sent: Sent;
      readonly lateMs: number;
    }
  | {
      readonly type: 'settled';
      readonly acknowledged: Counts;
      readonly delivered: Counts;
      /** To those of a crowd who are timed. */
      readonly watched: Counts;
      readonly unacknowledged: number;
      /** That came in, of all kinds. */
      readonly frames: number;
      /** Of all its clients together. */
      readonly found: Found;
      readonly lost: readonly string[];
    }
  | { readonly type: 'failed'; readonly why: string };

/** Beyond any run, so that nothing is left behind whatever happens. */
const LONGEST_MS = 30 * 60_000;
/** Handshakes at one time: more only wait in the server's queue of connections. */
const JOINING = 50;
/** Of each notebook, those who type into a document of their own. */
const REPLICAS = 2;
/** Clients of a crowd whose frames are put into a document at the end; the others' marks are counted. */
const REPLAYED = 20;
/** One in so many of a crowd is timed: all of them would cost the clients more than the server. */
const TIMED = 20;
const POLL_MS = 50;

function startCrowd(report: (report: Report) => void): (order: Order) => Promise<void> {
  const lost: string[] = [];
  const acknowledged = new Histogram();
  const delivered = new Histogram();
  const sent = new Map<number, number[]>();
  let clients: readonly Client[] = [];
  let crowd: Crowd | undefined;
  let frames = 0;

  async function join(asked: Crowd): Promise<void> {
    crowd = asked;
    const started = performance.now();
    const shared = {
      ...asked,
      buffer: Buffer.alloc(READ_BYTES),
      acknowledged,
      delivered,
      sent,
      frames: new Frames(),
      onFrame: () => {
        frames += 1;
      },
      onLost: (what: string) => void lost.push(what),
    };
    const joined: Client[] = [];
    let next = 0;
    const one = async (): Promise<void> => {
      while (next < asked.count) {
        const number = asked.from + next;
        next += 1;
        const name = `p${number}`;
        const yjs = asked.yjs + number;
        const notebook = asked.notebooks[number % asked.notebooks.length]!;
        const dialect = DIALECTS[asked.dialect]({ notebook, token: asked.token, name, client: yjs });
        const client = new Client(
          {
            number,
            dialect,
            yjs,
            keeps: !asked.types ? 'frames' : number < REPLICAS * asked.notebooks.length ? 'document' : 'marks',
            timed: !asked.types && number % TIMED === 0,
            person: { id: name, name },
          },
          shared,
        );
        joined.push(client);
        await client.ready;
      }
    };
    await Promise.all(Array.from({ length: JOINING }, one));
    clients = [...clients, ...joined].sort((a, b) => a.options.number - b.options.number);
    report({ type: 'joined', ms: performance.now() - started });
  }

  async function type({ rate, seconds, presence }: Extract<Order, { type: 'type' }>): Promise<void> {
    const random = seeded(crowd?.seed ?? 1);
    const any = (): Client => clients[Math.floor(random() * clients.length)]!;
    const start = performance.now();
    const edits = Math.round(rate * seconds);
    const perSecond = presence > 0 ? clients.length / presence : 0;
    let typed = 0;
    let shown = 0;
    let lateMs = 0;
    while (typed < edits) {
      const elapsed = (performance.now() - start) / 1000;
      lateMs = Math.max(lateMs, elapsed * 1000 - (typed * 1000) / rate);
      for (; typed < Math.min(edits, elapsed * rate); typed += 1) any().type();
      for (; shown < elapsed * perSecond; shown += 1) clients[shown % clients.length]!.show();
      await sleep(1);
    }
    const written = clients.map((one) => [one.options.number, one.written] as const);
    report({ type: 'typed', written, sent: [...sent], lateMs });
  }

  async function settle(order: Extract<Order, { type: 'settle' }>): Promise<void> {
    const { written, withinMs } = order;
    const { notebooks = [] } = crowd ?? {};
    const expected = notebooks.map(
      (_, index) => new Map(written.filter(([client]) => client % notebooks.length === index)),
    );
    const sums = expected.map((one) => [...one.values()].reduce((sum, count) => sum + count, 0));
    const placeOf = (client: Client): number => client.options.number % notebooks.length;
    const isComplete = (client: Client): boolean =>
      client.waiting === 0 && client.received + client.written >= sums[placeOf(client)]!;
    const end = performance.now() + withinMs;
    while (performance.now() < end && !clients.every(isComplete)) await sleep(POLL_MS);
    let missing = 0;
    let repeated = 0;
    clients.forEach((client, index) => {
      const should = expected[placeOf(client)]!;
      const found = compareMarks(client.marks(), should);
      missing += found.missing;
      // What is told twice changes no document, and is no fault.
      if (client.options.keeps === 'document') repeated += found.repeated;
      else if (client.options.keeps === 'frames' && index < REPLAYED) {
        const again = compareMarks(client.replayed(), should);
        missing += again.missing;
        repeated += again.repeated;
      }
    });
    const watched = new Histogram();
    const times = new Map(order.sent);
    for (const client of clients) for (const ms of client.journeys(times)) watched.add(ms);
    report({
      type: 'settled',
      acknowledged: acknowledged.counts,
      delivered: delivered.counts,
      watched: watched.counts,
      unacknowledged: clients.reduce((sum, client) => sum + client.waiting, 0),
      frames,
      found: { missing, repeated },
      lost,
    });
  }

  return async (order) => {
    switch (order.type) {
      case 'join':
        return join(order);
      case 'type':
        return type(order);
      case 'settle':
        return settle(order);
      case 'leave':
        for (const client of clients) client.close();
        process.disconnect();
    }
  };
}

if (process.argv[1] === import.meta.filename) {
  const report = (what: Report): void => void process.send?.(what);
  const obey = startCrowd(report);
  process.on('message', (order) => {
    // Sent by `load.ts` alone, which has the same types.
    obey(order as Order).catch((cause) => report({ type: 'failed', why: String(cause?.stack ?? cause) }));
  });
  process.on('disconnect', () => process.exit(0));
  setTimeout(() => process.exit(3), LONGEST_MS).unref();
}
