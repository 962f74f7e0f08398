/**
 * Leaving with edits that are not saved. The browser asks before the tab goes, and only then. A notebook left for another
 * page of ours lives on until its edits are on the server, or safe in the browser.
 */
import type { NotebookId } from '../../server/protocol/ids.ts';
import type { LiveNotebook, SaveState } from '../live/contract.ts';

type Watched = Pick<LiveNotebook, 'id' | 'on' | 'save' | 'close'>;
type Page = Pick<Window, 'addEventListener' | 'removeEventListener'>;

export type Leaving = {
  /** Returns what is called when its page is left: it closes the notebook, now or as soon as nothing can be lost. */
  watch(live: Watched): () => void;
  /** Resolves when all that is open is saved; rejects when `signal` aborts. */
  whenSaved(signal: AbortSignal): Promise<void>;
  /** What is open and not saved, and whether all of it is kept in the browser. */
  unsaved(): { readonly edits: number; readonly kept: boolean; readonly notebooks: ReadonlySet<NotebookId> };
  /** Asks no more: the person has decided. With `discard` nothing of it is kept or sent. */
  letGo(how: 'keep' | 'discard'): void;
  close(): void;
};

export const unsentOf = (save: SaveState): number => ('unsent' in save ? save.unsent : 0);

export function createLeaving(page: Page): Leaving {
  const open = new Set<Watched>();
  const waiting = new Set<() => void>();
  let asks = false;

  const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
  function judge(): void {
    const unsaved = [...open].some((live) => unsentOf(live.save) > 0);
    if (!unsaved) for (const done of [...waiting]) done();
    if (unsaved === asks) return;
    asks = unsaved;
    if (asks) page.addEventListener('beforeunload', ask);
    else page.removeEventListener('beforeunload', ask);
  }

  return {
    watch(live) {
      let left = false;
      const off = live.on((event) => {
        if (event.type !== 'save') return;
        if (left && isSafe(live.save)) end();
        judge();
      });
      const end = (): void => {
        off();
        open.delete(live);
        live.close();
      };
      open.add(live);
      judge();
      return () => {
        left = true;
        if (isSafe(live.save)) end();
        judge();
      };
    },
    whenSaved: (signal) =>
      new Promise((resolve, reject) => {
        const done = (): void => {
          waiting.delete(done);
          resolve();
        };
        signal.addEventListener('abort', () => {
          waiting.delete(done);
          reject(signal.reason);
        });
        waiting.add(done);
        judge();
      }),
    unsaved() {
      const unsaved = [...open].filter((live) => unsentOf(live.save) > 0);
      return {
        edits: unsaved.reduce((sum, live) => sum + unsentOf(live.save), 0),
        kept: unsaved.every((live) => isSafe(live.save)),
        notebooks: new Set(unsaved.map((live) => live.id)),
      };
    },
    letGo(how) {
      if (how === 'discard') for (const live of open) live.close('discard');
      open.clear();
      judge();
    },
    close() {
      if (asks) page.removeEventListener('beforeunload', ask);
    },
  };
}

/** On a line that answers a moment is waited for; without one, what is kept here is sent by whoever opens it next. */
const isSafe = (save: SaveState): boolean => unsentOf(save) === 0 || ('keeping' in save && save.keeping === 'here');
