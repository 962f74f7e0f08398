/** What is found out about a document's forms is found out once, and anew when the document has changed. */
import { expect, it } from 'vitest';
import { createLive } from '../../../server/http/live.ts';
import { insertParagraph, sourceOf } from '../../../server/protocol/document.ts';
import { setForm } from '../../../server/protocol/forms/document.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import { openRooms } from '../../../server/rooms/registry.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { NOTEBOOK, paragraph, seededFile, TestClock } from '../rooms/house.ts';

const A = 'a' as ParagraphId;
const B = 'b' as ParagraphId;

it('forms that paragraphs depend on are looked for once for each state of the document', async () => {
  const rooms = openRooms({
    ...{ disk: openMemory(), folder: (id) => `notebooks/${id}`, clock: new TestClock().clock, client: 1 },
    ...{ attach: seededFile([paragraph('a', 'select $x')]), warn: () => {} },
  });
  const live = createLive(rooms, { get: (id) => ({ id, path: 'a.nb.md', title: 'A', changed: 1 }) });
  const [one, other] = [await live.open(NOTEBOOK), await live.open(NOTEBOOK)];
  const lease = await rooms.use(NOTEBOOK);
  const { doc } = lease.room;
  setForm(doc, 'x', { default: 'SEA' });
  const first = one.dependence();
  expect(first.get(A)).toEqual(new Set(['x']));
  // Whoever asks.
  expect(one.dependence()).toBe(first);
  expect(other.dependence()).toBe(first);
  setForm(doc, 'y', { default: 'LAX' });
  sourceOf(doc, A)?.insert(0, '-- $y\n');
  expect(other.dependence().get(A)).toEqual(new Set(['x', 'y']));
  insertParagraph(doc, paragraph('b', 'select $y'), A);
  expect(one.dependence().get(B)).toEqual(new Set(['y']));
  for (const held of [one, other, lease]) held.release();
  await rooms.close();
});
