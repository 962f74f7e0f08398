/**
 * What may be a value of a form: the one function that the server asks of what comes, and the page of what is typed. A
 * value is data: it is compared and bounded, never looked through for anything else.
 */
import {
  type Choice,
  type DateRange,
  type Form,
  type FormValue,
  type FormValues,
  isQuery,
  LONGEST_VALUE,
  MOST_OPTIONS,
  type Options,
  type Refusal,
} from '../forms.ts';
import { isDay } from './texts.ts';

export type Read = { readonly value: FormValue } | Refusal;
export type ReadAll = { readonly values: FormValues } | Refusal;

/** `raw` is JSON as it came. */
export function readValue(form: Form, raw: unknown): Read {
  if (raw === null && form.default === null) return { value: null };
  const is = named(form);
  switch (form.type) {
    case 'text':
    case 'password':
      return typeof raw === 'string' ? checkText(is, raw) : wrong(`${is} takes a text.`);
    case 'checkbox':
      return typeof raw === 'boolean' ? { value: raw } : wrong(`${is} takes true or false.`);
    case 'number':
    case 'slider':
      if (typeof raw !== 'number' || !Number.isFinite(raw)) return wrong(`${is} takes a number.`);
      return outside(form, raw) ?? { value: raw === 0 ? 0 : raw };
    case 'date':
      if (typeof raw !== 'string' || !isDay(raw)) return wrong(`${is} takes a day, such as 2015-01-31.`);
      return outside(form, raw) ?? { value: raw };
    case 'date-range':
      return readRange(form, raw);
    case 'select':
      if (!isChoice(raw)) return wrong(`${is} takes one of its options.`);
      return checkChoices(form, [raw]) ?? { value: raw };
    case 'multi-select':
      return readList(form, raw);
  }
}

/** The values of all forms: those that came, and the defaults of the others. */
export function readValues(forms: readonly Form[], raw: Readonly<Record<string, unknown>>): ReadAll {
  const known = new Map(forms.map((form) => [form.name, form]));
  for (const name of Object.keys(raw)) {
    if (!known.has(name)) {
      const there = forms.length === 0 ? 'It has none.' : `There are: ${[...known.keys()].join(', ')}.`;
      return { code: 'unknown-form', message: `The notebook has no form “${name.slice(0, 100)}”. ${there}` };
    }
  }
  const values = new Map<string, FormValue>();
  for (const form of forms) {
    if (!Object.hasOwn(raw, form.name)) {
      values.set(form.name, form.default);
      continue;
    }
    const read = readValue(form, raw[form.name]);
    if ('code' in read) return read;
    values.set(form.name, read.value);
  }
  return { values };
}

/** The order of a list does not count: it is of what was chosen. */
export function sameValue(one: FormValue, other: FormValue): boolean {
  if (isList(one) && isList(other)) {
    const there = new Set(other);
    return one.length === other.length && one.every((choice) => there.has(choice));
  }
  if (isRange(one) && isRange(other)) return one.from === other.from && one.to === other.to;
  return one === other;
}

/** Those whose value is not the notebook's own. */
export const changedForms = (forms: readonly Form[], values: FormValues): readonly string[] =>
  forms.filter((form) => !sameValue(values.get(form.name) ?? form.default, form.default)).map(({ name }) => name);

export const isList = (value: FormValue): value is readonly Choice[] => Array.isArray(value);
export const isRange = (value: FormValue): value is DateRange =>
  typeof value === 'object' && value !== null && !isList(value);

/** Whether `min` is not above `max`, where both are given. */
export function checkRange(ends: { readonly min?: number | string; readonly max?: number | string }): boolean {
  return ends.min === undefined || ends.max === undefined || ends.min <= ends.max;
}

const wrong = (message: string): Refusal => ({ code: 'form-value', message });
const named = ({ name }: Form): string => `The form “${name}”`;

function checkText(is: string, text: string): Read {
  if (text.includes('\0')) return wrong(`${is} takes no NUL character.`);
  if (!text.isWellFormed()) return wrong(`${is} takes whole characters: half of a surrogate pair came.`);
  if (text.length > LONGEST_VALUE) return wrong(`${is} takes up to ${LONGEST_VALUE} characters.`);
  return { value: text };
}

function outside(
  form: Form & { readonly min?: number | string; readonly max?: number | string },
  value: number | string,
): Refusal | undefined {
  const { min, max } = form;
  if (min !== undefined && value < min) return wrong(`${named(form)} takes nothing below ${min}.`);
  if (max !== undefined && value > max) return wrong(`${named(form)} takes nothing above ${max}.`);
  return undefined;
}

function readRange(form: Extract<Form, { type: 'date-range' }>, raw: unknown): Read {
  const takes = `${named(form)} takes {"from": …, "to": …}, each a day or null.`;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return wrong(takes);
  const { from = null, to = null, ...rest } = raw as Readonly<Record<string, unknown>>;
  if (Object.keys(rest).length > 0) return wrong(takes);
  if (!isEnd(from) || !isEnd(to)) return wrong(takes);
  if (from !== null && to !== null && from > to) return wrong(`${named(form)} begins after it ends.`);
  const ends = [from, to].filter((end) => end !== null);
  return ends.map((end) => outside(form, end)).find((one) => one !== undefined) ?? { value: { from, to } };
}

const isEnd = (value: unknown): value is string | null => value === null || (typeof value === 'string' && isDay(value));

const isChoice = (raw: unknown): raw is Choice =>
  typeof raw === 'string' || (typeof raw === 'number' && Number.isFinite(raw));

function readList(form: Extract<Form, { type: 'multi-select' }>, raw: unknown): Read {
  const is = named(form);
  if (!Array.isArray(raw) || !raw.every(isChoice)) return wrong(`${is} takes a list of its options.`);
  if (raw.length > MOST_OPTIONS) return wrong(`${is} takes up to ${MOST_OPTIONS} options.`);
  if (new Set(raw).size !== raw.length) return wrong(`${is} takes each option once.`);
  if (raw.reduce<number>((sum, choice) => sum + String(choice).length + 1, 0) > LONGEST_VALUE)
    return wrong(`${is} takes options of up to ${LONGEST_VALUE} characters together.`);
  return checkChoices(form, raw) ?? { value: [...raw] };
}

/** Of a query, whose rows are not asked again here: such a value is only ever data. Texts, unless its default is a number. */
export const takesNumbers = ({ default: value }: Extract<Form, { readonly options: Options }>): boolean =>
  typeof (Array.isArray(value) ? value[0] : value) === 'number';

function checkChoices(
  form: Extract<Form, { readonly options: Options }>,
  chosen: readonly Choice[],
): Refusal | undefined {
  const is = named(form);
  const { options } = form;
  for (const choice of chosen) {
    const text = typeof choice === 'string' ? checkText(is, choice) : undefined;
    if (text && 'code' in text) return text;
    if (isQuery(options)) {
      if ((typeof choice === 'number') !== takesNumbers(form))
        return wrong(`${is} takes ${takesNumbers(form) ? 'numbers' : 'texts'}.`);
    } else if (!options.some(({ value }) => value === choice))
      return { code: 'form-option', message: `${is} has no option ${JSON.stringify(choice).slice(0, 100)}.` };
  }
  return undefined;
}
