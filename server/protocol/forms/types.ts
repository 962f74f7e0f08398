/** The type of `forms` in TypeScript paragraphs, as text: what completion and underlines know of a notebook's forms. */
import { type Choice, type Form, isQuery } from '../forms.ts';
import { takesNumbers } from './read.ts';

export function formsDeclaration(forms: readonly Form[]): string {
  const fields = forms.map((form) => `  /** ${comment(form)} */\n  readonly ${form.name}: ${typeOf(form)};\n`);
  return `declare const forms: {\n${fields.join('')}};\n`;
}

/** Days are `Date`s at midnight UTC, as the days of a table are. */
export function typeOf(form: Form): string {
  const orNull = form.default === null ? ' | null' : '';
  switch (form.type) {
    case 'text':
    case 'password':
      return 'string';
    case 'checkbox':
      return 'boolean';
    case 'number':
    case 'slider':
      return `number${orNull}`;
    case 'date':
      return `Date${orNull}`;
    case 'date-range':
      return '{ readonly from: Date | null; readonly to: Date | null }';
    case 'select':
      return choiceType(form) + orNull;
    case 'multi-select':
      return `readonly (${choiceType(form)})[]`;
  }
}

/** Longer unions help nobody. */
const MOST_LITERALS = 50;

function choiceType(form: Extract<Form, { readonly options: unknown }>): string {
  const { options } = form;
  if (isQuery(options)) return takesNumbers(form) ? 'number' : 'string';
  const values: readonly Choice[] = options.map(({ value }) => value);
  if (values.length <= MOST_LITERALS) return values.map((value) => JSON.stringify(value)).join(' | ');
  return [...new Set(values.map((value) => typeof value))].sort().join(' | ');
}

const comment = ({ label, name, type }: Form): string =>
  `${label ?? name}: ${type}`.replaceAll('*/', '* /').replaceAll(/\s+/g, ' ');
