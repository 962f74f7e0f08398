/**
 * Emptying the trash: everything that has a notebook's records open lets go of them, then the workspace removes them. What
 * is 30 days old goes by itself, and so does what a server that ended had begun to remove.
 */
import type { NotebookId } from '../protocol/ids.ts';
import type { Clock } from '../rooms/contract.ts';
import type { Workspace } from '../workspace/contract.ts';

/** Days are what counts; a few looks a day are enough. */
const LOOK_MS = 6 * 60 * 60 * 1000;

export type BinParts = {
  readonly workspace: Pick<Workspace, 'purge' | 'expired'>;
  /** In the order they are asked; each resolves once it holds nothing of the notebook. */
  readonly holders: readonly ((notebook: NotebookId) => Promise<unknown>)[];
  /** It is removed: what names it from elsewhere may go. Till then its owner may ask again. */
  readonly removed: (notebook: NotebookId) => void;
  readonly clock: Pick<Clock, 'after'>;
  readonly warn: (what: string, details: object) => void;
};

export interface Bin {
  /** For ever. Rejects with AppError: not-found. */
  purge(notebook: NotebookId): Promise<void>;
  close(): Promise<void>;
}

export function openBin({ workspace, holders, removed, clock, warn }: BinParts): Bin {
  let callOff = (): void => {};
  let work: Promise<void> = Promise.resolve();
  let closed = false;

  async function purge(notebook: NotebookId): Promise<void> {
    for (const letGo of holders) await letGo(notebook);
    await workspace.purge(notebook);
    try {
      removed(notebook);
    } catch (cause) {
      warn('what named a removed notebook is still there', { notebook, cause: String(cause) });
    }
  }

  async function look(): Promise<void> {
    for (const notebook of workspace.expired()) {
      if (closed) return;
      await purge(notebook).catch((cause) =>
        warn('a notebook could not be removed from the trash', { notebook, cause: String(cause) }),
      );
    }
    if (!closed) callOff = clock.after(LOOK_MS, again);
  }

  function again(): void {
    work = look();
  }

  again();
  return {
    purge,
    close: async () => {
      closed = true;
      callOff();
      await work;
    },
  };
}
