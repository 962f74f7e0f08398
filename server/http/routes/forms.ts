/** The forms of a notebook: what there is to fill in before running it. */
import { type Static, Type } from '@sinclair/typebox';
import { isRange } from '../../protocol/forms/read.ts';
import { type DeclaredForm, isQuery } from '../../protocol/forms.ts';
import { seenForms } from '../forms.ts';
import { route } from '../route.ts';
import { listOf, WithId } from '../schemas.ts';
import { notebookOf } from './notebooks.ts';

const Bound = Type.Optional(Type.Union([Type.Number(), Type.String()]));

const FormItem = Type.Object({
  name: Type.String(),
  type: Type.String({ description: 'text number date date-range select multi-select checkbox slider password' }),
  label: Type.Optional(Type.String()),
  default: Type.Unknown({ description: 'The notebook’s own value' }),
  options: Type.Optional(
    Type.Array(Type.Object({ value: Type.Union([Type.String(), Type.Number()]), label: Type.Optional(Type.String()) })),
  ),
  asks: Type.Optional(Type.Literal(true, { description: 'Its options are the rows of a query' })),
  min: Bound,
  max: Bound,
  step: Bound,
});

export const formRoutes = [
  route({
    method: 'GET',
    path: '/notebooks/:id/forms',
    action: 'notebook.shown',
    target: 'notebook',
    tag: 'notebooks',
    summary: 'The forms of a notebook in order; of a link or embed those that what it shows depends on',
    params: WithId,
    answers: { 200: listOf(FormItem) },
    async handle({ params, services, view }) {
      const notebook = notebookOf(services, params.id);
      const live = await services.live.open(notebook.id);
      try {
        return { body: { items: seenForms(view(notebook), live).map(show), next: null } };
      } finally {
        live.release();
      }
    },
  }),
];

function show(form: DeclaredForm): Static<typeof FormItem> {
  const { name, type, label, default: value } = form;
  const { min, max } = 'min' in form || 'max' in form ? form : {};
  const step = 'step' in form ? form.step : undefined;
  const options = 'options' in form ? form.options : undefined;
  return {
    name,
    type,
    ...(label === undefined ? {} : { label }),
    default: isRange(value) ? { ...value } : value,
    ...(options === undefined
      ? {}
      : isQuery(options)
        ? { asks: true }
        : { options: options.map((one) => ({ ...one })) }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(step === undefined ? {} : { step }),
  };
}
