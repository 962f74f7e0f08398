/**
 * What the editor asks about the TypeScript of a notebook, and what the compiler answers. It runs in a worker; both
 * sides send only these. Offsets are UTF-16 units in the paragraph's own text.
 */
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import type { SessionTable } from '../../../server/protocol/messages.ts';

export type Span = { readonly start: number; readonly end: number };

export type Question =
  | { readonly kind: 'complete'; readonly offset: number }
  | { readonly kind: 'describe'; readonly offset: number; readonly name: string }
  | { readonly kind: 'hover'; readonly offset: number }
  | { readonly kind: 'parameters'; readonly offset: number }
  | { readonly kind: 'check' }
  | { readonly kind: 'format' };

/** At `at`, `remove` characters go and `insert` comes. */
export type Layout = { readonly at: number; readonly remove: number; readonly insert: string };

export type Suggestion = {
  readonly name: string;
  /** As the compiler calls it: `method`, `const`, `keyword`, … */
  readonly kind: string;
  readonly sort: string;
  readonly insert?: string;
  /** What is replaced, where that is not the word at the caret. */
  readonly replaces?: Span;
};

export type Suggestions = {
  readonly items: readonly Suggestion[];
  /** The caret is in `table('…')`: names of tables can stand here. */
  readonly table?: Span;
};

/** A table of the notebook as its session tells it. Without columns it is known by name only. */
export type KnownTable = Pick<SessionTable, 'name' | 'columns' | 'rows'>;

/** `table`: what is described is one, with its first columns of `of`. */
export type Description = {
  readonly code: string;
  readonly text: string;
  readonly table?: KnownTable & { readonly of: number };
};

export type Parameters = {
  readonly signatures: readonly {
    readonly label: string;
    readonly text: string;
    readonly parameters: readonly { readonly label: string; readonly text: string }[];
  }[];
  readonly signature: number;
  readonly parameter: number;
};

/** `error`: it can't run like this. `doubt`: types do not fit, which no run asks about. */
export type Remark = Span & { readonly weight: 'error' | 'doubt' } & (
    | { readonly message: string }
    /** There is no column of that name where it stands. */
    | { readonly column: string; readonly meant?: string }
    /** There is no such table now. */
    | { readonly table: string }
  );

export type Answers = {
  readonly complete: Suggestions | undefined;
  readonly describe: Description | undefined;
  readonly hover: (Description & Span) | undefined;
  readonly parameters: Parameters | undefined;
  readonly check: readonly Remark[];
  /** From the end of the text to its start; undefined where it is no TypeScript. */
  readonly format: readonly Layout[] | undefined;
};
export type Kind = keyof Answers;

export type ToCompiler =
  /** Texts that are new or other than before. */
  | { readonly type: 'texts'; readonly texts: readonly (readonly [ParagraphId, string])[] }
  /** All tables of the notebook as they are now. */
  | { readonly type: 'tables'; readonly tables: readonly KnownTable[] }
  /** The declaration of `forms`. */
  | { readonly type: 'forms'; readonly declaration: string }
  /** All TypeScript paragraphs, in the notebook's order. */
  | { readonly type: 'order'; readonly order: readonly ParagraphId[] }
  | { readonly type: 'ask'; readonly call: number; readonly paragraph: ParagraphId; readonly question: Question };

/** `failed`: the compiler broke on this question; the next one may do. */
export type FromCompiler =
  | { readonly type: 'answer'; readonly call: number; readonly answer: Answers[Kind] }
  | { readonly type: 'failed'; readonly call: number; readonly message: string }
  /** What is known of tables is other than before: what was said may be otherwise now. */
  | { readonly type: 'changed' };

export type Analyst = {
  /** Starts the compiler when first asked. Undefined where it could not be started or broke. */
  ask<K extends Kind>(
    paragraph: ParagraphId,
    question: Extract<Question, { kind: K }>,
  ): Promise<Answers[K] | undefined>;
  /** Called when another paragraph changed, so that what was said may be otherwise now. Returns the release. */
  onChange(listener: () => void): () => void;
  close(): void;
};
