/**
 * Who of a room is told to its peers. Everybody told to everybody grows with the square: a thousand who come at once would
 * take minutes. So a bounded number is told, the first who came; who waits takes the place of whoever longest did nothing
 * as soon as they move, and of whoever leaves. What all of them are is one frame, made once for all who come.
 */
import { awarenessFrame } from '../protocol/frames.ts';
import { type AwarenessEntry, encodePresence, gone } from './presence.ts';

/** More than a page has room for: it draws 24 carets in a paragraph. 30 KB for each who comes. */
export const MOST_TOLD = 200;

export class Present {
  /** By client id; who moved last is last. */
  readonly #told = new Map<number, AwarenessEntry>();
  /** Who came first is first. */
  readonly #waiting = new Map<number, AwarenessEntry>();
  #frame: Uint8Array | undefined;

  /** What all are to be told of it. */
  show(shown: AwarenessEntry): readonly AwarenessEntry[] {
    if (shown.state === 'null') return this.#leave(shown);
    const before = this.#told.get(shown.client);
    if (before || this.#told.size < MOST_TOLD) {
      const moved = before?.state !== shown.state;
      if (moved) this.#told.delete(shown.client);
      return this.#tell(shown);
    }
    const waited = this.#waiting.get(shown.client);
    this.#waiting.set(shown.client, shown);
    // Whoever only watches says the same again and again.
    if (!waited || waited.state === shown.state) return [];
    const idle = first(this.#told)!;
    this.#told.delete(idle.client);
    this.#waiting.set(idle.client, idle);
    return [gone(idle), ...this.#tell(shown)];
  }

  /** All who are told; undefined while nobody is here. */
  get frame(): Uint8Array | undefined {
    if (this.#told.size > 0) this.#frame ??= awarenessFrame(encodePresence([...this.#told.values()]));
    return this.#frame;
  }

  /** How many are here and not told. */
  get untold(): number {
    return this.#waiting.size;
  }

  #leave(shown: AwarenessEntry): readonly AwarenessEntry[] {
    this.#waiting.delete(shown.client);
    if (!this.#told.delete(shown.client)) return [];
    this.#frame = undefined;
    const next = first(this.#waiting);
    return next ? [shown, ...this.#tell(next)] : [shown];
  }

  #tell(shown: AwarenessEntry): readonly AwarenessEntry[] {
    this.#waiting.delete(shown.client);
    this.#told.set(shown.client, shown);
    this.#frame = undefined;
    return [shown];
  }
}

const first = (all: ReadonlyMap<number, AwarenessEntry>): AwarenessEntry | undefined => all.values().next().value;
