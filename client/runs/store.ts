/**
 * The runs of a notebook as signals, folded from the live events by the function the server uses too. Of each paragraph
 * the page keeps what it shows: what is queued or running, the newest that ended, and while a run has shown nothing yet
 * the one before it. So a day of streaming does not make the page grow.
 *
 * Who runs in a session of their own sees, of the paragraphs they ran there, their own runs; of all others the notebook's.
 */
import { type Accessor, batch, createSignal } from 'solid-js';
import type { ParagraphId, RunId, SessionId } from '../../server/protocol/ids.ts';
import { foldRun, isEnded, type Run, type RunEvent } from '../../server/protocol/runs.ts';
import type { Timer } from '../live/connection.ts';
import type { LiveEvent } from '../live/contract.ts';
import { systemTimer } from '../live/system.ts';

/**
 * That a run waits or runs is shown this late, as nobody sees it sooner; what it says is shown at once. So a run that has
 * ended by then costs the page no frames for states that flash by, and its answer comes the earlier.
 */
const HELD_MS = 50;

/** What a paragraph shows of its runs. */
export type Shown = { readonly run: Run; readonly dimmed: boolean };

export type ParagraphRuns = {
  /** What the gutter tells: the running one, else the next queued one, else the newest that ended. */
  readonly latest: Accessor<Run | undefined>;
  /** Whose outputs stand below; dimmed while a newer run has shown nothing. */
  readonly shown: Accessor<Shown | undefined>;
};

export type RunsView = {
  paragraph(id: ParagraphId): ParagraphRuns;
  /** Queued and running ones in the order they were asked for. */
  readonly active: Accessor<readonly Run[]>;
  /** Whether one's own stand before everybody's: not before a writer who has the notebook's own values of forms. */
  prefer(own: boolean): void;
  close(): void;
};

type Own = { readonly session: SessionId | undefined; readonly isFirst: boolean };
type Emitter = { on(listener: (event: LiveEvent) => void): () => void };
type Entry = {
  readonly runs: Map<RunId, Run>;
  readonly view: ParagraphRuns;
  readonly refreshShown: (own: Own) => void;
  readonly refreshLatest: (own: Own) => void;
};

export function openRuns(live: Emitter, timer: Timer = systemTimer): RunsView {
  const paragraphs = new Map<ParagraphId, Entry>();
  const whereIs = new Map<RunId, ParagraphId>();
  const [active, setActive] = createSignal<readonly Run[]>([]);

  const entryOf = (id: ParagraphId): Entry => {
    const known = paragraphs.get(id);
    if (known) return known;
    const entry = openEntry();
    paragraphs.set(id, entry);
    return entry;
  };

  const refreshActive = (): void => {
    const runs: Run[] = [];
    for (const entry of paragraphs.values()) {
      for (const run of entry.runs.values()) if (!isEnded(run.phase)) runs.push(run);
    }
    setActive(runs.sort((a, b) => a.asked - b.asked));
  };

  /** What is folded and not yet shown. */
  let touched = new Set<Entry>();
  let structure = false;
  let own: Own = { session: undefined, isFirst: true };
  let callOff: (() => void) | undefined;

  const apply = (event: RunEvent): void => {
    const starts = event.type === 'queued' || event.type === 'retaken';
    const id = starts ? event.run.id : event.id;
    const paragraph = starts ? event.run.paragraph : whereIs.get(id);
    if (paragraph === undefined) return;
    const entry = entryOf(paragraph);
    const run = foldRun(entry.runs.get(id), event);
    if (run) {
      entry.runs.set(id, run);
      whereIs.set(id, paragraph);
    } else {
      entry.runs.delete(id);
      whereIs.delete(id);
    }
    touched.add(entry);
    structure ||= event.type !== 'output' && event.type !== 'text';
  };

  const show = (): void => {
    callOff?.();
    callOff = undefined;
    const entries = touched;
    const ordered = structure;
    touched = new Set();
    structure = false;
    batch(() => {
      for (const entry of entries) {
        for (const id of forget(entry.runs, own.session)) whereIs.delete(id);
        entry.refreshShown(own);
        entry.refreshLatest(own);
      }
      if (ordered) refreshActive();
    });
  };

  const showOutputs = (): void =>
    batch(() => {
      for (const entry of touched) entry.refreshShown(own);
    });

  const release = live.on((event) => {
    if (event.type === 'runs') {
      for (const entry of paragraphs.values()) entry.runs.clear();
      whereIs.clear();
      for (const run of event.runs) {
        entryOf(run.paragraph).runs.set(run.id, run);
        whereIs.set(run.id, run.paragraph);
      }
      touched = new Set(paragraphs.values());
      structure = true;
      show();
    } else if (event.type === 'visitor') {
      own = { ...own, session: event.session?.id };
      touched = new Set(paragraphs.values());
      show();
    } else if (event.type === 'run') {
      for (const one of event.events) apply(one);
      if (!event.events.every((one) => mayWait(one) || says(one))) show();
      else {
        if (event.events.some(says)) showOutputs();
        callOff ??= timer(HELD_MS, show);
      }
    }
  });
  const close = (): void => {
    release();
    callOff?.();
  };

  const prefer = (isFirst: boolean): void => {
    if (own.isFirst === isFirst) return;
    own = { ...own, isFirst };
    touched = new Set(paragraphs.values());
    show();
  };

  return { paragraph: (id) => entryOf(id).view, active, prefer, close };
}

const mayWait = ({ type }: RunEvent): boolean => type === 'queued' || type === 'started' || type === 'progress';
const says = ({ type }: RunEvent): boolean => type === 'output' || type === 'text';

function openEntry(): Entry {
  const runs = new Map<RunId, Run>();
  const [latest, setLatest] = createSignal<Run | undefined>();
  const [shown, setShown] = createSignal<Shown | undefined>(undefined, {
    equals: (a, b) => a?.run === b?.run && a?.dimmed === b?.dimmed,
  });
  return {
    runs,
    view: { latest, shown },
    refreshShown: (own) => void setShown(shownTo(own, [...runs.values()])),
    refreshLatest: (own) => void setLatest(latestTo(own, [...runs.values()])),
  };
}

export function latestOf(runs: readonly Run[]): Run | undefined {
  return (
    runs.find((run) => run.phase.state === 'running') ??
    runs.find((run) => run.phase.state === 'queued') ??
    newestEnded(runs)
  );
}

export function shownOf(runs: readonly Run[]): Shown | undefined {
  const running = runs.find((run) => run.phase.state === 'running');
  if (running && running.outputs.length > 0) return { run: running, dimmed: false };
  const ended = newestThatSays(runs);
  if (ended) return { run: ended, dimmed: running !== undefined };
  return running ? { run: running, dimmed: false } : undefined;
}

/** Those of one's own session, and the others. */
function parted(
  own: SessionId | undefined,
  runs: readonly Run[],
): readonly [mine: readonly Run[], others: readonly Run[]] {
  if (own === undefined) return [[], runs];
  return [runs.filter(({ session }) => session === own), runs.filter(({ session }) => session !== own)];
}

function latestTo({ session, isFirst }: Own, runs: readonly Run[]): Run | undefined {
  const [mine, others] = parted(session, runs);
  return latestOf(isFirst && mine.length > 0 ? mine : others);
}

/** Until a first run of one's own says something, what stood there stays. */
function shownTo({ session, isFirst }: Own, runs: readonly Run[]): Shown | undefined {
  const [mine, others] = parted(session, runs);
  if (!isFirst) return shownOf(others);
  const shown = shownOf(mine);
  if (shown && (isEnded(shown.run.phase) || shown.run.outputs.length > 0)) return shown;
  const before = shownOf(others);
  return shown && before ? { run: before.run, dimmed: true } : (shown ?? before);
}

const newestEnded = (runs: readonly Run[]): Run | undefined => runs.findLast((run) => isEnded(run.phase));

/** A run that never started says nothing of its own: what stood there before stays. */
function newestThatSays(runs: readonly Run[]): Run | undefined {
  const says = (run: Run): boolean =>
    isEnded(run.phase) && (run.outputs.length > 0 || run.phase.state === 'done' || run.phase.state === 'failed');
  return runs.findLast(says) ?? newestEnded(runs);
}

/** Drops the ended runs that nothing shows any more; tells which. */
function forget(runs: Map<RunId, Run>, own: SessionId | undefined): RunId[] {
  if (runs.size <= 1) return [];
  const list = [...runs.values()];
  const keep = new Set(parted(own, list).flatMap((some) => [latestOf(some), shownOf(some)?.run, newestEnded(some)]));
  const gone = list.filter((run) => isEnded(run.phase) && !keep.has(run)).map((run) => run.id);
  for (const id of gone) runs.delete(id);
  return gone;
}
