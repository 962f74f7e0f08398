/** When something that changed is to be written: once it settled, and at the latest so long after the first change. */
const SETTLE_MS = 400;
/** With a write's own time, within 2 s. */
const LATEST_MS = 1_500;
/** A write costs what the text is long, whatever changed: past this, one that is typed in all the time is written less often. */
const LONG_CHARACTERS = 64 * 1024;
const LATEST_OF_ALL_MS = 15_000;
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

  /** `length`: of the text, in characters. */
  mark(length: number): void {
    const now = this.#timing.now();
    this.#since ??= now;
    const latest = Math.min(LATEST_OF_ALL_MS, LATEST_MS * Math.max(1, length / LONG_CHARACTERS));
    this.#in(Math.min(SETTLE_MS, Math.max(0, this.#since + latest - now)));
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
