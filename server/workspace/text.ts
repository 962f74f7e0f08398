/** Bytes of a notebook's file as text, or why they are none. */
import type { ParseFailure } from '../storage/format/parse.ts';

/** Past this a file is no notebook: its paragraphs could not be sent to a page. */
export const LARGEST_FILE_BYTES = 64 * 1024 * 1024;

export type FileText = { readonly text: string } | ParseFailure;

export function decodeText(bytes: Uint8Array): FileText {
  if (bytes.length > LARGEST_FILE_BYTES) {
    return { line: 1, message: `the file is larger than ${LARGEST_FILE_BYTES / 1024 / 1024} MB` };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { line: firstBadLine(bytes), message: 'the file is not UTF-8; save it with that encoding' };
  }
}

function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(10); ; end = bytes.indexOf(10, start)) {
    try {
      decoder.decode(bytes.subarray(start, end === -1 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end === -1) return line;
    start = end + 1;
    line += 1;
  }
}

/** The line of the first unresolved conflict that a merge left; taking it for text would write it to everybody. */
export function conflictLine(text: string): number | undefined {
  const lines = text.split(/\r\n|\n|\r/);
  const start = lines.findIndex((line) => line.startsWith('<<<<<<< '));
  if (start === -1) return undefined;
  const middle = lines.indexOf('=======', start);
  const end = middle === -1 ? -1 : lines.findIndex((line, index) => index > middle && line.startsWith('>>>>>>> '));
  return end === -1 ? undefined : start + 1;
}

/** Share of lines, blank ones left out, that two texts have in common: 0 to 1. */
export function equalLines(one: string, other: string): number {
  const [a, b] = [linesOf(one), linesOf(other)];
  if (a.length === 0 && b.length === 0) return 1;
  const counts = new Map<string, number>();
  for (const line of a) counts.set(line, (counts.get(line) ?? 0) + 1);
  let common = 0;
  for (const line of b) {
    const count = counts.get(line) ?? 0;
    if (count === 0) continue;
    counts.set(line, count - 1);
    common += 1;
  }
  return common / Math.max(a.length, b.length);
}

const linesOf = (text: string): string[] =>
  text.split(/\r\n|\n|\r/).flatMap((line) => (line.trim() === '' ? [] : [line.trimEnd()]));
