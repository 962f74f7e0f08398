/**
 * Forms: the typed inputs of a notebook, as server and page speak of them. A form is declared in the front matter
 * (`forms/document.ts`) or in place (`forms/place.ts`); `forms/list.ts` makes the one list of both. Its value belongs to the
 * viewer, the address and the run, never to the document; it is data everywhere (`forms/read.ts` says what may be one) and
 * is never looked through for placeholders.
 */
import type { ParagraphId } from './ids.ts';

export const FORM_TYPES = [
  'text',
  'number',
  'date',
  'date-range',
  'select',
  'multi-select',
  'checkbox',
  'slider',
  'password',
] as const;
export type FormType = (typeof FORM_TYPES)[number];

/** What an option stands for. */
export type Choice = string | number;
export type Option = { readonly value: Choice; readonly label?: string };
/** Written by the author, or the rows of a query: the first column is the value, a second one the label. */
export type Options = readonly Option[] | { readonly query: string };

/** Days, `2015-01-31`; `null` is open. Both ends belong to it. */
export type DateRange = { readonly from: string | null; readonly to: string | null };

type Of<Type extends FormType, Value> = {
  readonly name: string;
  readonly type: Type;
  /** Shown in place of the name. */
  readonly label?: string;
  readonly default: Value;
};
type Between<Value> = { readonly min?: Value; readonly max?: Value };

export type Form =
  | Of<'text', string>
  /** Its value is in no address and no record of a run. */
  | Of<'password', string>
  | (Of<'number', number | null> & Between<number> & { readonly step?: number })
  | (Of<'slider', number> & { readonly min: number; readonly max: number; readonly step: number })
  | (Of<'date', string | null> & Between<string>)
  | (Of<'date-range', DateRange> & Between<string>)
  | (Of<'select', Choice | null> & { readonly options: Options })
  | (Of<'multi-select', readonly Choice[]> & { readonly options: Options })
  | Of<'checkbox', boolean>;

/** `null`: nothing was chosen. Only where the form's own default is nothing, too. */
export type FormValue = Form['default'];
/** By name. A `Map`, as names are people's. */
export type FormValues = ReadonlyMap<string, FormValue>;

/** Where a form is declared. */
export type FormPlace =
  | { readonly in: 'front' }
  | { readonly in: 'paragraph'; readonly paragraph: ParagraphId; readonly start: number; readonly end: number };

/** What can be wrong with a declaration; `docs/guide/forms.md` says what each means, compared by a test. */
export const PROBLEM_CODES = [
  'form-name',
  'form-type',
  'form-key',
  'form-default',
  'form-options',
  'form-bounds',
  'form-disagrees',
  'too-many-forms',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export type FormProblem = {
  readonly code: ProblemCode;
  readonly name: string;
  readonly message: string;
  readonly place: FormPlace;
};

export type Forms = {
  /** In order: the front matter's, then those in place as the paragraphs stand. */
  readonly forms: readonly DeclaredForm[];
  readonly problems: readonly FormProblem[];
};

export type DeclaredForm = Form & { readonly place: FormPlace };

/** Why something is no value of a form. */
export type Refusal = {
  readonly code: 'unknown-form' | 'form-value' | 'form-option';
  /** A sentence. */
  readonly message: string;
};

/** What people fill in before they run: more is no form. */
export const MOST_FORMS = 100;
export const MOST_OPTIONS = 1_000;
export const LONGEST_LABEL = 200;
/** UTF-16 units of a text, and of the chosen of a list together: as UTF-8 they fit an environment variable (128 KiB). */
export const LONGEST_VALUE = 32_768;

/** Letters, digits, `_`: a parameter of SQL, a property in TypeScript, a variable of the shell. */
export const FORM_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

export const isPassword = (form: Form): boolean => form.type === 'password';
export const isQuery = (options: Options): options is { readonly query: string } => 'query' in options;
