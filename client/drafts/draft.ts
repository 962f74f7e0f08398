/** The text of a person's own that a document holds, as plain data: what is left of it where it can't be merged. */
import * as Y from 'yjs';
import { paragraphsOf, readParagraph, titleOf } from '../../server/protocol/document.ts';
import { type DraftPart, type KeptEdits, TITLE } from './contract.ts';

export type Own = { readonly title?: string; readonly parts: readonly DraftPart[] };

/** What is touched, as it stands now. A paragraph that one deleted has nothing to give back. */
export function ownText(doc: Y.Doc, touched: Iterable<string>): Own {
  const ids = new Set(touched);
  const title = ids.has(TITLE) ? titleOf(doc) : undefined;
  const parts = [...ids].flatMap((id): DraftPart[] => {
    const value = paragraphsOf(doc).get(id);
    const paragraph = value === undefined ? undefined : readParagraph(id, value);
    if (!paragraph || 'damaged' in paragraph || (paragraph.deleted && paragraph.source === '')) return [];
    const { name, interpreter, source, options } = paragraph;
    return [{ paragraph: paragraph.id, interpreter, source, options, ...(name === undefined ? {} : { name }) }];
  });
  const places = new Map(parts.map(({ paragraph }) => [paragraph, placeOf(doc, paragraph)]));
  return {
    ...(title === undefined ? {} : { title }),
    parts: parts.sort((a, b) => compare(places.get(a.paragraph) ?? '', places.get(b.paragraph) ?? '')),
  };
}

export function keptText(kept: KeptEdits): Own {
  const doc = new Y.Doc();
  try {
    Y.applyUpdate(doc, Y.mergeUpdates([...kept.updates]));
    return ownText(doc, kept.touched);
  } finally {
    doc.destroy();
  }
}

export const isEmpty = (own: Own): boolean => own.title === undefined && own.parts.length === 0;

function placeOf(doc: Y.Doc, id: string): string {
  const map = paragraphsOf(doc).get(id);
  const position: unknown = map instanceof Y.Map ? map.get('position') : undefined;
  return typeof position === 'string' ? position : '';
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
