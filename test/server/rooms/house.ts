/**
 * A server of rooms without sockets, files or real time: the test owns the clock, the network and the disk.
 */
import * as Y from 'yjs';
import type { SocketLike, Timer } from '../../../client/live/connection.ts';
import { Halls } from '../../../server/halls.ts';
import type { LiveHandlers } from '../../../server/handlers.ts';
import { insertParagraphs } from '../../../server/protocol/document.ts';
import type { NotebookId, ParagraphId, SessionId } from '../../../server/protocol/ids.ts';
import type { AttachFile, Clock, Rooms } from '../../../server/rooms/contract.ts';
import { openRooms } from '../../../server/rooms/registry.ts';
import type { Disk } from '../../../server/storage/disk.ts';
import { Visit, type VisitOptions } from '../../../server/visit.ts';
import { gateOf } from '../../support/access.ts';

export const NOTEBOOK = 'notebook' as NotebookId;

export const paragraph = (id: string, source: string) => ({
  id: id as ParagraphId,
  interpreter: 'sql',
  source,
  options: {},
});

/** Time that stands still until the test moves it. */
export class TestClock {
  #now = 0;
  #count = 0;
  #events: { readonly at: number; readonly order: number; readonly work: () => void }[] = [];

  readonly now = (): number => this.#now;

  readonly after = (ms: number, work: () => void): (() => void) => {
    this.#count += 1;
    const event = { at: this.#now + Math.max(0, ms), order: this.#count, work };
    this.#events.push(event);
    return () => {
      this.#events = this.#events.filter((other) => other !== event);
    };
  };

  readonly soon = (work: () => void): void => void this.after(0, work);

  readonly timer: Timer = (ms, work) => this.after(ms, work);

  get clock(): Clock {
    return { now: this.now, after: this.after, soon: this.soon };
  }

  /** Lets `ms` pass, and all that is due happen in order; promises settle before each step. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const next = this.#events.filter((event) => event.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next) break;
      this.#events = this.#events.filter((event) => event !== next);
      this.#now = Math.max(this.#now, next.at);
      next.work();
    }
    this.#now = end;
  }
}

/** All promises that can settle without time have. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A file that never changes: a new notebook begins with `seed`, written under the Yjs client id `by`. */
export const seededFile =
  (seed: readonly ReturnType<typeof paragraph>[], by?: number): AttachFile =>
  (_id, room) => ({
    open: async () => {
      if (room.bases.length === 0) {
        const copy = new Y.Doc();
        if (by !== undefined) copy.clientID = by;
        insertParagraphs(copy, seed, undefined);
        await room.saveImport(Y.encodeStateAsUpdate(copy), { text: 'seed', ids: [], languages: {} });
      }
      return { state: 'open' };
    },
    documentChanged: () => {},
    state: { state: 'fine' },
    onState: () => () => {},
    useMine: async () => {},
    flush: async () => {},
    close: async () => {},
    print: () => '',
    applyText: async () => ({ state: 'applied' }),
  });

export const quietHandlers = (): LiveHandlers => ({
  path: () => 'a.nb.md',
  onRenamed: () => () => {},
  watchRuns: async () => ({ latest: () => [], visitor: () => undefined, release: () => {} }),
  session: () => ({ id: 'session' as SessionId, state: 'none', isolation: 'none', timeZone: 'UTC' }),
  onSession: () => () => {},
  run: async () => [],
  cancel: () => {},
  interrupt: () => {},
  restart: () => {},
  complete: async () => [],
  check: async () => undefined,
  tables: async () => [],
  opened: () => {},
});

/** A disk as one server's process has it: once that is killed, no call of its own does anything any more. */
export function mortal(disk: Disk): { readonly disk: Disk; kill(): void } {
  let alive = true;
  const never = new Promise<never>(() => {});
  const guard = <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) => {
    return (...args: Args): Promise<T> => (alive ? call(...args).then((got) => (alive ? got : never)) : never);
  };
  return {
    disk: {
      append: guard(disk.append),
      sync: guard(disk.sync),
      read: guard(disk.read),
      size: guard(disk.size),
      truncate: guard(disk.truncate),
      replace: guard(disk.replace),
      rename: guard(disk.rename),
      remove: guard(disk.remove),
      list: guard(disk.list),
      close: guard(disk.close),
    },
    kill: () => {
      alive = false;
    },
  };
}

export type House = {
  readonly rooms: Rooms;
  /** A connection that the network of the test carries. */
  visit(port: ConstructorParameters<typeof Visit>[2]): Visit;
  readonly warnings: string[];
  close(): Promise<void>;
};

export function openHouse(
  disk: Disk,
  time: TestClock,
  options: { readonly handlers?: LiveHandlers; readonly attach?: AttachFile; readonly client?: number } = {},
): House {
  const warnings: string[] = [];
  const warn = (what: string, details: object): void => void warnings.push(`${what} ${JSON.stringify(details)}`);
  const rooms = openRooms({
    disk,
    folder: (id) => `notebooks/${id}`,
    attach: options.attach ?? seededFile([paragraph('first', 'select 1')]),
    clock: time.clock,
    client: options.client ?? 1,
    warn,
  });
  const visitOptions: VisitOptions = {
    rooms,
    handlers: options.handlers ?? quietHandlers(),
    access: gateOf(),
    clock: time.clock,
    warn,
    frames: new WeakMap(),
    halls: new Halls(options.handlers ?? quietHandlers()),
  };
  return {
    rooms,
    warnings,
    visit: (port) => new Visit(NOTEBOOK, { kind: 'owner' }, port, visitOptions, () => {}),
    close: () => rooms.close(),
  };
}

/**
 * A network: connections whose frames take their time, each way in order, until the connection is cut. A cut loses what
 * is under way, and the two sides notice it at different times, so that an old connection's frames may still arrive when
 * a new connection is made already.
 */
export class Network {
  readonly #time: TestClock;
  readonly #random: () => number;
  readonly #cuts = new Set<() => void>();
  /** Longest time a frame takes. */
  delay = 30;
  house: House | undefined;

  constructor(time: TestClock, random: () => number) {
    this.#time = time;
    this.#random = random;
  }

  get connections(): number {
    return this.#cuts.size;
  }

  cutOne(): void {
    const all = [...this.#cuts];
    all[Math.floor(this.#random() * all.length)]?.();
  }

  cutAll(): void {
    for (const cut of [...this.#cuts]) cut();
  }

  connect(): SocketLike {
    const socket: SocketLike = {
      binaryType: 'arraybuffer',
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      send: (data) => up(() => visit?.receive(data.slice())),
      close: () => {
        toClient = 'cut';
        up(() => {
          visit?.lost();
          this.#cuts.delete(cut);
        });
      },
    };
    let toClient: 'flows' | 'cut' = 'flows';
    let toServer: 'flows' | 'cut' = 'flows';
    let visit: Visit | undefined;
    const pipe = () => {
      let last = 0;
      return (work: () => void): void => {
        last = Math.max(last, this.#time.now() + this.#random() * this.delay);
        this.#time.after(last - this.#time.now(), work);
      };
    };
    const upPipe = pipe();
    const downPipe = pipe();
    const up = (work: () => void): void => upPipe(() => toServer === 'flows' && work());
    const down = (work: () => void): void => downPipe(() => toClient === 'flows' && work());
    const end = (code: number, reason: string): void => {
      if (toClient === 'cut') return;
      toClient = 'cut';
      socket.onclose?.({ code, reason });
    };
    const cut = (): void => {
      this.#cuts.delete(cut);
      const lost = this.#random();
      // Either side may notice first; what is under way arrives or not.
      this.#time.after(this.#random() * 200, () => {
        toServer = 'cut';
        visit?.lost();
      });
      if (lost < 0.5) toServer = 'cut';
      this.#time.after(this.#random() * 200, () => end(1006, 'cut'));
    };
    this.#cuts.add(cut);
    const { house } = this;
    if (!house) {
      this.#cuts.delete(cut);
      this.#time.after(1, () => end(1006, 'no server'));
      return socket;
    }
    up(() => {
      visit = house.visit({
        send: (frame, flushed) => {
          const copy = frame.slice();
          down(() => {
            socket.onmessage?.({ data: copy.buffer });
            flushed?.();
          });
        },
        sendAll(frames) {
          for (const frame of frames) this.send(frame);
        },
        buffered: 0,
        pause: () => {},
        resume: () => {},
        cut,
        close: (code, reason) => {
          down(() => end(code, reason));
          this.#cuts.delete(cut);
        },
      });
      down(() => socket.onopen?.());
    });
    return socket;
  }
}

/** Seeded, so that a failure can be seen again: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
