/**
 * Values in an address: `?day=2015-01-01&airport=SEA&airport=JFK`. An address carries what differs from the notebook's own;
 * a password never. A range is `2015-01-01..2015-01-31`, either end may be missing; nothing chosen is the empty text.
 */
import {
  type Choice,
  type Form,
  type FormValue,
  type FormValues,
  isPassword,
  isQuery,
  type Refusal,
} from '../forms.ts';
import { isList, isRange, readValue, sameValue, takesNumbers } from './read.ts';
import { choiceOfText } from './texts.ts';

/** Pairs for `URLSearchParams`. */
export function addressOf(forms: readonly Form[], values: FormValues): readonly (readonly [string, string])[] {
  return forms.flatMap((form) => {
    const value = values.get(form.name) ?? form.default;
    if (isPassword(form) || sameValue(value, form.default)) return [];
    return textsOf(value).map((text) => [form.name, text] as const);
  });
}

function textsOf(value: FormValue): readonly string[] {
  if (isList(value)) return value.length === 0 ? [''] : value.map(String);
  if (isRange(value)) return [`${value.from ?? ''}..${value.to ?? ''}`];
  return [value === null ? '' : String(value)];
}

/** Words of an address that are no form's are not looked at. */
export function valuesOfAddress(
  forms: readonly Form[],
  address: { getAll(name: string): readonly string[]; has(name: string): boolean },
): { readonly values: FormValues; readonly refused: readonly (Refusal & { readonly name: string })[] } {
  const values = new Map<string, FormValue>();
  const refused: (Refusal & { readonly name: string })[] = [];
  for (const form of forms) {
    if (!address.has(form.name) || isPassword(form)) continue;
    const read = readValue(form, rawOf(form, address.getAll(form.name)));
    if ('code' in read) refused.push({ ...read, name: form.name });
    else values.set(form.name, read.value);
  }
  return { values, refused };
}

/** Texts of an address or a command as JSON for `readValue`: of a repeated one the last counts, but in a list. */
export function rawOf(form: Form, texts: readonly string[]): unknown {
  const last = texts.at(-1) ?? '';
  switch (form.type) {
    case 'text':
    case 'password':
      return last;
    case 'checkbox':
      return last === 'true' ? true : last === 'false' ? false : last;
    case 'number':
    case 'slider':
      return last.trim() === '' ? null : Number(last);
    case 'date':
      return last === '' ? null : last;
    case 'date-range': {
      const [from, to, ...more] = last === '' ? ['', ''] : last.split('..');
      return from === undefined || to === undefined || more.length > 0 ? last : { from: from || null, to: to || null };
    }
    case 'select':
      return choiceFor(form, last) ?? (last === '' ? null : last);
    case 'multi-select': {
      const chosen = texts.map((text) => choiceFor(form, text));
      if (texts.length === 1 && last === '' && chosen[0] === undefined) return [];
      return chosen.map((choice, index) => choice ?? texts[index]);
    }
  }
}

/** `2007` may be the number or the text: whichever is an option. */
function choiceFor(form: Extract<Form, { readonly options: unknown }>, text: string): Choice | undefined {
  const { options } = form;
  if (isQuery(options)) return text === '' ? undefined : takesNumbers(form) ? choiceOfText(text) : text;
  return options.find(({ value }) => String(value) === text)?.value;
}
