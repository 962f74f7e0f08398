/** Brings what is known of who needs whom, once there is a run that could be stale, or when it is asked for. */
import { type Accessor, createSignal, getOwner, onCleanup, runWithOwner } from 'solid-js';
import type { DependsView } from '../depends/contract.ts';
import type { LiveNotebook } from '../live/contract.ts';
import type { NotebookContext } from './context.ts';

/** It takes no part in opening a notebook. */
const SOON_MS = 400;

export type LazyDepends = { readonly depends: Accessor<DependsView | undefined>; want(): void };

/** Call it inside a component. */
export function lazyDepends(live: Pick<LiveNotebook, 'on'>, notebook: () => NotebookContext): LazyDepends {
  const owner = getOwner();
  const [depends, setDepends] = createSignal<DependsView>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let state: 'absent' | 'asked' | 'closed' = 'absent';
  const want = (): void => {
    clearTimeout(timer);
    if (state !== 'absent') return;
    state = 'asked';
    import('../depends/depends.ts').then(
      ({ openDepends }) => {
        if (state === 'asked') runWithOwner(owner, () => setDepends(openDepends(notebook())));
      },
      () => {
        // The server is away: asked again with the next run.
        if (state === 'asked') state = 'absent';
      },
    );
  };
  const release = live.on((event) => {
    if ((event.type === 'runs' && event.runs.length > 0) || event.type === 'run') timer ??= setTimeout(want, SOON_MS);
  });
  onCleanup(() => {
    state = 'closed';
    clearTimeout(timer);
    release();
  });
  return { depends, want };
}
