/**
 * One connection of a room: numbers its updates, knows which of them are durable and applied, and holds it to its limits.
 *
 * While the disk refuses edits they are dropped, and from then on nothing is acknowledged until a step 2 has become
 * durable: it answers the room's state vector, so it holds whatever was dropped before it. What comes behind it is taken
 * while it waits for the disk: it is not in it.
 */
import * as Y from 'yjs';
import { AppError } from '../errors.ts';
import { acknowledgeFrame, syncFrame } from '../protocol/frames.ts';
import { CLOSE, SYNC } from '../protocol/messages.ts';
import type { Who } from '../protocol/runs.ts';
import type { Clock, Peer, Port } from './contract.ts';
import { Lane, type Source } from './lane.ts';
import { type AwarenessEntry, gone, readPresence } from './presence.ts';

/** Updates of one peer that may wait for the disk; its socket is not read beyond. One largest frame goes on top. */
const WAITING_BYTES = 4 * 1024 * 1024;

/** What a connection asks of its room. */
export interface Host {
  readonly doc: Y.Doc;
  readonly readOnly: string | undefined;
  submit(peer: Connection, update: Uint8Array, count: number): void;
  /** False if another person has this awareness client. */
  show(peer: Connection, shown: AwarenessEntry): boolean;
  acknowledgeSoon(peer: Connection): void;
  /** Who is here. */
  present(): Uint8Array | undefined;
  left(peer: Connection): void;
}

/** Shared by the thousands who wait for nothing. */
const NO_WAITERS: readonly Waiter[] = [];

type Waiter = { readonly count: number; readonly attempt: () => void; readonly reject: (reason: AppError) => void };

export class Connection implements Peer, Source {
  who: Who;
  readonly client: number;
  /** The name is an account's. */
  readonly #fixed: boolean;
  readonly lane: Lane;
  shown: AwarenessEntry | undefined;
  /** Gets broadcasts: its step 1 was answered. */
  synced = false;
  #port: Port;
  #host: Host;
  #received = 0;
  #applied = 0;
  #acknowledged = 0;
  /** Something was dropped; `closedBy` is the number of the step 2 that holds it, once that has come. */
  #gap: { readonly closedBy: number | undefined } | undefined;
  #waitingBytes = 0;
  #waiters: readonly Waiter[] = NO_WAITERS;
  #has: Uint8Array | undefined;
  #left = false;

  constructor(port: Port, host: Host, clock: Pick<Clock, 'after'>, who: Who, client: number, fixed = false) {
    this.#port = port;
    this.#fixed = fixed;
    this.#host = host;
    this.who = who;
    this.client = client;
    this.lane = new Lane(port, clock, this);
  }

  sync(step: 0 | 1 | 2, bytes: Uint8Array): void {
    if (this.#left) return;
    if (step === SYNC.step1) {
      this.#answer(bytes);
      return;
    }
    this.#received += 1;
    const whole = step === SYNC.step2;
    // Behind a dropped one an update may lack what it builds on; the step 2 that is asked for holds it too.
    if (this.#host.readOnly !== undefined || (this.#isOpen() && !whole)) {
      this.drop();
      return;
    }
    if (this.#isOpen()) this.#gap = { closedBy: this.#received };
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > WAITING_BYTES) this.#port.pause();
    this.#host.submit(this, bytes, this.#received);
  }

  awareness(update: Uint8Array): void {
    if (this.#left) return;
    const shown = readPresence(update, this.who, this.#fixed);
    if (!shown || (this.shown && this.shown.client !== shown.client)) this.refuse(CLOSE.badMessage, 'bad awareness');
    else if (!this.#host.show(this, shown)) this.refuse(CLOSE.badMessage, 'this awareness client is taken');
    else {
      this.shown = { client: shown.client, clock: shown.clock, state: shown.state };
      if (shown.name !== undefined) this.who = { id: this.who.id, name: shown.name };
    }
  }

  ping(): void {
    if (!this.#left) this.lane.send(acknowledgeFrame(this.#applied));
  }

  whenApplied<T>(count: number, work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const attempt = (): void => {
        try {
          resolve(work());
        } catch (cause) {
          reject(cause);
        }
      };
      if (count > this.#received) reject(new AppError('bad-request', 'it names an update that was not sent'));
      else if (this.#left) reject(new AppError('unavailable'));
      else if (count <= this.#applied) attempt();
      else if (this.#isOpen()) reject(new AppError('storage-read-only', this.#host.readOnly));
      else this.#waiters = [...this.#waiters, { count, attempt, reject }];
    });
  }

  /** Update `count` is durable and applied. */
  applied(count: number, bytes: number): void {
    this.#settled(bytes);
    if (this.#gap?.closedBy === count) this.#gap = undefined;
    if (this.#gap) return;
    this.#applied = count;
    const ready = this.#waiters.filter((waiter) => waiter.count <= count);
    if (ready.length > 0) this.#waiters = this.#waiters.filter((waiter) => waiter.count > count);
    for (const waiter of ready) waiter.attempt();
  }

  /** Nothing came after update `count`. */
  hasAll(count: number): boolean {
    return this.#received === count;
  }

  /** Update not taken: the disk refused it, or refuses all now. */
  drop(bytes = 0): void {
    this.#settled(bytes);
    this.#gap = { closedBy: undefined };
    this.#rejectAll(
      new AppError('storage-read-only', this.#host.readOnly ?? 'an edit before was not taken; try again'),
    );
  }

  /** Small and rare: said however far behind the peer is. */
  tell(frame: Uint8Array): void {
    if (!this.#left) this.#port.send(frame);
  }

  /** Asks for what was dropped. */
  askAgain(): void {
    this.tell(syncFrame(SYNC.step1, Y.encodeStateVector(this.#host.doc)));
  }

  acknowledge(): void {
    if (this.#left || this.#acknowledged === this.#applied) return;
    this.#acknowledged = this.#applied;
    this.lane.send(acknowledgeFrame(this.#applied));
  }

  refuse(code: number, reason: string): void {
    if (this.#left) return;
    this.leave();
    this.#port.close(code, reason);
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.lane.release();
    this.#rejectAll(new AppError('unavailable'));
    this.#host.left(this);
  }

  isHere(): boolean {
    return this.shown !== undefined && this.shown.state !== 'null';
  }

  /** Once gone, for the others. */
  goneState(): AwarenessEntry | undefined {
    return this.shown && this.isHere() ? gone(this.shown) : undefined;
  }

  fellBehind(): void {
    this.#has = Y.encodeStateVector(this.#host.doc);
  }

  catchUp(): readonly Uint8Array[] {
    const has = this.#has;
    this.#has = undefined;
    if (this.#left || !has) return [];
    this.#acknowledged = -1;
    this.#host.acknowledgeSoon(this);
    const present = this.#host.present();
    const missed = syncFrame(SYNC.update, Y.encodeStateAsUpdate(this.#host.doc, has));
    return present ? [present, missed] : [missed];
  }

  #answer(vector: Uint8Array): void {
    let missing: Uint8Array;
    try {
      missing = Y.encodeStateAsUpdate(this.#host.doc, vector);
    } catch {
      this.refuse(CLOSE.badMessage, 'no state vector');
      return;
    }
    this.synced = true;
    this.lane.send(syncFrame(SYNC.step2, missing));
  }

  #isOpen(): boolean {
    return this.#gap !== undefined && this.#gap.closedBy === undefined;
  }

  #settled(bytes: number): void {
    const before = this.#waitingBytes;
    this.#waitingBytes -= bytes;
    if (before > WAITING_BYTES && this.#waitingBytes <= WAITING_BYTES && !this.#left) this.#port.resume();
  }

  #rejectAll(reason: AppError): void {
    const waiters = this.#waiters;
    this.#waiters = NO_WAITERS;
    for (const waiter of waiters) waiter.reject(reason);
  }
}
