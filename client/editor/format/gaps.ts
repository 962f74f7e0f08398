/**
 * A layout only moves what stands between tokens. From a text and its laid out twin, whose tokens have to be the same ones in
 * the same order, come the splices that put its blanks into the text: whatever else differs, nothing is touched. So people's
 * carets stay, and a layouter that drops, adds or glues anything does no harm.
 */
import type { Splice } from '../splice.ts';

export type Piece = {
  readonly start: number;
  readonly end: number;
  /** `text`: a literal; two of them with a line's end between them are one to the engine. */
  readonly kind: 'word' | 'text' | 'sign' | 'comment' | 'other';
  /** As it has to be found again. */
  readonly text: string;
};

/** From the end to the start, so that no place moves before its turn; undefined where the tokens differ. */
export function gapSplices(
  source: string,
  pieces: readonly Piece[],
  laidOut: string,
  others: readonly Piece[],
): readonly Splice[] | undefined {
  if (pieces.length !== others.length) return undefined;
  const splices: Splice[] = [];
  for (let index = 0; index <= pieces.length; index += 1) {
    const [before, after] = [pieces[index - 1], pieces[index]];
    const [otherBefore, otherAfter] = [others[index - 1], others[index]];
    if (after && otherAfter && (after.kind !== otherAfter.kind || after.text !== otherAfter.text)) return undefined;
    const [start, end] = [before?.end ?? 0, after?.start ?? source.length];
    const gap = source.slice(start, end);
    const wanted = laidOut.slice(otherBefore?.end ?? 0, otherAfter?.start ?? laidOut.length);
    if (gap.trim() !== '' || wanted.trim() !== '') return undefined;
    if (before && after && isGlue(before, after) && (gap === '') !== (wanted === '')) return undefined;
    if (before?.kind === 'text' && after?.kind === 'text' && hasEnd(gap) !== hasEnd(wanted)) return undefined;
    if (gap !== wanted) splices.push({ at: start, remove: gap.length, insert: wanted });
  }
  return splices.reverse();
}

/** Two words, or two signs, are another thing once they touch or are apart. */
const isGlue = (a: Piece, b: Piece): boolean => (a.kind === 'sign' && b.kind === 'sign') || (isWord(a) && isWord(b));
const hasEnd = (gap: string): boolean => /[\r\n]/.test(gap);
const isWord = ({ kind }: Piece): boolean => kind === 'word' || kind === 'text';
