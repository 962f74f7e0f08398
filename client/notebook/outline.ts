/** The outline: headings of prose down to the third level, and named paragraphs. Read anew only for what changed. */
import { type Accessor, createMemo, mapArray } from 'solid-js';
import { PROSE } from '../../server/protocol/document.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { fileTitle, withoutMarkup } from '../../server/protocol/title.ts';
import type { DocumentView, ParagraphView } from './document.ts';

export type OutlineEntry = {
  readonly paragraph: ParagraphId;
  readonly text: string;
  /** 0: a named result, else the heading's level. */
  readonly level: number;
  readonly interpreter: string;
};

const DEEPEST = 3;

export function headingsOf(source: string): readonly { readonly text: string; readonly level: number }[] {
  if (!source.includes('#')) return [];
  const found: { text: string; level: number }[] = [];
  let fence: string | undefined;
  for (const line of source.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence)) fence = undefined;
    } else if (mark !== undefined) fence = mark;
    else {
      const [, hashes = '', text = ''] = /^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(line) ?? [];
      const heading = withoutMarkup(text);
      if (hashes !== '' && hashes.length <= DEEPEST && heading !== '')
        found.push({ text: heading, level: hashes.length });
    }
  }
  return found;
}

function entriesOf(paragraph: ParagraphView): readonly OutlineEntry[] {
  const interpreter = paragraph.interpreter();
  const at = { paragraph: paragraph.id, interpreter };
  if (interpreter === PROSE) return headingsOf(paragraph.source()).map((heading) => ({ ...at, ...heading }));
  return paragraph.name() === '' ? [] : [{ ...at, text: paragraph.name(), level: 0 }];
}

export function openOutline(document: DocumentView): Accessor<readonly OutlineEntry[]> {
  const each = mapArray(document.order, (id) =>
    createMemo<readonly OutlineEntry[]>(() => entriesOf(document.paragraph(id)), [], { equals: same }),
  );
  return createMemo(() => each().flatMap((entries) => entries()), [], { equals: same });
}

const same = (a: readonly OutlineEntry[], b: readonly OutlineEntry[]): boolean =>
  a.length === b.length &&
  a.every((entry, index) => {
    const other = b[index];
    return (
      other !== undefined &&
      entry.paragraph === other.paragraph &&
      entry.text === other.text &&
      entry.level === other.level &&
      entry.interpreter === other.interpreter
    );
  });

/** As the server's `effectiveTitle`: what was set, else the first heading, else the file's name. */
export function titleFrom(set: string | undefined, outline: readonly OutlineEntry[], path: string): string {
  return set?.trim() || outline.find((entry) => entry.level > 0)?.text || fileTitle(path);
}
