/** The trash: notebooks that were deleted, for 30 days. Only who may delete a notebook sees that it is there. */
import { type Static, Type } from '@sinclair/typebox';
import { AppError } from '../../errors.ts';
import { type NotebookId, parseId } from '../../protocol/ids.ts';
import type { TrashedNotebook } from '../../workspace/contract.ts';
import { KEEP_GONE_MS } from '../../workspace/ids.ts';
import { route } from '../route.ts';
import { Id, listOf, Time, WithId } from '../schemas.ts';
import type { Services } from '../services.ts';

const tag = 'trash';

const Item = Type.Object({
  id: Id,
  path: Type.String({ description: 'Where it was, and where it goes back to if nothing else is there' }),
  title: Type.String(),
  deleted: Time,
  by: Type.Union([Type.String(), Type.Null()]),
  until: Type.Number({ description: 'When it goes for ever; milliseconds since 1970' }),
});

const Restored = Type.Object({ id: Id, url: Type.String(), path: Type.String(), title: Type.String() });

const show = ({ id, path, title, deleted, by }: TrashedNotebook): Static<typeof Item> => ({
  id,
  path,
  title,
  deleted,
  by: by ?? null,
  until: deleted + KEEP_GONE_MS,
});

function trashedOf(services: Pick<Services, 'workspace'>, id: string): NotebookId {
  const parsed = parseId<NotebookId>(id);
  if (!parsed || !services.workspace.trash().some((one) => one.id === parsed)) {
    throw new AppError('not-found', 'notebook in the trash');
  }
  return parsed;
}

export const trashRoutes = [
  route({
    method: 'GET',
    path: '/trash',
    action: 'workspace.list',
    target: 'workspace',
    tag,
    summary: 'Notebooks in the trash, the last deleted first: those of one’s own',
    answers: { 200: listOf(Item) },
    handle({ services, access, principal }) {
      const roleOn = access.roles(principal);
      const own = services.workspace
        .trash()
        .filter(({ id, path }) => roleOn({ kind: 'notebook', notebook: id, path }) === 'owner');
      return { body: { items: own.map(show), next: null } };
    },
  }),
  route({
    method: 'POST',
    path: '/trash/:id/restore',
    action: 'notebook.delete',
    target: 'trashed',
    tag,
    summary: 'Put a notebook back, with its history and runs; beside its old path where that is taken',
    params: WithId,
    answers: { 200: Restored },
    async handle({ params, services, access, who }) {
      const id = trashedOf(services, params.id);
      const { path, title } = await services.workspace.restore(id);
      access.audit.note({ event: 'notebook-restored', by: who, on: id, detail: path });
      return { body: { id, url: `/n/${id}`, path, title } };
    },
  }),
  route({
    method: 'DELETE',
    path: '/trash/:id',
    action: 'notebook.delete',
    target: 'trashed',
    tag,
    summary: 'Delete for ever: its text, history, runs and results',
    params: WithId,
    answers: { 204: '' },
    async handle({ params, services, access, who }) {
      const id = trashedOf(services, params.id);
      await services.purge(id);
      access.audit.note({ event: 'notebook-purged', by: who, on: id });
      return {};
    },
  }),
];
