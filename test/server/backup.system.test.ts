/** `gondola backup` of a workspace in use, and its copy served in place of the original, to pages that are ahead of it. */
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readParagraphs } from '../../server/protocol/document.ts';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { gondola } from '../support/gondola.ts';
import { makeWorkspace, type ServerProcess, startServer, steadyPort } from '../support/server.ts';
import { countMarks, type Door, openTyped, Typist, until } from './rooms/typists.ts';

const TEXT = '# Backed up\n\n```sql id=one name=numbers\nselect range as n from range(20000)\n```\n\nprose\n';
const KEPT = { 'busy.nb.md': TEXT, 'sub/data/a.csv': 'a\n1\n', 'sub/quiet.nb.md': '# Quiet\n' };

describe('gondola backup', () => {
  it('copies what was acknowledged while people type and run, and its copy opens under another epoch', async () => {
    const workspace = makeWorkspace(KEPT);
    const copy = makeWorkspace();
    rmSync(copy.path, { recursive: true });
    let server = await startServer(workspace.path, { port: await steadyPort() });
    const { port, token } = server;
    const id = await busyOf(server);
    const door: Door = { address: () => `ws://127.0.0.1:${port}`, token };
    const typists = ['ada', 'ben'].map((name) => new Typist(door, id, name));
    const ahead = openTyped(door, id, 'cem');
    try {
      for (const { live } of typists) await until(live, () => live.save.state === 'saved');
      await until(ahead, () => ahead.save.state === 'saved');
      expect((await server.call('POST', `notebooks/${id}/runs?wait=30`, {})).status).toBeLessThan(300);
      for (const typist of typists) typist.start(5);
      await until(typists[0]!.live, () => typists[0]!.acknowledged > 200);
      const running = server.call('POST', `notebooks/${id}/runs?wait=30`, {});
      const before = typists.map(({ marks, acknowledged }) => marks.slice(0, acknowledged));
      const made = await gondola(['backup', copy.path, '--workspace', workspace.path]);
      expect({ ...made, out: '' }).toEqual({ code: 0, out: '', err: '' });
      expect(made.out).toMatch(/^\d+ stores and \d+ files copied to .* in [\d.]+ s; nothing is damaged\.\n$/);
      await running;
      await until(typists[0]!.live, () => typists[0]!.acknowledged > before[0]!.length + 100);
      for (const typist of typists) typist.stop();
      for (const { live } of typists) await until(live, () => live.save.state === 'saved');
      // Who was here before the backup, and has seen all that came after it.
      await hasSeen(ahead, typists);
      const stateOf = (path: string): string[] => readdirSync(join(path, '.gondola'));
      expect(stateOf(copy.path).filter((name) => /^(lock|token|address|cache|processes|tmp)/.test(name))).toEqual([]);
      expect(readFileSync(join(copy.path, 'sub', 'data', 'a.csv'), 'utf8')).toBe('a\n1\n');
      expect((await gondola(['check', copy.path])).code).toBe(0);

      await server.kill();
      const restored = await startServer(copy.path, { port, env: { GONDOLA_TOKEN: token } });
      server = restored;
      expect(await busyOf(restored)).toBe(id);
      await until(ahead, () => ahead.save.state === 'closed');
      const stranger = openTyped(door, id, 'dua');
      await until(stranger, () => stranger.save.state === 'saved');
      const counts = countMarks(textOf(stranger));
      stranger.close();
      expect(before.flat().filter((mark) => counts.get(mark) !== 1)).toEqual([]);
      expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
      const runs = (await restored.call('GET', `notebooks/${id}`)).body as {
        paragraphs: { run?: { state: string } }[];
      };
      // It may well fail: people type into what runs.
      expect(['done', 'failed', 'lost']).toContain(runs.paragraphs.find(({ run }) => run)?.run?.state);
      expect(await restored.stop()).toBe(0);
      expect((await gondola(['check', copy.path])).code).toBe(0);
      expect(existsSync(join(copy.path, '.gondola', 'notebooks', id, 'copied'))).toBe(false);
    } finally {
      for (const typist of typists) {
        typist.stop();
        typist.live.close();
      }
      ahead.close();
      await server.kill();
      workspace.remove();
      rmSync(copy.path, { recursive: true, force: true });
    }
  });

  it('holds the accounts for its owner’s eyes alone, in a folder that others may read too', async () => {
    const workspace = makeWorkspace({ 'a.nb.md': '# A\n' });
    const copy = makeWorkspace();
    rmSync(join(copy.path, 'gondola.json'));
    chmodSync(copy.path, 0o755);
    const inside = ['--workspace', workspace.path];
    const token = await gondola(['token', 'create', 'ci', '--role', 'reader', ...inside]);
    expect(token.code).toBe(0);
    expect((await gondola(['backup', copy.path, ...inside])).code).toBe(0);
    expect(statSync(join(copy.path, '.gondola', 'gondola.db')).mode & 0o777).toBe(0o600);
    expect((await gondola(['token', 'list', '--workspace', copy.path])).out).toContain('ci');
    workspace.remove();
    copy.remove();
  });

  it('refuses a folder that is not empty, one inside the workspace, and what is no workspace', async () => {
    const workspace = makeWorkspace({ 'a.nb.md': '# A\n', '.gondola/x': '' });
    const full = makeWorkspace();
    const inside = await gondola(['backup', join(workspace.path, 'copy'), '--workspace', workspace.path]);
    const taken = await gondola(['backup', full.path, '--workspace', workspace.path]);
    const none = await gondola(['backup', join(full.path, 'x'), '--workspace', full.path]);
    expect([inside.code, taken.code, none.code]).toEqual([2, 2, 2]);
    expect(inside.err).toContain('choose a folder beside it');
    expect(taken.err).toContain('is not empty');
    expect(none.err).toContain('is no workspace');
    workspace.remove();
    full.remove();
  });
});

async function busyOf(server: ServerProcess): Promise<NotebookId> {
  const { items } = (await server.call('GET', 'notebooks')).body as { items: { id: NotebookId; path: string }[] };
  return items.find(({ path }) => path === 'busy.nb.md')!.id;
}

const textOf = ({ doc }: ReturnType<typeof openTyped>): string =>
  readParagraphs(doc)
    .paragraphs.map(({ source }) => source)
    .join('\n');

/** Resolves once it shows all that they typed. */
function hasSeen(live: ReturnType<typeof openTyped>, typists: readonly Typist[]): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      const counts = countMarks(textOf(live));
      if (typists.some(({ marks }) => marks.some((mark) => counts.get(mark) !== 1))) return;
      live.doc.off('update', look);
      resolve();
    };
    live.doc.on('update', look);
    look();
  });
}
