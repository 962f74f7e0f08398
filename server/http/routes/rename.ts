/**
 * What it takes to call a named result otherwise: places in texts, for whoever may write them. Nothing is changed here: the
 * page writes, as its person and with their undo.
 */
import { Type } from '@sinclair/typebox';
import { route } from '../route.ts';
import { Id, literals, WithId } from '../schemas.ts';
import { notebookOf } from './notebooks.ts';

const EditShape = Type.Object({ start: Type.Integer(), end: Type.Integer(), text: Type.String() });
const Name = Type.String({ minLength: 1, maxLength: 300 });

export const renameRoutes = [
  route({
    method: 'POST',
    path: '/notebooks/:id/rename-plan',
    action: 'notebook.edit',
    target: 'notebook',
    tag: 'notebooks',
    summary: 'Where texts of all paragraphs name a result that is to be called otherwise; changes nothing',
    params: WithId,
    body: Type.Object(
      {
        from: Name,
        to: Name,
        paragraph: Type.Optional({
          ...Id,
          description: 'Whose result is to have the name; else whoever has the old one',
        }),
      },
      { additionalProperties: false },
    ),
    answers: {
      200: Type.Object({
        owner: Type.Optional(Id),
        texts: Type.Array(
          Type.Object({
            paragraph: Id,
            source: Type.String({ description: 'The text that was read; the edits are in its UTF-16 units' }),
            edits: Type.Array(EditShape),
          }),
        ),
        forms: Type.Array(Type.Object({ form: Type.String(), source: Type.String(), edits: Type.Array(EditShape) }), {
          description: 'Queries of the options of forms',
        }),
        left: Type.Array(
          Type.Object({
            paragraph: Type.Optional(Id),
            form: Type.Optional(Type.String()),
            why: literals(['doubt', 'clash', 'unread'] as const),
          }),
          { description: 'What stays as it is, wholly or in part, and why' },
        ),
      }),
    },
    async handle({ params, body, services }) {
      const { id } = notebookOf(services, params.id);
      const live = await services.live.open(id);
      try {
        const written = { paragraphs: live.paragraphs(), forms: live.forms().forms };
        const { from, to } = body;
        const owner = written.paragraphs.find((one) => one.id === body.paragraph)?.id;
        const made = await services.sessions.tables(id, await (await services.runs.of(id)).tables());
        const ask = { from, to, ...(owner === undefined ? {} : { paragraph: owner }) };
        const plan = await services.renames.plan(id, written, ask, made);
        return {
          body: {
            ...(plan.owner === undefined ? {} : { owner: plan.owner }),
            texts: plan.texts.map(({ edits, ...rest }) => ({ ...rest, edits: edits.map((edit) => ({ ...edit })) })),
            forms: plan.forms.map(({ edits, ...rest }) => ({ ...rest, edits: edits.map((edit) => ({ ...edit })) })),
            left: plan.left.map((one) => ({ ...one })),
          },
        };
      } finally {
        live.release();
      }
    },
  }),
];
