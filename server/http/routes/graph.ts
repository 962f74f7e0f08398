/**
 * What the paragraphs of a notebook read, write and need of each other, and what would run to bring stale ones up to date.
 * A graph gives names of tables and files away: it is for those who may open the document, never for links and frames.
 */
import { type Static, Type } from '@sinclair/typebox';
import { sessionOf } from '../../access/sessions.ts';
import { mayRun } from '../../access/view.ts';
import { AppError } from '../../errors.ts';
import type { GraphNode, Need, Store } from '../../protocol/graph/graph.ts';
import { planOf } from '../../protocol/graph/plan.ts';
import type { Reason, Situation } from '../../protocol/graph/stale.ts';
import type { NotebookId, ParagraphId } from '../../protocol/ids.ts';
import { isEnded, type Run, type RunPhase } from '../../protocol/runs.ts';
import { fill } from '../../runs/inputs.ts';
import { jsonOf } from '../json.ts';
import { named } from '../named.ts';
import { type Circumstances, route } from '../route.ts';
import { Id, literals, Time, WithId } from '../schemas.ts';
import type { LiveNotebook } from '../services.ts';
import { ownRuns } from '../whose.ts';
import { keptRuns, keptShape } from './kept.ts';
import { notebookOf } from './notebooks.ts';

const tag = 'runs';

const store = {
  kind: literals(['table', 'file', 'variable', 'form', 'settings'] as const),
  name: Type.String(),
};
const StoreShape = Type.Object(store);
const NodeShape = Type.Object({
  id: Id,
  reads: Type.Array(StoreShape),
  writes: Type.Array(StoreShape),
  needs: Type.Array(Type.Object({ ...store, paragraph: Id }), {
    description: 'Paragraphs whose work it stands on, and by which store',
  }),
  sure: Type.Boolean({ description: 'False where its words were looked at, as its program could not read it' }),
  varies: Type.Optional(Type.String({ description: 'Why it may give something else when nothing of this changed' })),
  done: Type.Optional(Type.Object({ started: Time, ended: Time }, { description: 'Its last run that was done' })),
});

const ReasonShape = Type.Object({
  why: literals(['text', 'form', 'ran', 'behind'] as const),
  form: Type.Optional(Type.String()),
  paragraph: Type.Optional(Id),
  store: Type.Optional(StoreShape),
  at: Type.Optional(Time),
});

const StepShape = Type.Object({
  paragraph: Id,
  because: literals(['asked', 'stale', 'missing'] as const),
  reasons: Type.Array(ReasonShape),
  took: Type.Optional(Type.Number({ description: 'Milliseconds that its last run took that was done' })),
  kept: Type.Optional(
    Type.Object(keptShape, {
      description: 'The kept result that it would give again, if those of the paragraphs before it are used as well',
    }),
  ),
});

export const graphRoutes = [
  route({
    method: 'GET',
    path: '/notebooks/:id/graph',
    action: 'notebook.open',
    target: 'notebook',
    tag,
    summary: 'What each paragraph reads, writes, and needs of the others: for those who may open the notebook',
    params: WithId,
    answers: {
      200: Type.Object({
        nodes: Type.Array(NodeShape),
        clashes: Type.Array(Type.Object({ store: StoreShape, paragraphs: Type.Array(Id) })),
        cycles: Type.Array(Type.Array(Id)),
        whole: Type.Boolean({ description: 'All texts were read by their programs; else ask again' }),
      }),
    },
    async handle({ params, services, principal, role }) {
      const { id } = notebookOf(services, params.id);
      const live = await services.live.open(id);
      try {
        const { situation } = await situationOf(id, live, {}, { services, principal, role });
        const { nodes, clashes, cycles, whole } = situation.graph;
        return {
          body: {
            nodes: nodes.map((node) => showNode(node, situation.done(node.id)?.phase)),
            clashes: clashes.map((one) => ({ store: { ...one.store }, paragraphs: [...one.paragraphs] })),
            cycles: cycles.map((one) => [...one]),
            whole,
          },
        };
      } finally {
        live.release();
      }
    },
  }),
  route({
    method: 'POST',
    path: '/notebooks/:id/plan',
    action: 'notebook.open',
    target: 'notebook',
    tag,
    summary:
      'What would run, in order: stale paragraphs, or these with what they need. Run it by POST …/runs with ordered=true',
    params: WithId,
    body: Type.Object(
      {
        paragraphs: Type.Optional(
          Type.Array(Id, { minItems: 1, maxItems: 100_000, description: 'Absent: all that is stale' }),
        ),
        forms: Type.Optional(Type.Record(Type.String({ maxLength: 200 }), Type.Unknown())),
      },
      { additionalProperties: false, default: {} },
    ),
    answers: { 200: Type.Object({ steps: Type.Array(StepShape) }) },
    async handle({ params, body, services, principal, role, view }) {
      const notebook = notebookOf(services, params.id);
      const live = await services.live.open(notebook.id);
      try {
        const seen = view(notebook);
        const forms = jsonOf(body.forms ?? {});
        const { situation, steps } = await situationOf(notebook.id, live, forms, { services, principal, role });
        const paragraphs = body.paragraphs && named(body.paragraphs, situation.graph.nodes);
        const plan = planOf(
          situation,
          paragraphs ? { what: 'needs', paragraphs } : { what: 'stale' },
          (id) => steps.has(id) && mayRun(seen, id),
        );
        if ('cycle' in plan)
          throw new AppError('dependency-cycle', plan.cycle.map((id) => `paragraph ${steps.get(id) ?? id}`).join(', '));
        const runs = await keptRuns(notebook.id, seen, live, forms, { services, principal, role });
        const order = plan.steps.map(({ paragraph }) => paragraph);
        const may = (id: ParagraphId): boolean => mayRun(seen, id);
        const offers = (await runs?.offers({ paragraphs: order, ordered: true, forms, may })) ?? [];
        const kept = new Map(offers.map(({ paragraph, ...rest }) => [paragraph, rest]));
        const shown = plan.steps.map((step) => {
          const offer = kept.get(step.paragraph);
          return { ...step, reasons: step.reasons.map(showReason), ...(offer ? { kept: offer } : {}) };
        });
        return { body: { steps: shown } };
      } finally {
        live.release();
      }
    },
  }),
];

type Caller = Pick<Circumstances, 'services' | 'principal' | 'role'>;

/** As it is for the caller now; `steps`: what can run, by its place among the code. Throws AppError. */
async function situationOf(
  id: NotebookId,
  live: Pick<LiveNotebook, 'paragraphs' | 'forms'>,
  raw: Parameters<typeof fill>[1],
  { services, principal, role }: Caller,
): Promise<{ readonly situation: Situation; readonly steps: ReadonlyMap<ParagraphId, number> }> {
  const paragraphs = live.paragraphs();
  const { forms } = live.forms();
  const { recorded } = fill(forms, raw);
  const graph = await services.graphs.of(id, { paragraphs, forms }, sessionOf(role) === 'notebook');
  const team = await services.runs.of(id);
  const own = ownRuns(id, { services, principal, role });
  const latest = new Map<ParagraphId, Run[]>();
  for (const run of [...team.latest(), ...(own?.latest() ?? [])]) {
    const list = latest.get(run.paragraph);
    if (list) list.push(run);
    else latest.set(run.paragraph, [run]);
  }
  const done = new Map<ParagraphId, Pick<Run, 'phase'>>();
  // Newest first; one's own are the newer ones, where there are any.
  for (const run of [...(own?.history() ?? []), ...team.history()])
    if (run.phase.state === 'done' && !done.has(run.paragraph)) done.set(run.paragraph, run);
  const written = new Map(paragraphs.map((one) => [one.id, one]));
  const code = paragraphs.filter(({ interpreter }) => interpreter !== 'markdown');
  const steps = new Map(
    code.flatMap((one, index) => (one.options.run === 'never' ? [] : [[one.id, index + 1] as const])),
  );
  return {
    steps,
    situation: {
      graph,
      written: (one) => written.get(one),
      shown: (one) => latest.get(one)?.findLast(({ phase }) => isEnded(phase) && phase.started !== undefined),
      done: (one) => {
        const run = done.get(one);
        return run && { source: '', interpreter: '', forms: {}, phase: run.phase };
      },
      isActive: (one) => latest.get(one)?.some(({ phase }) => !isEnded(phase)) ?? false,
      value: (form) => recorded[form],
    },
  };
}

function showNode(node: GraphNode, phase: RunPhase | undefined): Static<typeof NodeShape> {
  const { id, reads, writes, needs, sure, varies } = node;
  return {
    id,
    reads: reads.map(showStore),
    writes: writes.map(showStore),
    needs: needs.map(showNeed),
    sure,
    ...(varies === undefined ? {} : { varies }),
    ...(phase?.state === 'done' ? { done: { started: phase.started, ended: phase.ended } } : {}),
  };
}

const showStore = ({ kind, name }: Store): Static<typeof StoreShape> => ({ kind, name });
const showNeed = ({ paragraph, store: { kind, name } }: Need) => ({ paragraph, kind, name });
const showReason = (reason: Reason): Static<typeof ReasonShape> =>
  'store' in reason ? { ...reason, store: showStore(reason.store) } : { ...reason };
