/** A notebook as those see it who may not open it: what is published to them, and what they ran for themselves. */
import { Type } from '@sinclair/typebox';
import { type Paragraph, PROSE } from '../../protocol/document.ts';
import { fillProse } from '../../protocol/forms/prose.ts';
import type { Form, FormValues } from '../../protocol/forms.ts';
import { PLACES, SPANS, WIDTHS } from '../../protocol/report/layout.ts';
import { withDropped } from '../../runs/dropped.ts';
import { seenForms } from '../forms.ts';
import { publish } from '../publish.ts';
import { route } from '../route.ts';
import { Id, literals, OwnRun, PublishedRun, showOwnRun, showPublishedRun, Time, WithId } from '../schemas.ts';
import { tagOf, tagsIn } from '../tags.ts';
import { ownRuns } from '../whose.ts';
import { notebookOf } from './notebooks.ts';

const Published = Type.Object({
  id: Id,
  title: Type.String({ description: 'Empty where one paragraph is embedded' }),
  role: Type.String(),
  whole: Type.Boolean({ description: 'Whether the caller may open the notebook itself' }),
  session: Type.Optional(
    Type.Object(
      {
        minutes: Type.Number({ description: 'How long it is kept without a run' }),
        until: Type.Union([Time, Type.Null()], { description: 'When it ends; null while something runs' }),
      },
      { description: 'The caller’s own session, in which they ran something' },
    ),
  ),
  layout: Type.Object(
    { width: literals(WIDTHS), tabs: Type.Optional(Type.Integer({ description: 'Level of the headings' })) },
    { description: 'How it is laid out as a report' },
  ),
  paragraphs: Type.Array(
    Type.Object({
      id: Id,
      interpreter: Type.String(),
      place: Type.Optional(literals(PLACES)),
      span: Type.Optional(
        Type.Integer({ minimum: 1, maximum: SPANS, description: 'How wide its column is, as a share of its row' }),
      ),
      source: Type.Optional(Type.String({ description: 'Of prose, and of code that is shown' })),
      chart: Type.Optional(Type.Unknown({ description: 'How its tables are shown' })),
      table: Type.Optional(Type.Unknown({ description: 'How its tables are laid out, where their rows are shown' })),
      download: Type.Optional(Type.Literal(true)),
      runs: Type.Optional(Type.Literal(true, { description: 'The caller may run it' })),
      run: Type.Optional(PublishedRun),
      own: Type.Optional(Type.Literal(true, { description: 'What stands there is of the caller’s own session' })),
      mine: Type.Optional(OwnRun),
    }),
  ),
});

export const publishedRoutes = [
  route({
    method: 'GET',
    path: '/notebooks/:id/published',
    action: 'notebook.shown',
    target: 'notebook',
    tag: 'notebooks',
    summary: 'A notebook as it is published to the caller: title, prose, and what the paragraphs shown put out last',
    params: WithId,
    answers: { 200: Published, 304: '' },
    async handle({ params, services, role, principal, headers, view: viewOf }) {
      const { id, path } = notebookOf(services, params.id);
      const view = viewOf({ id, path });
      const live = await services.live.open(id);
      try {
        const shared = (await services.runs.of(id)).latest();
        const own = ownRuns(id, { services, principal, role })?.latest();
        const session = own && services.visitors.stay(id, principal);
        const there = live.paragraphs();
        // A frame has no forms to fill in: its prose says the notebook's own values.
        const told = view.titled ? there : filled(there, seenForms(view, live));
        const shown = publish(view, told, { shared, ...(own ? { own } : {}) });
        const paragraphs = await Promise.all(
          shown.map(async ({ run, mine, ...paragraph }) => ({
            ...paragraph,
            ...(run ? { run: showPublishedRun(await withDropped(run, services.results)) } : {}),
            ...(mine ? { mine: showOwnRun(mine) } : {}),
          })),
        );
        const title = view.titled ? live.title : '';
        const layout = live.layout();
        const body = { id, title, role, whole: view.whole, ...(session ? { session } : {}), layout, paragraphs };
        // Pages ask for it again and again, and often while something of theirs runs.
        const tag = tagOf(JSON.stringify(body));
        const etag = `"${tag}"`;
        return tagsIn(headers['if-none-match']).includes(tag)
          ? { status: 304, headers: { etag } }
          : { headers: { etag }, body };
      } finally {
        live.release();
      }
    },
  }),
];

const filled = (paragraphs: readonly Paragraph[], forms: readonly Form[]): readonly Paragraph[] =>
  paragraphs.map((one) => (one.interpreter === PROSE ? { ...one, source: fillProse(one.source, forms, NONE) } : one));
const NONE: FormValues = new Map();
