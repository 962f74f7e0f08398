/**
 * What a room tells its peers: updates, presence, acknowledgements. A frame is built once and goes to all. The first edit
 * leaves at once; when many listen, what follows within the window goes as one frame, since each write to a socket costs
 * and nothing but fewer writes helps.
 */
import * as Y from 'yjs';
import { awarenessFrame, syncFrame } from '../protocol/frames.ts';
import { SYNC } from '../protocol/messages.ts';
import type { Clock } from './contract.ts';
import type { Connection } from './peer.ts';
import { type AwarenessEntry, encodePresence } from './presence.ts';

/** A frame to each of 1,000 peers takes about 6 ms of CPU; with 12.5 ms after it that is a third of a core, however many they are. */
const WINDOW_MS_PER_PEER = 0.0125;
/** Longer would be seen. */
const LONGEST_WINDOW_MS = 50;

export class Outbox {
  readonly #clock: Clock;
  readonly #peers: ReadonlySet<Connection>;
  #updates: { readonly update: Uint8Array; readonly from: Connection | undefined }[] = [];
  #shown = new Map<number, AwarenessEntry>();
  #scheduled = false;
  #lastSent = Number.NEGATIVE_INFINITY;
  #waiting: (() => void) | undefined;

  constructor(clock: Clock, peers: ReadonlySet<Connection>) {
    this.#clock = clock;
    this.#peers = peers;
  }

  update(update: Uint8Array, from: Connection | undefined): void {
    this.#updates.push({ update, from });
    this.schedule();
  }

  show(shown: AwarenessEntry): void {
    this.#shown.set(shown.client, shown);
    this.schedule();
  }

  /** Acknowledgements, and what else is due, as soon as this round of disk events is handled. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.soon(() => this.#flush());
  }

  release(): void {
    this.#waiting?.();
  }

  #flush(): void {
    this.#scheduled = false;
    for (const peer of this.#peers) peer.acknowledge();
    if (this.#waiting || (this.#updates.length === 0 && this.#shown.size === 0)) return;
    const window = Math.min(LONGEST_WINDOW_MS, Math.floor(this.#peers.size * WINDOW_MS_PER_PEER));
    const rest = this.#lastSent + window - this.#clock.now();
    if (rest <= 0) this.#send();
    else {
      this.#waiting = this.#clock.after(rest, () => {
        this.#waiting = undefined;
        this.#send();
      });
    }
  }

  #send(): void {
    const updates = this.#updates;
    const shown = [...this.#shown.values()];
    this.#updates = [];
    this.#shown.clear();
    const presence = shown.length > 0 ? awarenessFrame(encodePresence(shown)) : undefined;
    const first = updates[0]?.from;
    const only = updates.every(({ from }) => from === first) ? first : undefined;
    const update = updates.length > 0 ? syncFrame(SYNC.update, merge(updates.map((one) => one.update))) : undefined;
    for (const peer of this.#peers) {
      const due = peer !== only && peer.synced ? update : undefined;
      if (due && presence) peer.lane.sendBoth(due, presence);
      else if (due) peer.lane.send(due);
      else if (presence) peer.lane.send(presence);
    }
    // From its end on: a machine too slow for the window goes on with other things in between.
    this.#lastSent = this.#clock.now();
  }
}

const merge = (updates: readonly Uint8Array[]): Uint8Array =>
  updates.length === 1 ? updates[0]! : Y.mergeUpdates([...updates]);
