/**
 * One declaration → a form, and what is wrong with it: from the front matter as the JSON it is, from a placeholder as the
 * same JSON (`place.ts`). What can't be understood is left out with a problem; what can be is never lost over a detail.
 * Without a type it is told by what is there: options make a select, a day a date, a number a number.
 */
import type { Json } from '../document.ts';
import {
  type Choice,
  type DateRange,
  FORM_NAME,
  FORM_TYPES,
  type Form,
  type FormType,
  isQuery,
  LONGEST_LABEL,
  LONGEST_VALUE,
  MOST_OPTIONS,
  type Option,
  type Options,
  type ProblemCode,
} from '../forms.ts';
import { checkRange, readValue } from './read.ts';
import { choiceOfText, isDay } from './texts.ts';

export type Complaint = { readonly code: ProblemCode; readonly message: string };
export type Declared = { readonly form: Form | undefined; readonly complaints: readonly Complaint[] };

type Given = Readonly<Record<string, Json>>;

/** The page's own words in an address, which carries values as `?day=…`. */
const ADDRESS_WORDS: ReadonlySet<string> = new Set(['token', 'to', 'as', 'new']);
const KEYS: Readonly<Record<FormType, readonly string[]>> = {
  text: [],
  password: [],
  number: ['min', 'max', 'step'],
  slider: ['min', 'max', 'step'],
  date: ['min', 'max'],
  'date-range': ['min', 'max'],
  select: ['options'],
  'multi-select': ['options'],
  checkbox: [],
};
const COMMON: readonly string[] = ['type', 'label', 'default'];
/** A slider without ends of its own. */
const SLIDER = { min: 0, max: 100, step: 1 } as const;

/** Why a form can't be called that. */
export function nameComplaint(name: string): Complaint | undefined {
  const why = !FORM_NAME.test(name)
    ? 'letters, digits and _ make a name, up to 63 of them, the first no digit'
    : name in {} || name.startsWith('__')
      ? 'the name belongs to the language'
      : ADDRESS_WORDS.has(name)
        ? 'the page’s address uses the name itself'
        : undefined;
  return why === undefined ? undefined : { code: 'form-name', message: `A form can’t be called “${name}”: ${why}.` };
}

/** `given`: properties, or the default alone. */
export function declare(name: string, given: Json): Declared {
  const misnamed = nameComplaint(name);
  if (misnamed) return { form: undefined, complaints: [misnamed] };
  const said: Given = isGiven(given) ? given : { default: given };
  const complaints: Complaint[] = [];
  const complain = (code: ProblemCode, message: string): void => {
    complaints.push({ code, message });
  };
  const type = typeOf(said);
  if (!type) {
    complain('form-type', `“${String(said.type)}” is no type of a form. There are: ${FORM_TYPES.join(', ')}.`);
    return { form: undefined, complaints };
  }
  for (const key of Object.keys(said)) {
    if (COMMON.includes(key) || KEYS[type].includes(key)) continue;
    complain('form-key', `A form of type ${type} has no “${key}”.`);
  }
  const { label } = said;
  const labelled = typeof label === 'string' && label !== '' ? { label: label.slice(0, LONGEST_LABEL) } : {};
  return { form: build({ name, ...labelled }, type, said, complain), complaints };
}

const isGiven = (value: Json): value is Given => typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf({ type, options, default: value }: Given): FormType | undefined {
  if (type !== undefined) return FORM_TYPES.find((known) => known === type);
  if (options !== undefined) return Array.isArray(value) ? 'multi-select' : 'select';
  if (typeof value === 'boolean') return 'checkbox';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'string' && isDay(value)) return 'date';
  return isGiven(value ?? null) ? 'date-range' : 'text';
}

type Head = { readonly name: string; readonly label?: string };
type Complain = (code: ProblemCode, message: string) => void;

function build(head: Head, type: FormType, said: Given, complain: Complain): Form | undefined {
  switch (type) {
    case 'text':
      return settled({ ...head, type, default: '' }, said, complain);
    case 'password':
      if (said.default !== undefined && said.default !== '')
        complain('form-default', 'A password has no default: the file would show it to everybody.');
      return { ...head, type, default: '' };
    case 'checkbox':
      return settled({ ...head, type, default: false }, said, complain);
    case 'number':
      return settled({ ...head, type, default: null, ...numbers(said, complain) }, said, complain);
    case 'slider': {
      const ends = { ...SLIDER, ...numbers(said, complain) };
      if (ends.min >= ends.max) {
        complain('form-bounds', `A slider’s min, ${ends.min}, must be below its max, ${ends.max}.`);
        return undefined;
      }
      return settled({ ...head, type, ...ends, default: ends.min }, said, complain);
    }
    case 'date':
      return settled({ ...head, type, default: null, ...days(said, complain) }, said, complain);
    case 'date-range': {
      const open: DateRange = { from: null, to: null };
      return settled({ ...head, type, default: open, ...days(said, complain) }, said, complain);
    }
    case 'select':
    case 'multi-select': {
      const options = optionsOf(said.options, complain);
      if (!options) return undefined;
      if (type === 'multi-select') return settled({ ...head, type, options, default: [] }, said, complain);
      const first = isQuery(options) ? null : (options[0]?.value ?? null);
      return settled({ ...head, type, options, default: said.default === null ? null : first }, said, complain);
    }
  }
}

/** With its default, if that is a value of such a form. */
function settled(form: Form, { default: wanted }: Given, complain: Complain): Form {
  if (wanted === undefined || (wanted === null && form.default === null)) return form;
  // Of a query the default itself says whether its values are numbers.
  const asked = 'options' in form && isQuery(form.options) ? ({ ...form, default: wanted } as Form) : form;
  const read = readValue(asked, wanted);
  if ('code' in read) {
    complain('form-default', `The default does not fit: ${read.message}`);
    return form;
  }
  return { ...form, default: read.value } as Form;
}

function numbers({ min, max, step }: Given, complain: Complain): { min?: number; max?: number; step?: number } {
  const one = (key: string, value: Json | undefined): number | undefined => {
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isFinite(value) && (key !== 'step' || value > 0)) return value;
    complain('form-bounds', `${key} is ${key === 'step' ? 'a number above 0' : 'a number'}.`);
    return undefined;
  };
  const ends = { ...given('min', one('min', min)), ...given('max', one('max', max)) };
  const stride = given('step', one('step', step));
  if (checkRange(ends)) return { ...ends, ...stride };
  complain('form-bounds', 'min is above max.');
  return stride;
}

function days({ min, max }: Given, complain: Complain): { min?: string; max?: string } {
  const one = (key: string, value: Json | undefined): string | undefined => {
    if (value === undefined) return undefined;
    if (typeof value === 'string' && isDay(value)) return value;
    complain('form-bounds', `${key} is a day, such as 2015-01-31.`);
    return undefined;
  };
  const ends = { ...given('min', one('min', min)), ...given('max', one('max', max)) };
  if (checkRange(ends)) return ends;
  complain('form-bounds', 'min is after max.');
  return {};
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V };
function given(key: string, value: unknown): object {
  return value === undefined ? {} : { [key]: value };
}

function optionsOf(said: Json | undefined, complain: Complain): Options | undefined {
  if (said !== undefined && isGiven(said) && typeof said.query === 'string' && said.query.trim() !== '')
    return { query: said.query };
  if (!Array.isArray(said) || said.length === 0) {
    complain('form-options', 'A select needs its options: a list, or a query.');
    return undefined;
  }
  if (said.length > MOST_OPTIONS) {
    complain('form-options', `There are ${said.length} options; ${MOST_OPTIONS} can be written. Use a query.`);
    return undefined;
  }
  const options: Option[] = [];
  const seen = new Set<Choice>();
  for (const one of said as readonly Json[]) {
    const option = optionOf(one);
    if (!option) complain('form-options', `${JSON.stringify(one)} is no option: a text, a number, or value and label.`);
    else if (seen.has(option.value)) complain('form-options', `The option ${option.value} is there twice.`);
    else {
      seen.add(option.value);
      options.push(option);
    }
  }
  return options.length === 0 ? undefined : options;
}

function optionOf(said: Json): Option | undefined {
  const { value, label } = isGiven(said) ? said : { value: said, label: undefined };
  if (typeof value !== 'string' && !(typeof value === 'number' && Number.isFinite(value))) return undefined;
  if (typeof value === 'string' && (value.length > LONGEST_VALUE || value.includes('\0') || !value.isWellFormed()))
    return undefined;
  const shown = typeof label === 'string' || typeof label === 'number' ? String(label).slice(0, LONGEST_LABEL) : '';
  return shown === '' || shown === String(value) ? { value } : { value, label: shown };
}

/** Written options are numbers where all are. */
export function choicesOf(texts: readonly string[]): readonly Choice[] {
  const choices = texts.map(choiceOfText);
  return choices.every((choice) => typeof choice === 'number') ? choices : texts;
}
