/**
 * What visitors ran, after their sessions: who, when, which paragraph and how it ended, without outputs. Run records of their
 * own in `visited/`, apart from those that the notebook's page shows. Opened for each use: it is rare.
 */
import type { NotebookId, RunId } from '../protocol/ids.ts';
import { visitedOf } from '../protocol/keys.ts';
import { isEnded, type Run } from '../protocol/runs.ts';
import type { RunSummary } from '../runs/parts.ts';
import { openRecords, type Records } from '../runs/records.ts';
import type { Disk } from '../storage/disk.ts';

export type VisitedParts = {
  readonly disk: Disk;
  readonly now: () => number;
  readonly warn: (what: string, details: object) => void;
};

export interface Visited {
  /** Durable when it resolves; said twice, it takes effect once. Rejects with what the disk said. */
  add(notebook: NotebookId, runs: readonly Run[]): Promise<void>;
  /** Newest first. */
  list(notebook: NotebookId): Promise<readonly RunSummary[]>;
  get(notebook: NotebookId, run: RunId): Promise<Run | undefined>;
  /** Resolves when nothing is under way. */
  close(): Promise<void>;
}

export function openVisited({ disk, now, warn }: VisitedParts): Visited {
  const lanes = new Map<NotebookId, Promise<unknown>>();

  /** One at a time of a notebook: two would write one log. */
  function use<T>(notebook: NotebookId, work: (records: Records) => Promise<T> | T): Promise<T> {
    const turn = async (): Promise<T> => {
      const folder = visitedOf(notebook);
      const records = await openRecords({ disk, folder, now, warn: (what) => warn(what, { notebook }) });
      try {
        return await work(records);
      } finally {
        await records.close();
      }
    };
    const result = (lanes.get(notebook) ?? Promise.resolve()).then(turn, turn);
    const settled = result.catch(() => undefined);
    lanes.set(notebook, settled);
    void settled.then(() => {
      if (lanes.get(notebook) === settled) lanes.delete(notebook);
    });
    return result;
  }

  return {
    add: (notebook, runs) =>
      use(notebook, async (records) => {
        for (const { outputs: _, phase, ...run } of runs) {
          if (records.history.runs.has(run.id) || !isEnded(phase)) continue;
          records.add({ type: 'queued', run });
          records.add({ type: 'ended', id: run.id, phase, outputs: [] });
        }
        await records.flush();
        for (const paragraph of new Set(runs.map((run) => run.paragraph))) records.forgetOld(paragraph);
        await records.flush();
      }),
    list: (notebook) =>
      use(notebook, ({ history }) =>
        [...history.runs.values()].map(({ source: _, outputs: __, ...run }) => run).reverse(),
      ),
    get: (notebook, id) =>
      use(notebook, (records) => {
        const stored = records.history.runs.get(id);
        return stored && records.read(stored);
      }),
    async close() {
      await Promise.all(lanes.values());
    },
  };
}
