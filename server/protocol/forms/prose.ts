/**
 * Prose with the values of its forms in place of `${…}`: Markdown in, Markdown out. A value is text there: each of its signs
 * that Markdown or HTML could take for its own stands as a character reference, which neither reads as markup.
 */
import { placeholdersInProse } from '../../../interpreters/placeholders.ts';
import type { Form, FormValue, FormValues, Option } from '../forms.ts';
import { isQuery } from '../forms.ts';
import { isList, isRange } from './read.ts';

/** What names no form stays as it is. A password is never shown. */
export function fillProse(markdown: string, forms: readonly Form[], values: FormValues): string {
  const known = new Map(forms.map((form) => [form.name, form]));
  let filled = '';
  let at = 0;
  for (const { start, end, name } of placeholdersInProse(markdown)) {
    const form = known.get(name);
    if (!form) continue;
    filled += markdown.slice(at, start) + asText(shownValue(form, values.get(name) ?? form.default));
    at = end;
  }
  return filled + markdown.slice(at);
}

/** As people read it: the label of an option, a day as it is. */
export function shownValue(form: Form, value: FormValue): string {
  if (form.type === 'password') return value === '' ? '' : '••••';
  if (isList(value)) return value.map((choice) => labelOf(form, choice)).join(', ');
  if (isRange(value)) return `${value.from ?? '…'} – ${value.to ?? '…'}`;
  if (value === null) return '';
  return typeof value === 'boolean' ? String(value) : labelOf(form, value);
}

function labelOf(form: Form, choice: Option['value']): string {
  const options = 'options' in form && !isQuery(form.options) ? form.options : [];
  return options.find(({ value }) => value === choice)?.label ?? String(choice);
}

/**
 * Blanks and line ends too: a line of a value begins no list and no fence. Other control characters have no reference. Within
 * words and behind commas nothing can begin: days, numbers and names stay as they are in a report that is read as text.
 */
const asText = (text: string): string =>
  text.replaceAll(
    /(?<=[A-Za-z0-9])[.-](?=[A-Za-z0-9])|(?<=[A-Za-z0-9],?) (?=[A-Za-z0-9])|,|([\t\n\r -/:-@[-`{-~])/g,
    (sign, special?: string) => (special === undefined ? sign : `&#${sign.charCodeAt(0)};`),
  );
