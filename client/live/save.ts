import type { Keeping, SaveState } from './contract.ts';

export type SaveFacts = {
  readonly before: SaveState;
  readonly unsent: number;
  readonly keeping: Keeping;
  readonly closed: { readonly code: string; readonly message: string } | undefined;
  readonly connected: boolean;
  /** When the next try is; undefined unless one is waited for. */
  readonly retryAt: number | undefined;
  /** All the server had has been seen once. */
  readonly opened: boolean;
  readonly readOnly: string | undefined;
  readonly now: number;
};

/** What the top bar says. A try under way after an outage still counts as offline: it may fail like the one before. */
export function saveStateOf(facts: SaveFacts): SaveState {
  const { unsent, keeping, closed, readOnly } = facts;
  if (closed) return { state: 'closed', ...closed, unsent, keeping };
  if (facts.retryAt !== undefined || (!facts.connected && facts.before.state === 'offline')) {
    return { state: 'offline', unsent, keeping, retryAt: facts.retryAt ?? facts.now };
  }
  if (!facts.opened) return { state: 'opening' };
  if (readOnly !== undefined) return { state: 'read-only', why: readOnly, unsent, keeping };
  return unsent > 0 ? { state: 'saving', unsent } : { state: 'saved' };
}
