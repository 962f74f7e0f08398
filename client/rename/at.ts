/** The name that the caret is on, in any language: names of results are words. Pure. */
import { RESULT_NAME } from '../../server/protocol/rename.ts';

const LETTER = /[\p{L}\p{M}\p{N}_]/u;

export function nameAt(source: string, offset: number): string | undefined {
  let start = offset;
  let end = offset;
  while (start > 0 && LETTER.test(before(source, start))) start -= before(source, start).length;
  while (end < source.length && LETTER.test(behind(source, end))) end += behind(source, end).length;
  const name = source.slice(start, end);
  return RESULT_NAME.test(name) ? name : undefined;
}

const behind = (text: string, at: number): string => String.fromCodePoint(text.codePointAt(at) ?? 0);

function before(text: string, at: number): string {
  const isPair = /[\uDC00-\uDFFF]/.test(text[at - 1] ?? '') && at > 1;
  return text.slice(at - (isPair ? 2 : 1), at);
}
