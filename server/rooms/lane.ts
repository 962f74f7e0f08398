/**
 * Frames to one port, bounded: once more than the limit waits to leave the process, further frames are dropped, and when
 * all has left, frames that bring the reader up to date are asked for instead. So a slow reader costs a buffer and a
 * catch-up, never memory that grows. Who stays behind too long is closed.
 */
import { CLOSE } from '../protocol/messages.ts';
import type { Clock, Port } from './contract.ts';

/** A second or two of the busiest notebook; 500 stuck readers stay below 500 MB. */
const BUFFER_BYTES = 1024 * 1024;
/** A laptop's sleep or a tunnel; who is gone for longer reconnects. */
const BEHIND_MS = 60_000;

export interface Source {
  /** The reader falls behind with the frame just sent: remember what it has. */
  fellBehind(): void;
  /** Frames that hold all it missed since. */
  catchUp(): readonly Uint8Array[];
}

export class Lane {
  readonly #port: Port;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #source: Source;
  #giveUp: (() => void) | undefined;
  #dropped = false;

  constructor(port: Port, clock: Pick<Clock, 'after'>, source: Source) {
    this.#port = port;
    this.#clock = clock;
    this.#source = source;
  }

  get behind(): boolean {
    return this.#giveUp !== undefined;
  }

  send(frame: Uint8Array): void {
    if (this.#giveUp) {
      this.#dropped = true;
      return;
    }
    if (this.#port.buffered + frame.length <= BUFFER_BYTES) {
      this.#port.send(frame);
      return;
    }
    this.#giveUp = this.#clock.after(BEHIND_MS, () => this.#port.close(CLOSE.tooSlow, 'too slow to read'));
    this.#source.fellBehind();
    this.#port.send(frame, () => this.#flushed());
  }

  /** Frames that are due at the same time: a write for each would cost as much again. */
  sendAll(frames: readonly Uint8Array[]): void {
    const bytes = frames.reduce((sum, { length }) => sum + length, 0);
    if (!this.#giveUp && this.#port.buffered + bytes <= BUFFER_BYTES) this.#port.sendAll(frames);
    else for (const frame of frames) this.send(frame);
  }

  release(): void {
    this.#giveUp?.();
    this.#giveUp = undefined;
  }

  #flushed(): void {
    if (!this.#giveUp) return;
    this.release();
    if (!this.#dropped) return;
    this.#dropped = false;
    for (const frame of this.#source.catchUp()) this.send(frame);
  }
}
