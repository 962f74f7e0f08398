/** The commands as a person types them: what they print, and how they end. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeWorkspace, root, startServer } from '../support/server.ts';

const releases: (() => unknown)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

function workspace(files: Readonly<Record<string, string>> = {}): string {
  const made = makeWorkspace(files);
  releases.push(() => made.remove());
  return made.path;
}

async function gondola(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(root, 'server', 'gondola.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

const oneLine = (text: string): number => text.trimEnd().split('\n').length;

describe('gondola serve', () => {
  it('prints one line with the address, and ends with 0 on Ctrl-C within 5 s', async () => {
    const server = await startServer(workspace({ 'a.nb.md': '# A\n' }));
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{20,}$/);
    const started = performance.now();
    expect(await server.stop()).toBe(0);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('keeps its token over restarts, readable by its owner alone', async () => {
    const folder = workspace();
    const first = await startServer(folder);
    await first.stop();
    const second = await startServer(folder);
    releases.push(() => second.stop());
    expect(second.token).toBe(first.token);
    expect(statSync(join(folder, '.gondola', 'token')).mode & 0o777).toBe(0o600);
  });

  it('keeps its records out of git by itself', async () => {
    const folder = workspace({ 'a.nb.md': '# A\n\n```sql id=one\nselect 1\n```\n' });
    execFileSync('git', ['init', '-q', folder]);
    execFileSync('git', ['-C', folder, 'add', '.']);
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'all']);
    const server = await startServer(folder);
    const { body } = await server.call('GET', 'notebooks');
    const { id } = (body as { items: { id: string }[] }).items[0]!;
    await server.call('POST', `notebooks/${id}/runs?wait=30`, {});
    await server.stop();
    expect(readdirSync(join(folder, '.gondola')).length).toBeGreaterThan(2);
    expect(execFileSync('git', ['-C', folder, 'status', '--porcelain'], { encoding: 'utf8' })).toBe('');
  });

  it('writes what was just edited although one Ctrl-C reaches it twice', async () => {
    const folder = workspace({ 'a.nb.md': '# A\n' });
    const server = await startServer(folder);
    const { body } = await server.call('GET', 'notebooks');
    const { id } = (body as { items: { id: string }[] }).items[0]!;
    const edited = await server.call('PUT', `notebooks/${id}/text`, '# A\n\njust typed\n', {
      'content-type': 'text/markdown',
      'if-match': '*',
    });
    expect(edited.status).toBe(204);
    server.process.kill('SIGINT');
    expect(await server.stop()).toBe(0);
    expect(readFileSync(join(folder, 'a.nb.md'), 'utf8')).toContain('just typed');
    expect(existsSync(join(folder, '.gondola', 'lock'))).toBe(false);
  });

  it('says in one line what is wrong, and exits with 2', async () => {
    const folder = workspace();
    const missing = await gondola(['serve', join(folder, 'nowhere')]);
    expect([missing.code, oneLine(missing.err)]).toEqual([2, 1]);
    expect(missing.err).toContain('there is no folder');

    const busy = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => busy.once('listening', resolve));
    releases.push(() => busy.close());
    const taken = await gondola(['serve', folder, '--port', String((busy.address() as AddressInfo).port)]);
    expect([taken.code, oneLine(taken.err)]).toEqual([2, 1]);
    expect(taken.err).toMatch(/port \d+ is taken/);

    const server = await startServer(folder);
    releases.push(() => server.stop());
    const second = await gondola(['serve', folder, '--port', '0']);
    expect([second.code, oneLine(second.err)]).toEqual([2, 1]);
    expect(second.err).toContain(String(server.process.pid));

    const wrong = await gondola(['serve', folder, '--port', 'many']);
    expect(wrong.code).toBe(2);
    const unknown = await gondola(['fly']);
    expect(unknown.code).toBe(2);
  });

  it('says what an old Node lacks, in one line', async () => {
    const folder = workspace({
      'server/gondola.js': readFileSync(join(root, 'server', 'gondola.js'), 'utf8'),
      'package.json': '{ "type": "module" }',
      'old.cjs': "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.0' } });",
    });
    const old = spawnSync(process.execPath, [
      '--require',
      join(folder, 'old.cjs'),
      join(folder, 'server', 'gondola.js'),
      'serve',
    ]);
    expect([old.status, oneLine(old.stderr.toString())]).toEqual([2, 1]);
    expect(old.stderr.toString()).toContain('needs Node 24 or newer, and this is 18.20.0');
  });

  it('refuses to listen beyond loopback without TLS, with 3', async () => {
    const refused = await gondola(['serve', workspace(), '--host', '0.0.0.0']);
    expect([refused.code, oneLine(refused.err)]).toEqual([3, 1]);
  });

  it('takes over a folder whose server was killed', async () => {
    const folder = workspace();
    const first = await startServer(folder);
    await first.kill();
    const second = await startServer(folder);
    expect(await second.stop()).toBe(0);
  });
});

describe('gondola check', () => {
  it('finds nothing in a healthy workspace, and leaves it as it was', async () => {
    const folder = workspace({ 'a.nb.md': '# A\n\n```sql id=one\nselect range as n from range(20000)\n```\n' });
    const server = await startServer(folder);
    const { body } = await server.call('GET', 'notebooks');
    const { id } = (body as { items: { id: string }[] }).items[0]!;
    await server.call('POST', `notebooks/${id}/runs?wait=30`, {});
    const busy = await gondola(['check', folder]);
    expect(busy.code).toBe(2);
    await server.stop();
    const checked = await gondola(['check', folder]);
    expect(checked).toMatchObject({ code: 0, err: '' });
    expect(checked.out).toContain('nothing is damaged');
  });

  it('names a flipped bit in a log, a lost result file and a broken notebook, and exits with 1', async () => {
    const folder = workspace({ 'a.nb.md': '# A\n\n```sql id=one\nselect range as n from range(20000)\n```\n' });
    const server = await startServer(folder);
    const { body } = await server.call('GET', 'notebooks');
    const { id } = (body as { items: { id: string }[] }).items[0]!;
    await server.call('POST', `notebooks/${id}/runs?wait=30`, {});
    await server.stop();
    const store = join(folder, '.gondola', 'notebooks', id);
    const log = readFileSync(join(store, 'log'));
    log[30] = log[30]! ^ 4;
    writeFileSync(join(store, 'log'), log);
    for (const name of readdirSync(join(store, 'results'))) execFileSync('rm', [join(store, 'results', name)]);
    writeFileSync(join(folder, 'b.nb.md'), '---\ntitle: [\n---\n');
    const checked = await gondola(['check', folder]);
    expect(checked.code).toBe(1);
    expect(checked.out).toContain(`notebooks/${id}/log: damaged from byte`);
    expect(checked.out).toMatch(/the rows of result \S+ are missing/);
    expect(checked.out).toContain('b.nb.md, line');
    expect(readFileSync(join(store, 'log')).equals(log)).toBe(true);
    expect(existsSync(join(folder, 'b.nb.md'))).toBe(true);
  });
});
