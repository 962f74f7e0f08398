/** Live notebooks of the API, from their rooms: held open while a call looks at them or edits them. */
import type * as Y from 'yjs';
import { AppError } from '../errors.ts';
import { annotationsOf } from '../protocol/annotations.ts';
import { readParagraphs, titleOf } from '../protocol/document.ts';
import { formsIn } from '../protocol/forms/document.ts';
import type { NotebookId } from '../protocol/ids.ts';
import { layoutOf } from '../protocol/report/document.ts';
import { effectiveTitle } from '../protocol/title.ts';
import type { Rooms } from '../rooms/contract.ts';
import { type Dependence, dependenceOf } from '../runs/reach.ts';
import type { Workspace } from '../workspace/contract.ts';
import type { LiveNotebooks } from './services.ts';

export function createLive(rooms: Pick<Rooms, 'use'>, workspace: Pick<Workspace, 'get'>): LiveNotebooks {
  /** Of documents as they stand: gone with their next change. */
  const known = new WeakMap<Y.Doc, Dependence>();
  function dependence(doc: Y.Doc): Dependence {
    const before = known.get(doc);
    if (before) return before;
    const found = dependenceOf(readParagraphs(doc).paragraphs, formsIn(doc).forms);
    known.set(doc, found);
    doc.once('update', () => known.delete(doc));
    return found;
  }

  return {
    async open(id: NotebookId) {
      if (!workspace.get(id)) throw new AppError('not-found', 'notebook');
      const lease = await rooms.use(id);
      const { room, file } = lease;
      return {
        get title() {
          const path = workspace.get(id)?.path ?? '';
          return effectiveTitle(titleOf(room.doc), readParagraphs(room.doc).paragraphs, path);
        },
        paragraphs: () => readParagraphs(room.doc).paragraphs,
        forms: () => formsIn(room.doc),
        layout: () => layoutOf(room.doc),
        annotations: () => annotationsOf(room.doc),
        dependence: () => dependence(room.doc),
        text: () => file.print(),
        async edit(base, text, by) {
          if (room.readOnly !== undefined) throw new AppError('storage-read-only', room.readOnly);
          const done = await file.applyText(base, text, by);
          if (done.state === 'failed') throw new AppError('unparsable-notebook', `line ${done.line}: ${done.message}`);
        },
        release: () => lease.release(),
      };
    },
  };
}
