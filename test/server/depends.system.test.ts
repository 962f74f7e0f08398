/** What paragraphs need of each other, with the real server and engine: the graph, plans, stale marks, and what runs took. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorkspace, root, type ServerProcess, startServer } from '../support/server.ts';

const fence = (info: string, text: string): string => `\`\`\`${info}\n${text}\n\`\`\`\n\n`;
const NOTEBOOK = [
  fence('sql id=report', 'select count(*)::int as n from totals'),
  fence('sql id=load name=flights', "select n::int as n, 'x' || n as text from read_csv('data/n.csv')"),
  fence('sql id=clean name=clean', 'with flights_x as (from flights where n % 2 = 0) select n from flights_x'),
  fence('sql id=keep', 'create or replace table kept as select n from clean'),
  fence('typescript id=ts name=totals', "const twice = 2;\nawait table('kept').filter((row) => row.n > 10 * twice)"),
  fence('shell id=sh', 'wc -c tables/clean.parquet > size.txt'),
  fence('sql id=apart', 'select 1 as n'),
].join('');
const CIRCLE = [fence('sql id=a name=a', 'from b'), fence('sql id=b name=b', 'from a')].join('');
const workspace = makeWorkspace({
  'gondola.json': '{}',
  'deps.nb.md': NOTEBOOK,
  'circle.nb.md': CIRCLE,
  'data/n.csv': `n\n${Array.from({ length: 200_000 }, (_, n) => n).join('\n')}\n`,
});

let server: ServerProcess;
let id: string;
let reader: string;

beforeAll(async () => {
  server = await startServer(workspace.path);
  const { items } = (await server.call('GET', 'notebooks')).body as { items: { id: string; path: string }[] };
  id = items.find(({ path }) => path === 'deps.nb.md')!.id;
  const args = ['token', 'create', 'ann', '--role', 'reader', '--workspace', workspace.path];
  reader = (await promisify(execFile)(process.execPath, [join(root, 'server', 'gondola.js'), ...args])).stdout.trim();
});
afterAll(async () => {
  await server?.stop();
  workspace.remove();
});

type Step = {
  readonly paragraph: string;
  readonly because: string;
  readonly reasons: readonly { readonly why: string }[];
};
type Node = {
  readonly id: string;
  readonly sure: boolean;
  readonly needs: readonly { readonly paragraph: string; readonly name: string }[];
};

async function get<T>(path: string, token?: string): Promise<T> {
  const { status, body } = await server.call('GET', path, undefined, token ? { authorization: `Bearer ${token}` } : {});
  expect(status, JSON.stringify(body)).toBe(200);
  return body as T;
}

async function plan(body: object = {}): Promise<readonly Step[]> {
  const { status, body: answer } = await server.call('POST', `notebooks/${id}/plan`, body);
  expect(status, JSON.stringify(answer)).toBe(200);
  return (answer as { steps: Step[] }).steps;
}

async function run(body: object): Promise<void> {
  const { body: answer } = await server.call('POST', `notebooks/${id}/runs?wait=100`, body);
  const { runs } = answer as { runs: { paragraph: string; state: string }[] };
  expect(runs.filter(({ state }) => state !== 'done')).toEqual([]);
}

const ids = (steps: readonly Step[]): string[] => steps.map(({ paragraph }) => paragraph);
const needs = ({ nodes }: { readonly nodes: readonly Node[] }) =>
  Object.fromEntries(nodes.map((node) => [node.id, node.needs.map(({ paragraph, name }) => `${paragraph} ${name}`)]));

it('plans what never ran, a later paragraph first where an earlier one needs it, and runs it in that order', async () => {
  const steps = await plan({ paragraphs: ['report'] });
  expect(ids(steps)).toEqual(['load', 'clean', 'keep', 'ts', 'report']);
  await run({ paragraphs: ids(steps), ordered: true });
  expect(await plan()).toEqual([]);
  expect(ids(await plan({ paragraphs: ['report'] }))).toEqual(['report']);
});

it('knows by the programs of the languages who needs whom', async () => {
  const graph = await get<{ nodes: Node[]; whole: boolean }>(`notebooks/${id}/graph`);
  expect(graph).toMatchObject({ whole: true, clashes: [], cycles: [] });
  expect(needs(graph)).toEqual({
    report: ['ts totals'],
    load: [],
    clean: ['load flights'],
    keep: ['clean clean'],
    ts: ['keep kept'],
    sh: ['clean clean'],
    apart: [],
  });
  expect(graph.nodes.find((node) => node.id === 'load')).toMatchObject({
    reads: [{ kind: 'file', name: 'data/n.csv' }],
    writes: [{ kind: 'table', name: 'flights' }],
  });
});

it('finds what is stale behind a run, and why', async () => {
  await run({ paragraphs: ['load'] });
  const steps = await plan();
  expect(ids(steps)).toEqual(['clean', 'keep', 'ts', 'report']);
  expect(steps.map(({ reasons }) => reasons.map(({ why }) => why))).toEqual([
    ['ran'],
    ['behind'],
    ['behind'],
    ['behind'],
  ]);
  await run({ paragraphs: ids(steps), ordered: true });
  expect(await plan()).toEqual([]);
});

it('counts what a run took, and what all did by person', async () => {
  const { items } = await get<{
    items: { paragraph: string; cost?: { cpuMs: number; read?: number; rows: number } }[];
  }>(`notebooks/${id}/runs?paragraph=load`);
  const cost = items[0]!.cost!;
  expect(cost.rows).toBe(200_000);
  expect(cost.cpuMs).toBeGreaterThan(0);
  // The whole of the file, and some of what the processes say to each other.
  if (process.platform === 'linux') expect(cost.read).toBeGreaterThan(1_000_000);
  // Programs of other languages, and what they ask of the engine, count as well.
  await run({ paragraphs: ['sh'] });
  for (const [language, rows] of [
    ['ts', true],
    ['sh', false],
  ] as const) {
    const { items: others } = await get<{ items: { cost: typeof cost }[] }>(
      `notebooks/${id}/runs?paragraph=${language}`,
    );
    expect(others[0]!.cost, language).toMatchObject({ cpuMs: expect.any(Number), rows: expect.any(Number) });
    expect(others[0]!.cost.rows > 0, language).toBe(rows);
    if (process.platform === 'linux') expect(others[0]!.cost.read, language).toBeGreaterThan(0);
  }
  const costs = await get<{ all: { runs: number; rows: number }; people: { by: { name: string }; runs: number }[] }>(
    `notebooks/${id}/costs`,
  );
  expect(costs.people).toHaveLength(1);
  expect(costs.all.rows).toBeGreaterThanOrEqual(400_000);
  expect(costs.people[0]!.runs).toBe(costs.all.runs);
});

it('says that paragraphs need each other instead of running any', async () => {
  const { items } = (await server.call('GET', 'notebooks')).body as { items: { id: string; path: string }[] };
  const circle = items.find(({ path }) => path === 'circle.nb.md')!.id;
  const { status, body } = await server.call('POST', `notebooks/${circle}/plan`, { paragraphs: ['a'] });
  expect(status).toBe(409);
  expect(body).toMatchObject({ error: { code: 'dependency-cycle' } });
});

it('shows readers the graph and no costs, and holders of links neither', async () => {
  const graph = await get<{ nodes: Node[] }>(`notebooks/${id}/graph`, reader);
  expect(needs(graph).clean).toEqual(['load flights']);
  const by = { authorization: `Bearer ${reader}` };
  expect((await server.call('GET', `notebooks/${id}/costs`, undefined, by)).status).toBe(403);
  const { body } = await server.call('POST', `notebooks/${id}/links`, { role: 'reader', code: true });
  const { url } = body as { url: string };
  const opened = await fetch(new URL(url, server.origin), { redirect: 'manual' });
  const cookie = opened.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  for (const path of ['graph', 'costs']) {
    const answer = await fetch(`${server.origin}/api/v1/notebooks/${id}/${path}`, { headers: { cookie } });
    expect([401, 403, 404], path).toContain(answer.status);
    expect(await answer.text()).not.toContain('flights');
  }
  const runs = await fetch(`${server.origin}/api/v1/notebooks/${id}/runs`, { headers: { cookie } });
  expect(await runs.text()).not.toContain('cpuMs');
});

it('keeps what runs took over a restart, and reads what is needed without a process', async () => {
  await server.stop();
  server = await startServer(workspace.path);
  const { items } = await get<{ items: { cost?: { rows: number } }[] }>(`notebooks/${id}/runs?paragraph=load`);
  expect(items[0]!.cost?.rows).toBe(200_000);
  // A reader starts nothing: names are known by words alone.
  const graph = await get<{ nodes: Node[]; whole: boolean }>(`notebooks/${id}/graph`, reader);
  expect(graph.whole).toBe(false);
  expect(needs(graph).clean).toEqual(['load flights']);
  expect(await plan()).toEqual([]);
});
