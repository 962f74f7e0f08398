/** Tells listeners how sessions are: each change of state at once, of memory now and then. */
import type { SessionKey } from '../protocol/keys.ts';
import type { SessionStatus } from '../protocol/messages.ts';
import type { Live } from './live.ts';

type Listener = (key: SessionKey, status: SessionStatus) => void;

/** Memory is told again when it changed by this part, at most this often. */
const MEMORY_CHANGE = 0.05;
const MEMORY_MS = 1_000;

export type Statuses = {
  listen(listener: Listener): () => void;
  /** Nothing is told of it any more. */
  forget(key: SessionKey): void;
  /** `changed: 'memory'`: only that can be new. */
  tell(key: SessionKey, status: SessionStatus, changed: 'state' | 'memory'): void;
};

export function openStatuses(now: () => number = () => performance.now()): Statuses {
  const listeners = new Set<Listener>();
  const told = new Map<SessionKey, { readonly text: string; readonly memory: number; readonly at: number }>();
  return {
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    forget: (key) => void told.delete(key),
    tell(key, status, changed) {
      const before = told.get(key);
      const text = `${status.state} ${status.isolation}`;
      const memory = status.memory ?? 0;
      if (before?.text === text) {
        const little = Math.abs(memory - before.memory) <= before.memory * MEMORY_CHANGE;
        if (changed === 'state' || little || now() - before.at < MEMORY_MS) return;
      }
      told.set(key, { text, memory, at: now() });
      for (const listener of listeners) listener(key, status);
    },
  };
}

/** What several processes of a session come to together. */
export function summary(lives: readonly Live[]): Pick<SessionStatus, 'state' | 'memory'> {
  const states = new Set(lives.map(({ process }) => process.state()));
  const memory = lives.reduce((sum, live) => sum + live.memory, 0);
  const state = (['running', 'starting', 'idle'] as const).find((one) => states.has(one)) ?? 'none';
  return { state, ...(memory > 0 ? { memory } : {}) };
}
