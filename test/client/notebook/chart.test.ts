import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { setShown } from '../../../client/notebook/edits.ts';
import { insertParagraph, paragraphsOf, readParagraphs } from '../../../server/protocol/document.ts';
import { newId, type ParagraphId } from '../../../server/protocol/ids.ts';

test('how a result is shown is one step of undo, whatever was typed before', () => {
  const doc = new Y.Doc();
  const origin = {};
  const undo = new Y.UndoManager(paragraphsOf(doc), { trackedOrigins: new Set([origin]), captureTimeout: 10_000 });
  const id = newId<ParagraphId>();
  insertParagraph(doc, { id, interpreter: 'sql', source: 'select 1', options: {} }, undefined, origin);
  const options = () => readParagraphs(doc).paragraphs[0]?.options;
  setShown({ live: { doc, origin, undo } }, id, 'chart', { show: 'chart', mark: undefined });
  expect(options()).toEqual({ chart: { show: 'chart' } });
  setShown({ live: { doc, origin, undo } }, id, 'chart', undefined);
  expect(options()).toEqual({});
  undo.undo();
  expect(options()).toEqual({ chart: { show: 'chart' } });
  undo.undo();
  expect(options()).toEqual({});
  expect(readParagraphs(doc).paragraphs.length).toBe(1);
});
