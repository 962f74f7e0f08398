/**
 * Where a text names a table that is to be called otherwise, as the program of its language finds it without running it:
 * what to write, and where nobody can tell. Whether the new name is free, the server finds. Pure.
 */
export type Renaming = { readonly from: string; readonly to: string };

/** In UTF-16 units. */
export type Span = { readonly start: number; readonly end: number };

/** `variable`: a bare name in a language with variables, which one of that name would hide. */
export type RenamingEdit = Span & { readonly text: string; readonly variable?: true };

/** A text of SQL in a text of another language: as long as it stands there, in these quotes. */
export type InnerSql = { readonly start: number; readonly text: string; readonly quote: string };

export type Renamed = {
  /** By their places, none over another. */
  readonly edits: readonly RenamingEdit[];
  /** The name stands there, and it can't be told whether the table is meant. */
  readonly doubts: readonly Span[];
  /** There the new name would mean something else. */
  readonly clash?: Span;
  readonly inner?: readonly InnerSql[];
};

/** Places of one text: those of a person's. */
export const MOST_EDITS = 2_000;
/** UTF-16 units of a name; the page and the file allow 63. */
export const LONGEST_NAME = 300;

export const NOT_NAMED: Renamed = { edits: [], doubts: [] };

/** Names of tables fold case, as in the engine. */
export const foldTable = (name: string): string => name.normalize('NFC').toLowerCase();

/** Whether it is worth reading: the name stands in it in some way of writing. */
export const mentions = (source: string, name: string): boolean => foldTable(source).includes(foldTable(name));

/** In their order, each place once; no more than a person writes. */
export function boundRenamed({ edits, doubts, clash, inner }: Renamed): Renamed {
  const placed = once(edits);
  const known = new Set(placed.map(({ start }) => start));
  const open = once(doubts).filter(({ start }) => !known.has(start));
  const isTooMuch = placed.length > MOST_EDITS;
  return {
    edits: isTooMuch ? [] : placed,
    doubts: (isTooMuch ? placed.map(({ start, end }) => ({ start, end })) : open).slice(0, MOST_EDITS),
    ...(clash ? { clash } : {}),
    ...(inner && inner.length > 0 ? { inner: inner.slice(0, MOST_EDITS) } : {}),
  };
}

function once<S extends Span>(spans: readonly S[]): S[] {
  const found: S[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end))
    if (span.start >= (found.at(-1)?.end ?? 0)) found.push(span);
  return found;
}

/** The text with all that done, and where each place is then. */
export function applied(
  source: string,
  edits: readonly RenamingEdit[],
): { readonly text: string; readonly places: readonly number[] } {
  const places: number[] = [];
  let text = '';
  let at = 0;
  for (const edit of edits) {
    text += source.slice(at, edit.start);
    places.push(text.length);
    text += edit.text;
    at = edit.end;
  }
  return { text: text + source.slice(at), places };
}

/** A file that stands for a table: `tables/NAME.parquet`. Names in words of its language. */
export const TABLE_PATH =
  /(?<![\p{L}\p{N}_/.$}-])((?:\.\/)?tables\/)([\p{L}\p{N}\p{M}_-]+)(?=\.parquet(?![\p{L}\p{N}_]))/gu;

/** Where a text names a table as a file. */
export function pathsIn(text: string, { from, to }: Renaming, ahead = 0): readonly RenamingEdit[] {
  return [...text.matchAll(TABLE_PATH)].flatMap((match) => {
    const [, folder = '', name = ''] = match;
    if (foldTable(name) !== foldTable(from)) return [];
    const start = ahead + match.index + folder.length;
    return [{ start, end: start + name.length, text: to }];
  });
}
