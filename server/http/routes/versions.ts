/**
 * Versions of a notebook: the list, what one says, naming, and restoring as a new edit. A version holds all that was
 * written, what was deleted since included: who may see it is who may open the document itself.
 */
import { type Static, Type } from '@sinclair/typebox';
import { AppError } from '../../errors.ts';
import { languages } from '../../programs.ts';
import { type ParagraphId, parseId, type VersionId } from '../../protocol/ids.ts';
import type { Version, VersionInfo } from '../../protocol/versions/version.ts';
import { printNotebook } from '../../storage/format/print.ts';
import { route } from '../route.ts';
import { Id, Time, WithId } from '../schemas.ts';
import { notebookOf } from './notebooks.ts';

const tag = 'versions';
const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });
const WithVersion = Type.Object({ id: Id, version: Id });

const info = {
  id: Id,
  at: Time,
  reason: Type.Union(
    (['asked', 'daily', 'restore', 'outside'] as const).map((reason) => Type.Literal(reason)),
    {
      description:
        'asked: by a person; the others are automatic: daily, before a restore, before a large outside change',
    },
  ),
  name: Type.Optional(Type.String()),
  by: Type.Optional(Type.String()),
  people: Type.Array(Type.String(), { description: 'Who edited since the version before; empty: from outside' }),
  paragraphs: Type.Integer(),
};
const Info = Type.Object(info);
const Since = Type.Object({ people: Type.Array(Type.String()), at: Time });

const Whole = Type.Object({
  ...info,
  title: Type.Optional(Type.String()),
  front: Type.Optional(Type.String()),
  forms: Type.Optional(
    Type.Array(Type.Array(Type.Unknown()), { description: 'Of the front matter: pairs of name and declaration' }),
  ),
  report: Type.Optional(
    Type.Array(Type.Array(Type.Unknown()), { description: 'Of the front matter: pairs of key and value' }),
  ),
  annotations: Type.Optional(
    Type.Array(Type.Array(Type.Unknown()), { description: 'Of the front matter: pairs of date and text' }),
  ),
  text: Type.Array(
    Type.Object({
      id: Id,
      interpreter: Type.String(),
      name: Type.Union([Type.String(), Type.Null()]),
      source: Type.String(),
      options: Type.Record(Type.String(), Type.Unknown()),
      changed: Type.Optional(Type.Object({ by: Type.String(), at: Time })),
      results: Type.Optional(Type.Array(Id)),
    }),
    { description: 'The paragraphs, in order' },
  ),
  since: Type.Array(Type.Object({ id: Id, by: Type.String(), at: Time }), {
    description: 'Paragraphs that were changed since, and by whom last; an empty name: from outside',
  }),
});

const show = ({ id, at, reason, name, by, people, paragraphs }: VersionInfo): Static<typeof Info> => ({
  id,
  at,
  reason,
  ...(name === undefined ? {} : { name }),
  ...(by === undefined ? {} : { by }),
  people: [...people],
  paragraphs,
});

function showWhole(version: Version): Static<typeof Whole> {
  const { moment, touched, since, results } = version;
  const { title, front, forms, report, annotations } = moment;
  return {
    ...show(version),
    ...(title === undefined ? {} : { title }),
    ...(front === undefined ? {} : { front }),
    ...(forms ? { forms: forms.map((form) => [...form]) } : {}),
    ...(report ? { report: report.map((entry) => [...entry]) } : {}),
    ...(annotations ? { annotations: annotations.map((entry) => [...entry]) } : {}),
    text: moment.paragraphs.map(({ id, interpreter, name, source, options }) => {
      const changed = touched.get(id);
      const shown = results.get(id);
      return {
        id,
        interpreter,
        name: name ?? null,
        source,
        options,
        ...(changed ? { changed } : {}),
        ...(shown && shown.length > 0 ? { results: [...shown] } : {}),
      };
    }),
    since: [...since].map(([id, touch]) => ({ id, ...touch })),
  };
}

function versionOf(text: string): VersionId {
  const id = parseId<VersionId>(text);
  if (!id) throw new AppError('not-found', 'version');
  return id;
}

export const versionRoutes = [
  route({
    method: 'GET',
    path: '/notebooks/:id/versions',
    action: 'notebook.open',
    target: 'notebook',
    tag,
    summary: 'Versions, newest first, and who edited since the newest',
    params: WithId,
    answers: {
      200: Type.Object({ items: Type.Array(Info), next: Type.Null(), since: Type.Optional(Since) }),
    },
    async handle({ params, services }) {
      const { items, since } = await services.versions.list(notebookOf(services, params.id).id);
      return { body: { items: items.map(show), next: null, ...(since ? { since } : {}) } };
    },
  }),
  route({
    method: 'POST',
    path: '/notebooks/:id/versions',
    action: 'notebook.edit',
    target: 'notebook',
    tag,
    summary: 'Keep what the notebook says now: with a name for ever, without one as the version before a restore',
    params: WithId,
    body: Type.Object({ name: Type.Optional(Name) }, { additionalProperties: false }),
    answers: { 201: Whole },
    async handle({ params, body, services, who }) {
      const { id } = notebookOf(services, params.id);
      const name = body.name?.trim();
      const version = await services.versions.keep(id, { by: who.name, ...(name === undefined ? {} : { name }) });
      return {
        status: 201,
        headers: { location: `/api/v1/notebooks/${id}/versions/${version.id}` },
        body: showWhole(version),
      };
    },
  }),
  route({
    method: 'GET',
    path: '/notebooks/:id/versions/:version',
    action: 'notebook.open',
    target: 'notebook',
    tag,
    summary: 'What the notebook said, with who changed each paragraph last',
    params: WithVersion,
    answers: { 200: Whole },
    async handle({ params, services }) {
      const { id } = notebookOf(services, params.id);
      return { body: showWhole(await services.versions.read(id, versionOf(params.version))) };
    },
  }),
  route({
    method: 'GET',
    path: '/notebooks/:id/versions/:version/text',
    action: 'notebook.open',
    target: 'notebook',
    tag,
    summary: 'The version as a notebook file',
    params: WithVersion,
    answers: { 200: 'text/markdown' },
    async handle({ params, services }) {
      const { id, path } = notebookOf(services, params.id);
      const { moment } = await services.versions.read(id, versionOf(params.version));
      return {
        headers: { 'content-type': 'text/markdown; charset=utf-8' },
        body: printNotebook({ ...moment, path }, languages).text,
      };
    },
  }),
  route({
    method: 'PATCH',
    path: '/notebooks/:id/versions/:version',
    action: 'notebook.edit',
    target: 'notebook',
    tag,
    summary: 'Name a version, or rename it: a named one is never thinned',
    params: WithVersion,
    body: Type.Object({ name: Name }, { additionalProperties: false }),
    answers: { 200: Info },
    async handle({ params, body, services, who }) {
      const { id } = notebookOf(services, params.id);
      const version = versionOf(params.version);
      return { body: show(await services.versions.rename(id, version, body.name.trim(), who.name)) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/notebooks/:id/versions/:version/name',
    action: 'notebook.edit',
    target: 'notebook',
    tag,
    summary: 'Take the name away: the version is thinned as automatic ones are',
    params: WithVersion,
    answers: { 204: '' },
    async handle({ params, services }) {
      const { id } = notebookOf(services, params.id);
      await services.versions.unname(id, versionOf(params.version));
      return {};
    },
  }),
  route({
    method: 'POST',
    path: '/notebooks/:id/versions/:version/restore',
    action: 'notebook.edit',
    target: 'notebook',
    tag,
    summary:
      'Make the notebook, or one paragraph, what the version says, as a new edit; answers the version kept before',
    params: WithVersion,
    body: Type.Object({ paragraph: Type.Optional(Id) }, { additionalProperties: false }),
    answers: { 200: Type.Object({ before: Info }) },
    async handle({ params, body, services, who }) {
      const { id } = notebookOf(services, params.id);
      const paragraph = body.paragraph === undefined ? undefined : parseId<ParagraphId>(body.paragraph);
      const before = await services.versions.restore(id, versionOf(params.version), who, paragraph);
      return { body: { before: show(before) } };
    },
  }),
];
