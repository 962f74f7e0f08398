/**
 * Marks under what is being written wait longer than others: half a word is wrong all the time, and a statement ends where
 * one writes on. Pure.
 */
export type Marked = { readonly start: number; readonly end: number };

/** `caret`: undefined where nobody writes here. `later`: what it stands at. */
export function splitAtCaret<M extends Marked>(
  marks: readonly M[],
  caret: number | undefined,
): { readonly now: readonly M[]; readonly later: readonly M[] } {
  const isAt = ({ start, end }: M): boolean => caret !== undefined && start < caret && caret <= end + 1;
  return { now: marks.filter((mark) => !isAt(mark)), later: marks.filter(isAt) };
}
