/**
 * How a viewer's forms stand: what was typed or came with the address, the value that counts, and what is wrong. Pure.
 * What was typed is kept as it is, so that a form whose declaration changes under it is read anew; where it is no value,
 * the last that was one counts, else the notebook's own. Nothing is kept of a form that has its own value again.
 */
import type { Json } from '../../server/protocol/document.ts';
import { addressOf, rawOf } from '../../server/protocol/forms/address.ts';
import { isList, isRange, readValue, sameValue } from '../../server/protocol/forms/read.ts';
import { type Form, type FormValue, type FormValues, isPassword, type Refusal } from '../../server/protocol/forms.ts';

/** `raw`: JSON, as the control gives it. `good`: the last value that was one. */
export type TypedValue = { readonly raw: unknown; readonly good: FormValue | undefined };
export type Typed = ReadonlyMap<string, TypedValue>;

export type Standing<F extends Form = Form> = {
  readonly form: F;
  /** What the control shows. */
  readonly raw: unknown;
  /** What runs get. */
  readonly value: FormValue;
  readonly refusal: Refusal | undefined;
  /** It is not the notebook's own. */
  readonly changed: boolean;
};

export function standingOf<F extends Form>(form: F, typed: TypedValue | undefined): Standing<F> {
  if (!typed) return { form, raw: form.default, value: form.default, refusal: undefined, changed: false };
  const read = readValue(form, typed.raw);
  const refusal = 'code' in read ? read : undefined;
  const value = 'code' in read ? goodOf(form, typed.good) : read.value;
  return { form, raw: typed.raw, value, refusal, changed: !sameValue(value, form.default) };
}

/** It was a value of the form as it was declared then. */
function goodOf(form: Form, good: FormValue | undefined): FormValue {
  const read = good === undefined ? undefined : readValue(form, good);
  return read && 'value' in read ? read.value : form.default;
}

export function type(typed: Typed, form: Form, raw: unknown): Typed {
  const read = readValue(form, raw);
  const next = new Map(typed);
  if ('code' in read) next.set(form.name, { raw, good: standingOf(form, typed.get(form.name)).value });
  else if (sameValue(read.value, form.default)) next.delete(form.name);
  else next.set(form.name, { raw, good: read.value });
  return next;
}

type Words = { getAll(name: string): readonly string[]; has(name: string): boolean };

/** What an address says of the forms that there are. */
export function typedOfAddress(forms: readonly Form[], address: Words): Typed {
  let typed: Typed = new Map();
  for (const form of forms)
    if (!isPassword(form) && address.has(form.name)) typed = type(typed, form, rawOf(form, address.getAll(form.name)));
  return typed;
}

/** `search` with the values that differ from the notebook's own; its other words stay as they are. */
export function searchWith(search: string, forms: readonly Form[], values: FormValues): string {
  const words = new URLSearchParams(search);
  for (const form of forms) words.delete(form.name);
  for (const [name, text] of addressOf(forms, values)) words.append(name, text);
  const text = words.toString();
  if (text === new URLSearchParams(search).toString()) return search;
  return text === '' ? '' : `?${text}`;
}

/** For a run: those that differ alone. Undefined where all are the notebook's own. */
export function valuesForRun(standings: readonly Standing[]): Readonly<Record<string, Json>> | undefined {
  const changed = standings.filter((one) => one.changed);
  if (changed.length === 0) return undefined;
  return Object.fromEntries(changed.map(({ form, value }) => [form.name, jsonOf(value)]));
}

/** What a report is asked for with, in its address: that there are other values, and all of them but passwords. */
export const valuesForReport = (standings: readonly Standing[]): Readonly<Record<string, Json>> | undefined =>
  standings.some((one) => one.changed)
    ? (valuesForRun(standings.filter(({ form }) => !isPassword(form))) ?? {})
    : undefined;

export function jsonOf(value: FormValue): Json {
  if (isRange(value)) return { from: value.from, to: value.to };
  return isList(value) ? [...value] : value;
}
