/**
 * A notebook's title: what its `meta.title` says (front matter, or an edit in the page), else the first heading of its
 * prose, else the name of its file. Page and server ask the same function.
 */
import { PROSE } from './document.ts';
import { NOTEBOOK_SUFFIX } from './suffix.ts';

type Part = { readonly interpreter: string; readonly source: string };

export function effectiveTitle(title: string | undefined, paragraphs: Iterable<Part>, path: string): string {
  return (title?.trim() || undefined) ?? firstHeading(paragraphs) ?? fileTitle(path);
}

/** `sales/2024 review.nb.md` → `2024 review`; the names that new notebooks get are no titles: `untitled-3` → `Untitled 3`. */
export function fileTitle(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const stem = name.endsWith(NOTEBOOK_SUFFIX) ? name.slice(0, -NOTEBOOK_SUFFIX.length) : name;
  return stem.replace(/^untitled(?:[-_](\d+))?$/, (_, number?: string) => (number ? `Untitled ${number}` : 'Untitled'));
}

const ATX = /^ {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const UNDERLINE = /^ {0,3}(?:=+|-+)[ \t]*$/;

export function firstHeading(paragraphs: Iterable<Part>): string | undefined {
  for (const { interpreter, source } of paragraphs) {
    const heading = interpreter === PROSE ? headingIn(source) : undefined;
    if (heading) return heading;
  }
  return undefined;
}

function headingIn(source: string): string | undefined {
  let fence: string | undefined;
  let previous = '';
  for (const line of source.split(/\r\n?|\n/)) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
      continue;
    }
    if (mark !== undefined) fence = mark;
    const heading = ATX.exec(line)?.[1] ?? (UNDERLINE.test(line) && isText(previous) ? previous : undefined);
    const plain = heading === undefined ? '' : withoutMarkup(heading);
    if (plain !== '') return plain;
    previous = line;
  }
  return undefined;
}

const isText = (line: string): boolean => /^ {0,3}[^\s#>*+-]/.test(line) && !FENCE.test(line);

/** `**Sales** of [2024](x)` → `Sales of 2024`. */
export const withoutMarkup = (text: string): string =>
  text
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__|`)(.+?)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}])([*_])(.+?)\1(?![\p{L}\p{N}])/gu, '$2')
    .trim();
