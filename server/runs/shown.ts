/**
 * The runs of a notebook that its pages hold: all that wait or run, of each paragraph the latest that ended, and where
 * that one never started also the latest that did, whose outputs still stand there. Long texts of ended runs are cut to
 * their head; the whole is had by HTTP.
 */

import { shortened, withoutBlock, withTables } from '../protocol/content.ts';
import type { ParagraphId, RunId } from '../protocol/ids.ts';
import type { Output } from '../protocol/outputs.ts';
import { foldRun, isEnded, type Run, type RunEvent } from '../protocol/runs.ts';

/** A page opens on many runs: a screenful or ten of each is sent, and the rest on request. */
export const HEAD_CHARACTERS = 64 * 1024;

export class Shown {
  readonly #runs = new Map<RunId, Run>();

  get(id: RunId): Run | undefined {
    return this.#runs.get(id);
  }

  /** In the order asked for. */
  all(): readonly Run[] {
    return [...this.#runs.values()].sort((a, b) => a.asked - b.asked);
  }

  put(run: Run): void {
    this.#runs.set(run.id, run);
  }

  fold(event: RunEvent): void {
    const id = event.type === 'queued' || event.type === 'retaken' ? event.run.id : event.id;
    const run = foldRun(this.#runs.get(id), event);
    if (!run) {
      this.#runs.delete(id);
      return;
    }
    this.#runs.set(id, event.type === 'ended' ? headOf(run) : run);
    if (event.type === 'ended') this.#tidy(run.paragraph);
  }

  #tidy(paragraph: ParagraphId): void {
    const ended = [...this.#runs.values()].filter((run) => run.paragraph === paragraph && isEnded(run.phase));
    const keep = new Set(worthShowing(ended));
    for (const run of ended) if (!keep.has(run)) this.#runs.delete(run.id);
  }
}

const hasStarted = (run: { readonly phase: Run['phase'] }): boolean => 'started' in run.phase;

/** Of one paragraph's ended runs, oldest first, those that its pages show. */
export function worthShowing<T extends { readonly phase: Run['phase'] }>(ended: readonly T[]): readonly T[] {
  const last = ended.at(-1);
  if (!last) return [];
  const started = hasStarted(last) ? undefined : ended.findLast(hasStarted);
  return started ? [started, last] : [last];
}

/** Without blocks, and long texts cut. */
export function headOf(run: Run): Run {
  return { ...run, outputs: run.outputs.map(cut) };
}

function cut(output: Output): Output {
  if (output.kind === 'text')
    return output.text.length <= HEAD_CHARACTERS
      ? output
      : { ...output, text: output.text.slice(0, HEAD_CHARACTERS), cut: output.text.length - HEAD_CHARACTERS };
  return shortened(withTables(output, withoutBlock));
}
