/** Outputs of a run as the server keeps them, written where it will find them: for what no interpreter here would say. */
import { join } from 'node:path';
import { type NotebookId, newId, type ParagraphId, parseId, type SessionId } from '../../server/protocol/ids.ts';
import { newRunId } from '../../server/protocol/keys.ts';
import type { Output } from '../../server/protocol/outputs.ts';
import { openRecords } from '../../server/runs/records.ts';
import { openFiles } from '../../server/storage/disk/files.ts';

export type Recorded = {
  readonly paragraph: string;
  readonly interpreter: string;
  readonly source: string;
  readonly outputs: readonly Output[];
};

/** The server must not be running. Gives the ids of the runs. */
export async function recordRuns(workspace: string, id: string, runs: readonly Recorded[]): Promise<readonly string[]> {
  const notebook = parseId<NotebookId>(id)!;
  const disk = openFiles(join(workspace, '.gondola'));
  const problems: string[] = [];
  const records = await openRecords({
    disk,
    folder: `notebooks/${notebook}`,
    now: Date.now,
    warn: (what) => problems.push(what),
  });
  const ids = runs.map(({ paragraph, interpreter, source, outputs }) => {
    const run = newRunId(notebook);
    const at = Date.now();
    records.add({
      type: 'queued',
      run: {
        id: run,
        notebook,
        paragraph: parseId<ParagraphId>(paragraph)!,
        request: newId(),
        session: newId<SessionId>(),
        by: { id: newId(), name: 'Ada' },
        asked: at,
        interpreter,
        source,
        options: {},
        forms: {},
      },
    });
    records.add({ type: 'ended', id: run, phase: { state: 'done', started: at, ended: at + 1 }, outputs });
    return run;
  });
  await records.flush();
  await records.close();
  await disk.close();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return ids;
}
