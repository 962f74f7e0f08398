/**
 * Which of this person's edits the server has on disk. Edits are counted over the page's life; what is sent is numbered
 * on each connection anew, and an acknowledgement of a number covers every edit made before that was sent.
 */
export class Ledger {
  #made = 0;
  #safe = 0;
  #sent = 0;
  /** For each number not acknowledged yet, the edits it covers. */
  #waiting: { readonly number: number; readonly made: number }[] = [];

  /** Edits that would be lost with this page. */
  get unsent(): number {
    return this.#made - this.#safe;
  }

  /** All edits so far, acknowledged or not. */
  get made(): number {
    return this.#made;
  }

  /** So many of them, from the first, are on the server's disk. */
  get safe(): number {
    return this.#safe;
  }

  /** The number of the last update sent on this connection. */
  get sent(): number {
    return this.#sent;
  }

  /** `count`: edits of an earlier page that come at once. */
  edit(count = 1): void {
    this.#made += count;
  }

  /** An update goes out that, with those before it on this connection, holds all edits made so far. */
  send(): void {
    this.#sent += 1;
    this.#waiting.push({ number: this.#sent, made: this.#made });
  }

  acknowledge(number: number): void {
    let covered = 0;
    while (covered < this.#waiting.length && this.#waiting[covered]!.number <= number) covered += 1;
    const last = this.#waiting[covered - 1];
    if (!last) return;
    this.#safe = last.made;
    this.#waiting.splice(0, covered);
  }

  /** What is not acknowledged never will be, and is safe elsewhere. */
  settle(): void {
    this.#safe = this.#made;
    this.#waiting = [];
  }

  /** A new connection numbers from 1. */
  restart(): void {
    this.#sent = 0;
    this.#waiting = [];
  }
}
