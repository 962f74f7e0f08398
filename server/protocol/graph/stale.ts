/**
 * Which paragraphs show what is not so any more, and why: pure, for server and page. One is stale when its text or a value
 * of a form changed since it ran, when what it reads was made again after it began, or when one that it needs is stale.
 * A failed run leaves what was there, so it makes nobody stale.
 */
import type { Json, Paragraph } from '../document.ts';
import type { ParagraphId } from '../ids.ts';
import { isEnded, type Run } from '../runs.ts';
import type { Graph, GraphNode, Store } from './graph.ts';

export type Reason =
  | { readonly why: 'text' }
  | { readonly why: 'form'; readonly form: string }
  /** `store` was made again by `paragraph`, at `at`. */
  | { readonly why: 'ran'; readonly paragraph: ParagraphId; readonly store: Store; readonly at: number }
  | { readonly why: 'behind'; readonly paragraph: ParagraphId; readonly store: Store };

export type RanRun = Pick<Run, 'source' | 'interpreter' | 'forms' | 'phase'>;

export type Situation = {
  readonly graph: Graph;
  /** As written now. */
  readonly written: (id: ParagraphId) => Pick<Paragraph, 'source' | 'interpreter'> | undefined;
  /** What is shown of it: the newest that ended and had started. */
  readonly shown: (id: ParagraphId) => RanRun | undefined;
  /** The newest that was done: what it left is there. */
  readonly done: (id: ParagraphId) => RanRun | undefined;
  /** Something of it waits or runs. */
  readonly isActive: (id: ParagraphId) => boolean;
  /** Values of forms now, as records have them; undefined for what no record has. */
  readonly value: (form: string) => Json | undefined;
};

/** Those that are stale, in notebook order, each with its reasons: its own first. */
export function staleOf(situation: Situation): ReadonlyMap<ParagraphId, readonly Reason[]> {
  const { graph } = situation;
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const known = new Map<ParagraphId, readonly Reason[]>();
  const asked = new Set<ParagraphId>();
  for (const { id: root } of graph.nodes) {
    // Depth first, without recursion; where paragraphs need each other the first one is judged without the rest.
    const work = [root];
    for (let id = work.at(-1); id !== undefined; id = work.at(-1)) {
      const node = byId.get(id);
      const open = asked.has(id) || !node ? [] : node.needs.map(({ paragraph }) => paragraph);
      asked.add(id);
      const next = open.filter((one) => !asked.has(one));
      if (next.length > 0) {
        work.push(...next);
        continue;
      }
      work.pop();
      if (node && !known.has(id)) known.set(id, reasonsOf(node, situation, known));
    }
  }
  return new Map(
    graph.nodes.flatMap(({ id }) => {
      const reasons = known.get(id) ?? [];
      return reasons.length > 0 ? [[id, reasons] as const] : [];
    }),
  );
}

function reasonsOf(
  node: GraphNode,
  { written, shown, done, isActive, value }: Situation,
  known: ReadonlyMap<ParagraphId, readonly Reason[]>,
): readonly Reason[] {
  const run = shown(node.id);
  const now = written(node.id);
  const began = run && 'started' in run.phase ? run.phase.started : undefined;
  if (!run || !now || began === undefined || isActive(node.id)) return [];
  const reasons: Reason[] = [];
  if (run.source !== now.source || run.interpreter !== now.interpreter) reasons.push({ why: 'text' });
  for (const { kind, name } of node.reads) {
    const wanted = kind === 'form' ? value(name) : undefined;
    if (wanted !== undefined && Object.hasOwn(run.forms, name) && !isSame(run.forms[name]!, wanted))
      reasons.push({ why: 'form', form: name });
  }
  for (const { paragraph, store } of node.needs) {
    const phase = done(paragraph)?.phase;
    const at = phase && isEnded(phase) ? phase.ended : undefined;
    if (paragraph === node.id) continue;
    if (at !== undefined && at > began) reasons.push({ why: 'ran', paragraph, store, at });
    else if ((known.get(paragraph)?.length ?? 0) > 0) reasons.push({ why: 'behind', paragraph, store });
  }
  return reasons;
}

const isSame = (a: Json, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);
