/** Puts parts of a draft into the notebook, each as a new paragraph behind the one it was written in: one step of undo. */
import { deleteParagraph, insertParagraph, setTitle } from '../../server/protocol/document.ts';
import { newId, type ParagraphId } from '../../server/protocol/ids.ts';
import type { NotebookContext } from '../notebook/context.ts';
import type { DraftPart } from './contract.ts';

type Notebook = Pick<NotebookContext, 'live' | 'document' | 'app'>;

/** Returns the new paragraphs. A name that is taken by now is left out. */
export function insertParts({ live, document }: Notebook, parts: readonly DraftPart[]): readonly ParagraphId[] {
  const order = document.order();
  const taken = new Set(order.map((id) => document.paragraph(id).name().toLowerCase()));
  const made: ParagraphId[] = [];
  let last = order.at(-1);
  live.undo.stopCapturing();
  live.doc.transact(() => {
    for (const { paragraph, name, interpreter, source, options } of parts) {
      const id = newId<ParagraphId>();
      const after = order.includes(paragraph) ? paragraph : last;
      const free = name !== undefined && !taken.has(name.toLowerCase());
      insertParagraph(live.doc, { id, interpreter, source, options, ...(free ? { name } : {}) }, after, live.origin);
      if (free) taken.add(name.toLowerCase());
      if (after === last) last = id;
      made.push(id);
    }
  }, live.origin);
  live.undo.stopCapturing();
  return made;
}

export function removeParts({ live, app }: Notebook, ids: readonly ParagraphId[], at: number): void {
  live.undo.stopCapturing();
  live.doc.transact(() => {
    for (const id of ids) deleteParagraph(live.doc, id, { by: app.person().name, at }, live.origin);
  }, live.origin);
  live.undo.stopCapturing();
}

export function useTitle({ live }: Pick<Notebook, 'live'>, title: string): void {
  live.undo.stopCapturing();
  setTitle(live.doc, title, live.origin);
  live.undo.stopCapturing();
}
