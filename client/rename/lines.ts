/** What a plan would change, line by line, as a person reads it before it is done. Pure. */
import type { RenamePlan, TextEdit } from '../../server/protocol/rename.ts';

/** `old` goes and `fresh` comes; what stays is `same`. */
export type Part =
  | { readonly kind: 'same'; readonly text: string }
  | { readonly kind: 'change'; readonly old: string; readonly fresh: string };
export type Line = readonly Part[];

/** Characters shown before the first place and behind the last one, and between two. */
const AROUND = 30;
const BETWEEN = 60;
const CUT = '…';

/** One for each line that changes. */
export function linesOf({ source, edits }: Pick<RenamePlan['texts'][number], 'source' | 'edits'>): readonly Line[] {
  const byLine = new Map<number, TextEdit[]>();
  for (const edit of edits) {
    const start = source.lastIndexOf('\n', edit.start - 1) + 1;
    byLine.set(start, [...(byLine.get(start) ?? []), edit]);
  }
  return [...byLine].map(([start, some]) => lineOf(source, start, some));
}

function lineOf(source: string, start: number, edits: readonly TextEdit[]): Line {
  const parts: Part[] = [];
  let at = start;
  for (const { start: from, end, text } of edits) {
    const before = source.slice(at, from);
    parts.push({ kind: 'same', text: parts.length === 0 ? tail(before.trimStart(), AROUND) : middle(before) });
    parts.push({ kind: 'change', old: source.slice(from, end), fresh: text });
    at = end;
  }
  const lineEnd = source.indexOf('\n', at);
  const rest = source.slice(at, lineEnd < 0 ? source.length : lineEnd);
  const shown = rest.length > AROUND ? `${rest.slice(0, AROUND).toWellFormed()}${CUT}` : rest;
  return [...parts, { kind: 'same', text: shown }];
}

const tail = (text: string, most: number): string =>
  text.length > most ? `${CUT}${text.slice(-most).toWellFormed()}` : text;

const middle = (text: string): string =>
  text.length > BETWEEN ? `${text.slice(0, AROUND).toWellFormed()} ${CUT} ${text.slice(-AROUND).toWellFormed()}` : text;

export const placesIn = ({ texts, forms }: RenamePlan): number =>
  [...texts, ...forms].reduce((sum, { edits }) => sum + edits.length, 0);
