import type { Rooms } from './rooms/contract.ts';
import type { Workspace } from './workspace/contract.ts';

/** Edits that were acknowledged but had not reached their files when the server ended: opening brings each file up to date. */
export async function settleFiles(
  workspace: Workspace,
  rooms: Rooms,
  warn: (what: string, details: object) => void,
): Promise<void> {
  for (const notebook of await workspace.unsettled()) {
    try {
      const lease = await rooms.use(notebook);
      await lease.file.flush();
      lease.release();
    } catch (error) {
      warn('a file could not be brought up to date', { notebook, error: String(error) });
    }
  }
}
