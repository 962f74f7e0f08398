/**
 * What a headless run tells as it goes: events of runs, folded as the page folds them, as words about the steps of one
 * notebook. A table is told once, when it is whole; what could still change is not told.
 */
import type { RunId } from '../protocol/ids.ts';
import type { Output, TextStream } from '../protocol/outputs.ts';
import { type EndedPhase, foldRuns, isEnded, type Progress, type Run, type RunEvent } from '../protocol/runs.ts';
import type { Notebook, Step } from './notebook.ts';

export type Told =
  | { readonly type: 'started'; readonly step: Step; readonly at: number }
  | { readonly type: 'waiting'; readonly step: Step; readonly for: string }
  | { readonly type: 'progress'; readonly step: Step; readonly progress: Progress }
  | {
      readonly type: 'text';
      readonly step: Step;
      readonly stream: TextStream;
      readonly text: string;
      readonly omitted?: number;
    }
  | { readonly type: 'output'; readonly step: Step; readonly output: Exclude<Output, { readonly kind: 'text' }> }
  | { readonly type: 'ended'; readonly step: Step; readonly run: Run; readonly phase: EndedPhase };

export type Follower = (told: Told) => void;

/** A listener for the events of the notebook's runs. */
export function follow(notebook: Notebook, tell: Follower): (events: readonly RunEvent[]) => void {
  const runs = new Map<RunId, Run>();
  const steps = new Map<string, Step>(notebook.steps.map((step) => [step.paragraph, step]));
  /** Per run, outputs that were told. */
  const told = new Map<RunId, Set<number>>();

  function on(event: RunEvent): void {
    foldRuns(runs, event);
    const run = runs.get(event.type === 'queued' || event.type === 'retaken' ? event.run.id : event.id);
    const step = run && steps.get(run.paragraph);
    if (!run || !step) return;
    switch (event.type) {
      case 'started':
        tell({ type: 'started', step, at: event.at });
        return;
      case 'progress':
        if (event.progress.waiting !== undefined) tell({ type: 'waiting', step, for: event.progress.waiting });
        else tell({ type: 'progress', step, progress: event.progress });
        return;
      case 'text': {
        const { stream, text, omitted } = event;
        tell({ type: 'text', step, stream, text, ...(omitted === undefined ? {} : { omitted }) });
        return;
      }
      case 'output': {
        const { output } = event;
        const known = told.get(run.id) ?? new Set();
        if (output.kind === 'text' || (output.kind === 'table' && output.open) || known.has(event.index)) return;
        told.set(run.id, known.add(event.index));
        tell({ type: 'output', step, output });
        return;
      }
      case 'ended':
        if (isEnded(run.phase)) tell({ type: 'ended', step, run, phase: run.phase });
    }
  }

  return (events) => {
    for (const event of events) on(event);
  };
}
