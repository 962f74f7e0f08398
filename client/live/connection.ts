/**
 * One socket that comes back by itself: it connects, notices when the line is dead, waits a little longer after each
 * failure, and tries at once when the machine wakes, is online again, or the person comes back to the page. It knows frames, not what they mean.
 */
import { waitBefore } from './backoff.ts';

/** What is used of a socket: of a browser's by `browserSocket`, of one made up in tests. */
export interface SocketLike {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

export type Timer = (ms: number, work: () => void) => () => void;

/** `touched`: nothing is known of the line, but somebody presses keys. */
export type Wake = (why?: 'touched') => void;

export type ConnectionOptions = {
  readonly connect: () => SocketLike;
  readonly timer: Timer;
  readonly now: () => number;
  readonly random: () => number;
  /** Calls `wake` when a try is likely to succeed, or somebody is waiting for one; returns the release. */
  readonly wakes: (wake: Wake) => () => void;
  /** Whether somebody looks on: then no wait is long. */
  readonly seen: () => boolean;
  readonly onOpen: () => void;
  readonly onFrame: (bytes: Uint8Array) => void;
  /** The line is gone. True to try again. `opened`: the connection had been made. */
  readonly onLost: (code: number, reason: string, opened: boolean) => boolean;
  /** Something to say that the other side answers. */
  readonly ping: () => void;
};

/** Half of what the server waits, so that each side notices a dead line within a minute. */
const PING_MS = 15_000;
/** An answer takes milliseconds; a machine that slept needs a moment. */
const ANSWER_MS = 10_000;
/** Who types into a page without a line makes it try no more often than this. */
const TOUCHED_MS = 500;

type State =
  | { readonly at: 'connecting' | 'open'; readonly socket: SocketLike }
  | { readonly at: 'waiting'; readonly until: number }
  | { readonly at: 'closed' };

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #unwatch: () => void;
  #state: State = { at: 'closed' };
  #attempt = 0;
  #triedAt = Number.NEGATIVE_INFINITY;
  #heard = true;
  #callOff: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#unwatch = options.wakes((why) => this.#wake(why));
  }

  get open(): boolean {
    return this.#state.at === 'open';
  }

  /** When the next try is; undefined unless one is waited for. */
  get retryAt(): number | undefined {
    return this.#state.at === 'waiting' ? this.#state.until : undefined;
  }

  connect(): void {
    this.#callOff?.();
    this.#triedAt = this.#options.now();
    const socket = this.#options.connect();
    socket.binaryType = 'arraybuffer';
    this.#state = { at: 'connecting', socket };
    this.#callOff = this.#options.timer(ANSWER_MS, () => this.#lose(socket, 1006, 'no connection'));
    socket.onopen = () => {
      if (!this.#isCurrent(socket)) return;
      this.#state = { at: 'open', socket };
      this.#heard = true;
      this.#listen(socket);
      this.#options.onOpen();
    };
    socket.onmessage = ({ data }) => {
      if (!this.#isCurrent(socket) || !(data instanceof ArrayBuffer)) return;
      this.#heard = true;
      this.#options.onFrame(new Uint8Array(data));
    };
    socket.onclose = ({ code, reason }) => this.#lose(socket, code, reason);
    // What failed is told by the close that follows.
    socket.onerror = () => {};
  }

  send(frame: Uint8Array): void {
    if (this.#state.at === 'open') this.#state.socket.send(frame as Uint8Array<ArrayBuffer>);
  }

  /** The line works: the next failure is a first one again. */
  proven(): void {
    this.#attempt = 0;
  }

  close(): void {
    const state = this.#state;
    this.#state = { at: 'closed' };
    this.#callOff?.();
    this.#unwatch();
    if (state.at === 'connecting' || state.at === 'open') state.socket.close(1000);
  }

  #isCurrent(socket: SocketLike): boolean {
    return 'socket' in this.#state && this.#state.socket === socket;
  }

  #listen(socket: SocketLike): void {
    this.#callOff?.();
    this.#callOff = this.#options.timer(PING_MS, () => {
      this.#heard = false;
      this.#options.ping();
      this.#callOff = this.#options.timer(ANSWER_MS, () => {
        if (this.#heard) this.#listen(socket);
        else this.#lose(socket, 1006, 'no answer');
      });
    });
  }

  #lose(socket: SocketLike, code: number, reason: string): void {
    if (!this.#isCurrent(socket)) return;
    const opened = this.#state.at === 'open';
    this.#callOff?.();
    const wait = waitBefore(this.#attempt, this.#options.random, this.#options.seen());
    this.#attempt += 1;
    this.#state = { at: 'waiting', until: this.#options.now() + wait };
    socket.close();
    if (!this.#options.onLost(code, reason, opened)) {
      this.#state = { at: 'closed' };
      this.#unwatch();
      return;
    }
    this.#callOff = this.#options.timer(wait, () => this.connect());
  }

  #wake(why: 'touched' | undefined): void {
    if (why === 'touched' && (this.#state.at !== 'waiting' || this.#options.now() - this.#triedAt < TOUCHED_MS)) return;
    if (this.#state.at === 'waiting') this.connect();
    else if (this.#state.at === 'open') {
      // A machine that slept may hold a line that died meanwhile.
      const { socket } = this.#state;
      this.#callOff?.();
      this.#heard = false;
      this.#options.ping();
      this.#callOff = this.#options.timer(ANSWER_MS, () => {
        if (this.#heard) this.#listen(socket);
        else this.#lose(socket, 1006, 'no answer');
      });
    }
  }
}
