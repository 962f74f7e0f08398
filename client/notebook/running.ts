/** What a person asks to be run: ids in notebook order; texts are fixed by the server once their edits are durable. */
import type { Json } from '../../server/protocol/document.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { isEnded } from '../../server/protocol/runs.ts';
import type { LiveNotebook } from '../live/contract.ts';
import type { Toasts } from '../parts/toasts.tsx';
import type { RunsView } from '../runs/store.ts';
import { words } from '../words/en.ts';
import type { DocumentView } from './document.ts';
import { runs as runsAt } from './interpreters.ts';

export type Running = {
  readonly live: Pick<LiveNotebook, 'run' | 'cancel'>;
  readonly document: DocumentView;
  readonly runs: RunsView;
  readonly toasts: Pick<Toasts, 'show'>;
  /** Values of forms that are not the notebook's own. */
  readonly values: () => Readonly<Record<string, Json>> | undefined;
};

/** Those of `ids` that can run: code of a known interpreter, not deleted, not shown only. */
export function runnable(document: DocumentView, ids: readonly ParagraphId[]): ParagraphId[] {
  return ids.filter((id) => {
    const paragraph = document.paragraph(id);
    if (paragraph.damaged() !== undefined || paragraph.deleted() !== undefined) return false;
    return runsAt(paragraph.interpreter()) && paragraph.options().run !== 'never';
  });
}

export async function run(on: Running, ids: readonly ParagraphId[]): Promise<void> {
  const wanted = runnable(on.document, ids);
  if (wanted.length > 0) await ask(on, wanted);
}

/** What is not of these values: the server finds it. */
export async function runWithValues(on: Running): Promise<void> {
  if ((await ask(on, undefined))?.length === 0) on.toasts.show({ text: words.runs.nothing });
}

/** As they are named: a plan has an order of its own. `use`: those whose kept results are used instead. */
export async function runPlanned(
  on: Running,
  ids: readonly ParagraphId[],
  use: readonly ParagraphId[] = [],
): Promise<void> {
  const wanted = runnable(on.document, ids);
  if (wanted.length > 0) await ask(on, wanted, true, use);
}

/** Its kept result, if a run would give it again: the server looks once more. */
export async function useKept(on: Running, id: ParagraphId): Promise<void> {
  if (runnable(on.document, [id]).length > 0) await ask(on, [id], true, [id]);
}

async function ask(
  on: Running,
  ids: readonly ParagraphId[] | undefined,
  ordered?: boolean,
  use: readonly ParagraphId[] = [],
): Promise<readonly unknown[] | undefined> {
  try {
    return await (ordered ? on.live.run(ids, on.values(), true, use) : on.live.run(ids, on.values()));
  } catch (error) {
    on.toasts.show({
      text: words.runs.refused,
      hint: error instanceof Error ? [error.message, hintOf(error)].join(' ').trim() : '',
      tone: 'bad',
    });
    return undefined;
  }
}

const hintOf = (error: Error): string => ('hint' in error && typeof error.hint === 'string' ? error.hint : '');

export function runAll(on: Running): void {
  const wanted = runnable(on.document, on.document.order());
  if (wanted.length === 0) on.toasts.show({ text: words.runs.nothing });
  else void run(on, wanted);
}

export function upTo(order: readonly ParagraphId[], id: ParagraphId): readonly ParagraphId[] {
  return order.slice(0, order.indexOf(id) + 1);
}

export function from(order: readonly ParagraphId[], id: ParagraphId): readonly ParagraphId[] {
  return order.slice(Math.max(0, order.indexOf(id)));
}

export function stop(on: Running, id: ParagraphId): void {
  const latest = on.runs.paragraph(id).latest();
  if (latest && !isEnded(latest.phase)) on.live.cancel(latest.id);
}

export function stopAll(on: Running): void {
  if (on.runs.active().length === 0) on.toasts.show({ text: words.runs.nothingRuns });
  else on.live.cancel();
}
