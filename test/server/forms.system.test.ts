/** Forms with the real server, engine and sandbox: askers with other values each see their own, and the writers' page stays. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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
  "  bad: {type: select, options: {query: 'create table t as select 1'}}\n",
  "  filed: {type: select, options: {query: from 'data/codes.csv'}}\n  plain: {options: [a, b]}\n---\n\n",
  fence(
    'sql id=made name=airports',
    "from (values ('SEA', 'Seattle'), ('JFK', 'New York'), (null, 'x')) v(code, city)",
  ),
  fence('sql id=used', 'select $airport as a, len($many) as n, $said as s'),
].join('');
const workspace = makeWorkspace({
  'gondola.json': '{}',
  'data/codes.csv': 'code,n\na,1\n',
  'asked.nb.md': NOTEBOOK,
  'chosen.nb.md': CHOSEN,
});

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

it('the same run with other values is in the history of its paragraph, with its values, for whose it is', async () => {
  const [ana, ben] = askers;
  const history = async (token: string | undefined) => {
    const { status, body } = await server.call(
      'GET',
      `notebooks/${id}/runs?paragraph=sum&values=true`,
      undefined,
      by(token),
    );
    expect(status).toBe(200);
    return (body as { items: (Ran & { forms: object; own?: true; gone?: true })[] }).items;
  };
  for (const least of [30, 40]) await ask(ana, { paragraphs: ['sum'], forms: { least } });
  const hers = await history(ana);
  expect(hers.slice(0, 2).map(({ forms, own, gone }) => ({ forms, own, gone }))).toEqual(
    [40, 30].map((least) => ({ forms: { least }, own: true, gone: undefined })),
  );
  // The team's run stands among them, and each is still what it was.
  expect(hers.at(-1)).toMatchObject({ forms: { least: 10 } });
  expect(hers.at(-1)?.own).toBeUndefined();
  const rows = async (run: Ran | undefined) => (await shown(ana, run?.id)).rows;
  expect([await rows(hers[0]), await rows(hers[1])]).toEqual([[{ n: 60, least: 40 }], [{ n: 70, least: 30 }]]);
  // Nobody else's are among them, and no run of hers among theirs.
  const theirs = new Set(hers.filter(({ own }) => own).map((run) => run.id));
  for (const token of [undefined, ben]) expect((await history(token)).filter((run) => theirs.has(run.id))).toEqual([]);
  const notDependent = await server.call('GET', `notebooks/${id}/runs?paragraph=all&values=true`, undefined, by(ana));
  expect((notDependent.body as { items: { forms: object }[] }).items[0]?.forms).toEqual({});
  // Once the session has ended its values are there, and what it showed is not.
  expect((await server.call('DELETE', `notebooks/${id}/session`, undefined, by(ana))).status).toBe(204);
  const after = await history(ana);
  expect(after.slice(0, 2).map(({ id: run, forms, gone }) => [run, forms, gone])).toEqual(
    [40, 30].map((least, index) => [hers[index]?.id, { least }, true]),
  );
  expect((await shown(ana, after[0]?.id)).rows).toBeUndefined();
  expect((await history(ben)).filter((run) => theirs.has(run.id))).toEqual([]);
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
  const run = async (forms: object, token = ana) => {
    const asked = { paragraphs: ['used'], forms };
    const { status, body } = await server.call('POST', `notebooks/${chosen}/runs?wait=100`, asked, by(token));
    return { status, code: (body as { error?: { code: string } }).error?.code, runs: (body as { runs?: Ran[] }).runs };
  };
  // What is chosen is among the rows, also behind the first thousand.
  const ran = await run({ airport: 'JFK', many: [1, 3, 1999], said: '1500' });
  expect((await shown(ana, ran.runs?.[0]?.id)).rows).toEqual([{ a: 'JFK', n: 3, s: '1500' }]);
  const others = [{ airport: "JFK' or true" }, { many: [3, 2000] }, { said: '1500.0' }];
  for (const [index, forms] of others.entries()) {
    const refused = await run(forms, askers[index % askers.length]);
    expect([refused.status, refused.code], JSON.stringify(forms)).toEqual([400, 'form-option']);
  }
  // Where its rows can't be read nothing is let through; nothing and the notebook's own always are.
  expect(await run({ bad: 'x' })).toMatchObject({ status: 422, code: 'options-failed' });
  expect((await run({ airport: null, many: [1] })).status).toBe(202);
  expect((await run({ many: [] })).status).toBe(202);
  // A row that came since the page asked: the answer that is kept lacks it.
  expect((await options('filed')).items).toEqual([{ value: 'a', label: '1' }]);
  expect((await run({ filed: 'b' })).status).toBe(400);
  writeFileSync(join(workspace.path, 'data', 'codes.csv'), 'code,n\na,1\nb,2\n');
  await expect.poll(async () => (await run({ filed: 'b' })).status, { timeout: 20_000 }).toBe(202);
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
