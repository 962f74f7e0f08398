/** The forms of a notebook: what there is to fill in before running it. */
import { type Static, Type } from '@sinclair/typebox';
import { askerOf } from '../../access/asker.ts';
import { AppError } from '../../errors.ts';
import { isRange } from '../../protocol/forms/read.ts';
import { type DeclaredForm, isQuery } from '../../protocol/forms.ts';
import { fill } from '../../runs/inputs.ts';
import { bare } from '../../visitors/chosen.ts';
import { seenForms } from '../forms.ts';
import { route } from '../route.ts';
import { Id, listOf, WithId } from '../schemas.ts';
import { ownRuns } from '../whose.ts';
import { notebookOf } from './notebooks.ts';

const Bound = Type.Optional(Type.Union([Type.Number(), Type.String()]));

const OptionItem = Type.Object({
  value: Type.Union([Type.String(), Type.Number()]),
  label: Type.Optional(Type.String()),
});

const FormItem = Type.Object({
  name: Type.String(),
  type: Type.String({ description: 'text number date date-range select multi-select checkbox slider password' }),
  label: Type.Optional(Type.String()),
  default: Type.Unknown({ description: 'The notebook’s own value' }),
  options: Type.Optional(Type.Array(OptionItem)),
  asks: Type.Optional(
    Type.Literal(true, { description: 'Its options are the rows of a query: `/options` gives them' }),
  ),
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
  route({
    method: 'GET',
    path: '/notebooks/:id/forms/:name/options',
    action: 'notebook.run',
    target: 'notebook',
    tag: 'notebooks',
    summary:
      'The options of a form: those written down, or the rows of its query over the tables that the caller’s runs find',
    params: Type.Object({ id: Id, name: Type.String({ maxLength: 64 }) }),
    answers: {
      200: Type.Object({
        items: Type.Array(OptionItem),
        next: Type.Null(),
        more: Type.Boolean({ description: 'There are others than these' }),
      }),
    },
    async handle({ params, services, view, principal, role, access }) {
      const notebook = notebookOf(services, params.id);
      const seen = view(notebook);
      const live = await services.live.open(notebook.id);
      try {
        const form = seenForms(seen, live).find(({ name }) => name === params.name);
        if (!form || !('options' in form)) throw new AppError('not-found', 'form with options');
        const { options } = form;
        if (!isQuery(options)) return { body: { items: options.map((one) => ({ ...one })), next: null, more: false } };
        const runs = ownRuns(notebook.id, { services, principal, role }) ?? (await services.runs.of(notebook.id));
        const { inputs } = fill(live.forms().forms);
        const asker = askerOf(access.store.book(), principal, notebook.id);
        const ask = { notebook: notebook.id, form, query: options.query, inputs, tables: await runs.tables(), asker };
        const { items, more } = await services.choices.ask(ask).catch((cause) => {
          throw seen.whole ? cause : bare(cause);
        });
        // It took a while: they may have lost it meanwhile.
        if (!seenForms(view(notebook), live).some(({ name }) => name === params.name))
          throw new AppError('not-found', 'form with options');
        return { body: { items: items.map((one) => ({ ...one })), next: null, more } };
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
