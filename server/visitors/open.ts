/**
 * Puts one visitor's session together: the runs of a notebook over records, results and processes of their own. Nothing in
 * queue, engine or results knows that it is a visitor's but for the key that its ids begin with.
 */
import { join } from 'node:path';
import type { NotebookId, ResultId, SessionId } from '../protocol/ids.ts';
import { parseId } from '../protocol/ids.ts';
import {
  newResultId,
  newRunId,
  notebookIn,
  recordsOf,
  sessionIn,
  type VisitorKey,
  visitorKey,
  visitorsOf,
} from '../protocol/keys.ts';
import type { Results } from '../results/contract.ts';
import { NotebookRuns } from '../runs/notebook.ts';
import type { Listener, Parts } from '../runs/parts.ts';
import { openRecords } from '../runs/records.ts';
import type { Runs } from '../runs/runs.ts';
import { Shown } from '../runs/shown.ts';
import type { ExecutionOutcome, Sessions } from '../sessions/contract.ts';
import { NAMED_FOLDER, removeMade } from '../sessions/folders.ts';
import type { Disk } from '../storage/disk.ts';
import { words } from '../words.ts';
import { bringNamed, forgetNamed, letGo } from './named.ts';
import type { Visited } from './visited.ts';

export type OpenParts = {
  readonly disk: Disk;
  /** Where `disk` is rooted. */
  readonly state: string;
  readonly sessions: Pick<Sessions, 'execute' | 'inputs' | 'leave'>;
  readonly results: Pick<Results, 'leave'> & Parts['results'];
  readonly runs: Pick<Runs, 'enforceBudget'>;
  readonly visited: Visited;
  readonly shared: Pick<Parts, 'paragraphs' | 'forms' | 'outline' | 'knows' | 'now' | 'version' | 'warn'>;
};

export type Opened = {
  readonly runs: NotebookRuns;
  readonly attach: (listener: Listener) => void;
  /** Results of any session went to keep the budget. */
  readonly dropped: (results: ReadonlySet<ResultId>) => void;
};

export async function openVisitorSession(
  key: VisitorKey,
  team: Pick<NotebookRuns, 'held'>,
  parts: OpenParts,
): Promise<Opened> {
  const { disk, state, sessions, results, shared } = parts;
  const folder = recordsOf(key);
  const named = join(state, folder, NAMED_FOLDER);
  const own = join(state, folder, 'results');
  const records = await openRecords({
    disk,
    folder,
    now: shared.now,
    warn: (what) => shared.warn(what, { session: key }),
  });
  const runs = new NotebookRuns(notebookIn(key), records, new Shown(), {
    ...shared,
    results,
    sessions: {
      idOf: () => sessionIn(key),
      inputs: (_, asked) => sessions.inputs(key, asked),
      async execute(run, tables, emit, signal, spent) {
        const brought = await bringNamed(tables, named, own);
        const outcome = await sessions.execute(run, brought, emit, signal, spent);
        await forgetNamed(brought, named);
        return advised(outcome);
      },
      // A restart of a visitor's session is its end.
      restart: async () => {},
    },
    newRunId: () => newRunId(key),
    newResultId: () => newResultId(key),
    beneath: () => team.held,
    grown: () => parts.runs.enforceBudget(),
    ended: () => {},
  });
  return {
    runs,
    attach: (listener) => void runs.attach(listener),
    dropped(results) {
      runs.dropped(results);
      void letGo(results, named);
    },
  };
}

/** What a paragraph above makes is not there before it ran here. */
const LACKS: ReadonlySet<string> = new Set(['unknown-table', 'unknown-name']);

function advised(outcome: ExecutionOutcome): ExecutionOutcome {
  if (outcome.state !== 'failed' || !LACKS.has(outcome.failure.code)) return outcome;
  return { ...outcome, failure: { ...outcome.failure, hint: words.fromTheTop } };
}

/** Keeps what was run in a session whose processes are gone, then removes all of it. */
export async function clearVisitorSession(
  key: VisitorKey,
  { disk, state, results, visited, shared }: OpenParts,
): Promise<void> {
  const folder = recordsOf(key);
  await results.leave(key);
  // As read from the disk: what had not ended is lost.
  const records = await openRecords({
    disk,
    folder,
    now: shared.now,
    warn: (what) => shared.warn(what, { session: key }),
  });
  try {
    const runs = await Promise.all(
      [...records.history.runs.values()].map((run) => records.read({ ...run, outputs: [] })),
    );
    if (runs.length > 0) await visited.add(notebookIn(key), runs);
  } finally {
    await records.close();
  }
  await removeMade(join(state, folder));
}

/** Of all notebooks, those that an earlier server left. */
export async function* leftVisitorSessions(disk: Pick<Disk, 'list'>): AsyncIterable<VisitorKey> {
  for (const name of await disk.list('notebooks')) {
    const notebook = parseId<NotebookId>(name);
    if (!notebook) continue;
    for (const session of await disk.list(visitorsOf(notebook))) {
      const key = visitorKey(notebook, session as SessionId);
      if (key) yield key;
    }
  }
}
