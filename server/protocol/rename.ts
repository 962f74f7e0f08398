/**
 * What it takes to call a named result otherwise: which texts change where, and what has to be looked at by a person. The
 * server plans, the page applies: only to texts that are still those that were read. Pure.
 */
import type { ParagraphId } from './ids.ts';

/** As the page lets a result be called: it begins with a letter and has no spaces. */
export const RESULT_NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_]{0,62}$/u;

/** In UTF-16 units of the text before any of them. */
export type TextEdit = { readonly start: number; readonly end: number; readonly text: string };

/**
 * `doubt`: it can't be told whether the name is the table's there. `clash`: the new name is something else there. `unread`:
 * its program could not be asked, or does not understand it.
 */
export type LeftWhy = 'doubt' | 'clash' | 'unread';

export type RenamePlan = {
  /** Whose result has the name. */
  readonly owner?: ParagraphId;
  /** In notebook order; `source`: the text that was read. */
  readonly texts: readonly {
    readonly paragraph: ParagraphId;
    readonly source: string;
    readonly edits: readonly TextEdit[];
  }[];
  /** Queries of options. */
  readonly forms: readonly { readonly form: string; readonly source: string; readonly edits: readonly TextEdit[] }[];
  /** What stays as it is, wholly or in part. */
  readonly left: readonly ({ readonly why: LeftWhy } & (
    | { readonly paragraph: ParagraphId }
    | { readonly form: string }
  ))[];
};

/** From the last to the first, so that no place moves before its turn. */
export function withEdits(source: string, edits: readonly TextEdit[]): string {
  let text = source;
  for (const { start, end, text: put } of edits.toSorted((a, b) => b.start - a.start))
    text = text.slice(0, start) + put + text.slice(end);
  return text;
}
