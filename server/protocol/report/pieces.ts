/**
 * Prose cut at its headings of one level, for tabs: lines of Markdown in, the same lines out but for those headings. A line
 * within a fence is no heading; one that stands in a list or quote is none of the page's parts.
 */
import { withoutMarkup } from '../title.ts';

export type Piece = {
  /** The heading that it begins with; absent of what stands before the first one. */
  readonly title?: string;
  readonly text: string;
};

export function splitAtHeadings(source: string, level: number): readonly Piece[] {
  if (!source.includes('#')) return [{ text: source }];
  const pieces: { title?: string; lines: string[] }[] = [{ lines: [] }];
  let fence: string | undefined;
  for (const line of source.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    const [, hashes = '', title = ''] =
      fence === undefined && mark === undefined
        ? (/^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(line) ?? [])
        : [];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && /^[`~\s]*$/.test(line)) fence = undefined;
    } else if (mark !== undefined) fence = mark;
    // A tab has a name, no markup.
    const name = hashes.length === level ? withoutMarkup(title) : '';
    if (name !== '') pieces.push({ title: name, lines: [] });
    else pieces.at(-1)?.lines.push(line);
  }
  return pieces
    .map(({ title, lines }) => ({ ...(title === undefined ? {} : { title }), text: lines.join('\n') }))
    .filter(({ title, text }, index) => index > 0 || title !== undefined || text.trim() !== '' || pieces.length === 1);
}
