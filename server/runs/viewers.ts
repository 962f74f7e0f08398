/** Who looks at a notebook's runs: what they were shown so far, and what they are told from now on. None is waited for. */

import type { RunId } from '../protocol/ids.ts';
import type { Run, RunEvent } from '../protocol/runs.ts';
import type { Listener } from './parts.ts';
import type { Shown } from './shown.ts';

export type Viewers = {
  readonly none: boolean;
  /** The runs worth showing. */
  latest(): readonly Run[];
  /** The same, and from now on every event. */
  attach(listener: Listener): { readonly runs: readonly Run[]; readonly release: () => void };
  tell(events: readonly RunEvent[]): void;
  /** Resolves when all of these were told to have ended, or `signal` aborts. */
  ended(ids: readonly RunId[], signal: AbortSignal): Promise<void>;
};

export function createViewers(shown: Pick<Shown, 'all' | 'fold'>): Viewers {
  const listeners = new Set<Listener>();
  return {
    get none() {
      return listeners.size === 0;
    },
    latest: () => shown.all(),
    attach(listener) {
      listeners.add(listener);
      return { runs: shown.all(), release: () => void listeners.delete(listener) };
    },
    tell(events) {
      for (const event of events) shown.fold(event);
      for (const listener of listeners) listener(events);
    },
    ended: (ids, signal) => untilEnded(ids, listeners, signal),
  };
}

function untilEnded(ids: readonly RunId[], listeners: Set<Listener>, signal: AbortSignal): Promise<void> {
  const left = new Set(ids);
  if (left.size === 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = (): void => {
      listeners.delete(listener);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const listener: Listener = (events) => {
      for (const event of events) if (event.type === 'ended') left.delete(event.id);
      if (left.size === 0) stop();
    };
    listeners.add(listener);
    signal.addEventListener('abort', stop);
  });
}
