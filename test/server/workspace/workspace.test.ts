import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import type { Workspace, WorkspaceEvent } from '../../../server/workspace/contract.ts';
import { openWorkspace, type WorkspaceOptions } from '../../../server/workspace/workspace.ts';
import { FakeRoom, Life, languages, Machine } from './parts.ts';

let root: string;
let time: number;
const open = new Set<Workspace>();

const DAY = 24 * 60 * 60 * 1000;
const at = (path: string): string => join(root, path);
const TEXT = '# Sales\n\n```sql id=k3f9\nselect 1\n```\n\nAll of it.\n\n```sql id=m2x4\nselect 2\n```\n';

async function start(options: Partial<WorkspaceOptions> = {}): Promise<Workspace> {
  const workspace = await openWorkspace({ root, languages, report: () => {}, now: () => time, ...options });
  open.add(workspace);
  return workspace;
}

async function stop(workspace: Workspace): Promise<void> {
  open.delete(workspace);
  await workspace.close();
}

const idAt = (workspace: Workspace, path: string): NotebookId | undefined =>
  workspace.list().find((notebook) => notebook.path === path)?.id;

/** Resolves with the events since the call, once one of them fits. */
function seen(workspace: Workspace, fits: (event: WorkspaceEvent) => boolean): Promise<readonly WorkspaceEvent[]> {
  return new Promise((resolve) => {
    const events: WorkspaceEvent[] = [];
    const release = workspace.on((event) => {
      events.push(event);
      if (!fits(event)) return;
      release();
      resolve(events);
    });
  });
}

const isRenameTo = (path: string) => (event: WorkspaceEvent) =>
  event.type === 'renamed' && event.notebook.path === path;
const isAdded = (path: string) => (event: WorkspaceEvent) => event.type === 'added' && event.notebook.path === path;
const isChanged = (path: string) => (event: WorkspaceEvent) => event.type === 'changed' && event.notebook.path === path;
const isVanished = (path: string) => (event: WorkspaceEvent) => event.type === 'vanished' && event.path === path;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'workspace-'));
  time = Date.now();
});

afterEach(async () => {
  for (const workspace of open) await workspace.close();
  open.clear();
  await rm(root, { recursive: true, force: true });
});

describe('a workspace', () => {
  it('lists notebooks in all folders but hidden ones, node_modules and data, and follows no links', async () => {
    for (const folder of ['a/b', '.git', 'node_modules/x', 'a/data', 'other'])
      await mkdir(at(folder), { recursive: true });
    for (const path of [
      'one.nb.md',
      'a/b/two.nb.md',
      '.git/x.nb.md',
      'node_modules/x/y.nb.md',
      'a/data/z.nb.md',
      '.nb.md',
      'README.md',
      'other/real.nb.md',
    ]) {
      await writeFile(at(path), '# A\n');
    }
    await symlink(at('one.nb.md'), at('link.nb.md'));
    await symlink(at('a'), at('c'));
    const paths = (await start()).list().map(({ path }) => path);
    expect([...paths].sort()).toEqual(['a/b/two.nb.md', 'one.nb.md', 'other/real.nb.md']);
  });

  it('neither makes nor moves a notebook through a link into another folder', async () => {
    await mkdir(at('theirs'));
    await writeFile(at('one.nb.md'), '# One\n');
    await symlink(at('theirs'), at('way'));
    const workspace = await start();
    const refused = { code: 'not-acceptable-path' };
    await expect(workspace.create({ title: 'x', folder: 'way' })).rejects.toMatchObject(refused);
    const [one] = workspace.list();
    await expect(workspace.move(one!.id, 'way/one.nb.md')).rejects.toMatchObject(refused);
    expect(await readdir(at('theirs'))).toEqual([]);
  });

  it('keeps its records out of git by itself', async () => {
    await start();
    expect(await readFile(at('.gondola/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('is refused to a second server, and free when the first has closed', async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({ code: 'in-use', message: expect.stringContaining(`${process.pid}`) });
    await stop(first);
    await start();
  });

  it('that is missing or a file is refused with a clear line', async () => {
    await writeFile(at('file'), '');
    await expect(start({ root: at('nowhere') })).rejects.toMatchObject({ code: 'missing' });
    await expect(start({ root: at('file') })).rejects.toMatchObject({ code: 'not-a-folder' });
  });

  it('names line and reason of files that can’t be opened, and the others are not affected', async () => {
    await writeFile(at('bad-front.nb.md'), '---\ntitle: x\na: [\n---\n');
    await writeFile(at('not-text.nb.md'), Buffer.from([65, 10, 66, 10, 0xff, 0xfe, 10]));
    await writeFile(at('conflict.nb.md'), 'x\n\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> branch\n');
    await writeFile(at('fine.nb.md'), '# Fine\n');
    const problems = Object.fromEntries((await start()).list().map(({ path, problem }) => [path, problem?.line]));
    expect(problems).toEqual({
      'bad-front.nb.md': 3,
      'not-text.nb.md': 3,
      'conflict.nb.md': 3,
      'fine.nb.md': undefined,
    });
  });

  it('names files that are too large, without reading them', async () => {
    await writeFile(at('large.nb.md'), '# Large\n');
    await truncate(at('large.nb.md'), 2 ** 40);
    expect((await start()).list()[0]?.problem?.message).toContain('larger than 64 MB');
  });

  it('takes titles from front matter, else the first heading, else the file name', async () => {
    await writeFile(at('a.nb.md'), '---\ntitle: "From: front"\n---\n# Heading\n');
    await writeFile(at('b.nb.md'), 'Text\n\n```sql\n# no heading\n```\n\n## The *first* [heading](x)\n');
    await writeFile(at('매출 2024.nb.md'), 'Text\n');
    const titles = Object.fromEntries((await start()).list().map(({ path, title }) => [path, title]));
    expect(titles).toEqual({
      'a.nb.md': 'From: front',
      'b.nb.md': 'The first heading',
      '매출 2024.nb.md': '매출 2024',
    });
  });
});

describe('a notebook’s id', () => {
  it('is random, belongs to its path, and outlives the server', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    await writeFile(at('b.nb.md'), '# B\n');
    const first = await start();
    const ids = [idAt(first, 'a.nb.md')!, idAt(first, 'b.nb.md')!];
    expect(ids.every((id) => /^[a-z2-7]{10}$/.test(id))).toBe(true);
    await stop(first);
    const second = await start();
    expect([idAt(second, 'a.nb.md'), idAt(second, 'b.nb.md')]).toEqual(ids);
  });

  it('follows a rename, whatever the folder', async () => {
    await mkdir(at('folder'));
    await writeFile(at('a.nb.md'), TEXT);
    const workspace = await start();
    const id = idAt(workspace, 'a.nb.md');
    const renamed = seen(workspace, isRenameTo('folder/b.nb.md'));
    await rename(at('a.nb.md'), at('folder/b.nb.md'));
    expect((await renamed).map(({ type }) => type)).toEqual(['renamed']);
    expect(workspace.list().map((notebook) => [notebook.id, notebook.path])).toEqual([[id, 'folder/b.nb.md']]);
    await stop(workspace);
    expect(idAt(await start(), 'folder/b.nb.md')).toBe(id);
  });

  it('follows a file that vanished and appeared changed, if paragraph ids or most lines are the same', async () => {
    await writeFile(at('ids.nb.md'), TEXT);
    await writeFile(at('lines.nb.md'), 'one\ntwo\nthree\nfour\nfive\n');
    const workspace = await start();
    const before = [idAt(workspace, 'ids.nb.md'), idAt(workspace, 'lines.nb.md')];
    const gone = seen(workspace, isVanished('lines.nb.md'));
    await rm(at('ids.nb.md'));
    await rm(at('lines.nb.md'));
    await gone;
    time += 4_000;
    const back = seen(workspace, isRenameTo('lines2.nb.md'));
    await writeFile(at('ids2.nb.md'), '```sql id=m2x4\nother\n```\n\n```sql id=k3f9\ntexts\n```\n');
    await writeFile(at('lines2.nb.md'), 'one\ntwo\nthree\nfour\nchanged\n');
    await back;
    expect([idAt(workspace, 'ids2.nb.md'), idAt(workspace, 'lines2.nb.md')]).toEqual(before);
  });

  it('follows neither a file with other content nor one that appears later', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    await writeFile(at('b.nb.md'), 'one\ntwo\nthree\nfour\nfive\n');
    const workspace = await start();
    const before = workspace.list().map(({ id }) => id);
    const gone = seen(workspace, isVanished('b.nb.md'));
    await rm(at('a.nb.md'));
    await rm(at('b.nb.md'));
    await gone;
    const other = seen(workspace, isAdded('c.nb.md'));
    await writeFile(at('c.nb.md'), 'one\ntwo\n3\n4\n5\n');
    await other;
    time += 6_000;
    const late = seen(workspace, isAdded('d.nb.md'));
    await writeFile(at('d.nb.md'), TEXT);
    await late;
    for (const { id } of workspace.list()) expect(before).not.toContain(id);
  });

  it('follows a copy whose original goes within 5 s', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    const workspace = await start();
    const id = idAt(workspace, 'a.nb.md');
    const copied = seen(workspace, isAdded('b.nb.md'));
    await cp(at('a.nb.md'), at('b.nb.md'));
    await copied;
    expect(idAt(workspace, 'b.nb.md')).not.toBe(id);
    time += 3_000;
    const renamed = seen(workspace, isRenameTo('b.nb.md'));
    await rm(at('a.nb.md'));
    await renamed;
    expect(workspace.list().map((notebook) => [notebook.id, notebook.path])).toEqual([[id, 'b.nb.md']]);
  });

  it('is new for a copy', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    const workspace = await start();
    const id = idAt(workspace, 'a.nb.md');
    const copied = seen(workspace, isAdded('b.nb.md'));
    await cp(at('a.nb.md'), at('b.nb.md'));
    await copied;
    expect(idAt(workspace, 'a.nb.md')).toBe(id);
    expect(idAt(workspace, 'b.nb.md')).not.toBe(id);
  });

  it('follows every notebook of a folder that was renamed', async () => {
    await mkdir(at('old/deep'), { recursive: true });
    for (let index = 0; index < 20; index += 1)
      await writeFile(at(`old/deep/n${index}.nb.md`), `# N${index}\n\n${TEXT}`);
    const workspace = await start();
    const before = new Map(workspace.list().map(({ id, path }) => [path.replace('old', 'new'), id]));
    const renamed = seen(workspace, () => workspace.list().every(({ path }) => path.startsWith('new/')));
    await rename(at('old'), at('new'));
    await renamed;
    expect(new Map(workspace.list().map(({ id, path }) => [path, id]))).toEqual(before);
  });

  it('is hidden with a vanished file, and goes on when the file returns, also after a restart', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    const first = await start();
    const id = idAt(first, 'a.nb.md');
    const gone = seen(first, isVanished('a.nb.md'));
    await rm(at('a.nb.md'));
    await gone;
    expect(first.list()).toEqual([]);
    await stop(first);
    time += 29 * DAY;
    const second = await start();
    const back = seen(second, isAdded('a.nb.md'));
    await writeFile(at('a.nb.md'), '# Something else\n');
    await back;
    expect(idAt(second, 'a.nb.md')).toBe(id);
  });

  it('is forgotten 30 days after its file vanished', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    const first = await start();
    const id = idAt(first, 'a.nb.md');
    const gone = seen(first, isVanished('a.nb.md'));
    await rm(at('a.nb.md'));
    await gone;
    await stop(first);
    time += 31 * DAY;
    await writeFile(at('a.nb.md'), TEXT);
    expect(idAt(await start(), 'a.nb.md')).not.toBe(id);
  });

  it('goes on over branch switches that rename a file there and back', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    const workspace = await start();
    const id = idAt(workspace, 'a.nb.md');
    for (const [from, to] of [
      ['a', 'b'],
      ['b', 'a'],
      ['a', 'b'],
    ]) {
      const renamed = seen(workspace, isRenameTo(`${to}.nb.md`));
      await rename(at(`${from}.nb.md`), at(`${to}.nb.md`));
      await renamed;
    }
    expect(idAt(workspace, 'b.nb.md')).toBe(id);
  });

  it('follows a file renamed while no server ran, if its log remembers the text', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    const first = await start();
    const id = idAt(first, 'a.nb.md');
    await stop(first);
    await rename(at('a.nb.md'), at('b.nb.md'));
    const second = await start({ recall: async (asked) => (asked === id ? TEXT : undefined) });
    expect(idAt(second, 'b.nb.md')).toBe(id);
  });

  it('survives a torn line in its records', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    await writeFile(at('b.nb.md'), '# B\n');
    const first = await start();
    const id = idAt(first, 'a.nb.md');
    await stop(first);
    await writeFile(at('.gondola/notebooks.jsonl'), `{"id":"aaaaaaaaaa","pa`, { flag: 'a' });
    const second = await start();
    expect(idAt(second, 'a.nb.md')).toBe(id);
    await stop(second);
    expect(idAt(await start(), 'a.nb.md')).toBe(id);
  });
});

describe('changes outside', () => {
  for (const poll of [false, true]) {
    it(`of files are seen within 2 s, ${poll ? 'by looking' : 'by watching'}`, async () => {
      await mkdir(at('a'));
      await writeFile(at('a/one.nb.md'), '# One\n');
      const workspace = await start({ poll });
      const began = performance.now();
      const added = seen(workspace, isAdded('new/deep/two.nb.md'));
      await mkdir(at('new/deep'), { recursive: true });
      await writeFile(at('new/deep/two.nb.md'), '# Two\n');
      await added;
      const changed = seen(workspace, isChanged('new/deep/two.nb.md'));
      await writeFile(at('new/deep/two.nb.md'), '# Second\n');
      await changed;
      const gone = seen(workspace, isVanished('a/one.nb.md'));
      await rm(at('a'), { recursive: true });
      await gone;
      expect(performance.now() - began).toBeLessThan(6_000);
      expect(workspace.list().map(({ title }) => title)).toEqual(['Second']);
    });
  }

  it('reach the open document, and its edits the file', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    const workspace = await start();
    const machine = new Machine();
    const room = new FakeRoom(machine, new Life());
    const file = workspace.attach(idAt(workspace, 'a.nb.md')!, room);
    await file.open();
    const applied = new Promise((resolve) => room.doc.once('update', resolve));
    await writeFile(at('a.nb.md'), TEXT.replace('All of it', 'Half of it'));
    await applied;
    expect(room.sources()).toEqual(['# Sales', 'select 1', 'Half of it.', 'select 2']);
    room.type('k3f9', '+1');
    file.documentChanged('Kim');
    const written = seen(workspace, (event) => event.type === 'changed' && event.notebook.by === 'Kim');
    await written;
    expect(await readFile(at('a.nb.md'), 'utf8')).toBe(TEXT.replace('All', 'Half').replace('select 1', 'select 1+1'));
    await stop(workspace);
    expect((await start()).list()[0]?.by).toBe('Kim');
  });

  it('that move an open notebook’s file are followed by its writes', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    const workspace = await start();
    const room = new FakeRoom(new Machine(), new Life());
    const file = workspace.attach(idAt(workspace, 'a.nb.md')!, room);
    await file.open();
    const renamed = seen(workspace, isRenameTo('b.nb.md'));
    await rename(at('a.nb.md'), at('b.nb.md'));
    await renamed;
    room.type('k3f9', '+1');
    file.documentChanged();
    await file.flush();
    expect(await readFile(at('b.nb.md'), 'utf8')).toContain('select 1+1');
    expect(file.state).toEqual({ state: 'fine' });
    expect((await readdir(root)).filter((name) => !name.startsWith('.'))).toEqual(['b.nb.md']);
  });
});

describe('notebooks', () => {
  it('are made with a name from the title, Korean kept, a taken one numbered', async () => {
    const workspace = await start();
    const made = [
      await workspace.create({ title: '매출 보고서: 2024!' }),
      await workspace.create({ title: '매출 보고서 2024' }),
      await workspace.create({ title: 'Sales / Review', folder: 'team/a', text: '# Sales / Review\n' }),
      await workspace.create({ title: 'CON' }),
      await workspace.create({ title: '!!!' }),
      await workspace.create({}),
    ];
    expect(made.map(({ path, title }) => [path, title])).toEqual([
      ['매출-보고서-2024.nb.md', '매출 보고서: 2024!'],
      ['매출-보고서-2024-2.nb.md', '매출 보고서 2024'],
      ['team/a/sales-review.nb.md', 'Sales / Review'],
      ['con-notebook.nb.md', 'CON'],
      ['notebook.nb.md', '!!!'],
      ['untitled.nb.md', 'Untitled'],
    ]);
    expect(await readFile(at('untitled.nb.md'), 'utf8')).toBe('');
    expect(await readFile(at('team/a/sales-review.nb.md'), 'utf8')).toBe('# Sales / Review\n');
    expect(new Set(made.map(({ id }) => id)).size).toBe(6);
  });

  it('are not made from what is no notebook, nor in folders that hold none', async () => {
    const workspace = await start();
    const wrong = [
      { title: '' },
      { title: 'x', text: '---\na: [\n---\n' },
      { title: 'x', folder: '../out' },
      { title: 'x', folder: '.gondola' },
      { title: 'x', folder: 'data' },
    ];
    for (const wanted of wrong) {
      await expect((async () => workspace.create(wanted))()).rejects.toMatchObject({ status: expect.any(Number) });
    }
    expect(workspace.list()).toEqual([]);
  });

  it('move with their id, never onto another', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    await writeFile(at('b.nb.md'), '# B\n');
    const workspace = await start();
    const id = idAt(workspace, 'a.nb.md')!;
    await expect(workspace.move(id, 'b.nb.md')).rejects.toMatchObject({ code: 'already-exists' });
    for (const path of ['../a.nb.md', 'a.md', 'data/a.nb.md', '/a.nb.md', 'x\\a.nb.md', '.a.nb.md']) {
      await expect((async () => workspace.move(id, path))()).rejects.toMatchObject({ code: 'not-acceptable-path' });
    }
    expect(await workspace.move(id, 'deep/er/c.nb.md')).toMatchObject({ id, path: 'deep/er/c.nb.md' });
    expect(await readFile(at('deep/er/c.nb.md'), 'utf8')).toBe(TEXT);
    await stop(workspace);
    expect(idAt(await start(), 'deep/er/c.nb.md')).toBe(id);
  });

  it('that were being moved when the server died are found in the old or the new place', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    const first = await start();
    const id = idAt(first, 'a.nb.md')!;
    await stop(first);
    await writeFile(at('.gondola/notebooks.jsonl'), `${JSON.stringify({ id, path: 'b.nb.md', from: 'a.nb.md' })}\n`, {
      flag: 'a',
    });
    const second = await start();
    expect(idAt(second, 'a.nb.md')).toBe(id);
    await stop(second);
    await writeFile(at('.gondola/notebooks.jsonl'), `${JSON.stringify({ id, path: 'b.nb.md', from: 'a.nb.md' })}\n`, {
      flag: 'a',
    });
    await rename(at('a.nb.md'), at('b.nb.md'));
    expect(idAt(await start(), 'b.nb.md')).toBe(id);
  });

  it('go to the trash, are hidden, and return when the file is put back', async () => {
    await mkdir(at('f'));
    await writeFile(at('f/a.nb.md'), TEXT);
    const workspace = await start();
    const id = idAt(workspace, 'f/a.nb.md')!;
    const room = new FakeRoom(new Machine(), new Life());
    const file = workspace.attach(id, room);
    await file.open();
    room.type('k3f9', '+1');
    file.documentChanged();
    await workspace.remove(id);
    expect(workspace.list()).toEqual([]);
    expect(workspace.get(id)).toBeUndefined();
    expect(file.state).toEqual({ state: 'missing' });
    const [trashed] = await readdir(at('.gondola/trash'));
    expect(await readFile(at(`.gondola/trash/${trashed}`), 'utf8')).toContain('select 1+1');
    const back = seen(workspace, isAdded('f/a.nb.md'));
    await rename(at(`.gondola/trash/${trashed}`), at('f/a.nb.md'));
    await back;
    expect(idAt(workspace, 'f/a.nb.md')).toBe(id);
    await file.flush();
    expect(file.state).toEqual({ state: 'fine' });
  });

  it('whose log is newer than their file are unsettled', async () => {
    await writeFile(at('a.nb.md'), TEXT);
    await writeFile(at('b.nb.md'), '# B\n');
    const workspace = await start();
    const id = idAt(workspace, 'a.nb.md')!;
    expect(await workspace.unsettled()).toEqual([]);
    await mkdir(at(`.gondola/notebooks/${id}`), { recursive: true });
    await writeFile(at(`.gondola/notebooks/${id}/log`), 'x');
    expect(await workspace.unsettled()).toEqual([id]);
  });
});

describe('search', () => {
  it('finds titles, paths and texts in any case, two Korean letters, and shows the place', async () => {
    await writeFile(at('a.nb.md'), '# Flight Delays\n\nThe 항공편 지연 보고서 of today\n');
    await writeFile(at('b.nb.md'), `# Other\n\n${'보고서'.normalize('NFD')} and Delays\n`);
    await writeFile(at('c.nb.md'), '# Nothing\n');
    const workspace = await start();
    const found = (query: string) => workspace.list(query).map(({ path }) => path);
    expect(found('delays')).toEqual(['a.nb.md', 'b.nb.md']);
    expect([...found('보고')].sort()).toEqual(['a.nb.md', 'b.nb.md']);
    expect(found('FLIGHT 지연')).toEqual(['a.nb.md']);
    expect(found('zebra')).toEqual([]);
    expect(found('c.nb')).toEqual(['c.nb.md']);
    const [first] = workspace.list('지연');
    expect(first?.snippet?.text.slice(first.snippet.start, first.snippet.end)).toBe('지연');
    expect(first?.snippet?.text).toBe('The 항공편 지연 보고서 of today');
  });
});
