/** What pages make by undo and redo is what any page could have made: the server takes it, and all see one order. */
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { mendRedone } from '../../../client/live/redone.ts';
import { insertParagraph, metaOf, paragraphsOf, sourceOf } from '../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import { inspectUpdate } from '../../../server/rooms/inspect.ts';
import { trackUnderway } from '../../../server/rooms/underway.ts';

const P = 'p' as ParagraphId;

function open() {
  const server = new Y.Doc();
  const underway = trackUnderway(() => server);
  const doc = new Y.Doc();
  const undo = new Y.UndoManager([paragraphsOf(doc), metaOf(doc)], {
    trackedOrigins: new Set(['me']),
    captureTimeout: 0,
  });
  const release = mendRedone(doc, undo);
  const states: string[] = [];
  doc.on('update', (update: Uint8Array) => {
    const inspection = inspectUpdate(server, update);
    const taken = inspection.state === 'fine' ? underway.take(inspection.decoded) : inspection;
    states.push(taken.state);
    Y.applyUpdate(server, update);
    if (taken.state === 'taken') taken.arrived();
  });
  const edit = (change: (source: Y.Text) => void): void => doc.transact(() => change(sourceOf(doc, P)!), 'me');
  const text = (of: Y.Doc): string | undefined => sourceOf(of, P)?.toString();
  insertParagraph(doc, { id: P, interpreter: 'sql', source: 'bcde', options: {} }, undefined, 'me');
  edit((source) => source.delete(0, 3));
  undo.undo();
  return { server, doc, undo, release, states, edit, text };
}

it.each([
  ['typed', (source: Y.Text) => source.insert(1, 'x')],
  ['deleted', (source: Y.Text) => source.delete(1, 1)],
] as const)('a paragraph comes back after letters that had come back, and one %s among them', (_, change) => {
  const { server, doc, undo, states, edit, text } = open();
  edit(change);
  undo.undo();
  undo.undo();
  expect(text(doc)).toBeUndefined();
  undo.redo();
  expect(text(doc)).toBe('bcde');
  expect(new Set(states)).toEqual(new Set(['taken']));
  const fresh = new Y.Doc();
  Y.applyUpdate(fresh, Y.encodeStateAsUpdate(server));
  expect([text(server), text(fresh)]).toEqual(['bcde', 'bcde']);
});

it('without that the server would refuse it', () => {
  const { undo, release, states, edit } = open();
  release();
  edit((source) => source.insert(1, 'x'));
  undo.undo();
  undo.undo();
  undo.redo();
  expect(states.at(-1)).toBe('refused');
});
