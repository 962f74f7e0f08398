/** `Ctrl+/` in the plain field, as Monaco does it: the lines chosen become a comment, or code again where all are one. */

const MARKS: Readonly<Record<string, string>> = { sql: '--', typescript: '//', shell: '#' };

/** What begins a comment in this interpreter's language; undefined where none can be. */
export const commentMark = (interpreter: string): string | undefined =>
  Object.hasOwn(MARKS, interpreter) ? MARKS[interpreter] : undefined;

export type Toggled = { readonly from: number; readonly to: number; readonly text: string };

/** The lines that hold [start, end) and what they become. */
export function toggleComment(source: string, start: number, end: number, mark: string): Toggled {
  const from = source.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = source.indexOf('\n', end);
  const to = lineEnd < 0 ? source.length : lineEnd;
  const lines = source.slice(from, to).split('\n');
  const written = lines.filter((line) => line.trim() !== '');
  if (written.length > 0 && written.every((line) => line.trimStart().startsWith(mark))) {
    return { from, to, text: lines.map((line) => uncomment(line, mark)).join('\n') };
  }
  const indent = Math.min(
    ...(written.length > 0 ? written : lines).map((line) => line.length - line.trimStart().length),
  );
  const text = lines.map((line) =>
    line.trim() === '' && written.length > 0 ? line : `${line.slice(0, indent)}${mark} ${line.slice(indent)}`,
  );
  return { from, to, text: text.join('\n') };
}

function uncomment(line: string, mark: string): string {
  const at = line.indexOf(mark);
  if (at < 0) return line;
  const rest = line.slice(at + mark.length);
  return line.slice(0, at) + (rest.startsWith(' ') ? rest.slice(1) : rest);
}
