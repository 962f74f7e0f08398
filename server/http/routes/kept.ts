/**
 * Kept results that a run now would give again: for those who may open the notebook and run the paragraphs, of what ran in the
 * session that a run of theirs would happen in. Who came by a link alone is offered none.
 */
import { Type } from '@sinclair/typebox';
import { sessionOf } from '../../access/sessions.ts';
import { isPublished, mayRun, type View } from '../../access/view.ts';
import type { NotebookId } from '../../protocol/ids.ts';
import { MOST_WANTED } from '../../runs/kept/kept.ts';
import type { NotebookRuns } from '../../runs/notebook.ts';
import { isOwn, seenForms } from '../forms.ts';
import { jsonOf } from '../json.ts';
import { named } from '../named.ts';
import { type Circumstances, route } from '../route.ts';
import { Id, Time, Who, WithId } from '../schemas.ts';
import type { LiveNotebook } from '../services.ts';
import { notebookOf } from './notebooks.ts';

export const keptShape = { run: Id, at: Time, by: Who };

export const keptRoutes = [
  route({
    method: 'POST',
    path: '/notebooks/:id/kept',
    action: 'notebook.open',
    target: 'notebook',
    tag: 'runs',
    summary:
      'Of these paragraphs, those whose kept result a run now would give again, and who made it when. Use it by POST …/runs with use',
    params: WithId,
    body: Type.Object(
      {
        paragraphs: Type.Array(Id, { maxItems: MOST_WANTED }),
        forms: Type.Optional(Type.Record(Type.String({ maxLength: 200 }), Type.Unknown())),
      },
      { additionalProperties: false },
    ),
    answers: { 200: Type.Object({ items: Type.Array(Type.Object({ paragraph: Id, ...keptShape })) }) },
    async handle({ params, body, services, principal, role, view }) {
      const notebook = notebookOf(services, params.id);
      const seen = view(notebook);
      const live = await services.live.open(notebook.id);
      try {
        const forms = jsonOf(body.forms ?? {});
        const runs = await keptRuns(notebook.id, seen, live, forms, { services, principal, role });
        if (!runs) return { body: { items: [] } };
        const there = live.paragraphs().filter((paragraph) => isPublished(seen, paragraph));
        const paragraphs = named(body.paragraphs, there);
        const items = await runs.offers({ paragraphs, forms, may: (id) => mayRun(seen, id) });
        return { body: { items: items.map((item) => ({ ...item })) } };
      } finally {
        live.release();
      }
    },
  }),
];

/** Those of the session that a run of theirs with these values would happen in; undefined where there is none yet. */
export async function keptRuns(
  notebook: NotebookId,
  seen: View,
  live: Pick<LiveNotebook, 'forms' | 'paragraphs' | 'dependence'>,
  forms: Parameters<typeof isOwn>[1],
  { services, principal, role }: Pick<Circumstances, 'services' | 'principal' | 'role'>,
): Promise<NotebookRuns | undefined> {
  const own = isOwn(seenForms(seen, live), forms);
  if (own && sessionOf(role) === 'notebook') return services.runs.of(notebook);
  return services.visitors.find(notebook, principal);
}
