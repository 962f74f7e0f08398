/**
 * Pictures of `data/` as prose shows them: files are for those who write notebooks, but whoever sees a text sees what it shows. Only
 * a picture that some published text names, filled with the notebook's own values, whatever an address asks for.
 */
import { Type } from '@sinclair/typebox';
import { isPublished } from '../../access/view.ts';
import { AppError } from '../../errors.ts';
import { PROSE } from '../../protocol/document.ts';
import { fillProse } from '../../protocol/forms/prose.ts';
import type { FormValues } from '../../protocol/forms.ts';
import { picturesOf, readPicture } from '../../report/pictures.ts';
import { seenForms } from '../forms.ts';
import { route } from '../route.ts';
import { Id } from '../schemas.ts';
import { tagOf, tagsIn } from '../tags.ts';
import { notebookOf } from './notebooks.ts';

/** The notebook’s own. */
const NONE: FormValues = new Map();
/** It has code of its own, and may take hours to draw: pages do not. */
const VECTOR = 'image/svg+xml';

export const pictureRoutes = [
  route({
    method: 'GET',
    path: '/notebooks/:id/pictures/:name',
    action: 'notebook.shown',
    target: 'notebook',
    tag: 'notebooks',
    summary: 'A picture of data/ that a text shows which is published to the caller: PNG, JPEG, GIF or WebP',
    params: Type.Object({ id: Id, name: Type.String({ minLength: 1, maxLength: 300 }) }),
    answers: { 200: 'application/octet-stream', 304: '' },
    async handle({ params, services, headers, view: viewOf }) {
      const notebook = notebookOf(services, params.id);
      const view = viewOf(notebook);
      const live = await services.live.open(notebook.id);
      let isShown: boolean;
      try {
        const forms = seenForms(view, live);
        isShown = live
          .paragraphs()
          .some(
            (one) =>
              one.interpreter === PROSE &&
              one.source.includes('data/') &&
              isPublished(view, one) &&
              services.reports.pictureNames(fillProse(one.source, forms, NONE)).includes(params.name.normalize('NFC')),
          );
      } finally {
        live.release();
      }
      const picture = isShown
        ? await readPicture(params.name.normalize('NFC'), picturesOf(notebook.path, services.workspace.data))
        : undefined;
      if (!picture || 'left' in picture || picture.type === VECTOR) throw new AppError('not-found', 'picture');
      const tag = tagOf(picture.data);
      const common = { etag: `"${tag}"`, 'cache-control': 'private, no-cache', vary: 'cookie, authorization' };
      if (tagsIn(headers['if-none-match']).includes(tag)) return { status: 304, headers: common };
      return {
        headers: {
          ...common,
          'content-type': picture.type,
          'content-security-policy': "default-src 'none'; sandbox",
        },
        body: Buffer.from(picture.data, 'base64'),
      };
    },
  }),
];
