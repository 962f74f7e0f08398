/** Forms with the real server, engine and sandbox: askers with other values each see their own, and the writers' page stays. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorkspace, root, type ServerProcess, startServer } from '../support/server.ts';

const SECRET = 'geheim-4711';
const fence = (info: string, text: string): string => `\`\`\`${info}\n${text}\n\`\`\`\n\n`;
const NOTEBOOK = [
  '---\nforms:\n  least: {type: number, default: 10, min: 0}\n  key: {type: password}\n---\n\nAbove ${least}.\n\n',
  fence('sql id=all name=numbers', 'select range::int as n from range(100)'),
  fence('sql id=some name=chosen', 'from numbers where n >= $least'),
  fence('sql id=sum', 'select count(*)::int as n, min(n) as least from chosen'),
  fence('typescript id=ts', "await table('numbers').filter((row) => row.n >= forms.least).count()"),
  fence('shell id=sh', 'echo "$least ${#key}"'),
].join('');
const CHOSEN = [
  "---\nforms:\n  airport: {type: select, options: {query: 'select code, city from airports order by all;'}}\n",
  '  many: {type: multi-select, default: [1], options: {query: from range(2000)}}\n',
  '  said: {type: select, options: {query: from range(2000)}}\n',
  '  turned: {type: select, options: {query: \'select code, city as "0" from airports order by all\'}}\n',
  "  bad: {type: select, options: {query: 'create table t as select 1'}}\n  plain: {options: [a, b]}\n---\n\n",
  fence(
    'sql id=made name=airports',
    "from (values ('SEA', 'Seattle'), ('JFK', 'New York'), (null, 'x')) v(code, city)",
  ),
  fence('sql id=used', 'select $airport as a, len($many) as n, $bad as b'),
].join('');
const workspace = makeWorkspace({ 'gondola.json': '{}', 'asked.nb.md': NOTEBOOK, 'chosen.nb.md': CHOSEN });

let server: ServerProcess;
let id: string;
let chosen: string;
const askers: string[] = [];

beforeAll(async () => {
  server = await startServer(workspace.path);
  const { items } = (await server.call('GET', 'notebooks')).body as { items: { id: string; path: string }[] };
  id = items.find(({ path }) => path === 'asked.nb.md')!.id;
  chosen = items.find(({ path }) => path === 'chosen.nb.md')!.id;
  for (const [name, role] of [
    ['ana', 'runner'],
    ['ben', 'writer'],
  ]) {
    const args = ['token', 'create', name!, '--role', role!, '--workspace', workspace.path];
    askers.push(
      (await promisify(execFile)(process.execPath, [join(root, 'server', 'gondola.js'), ...args])).stdout.trim(),
    );
  }
});
afterAll(async () => {
  await server?.stop();
  workspace.remove();
});

const by = (token: string | undefined) => (token === undefined ? {} : { authorization: `Bearer ${token}` });
type Ran = { readonly id: string; readonly paragraph: string; readonly state: string };

async function ask(token: string | undefined, body: object): Promise<Readonly<Record<string, string>>> {
  const { status, body: answer } = await server.call('POST', `notebooks/${id}/runs?wait=100`, body, by(token));
  expect(status, JSON.stringify(answer)).toBe(202);
  const { runs } = answer as { runs: Ran[] };
  expect(runs.filter(({ state }) => state !== 'done')).toEqual([]);
  return Object.fromEntries(runs.map((run) => [run.paragraph, run.id]));
}

async function shown(token: string | undefined, run: string | undefined) {
  const { status, body } = await server.call('GET', `runs/${run}`, undefined, by(token));
  expect(status).toBe(200);
  const { outputs, forms } = body as { outputs: Record<string, unknown>[]; forms: unknown };
  const table = outputs.find(({ kind }) => kind === 'table');
  const rows = table && (await server.call('GET', `results/${table.result}/rows?limit=9`, undefined, by(token))).body;
  return { forms, rows, text: outputs.map(({ text }) => text ?? '').join('') };
}

it('a runner and a writer ask with other values at once, and each sees their own', async () => {
  const team = await ask(undefined, {});
  expect(Object.keys(team)).toEqual(['all', 'some', 'sum', 'ts', 'sh']);
  expect((await shown(undefined, team.sum)).rows).toEqual([{ n: 90, least: 10 }]);
  const values = [50, 75];
  // What depends on the form, and nothing that does not: `all` is the team's.
  const all = await Promise.all(askers.map((token, index) => ask(token, { forms: { least: values[index] } })));
  for (const [index, token] of askers.entries()) {
    const least = values[index]!;
    expect(Object.keys(all[index]!)).toEqual(['some', 'sum', 'ts', 'sh']);
    const { rows, forms } = await shown(token, all[index]!.sum);
    expect([rows, forms]).toEqual([[{ n: 100 - least, least }], { least }]);
    expect((await shown(token, all[index]!.ts)).text.trim()).toBe(`${100 - least}`);
    expect((await shown(token, all[index]!.sh)).text).toBe(`${least} 0\n`);
    for (const other of [undefined, ...askers.filter((one) => one !== token)])
      expect((await server.call('GET', `runs/${all[index]!.sum}`, undefined, by(other))).status).toBe(404);
  }
  const { paragraphs } = (await server.call('GET', `notebooks/${id}`)).body as {
    paragraphs: { id: string; run?: { id: string } }[];
  };
  expect(Object.fromEntries(paragraphs.flatMap((one) => (one.run ? [[one.id, one.run.id]] : [])))).toEqual(team);
  // One paragraph alone brings what it reads, once.
  const [ana] = askers;
  expect(Object.keys(await ask(ana, { paragraphs: ['sum'], forms: { least: 20 } }))).toEqual(['some', 'sum']);
  expect(Object.keys(await ask(ana, { paragraphs: ['sum'], forms: { least: 20 } }))).toEqual(['sum']);
  const back = await ask(ana, { paragraphs: ['sum'] });
  expect((await shown(ana, back.sum)).rows).toEqual([{ n: 90, least: 10 }]);
});

it('what is no value of a form runs nothing', async () => {
  const [ana] = askers;
  for (const [forms, code] of [
    [{ least: '10' }, 'form-value'],
    [{ least: -1 }, 'form-value'],
    [{ LEAST: 1 }, 'unknown-form'],
  ] as const) {
    const { status, body } = await server.call('POST', `notebooks/${id}/runs`, { forms }, by(ana));
    expect([status, (body as { error: { code: string } }).error.code]).toEqual([400, code]);
  }
});

it('a query gives options, over the tables that are there', async () => {
  const [ana] = askers;
  const options = async (name: string) => {
    const { status, body } = await server.call('GET', `notebooks/${chosen}/forms/${name}/options`, undefined, by(ana));
    return { status, ...(body as { items: unknown[]; more: boolean; error?: { code: string; message: string } }) };
  };
  expect(await options('airport')).toMatchObject({ status: 422, error: { code: 'options-failed' } });
  const asked = await server.call('POST', `notebooks/${chosen}/runs?wait=100`, { paragraphs: ['made'] });
  expect(asked.body).toMatchObject({ runs: [{ state: 'done' }] });
  const items = [
    { value: 'JFK', label: 'New York' },
    { value: 'SEA', label: 'Seattle' },
  ];
  expect(await options('airport')).toMatchObject({ status: 200, items, more: false });
  expect(await options('turned')).toMatchObject({ status: 200, items });
  const many = await options('many');
  expect([many.items.length, many.items[999], many.more]).toEqual([1000, { value: 999 }, true]);
  expect((await options('said')).items[1]).toEqual({ value: '1' });
  expect(await options('bad')).toMatchObject({ status: 422 });
  expect(await options('plain')).toMatchObject({ status: 200, items: [{ value: 'a' }, { value: 'b' }] });
  expect((await options('nothing')).status).toBe(404);
  const forms = { airport: 'JFK', many: [3, 5], bad: "'; drop" };
  const ran = await server.call('POST', `notebooks/${chosen}/runs?wait=100`, { paragraphs: ['used'], forms }, by(ana));
  const { runs } = ran.body as { runs: Ran[] };
  expect((await shown(ana, runs[0]!.id)).rows).toEqual([{ a: 'JFK', n: 2, b: "'; drop" }]);
  // Nothing of the engines that were asked is left.
  const folder = join(workspace.path, '.gondola', 'notebooks', chosen, 'visitors');
  await expect.poll(() => readdirSync(folder).length, { timeout: 20_000 }).toBe(1);
});

it('a password reaches its run, and no record, answer or log', async () => {
  const [ana] = askers;
  const { sh } = await ask(ana, { paragraphs: ['sh'], forms: { key: SECRET } });
  const { text, forms } = await shown(ana, sh);
  expect([text.split('\n').at(-2), forms]).toEqual([`10 ${SECRET.length}`, { least: 10 }]);
  const files = readdirSync(workspace.path, { recursive: true, encoding: 'utf8' }).map((name) =>
    join(workspace.path, name),
  );
  const holding = files.filter((file) => statSync(file).isFile() && readFileSync(file).includes(SECRET));
  expect(holding).toEqual([]);
});
