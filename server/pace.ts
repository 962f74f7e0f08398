/**
 * How fast frames of one connection are handled: as fast as they come while there is credit, which grows with time up to
 * a limit; beyond it the connection is not read, and what was read already waits in its order. Nothing is lost and nobody
 * is closed: an honest page gets slower, and a flood takes a bounded share of the server's one thread.
 */
import type { Clock, Port } from './rooms/contract.ts';

/** Small frames a second that last: some ten people typing in one page; handling so many takes about 3% of the thread. */
const FRAMES_PER_S = 500;
/** At once: what a page kept while it was offline comes as one frame, so more than a search that replaces in 2,000 places. */
const BURST = 2_000;
/** Bytes that cost as much again as the frame: 8 MB/s last, and the largest frame is handled at once. */
const BYTES_PER_FRAME = 16 * 1024;
/** What a millisecond of handling costs: a few bytes can ask for a whole large document. A quarter of the thread lasts. */
const FRAMES_PER_MS = 2;
/** Waking for each frame would cost more than the frames. */
const LEAST_WAIT_MS = 20;

export class Pace {
  readonly #port: Pick<Port, 'pause' | 'resume'>;
  readonly #clock: Clock;
  readonly #handle: (bytes: Uint8Array) => void;
  #credit = BURST;
  #since: number;
  /** Empty while there is credit. Bounded by what one read of the socket brings: it is not read again before all are handled. */
  #waiting: Uint8Array[] = [];
  #callOff: (() => void) | undefined;
  /** Paused for another reason too. */
  #held = false;

  constructor(port: Pick<Port, 'pause' | 'resume'>, clock: Clock, handle: (bytes: Uint8Array) => void) {
    this.#port = port;
    this.#clock = clock;
    this.#handle = handle;
    this.#since = clock.now();
  }

  receive(bytes: Uint8Array): void {
    if (this.#callOff) this.#waiting.push(bytes);
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
    this.#waiting = [];
  }

  #hasCredit(): boolean {
    const now = this.#clock.now();
    this.#credit = Math.min(BURST, this.#credit + ((now - this.#since) / 1000) * FRAMES_PER_S);
    this.#since = now;
    return this.#credit > 0;
  }

  /** What costs more than there is leaves a debt, or the largest would never be handled; a bounded one: seconds. */
  #spendOn(bytes: Uint8Array): void {
    const before = this.#clock.now();
    this.#handle(bytes);
    const ms = this.#clock.now() - before;
    const cost = 1 + bytes.length / BYTES_PER_FRAME + ms * FRAMES_PER_MS;
    this.#credit = Math.max(-BURST, this.#credit - cost);
  }

  #wait(frames: Uint8Array[]): void {
    this.#waiting = frames;
    this.#port.pause();
    const ms = (-this.#credit / FRAMES_PER_S) * 1000;
    this.#callOff = this.#clock.after(Math.max(LEAST_WAIT_MS, ms), () => this.#goOn());
  }

  #goOn(): void {
    const frames = this.#waiting;
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
    this.#waiting = [];
    this.#callOff = undefined;
    if (!this.#held) this.#port.resume();
  }
}
