/**
 * What the front matter says of one form, as the editor changes it: pure. A declaration becomes properties by name; what
 * the editor has no field for is kept, and so is what is not right yet: the problems say it.
 */
import type { Json } from '../../server/protocol/document.ts';
import { type Complaint, choicesOf, declare } from '../../server/protocol/forms/declare.ts';
import { readValue } from '../../server/protocol/forms/read.ts';
import { numberOfText } from '../../server/protocol/forms/texts.ts';
import { FORM_TYPES, type Form, type FormType } from '../../server/protocol/forms.ts';
import { jsonOf } from './standing.ts';

export type Given = Readonly<Record<string, Json>>;

/** With its type said, so that another default makes no other form of it. */
export function givenOf(name: string, declaration: Json): Given {
  const said = isGiven(declaration) ? declaration : { default: declaration };
  const type = declare(name, declaration).form?.type;
  return type === undefined || said.type !== undefined ? said : { type, ...said };
}

const isGiven = (value: Json): value is Given => typeof value === 'object' && value !== null && !Array.isArray(value);

export const typeOf = ({ type }: Given): FormType | undefined => FORM_TYPES.find((known) => known === type);

export const complaintsOf = (name: string, given: Given): readonly Complaint[] => declare(name, given).complaints;

/** Of a form that can be shown; its default as far as it is right. */
export const formOf = (name: string, given: Given): Form | undefined => declare(name, given).form;

/** A property; undefined takes it away. */
export function withProperty(given: Given, key: string, value: Json | undefined): Given {
  const { [key]: _, ...rest } = given;
  return value === undefined
    ? rest
    : Object.hasOwn(given, key)
      ? { ...given, [key]: value }
      : { ...rest, [key]: value };
}

const CHOOSING: ReadonlySet<FormType> = new Set(['select', 'multi-select']);

/** What does not fit another type goes; a choice begins with two options to write over. */
export function withType(name: string, given: Given, type: FormType, first: readonly string[]): Given {
  const { label, default: value, options, min, max, step } = given;
  const isChoice = CHOOSING.has(type);
  const head: Given = { type, ...(label === undefined ? {} : { label }) };
  const bare: Given = isChoice ? { ...head, options: options ?? [...first] } : head;
  let bounded = bare;
  for (const [key, bound] of Object.entries({ min, max, step })) {
    const next = bound === undefined ? bounded : withProperty(bounded, key, bound);
    if (complaintsOf(name, next).length === 0) bounded = next;
  }
  const form = formOf(name, bounded);
  const read = form && value !== undefined ? readValue(form, value) : undefined;
  return read && 'value' in read ? { ...bounded, default: jsonOf(read.value) } : bounded;
}

/** A line each: `SEA`, or `SEA | Seattle`. */
export function textOfOptions(options: Json | undefined): string {
  if (!Array.isArray(options)) return '';
  return (options as readonly Json[])
    .map((option) => {
      if (!isGiven(option)) return String(option);
      return option.label === undefined ? String(option.value) : `${option.value} | ${option.label}`;
    })
    .join('\n');
}

export function optionsOfText(text: string): Json {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const bar = line.indexOf('|');
      return bar < 0 ? [line, ''] : [line.slice(0, bar).trim(), line.slice(bar + 1).trim()];
    });
  const values = choicesOf(lines.map(([value = '']) => value));
  return lines.map(([text = '', label = ''], index) => {
    const value = values[index] ?? text;
    return label === '' ? value : { value, label };
  });
}

/** Options that go take a default with them that was one of them. */
export function withOptions(name: string, given: Given, options: Json): Given {
  const next = withProperty(given, 'options', options);
  const { default: value } = next;
  const form = formOf(name, withProperty(next, 'default', undefined));
  const fits = form === undefined || value === undefined || 'value' in readValue(form, value);
  return fits ? next : withProperty(next, 'default', undefined);
}

/** `min`, `max`, `step` as typed; what is no number stays a text, and is a problem. */
export function boundOf(text: string): Json | undefined {
  const trimmed = text.trim();
  return trimmed === '' ? undefined : (numberOfText(trimmed) ?? trimmed);
}
