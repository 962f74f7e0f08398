/** Lines of a text with any mixture of `\n`, `\r\n` and `\r`: where each starts and where it ends without its end. */
export type Lines = { readonly text: string; readonly starts: readonly number[]; readonly ends: readonly number[] };

export function splitLines(text: string): Lines {
  const starts = [0];
  const ends: number[] = [];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) {
    ends.push(match.index);
    starts.push(match.index + match[0].length);
  }
  ends.push(text.length);
  return { text, starts, ends };
}

export const lineAt = (lines: Lines, index: number): string => lines.text.slice(lines.starts[index], lines.ends[index]);

/** Blank as CommonMark has it: nothing but spaces and tabs. */
export const isBlank = (line: string): boolean => /^[ \t]*$/.test(line);

/** The same without cutting the line out; a byte order mark at the text's start is not of its first line. */
export function isBlankLine({ text, starts, ends }: Lines, index: number): boolean {
  for (let at = starts[index]!; at < ends[index]!; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== TAB && (at > 0 || code !== BYTE_ORDER_MARK)) return false;
  }
  return true;
}

const [SPACE, TAB, BYTE_ORDER_MARK] = [0x20, 0x09, 0xfeff];

/** Sources in a document have `\n` only, and no half of a character: what a file can hold. */
export const normalise = (source: string): string => source.replace(/\r\n?/g, '\n').toWellFormed();

export type Eol = '\n' | '\r\n' | '\r';

/** The line end that most lines have; `\n` where there is none. */
export function eolOf(text: string): Eol {
  const counts: Record<Eol, number> = { '\n': 0, '\r\n': 0, '\r': 0 };
  for (const [end] of text.matchAll(/\r\n|\n|\r/g)) counts[end as Eol] += 1;
  if (counts['\r\n'] > counts['\n'] && counts['\r\n'] >= counts['\r']) return '\r\n';
  return counts['\r'] > counts['\n'] ? '\r' : '\n';
}
