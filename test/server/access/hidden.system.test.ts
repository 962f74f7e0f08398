/**
 * What is hidden is in no byte: the real server is asked everything that its OpenAPI document names, with what there is to
 * name, each of its pages, and its socket, by whoever holds a link, by a frame and by a reader. Marks stand in all that
 * they may not learn; the owner finds each of them by the same calls, and they find none, headers included.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { controlFrame } from '../../../server/protocol/frames.ts';
import { notebookAt } from '../../support/page.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../../support/server.ts';

/** What a link that hides code, and shows some paragraphs, hides. */
const FROM_LINKS = [
  'markComment',
  'markSource',
  'markNamed',
  'markWarned',
  'markFailed',
  'markUnseen',
  'markProse',
  'markEarlier',
  'markMember',
  'markVersion',
  'markConnection',
  'markFilter',
  'markFile',
  'markDate',
];
/** And what from whoever is below writer: rows behind a chart, columns that it does not draw, other notebooks. */
const FROM_READERS = ['markRow', 'markColumn', 'markOther', 'markFile', '1.23456789', '987.654321'];

const fence = (head: string, ...lines: string[]): string => [`\`\`\`${head}`, ...lines, '```', ''].join('\n');
const TEXT = [
  // No chart has an axis of time that covers it.
  '---\nannotations:\n  2024-01-01: markDate\n---\n\n# What we show\n',
  fence('sql id=table name=markNamed', '-- markComment', "select 'seen' as label, 1 as n"),
  // Its source, which readers see, says nothing of what it reads.
  fence('sql id=plot', "select * from 'data/rows.csv'"),
  '<!-- gondola {"chart":{"mark":"bar","show":"chart","x":{"column":"hour"},"y":{"aggregate":"sum","column":"delay"}}} -->\n',
  // Points say columns of their rows to whoever may read these, and boxes the values far out.
  fence('sql id=points', "select * from 'data/points.csv'"),
  '<!-- gondola {"chart":{"mark":"point","show":"chart","tooltip":["tip"],"x":{"column":"lon"},"y":{"aggregate":"none","column":"lat"}}} -->\n',
  fence('sql id=spread', "select * from 'data/points.csv'"),
  '<!-- gondola {"chart":{"mark":"box","show":"chart","y":{"column":"lat"}}} -->\n',
  // A pivot gives its figures away, and not what it was filtered by.
  fence('sql id=pivoted', "select * from 'data/rows.csv'"),
  '<!-- gondola {"chart":{"show":"pivot","pivot":{"rows":[{"column":"hour"}],"values":[{"column":"delay","aggregate":"sum"}],"filters":[{"column":"hour","is":"among","values":["0","1","2","markFilter"]}]}}} -->\n',
  fence('sh id=loud', 'echo markWarned >&2; echo said'),
  fence('sql id=broken', 'select "markFailed" from markSource'),
  fence('sql id=unseen name=markUnseen', "select 'markUnseen' as x"),
  fence('sql id=far name=far connection=markConnection', 'select 1'),
  '<!-- paragraph id=apart -->\nmarkProse\n',
].join('\n');
const SHOWN = ['table', 'plot', 'points', 'spread', 'pivoted', 'loud', 'broken'];

const workspace = makeWorkspace({
  'team/shown.nb.md': TEXT,
  'team/data/markFile.csv': 'markFile\n',
  'team/data/rows.csv': 'hour,delay,markColumn\n0,1,markRow\n1,2,markRow\n2,3,markRow\n',
  'team/data/points.csv': `lon,lat,tip\n${[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `${n},${n},markRow`).join('\n')}\n1.23456789,987.654321,markRow\n`,
  'other.nb.md': '# markOther\n\n```sql id=aa\nselect 1\n```\n',
});
let server: ServerProcess;
let notebook: string;
const known = { run: [] as string[], result: [] as string[], version: [] as string[], link: [] as string[] };

type Viewer = {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly hidden: readonly string[];
};
let owner: Viewer;
let viewers: readonly Viewer[];

async function account(name: string, role: string): Promise<void> {
  const args = ['user', 'add', name, '--role', role, '--password-stdin', '--workspace', workspace.path];
  const child = spawn(process.execPath, [join(root, 'server', 'gondola.js'), ...args]);
  child.stdin.end('long enough\n');
  expect((await once(child, 'close'))[0]).toBe(0);
}

const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');

async function signIn(name: string): Promise<string> {
  const response = await fetch(`${server.origin}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: server.origin },
    body: new URLSearchParams({ name, password: 'long enough', to: '/' }),
  });
  expect(response.status).toBe(303);
  return cookiesOf(response);
}

/** What somebody with a link runs themselves, and by what it is known. */
async function runOwn(headers: Readonly<Record<string, string>>): Promise<void> {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${server.origin}/api/v1/${path}`, {
      method,
      headers: { ...headers, origin: server.origin, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    expect([path, response.status < 300]).toEqual([path, true]);
    return response.json();
  };
  for (const paragraph of SHOWN) await ask('POST', `notebooks/${notebook}/runs?wait=60`, { paragraphs: [paragraph] });
  type Told = { paragraphs: { run: { id: string; outputs: { result?: string }[] }; own?: true }[] };
  const { paragraphs } = (await ask('GET', `notebooks/${notebook}/published`)) as Told;
  expect(paragraphs.map(({ own }) => own)).toEqual(SHOWN.map(() => true));
  for (const { run } of paragraphs) {
    known.run.push(run.id);
    for (const { result } of run.outputs) if (result !== undefined) known.result.push(result);
  }
}

const mine = async (method: string, path: string, body?: unknown, headers = {}) => {
  const { status, body: told } = await server.call(method, path, body, headers);
  expect([method, path, status < 300]).toEqual([method, path, true]);
  return told as Record<string, never> & { items: { id: string; name: string }[]; url: string; id: string };
};

beforeAll(async () => {
  server = await startServer(workspace.path);
  notebook = await notebookAt(server, 'team/shown.nb.md');
  await account('markMember', 'writer');
  await account('rea', 'reader');
  const { items } = await mine('GET', 'people');
  const grants = items.map(({ id, name }) => ({
    subject: { kind: 'person', person: id },
    role: name === 'rea' ? 'reader' : 'owner',
  }));
  await mine('PUT', `notebooks/${notebook}/access`, { grants }, { 'if-match': '*' });
  const member = { cookie: await signIn('markMember'), origin: server.origin, 'content-type': 'application/json' };
  const asMember = (path: string, body: object) =>
    fetch(`${server.origin}/api/v1/${path}`, { method: 'POST', headers: member, body: JSON.stringify(body) });
  // A run whose output is not shown any more, then all as it stands.
  const { etag } = Object.fromEntries((await server.call('GET', `notebooks/${notebook}/text`)).headers);
  const markdown = { 'content-type': 'text/markdown' };
  const earlier = TEXT.replace("'seen' as label", "'markEarlier' as label");
  await mine('PUT', `notebooks/${notebook}/text`, earlier, { ...markdown, 'if-match': etag });
  expect((await asMember(`notebooks/${notebook}/runs?wait=60`, { paragraphs: ['table'] })).status).toBe(202);
  expect((await asMember(`notebooks/${notebook}/versions`, { name: 'markVersion' })).status).toBeLessThan(300);
  await mine('PUT', `notebooks/${notebook}/text`, TEXT, { ...markdown, 'if-match': '*' });
  for (const paragraph of [...SHOWN, 'unseen', 'far'])
    expect((await asMember(`notebooks/${notebook}/runs?wait=60`, { paragraphs: [paragraph] })).status).toBe(202);

  known.run = (await mine('GET', `notebooks/${notebook}/runs`)).items.map(({ id }) => id);
  for (const id of known.run)
    for (const output of (await mine('GET', `runs/${id}`)).outputs as unknown as { result?: string }[])
      if (output.result !== undefined) known.result.push(output.result);
  known.version = (await mine('GET', `notebooks/${notebook}/versions`)).items.map(({ id }) => id);
  const links = `notebooks/${notebook}/links`;
  const link = await mine('POST', links, { paragraphs: SHOWN });
  const opened = await fetch(`${server.origin}${link.url}`, { redirect: 'manual' });
  const runs = await mine('POST', links, { role: 'runner', paragraphs: SHOWN });
  const running = { cookie: cookiesOf(await fetch(`${server.origin}${runs.url}`, { redirect: 'manual' })) };
  await runOwn(running);
  const frame = (paragraph: string) =>
    mine('POST', links, { paragraphs: [paragraph], embed: { origins: ['https://a.example'] } });
  known.link = [link.id];
  owner = { name: 'the owner', headers: { authorization: `Bearer ${server.token}` }, hidden: [] };
  const hidden = [...new Set([...FROM_LINKS, ...FROM_READERS])];
  viewers = [
    { name: 'whoever has a link', headers: { cookie: cookiesOf(opened) }, hidden },
    { name: 'whoever has a link that runs', headers: running, hidden },
    { name: 'a reader', headers: { cookie: await signIn('rea') }, hidden: FROM_READERS },
    ...(await Promise.all(
      SHOWN.map(async (paragraph) => ({
        name: `a frame with ${paragraph}`,
        headers: { authorization: `Embed ${(await frame(paragraph)).url.slice(3)}` },
        hidden: [...hidden, 'What we show'],
      })),
    )),
  ];
  pages.push(link.url, (await frame('table')).url);
}, 120_000);
afterAll(async () => {
  await server?.stop();
  workspace.remove();
});

const pages: string[] = [
  '/',
  '/sign-in',
  '/healthz',
  '/readyz',
  '/metrics',
  '/nothing',
  '/offline.js',
  '/api/v1/nothing',
];

/** A question that may not be answered either: which rows there are. */
const PROBE = encodeURIComponent('[{"column":"markColumn","is":"equals","text":"markRow"}]');

type Asked = { readonly method: string; readonly path: string };

/** Every operation with everything that there is to put into its address. */
async function everything(): Promise<readonly Asked[]> {
  const { paths } = (await mine('GET', 'openapi.json')) as unknown as { paths: Record<string, Record<string, object>> };
  const files = ['team%2Fdata%2FmarkFile.csv'];
  const places = ['access', 'team%2Faccess'];
  const indexes = ['0', '1', '2'];
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
  expect(operations.length).toBeGreaterThan(35);
  return operations.flatMap(({ method, path }) => {
    const ids = path.includes('/runs/{id}') ? known.run : path.includes('/results/{id}') ? known.result : [notebook];
    const rest = path.includes('/files/') ? files : places;
    let all = [path];
    const put = (name: string, values: readonly string[]): void => {
      all = all.flatMap((one) => (one.includes(name) ? values.map((value) => one.replace(name, value)) : [one]));
    };
    put('{id}', ids);
    put('{index}', indexes);
    put('{version}', known.version);
    put('{link}', known.link);
    put('{path}', rest);
    if (method === 'GET' && path.endsWith('/rows'))
      all = all.flatMap((one) => ['json', 'csv', 'tsv', 'arrow', 'parquet'].map((format) => `${one}?format=${format}`));
    if (method === 'GET' && path.endsWith('/profile'))
      all = all.flatMap((one) => ['label', 'hour', 'markColumn'].map((column) => `${one}?column=${column}`));
    if (method === 'GET' && path.endsWith('/sums'))
      all = all.flatMap((one) => ['hour', 'markColumn'].map((name) => `${one}?columns=["${name}"]&to=3`));
    if (method === 'GET' && path.endsWith('/pivot'))
      all = all.flatMap((one) => [
        one,
        `${one}?filter=${PROBE}`,
        `${one}?spec=${encodeURIComponent('{"rows":[{"column":"markColumn"}],"values":[{"column":"hour","aggregate":"max"}]}')}`,
      ]);
    if (method === 'GET' && path.endsWith('/pivot/sql')) all = all.map((one) => `${one}?table=t`);
    if (method === 'GET' && path.endsWith('/progress'))
      all = all.flatMap((one) => [one, `${one}?search=markRow`, `${one}?filter=${PROBE}`]);
    if (method === 'GET' && path.endsWith('/notebooks'))
      all = [...all, ...[...FROM_LINKS, ...FROM_READERS].map((mark) => `${path}?query=${mark.slice(0, 6)}`)];
    if (method === 'GET' && path.endsWith('/chart'))
      all = all.flatMap((one) => [
        one,
        `${one}?filter=${PROBE}`,
        `${one}?search=markRow`,
        `${one}?spec=${encodeURIComponent('{"mark":"bar","x":{"column":"hour"},"y":{"column":"delay"},"range":[0,1]}')}`,
      ]);
    return all.map((one) => ({ method, path: one }));
  });
}

/** All that is said: status, headers, and the body as it is once it is unpacked. */
async function told({ method, path }: Asked, headers: Readonly<Record<string, string>>): Promise<string> {
  const response = await fetch(`${server.origin}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...headers,
      origin: server.origin,
      'accept-encoding': 'gzip, br',
      ...(method === 'GET' || method === 'DELETE' ? {} : { 'content-type': 'application/json', 'if-match': '*' }),
    },
    ...(method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }),
  });
  const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
  return `${response.status} ${JSON.stringify([...response.headers])} ${body}`;
}

const marksIn = (text: string, marks: readonly string[]): readonly string[] =>
  marks.filter((mark) => text.includes(mark));

describe('what is hidden', () => {
  it('the owner finds, each of it, by the same calls', async () => {
    const all = await everything();
    const found = new Set<string>();
    const marks = [...new Set([...FROM_LINKS, ...FROM_READERS])];
    for (const asked of all) {
      if (asked.method !== 'GET') continue;
      for (const mark of marksIn(await told(asked, owner.headers), marks)) found.add(mark);
    }
    // The name of the data file is no part of a notebook's answers but of its tables, and of the file itself.
    expect([...marks].filter((mark) => !found.has(mark))).toEqual([]);
  }, 60_000);

  it('is in no byte that a link’s holder, a frame or a reader is told by any call or page', async () => {
    const all = [...(await everything()), ...pages.map((path) => ({ method: 'GET', path }))];
    let answered = 0;
    for (const viewer of viewers) {
      for (const asked of all) {
        // Whoever names a mark in a question is told it again.
        const marks = viewer.hidden.filter((mark) => !asked.path.includes(mark));
        const text = await told(asked, viewer.headers);
        expect([viewer.name, asked, marksIn(text, marks)]).toEqual([viewer.name, asked, []]);
        if (text.startsWith('200')) answered += 1;
      }
    }
    expect(answered).toBeGreaterThan(viewers.length * 5);
  }, 120_000);

  it('is no answer to a question either: who gets no rows gets no profile, sum or filter, and the same chart whatever they filter', async () => {
    let withheld = 0;
    for (const viewer of viewers) {
      const ask = async (id: string, what: string): Promise<readonly [number, string]> => {
        const response = await fetch(`${server.origin}/api/v1/results/${id}/${what}`, { headers: viewer.headers });
        const { status } = response;
        return [status, (await response.text()).replace(/"request":"[^"]*"/, '')];
      };
      for (const id of known.result) {
        const chart = await ask(id, 'chart');
        if ((await ask(id, 'rows?limit=1'))[0] === 200 || chart[0] !== 200) continue;
        withheld += 1;
        for (const column of ['hour', 'nothing']) {
          for (const what of [`profile?column=${column}`, `sums?columns=["${column}"]&to=3`, `progress?sort=${column}`])
            expect([viewer.name, what, (await ask(id, what))[0]]).toEqual([viewer.name, what, 404]);
        }
        for (const what of [`rows?filter=${PROBE}`, `progress?filter=${PROBE}`, 'progress?search=markRow'])
          expect([viewer.name, what, (await ask(id, what))[0]]).toEqual([viewer.name, what, 404]);
        const probes = [PROBE, encodeURIComponent('[{"column":"hour","is":"range","from":"1"}]'), 'nonsense'];
        for (const filter of probes) expect(await ask(id, `chart?filter=${filter}&search=x`)).toEqual(chart);
      }
    }
    expect(withheld).toBeGreaterThan(2);
  }, 60_000);

  it('is in no byte of the socket, which is for members: rows behind a chart do not go to a reader', async () => {
    for (const viewer of viewers) {
      const bytes: Buffer[] = [];
      const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/api/v1/notebooks/${notebook}/live`, {
        headers: { ...viewer.headers, origin: server.origin },
      });
      const refused = once(socket, 'unexpected-response').then(async ([, response]) => {
        for await (const chunk of response) bytes.push(chunk);
        return 'refused';
      });
      const opened = once(socket, 'open').then(() => 'open');
      socket.on('error', () => {});
      socket.on('message', (data: Buffer) => bytes.push(data));
      const outcome = await Promise.race([opened, refused]);
      expect([viewer.name, outcome]).toEqual([viewer.name, viewer.name === 'a reader' ? 'open' : 'refused']);
      const text = (): string => Buffer.concat(bytes).toString('latin1');
      if (outcome === 'open') {
        socket.send(controlFrame({ type: 'hello', protocol: 1, person: { id: 'x', name: 'x' }, client: 7 }));
        await expect.poll(text, { timeout: 20_000 }).toContain('"delay"');
      }
      expect([viewer.name, marksIn(text(), viewer.hidden)]).toEqual([viewer.name, []]);
      socket.terminate();
    }
  });
});
