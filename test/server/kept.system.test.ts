/**
 * Kept results in place of runs, with the real server and engine: whatever was edited, touched, or run with other values,
 * a result is offered only where a run gives the same rows.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';

/** What each paragraph may say. Only some of it can be known. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  one: ['select range as n from range(5)', 'select range + 1 as n from range(5)', 'select random() as n'],
  file: ["select n from 'data/a.csv' order by n", "select n from 'data/*.csv' order by all"],
  form: ['select $k as n', 'select $k + 1 as n', 'select 7 as n'],
  sum: ['select sum(n) as n from one', 'select sum(n) + (select n from form) as n from one', 'from made'],
  made: ['create or replace table made as select 1 as n', 'create or replace table made as select 2 as n'],
  last: ['select n from sum union all from file order by n', 'from sum, form', 'select count(*) as n from file'],
};
const NAMED = new Set(['one', 'file', 'form', 'sum', 'last']);
const NAMES = Object.keys(TEXTS);
const textOf = (chosen: Readonly<Record<string, number>>): string =>
  `---\nforms:\n  k: {type: number, default: 1}\n---\n${NAMES.map((id) => {
    const name = NAMED.has(id) ? ` name=${id}` : '';
    return `\`\`\`sql id=${id}${name}\n${TEXTS[id]![chosen[id]!]}\n\`\`\`\n\n`;
  }).join('')}`;

const workspace = makeWorkspace({
  'kept.nb.md': textOf(Object.fromEntries(NAMES.map((id) => [id, 0]))),
  'data/a.csv': 'n\n1\n2\n',
  'data/b.csv': 'n\n3\n4\n',
});
let server: ServerProcess;
let id: string;
beforeAll(async () => {
  server = await startServer(workspace.path);
  const { items } = (await server.call('GET', 'notebooks')).body as { items: { id: string }[] };
  id = items[0]!.id;
}, 60_000);
afterAll(async () => {
  await server?.stop();
  workspace.remove();
});

type Forms = { readonly k?: number };
type Offer = { readonly paragraph: string; readonly run: string; readonly at: number; readonly by: { name: string } };
type Shown = {
  readonly id: string;
  readonly state: string;
  readonly from?: { readonly run: string };
  readonly cost?: { readonly cpuMs: number };
  readonly outputs: readonly { readonly kind: string; readonly result?: string; readonly code?: string }[];
};

async function call<T>(method: string, path: string, body?: unknown, status = 200): Promise<T> {
  const answer = await server.call(method, path, body);
  expect([path, answer.status], JSON.stringify(answer.body)).toEqual([path, status]);
  return answer.body as T;
}

const offered = async (paragraphs: readonly string[], forms: Forms = {}): Promise<readonly Offer[]> =>
  (await call<{ items: Offer[] }>('POST', `notebooks/${id}/kept`, { paragraphs, forms })).items;

async function run(paragraphs: readonly string[], forms: Forms = {}, use: readonly string[] = []): Promise<Shown> {
  const body = { paragraphs, forms, ...(use.length > 0 ? { use } : {}) };
  const { runs } = await call<{ runs: { id: string; paragraph: string }[] }>(
    ...(['POST', `notebooks/${id}/runs?wait=100`, body, 202] as const),
  );
  return call('GET', `runs/${runs.find(({ paragraph }) => paragraph === paragraphs[0])!.id}`);
}

async function rowsOf({ outputs }: Shown): Promise<unknown> {
  const result = outputs.find(({ kind }) => kind === 'table')?.result;
  return result === undefined ? outputs : call('GET', `results/${result}/rows`);
}

async function write(chosen: Readonly<Record<string, number>>): Promise<void> {
  const headers = { 'if-match': '*', 'content-type': 'text/markdown' };
  const { status, body } = await server.call('PUT', `notebooks/${id}/text`, textOf(chosen), headers);
  expect(status, JSON.stringify(body)).toBeLessThan(300);
}

it('is what a run gives, whenever it is offered', async () => {
  const seed = Number(process.env.SEED ?? 1);
  let state = seed;
  const below = (count: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const chosen: Record<string, number> = Object.fromEntries(NAMES.map((name) => [name, 0]));
  await run(NAMES);
  let compared = 0;
  for (let step = 0; step < 24; step += 1) {
    const forms: Forms = below(3) === 0 ? { k: 1 + below(2) } : {};
    const name = pick(NAMES);
    if (below(8) === 0)
      writeFileSync(join(workspace.path, 'data', pick(['a.csv', 'b.csv'])), `n\n${below(9)}\n${below(9)}\n`);
    else if (below(20) === 0) rmSync(join(workspace.path, 'data', 'b.csv'), { force: true });
    if (below(2) === 0) {
      chosen[name] = below(TEXTS[name]!.length);
      await write(chosen);
    }
    const [offer] = await offered(
      NAMES.toSorted(() => below(3) - 1),
      forms,
    );
    if (offer) {
      const kept = await rowsOf(await call('GET', `runs/${offer.run}`));
      const ran = await run([offer.paragraph], forms);
      const told = `seed ${seed}, step ${step}: ${offer.paragraph} with ${JSON.stringify(chosen)} and ${JSON.stringify(forms)}`;
      expect([told, ran.state, ran.from]).toEqual([told, 'done', undefined]);
      expect([told, await rowsOf(ran)]).toEqual([told, kept]);
      compared += 1;
    }
    await run([name], forms);
  }
  expect(compared).toBeGreaterThan(6);
}, 120_000);

it('is used in place of a run, by whoever runs, after a restart too; what follows stands on it', async () => {
  const chosen = Object.fromEntries(NAMES.map((name) => [name, 0]));
  await write(chosen);
  const first = await run(['one']);
  await run(['sum']);
  await write({ ...chosen, one: 1 });
  await run(['one']);
  await write(chosen);
  await server.stop();
  server = await startServer(workspace.path);
  const [offer] = await vi.waitFor(
    async () => {
      const found = await offered(['one']);
      expect(found).toHaveLength(1);
      return found;
    },
    { timeout: 30_000, interval: 100 },
  );
  expect(await rowsOf(await call('GET', `runs/${offer!.run}`))).toEqual(await rowsOf(first));
  const used = await run(['one'], {}, ['one']);
  expect(used).toMatchObject({ state: 'done', from: { run: offer!.run }, cost: { cpuMs: 0 } });
  // Its table is there, and what was made of it is known again.
  expect(await rowsOf(await run(['sum']))).toEqual([{ n: 10 }]);
  expect(await offered(['sum'])).toHaveLength(1);
  const { steps } = await call<{ steps: { paragraph: string; kept?: object }[] }>('POST', `notebooks/${id}/plan`, {
    paragraphs: ['sum'],
  });
  expect(steps.find(({ paragraph }) => paragraph === 'sum')?.kept).toMatchObject({ by: { name: expect.any(String) } });
});

it('is refused when it is no more, and nothing runs', async () => {
  const before = await call<{ items: unknown[] }>('GET', `notebooks/${id}/runs?paragraph=made`);
  const refused = await server.call('POST', `notebooks/${id}/runs`, { paragraphs: ['made'], use: ['made'] });
  expect([refused.status, (refused.body as { error: { code: string } }).error.code]).toEqual([409, 'kept-result-gone']);
  expect(await call('GET', `notebooks/${id}/runs?paragraph=made`)).toEqual(before);
});

it('is a visitor’s own: what ran in their session is offered there alone, with the values that it ran with', async () => {
  await write(Object.fromEntries(NAMES.map((name) => [name, 0])));
  await run(['form'], { k: 5 });
  await run(['form'], { k: 6 });
  const [five] = await offered(['form'], { k: 5 });
  expect(await rowsOf(await call('GET', `runs/${five!.run}`))).toEqual([{ n: 5 }]);
  expect(await offered(['form'], { k: 9 })).toEqual([]);
  // What runs there took is counted too.
  expect((await call<Shown>('GET', `runs/${five!.run}`)).cost).toMatchObject({ cpuMs: expect.any(Number) });
  const used = await run(['form'], { k: 5 }, ['form']);
  expect(used).toMatchObject({ state: 'done', from: { run: five!.run } });
  const own = await offered(['form']);
  expect(own.map((offer) => offer.run)).not.toContain(five!.run);
});
