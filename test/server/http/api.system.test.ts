/** The API of a whole server over a temporary folder: real stores, a real engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../../server/app.ts';
import { readConfig } from '../../../server/config.ts';
import { makeWorkspace, root } from '../../support/server.ts';

const TOKEN = 'a-token-of-this-test';
const NOTEBOOK = `# Delays

\`\`\`sql name=flights
select i as flight, i % 7 as day, (i::decimal(18, 3) * 0.5)::decimal(18, 3) as delay from range(20000) t(i)
\`\`\`

\`\`\`sql name=late
select day, count(*) as n, sum(delay) as total from flights where delay > 2000 group by day order by day
\`\`\`

\`\`\`sql id=broken
select * from lat
\`\`\`

\`\`\`sql
select 'never reached'
\`\`\`
`;

let server: RunningServer;
let workspace: ReturnType<typeof makeWorkspace>;
let origin: string;

const start = async (): Promise<void> => {
  const config = readConfig(workspace.path, { port: '0', log: 'silent' }, { GONDOLA_TOKEN: TOKEN });
  server = await startServer(config, root);
  origin = new URL(server.address).origin;
};

beforeAll(async () => {
  workspace = makeWorkspace({ 'a/delays.nb.md': NOTEBOOK, 'a/data/small.csv': 'x,y\n1,one\n2,two\n' });
  await start();
});
afterAll(async () => {
  await server.close();
  workspace.remove();
});

type Body = Record<string, never>;
async function call(method: string, path: string, options: { body?: BodyInit; headers?: Record<string, string> } = {}) {
  const response = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, ...options.headers },
    ...(options.body === undefined ? {} : { body: options.body, duplex: 'half' }),
  } as RequestInit);
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, text, body: (json ? JSON.parse(text) : {}) as Body };
}
const json = (body: unknown) => ({ body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });

const idOf = async (path: string): Promise<string> => {
  const { body } = await call('GET', '/notebooks');
  return (body.items as unknown as { id: string; path: string }[]).find((item) => item.path === path)?.id ?? '';
};

type RunBody = { id: string; state: string; reason?: string; outputs: Record<string, unknown>[] };
const run = async (id: string): Promise<RunBody> => (await call('GET', `/runs/${id}`)).body as unknown as RunBody;

async function runAll(notebook: string, body: object = {}): Promise<RunBody[]> {
  const asked = await call('POST', `/notebooks/${notebook}/runs?wait=60`, json(body));
  expect(asked.status).toBe(202);
  const { runs } = asked.body as unknown as { runs: { id: string }[] };
  return Promise.all(runs.map(({ id }) => run(id)));
}

describe('a notebook by the API', () => {
  it('runs in order, stops after a failure, and says why', async () => {
    const id = await idOf('a/delays.nb.md');
    const runs = await runAll(id);
    expect(runs.map(({ state, reason }) => [state, reason])).toEqual([
      ['done', undefined],
      ['done', undefined],
      ['failed', undefined],
      ['cancelled', 'after-failure'],
    ]);
    expect(runs[0]?.outputs).toMatchObject([{ kind: 'table', name: 'flights', rows: 20_000 }]);
    expect(runs[1]?.outputs).toMatchObject([{ kind: 'table', name: 'late', rows: 7 }]);
    expect(runs[2]?.outputs).toMatchObject([
      { kind: 'error', code: 'unknown-table', line: 1, hint: expect.any(String) },
    ]);
  });

  it('gives the rows of a large result by windows, sorted, and as a whole', async () => {
    const id = await idOf('a/delays.nb.md');
    const { body } = await call('GET', `/notebooks/${id}`);
    const [, first] = body.paragraphs as unknown as { run: { id: string } }[];
    const { outputs } = await run(first?.run.id ?? '');
    const result = outputs[0]?.result as string;
    const window = await call('GET', `/results/${result}/rows?offset=19998&limit=5&sort=-flight`);
    expect(window.body).toEqual([
      { flight: 1, day: 1, delay: '0.500' },
      { flight: 0, day: 0, delay: '0.000' },
    ]);
    const csv = await call('GET', `/results/${result}/rows?format=csv`);
    expect(csv.text.trimEnd().split('\n').length).toBe(20_001);
    expect((await call('GET', `/results/${result}`)).body).toMatchObject({ rows: 20_000, state: 'kept' });
    expect((await call('GET', `/results/${result}/rows?sort=nope`)).status).toBe(400);
  });

  it('lists its tables and files', async () => {
    const id = await idOf('a/delays.nb.md');
    const { body } = await call('GET', `/notebooks/${id}/tables`);
    const tables = body.items as unknown as { name: string; source: string }[];
    expect(tables.map(({ name, source }) => [name, source])).toEqual(
      expect.arrayContaining([
        ['flights', 'named'],
        ['late', 'named'],
      ]),
    );
    expect(tables.some(({ name, source }) => source === 'file' && name.endsWith('small.csv'))).toBe(true);
  });

  it('shows what runs now and stops it', async () => {
    const made = await call(
      'POST',
      '/notebooks',
      json({ title: 'Slow', text: '```sql id=slow\nselect count(*) from range(1000000000000)\n```\n' }),
    );
    expect(made.status).toBe(201);
    const id = (made.body as unknown as { id: string }).id;
    const asked = await call('POST', `/notebooks/${id}/runs`, json({}));
    const [only] = (asked.body as unknown as { runs: { id: string }[] }).runs;
    await expect.poll(async () => (await run(only?.id ?? '')).state, { timeout: 20_000 }).toBe('running');
    const { body } = await call('GET', '/workspace');
    expect(body.running).toEqual([{ notebook: id, title: 'Slow', running: true, queued: 0 }]);
    await call('DELETE', `/runs/${only?.id}`);
    await expect.poll(async () => (await run(only?.id ?? '')).state, { timeout: 20_000 }).toBe('cancelled');
    expect((await call('DELETE', `/notebooks/${id}`)).status).toBe(204);
    expect((await call('GET', `/notebooks/${id}`)).status).toBe(404);
    expect((await call('GET', `/runs/${only?.id}`)).status).toBe(404);
  });

  it('takes a changed text by its tag, keeps what another wrote meanwhile, and refuses an unknown one', async () => {
    const id = await idOf('a/delays.nb.md');
    const mine = await call('GET', `/notebooks/${id}/text`);
    const theirs = await call('GET', `/notebooks/${id}/text`);
    const put = (text: string, tag: string | null) =>
      call('PUT', `/notebooks/${id}/text`, {
        body: text,
        headers: { 'content-type': 'text/markdown', ...(tag ? { 'if-match': tag } : {}) },
      });
    const tag = mine.headers.get('etag');
    expect((await put(`${mine.text}\nThe end.\n`, tag)).status).toBe(204);
    expect((await put(theirs.text.replace('# Delays', '# Delays of flights'), tag)).status).toBe(204);
    const now = await call('GET', `/notebooks/${id}/text`);
    expect(now.text).toContain('# Delays of flights');
    expect(now.text).toContain('The end.');
    expect((await put('x', '"unknown"')).status).toBe(412);
    expect((await put('x', null)).status).toBe(428);
  });

  it('stores files as they stream, and numbers a taken name', async () => {
    const stream = (): ReadableStream<Uint8Array> => {
      let left = 50;
      return new ReadableStream({
        pull(controller) {
          left -= 1;
          if (left < 0) controller.close();
          else controller.enqueue(new TextEncoder().encode('1,2\n'.repeat(10_000)));
        },
      });
    };
    const upload = (method: string) =>
      call(method, '/files/a/data/big.csv', { body: stream(), headers: { 'content-type': 'text/csv' } });
    expect((await upload('PUT')).body).toMatchObject({ path: 'a/data/big.csv', bytes: 2_000_000 });
    expect((await upload('POST')).body).toMatchObject({ path: 'a/data/big-2.csv' });
    const part = await call('GET', '/files/a/data/big.csv', { headers: { range: 'bytes=4-7' } });
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, '1,2\n', 'bytes 4-7/2000000']);
    expect((await call('GET', '/files/a/delays.nb.md')).status).toBe(400);
    expect((await call('GET', '/files/.gondola/token')).status).toBe(400);
    expect((await call('DELETE', '/files/a/data/big-2.csv')).status).toBe(204);
  });

  it('restarts its session, and names stay unless cleared', async () => {
    const id = await idOf('a/delays.nb.md');
    const named = async () => {
      const { body } = await call('GET', `/notebooks/${id}/tables`);
      return (body.items as unknown as { name: string; source: string }[])
        .filter(({ source }) => source === 'named')
        .map(({ name }) => name);
    };
    expect((await call('DELETE', `/notebooks/${id}/session`)).status).toBe(204);
    expect(await named()).toEqual(expect.arrayContaining(['flights', 'late']));
    expect((await call('DELETE', `/notebooks/${id}/session?clear=true`)).status).toBe(204);
    expect(await named()).toEqual([]);
  });

  it('shows the same after the server was started again', async () => {
    const id = await idOf('a/delays.nb.md');
    await runAll(id, { paragraphs: ['broken'] });
    const before = (await call('GET', `/notebooks/${id}/runs`)).body;
    const text = (await call('GET', `/notebooks/${id}/text`)).text;
    await server.close();
    await start();
    expect((await call('GET', `/notebooks/${id}/runs`)).body).toEqual(before);
    expect((await call('GET', `/notebooks/${id}/text`)).text).toBe(text);
  });

  it('says in the list how its last run came out, before it is opened', async () => {
    await server.close();
    await start();
    await expect
      .poll(async () => (await call('GET', '/notebooks?query=Delays')).body.items)
      .toMatchObject([{ run: { state: 'failed', by: 'API' } }]);
  });

  it('moves, and keeps its id and runs', async () => {
    const id = await idOf('a/delays.nb.md');
    expect((await call('PATCH', `/notebooks/${id}`, json({ path: 'b/moved.nb.md' }))).status).toBe(200);
    expect(await idOf('b/moved.nb.md')).toBe(id);
    expect((await call('PATCH', `/notebooks/${id}`, json({ path: '../outside.nb.md' }))).status).toBe(400);
    expect((await call('GET', `/notebooks/${id}/runs?limit=1`)).body.next).not.toBeNull();
  });
});
