/**
 * A text with pieces put in or replaced, and the way back: every offset of the result belongs to one of the text. At one
 * place what closes goes first, then what is put in, then what replaces; alike ones in the order in which they were made.
 */
export type Edit = {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Closes what begins earlier: it goes before what begins at the same place. */
  readonly closes?: boolean;
};

export type Edited = {
  readonly text: string;
  /** The offset in the text that an offset in the result comes from. */
  origin(offset: number): number;
};

export function applyEdits(text: string, edits: readonly Edit[]): Edited {
  const ordered = edits
    .map((edit, index) => ({ ...edit, index, rank: edit.closes ? 0 : edit.start === edit.end ? 1 : 2 }))
    .sort((a, b) => a.start - b.start || a.rank - b.rank || a.index - b.index);
  const parts: string[] = [];
  /** Where a stretch of the result begins, what it comes from, and whether it was copied. */
  const stretches: { readonly at: number; readonly from: number; readonly copied: boolean }[] = [];
  let at = 0;
  let from = 0;
  const add = (part: string, source: number, copied: boolean): void => {
    if (part === '') return;
    stretches.push({ at, from: source, copied });
    parts.push(part);
    at += part.length;
  };
  for (const edit of ordered) {
    if (edit.start < from) continue;
    add(text.slice(from, edit.start), from, true);
    add(edit.text, edit.start, false);
    from = edit.end;
  }
  add(text.slice(from), from, true);
  return {
    text: parts.join(''),
    origin(offset) {
      let low = 0;
      let high = stretches.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (stretches[middle]!.at <= offset) low = middle;
        else high = middle - 1;
      }
      const found = stretches[low];
      if (!found || offset < found.at) return 0;
      return Math.min(text.length, found.from + (found.copied ? offset - found.at : 0));
    },
  };
}
