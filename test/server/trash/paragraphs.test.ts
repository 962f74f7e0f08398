import { describe, expect, it } from 'vitest';
import { deleteParagraph, paragraphsOf } from '../../../server/protocol/document.ts';
import type { ParagraphId, PersonId } from '../../../server/protocol/ids.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { KEEP_DELETED_MS, purgeParagraphs } from '../../../server/trash/paragraphs.ts';
import { Guest } from '../rooms/guest.ts';
import { NOTEBOOK, openHouse, paragraph, seededFile, TestClock } from '../rooms/house.ts';

const SERVER = { id: 'server' as PersonId, name: 'Gondola' };
const ids = ['a', 'b', 'c'] as ParagraphId[];

describe('deleted paragraphs', () => {
  it('stay for 30 days, and go for ever once nobody is in the room', async () => {
    const disk = openMemory();
    const time = new TestClock();
    const house = openHouse(disk, time, { attach: seededFile(ids.map((id) => paragraph(id, id))) });
    const lease = await house.rooms.use(NOTEBOOK);
    const { room } = lease;
    const now = 100 * KEEP_DELETED_MS;
    await room.transact(SERVER, (doc) => {
      deleteParagraph(doc, ids[0]!, { by: 'Ana', at: now - KEEP_DELETED_MS - 1 });
      deleteParagraph(doc, ids[1]!, { by: 'Ana', at: now - KEEP_DELETED_MS + 1 });
    });
    const peer = room.join(new Guest(7), { id: 'ben' as PersonId, name: 'Ben' }, 7);
    expect(room.peers).toBe(1);
    await purgeParagraphs(room, SERVER, now);
    expect([...paragraphsOf(room.doc).keys()].sort()).toEqual(['a', 'b', 'c']);
    peer.leave();
    expect(room.peers).toBe(0);
    await purgeParagraphs(room, SERVER, now);
    expect([...paragraphsOf(room.doc).keys()].sort()).toEqual(['b', 'c']);
    lease.release();
    await house.rooms.close();
    const again = openHouse(disk, new TestClock(), { attach: seededFile([]) });
    const { room: reopened } = await again.rooms.use(NOTEBOOK);
    expect([...paragraphsOf(reopened.doc).keys()].sort()).toEqual(['b', 'c']);
  });
});
