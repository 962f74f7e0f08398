/**
 * Forms in SQL: `$day`, and `${day…}` in place, become parameters of the statement; a text in quotes that holds some becomes
 * one parameter, put together here. Where no value can stand (a table, a direction, what is ordered by) the option that was
 * chosen stands as code, if the author wrote the options. Pure: text in, text and parameters out.
 *
 * A parameter takes exactly the room of what it stands for, so that every place in the new text is one in the author's. Only
 * code, `between $range` and `date '${day}'` may shift what follows: `edits` say by how much.
 */
import { Failed, type FailureParts, failure } from '../errors.ts';
import type { FormInput, FormInputs } from '../forms.ts';
import { closeNames } from '../likeness.ts';
import { type Placeholder, placeholdersIn, type Quoted } from '../placeholders.ts';
import type { Failure } from '../protocol.ts';
import { between, isCodePlace, listBrackets, type Reference, typeBefore } from './forms/place.ts';
import { inText } from './forms/text.ts';
import { splitStatements, type Token, tokenize, wordOf } from './lexer.ts';
import { placeOf } from './positions.ts';

/** By name in lower case, as the engine folds it. */
export type Parameters = ReadonlyMap<string, FormInput>;

type At = { readonly start: number; readonly end: number };
/** In places of the author's text; `text` fills at least the room. */
type Edit = At & { readonly text: string };

export type BoundText = {
  readonly text: string;
  readonly parameters: Parameters;
  readonly edits: readonly Edit[];
  /** Where parameters stand, in places of the author's text. */
  readonly places: readonly At[];
};

/** Two signs name a text: `$_a0`. */
const MOST_TEXTS = 36 ** 2;

export function bindForms(source: string, inputs: FormInputs): BoundText {
  const placeholders = placeholdersIn(source);
  if (placeholders.length === 0 && !/\$[A-Za-z_]/.test(source)) return untouched(source);
  const binding = new Binding(source, inputs, placeholders);
  binding.bindTexts();
  binding.bindReferences();
  return binding.done();
}

/** As it stands where its forms can't be bound. */
export function bindOrLeave(source: string, inputs: FormInputs): BoundText {
  try {
    return bindForms(source, inputs);
  } catch (error) {
    if (error instanceof Failed) return untouched(source);
    throw error;
  }
}

const untouched = (text: string): BoundText => ({ text, parameters: new Map(), edits: [], places: [] });

class Binding {
  readonly #source: string;
  readonly #names: readonly string[];
  readonly #forms = new Map<string, { readonly name: string; readonly input: FormInput }>();
  readonly #parameters = new Map<string, FormInput>();
  readonly #placeholders = new Map<number, Placeholder>();
  readonly #texts = new Map<Quoted, Placeholder[]>();
  readonly #edits: Edit[] = [];
  readonly #places: At[] = [];
  readonly #tokens: readonly Token[];
  #text: string;
  #masked: string;

  constructor(source: string, inputs: FormInputs, placeholders: readonly Placeholder[]) {
    this.#source = source;
    this.#text = source;
    this.#names = Object.keys(inputs);
    for (const [name, input] of Object.entries(inputs)) {
      this.#forms.set(name.toLowerCase(), { name, input });
      for (const [key, value] of namesOf(name, input)) this.#parameters.set(key, value);
    }
    for (const one of placeholders) {
      this.#placeholders.set(one.start, one);
      if (!this.#inputOf(one.name)) throw this.#unknown(one);
      if (one.inside.kind === 'text') this.#texts.set(one.inside, [...(this.#texts.get(one.inside) ?? []), one]);
      else this.#put(one, `$${one.name}`);
    }
    this.#masked = this.#text;
    // A text's own signs are no words of the statement, and its placeholders may hold quotes.
    for (const { start, end } of this.#texts.keys()) {
      const room = `'${'a'.repeat(Math.max(0, end - start - 2))}'`;
      this.#masked = this.#masked.slice(0, start) + room + this.#masked.slice(end);
    }
    this.#tokens = tokenize(this.#masked);
  }

  bindTexts(): void {
    for (const [quoted, placeholders] of this.#texts) {
      const at = this.#tokens.findIndex(({ start }) => start === quoted.start);
      const reference = { at, length: 1 };
      const said = inText(this.#source, quoted, placeholders, (name) => this.#inputOf(name));
      if ('why' in said) throw this.#misplaced(said.at, said.why);
      const type = typeBefore(this.#tokens, reference);
      if (!type && said.written && said.text !== null && isCodePlace(this.#tokens, reference)) {
        this.#edits.push({ ...quoted, text: `'${said.text.replaceAll("'", "''")}'` });
        continue;
      }
      if (this.#parameters.size >= MOST_TEXTS)
        throw this.#misplaced(quoted, 'There are too many texts with forms here.');
      const name = this.#freeName();
      this.#parameters.set(name, said.text === null ? NOTHING : { type: 'text', value: said.text });
      this.#places.push(quoted);
      if (!type) this.#fill(quoted, placeholders[0] ?? quoted, `$${name}`);
      else if (wordOf(type) === 'interval') this.#edits.push({ ...quoted, text: `($${name})` });
      else this.#edits.push({ start: type.start, end: quoted.end, text: `$${name}::${type.text}` });
    }
  }

  bindReferences(): void {
    const prepares = splitStatements(this.#masked).filter(({ tokens }) => wordOf(tokens[0]) === 'prepare');
    for (const reference of referencesIn(this.#tokens)) {
      const { start, name } = reference;
      const place = { start, end: this.#placeholders.get(start)?.end ?? start + 1 + name.length };
      const prepared = prepares.some((one) => one.start <= start && start < one.start + one.text.length);
      const form = this.#forms.get(name.toLowerCase());
      if (prepared) {
        if (form) throw this.#misplaced(place, 'PREPARE has parameters of its own.');
      } else if (form) this.#bind(reference, place, form);
      else if (!this.#parameters.has(name.toLowerCase())) throw this.#unknown({ ...place, name });
      else this.#places.push(place);
    }
  }

  #bind(reference: Reference, place: At, { name, input }: { readonly name: string; readonly input: FormInput }): void {
    const wanted = this.#placeholders.get(place.start)?.type === 'code';
    if (wanted || isCodePlace(this.#tokens, reference)) {
      const code = codeOf(input);
      if (code !== undefined) {
        this.#edits.push({ ...place, text: code });
        return;
      }
      if (wanted) throw this.#misplaced(place, NO_VALUE);
    }
    this.#places.push(place);
    if (input.type === 'date-range') {
      if (!between(this.#tokens, reference)) throw this.#misplaced(place, rangeAlone(name));
      this.#edits.push({ ...place, text: `$${name}_from and $${name}_to` });
    } else if (typeBefore(this.#tokens, reference)) this.#edits.push({ ...place, text: `($${name})` });
    else if (input.type === 'multi-select')
      for (const bracket of listBrackets(this.#tokens, reference)) this.#put(bracket, '');
  }

  done(): BoundText {
    const edits = this.#edits.toSorted((a, b) => a.start - b.start);
    let text = '';
    let at = 0;
    for (const { start, end, text: wanted } of edits) {
      text += this.#text.slice(at, start) + wanted.padEnd(end - start);
      at = end;
    }
    return { text: text + this.#text.slice(at), parameters: this.#parameters, edits, places: this.#places };
  }

  /** A form may be called so, too. */
  #freeName(): string {
    for (let number = this.#parameters.size; ; number += 1) {
      const name = `_${number.toString(36).padStart(2, '0')}`;
      if (!this.#parameters.has(name)) return name;
    }
  }

  #inputOf(name: string): FormInput | undefined {
    const key = name.toLowerCase();
    return this.#parameters.get(key) ?? this.#forms.get(key)?.input;
  }

  #put({ start, end }: At, wanted: string): void {
    this.#text = this.#text.slice(0, start) + wanted.padEnd(end - start) + this.#text.slice(end);
  }

  /** In the room of `part`, which holds it; the lines of the whole stay as many. */
  #fill(whole: At, part: At, wanted: string): void {
    const empty = (from: number, to: number): string => this.#source.slice(from, to).replaceAll(/[^\n\r]/g, ' ');
    this.#put(
      whole,
      empty(whole.start, part.start) + wanted.padEnd(part.end - part.start) + empty(part.end, whole.end),
    );
  }

  #unknown(at: At & { readonly name: string }): Failed {
    const [meant] = closeNames(at.name, this.#names, 1);
    const there = this.#names.length === 0 ? '' : `There are: ${this.#names.join(', ')}.`;
    const hint = `${meant === undefined ? '' : `Did you mean ${meant}? `}${there}`;
    return failed('unknown-form', this.#source, at, `There is no form “${at.name}”.`, hint === '' ? {} : { hint });
  }

  #misplaced(at: At, why: string): Failed {
    return failed('form-place', this.#source, at, why);
  }
}

const NOTHING: FormInput = { type: 'number', value: null };
const NO_VALUE = 'No value can stand here; only the options of a select can that the author wrote.';
const rangeAlone = (name: string): string =>
  `A range has two ends: write between $${name}, or $${name}_from and $${name}_to.`;

/** A range is its two ends; one that is open goes on for ever. */
function namesOf(name: string, input: FormInput): readonly (readonly [string, FormInput])[] {
  const key = name.toLowerCase();
  if (input.type !== 'date-range') return [[key, input]];
  return [
    [`${key}_from`, { type: 'date', value: input.value.from ?? '-infinity' }],
    [`${key}_to`, { type: 'date', value: input.value.to ?? 'infinity' }],
  ];
}

/** `$` and a word right behind it. */
const referencesIn = (tokens: readonly Token[]): readonly (Reference & { readonly name: string; start: number })[] =>
  tokens.flatMap((token, at) => {
    const next = tokens[at + 1];
    const is = token.text === '$' && next?.kind === 'word' && next.start === token.end;
    return is ? [{ at, length: 2, name: next.text, start: token.start }] : [];
  });

function codeOf(input: FormInput): string | undefined {
  if (input.type === 'select' && input.written && input.value !== null) return String(input.value);
  if (input.type === 'multi-select' && input.written && input.value.length > 0) return input.value.join(', ');
  return undefined;
}

const failed = (
  code: 'unknown-form' | 'form-place',
  source: string,
  { start, end }: At,
  message: string,
  parts: FailureParts = {},
): Failed => new Failed(failure(code, message, { ...placeOf(source, start), length: end - start, ...parts }));

/** A failure in places of the bound text, in those of the author's. */
export function inSource(source: string, { text, edits, places }: BoundText, said: Failure): Failure {
  if ((edits.length === 0 && places.length === 0) || said.line === undefined) return said;
  const offset = offsetOf(text, said.line, said.column ?? 1);
  let shift = 0;
  for (const { start, end, text: put } of edits) {
    const length = Math.max(put.length, end - start);
    if (offset < start + shift) break;
    if (offset < start + shift + length) return marked(source, { start, end }, said);
    shift += length - (end - start);
  }
  const at = offset - shift;
  const place = places.find(({ start, end }) => start <= at && at < end);
  if (place && said.code === 'syntax') return failed('form-place', source, place, NO_VALUE).failure;
  return place ? marked(source, place, said) : { ...said, ...placeOf(source, at) };
}

/** Where a stretch of the bound text stands in the author's; undefined where something else was put. */
export function stretchInSource({ edits }: BoundText, start: number, end: number): At | undefined {
  let shift = 0;
  for (const edit of edits) {
    const length = Math.max(edit.text.length, edit.end - edit.start);
    if (end <= edit.start + shift) break;
    if (start < edit.start + shift + length) return undefined;
    shift += length - (edit.end - edit.start);
  }
  return { start: start - shift, end: end - shift };
}

/** What stands for a form can't be mended in place. */
function marked(source: string, { start, end }: At, { fix: _, ...said }: Failure): Failure {
  return { ...said, ...placeOf(source, start), length: end - start };
}

function offsetOf(text: string, line: number, column: number): number {
  let at = 0;
  for (let index = 1; index < line; index += 1) at = text.indexOf('\n', at) + 1;
  return at + column - 1;
}
