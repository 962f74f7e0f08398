import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { inspectUpdate } from '../../../server/rooms/inspect.ts';

it('an update that deletes nothing at some place is refused: Yjs cannot take it in whole', () => {
  // No structs; of one client, 5, one deletion at clock 0 of length 0.
  const nothing = Uint8Array.of(0, 1, 5, 1, 0, 0);
  expect(() => Y.applyUpdate(new Y.Doc(), nothing)).toThrow();
  expect(inspectUpdate(new Y.Doc(), nothing).state).toBe('refused');
  expect(inspectUpdate(new Y.Doc(), Uint8Array.of(0, 1, 5, 1, 0, 1)).state).toBe('fine');
});

/** The update of a page that gives the notebook's meta this value. */
function valued(value: unknown): Uint8Array {
  const page = new Y.Doc();
  page.getMap('meta').set('x', value);
  return Y.encodeStateAsUpdate(page);
}

it('a value that JSON cannot say is refused, and one that it can is taken', () => {
  for (const value of ['a', 0.5, -0, null, true, undefined, [], { by: 'ada', at: 1, deep: [[{}]] }])
    expect(inspectUpdate(new Y.Doc(), valued(value)).state).toBe('fine');
  for (const value of [7n, Uint8Array.of(1), { a: [7n] }, Number.NaN, [Number.POSITIVE_INFINITY]])
    expect(inspectUpdate(new Y.Doc(), valued(value)).state).toBe('refused');
});

it('a value that inherits what its key was given is refused: it is gone for who opens the document later', () => {
  const named = valued({ '012345678': { by: 'ada' } });
  const at = Buffer.from(named).indexOf('012345678');
  const hostile = Uint8Array.from(named);
  hostile.set(Buffer.from('__proto__'), at);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, hostile);
  expect(doc.getMap('meta').get('x')).toHaveProperty('by', 'ada');
  expect(inspectUpdate(new Y.Doc(), hostile).state).toBe('refused');
});

it('a value that is nested deeper than anybody writes is refused: a page may not be able to say it again', () => {
  const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  expect(inspectUpdate(new Y.Doc(), valued(nested(100))).state).toBe('fine');
  expect(inspectUpdate(new Y.Doc(), valued(nested(1000))).state).toBe('refused');
});
