/** Notebooks: the list and its search, making, reading, moving, removing. */
import { Type } from '@sinclair/typebox';
import { folderOf } from '../../access/book.ts';
import { ownNotebook } from '../../access/grants.ts';
import { notebookTarget, type View } from '../../access/view.ts';
import { AppError } from '../../errors.ts';
import type { NotebookId } from '../../protocol/ids.ts';
import { parseId } from '../../protocol/ids.ts';
import { overlaid } from '../../protocol/overlay.ts';
import type { Run } from '../../protocol/runs.ts';
import type { Notebook } from '../../workspace/contract.ts';
import { route, TEXT_LIMIT } from '../route.ts';
import { Id, listOf, RunItem, State, showSummary, Time, WithId } from '../schemas.ts';
import { seenParagraph, seenSummaries } from '../seen.ts';
import type { Services } from '../services.ts';
import { ownRuns } from '../whose.ts';

/** Titles and paths longer than this are mistakes. */
const NAME = { minLength: 1, maxLength: 1000 } as const;
const tag = 'notebooks';

const Item = Type.Object({
  id: Id,
  path: Type.String(),
  title: Type.String(),
  changed: Time,
  by: Type.Union([Type.String(), Type.Null()]),
  error: Type.Optional(Type.Object({ message: Type.String(), line: Type.Optional(Type.Integer()) })),
  snippet: Type.Optional(Type.Object({ text: Type.String(), start: Type.Integer(), end: Type.Integer() })),
  run: Type.Optional(
    Type.Object({ state: State, ended: Type.Union([Time, Type.Null()]), by: Type.Union([Type.String(), Type.Null()]) }),
  ),
});

const Made = Type.Object({ id: Id, url: Type.String(), path: Type.String(), title: Type.String() });

const Whole = Type.Object({
  id: Id,
  path: Type.String(),
  title: Type.String(),
  role: Type.String(),
  paragraphs: Type.Array(
    Type.Object({
      id: Id,
      interpreter: Type.String(),
      name: Type.Union([Type.String(), Type.Null()]),
      source: Type.String(),
      options: Type.Record(Type.String(), Type.Unknown()),
      run: Type.Optional(RunItem),
    }),
  ),
});

/** The notebook if the caller may know of it. */
export function notebookOf(services: Pick<Services, 'workspace'>, id: string): Notebook {
  const parsed = parseId<NotebookId>(id);
  const notebook = parsed && services.workspace.get(parsed);
  if (!notebook) throw new AppError('not-found', 'notebook');
  return notebook;
}

const urlOf = (id: NotebookId): string => `/n/${id}`;

export const notebookRoutes = [
  route({
    method: 'GET',
    path: '/notebooks',
    action: 'workspace.list',
    target: 'workspace',
    tag,
    summary: 'List notebooks, newest first; with a query those whose title, path or text contain it',
    query: Type.Object(
      {
        query: Type.Optional(Type.String({ maxLength: 1000 })),
        cursor: Type.Optional(Type.String({ maxLength: 100, description: '`next` of the list before' })),
        limit: Type.Integer({ minimum: 1, maximum: 1000, default: 200 }),
      },
      { additionalProperties: false },
    ),
    answers: { 200: listOf(Item) },
    handle({ query: { query, cursor, limit }, services, access, principal }) {
      const views = new Map<NotebookId, View>();
      const all = services.workspace.list(query || undefined).flatMap((notebook) => {
        const view = access.view(principal, notebook);
        if (view) views.set(notebook.id, view);
        return listed(notebook, view, query) ?? [];
      });
      const from = cursor === undefined ? 0 : placeOf(all, cursor);
      const items = all.slice(from, from + limit);
      const last = items.at(-1);
      const next = last && from + limit < all.length ? cursorOf(last) : null;
      return { body: { items: items.map((notebook) => showItem(notebook, services, views.get(notebook.id))), next } };
    },
  }),
  route({
    method: 'POST',
    path: '/notebooks',
    action: 'workspace.create',
    target: 'workspace',
    tag,
    summary: 'Make a notebook, with a text if one is given',
    body: Type.Object(
      {
        title: Type.Optional(
          Type.String({
            ...NAME,
            description: 'Without one: the first heading, once there is one, else the file’s name',
          }),
        ),
        text: Type.Optional(Type.String({ description: 'The whole file, in the notebook format' })),
        folder: Type.Optional(Type.String({ maxLength: 1000, description: 'Relative to the workspace' })),
      },
      { additionalProperties: false },
    ),
    limit: TEXT_LIMIT,
    answers: { 201: Made },
    async handle({ body, services, access, principal, who, require }) {
      require('folder.write', { kind: 'folder', folder: folderIn(body.folder) });
      const { id, path, title } = await services.workspace.create(body);
      ownNotebook(access, principal, id);
      access.audit.note({ event: 'notebook-made', by: who, on: id, detail: path });
      return {
        status: 201,
        headers: { location: `/api/v1/notebooks/${id}` },
        body: { id, url: urlOf(id), path, title },
      };
    },
  }),
  route({
    method: 'GET',
    path: '/notebooks/:id',
    action: 'notebook.read',
    target: 'notebook',
    tag,
    summary: 'Read a notebook as written this moment, with the latest run of each paragraph',
    params: WithId,
    answers: { 200: Whole },
    async handle({ params, services, role, principal, view: viewOf }) {
      const { id, path } = notebookOf(services, params.id);
      const view = viewOf({ id, path });
      const live = await services.live.open(id);
      try {
        const own = ownRuns(id, { services, principal, role })?.latest() ?? [];
        const there = live.paragraphs();
        const runs = latest(seenSummaries(view, overlaid((await services.runs.of(id)).latest(), own), there));
        const seen = there.flatMap((paragraph) => seenParagraph(view, paragraph) ?? []);
        const paragraphs = seen.map(({ id, interpreter, name, source, options }) => {
          const run = runs.get(id);
          return { id, interpreter, name: name ?? null, source, options, ...(run ? { run: showSummary(run) } : {}) };
        });
        return { body: { id, path, title: live.title, role, paragraphs } };
      } finally {
        live.release();
      }
    },
  }),
  route({
    method: 'PATCH',
    path: '/notebooks/:id',
    action: 'notebook.move',
    target: 'notebook',
    tag,
    summary: 'Move or rename a notebook’s file; its id stays',
    params: WithId,
    body: Type.Object({ path: Type.String(NAME) }, { additionalProperties: false }),
    answers: { 200: Made },
    async handle({ params, body, services, access, who, require }) {
      const notebook = notebookOf(services, params.id);
      const { id } = notebook;
      const folder = folderOf(body.path.normalize('NFC'));
      if (folder !== folderOf(notebook.path)) {
        // Whom the folders are shared with sees what is in them.
        require('notebook.share', notebookTarget(notebook));
        require('folder.write', { kind: 'folder', folder });
      }
      const { path, title } = await services.workspace.move(id, body.path);
      access.audit.note({ event: 'notebook-moved', by: who, on: id, detail: `${notebook.path} → ${path}` });
      return { body: { id, url: urlOf(id), path, title } };
    },
  }),
  route({
    method: 'DELETE',
    path: '/notebooks/:id',
    action: 'notebook.delete',
    target: 'notebook',
    tag,
    summary: 'Move a notebook to the trash for 30 days; what runs in it is stopped',
    params: WithId,
    answers: { 204: '' },
    async handle({ params, services, access, who }) {
      const { id, path } = notebookOf(services, params.id);
      services.runs.peek(id)?.cancel();
      await services.workspace.remove(id, who.name);
      access.audit.note({ event: 'notebook-deleted', by: who, on: id, detail: path });
      return {};
    },
  }),
];

/** A search would tell the holder of a link what stands in sources that are hidden: it finds titles alone. */
function listed(notebook: Notebook, view: View | undefined, query: string | undefined): Notebook | undefined {
  if (!view || view.whole || !query) return view && notebook;
  const { snippet: _, ...rest } = notebook;
  return notebook.title.toLowerCase().includes(query.toLowerCase()) ? rest : undefined;
}

/** Who holds a link learns no names. */
function showItem(notebook: Notebook, services: Services, view: View | undefined) {
  const { id, path, title, changed, problem, snippet } = notebook;
  const by = view?.whole ? notebook.by : undefined;
  const now = services.runs.peek(id)?.running;
  const last = now ? { state: 'running', ended: null, by: now.by.name } : services.runs.last(id);
  const run = last && !view?.whole ? { ...last, by: null } : last;
  return {
    id,
    path,
    title,
    changed,
    by: by ?? null,
    ...(problem ? { error: problem } : {}),
    ...(snippet ? { snippet } : {}),
    ...(run ? { run } : {}),
  };
}

/** As the workspace will take it; what it refuses is its to say. */
const folderIn = (folder = ''): string => folder.normalize('NFC');

function latest(runs: readonly Run[]): ReadonlyMap<string, Run> {
  return new Map(runs.map((run) => [run.paragraph, run]));
}

const cursorOf = ({ changed, id }: Notebook): string => `${changed}-${id}`;

/** Where the list goes on: behind the one named, or where it stood if it has gone or moved. */
function placeOf(all: readonly Notebook[], cursor: string): number {
  const match = /^(\d+(?:\.\d+)?)-([a-z0-9-]{1,32})$/.exec(cursor);
  if (!match) throw new AppError('bad-request', 'the cursor is not one that a list gave');
  const changed = Number(match[1]);
  const same = all.findIndex((notebook) => notebook.id === match[2] && notebook.changed === changed);
  if (same !== -1) return same + 1;
  const older = all.findIndex((notebook) => notebook.changed < changed);
  return older === -1 ? all.length : older;
}
