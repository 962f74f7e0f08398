/** A notebook's file as the list and the search know it: read once, kept in memory, compared by its stamp. */
import { PROSE } from '../protocol/document.ts';
import type { NotebookId } from '../protocol/ids.ts';
import { effectiveTitle, fileTitle, firstHeading } from '../protocol/title.ts';
import type { Languages } from '../storage/format/base.ts';
import { isFailure, type ParseFailure, parseNotebook } from '../storage/format/parse.ts';
import type { Notebook } from './contract.ts';
import type { Stamp } from './steps.ts';
import { conflictLine, decodeText } from './text.ts';

export type Entry = {
  readonly id: NotebookId;
  readonly path: string;
  readonly stamp: Stamp;
  /** Empty where the file could not be read. */
  readonly text: string;
  readonly title: string;
  readonly by?: string;
  readonly problem?: ParseFailure;
  readonly folded: { readonly title: string; readonly path: string; readonly text: string };
  /** When the file was first seen at this path, if that was while the server ran. */
  readonly appeared?: number;
};

export type Content = Pick<Entry, 'text' | 'title' | 'problem' | 'folded'>;

/** One form for what people type and what files say: composed characters, one case. */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase();

export function contentOf(bytes: Uint8Array | ParseFailure, path: string, languages: Languages): Content {
  const decoded = 'message' in bytes ? bytes : decodeText(bytes);
  if (!('text' in decoded)) return withFolds(path, { text: '', title: fileTitle(path), problem: decoded });
  const content = textContent(decoded.text, path, languages);
  // Or the first search would wait for ten thousand of them.
  void content.folded.text;
  return content;
}

export function textContent(text: string, path: string, languages: Languages): Content {
  const line = conflictLine(text);
  const conflict = line === undefined ? {} : { problem: { line, message: 'a merge left a conflict here' } };
  if (isPlain(text)) {
    const heading = firstHeading([{ interpreter: PROSE, source: text }]);
    return withFolds(path, { text, title: heading ?? fileTitle(path), ...conflict });
  }
  const parsed = parseNotebook(text, languages);
  if (isFailure(parsed)) return withFolds(path, { text, title: fileTitle(path), problem: parsed });
  return withFolds(path, { text, title: effectiveTitle(parsed.title, parsed.blocks, path), ...conflict });
}

/** Nothing in it can fail to parse or name a title but a heading: not worth parsing when ten thousand are read. */
const isPlain = (text: string): boolean => !/^\uFEFF?---/.test(text) && !text.includes('<!-- gondola');

/** The text only once somebody searches: while it is typed in, it changes by the second. */
function withFolds(path: string, content: Omit<Content, 'folded'>): Content {
  let text: string | undefined;
  const folded = {
    title: fold(content.title),
    path: fold(path),
    get text() {
      text ??= fold(content.text);
      return text;
    },
  };
  return { ...content, folded };
}

export const notebookOf = ({ id, path, title, stamp, by, problem }: Entry): Notebook => ({
  id,
  path,
  title,
  changed: stamp.changed,
  ...(by === undefined ? {} : { by }),
  ...(problem ? { problem } : {}),
});
