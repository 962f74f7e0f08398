import { expect, it } from 'vitest';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { openIds } from '../../../server/workspace/ids.ts';

const one = { id: 'aaaaaaaaaa' as NotebookId, path: 'a.nb.md' };
const two = { id: 'bbbbbbbbbb' as NotebookId, path: 'b.nb.md' };

it('ids that a full disk refused are saved with whatever is saved next, though nothing is', async () => {
  for (const written of [0, 7, 30]) {
    const disk = openMemory();
    const ids = await openIds(disk, 0);
    disk.faults = (call) => (call === 'append' ? { code: 'disk-full', written } : undefined);
    await expect(ids.save([one])).rejects.toMatchObject({ code: 'disk-full' });
    disk.faults = () => undefined;
    await ids.save([]);
    disk.losePower();
    expect([...(await openIds(disk, 0)).records.values()]).toEqual([one]);
  }
});

it('an id saved after one that was torn is not lost with it', async () => {
  const disk = openMemory();
  const ids = await openIds(disk, 0);
  disk.faults = (call, _, count) => (call === 'append' && count === 2 ? { code: 'disk-full', written: 7 } : undefined);
  const first = ids.save([one]);
  const second = ids.save([two]);
  await expect(first).rejects.toThrow();
  await second;
  disk.losePower();
  expect([...(await openIds(disk, 0)).records.values()]).toEqual([one, two]);
});

it('ids whose sync failed are not taken for saved', async () => {
  const disk = openMemory();
  const ids = await openIds(disk, 0);
  disk.faults = (call) => (call === 'sync' ? { code: 'disk-failed' } : undefined);
  await expect(ids.save([one])).rejects.toThrow();
  await expect(ids.save([])).resolves.toBeUndefined();
  disk.losePower();
  expect([...(await openIds(disk, 0)).records.values()]).toEqual([one]);
});

it('ids that cannot be tidied on a full disk are there all the same, and written anew when they can be', async () => {
  const disk = openMemory();
  await disk.replace('notebooks.jsonl', new TextEncoder().encode('{"id":"a","path":"a.nb.md"}\n{"id":"b","pa'));
  disk.faults = (call) => (call === 'replace' ? { code: 'disk-full' } : undefined);
  const ids = await openIds(disk, 1);
  expect([...ids.records.keys()]).toEqual(['a']);
  disk.faults = () => undefined;
  await ids.save([{ id: 'c' as NotebookId, path: 'c.nb.md' }]);
  expect([...(await openIds(disk, 1)).records.keys()]).toEqual(['a', 'c']);
});
