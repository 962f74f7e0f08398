/**
 * What sessions ask of whoever grants notebooks a network (`server/network/`): whether a notebook has any, and for its processes
 * a folder to be shown to them and a token for each.
 */
import type { NotebookId } from '../protocol/ids.ts';
import type { Folders } from './folders.ts';

export interface Network {
  /** By the notebook's path now. */
  isGranted(path: string): boolean;
  /** `owner`: the user that processes run as, where that is not the server's. Rejects where it can't be had, as on a full disk. */
  offer(notebook: NotebookId, folder: string, owner: number | undefined): Promise<Offer>;
}

export type Offer = {
  /** Holds the socket and the certificates; to be shown at `INSIDE.network`, to this notebook's processes alone. */
  readonly folder: string;
  /** A token for one process; `run`: which run it has under way. */
  admit(run: () => string | undefined): { readonly token: string; release(): void };
};

/** Folders whose key tells whether a network comes with them: a process started without one is started again. */
export function withNetwork(folders: Folders, network: Network | undefined): Folders {
  if (!network) return folders;
  return {
    ...folders,
    async refresh(notebook, source) {
      const prepared = await folders.refresh(notebook, source);
      return network.isGranted(notebook) ? { ...prepared, key: `${prepared.key} network`, networked: true } : prepared;
    },
  };
}
