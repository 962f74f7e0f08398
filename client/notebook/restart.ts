/** A restart as the person sees it: asked, and done once the session has no process, or a new one is ready. */

import { words } from '../words/en.ts';
import type { NotebookContext } from './context.ts';

type Restarting = Pick<NotebookContext, 'live' | 'session'> & {
  readonly app: { readonly toasts: Pick<NotebookContext['app']['toasts'], 'show'> };
};

export function restart(notebook: Restarting, clear: boolean): void {
  const { live } = notebook;
  const tell = (text: string): void => void notebook.app.toasts.show({ key: 'session', text });
  const done = (): void => tell(clear ? words.restart.doneClear : words.restart.done);
  const state = notebook.session()?.state ?? 'none';
  live.restart(clear);
  // Without a process there is nothing to wait for, and no change would be told.
  if (state === 'none') {
    done();
    return;
  }
  tell(clear ? words.restart.askedClear : words.restart.asked);
  let starting = false;
  const release = live.on((event) => {
    if (event.type === 'problem') release();
    if (event.type !== 'session') return;
    const { state: now } = event.session;
    starting ||= now === 'starting';
    if (now !== 'none' && !(starting && now === 'idle')) return;
    release();
    done();
  });
}

/** Whether there is anything that this person may interrupt. */
export const isBusy = (notebook: Pick<NotebookContext, 'stoppable' | 'session' | 'visitor' | 'role'>): boolean =>
  notebook.stoppable().length > 0 ||
  (notebook.role() === 'runner' ? notebook.visitor() : notebook.session())?.state === 'running';
