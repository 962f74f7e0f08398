/** Who is to hear of a visitor's session: the pages of that visitor, whether there is a session yet or not. */
import type { SessionStatus } from '../protocol/messages.ts';
import type { RunEvent } from '../protocol/runs.ts';

export type Watcher = {
  events(events: readonly RunEvent[]): void;
  /** Its state; undefined once it has ended. */
  visitor(status: SessionStatus | undefined): void;
};

export interface Watchers {
  /** `place`: whose session where. Returns the release. */
  add(place: string, watcher: Watcher): () => void;
  tell(place: string, tell: (watcher: Watcher) => void): void;
}

export function openWatchers(): Watchers {
  const all = new Map<string, Set<Watcher>>();
  return {
    add(place, watcher) {
      const here = all.get(place) ?? new Set();
      all.set(place, here);
      here.add(watcher);
      return () => {
        here.delete(watcher);
        if (here.size === 0 && all.get(place) === here) all.delete(place);
      };
    },
    tell(place, tell) {
      for (const watcher of all.get(place) ?? []) tell(watcher);
    },
  };
}
