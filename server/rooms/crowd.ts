/**
 * How many more are here than presence tells (`present.ts`): a number for all, told when it changed, at most once a second, as
 * a thousand who come at once would else be told a thousand times each.
 */
import { controlFrame } from '../protocol/frames.ts';
import type { Clock } from './contract.ts';

/** Nobody counts faces faster. */
export const TELL_MS = 1_000;

export class Crowd {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #peers: Iterable<{ tell(frame: Uint8Array): void }>;
  readonly #count: () => number;
  #told = 0;
  #frame: Uint8Array | undefined;
  #waiting: (() => void) | undefined;

  constructor(clock: Pick<Clock, 'after'>, peers: Iterable<{ tell(frame: Uint8Array): void }>, count: () => number) {
    this.#clock = clock;
    this.#peers = peers;
    this.#count = count;
  }

  /** For whoever comes; undefined where all who are here are told. */
  get frame(): Uint8Array | undefined {
    return this.#told > 0 ? this.#frame : undefined;
  }

  /** Somebody came, moved or left. */
  changed(): void {
    if (this.#waiting || this.#count() === this.#told) return;
    this.#waiting = this.#clock.after(TELL_MS, () => {
      this.#waiting = undefined;
      this.#tell();
    });
  }

  release(): void {
    this.#waiting?.();
  }

  #tell(): void {
    const others = this.#count();
    if (others === this.#told) return;
    this.#told = others;
    this.#frame = controlFrame({ type: 'crowd', others });
    for (const peer of this.#peers) peer.tell(this.#frame);
  }
}
