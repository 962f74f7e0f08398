/**
 * Peers of a room who are told at the same time, and what waits to be told to them. Each update is in the queue of each
 * round, and whoever goes from one to another is first told what waits in the one they leave: told twice, never missed.
 */
import * as Y from 'yjs';
import { awarenessFrame, syncFrame } from '../protocol/frames.ts';
import { SYNC } from '../protocol/messages.ts';
import type { Clock } from './contract.ts';
import type { Connection } from './peer.ts';
import { type AwarenessEntry, encodePresence } from './presence.ts';

/** Longer would be seen. */
const LONGEST_WINDOW_MS = 50;

export type Members = {
  count(): number;
  each(tell: (peer: Connection) => void): void;
};

type Waiting = { readonly update: Uint8Array; readonly from: Connection | undefined };

export class Round {
  readonly #clock: Clock;
  readonly #msPerPeer: number;
  readonly #members: Members;
  #updates: Waiting[] = [];
  #shown = new Map<number, AwarenessEntry>();
  #lastSent = Number.NEGATIVE_INFINITY;
  #callOff: (() => void) | undefined;

  constructor(clock: Clock, msPerPeer: number, members: Members) {
    this.#clock = clock;
    this.#msPerPeer = msPerPeer;
    this.#members = members;
  }

  update(update: Uint8Array, from: Connection | undefined): void {
    if (this.#members.count() > 0) this.#updates.push({ update, from });
  }

  show(shown: AwarenessEntry): void {
    if (this.#members.count() > 0) this.#shown.set(shown.client, shown);
  }

  /** Sends what waits, or sees to it that it is sent when the window is over. */
  flush(): void {
    if (this.#callOff || (this.#updates.length === 0 && this.#shown.size === 0)) return;
    const window = Math.min(LONGEST_WINDOW_MS, Math.floor(this.#members.count() * this.#msPerPeer));
    const rest = this.#lastSent + window - this.#clock.now();
    if (rest <= 0) this.#send();
    else {
      this.#callOff = this.#clock.after(rest, () => {
        this.#callOff = undefined;
        this.#send();
      });
    }
  }

  /** To one of them alone, what waits for all. */
  tellNow(peer: Connection): void {
    const updates = this.#updates.filter(({ from }) => from !== peer);
    if (peer.synced && updates.length > 0) peer.lane.send(updateFrame(updates));
    if (this.#shown.size > 0) peer.lane.send(presenceFrame([...this.#shown.values()]));
  }

  release(): void {
    this.#callOff?.();
  }

  #send(): void {
    const updates = this.#updates;
    const shown = [...this.#shown.values()];
    this.#updates = [];
    this.#shown.clear();
    const presence = shown.length > 0 ? presenceFrame(shown) : undefined;
    const first = updates[0]?.from;
    const only = updates.every(({ from }) => from === first) ? first : undefined;
    const update = updates.length > 0 ? updateFrame(updates) : undefined;
    const both = update && presence ? [update, presence] : undefined;
    this.#members.each((peer) => {
      const due = peer !== only && peer.synced ? update : undefined;
      if (due && both) peer.lane.sendAll(both);
      else if (due) peer.lane.send(due);
      else if (presence) peer.lane.send(presence);
    });
    // From its end on: a machine too slow for the window goes on with other things in between.
    this.#lastSent = this.#clock.now();
  }
}

const presenceFrame = (shown: readonly AwarenessEntry[]): Uint8Array => awarenessFrame(encodePresence(shown));

function updateFrame(updates: readonly Waiting[]): Uint8Array {
  const [only, ...more] = updates.map(({ update }) => update);
  return syncFrame(SYNC.update, only && more.length === 0 ? only : Y.mergeUpdates(updates.map(({ update }) => update)));
}
