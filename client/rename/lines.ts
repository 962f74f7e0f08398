/** What a plan would change, line by line, as a person reads it before it is done. Pure. */
import type { RenamePlan } from '../../server/protocol/rename.ts';

export type Line = { readonly before: string; readonly old: string; readonly fresh: string; readonly after: string };

/** Characters shown around a place. */
const AROUND = 36;

export function linesOf({ source, edits }: RenamePlan['texts'][number] | RenamePlan['forms'][number]): readonly Line[] {
  return edits.map(({ start, end, text }) => {
    const from = Math.max(source.lastIndexOf('\n', start - 1) + 1, start - AROUND);
    const lineEnd = source.indexOf('\n', end);
    const to = Math.min(lineEnd < 0 ? source.length : lineEnd, end + AROUND);
    return {
      before: source.slice(from, start).trimStart().toWellFormed(),
      old: source.slice(start, end),
      fresh: text,
      after: source.slice(end, to).toWellFormed(),
    };
  });
}

export const placesIn = ({ texts, forms }: RenamePlan): number =>
  [...texts, ...forms].reduce((sum, { edits }) => sum + edits.length, 0);
