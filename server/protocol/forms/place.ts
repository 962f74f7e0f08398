/**
 * A placeholder as the declaration that it is: `${day=2015-01-01}` says what `day: {default: 2015-01-01}` says in the front
 * matter. One without a default, type, label and options only refers to a form; in SQL, to one of the type text where there
 * is none. Undefined for what only refers.
 */
import type { Placeholder } from '../../../interpreters/placeholders.ts';
import type { Json } from '../document.ts';
import { choicesOf } from './declare.ts';
import { choiceOfText, isDay, numberOfText } from './texts.ts';

/** Words before the colon, and what they mean; with options a checkbox is a choice of several. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['range', 'date-range'],
  ['multi', 'multi-select'],
  // A select whose option stands as code where it is written (`interpreters/sql/forms.ts`).
  ['code', 'select'],
]);

type Place = Pick<Placeholder, 'type' | 'label' | 'default' | 'choices'>;

export function declarationOf({ type: word, label, default: text, choices }: Place): Json | undefined {
  if (text === undefined && label === undefined && choices === undefined && (word === undefined || word === 'code'))
    return undefined;
  const type = word === undefined ? undefined : (WORDS.get(word) ?? word);
  const head = label === undefined ? {} : { label };
  if (type === 'slider' || type === 'number') return { ...head, type, ...ends(choices), ...numeric(text) };
  if (type === 'date' || type === 'date-range') return { ...head, type, ...ends(choices), ...days(type, text) };
  if (choices) {
    const values = choicesOf(choices.map(({ value }) => value));
    const options = choices.map(({ label: shown }, index) => {
      const value = values[index] ?? '';
      return shown === undefined ? value : { value, label: shown };
    });
    const several = type === 'checkbox' || type === 'multi-select';
    return {
      ...head,
      type: several ? 'multi-select' : (type ?? 'select'),
      options,
      ...chosen(text, several, typeof values[0] === 'number'),
    };
  }
  if (type === 'checkbox') return { ...head, type, ...(text ? { default: flag(text) } : {}) };
  if (type !== undefined) return { ...head, type, ...(text ? { default: text } : {}) };
  return { ...head, ...(text === undefined ? { type: 'text' } : inferred(text)) };
}

const flag = (text: string): Json => (text === 'true' ? true : text === 'false' ? false : text);

function inferred(text: string): { readonly type?: string; readonly default: Json } {
  if (isDay(text)) return { default: text };
  if (text === 'true' || text === 'false') return { default: flag(text) };
  const number = numberOfText(text);
  return number === undefined ? { type: 'text', default: text } : { default: number };
}

const numeric = (text: string | undefined): { readonly default?: Json } =>
  text ? { default: choiceOfText(text) } : {};

function days(type: string, text: string | undefined): { readonly default?: Json } {
  if (!text) return {};
  if (type === 'date') return { default: text };
  const [from = '', to = ''] = text.split('|');
  return { default: { from: from === '' ? null : from, to: to === '' ? null : to } };
}

/** `${slider:delay=15,0|120|5}`: min, max, step. */
function ends(choices: Place['choices']): Readonly<Record<string, Json>> {
  const parts = (choices ?? []).map(({ value }) => value);
  const keys = ['min', 'max', 'step'];
  return Object.fromEntries(
    parts.flatMap((part, index) => (part === '' ? [] : [[keys[index] ?? `end ${index + 1}`, choiceOfText(part)]])),
  );
}

function chosen(text: string | undefined, several: boolean, numbers: boolean): { readonly default?: Json } {
  const one = (value: string): Json => (numbers ? choiceOfText(value) : value);
  if (several) return { default: text ? text.split('|').map(one) : [] };
  if (text === undefined) return {};
  return { default: text === '' ? null : one(text) };
}
