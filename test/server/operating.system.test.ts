/** The commands of `docs/operating.md`, run as they stand there, and what a real server writes for whoever operates it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorkspace, root, type ServerProcess, startServer } from '../support/server.ts';

const page = readFileSync(join(root, 'docs', 'operating.md'), 'utf8');
const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text!.trim().split('\n'));
const places = mkdtempSync(join(tmpdir(), 'gondola-operating-'));
const workspace = makeWorkspace({ 'work.nb.md': '# Work\n\n```sql id=one\nselect 42 as answer\n```\n' });
let server: ServerProcess;

beforeAll(async () => {
  server = await startServer(workspace.path, { env: { GONDOLA_LOG: 'info' } });
});
afterAll(async () => {
  await server.stop();
  workspace.remove();
  rmSync(places, { recursive: true, force: true });
});

/** A line of the page with the folders of this test. */
const wordsOf = (line: string): readonly string[] =>
  line
    .replaceAll('/srv/notebooks', workspace.path)
    .replaceAll('/var/backups/gondola/$(date +%F)', join(places, 'backup'))
    .split(/\s+/);

function gondola(line: string): string {
  const [program, ...args] = wordsOf(line);
  expect(program).toBe('gondola');
  return execFileSync(process.execPath, [join(root, 'server', 'gondola.js'), ...args], { encoding: 'utf8' });
}

type Line = Readonly<Record<string, unknown>>;
const linesOf = (text: string): readonly Line[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

it('a run is in the log and in the metrics, by ids, without its text', async () => {
  const { body } = await server.call('GET', 'notebooks');
  const [notebook] = (body as { items: { id: string }[] }).items;
  const ran = await server.call(
    'POST',
    `notebooks/${notebook!.id}/runs?wait=30`,
    {},
    { 'x-request-id': 'pretended-by-nobody' },
  );
  const [run] = (ran.body as { runs: { id: string }[] }).runs;
  const written = () => linesOf(server.log());
  await expect
    .poll(() => written().find(({ msg }) => msg === 'run ended'), { timeout: 20_000 })
    .toMatchObject({
      level: 'info',
      run: run!.id,
      notebook: notebook!.id,
      interpreter: 'sql',
      state: 'done',
      ms: expect.any(Number),
      waited: expect.any(Number),
    });
  const id = ran.headers.get('x-request-id');
  // No proxy was declared: what a stranger calls a request is not its name.
  expect(id).toMatch(/^[0-9a-f]{12}$/);
  await expect
    .poll(() => written().find(({ reqId }) => reqId === id), { timeout: 20_000 })
    .toMatchObject({ method: 'POST', route: '/api/v1/notebooks/:id/runs', notebook: notebook!.id, who: 'owner' });
  expect(written()[0]).toMatchObject({ msg: 'listening', pid: server.process.pid });
  expect(server.log()).not.toContain('answer');
  expect(server.log()).not.toContain(server.token);
  const metrics = String((await server.call('GET', '/metrics')).body);
  expect(metrics).toContain('gondola_runs_total{interpreter="sql",state="done"} 1\n');
  expect(metrics).toMatch(/^gondola_log_sync_duration_seconds_count [1-9]/m);
  expect(metrics).not.toContain(notebook!.id);
});

it('readiness tells an owner how code is isolated and bounded, and others nothing', async () => {
  const told = String((await server.call('GET', '/readyz')).body);
  expect(told).toMatch(
    /^ready\nsandbox: (bwrap|unshare|container|none|not tried yet)\ncontrol groups: (v2|v1|none) \(.+\)$/,
  );
  const stranger = await fetch(`${server.origin}/readyz`);
  expect(await stranger.text()).toBe('ready');
});

it('the token of the page scrapes, and its backup is whole and can be served', async () => {
  const lines = blocks.flat();
  const [token] = lines.filter((line) => line.startsWith('gondola token'));
  const secret = gondola(token!)
    .trim()
    .split(/\s+/)
    .find((word) => word.length > 30)!;
  const authorization = `Bearer ${secret}`;
  // A running server knows it within 2 s.
  await expect
    .poll(async () => (await fetch(`${server.origin}/metrics`, { headers: { authorization } })).status, {
      timeout: 20_000,
    })
    .toBe(200);
  const [backup, check] = ['backup', 'check'].map((name) => lines.find((line) => line.startsWith(`gondola ${name}`))!);
  gondola(backup!);
  gondola(check!);
  const [, , from] = wordsOf(lines.find((line) => line.startsWith('gondola serve'))!);
  const restored = await startServer(from!);
  try {
    const { body } = await restored.call('GET', 'notebooks');
    expect((body as { items: { path: string }[] }).items.map(({ path }) => path)).toEqual(['work.nb.md']);
  } finally {
    await restored.stop();
  }
});

it('a stop is told with how long it took', async () => {
  const other = makeWorkspace();
  const stopping = await startServer(other.path, { env: { GONDOLA_LOG: 'info' } });
  expect(await stopping.stop()).toBe(0);
  const told = () => linesOf(stopping.log()).map(({ msg }) => msg);
  await expect.poll(() => told().at(-1), { timeout: 20_000 }).toBe('stopped');
  expect(told()).toContain('stopping');
  other.remove();
});
