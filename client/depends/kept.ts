/**
 * Which stale paragraphs have a kept result that a run now would give again: asked of the server a moment after what they
 * stand on changed. Call it inside a component's owner.
 */
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import type { Reason } from '../../server/protocol/graph/stale.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { isEnded, type Run } from '../../server/protocol/runs.ts';
import type { NotebookContext } from '../notebook/context.ts';
import { runnable } from '../notebook/running.ts';
import { type KeptResult, readKept } from './calls.ts';

/** Somebody who types or moves a slider is not asked about in between. */
const REST_MS = 300;
/** What the server looks at in one call. */
const MOST_ASKED = 200;

type Notebook = Pick<NotebookContext, 'live' | 'document' | 'runs' | 'forms' | 'runnable'>;

export function openKept(
  { live, document, runs, forms, runnable: mayRun }: Notebook,
  stale: Accessor<ReadonlyMap<ParagraphId, readonly Reason[]>>,
  /** Changes whenever texts or runs did. */
  changed: Accessor<unknown>,
): (id: ParagraphId) => KeptResult | undefined {
  const [known, setKnown] = createSignal<ReadonlyMap<ParagraphId, KeptResult>>(new Map());
  const latest = (id: ParagraphId): Run | undefined => runs.paragraph(id).latest();
  const isOpen = (id: ParagraphId): boolean => {
    const run = latest(id);
    if (!run || !isEnded(run.phase)) return false;
    // What is stale behind another is so until that one is mended: what it would give now is not what anybody waits for.
    return (
      stale()
        .get(id)
        ?.some(({ why }) => why !== 'behind') || run.phase.state !== 'done'
    );
  };
  const wanted = createMemo(() =>
    mayRun()
      ? runnable(document, document.order())
          .filter((id) => document.paragraph(id).interpreter() === 'sql' && isOpen(id))
          .slice(0, MOST_ASKED)
      : [],
  );
  const asked = createMemo(() => JSON.stringify([wanted(), forms.view.forRun()]));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;

  async function read(): Promise<void> {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    const answer = await readKept(live.id, wanted(), forms.view.forRun(), mine.signal);
    if (!mine.signal.aborted && answer.ok) setKnown(answer.value);
  }
  createEffect(
    on([asked, changed], () => {
      clearTimeout(timer);
      asking?.abort();
      if (wanted().length === 0) setKnown(new Map());
      else timer = setTimeout(read, REST_MS);
    }),
  );
  onCleanup(() => {
    clearTimeout(timer);
    asking?.abort();
  });
  return (id) => (isOpen(id) ? known().get(id) : undefined);
}
