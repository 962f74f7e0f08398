import { describe, expect, it } from 'vitest';
import type { NotebookId, ParagraphId, ResultId, RunId } from '../../../server/protocol/ids.ts';
import { openCensus } from '../../../server/results/census.ts';
import { type Entry, encodeRecord } from '../../../server/results/manifest.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { encodeLog } from '../../../server/storage/log.ts';

async function workspace(notebooks: number) {
  const disk = openMemory();
  for (let count = 0; count < notebooks; count += 1) {
    const notebook = `n${count}` as NotebookId;
    const entry: Entry = {
      id: `${notebook}-a` as ResultId,
      notebook,
      paragraph: 'p' as ParagraphId,
      run: 'r' as RunId,
      at: 1,
      columns: [],
      rows: 1,
      bytes: 10,
      form: { kind: 'file', name: 'a.duckdb' },
    };
    await disk.replace(`notebooks/${notebook}/results.log`, encodeLog([encodeRecord({ type: 'kept', entry })]));
  }
  return disk;
}

describe('the census of results', () => {
  it('counts the first notebooks at once and the rest between pauses', async () => {
    const releases: (() => void)[] = [];
    const pauses = () => new Promise<void>((resolve) => releases.push(resolve));
    const census = openCensus(await workspace(205), pauses);
    await census.count();
    expect(census.sum).toBe(2000);
    for (let count = 0; count < 5; count += 1) {
      await expect.poll(() => releases.length).toBe(count + 1);
      releases[count]!();
    }
    await census.close();
    expect(census.sum).toBe(2050);
    expect(census.keys()).toHaveLength(205);
  });
  it('believes a notebook in use more than its manifest', async () => {
    const census = openCensus(await workspace(3), async () => {});
    census.set('n1' as NotebookId, 500);
    await census.count();
    expect(census.sum).toBe(520);
    census.set('n1' as NotebookId, 0);
    expect(census.sum).toBe(20);
    expect(census.keys()).toEqual(['n0', 'n2']);
  });
  it('counts nothing for a manifest that can’t be read, and ends when closed', async () => {
    const disk = await workspace(300);
    disk.faults = (call, path) => (call === 'read' && path.includes('/n5/') ? { code: 'disk-failed' } : undefined);
    const census = openCensus(disk, async () => {});
    await census.count();
    expect(census.sum).toBeLessThan(3000);
    await census.close();
    expect(census.sum).toBeLessThan(2990);
  });
});
