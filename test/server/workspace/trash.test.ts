import { existsSync } from 'node:fs';
import { cp, link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import { openFiles } from '../../../server/storage/disk/files.ts';
import type { Workspace } from '../../../server/workspace/contract.ts';
import { type IdRecord, type Ids, openIds } from '../../../server/workspace/ids.ts';
import { Trash } from '../../../server/workspace/trash.ts';
import { openWorkspace, type WorkspaceOptions } from '../../../server/workspace/workspace.ts';
import { languages } from './parts.ts';

const DAY = 24 * 60 * 60 * 1000;
const TEXT = '# Sales\n\n```sql id=k3f9\nselect 1\n```\n';
let root: string;
let time: number;
const open = new Set<Workspace>();
const at = (path: string): string => join(root, path);

async function start(options: Partial<WorkspaceOptions> = {}): Promise<Workspace> {
  const workspace = await openWorkspace({ root, languages, report: () => {}, now: () => time, poll: true, ...options });
  open.add(workspace);
  return workspace;
}
async function stop(workspace: Workspace): Promise<void> {
  open.delete(workspace);
  await workspace.close();
}
/** A workspace with one notebook, whose store has a file. */
async function withSales(): Promise<{ workspace: Workspace; id: NotebookId }> {
  await mkdir(at('f'));
  await writeFile(at('f/sales.nb.md'), TEXT);
  const workspace = await start();
  const { id } = workspace.list()[0]!;
  await mkdir(at(`.gondola/notebooks/${id}`), { recursive: true });
  await writeFile(at(`.gondola/notebooks/${id}/log`), 'kept');
  return { workspace, id };
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trash-'));
  time = Date.now();
});
afterEach(async () => {
  for (const workspace of open) await workspace.close();
  open.clear();
  await rm(root, { recursive: true, force: true });
});

describe('the trash', () => {
  it('says what is in it, since when and by whom, over a restart too', async () => {
    const { workspace, id } = await withSales();
    await workspace.remove(id, 'Ana');
    const kept = [{ id, path: 'f/sales.nb.md', title: 'Sales', deleted: time, by: 'Ana' }];
    expect(workspace.trash()).toEqual(kept);
    expect(workspace.list()).toEqual([]);
    expect(existsSync(at('f/sales.nb.md'))).toBe(false);
    await stop(workspace);
    expect((await start()).trash()).toEqual(kept);
  });

  it('gives a notebook back under its id, at its path', async () => {
    const { workspace, id } = await withSales();
    await workspace.remove(id);
    await rm(at('f'), { recursive: true });
    expect(await workspace.restore(id)).toMatchObject({ id, path: 'f/sales.nb.md', title: 'Sales' });
    expect(await readFile(at('f/sales.nb.md'), 'utf8')).toBe(TEXT);
    expect(workspace.trash()).toEqual([]);
    expect(await readdir(at('.gondola/trash'))).toEqual([]);
    await stop(workspace);
    const again = await start();
    expect(again.list()).toMatchObject([{ id, path: 'f/sales.nb.md' }]);
    await expect(again.restore(id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('gives it another name where its own is taken, and never writes over what is there', async () => {
    const { workspace, id } = await withSales();
    await workspace.remove(id);
    const { id: other } = await workspace.create({ title: 'sales', folder: 'f' });
    expect(other).not.toBe(id);
    await writeFile(at('f/sales-2.nb.md'), '# A file nobody has looked at\n');
    expect(await workspace.restore(id)).toMatchObject({ id, path: 'f/sales-3.nb.md' });
    expect(await readFile(at('f/sales-2.nb.md'), 'utf8')).toBe('# A file nobody has looked at\n');
    expect(workspace.get(other)?.path).toBe('f/sales.nb.md');
  });

  it('holds two notebooks of one name', async () => {
    const { workspace, id } = await withSales();
    await workspace.remove(id);
    const { id: other } = await workspace.create({ title: 'sales', text: '# Other\n', folder: 'f' });
    await workspace.remove(other);
    await workspace.restore(other);
    await workspace.restore(id);
    expect(workspace.get(other)?.path).toBe('f/sales.nb.md');
    expect(workspace.get(id)?.path).toBe('f/sales-2.nb.md');
  });

  it('gives back a notebook whose file was missing, from what its log remembers', async () => {
    const { workspace, id } = await withSales();
    await stop(workspace);
    const again = await start({ recall: async () => '# Sales\n' });
    await rm(at('f/sales.nb.md'));
    await again.remove(id);
    expect(await again.restore(id)).toMatchObject({ path: 'f/sales.nb.md' });
    expect(await readFile(at('f/sales.nb.md'), 'utf8')).toBe('# Sales\n');
  });

  it('is emptied for ever: store, file and record', async () => {
    const { workspace, id } = await withSales();
    await workspace.remove(id);
    await workspace.purge(id);
    expect(workspace.trash()).toEqual([]);
    expect(existsSync(at(`.gondola/notebooks/${id}`))).toBe(false);
    expect(await readdir(at('.gondola/trash'))).toEqual([]);
    await stop(workspace);
    expect(await readFile(at('.gondola/notebooks.jsonl'), 'utf8')).toContain('"gone":0');
    await expect((await start()).restore(id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('keeps for 30 days, and then tells what is to go', async () => {
    const { workspace, id } = await withSales();
    await workspace.remove(id);
    time += 29 * DAY;
    expect(workspace.expired()).toEqual([]);
    await stop(workspace);
    time += 2 * DAY;
    const again = await start();
    expect(again.expired()).toEqual([id]);
    await again.purge(id);
    expect(again.expired()).toEqual([]);
  });

  it('does not purge what is not in it', async () => {
    const { workspace, id } = await withSales();
    await expect(workspace.purge(id)).rejects.toMatchObject({ code: 'not-found' });
    expect(existsSync(at(`.gondola/notebooks/${id}/log`))).toBe(true);
  });
});

/** Ids whose process ends at the n-th save, before or after it is written. */
function mortal(ids: Ids, dies: { readonly at: number; readonly written: boolean }): Ids {
  let saves = 0;
  return {
    records: ids.records,
    save: async (records: readonly IdRecord[]) => {
      saves += 1;
      if (saves > dies.at) throw new Error('dead');
      if (saves === dies.at && !dies.written) throw new Error('dies');
      await ids.save(records);
      if (saves === dies.at) throw new Error('dies');
    },
  };
}

describe('a server that ends at any step', () => {
  const cases = (saves: number) =>
    Array.from({ length: saves }, (_, index) => [
      { at: index + 1, written: false },
      { at: index + 1, written: true },
    ]).flat();

  async function trashOf(id: NotebookId, dies: { at: number; written: boolean }): Promise<Trash> {
    const ids = mortal(await openIds(openFiles(at('.gondola')), time), dies);
    return new Trash({ root, records: at('.gondola'), ids, recall: async () => undefined, isHere: () => !id });
  }

  it.each(cases(1))('while it puts a notebook away finds it whole: %o', async (dies) => {
    const { workspace, id } = await withSales();
    await stop(workspace);
    const trash = await trashOf(id, dies);
    const entry = { id, path: 'f/sales.nb.md', title: 'Sales' };
    await trash
      .put(
        { ...entry, stamp: { changed: 0, size: 0, mark: '' }, text: '', folded: { title: '', path: '', text: '' } },
        time,
        undefined,
      )
      .catch(() => {});
    const again = await start();
    expect(again.get(id)?.path).toBe('f/sales.nb.md');
    expect(again.trash()).toEqual([]);
    expect(await again.text(id)).toBe(TEXT);
  });

  it.each(cases(2))('while it takes a notebook out finds it in one place, with its history: %o', async (dies) => {
    const { workspace, id } = await withSales();
    await workspace.remove(id);
    await stop(workspace);
    await (await trashOf(id, dies)).takeOut(id).catch(() => {});
    const again = await start();
    const isBack = again.get(id) !== undefined;
    expect(again.trash().length).toBe(isBack ? 0 : 1);
    if (!isBack) await again.restore(id);
    expect(again.get(id)?.path).toBe('f/sales.nb.md');
    expect(await again.text(id)).toBe(TEXT);
    expect(again.list()).toHaveLength(1);
    expect(await readFile(at(`.gondola/notebooks/${id}/log`), 'utf8')).toBe('kept');
  });

  it('after the last record finds a second name of the file, which does no harm', async () => {
    const { workspace, id } = await withSales();
    await workspace.remove(id);
    const [file] = await readdir(at('.gondola/trash'));
    await link(at(`.gondola/trash/${file}`), at('.gondola/other'));
    await workspace.restore(id);
    await cp(at('.gondola/other'), at(`.gondola/trash/${file}`));
    await stop(workspace);
    const again = await start();
    expect(again.list()).toHaveLength(1);
    expect(again.trash()).toEqual([]);
  });

  it.each(cases(2))('while it removes one for ever goes on with that: %o', async (dies) => {
    const { workspace, id } = await withSales();
    await workspace.remove(id);
    await stop(workspace);
    await (await trashOf(id, dies)).purge(id).catch(() => {});
    const again = await start();
    const before = again.trash();
    const left = again.expired();
    if (before.length > 0) {
      expect(left).toEqual([]);
      expect(existsSync(at(`.gondola/notebooks/${id}/log`))).toBe(true);
      return;
    }
    for (const one of left) await again.purge(one);
    expect(existsSync(at(`.gondola/notebooks/${id}`))).toBe(false);
    expect(await readdir(at('.gondola/trash'))).toEqual([]);
  });
});
