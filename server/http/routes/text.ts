/**
 * A notebook's text as its file would hold it. The ETag names the text by its content; a PUT says with If-Match which
 * text it changed, and diff(base, body) is applied to the live one, so that what others wrote meanwhile stays.
 */
import { Type } from '@sinclair/typebox';
import { AppError } from '../../errors.ts';
import { route, TEXT_LIMIT } from '../route.ts';
import { WithId } from '../schemas.ts';
import type { LiveNotebook } from '../services.ts';
import { tagOf, tagsIn } from '../tags.ts';
import { notebookOf } from './notebooks.ts';

const tag = 'notebooks';

export const textRoutes = [
  route({
    method: 'GET',
    path: '/notebooks/:id/text',
    action: 'notebook.open',
    target: 'notebook',
    tag,
    summary: 'The notebook’s file, with an ETag that names this text (the last 100 are known for a day)',
    params: WithId,
    answers: { 200: 'text/markdown', 304: '' },
    async handle({ params, services, headers }) {
      const { id } = notebookOf(services, params.id);
      const live = await services.live.open(id);
      const text = read(live);
      const etag = tagOf(text);
      await services.bases.keep(id, etag, text);
      if (tagsIn(headers['if-none-match']).includes(etag)) return { status: 304, headers: { etag: `"${etag}"` } };
      return { headers: { etag: `"${etag}"`, 'content-type': 'text/markdown; charset=utf-8' }, body: text };
    },
  }),
  route({
    method: 'PUT',
    path: '/notebooks/:id/text',
    action: 'notebook.edit',
    target: 'notebook',
    tag,
    summary: 'Apply what this text changed in the text that If-Match names (* is the current one)',
    params: WithId,
    takes: 'text',
    limit: TEXT_LIMIT,
    headers: Type.Object({ 'if-match': Type.String({ description: 'The ETag of the text that was changed, or *' }) }),
    answers: { 204: '' },
    async handle({ params, services, headers, text, who }) {
      const { id } = notebookOf(services, params.id);
      const wanted = headers['if-match'];
      if (wanted === undefined || wanted === '') throw new AppError('precondition-required');
      const live = await services.live.open(id);
      try {
        await live.edit(await baseOf(live, wanted), text, who.name);
        const now = live.text();
        const etag = tagOf(now);
        await services.bases.keep(id, etag, now);
        return { headers: { etag: `"${etag}"` } };
      } finally {
        live.release();
      }

      async function baseOf(open: LiveNotebook, match: string | readonly string[]): Promise<string> {
        if (match === '*') return open.text();
        const current = open.text();
        for (const known of tagsIn(match)) {
          const base = known === tagOf(current) ? current : await services.bases.find(id, known);
          if (base !== undefined) return base;
        }
        throw new AppError('precondition-failed');
      }
    },
  }),
];

function read(live: LiveNotebook): string {
  try {
    return live.text();
  } finally {
    live.release();
  }
}
