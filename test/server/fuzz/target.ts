/** What is fuzzed: attacked case by case, and asked between whether it still serves a well-behaved person rightly. */
export type Target = {
  /** One case; rejects where the answer is none that may be given. */
  attack(): Promise<void>;
  /** Rejects where a right answer does not come. */
  serves(): Promise<void>;
  /** Begins anew, so that what was stored on purpose does not count as a leak. */
  renew(): Promise<void>;
  /** What the server itself told of faults. */
  problems(): readonly string[];
  close(): Promise<void>;
};
