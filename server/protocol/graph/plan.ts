/**
 * What runs when stale paragraphs are asked for, or one with all that it needs, and in which order: pure. What is needed and
 * current is left out; what never ran, failed, or is stale goes before whoever needs it. The order is that of the notebook
 * but where a paragraph needs a later one. Paragraphs that need each other have no order: that is said, and nothing runs.
 */
import type { ParagraphId } from '../ids.ts';
import { isEnded } from '../runs.ts';
import type { GraphNode } from './graph.ts';
import { type Reason, type Situation, staleOf } from './stale.ts';

export type Wanted =
  | { readonly what: 'stale' }
  /** These, and what they need. */
  | { readonly what: 'needs'; readonly paragraphs: readonly ParagraphId[] };

export type PlanStep = {
  readonly paragraph: ParagraphId;
  /** `missing`: what it leaves is not there, as it never ran or failed. */
  readonly because: 'asked' | 'stale' | 'missing';
  readonly reasons: readonly Reason[];
  /** How long its last run took that was done, in ms. */
  readonly took?: number;
};

export type RunPlan =
  | { readonly steps: readonly PlanStep[] }
  /** In notebook order. */
  | { readonly cycle: readonly ParagraphId[] };

/** `mayRun`: code that is not only shown, of whoever asks. */
export function planOf(situation: Situation, wanted: Wanted, mayRun: (id: ParagraphId) => boolean): RunPlan {
  const { graph, done } = situation;
  const stale = staleOf(situation);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const asked = new Set(wanted.what === 'needs' ? wanted.paragraphs : stale.keys());
  const chosen = new Map<ParagraphId, PlanStep>();
  const work = [...asked];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    if (chosen.has(id) || !mayRun(id)) continue;
    const last = done(id)?.phase;
    const reasons = stale.get(id) ?? [];
    const isAsked = wanted.what === 'needs' && asked.has(id);
    if (!isAsked && last !== undefined && reasons.length === 0) continue;
    chosen.set(id, {
      paragraph: id,
      because: isAsked ? 'asked' : last === undefined ? 'missing' : 'stale',
      reasons,
      ...(last && isEnded(last) && last.started !== undefined ? { took: last.ended - last.started } : {}),
    });
    for (const { paragraph } of byId.get(id)?.needs ?? []) if (paragraph !== id) work.push(paragraph);
  }
  return ordered(graph.nodes, graph.cycles, chosen);
}

function ordered(
  nodes: readonly GraphNode[],
  cycles: readonly (readonly ParagraphId[])[],
  chosen: ReadonlyMap<ParagraphId, PlanStep>,
): RunPlan {
  const cycle = cycles.find((members) => members.length > 1 && members.every((id) => chosen.has(id)));
  if (cycle) return { cycle };
  const place = new Map(nodes.map(({ id }, at) => [id, at]));
  const needed = new Map<ParagraphId, readonly ParagraphId[]>(
    nodes
      .filter(({ id }) => chosen.has(id))
      .map(({ id, needs }) => {
        const ids = new Set(needs.map(({ paragraph }) => paragraph).filter((one) => one !== id && chosen.has(one)));
        return [id, [...ids].toSorted((a, b) => place.get(a)! - place.get(b)!)];
      }),
  );
  const steps: PlanStep[] = [];
  const placed = new Set<ParagraphId>();
  // Depth first in notebook order: what is needed goes right before its first use, if it does not stand before it anyway.
  for (const { id: root } of nodes) {
    const work = chosen.has(root) ? [root] : [];
    const seen = new Set<ParagraphId>();
    for (let id = work.at(-1); id !== undefined; id = work.at(-1)) {
      const open = placed.has(id) || seen.has(id) ? [] : (needed.get(id) ?? []).filter((one) => !placed.has(one));
      seen.add(id);
      if (open.length > 0) {
        work.push(...open.toReversed());
        continue;
      }
      work.pop();
      const step = placed.has(id) ? undefined : chosen.get(id);
      if (step) steps.push(step);
      placed.add(id);
    }
  }
  return { steps };
}
