/** The session that runs happen in: what its paragraphs can use, and its restart. */
import { Type } from '@sinclair/typebox';
import { sessionOf } from '../../access/sessions.ts';
import { AppError } from '../../errors.ts';
import { route } from '../route.ts';
import { Column, listOf, WithId } from '../schemas.ts';
import { ownRuns } from '../whose.ts';
import { notebookOf } from './notebooks.ts';

const tag = 'session';

export const sessionRoutes = [
  route({
    method: 'GET',
    path: '/notebooks/:id/tables',
    action: 'notebook.read',
    target: 'notebook',
    tag,
    summary: 'The tables that the session’s paragraphs can use, with their columns',
    params: WithId,
    answers: {
      200: listOf(
        Type.Object({
          name: Type.String(),
          source: Type.Union((['named', 'session', 'view', 'file'] as const).map((source) => Type.Literal(source))),
          columns: Type.Array(Column),
          rows: Type.Optional(Type.Integer()),
          bytes: Type.Optional(Type.Integer()),
          folder: Type.Optional(Type.String()),
        }),
      ),
    },
    async handle({ params, services, view, principal, role }) {
      const notebook = notebookOf(services, params.id);
      const { tables } = view(notebook);
      if (tables === 'none') throw new AppError('forbidden', 'the link shows no tables');
      if (tables === 'named') {
        const own = ownRuns(notebook.id, { services, principal, role });
        const live = await services.live.open(notebook.id);
        try {
          const items = await (own ?? (await services.runs.of(notebook.id))).published();
          return { body: { items: items.map((item) => ({ ...item, columns: [...item.columns] })), next: null } };
        } finally {
          live.release();
        }
      }
      const named = await (await services.runs.of(notebook.id)).tables();
      return { body: { items: await services.sessions.tables(notebook.id, named), next: null } };
    },
  }),
  route({
    method: 'DELETE',
    path: '/notebooks/:id/session',
    action: 'notebook.session',
    target: 'notebook',
    tag,
    summary: 'Restart the session; with clear=true its tables go too, the named ones included. A runner ends their own',
    params: WithId,
    query: Type.Object({ clear: Type.Boolean({ default: false }) }, { additionalProperties: false }),
    answers: { 204: '' },
    async handle({ params, query, services, principal, role }) {
      const { id } = notebookOf(services, params.id);
      if (sessionOf(role) === 'visitor') {
        await services.visitors.end(id, principal);
        return {};
      }
      await (await services.runs.of(id)).restart(query.clear);
      return {};
    },
  }),
];
