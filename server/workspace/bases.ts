/**
 * The bases of one file, in memory and in the log. Invariant: whatever the file says, it goes back to one of the last two
 * bases in the log, at every moment. So a base that never reached the file is not followed by a third: the file's own is
 * saved again first.
 */
import type { Base } from '../storage/format/base.ts';
import { type KnownBase, knowBase } from '../storage/format/print.ts';
import type { FileRoom } from './contract.ts';
import { plainBase, sameBase } from './outside.ts';

export class Bases {
  readonly #room: FileRoom;
  #own: KnownBase | undefined;
  #older: KnownBase | undefined;
  #newest: Base | undefined;

  constructor(room: FileRoom) {
    this.#room = room;
  }

  /** What the file said when it was last read or written; undefined while there was nothing. */
  get own(): KnownBase | undefined {
    return this.#own;
  }

  /** What the file may go back to, older first: more than one while it could not be read since the start. */
  get candidates(): readonly KnownBase[] {
    return [this.#older, this.#own].filter((base) => base !== undefined);
  }

  /** Reads them from the log. */
  load(): void {
    const known = this.#room.bases.map(knowBase).filter((base) => base !== undefined);
    this.#own = known.at(-1);
    this.#older = known.at(-2);
    this.#newest = this.#room.bases.at(-1);
  }

  /** The file was read or written, and says this. */
  reached(base: KnownBase): void {
    this.#own = base;
    this.#older = undefined;
  }

  /** Before the file is written. */
  async announce(next: KnownBase): Promise<void> {
    const own = this.#older ?? this.#own;
    if (own && this.#newest && !sameBase(this.#newest, own)) await this.#save(own);
    await this.#save(next);
  }

  /** The file says `base`, and the document is to say it too: one record. */
  async takeIn(update: Uint8Array | undefined, base: KnownBase): Promise<void> {
    if (update) await this.#import(update, base);
    else await this.#save(base);
    this.reached(base);
  }

  /** The document changes, and the file does not. */
  async change(update: Uint8Array, printed: KnownBase, by: string): Promise<void> {
    await this.#import(update, this.#own ?? printed, by);
  }

  async #import(update: Uint8Array, base: KnownBase, by?: string): Promise<void> {
    if (this.#older) await this.#save(this.#older);
    await this.#room.saveImport(update, plainBase(base), by);
    this.#newest = base;
  }

  async #save(base: KnownBase): Promise<void> {
    await this.#room.saveBase(plainBase(base));
    this.#newest = base;
  }
}
