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
