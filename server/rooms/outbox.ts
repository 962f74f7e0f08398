/**
 * What a room tells its peers: updates, presence, acknowledgements. A frame is built once and goes to all. The first edit
 * leaves at once; when many listen, what follows within a window goes as one frame, since each write to a socket costs and
 * nothing but fewer writes helps.
 *
 * Those who type are told apart from those who look on: they answer one another's words, and are few, so that a short
 * window costs little. A crowd that looks on is told less often, and by then there is more to tell it at once.
 */
import type { Clock } from './contract.ts';
import type { Connection } from './peer.ts';
import type { AwarenessEntry } from './presence.ts';
import { Round } from './round.ts';

/** A frame to each of 1,000 peers takes about 6 ms of CPU: with so much between, those who type take a third of a core at most. */
const TYPING_MS_PER_PEER = 0.0125;
/** And those who look on a quarter. */
const WATCHING_MS_PER_PEER = 0.02;
/** Who wrote within this time types: a pause to read or think is shorter. */
const TYPING_MS = 10_000;

export class Outbox {
  readonly #clock: Clock;
  readonly #peers: ReadonlySet<Connection>;
  /** When each who types last wrote; the longest ago first. */
  readonly #typing = new Map<Connection, number>();
  readonly #toTyping: Round;
  readonly #toOthers: Round;
  readonly #owed = new Set<Connection>();
  #scheduled = false;

  constructor(clock: Clock, peers: ReadonlySet<Connection>) {
    this.#clock = clock;
    this.#peers = peers;
    this.#toTyping = new Round(clock, TYPING_MS_PER_PEER, {
      count: () => this.#typing.size,
      each: (tell) => {
        for (const peer of this.#typing.keys()) tell(peer);
        this.#letRest();
      },
    });
    this.#toOthers = new Round(clock, WATCHING_MS_PER_PEER, {
      count: () => this.#peers.size - this.#typing.size,
      each: (tell) => {
        for (const peer of this.#peers) if (!this.#typing.has(peer)) tell(peer);
      },
    });
  }

  update(update: Uint8Array, from: Connection | undefined): void {
    this.#toTyping.update(update, from);
    this.#toOthers.update(update, from);
    this.#schedule();
  }

  show(shown: AwarenessEntry): void {
    this.#toTyping.show(shown);
    this.#toOthers.show(shown);
    this.#schedule();
  }

  /** An acknowledgement is due. */
  owe(peer: Connection): void {
    this.#owed.add(peer);
    this.#schedule();
  }

  typed(peer: Connection): void {
    // What waited for it among the others does not wait any more.
    if (!this.#typing.delete(peer)) this.#toOthers.tellNow(peer);
    this.#typing.set(peer, this.#clock.now());
  }

  left(peer: Connection): void {
    this.#typing.delete(peer);
    this.#owed.delete(peer);
  }

  release(): void {
    this.#toTyping.release();
    this.#toOthers.release();
  }

  /** As soon as this round of disk events is handled. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.soon(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    const owed = [...this.#owed];
    this.#owed.clear();
    for (const peer of owed) peer.acknowledge();
    this.#toTyping.flush();
    this.#toOthers.flush();
  }

  /** Who was told all that there is may be among the others from now on: what they get twice changes nothing. */
  #letRest(): void {
    const since = this.#clock.now() - TYPING_MS;
    for (const [peer, at] of this.#typing) {
      if (at > since) return;
      this.#typing.delete(peer);
    }
  }
}
