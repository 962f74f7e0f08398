/**
 * The runs of all notebooks: opens a notebook's records on first use and lets go of them when nobody looks and nothing
 * runs. A run's id begins with its notebook's, so that one run is found without reading every notebook.
 */
import type { FillRandom, NotebookId, ResultId } from '../protocol/ids.ts';
import { newRunId } from '../protocol/keys.ts';
import { isEnded } from '../protocol/runs.ts';
import type { Results } from '../results/contract.ts';
import type { Disk } from '../storage/disk.ts';
import { withDropped } from './dropped.ts';
import { type LastRun, type LastRuns, openLastRuns } from './last.ts';
import { NotebookRuns } from './notebook.ts';
import type { Parts } from './parts.ts';
import { openRecords, type Records } from './records.ts';
import { headOf, Shown, worthShowing } from './shown.ts';

/** A notebook looked at again within this time opens without reading its records. */
const IDLE_AFTER = 10 * 60 * 1000;
const LOOK_EVERY = 60 * 1000;

export type RunsOptions = Omit<Parts, 'newRunId' | 'grown' | 'ended'> & {
  readonly results: Pick<Results, 'enforceBudget'> & Parts['results'];
  readonly disk: Disk;
  /** The folder of a notebook's records on `disk`, e.g. `notebooks/ID`. */
  readonly folder: (notebook: NotebookId) => string;
  /** What new ids are made of; the system's randomness by default. */
  readonly random?: FillRandom;
};

type Opened = { readonly runs: Promise<NotebookRuns>; open: NotebookRuns | undefined; idleSince: number };

export class Runs {
  readonly #options: RunsOptions;
  readonly #notebooks = new Map<NotebookId, Opened>();
  readonly #closing = new Map<NotebookId, Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  readonly #last: LastRuns;
  #budget: Promise<void> | undefined;
  /** A result came while the budget was looked at: that look may have missed it. */
  #grownMeanwhile = false;
  readonly #onDropped = new Set<(results: ReadonlySet<ResultId>) => void>();

  constructor(options: RunsOptions) {
    this.#options = options;
    this.#last = openLastRuns(options.disk);
    this.#timer = setInterval(() => this.#letGo(), LOOK_EVERY).unref();
  }

  /** Opens the notebook's records on first use. The caller has checked that there is such a notebook. */
  of(notebook: NotebookId): Promise<NotebookRuns> {
    const known = this.#notebooks.get(notebook);
    if (known) {
      known.idleSince = this.#options.now();
      return known.runs;
    }
    const runs = this.#open(notebook);
    const opened: Opened = { runs, open: undefined, idleSince: this.#options.now() };
    this.#notebooks.set(notebook, opened);
    runs.then(
      (open) => {
        opened.open = open;
      },
      () => this.#notebooks.delete(notebook),
    );
    return runs;
  }

  /** The notebook's runs if they are open: no reading. */
  peek(notebook: NotebookId): NotebookRuns | undefined {
    return this.#notebooks.get(notebook)?.open;
  }

  /** How the notebook's last run came out, whether its records are open or not. */
  last(notebook: NotebookId): LastRun | undefined {
    return this.#last.get(notebook);
  }

  /** To be called on each change of a notebook's document. */
  changed(notebook: NotebookId): void {
    this.peek(notebook)?.changed();
  }

  /** What runs or waits in the whole workspace. */
  active(): readonly { readonly notebook: NotebookId; readonly running: boolean; readonly queued: number }[] {
    return [...this.#notebooks.values()].flatMap(({ open }) =>
      open && (open.running || open.queued > 0)
        ? [{ notebook: open.id, running: open.running !== undefined, queued: open.queued }]
        : [],
    );
  }

  /** Ends what runs in the notebook, which is about to be removed for ever, and lets go of its records. */
  async forget(notebook: NotebookId): Promise<void> {
    const opened = this.#notebooks.get(notebook);
    this.#notebooks.delete(notebook);
    await opened?.runs.then((runs) => runs.close()).catch(() => {});
    await this.#closing.get(notebook);
  }

  /** Ends what runs as lost, and resolves when all is recorded. Call before the sessions are closed. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const opened = await Promise.allSettled([...this.#notebooks.values()].map(({ runs }) => runs));
    await Promise.all(opened.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
    await Promise.all(this.#closing.values());
    this.#grownMeanwhile = false;
    await this.#budget;
    await this.#last.close();
  }

  async #open(notebook: NotebookId): Promise<NotebookRuns> {
    await this.#closing.get(notebook);
    const { disk, folder, now, warn } = this.#options;
    const records = await openRecords({
      disk,
      folder: folder(notebook),
      now,
      warn: (what) => warn(what, { notebook }),
    });
    const shown = await firstShown(records, this.#options.results);
    const runs = new NotebookRuns(notebook, records, shown, {
      ...this.#options,
      newRunId: (id) => newRunId(id, this.#options.random),
      grown: () => this.enforceBudget(),
      ended: () => this.#last.note(notebook, runs.latest()),
    });
    runs.tidy();
    this.#last.note(notebook, runs.latest());
    return runs;
  }

  #letGo(): void {
    const before = this.#options.now() - IDLE_AFTER;
    for (const [notebook, opened] of this.#notebooks) {
      const { open } = opened;
      if (!open) continue;
      if (!open.idle) opened.idleSince = this.#options.now();
      else if (opened.idleSince < before) {
        this.#notebooks.delete(notebook);
        const closing = open.close().finally(() => this.#closing.delete(notebook));
        this.#closing.set(notebook, closing);
      }
    }
  }

  /** Called with results of any session that went to keep the budget. Returns the release. */
  onDropped(listener: (results: ReadonlySet<ResultId>) => void): () => void {
    this.#onDropped.add(listener);
    return () => this.#onDropped.delete(listener);
  }

  /** One look at a time, beside the runs. */
  enforceBudget(): void {
    this.#grownMeanwhile = this.#budget !== undefined;
    this.#budget ??= this.#options.results
      .enforceBudget()
      .then((gone) => {
        const results: ReadonlySet<ResultId> = new Set(gone);
        if (results.size === 0) return;
        for (const { open } of this.#notebooks.values()) open?.dropped(results);
        for (const listener of this.#onDropped) listener(results);
      })
      .catch((error) => this.#options.warn('the budget of results was not kept', { error }))
      .finally(() => {
        this.#budget = undefined;
        if (this.#grownMeanwhile) this.enforceBudget();
      });
  }
}

/** What pages are shown of the runs on disk; a table whose rows are gone says so. */
async function firstShown(records: Records, results: Pick<Results, 'info'>): Promise<Shown> {
  const shown = new Shown();
  const { runs, byParagraph } = records.history;
  for (const ids of byParagraph.values()) {
    const ended = ids.flatMap((id) => runs.get(id) ?? []).filter((run) => isEnded(run.phase));
    for (const stored of worthShowing(ended)) shown.put(headOf(await records.read(stored)));
  }
  for (const run of shown.all()) shown.put(await withDropped(run, results));
  return shown;
}
