/** Sends what is kept of a notebook that is not open: it is opened for as long as that takes. */
import type { NotebookId } from '../../server/protocol/ids.ts';
import type { SocketLike } from '../live/connection.ts';
import { openLive } from '../live/live.ts';
import type { Person } from '../people/person.ts';
import type { KeptHere } from './kept.ts';

export type Sending = {
  readonly person: Person;
  readonly kept: Pick<KeptHere, 'store' | 'pages'>;
  readonly connect: (id: NotebookId) => SocketLike;
};

/** Resolves when the server has it, or it has become a draft; rejects when the server won't, or `signal` aborts. */
export function sendKept(on: Sending, notebook: NotebookId, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const live = openLive({ id: notebook, person: on.person, keep: on.kept, connect: () => on.connect(notebook) });
    const end = (how: () => void): void => {
      off();
      signal.removeEventListener('abort', onAbort);
      // What is saved is taken out of the browser as it closes.
      live.close();
      how();
    };
    const onAbort = (): void => end(() => reject(signal.reason));
    const off = live.on((event) => {
      // What was kept is read before the server is greeted: saved means that it, too, is.
      if (event.type === 'anew' || (event.type === 'save' && event.save.state === 'saved')) end(resolve);
      // A draft comes right behind.
      else if (event.type === 'save' && event.save.state === 'closed' && event.save.unsent === 0) end(resolve);
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
