/** Runs: asking for them, waiting, looking at them, stopping them. */
import { type Static, Type } from '@sinclair/typebox';
import { isAtLeast } from '../../access/principal.ts';
import { sessionOf } from '../../access/sessions.ts';
import { isPublished, mayRun } from '../../access/view.ts';
import { AppError } from '../../errors.ts';
import { contentOf, isLong } from '../../protocol/content.ts';
import { newId, type ParagraphId, parseId, type RequestId, type RunId } from '../../protocol/ids.ts';
import { isVisitorKey, keyIn, notebookIn } from '../../protocol/keys.ts';
import type { Run } from '../../protocol/runs.ts';
import { withDropped } from '../../runs/dropped.ts';
import type { NotebookRuns } from '../../runs/notebook.ts';
import type { NotebookRun, RunSummary } from '../../runs/parts.ts';
import { openWith } from '../../visitors/chosen.ts';
import { isOwn, seenForms, seenValues, valuesOf } from '../forms.ts';
import { jsonOf } from '../json.ts';
import { named } from '../named.ts';
import { type Circumstances, route } from '../route.ts';
import { AskedShape, Id, listOf, RunItem, RunShape, State, showRun, showSummary, WithId } from '../schemas.ts';
import { isShown, isVisited, paragraphNow, seenRun, seenSummaries } from '../seen.ts';
import { ownRuns, runsFor, runsHolding } from '../whose.ts';
import { notebookOf } from './notebooks.ts';

const tag = 'runs';
/** Longer waits are asked for again: proxies in between close silent connections anyway. */
const LONGEST_WAIT = 3600;

type Caller = Pick<Circumstances, 'services' | 'principal' | 'who' | 'view'>;
type Found = { readonly runs: Pick<NotebookRuns, 'latest' | 'cancel' | 'states'>; readonly run: Run };

async function find(id: string, caller: Caller): Promise<Found> {
  const runId = parseId<RunId>(id);
  const past = runId && (await findPast(runId, caller));
  if (past) return { runs: { latest: () => [past], cancel: () => false, states: () => [] }, run: past };
  const runs = await runsHolding(id, 'run', caller);
  const run = runId && (await runs.get(runId));
  if (!run) throw new AppError('not-found', 'run');
  return { runs, run };
}

/** Of a session that has ended, for whoever ran it. */
async function findPast(id: RunId, { services, principal, who }: Caller): Promise<Run | undefined> {
  const key = keyIn(id);
  if (!key || !isVisitorKey(key) || services.visitors.byKey(key, principal)) return undefined;
  if (!services.workspace.get(notebookIn(key))) return undefined;
  const run = await services.visitors.past(notebookIn(key), id);
  return run?.by.id === who.id ? run : undefined;
}

async function findSeen(id: string, caller: Caller) {
  const { runs, run } = await find(id, caller);
  const { services, view: viewOf } = caller;
  const notebook = services.workspace.get(run.notebook);
  const view = notebook && viewOf(notebook);
  const now = view && !isAtLeast(view.role, 'writer') ? await paragraphNow(services.live, run) : undefined;
  const isThere = view?.whole === true || now !== undefined;
  const seen = view && isThere && isShown(view, run, runs) ? seenRun(view, run, now?.options) : undefined;
  if (!view || !seen) throw new AppError('not-found', 'run');
  return { run: seen, view };
}

export const runRoutes = [
  route({
    method: 'POST',
    path: '/notebooks/:id/runs',
    action: 'notebook.run',
    target: 'notebook',
    tag,
    summary: 'Run paragraphs, in notebook order; all of them when none are named',
    params: WithId,
    query: Type.Object(
      {
        wait: Type.Optional(
          Type.Number({ minimum: 0, maximum: LONGEST_WAIT, description: 'Seconds to wait for the end' }),
        ),
      },
      { additionalProperties: false },
    ),
    body: Type.Object(
      {
        paragraphs: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 100_000 })),
        forms: Type.Optional(Type.Record(Type.String({ maxLength: 200 }), Type.Unknown())),
        ordered: Type.Optional(
          Type.Boolean({ description: 'In the order in which they are named, as a plan gives it' }),
        ),
        use: Type.Optional(
          Type.Array(Id, {
            maxItems: 1_000,
            description: 'Those of them whose kept result is used instead of running; where one can’t be, nothing runs',
          }),
        ),
      },
      { additionalProperties: false, default: {} },
    ),
    answers: { 202: AskedShape },
    async handle({ params, query, body, services, signal, role, who, access, principal, view }) {
      const notebook = notebookOf(services, params.id);
      const { id } = notebook;
      const forms = jsonOf(body.forms ?? {});
      const live = await services.live.open(id);
      let runs: NotebookRuns;
      let asked: NotebookRun;
      let told: NotebookRun['runs'];
      try {
        const seen = view(notebook);
        const there = live.paragraphs().filter((paragraph) => isPublished(seen, paragraph));
        // What they need runs too, and may be hidden.
        const shown = new Set<string>(there.map((paragraph) => paragraph.id));
        const paragraphs = body.paragraphs && named(body.paragraphs, there);
        if (paragraphs?.some((paragraph) => !mayRun(seen, paragraph)))
          throw new AppError('forbidden', 'a paragraph that was named is not theirs to run');
        const own = isOwn(seenForms(seen, live), forms);
        const tables = async () =>
          (ownRuns(id, { services, principal, role }) ?? (await services.runs.of(id))).tables();
        const chosen = { notebook: id, forms: live.forms().forms, raw: forms, whole: seen.whole, tables, principal };
        runs = own ? await runsFor(id, { services, principal, role }, own) : await openWith(chosen, services);
        const request = newId<RequestId>();
        asked = await runs.ask({
          request,
          by: who,
          may: (paragraph) => shown.has(paragraph) && mayRun(seen, paragraph),
          ...(paragraphs ? { paragraphs } : {}),
          ...(body.ordered ? { ordered: true } : {}),
          ...(body.use && body.use.length > 0 ? { use: new Set(named(body.use, there)) } : {}),
          forms,
        });
        told = asked.runs.filter((run) => shown.has(run.paragraph));
      } finally {
        live.release();
      }
      access.audit.note({ event: 'run', by: who, on: id, detail: asked.runs.map((run) => run.paragraph).join(' ') });
      const { request } = asked;
      if (query.wait === undefined) return { status: 202, body: { request, runs: told } };
      const ids = told.map((run) => run.id);
      await runs.ended(ids, AbortSignal.any([signal, AbortSignal.timeout(query.wait * 1000)]));
      return { status: 202, body: { request, runs: runs.states(ids) } };
    },
  }),
  route({
    method: 'DELETE',
    path: '/notebooks/:id/runs',
    action: 'notebook.run',
    target: 'notebook',
    tag,
    summary: 'Stop all that runs and waits: one’s own, and of writers what the notebook runs',
    params: WithId,
    answers: { 204: '' },
    handle({ params, services, principal, role }) {
      const { id } = notebookOf(services, params.id);
      services.visitors.find(id, principal)?.cancel();
      if (sessionOf(role) === 'notebook') services.runs.peek(id)?.cancel();
      return {};
    },
  }),
  route({
    method: 'GET',
    path: '/notebooks/:id/runs',
    action: 'notebook.read',
    target: 'notebook',
    tag,
    summary: 'The runs that are kept, newest first',
    params: WithId,
    query: Type.Object(
      {
        paragraph: Type.Optional(Id),
        cursor: Type.Optional(Id),
        limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
        visitors: Type.Boolean({
          default: false,
          description: 'What runners ran in sessions of their own, without outputs: for writers',
        }),
        values: Type.Boolean({
          default: false,
          description: 'With the values of forms; and what the caller ran in sessions that have ended',
        }),
      },
      { additionalProperties: false },
    ),
    answers: { 200: listOf(RunItem) },
    async handle({ params, query, services, view, principal, role, who }) {
      const { paragraph, cursor, limit, visitors, values } = query;
      const notebook = notebookOf(services, params.id);
      if (visitors && sessionOf(role) === 'visitor')
        throw new AppError('forbidden', 'what others ran in sessions of their own is for writers');
      const only = parseId<ParagraphId>(paragraph);
      const seen = view(notebook);
      const listed = (runs: NotebookRuns) => runs.history(only).filter((run) => isShown(seen, run, runs));
      const isAsked = (run: RunSummary): boolean => !only || run.paragraph === only;
      const past = values && !visitors ? (await services.visitors.pastOf(notebook.id, who.id)).filter(isAsked) : [];
      const gone = new Set(past.map((run) => run.id));
      const own = services.visitors.find(notebook.id, principal);
      const team = listed(await services.runs.of(notebook.id));
      const history = visitors
        ? (await services.visitors.history(notebook.id)).filter(isAsked)
        : own || past.length > 0
          ? [...(own ? listed(own) : []), ...past, ...team].toSorted(newestFirst)
          : team;
      const live = seen.whole && !values ? undefined : await services.live.open(notebook.id);
      let all: readonly RunSummary[];
      let told: ReturnType<typeof valuesOf> | undefined;
      try {
        all = seenSummaries(seen, history, live?.paragraphs() ?? []);
        told = live && values && !visitors ? valuesOf(seen, live) : undefined;
      } finally {
        live?.release();
      }
      const show = (run: RunSummary): Static<typeof RunItem> => ({
        ...showSummary(run),
        ...(told ? { forms: told(run) } : {}),
        ...(told && isVisited(run.id) ? { own: true as const } : {}),
        ...(gone.has(run.id) ? { gone: true as const } : {}),
      });
      const from = cursor === undefined ? 0 : all.findIndex((run) => run.id === cursor) + 1;
      if (cursor !== undefined && from === 0)
        throw new AppError('bad-request', 'the cursor is not one that a list gave');
      const items = all.slice(from, from + limit);
      const next = from + limit < all.length ? (items.at(-1)?.id ?? null) : null;
      return { body: { items: items.map(show), next } };
    },
  }),
  route({
    method: 'GET',
    path: '/runs/:id',
    action: 'notebook.read',
    target: 'run',
    tag,
    summary: 'One run with its outputs',
    params: WithId,
    answers: { 200: RunShape },
    async handle({ params, services, ...caller }) {
      const { run, view } = await findSeen(params.id, { services, ...caller });
      const live = await services.live.open(run.notebook);
      try {
        const forms = seenValues(view, live, run.forms);
        return { body: showRun(await withDropped({ ...run, forms }, services.results)) };
      } finally {
        live.release();
      }
    },
  }),
  route({
    method: 'GET',
    path: '/runs/:id/outputs/:index/text',
    action: 'notebook.shown',
    target: 'run',
    tag,
    summary: 'All that is kept of one output: its text, HTML, Markdown or Vega-Lite, or a picture in base64',
    params: Type.Object({ id: Id, index: Type.Integer({ minimum: 0 }) }),
    answers: { 200: 'text/plain' },
    async handle({ params, ...caller }) {
      const { run } = await findSeen(params.id, caller);
      const output = run.outputs[params.index];
      if (!output || !isLong(output)) throw new AppError('not-found', 'text output');
      // Never as what it is: HTML of a program must not run as a page of this server.
      return { headers: { 'content-type': 'text/plain; charset=utf-8' }, body: contentOf(output) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/runs/:id',
    action: 'notebook.run',
    target: 'run',
    tag,
    summary: 'Stop a run; one that has ended stays as it is',
    params: WithId,
    answers: { 200: Type.Object({ id: Id, state: State }) },
    async handle({ params, role, ...caller }) {
      const { runs, run } = await find(params.id, caller);
      const key = keyIn(run.id);
      // What the notebook's writers run is theirs to stop.
      if (sessionOf(role) === 'visitor' && !(key && isVisitorKey(key)))
        throw new AppError('forbidden', 'what the notebook’s writers run is theirs to stop');
      runs.cancel(run.id);
      const [now] = runs.states([run.id]);
      return { body: { id: run.id, state: now?.state ?? run.phase.state } };
    },
  }),
];

const newestFirst = (a: RunSummary, b: RunSummary): number => b.asked - a.asked;
