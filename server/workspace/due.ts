/** When something that changed is to be written: once it settled, and at the latest so long after the first change. */
const SETTLE_MS = 400;
/** With a write's own time, within 2 s. */
const LATEST_MS = 1_500;
/** After a failed attempt. */
const RETRY_MS = 2_000;

export type Timing = {
  readonly now: () => number;
  /** Calls `work` after `ms`; returns what takes that back. */
  readonly later: (ms: number, work: () => void) => () => void;
};

export class Due {
  readonly #timing: Timing;
  readonly #work: () => void;
  #since: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(timing: Timing, work: () => void) {
    this.#timing = timing;
    this.#work = work;
  }

  /** Whether something changed since `begin`. */
  get isMarked(): boolean {
    return this.#since !== undefined;
  }

  mark(): void {
    const now = this.#timing.now();
    this.#since ??= now;
    this.#in(Math.min(SETTLE_MS, Math.max(0, this.#since + LATEST_MS - now)));
  }

  retry(): void {
    this.#in(RETRY_MS);
  }

  /** An attempt begins: what changes from now on is for the next. Returns what puts it back. */
  begin(): () => void {
    const since = this.#since;
    this.#since = undefined;
    return () => {
      this.#since ??= since;
    };
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #in(ms: number): void {
    this.stop();
    this.#cancel = this.#timing.later(ms, this.#work);
  }
}
