/** The values of a notebook's forms for one request: what interpreters get, and what the record of a run keeps. Pure. */
import type { FormInput, FormInputs } from '../../interpreters/forms.ts';
import { AppError } from '../errors.ts';
import type { Json } from '../protocol/document.ts';
import { isList, isRange, readValues, takesNumbers } from '../protocol/forms/read.ts';
import { type Form, type FormValue, type FormValues, isPassword, isQuery } from '../protocol/forms.ts';

/** As they came, by name. */
export type RawValues = Readonly<Record<string, unknown>>;

export type Filled = {
  readonly values: FormValues;
  readonly inputs: FormInputs;
  /** Without passwords. */
  readonly recorded: Readonly<Record<string, Json>>;
};

/** Throws AppError: a form that there is not, or what is no value of it. */
export function fill(forms: readonly Form[], raw: RawValues = {}): Filled {
  const read = readValues(forms, raw);
  if ('code' in read) throw new AppError(read.code, read.message);
  const { values } = read;
  const valueFor = (form: Form): FormValue => values.get(form.name) ?? form.default;
  return {
    values,
    inputs: Object.fromEntries(forms.map((form) => [form.name, inputOf(form, valueFor(form))])),
    recorded: Object.fromEntries(
      forms.filter((form) => !isPassword(form)).map((form) => [form.name, recordedValue(valueFor(form))]),
    ),
  };
}

export const recordedValue = (value: FormValue): Json => (isRange(value) ? { from: value.from, to: value.to } : value);

/** The values were read by the same forms: each is of its form's kind. */
function inputOf(form: Form, value: FormValue): FormInput {
  switch (form.type) {
    case 'text':
    case 'password':
      return { type: form.type, value: typeof value === 'string' ? value : '' };
    case 'number':
    case 'slider':
      return { type: form.type, value: typeof value === 'number' ? value : null };
    case 'date':
      return { type: 'date', value: typeof value === 'string' ? value : null };
    case 'date-range':
      return { type: 'date-range', value: isRange(value) ? value : form.default };
    case 'checkbox':
      return { type: 'checkbox', value: value === true };
    case 'select': {
      const chosen = typeof value === 'string' || typeof value === 'number' ? value : null;
      return { type: 'select', value: chosen, written: !isQuery(form.options) };
    }
    case 'multi-select': {
      const numbers = isQuery(form.options)
        ? takesNumbers(form)
        : form.options.every((option) => typeof option.value === 'number');
      return { type: 'multi-select', value: isList(value) ? value : [], written: !isQuery(form.options), numbers };
    }
  }
}
