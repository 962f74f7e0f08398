/** Every way of `ways.ts` over raw sockets against a real server: nothing outside is read, made, changed or removed. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../../server/app.ts';
import { readConfig } from '../../../server/config.ts';
import { counter, keep, wantsRecord } from '../../reliability/record.ts';
import { root } from '../../support/server.ts';
import { FILE_WAYS, ID_WAYS, NOTEBOOK_WAYS, PAGE_WAYS, type Way } from './ways.ts';

const TOKEN = 'a-token-of-this-test-of-paths';
const MARK = `planted-${process.pid}`;
const SMALL = 'x,y\n1,one\n';
/** What a file of the package or of the system would show. */
const SHOWN = [MARK, '"name": "gondola"', 'root:x:0', '"mappings"'];

const LATER: readonly Way[] = [
  { class: 'changed between look and use', what: 'a folder becomes a link while an upload arrives', raw: '' },
  { class: 'changed between look and use', what: 'a file becomes a link before it is replaced', raw: '' },
  { class: 'changed between look and use', what: 'a file becomes a hard link before it is replaced', raw: '' },
];
const WAYS = [...FILE_WAYS, ...PAGE_WAYS, ...ID_WAYS, ...NOTEBOOK_WAYS, ...LATER];
const { held, counts } = counter(WAYS);

let base: string;
let workspace: string;
let server: RunningServer;
let port: number;
let notebook: string;
/** Links and pipes, which an upload of that name may lawfully put itself in place of. */
const replant = new Map<string, () => void>();
beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'gondola-paths-')));
  workspace = join(base, 'workspace');
  const plant = (path: string, text: string): void => {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  };
  plant('outside/data/secret.csv', MARK);
  plant('outside/secret.nb.md', `# ${MARK}`);
  plant('outside/deeper/x.txt', MARK);
  plant('workspace/gondola.json', JSON.stringify({ title: MARK }));
  plant('workspace/a/first.nb.md', '# First\n');
  plant('workspace/a/second.nb.md', `# ${MARK}\n`);
  plant('workspace/a/data/small.csv', SMALL);
  plant('workspace/a/data/.hidden.csv', MARK);
  plant('workspace/a/data/deeper/secret.csv', MARK);
  plant('workspace/a/data/data/secret.csv', MARK);
  plant('workspace/c/data/theirs.csv', MARK);
  plant('workspace/.gondola/data/planted.csv', MARK);
  plant('workspace/.hidden/data/planted.csv', MARK);
  plant('workspace/.git/data/config', MARK);
  plant('workspace/node_modules/data/x.csv', MARK);
  const link = (path: string, to: string): void => {
    const make = (): void => symlinkSync(to, join(workspace, path));
    replant.set(`workspace/${path}`, make);
    make();
  };
  link('linked', '../outside');
  mkdirSync(join(workspace, 'b'));
  link('b/data', '../../outside/data');
  link('a/data/link.csv', '../../../outside/data/secret.csv');
  link('a/data/notebook.csv', '../second.nb.md');
  link('a/data/token.csv', '../../.gondola/token');
  link('a/data/theirs.csv', '../../c/data/theirs.csv');
  link('a/data/twice.csv', 'link.csv');
  link('a/data/circle.csv', 'circle.csv');
  link('a/evil.nb.md', '../../outside/secret.nb.md');
  link('a/data/nowhere.csv', '../../../outside/data/new.csv');
  const pipe = (): void => void execFileSync('mkfifo', [join(workspace, 'a/data/pipe.csv')]);
  replant.set('workspace/a/data/pipe.csv', pipe);
  pipe();
  plant('workspace/.gondola/token', MARK);
  server = await startServer(readConfig(workspace, { port: '0', log: 'silent' }, { GONDOLA_TOKEN: TOKEN }), root);
  port = Number(new URL(server.address).port);
  notebook = await idOf('a/first.nb.md');
});
afterAll(async () => {
  await server?.close();
  rmSync(base, { recursive: true, force: true, maxRetries: 3 });
  if (wantsRecord()) keep(root, { figure: 'R11', part: 'paths over HTTP', counts: counts() });
});

type Answer = { readonly status: number; readonly text: string };
/** As it stands: no client in between that would mend it. */
function say(method: string, target: string, body = '', type = 'text/csv'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('error', reject);
    socket.once('close', () => {
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text });
    });
    const fields = [`Host: 127.0.0.1:${port}`, `Authorization: Bearer ${TOKEN}`, 'Connection: close'];
    const length = body === '' ? [] : [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`];
    socket.write(`${method} ${target} HTTP/1.1\r\n${[...fields, ...length].join('\r\n')}\r\n\r\n${body}`);
  });
}
const json = (method: string, target: string, body: unknown): Promise<Answer> =>
  say(method, target, JSON.stringify(body), 'application/json');

async function idOf(path: string): Promise<string> {
  const { text } = await say('GET', '/api/v1/notebooks');
  const { items } = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as {
    items: { id: string; path: string }[];
  };
  return items.find((one) => one.path === path)?.id ?? '';
}

/** Everything but the server's own records, with what it holds. */
function tree(folder = '', found = new Map<string, string>()): ReadonlyMap<string, string> {
  for (const entry of readdirSync(join(base, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (folder === 'workspace/.gondola' && entry.name !== 'data') continue;
    found.set(path, entry.isFile() ? readFileSync(join(base, path), 'utf8') : entry.isDirectory() ? 'folder' : 'other');
    if (entry.isDirectory()) tree(path, found);
  }
  return found;
}
const changes = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));

const shows = ({ text }: Answer): boolean => SHOWN.some((one) => text.includes(one));

async function controlFiles(): Promise<void> {
  expect((await say('GET', '/api/v1/files/a/data/small.csv')).text).toContain(SMALL);
  expect((await say('PUT', '/api/v1/files/a/data/%c3%bcber%20new.csv', SMALL)).status).toBe(201);
  expect((await say('GET', '/api/v1/files/a%2Fdata%2F%C3%BCber%20new.csv')).text).toContain(SMALL);
  expect((await say('DELETE', '/api/v1/files/a/data/%c3%bcber%20new.csv')).status).toBe(204);
}

it('are at least 140 ways of at least 8 classes, each another', () => {
  const names = WAYS.map((one) => `${one.class}: ${one.what}`);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(WAYS.map((one) => one.class)).size).toBeGreaterThanOrEqual(8);
  expect(WAYS.length).toBeGreaterThanOrEqual(140);
});

describe('a data file', () => {
  it.each(FILE_WAYS)('by $class: $what leads nowhere else', async (one) => {
    const before = tree();
    const target = `/api/v1/files/${one.raw}`;
    const got = await say('GET', target);
    const head = await say('HEAD', target);
    const put = await say('PUT', target, 'overwritten');
    const post = await say('POST', target, 'added');
    const removed = await say('DELETE', target);
    for (const answer of [got, head, put, post, removed]) {
      expect(shows(answer)).toBe(false);
      expect(answer.status).toBeLessThan(500);
      expect(answer.text).not.toMatch(/\r\nx-added/i);
    }
    // A name that only looks odd is a name: then its file lies where data files lie, and nothing else has changed.
    const changed = changes(before, tree());
    for (const path of changed) expect(path).toMatch(/^workspace\/a\/data\/[^/]+$/);
    for (const path of changed) {
      expect(before.get(path) ?? 'other').toBe('other');
      rmSync(join(base, path), { force: true });
      replant.get(path)?.();
    }
    expect(changes(before, tree())).toEqual([]);
    await controlFiles();
    held(one);
  });
});

describe('the page and its files', () => {
  it.each(PAGE_WAYS)('$what gives no file but the page’s own', async (one) => {
    const answer = await say('GET', one.raw);
    expect(SHOWN.slice(1).some((mark) => answer.text.includes(mark))).toBe(false);
    expect(answer.status).toBeLessThan(500);
    expect((await say('GET', '/favicon.svg')).text).toContain('<svg');
    held(one);
  });
});

describe('an id', () => {
  it.each(ID_WAYS)('$what names nothing else', async (one) => {
    const before = tree();
    const target = `/api/v1${one.raw.replace('ID', notebook)}`;
    for (const method of ['GET', 'DELETE', 'PATCH', 'PUT', 'POST']) {
      const answer = await json(method, target, {});
      expect(shows(answer)).toBe(false);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    }
    expect(changes(before, tree())).toEqual([]);
    expect((await say('GET', `/api/v1/notebooks/${notebook}/text`)).text).toContain('# First');
    held(one);
  });
});

describe('a notebook', () => {
  it.each(NOTEBOOK_WAYS)('is neither moved to nor made at $what', async (one) => {
    const before = tree();
    const path = one.raw;
    const moved = await json('PATCH', `/api/v1/notebooks/${notebook}`, { path });
    expect([400, 404, 409]).toContain(moved.status);
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const mayBe = ['', 'a'].includes(folder);
    if (!mayBe)
      expect([400, 404]).toContain((await json('POST', '/api/v1/notebooks', { title: 'Made', folder })).status);
    expect(changes(before, tree())).toEqual([]);
    expect((await json('PATCH', `/api/v1/notebooks/${notebook}`, { path: 'a/moved.nb.md' })).status).toBe(200);
    expect((await json('PATCH', `/api/v1/notebooks/${notebook}`, { path: 'a/first.nb.md' })).status).toBe(200);
    expect(changes(before, tree())).toEqual([]);
    held(one);
  });

  it('is none where its file is a link, and a title makes a name within its folder', async () => {
    expect((await say('GET', '/api/v1/notebooks')).text).not.toContain('evil');
    const before = tree();
    const made = await json('POST', '/api/v1/notebooks', { title: '../../outside/\u0000x', folder: 'a' });
    expect(made.status).toBe(201);
    const [path] = changes(before, tree());
    expect(path).toMatch(/^workspace\/a\/[^/]+\.nb\.md$/);
  });
});

describe('what changes between look and use', () => {
  const spot = (what: string): Way => LATER.find((one) => one.what === what)!;

  it('takes no upload elsewhere', async () => {
    mkdirSync(join(workspace, 'swap/data'), { recursive: true });
    const before = tree();
    const body = 'half,whole\n';
    const target = '/api/v1/files/swap/data/late.csv';
    const status = await new Promise<number>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.once('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)));
      const fields = [`Host: 127.0.0.1:${port}`, `Authorization: Bearer ${TOKEN}`, 'Connection: close'];
      fields.push('Content-Type: text/csv', `Content-Length: ${body.length}`);
      socket.write(`PUT ${target} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n${body.slice(0, 5)}`);
      const arriving = (): boolean => readdirSync(join(workspace, '.gondola/tmp'), { recursive: true }).length > 0;
      const rest = async (): Promise<void> => {
        await expect.poll(arriving, { timeout: 20_000 }).toBe(true);
        rmSync(join(workspace, 'swap/data'), { recursive: true });
        symlinkSync('../../outside/data', join(workspace, 'swap/data'));
        socket.write(body.slice(5));
      };
      void rest();
    });
    expect(status).toBe(400);
    rmSync(join(workspace, 'swap'), { recursive: true });
    expect(changes(before, tree()).filter((path) => !path.startsWith('workspace/swap'))).toEqual([]);
    await controlFiles();
    held(spot('a folder becomes a link while an upload arrives'));
  });

  it('writes through no link, symbolic or hard', async () => {
    const before = tree();
    const at = join(workspace, 'a/data/soon.csv');
    symlinkSync('../../../outside/data/secret.csv', at);
    expect((await say('PUT', '/api/v1/files/a/data/soon.csv', 'overwritten')).status).toBe(400);
    rmSync(at);
    held(spot('a file becomes a link before it is replaced'));
    execFileSync('ln', [join(base, 'outside/data/secret.csv'), at]);
    expect((await say('PUT', '/api/v1/files/a/data/soon.csv', 'replaced')).status).toBe(201);
    expect(readFileSync(at, 'utf8')).toBe('replaced');
    rmSync(at);
    expect(changes(before, tree())).toEqual([]);
    held(spot('a file becomes a hard link before it is replaced'));
  });
});
