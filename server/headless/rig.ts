/**
 * What runs one notebook without a server: the parts of `works.ts` over records of its own, in a temporary folder. The
 * workspace is only looked at: its own records are neither used, locked nor written, so a server may have it meanwhile.
 */
import type { Config } from '../config.ts';
import { type FillRandom, type NotebookId, newId } from '../protocol/ids.ts';
import { openFiles } from '../storage/disk/files.ts';
import { openWorks, type Works } from '../works.ts';
import type { Job } from './job.ts';
import type { Notebook } from './notebook.ts';
import { makeTemporary, removeTemporary } from './temporary.ts';

export type Rig = Works & {
  readonly id: NotebookId;
  /** Ends what runs; resolves when all processes are gone. */
  close(): Promise<void>;
  /** Kills what is left and removes the records, at once: also where `close` did not come to its end. */
  remove(): void;
};

export function openRig(options: {
  readonly job: Pick<Job, 'workspace' | 'path'>;
  readonly notebook: Notebook;
  readonly config: Config;
  /** Where the package lies. */
  readonly root: string;
  readonly random: FillRandom;
  readonly warn: (message: string, detail: Readonly<Record<string, unknown>>) => void;
}): Rig {
  const { job, notebook, config, root, random, warn } = options;
  const state = makeTemporary();
  const id = newId<NotebookId>(random);
  const disk = openFiles(state);
  const works = openWorks({
    config,
    beyondLoopback: false,
    root,
    workspace: job.workspace,
    state,
    disk,
    pathOf: () => job.path,
    paragraphs: () => notebook.paragraphs,
    forms: () => notebook.forms,
    outline: () => notebook.outline,
    random,
    log: (level, message, detail) => {
      if (level === 'warn') warn(message, detail);
    },
  });
  return {
    ...works,
    id,
    async close() {
      await Promise.all([works.runs.close(), works.sessions.close()]);
      works.network.close();
      await works.results.close();
      await disk.close();
    },
    remove() {
      // Something may still be written while folders go; what it makes anew is the next run's to sweep.
      removeTemporary(state);
    },
  };
}
