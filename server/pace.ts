/**
 * How fast frames of one connection are handled: as fast as they come while there is credit, which grows with time up to
 * a limit; beyond it the connection is not read, and what was read already waits in its order. Nothing is lost and nobody
 * is closed: an honest page gets slower, and a flood takes a bounded share of the server's one thread.
 */
import type { Clock, Port } from './rooms/contract.ts';

/** Frames are counted in thousandths: whole numbers, as a fraction would be an object for each of thousands of quiet pages. */
const FRAME = 1_000;
/** Small frames a second that last: some ten people typing in one page; handling so many takes about 3% of the thread. */
const FRAMES_PER_S = 500;
/** At once: what a page kept while it was offline comes as one frame, so more than a search that replaces in 2,000 places. */
const BURST = 2_000 * FRAME;
/** Bytes that cost as much again as the frame: 8 MB/s last, and the largest frame is handled at once. */
const BYTES_PER_FRAME = 16 * 1024;
/** What a millisecond of handling costs: a few bytes can ask for a whole large document. A quarter of the thread lasts. */
const FRAMES_PER_MS = 2;
const CREDIT_PER_MS = (FRAMES_PER_S * FRAME) / 1_000;
/** Waking for each frame would cost more than the frames. */
const LEAST_WAIT_MS = 20;

/** Whoever handles what it lets through. */
export type Handler = { handle(bytes: Uint8Array): void };

export class Pace {
  readonly #port: Pick<Port, 'pause' | 'resume'>;
  readonly #clock: Clock;
  readonly #handler: Handler;
  #credit = BURST;
  /** Whole milliseconds. */
  #since: number;
  /** None while there is credit. Bounded by what one read of the socket brings: it is not read again before all are handled. */
  #waiting: Uint8Array[] | undefined;
  #callOff: (() => void) | undefined;
  /** Paused for another reason too. */
  #held = false;

  constructor(port: Pick<Port, 'pause' | 'resume'>, clock: Clock, handler: Handler) {
    this.#port = port;
    this.#clock = clock;
    this.#handler = handler;
    this.#since = Math.floor(clock.now());
  }

  receive(bytes: Uint8Array): void {
    if (this.#waiting) this.#waiting.push(bytes);
    else if (this.#hasCredit()) this.#spendOn(bytes);
    else this.#wait([bytes]);
  }

  /** While its updates wait for the disk. */
  pause(): void {
    this.#held = true;
    this.#port.pause();
  }

  resume(): void {
    this.#held = false;
    if (!this.#callOff) this.#port.resume();
  }

  release(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#waiting = undefined;
  }

  #hasCredit(): boolean {
    const now = Math.floor(this.#clock.now());
    this.#credit = Math.min(BURST, this.#credit + (now - this.#since) * CREDIT_PER_MS);
    this.#since = now;
    return this.#credit > 0;
  }

  /** What costs more than there is leaves a debt, or the largest would never be handled; a bounded one: seconds. */
  #spendOn(bytes: Uint8Array): void {
    const before = this.#clock.now();
    this.#handler.handle(bytes);
    const ms = this.#clock.now() - before;
    const cost = 1 + bytes.length / BYTES_PER_FRAME + ms * FRAMES_PER_MS;
    this.#credit = Math.max(-BURST, this.#credit - Math.round(cost * FRAME));
  }

  #wait(frames: Uint8Array[]): void {
    this.#waiting = frames;
    this.#port.pause();
    const ms = -this.#credit / CREDIT_PER_MS;
    this.#callOff = this.#clock.after(Math.max(LEAST_WAIT_MS, ms), () => this.#goOn());
  }

  #goOn(): void {
    const frames = this.#waiting ?? [];
    for (const [index, bytes] of frames.entries()) {
      // Released meanwhile: it was the last frame of a connection that is closed.
      if (!this.#callOff) return;
      if (!this.#hasCredit()) {
        this.#wait(frames.slice(index));
        return;
      }
      this.#spendOn(bytes);
    }
    if (!this.#callOff) return;
    this.#waiting = undefined;
    this.#callOff = undefined;
    if (!this.#held) this.#port.resume();
  }
}
