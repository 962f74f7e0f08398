/**
 * Who needs whom, and what is stale, as signals: the graph comes from the server, again after edits and runs, and what is
 * stale follows from it here by the function that the server uses too, with the texts, runs and values that this page has.
 * Call it inside a component's owner: what it opens is closed with that.
 */
import { createComponent, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import { emptyGraph } from '../../server/protocol/graph/graph.ts';
import { type RanRun, type Reason, staleOf } from '../../server/protocol/graph/stale.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { isEnded } from '../../server/protocol/runs.ts';
import { jsonOf } from '../forms/standing.ts';
import type { NotebookContext } from '../notebook/context.ts';
import { isProse } from '../notebook/edits.ts';
import { useKept } from '../notebook/running.ts';
import { dependWords } from '../words/depends.ts';
import { readGraph, type ServedGraph } from './calls.ts';
import type { DependsView } from './contract.ts';
import { Kept } from './Kept.tsx';
import { openKept } from './kept.ts';
import { Mark } from './Mark.tsx';
import { sayCost, sayReasons } from './say.ts';
import './depends.css';

/** Somebody who types is not asked about in between. */
const REST_MS = 700;
/** A program that was starting answers a little later; one that never does is not asked for ever. */
const AGAIN_MS = 2_000;
const MOST_AGAIN = 5;

type Notebook = Pick<NotebookContext, 'app' | 'live' | 'document' | 'runs' | 'forms' | 'runnable'>;

export function openDepends(notebook: Notebook): DependsView {
  const { live, document, runs, forms } = notebook;
  const [graph, setGraph] = createSignal<ServedGraph>();
  const [failed, setFailed] = createSignal<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;
  let again = 0;

  async function read(): Promise<void> {
    timer = undefined;
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    const answer = await readGraph(live.id, mine.signal);
    if (mine.signal.aborted) return;
    if (answer.ok) {
      setGraph(answer.value);
      setFailed(undefined);
      if (!answer.value.whole && again < MOST_AGAIN) {
        again += 1;
        timer ??= setTimeout(read, AGAIN_MS);
      }
    } else setFailed(answer.problem.message);
  }
  const later = (ms: number): void => {
    clearTimeout(timer);
    again = 0;
    timer = setTimeout(read, ms);
  };
  const changed = (): void => later(REST_MS);
  live.doc.on('update', changed);
  onCleanup(() => {
    live.doc.off('update', changed);
    clearTimeout(timer);
    asking?.abort();
  });
  // What was done last is the server's to tell: a page knows what it shows.
  createEffect(
    on(
      () => runs.active().length,
      (now, before) => now < (before ?? 0) && later(REST_MS),
      { defer: true },
    ),
  );
  void read();

  const latest = (id: ParagraphId) => runs.paragraph(id).latest();
  const shown = (id: ParagraphId): RanRun | undefined => {
    const run = latest(id);
    return run && isEnded(run.phase) && run.phase.started !== undefined ? run : runs.paragraph(id).shown()?.run;
  };
  const done = (id: ParagraphId): RanRun | undefined => {
    const known = graph()?.done.get(id);
    const run = shown(id);
    const here = run?.phase.state === 'done' ? run : undefined;
    if (!known || (here && isEnded(here.phase) && here.phase.ended >= known.ended)) return here;
    return { source: '', interpreter: '', forms: {}, phase: { state: 'done', ...known } };
  };
  const there = createMemo(() => new Set(document.order()));
  const stale = createMemo<ReadonlyMap<ParagraphId, readonly Reason[]>>(() =>
    staleOf({
      graph: graph() ?? emptyGraph,
      written: (id) => {
        if (!there().has(id)) return undefined;
        const paragraph = document.paragraph(id);
        return { source: paragraph.source(), interpreter: paragraph.interpreter() };
      },
      shown,
      done,
      isActive: (id) => {
        const run = latest(id);
        return run !== undefined && !isEnded(run.phase);
      },
      value: (name) => {
        const standing = forms.view.standing(name);
        return standing && standing.form.type !== 'password' ? jsonOf(standing.value) : undefined;
      },
    }),
  );

  const kept = openKept(notebook, stale, graph);
  const label = (id: ParagraphId): string => {
    const code = document.order().filter((one) => !isProse(document.paragraph(one).interpreter()));
    return dependWords.paragraph(code.indexOf(id) + 1);
  };
  return {
    graph,
    failed,
    stale,
    why: (id) => {
      const reasons = stale().get(id);
      return reasons ? sayReasons(reasons, label, Date.now()) : '';
    },
    mark: (id, why) => createComponent(Mark, { id, why }),
    kept: (id) => createComponent(Kept, { id, kept: () => kept(id) }),
    use(id) {
      if (!kept(id)) return false;
      void useKept({ ...notebook, values: forms.view.forRun, toasts: notebook.app.toasts }, id);
      return true;
    },
    took: (run) => sayCost(run.phase),
    refresh: () => later(0),
  };
}
