/**
 * Runners with the real server, engine and sandbox: each runs what is written in a session of their own, and nobody else,
 * writers included, gets any of it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { controlFrame, readFrame } from '../../../server/protocol/frames.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../../support/server.ts';

/** Seconds that no other test sleeps. */
const SLEEP = 6173;
const PATIENCE = { timeout: 30_000, interval: 50 };

const fence = (info: string, text: string): string => `\`\`\`${info}\n${text}\n\`\`\`\n\n`;
const NOTEBOOK = [
  '# Visited\n\n',
  fence('sql id=big name=big', 'select range as i, hash(range) as h from range(30000)'),
  fence('sql id=small name=small', 'select 42 as x, random() as r'),
  fence('sql id=makes', 'create or replace table made as select 7 as y'),
  fence('sql id=uses', 'select y from made'),
  fence('sql id=reads name=sums', 'select count(*) as n, any_value(x) as x from big, small'),
  fence('sql id=charted', 'select range as secret, range % 3 as part from range(9)'),
  '<!-- gondola {"chart":{"show":"chart","mark":"bar","x":{"column":"part"},"y":{"aggregate":"count"}}} -->\n\n',
  fence('shell id=looks', 'ls /named /results; cat data/facts.csv; cat data/visited/theirs.txt'),
  fence('shell id=writes', 'echo mine > data/visited/mine.txt'),
  fence('shell id=keeps', 'echo own > kept.txt; cat kept.txt'),
  fence('shell id=sleeps', `echo begun; sleep ${SLEEP}`),
].join('');

const workspace = makeWorkspace({
  'visited.nb.md': NOTEBOOK,
  'data/facts.csv': 'a\n1\n',
  'data/visited/theirs.txt': 'theirs\n',
});
let server: ServerProcess;
let id: string;
let runners: readonly string[] = [];

async function gondola(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'server', 'gondola.js'), ...args]);
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (out += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`exit ${code}: ${out}`);
  return out.trim();
}

const token = (name: string): Promise<string> =>
  gondola('token', 'create', name, '--role', 'runner', '--workspace', workspace.path);

const by = (token: string) => ({ authorization: `Bearer ${token}` });
const call = (token: string | undefined, method: string, path: string, body?: unknown, headers = {}) =>
  server.call(method, path, body, { ...headers, ...(token === undefined ? {} : by(token)) });

type Asked = { readonly runs: readonly { readonly id: string; readonly paragraph: string; readonly state: string }[] };
type Shown = { readonly id: string; readonly state: string; readonly outputs: readonly Record<string, unknown>[] };

/** Runs and waits; what came of each, as its asker sees it. */
async function run(token: string | undefined, ...paragraphs: string[]): Promise<readonly Shown[]> {
  const asked = await call(token, 'POST', `notebooks/${id}/runs?wait=60`, paragraphs.length > 0 ? { paragraphs } : {});
  expect(asked.status, JSON.stringify(asked.body)).toBe(202);
  const shown: Shown[] = [];
  for (const one of (asked.body as Asked).runs) shown.push((await call(token, 'GET', `runs/${one.id}`)).body as Shown);
  return shown;
}

const rowsOf = async (token: string | undefined, shown: Shown | undefined): Promise<unknown> => {
  const table = shown?.outputs.find(({ kind }) => kind === 'table');
  return (await call(token, 'GET', `results/${table?.result}/rows?limit=10`)).body;
};

type Page = {
  readonly frames: Uint8Array[];
  heard(): Record<string, unknown>[];
  send(message: object): void;
  close(): void;
};

async function open(token: string): Promise<Page> {
  const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/api/v1/notebooks/${id}/live`, {
    headers: { ...by(token) },
  });
  const frames: Uint8Array[] = [];
  socket.on('message', (data: Buffer) => void frames.push(Uint8Array.from(data)));
  await once(socket, 'open');
  socket.on('error', () => undefined);
  socket.send(controlFrame({ type: 'hello', protocol: 1, person: { id: 'someone', name: 'Some One' }, client: 5 }));
  const heard = (): Record<string, unknown>[] =>
    frames.flatMap((frame) => {
      const read = readFrame(frame);
      return read?.kind === 'control' ? [read.message as Record<string, unknown>] : [];
    });
  await expect.poll(() => heard().some(({ type }) => type === 'session'), PATIENCE).toBe(true);
  return {
    frames,
    heard,
    send: (message) => socket.send(controlFrame(message as never)),
    close: () => socket.terminate(),
  };
}

/** Who is here, what is saved, and how much memory the writers' own idle engine has. */
function isOfNoRun(bytes: Uint8Array): boolean {
  const frame = readFrame(bytes);
  if (frame?.kind !== 'control') return frame?.kind === 'acknowledge' || frame?.kind === 'awareness';
  const { type, session } = frame.message as { type: string; session?: { state: string } };
  return type === 'session' && session?.state === 'idle';
}

const textOf = (shown: Shown | undefined): string =>
  (shown?.outputs ?? []).map((output) => String(output.text ?? output.message ?? '')).join('');

const visitorFolders = (): readonly string[] => {
  const folder = join(workspace.path, '.gondola', 'notebooks', id, 'visitors');
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** Processes of the machine whose command names this. */
const sleepers = (): number =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').join(' ').trim() === `sleep ${SLEEP}`;
      } catch {
        return false;
      }
    }).length;

beforeAll(async () => {
  server = await startServer(workspace.path);
  const { items } = (await server.call('GET', 'notebooks')).body as { items: { id: string }[] };
  id = items[0]!.id;
  const tokens: string[] = [];
  for (const name of ['one', 'two', 'three']) tokens.push(await token(name));
  runners = tokens;
  const ran = await run(undefined, 'big', 'small', 'makes', 'uses', 'reads', 'charted', 'writes', 'keeps');
  expect(ran.map(({ state }) => state)).toEqual(Array(8).fill('done'));
}, 120_000);
afterAll(async () => {
  await server.stop();
  workspace.remove();
});

describe('a runner', () => {
  test('finds the named results, small and large, and nothing else of the writers’ session', async () => {
    const [one] = runners;
    const [reads] = await run(one, 'reads');
    expect(reads).toMatchObject({ state: 'done' });
    expect(await rowsOf(one, reads)).toEqual([{ n: 30000, x: 42 }]);
    const [uses] = await run(one, 'uses');
    expect(uses).toMatchObject({ state: 'failed', outputs: [{ kind: 'error', code: 'unknown-table' }] });
    expect(JSON.stringify(uses?.outputs)).toContain('from the top');
  });

  test('runs everything from the top in an engine of its own', async () => {
    const [, two] = runners;
    const all = await run(two, 'big', 'small', 'makes', 'uses', 'reads');
    expect(all.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(await rowsOf(two, all[3])).toEqual([{ y: 7 }]);
    const tables = (await server.call('GET', `notebooks/${id}/tables`)).body as { items: { name: string }[] };
    expect(tables.items.map(({ name }) => name)).toContain('made');
    const seen = (await call(two, 'GET', `notebooks/${id}/tables`)).body as { items: { source: string }[] };
    expect(new Set(seen.items.map(({ source }) => source))).toEqual(new Set(['named']));
    expect(JSON.stringify(seen)).toContain('"name":"h"');
  });

  test('sees the files of data/ and writes none of them, with what it may do beside it', async () => {
    const [one] = runners;
    const [looks] = await run(one, 'looks');
    const [writes, keeps] = await run(one, 'writes', 'keeps');
    // The large named results and no other; nothing of its own yet.
    expect(textOf(looks)).toMatch(/^\/named:\n[a-z2-7]{10}-[a-z2-7]{10}\.duckdb\n\n\/results:\na\n1\ntheirs\n$/);
    // The control: the writers' run of the same paragraph did.
    expect(writes).toMatchObject({ state: 'failed' });
    expect(textOf(writes)).toContain('Read-only file system');
    expect(existsSync(join(workspace.path, 'data', 'visited', 'mine.txt'))).toBe(true);
    expect([keeps?.state, textOf(keeps)]).toEqual(['cancelled', '']);
    expect(textOf((await run(one, 'keeps'))[0])).toBe('own\n');
  });

  test('gets the drawing of a chart, and not the rows that it draws', async () => {
    const [one] = runners;
    const [charted] = await run(one, 'charted');
    const table = charted?.outputs.find(({ kind }) => kind === 'table');
    expect((await call(one, 'GET', `results/${table?.result}/chart`)).status).toBe(200);
    for (const path of ['rows', 'rows?format=csv', 'progress'])
      expect((await call(one, 'GET', `results/${table?.result}/${path}`)).status).toBe(404);
  });

  test('may not touch what is the writers’', async () => {
    const [one] = runners;
    const { runs } = (await server.call('POST', `notebooks/${id}/runs`, { paragraphs: ['sleeps'] })).body as Asked;
    const theirs = runs[0]!.id;
    expect((await call(one, 'DELETE', `runs/${theirs}`)).status).toBe(403);
    const page = await open(one!);
    page.send({ type: 'cancel', run: theirs });
    page.send({ type: 'cancel' });
    page.send({ type: 'interrupt' });
    page.send({ type: 'restart', clear: true });
    expect((await call(one, 'DELETE', `notebooks/${id}/session?clear=true`)).status).toBe(204);
    page.send({ type: 'complete', call: 1, paragraph: 'small', text: 'select * from m', offset: 15 });
    await expect.poll(() => page.heard().at(-1), PATIENCE).toMatchObject({ type: 'completions', items: [] });
    expect((await call(one, 'PUT', `notebooks/${id}/text`, '# Mine', { 'if-match': '*' })).status).toBe(403);
    const { state } = (await server.call('GET', `runs/${theirs}`)).body as Shown;
    expect(state).toBe('running');
    await server.call('DELETE', `runs/${theirs}`);
    page.close();
    const { items } = (await server.call('GET', `notebooks/${id}/tables`)).body as { items: { name: string }[] };
    expect(items.map(({ name }) => name)).toContain('made');
  });
});

describe('what visitors run', () => {
  test('is for each alone, at the same moment, and the writers’ bytes stay the same', async () => {
    const [one, two] = runners;
    // An idle engine tells of its memory now and then: without a process there is nothing to tell.
    await server.call('DELETE', `notebooks/${id}/session`);
    const writer = await open(server.token);
    const history = ((await server.call('GET', `notebooks/${id}/runs`)).body as { items: { id: string }[] }).items;
    const addresses = [
      ...['notebooks', `notebooks/${id}`, `notebooks/${id}/published`, `notebooks/${id}/runs`, `notebooks/${id}/text`],
      ...history.map((item) => `runs/${item.id}`),
    ];
    const everything = async (): Promise<string> => {
      const answers: string[] = [];
      for (const address of addresses) {
        const { status, body } = await server.call('GET', address);
        answers.push(`${address} ${status} ${JSON.stringify(body)}`);
      }
      return answers.join('\n');
    };
    const before = await everything();
    await expect.poll(() => JSON.stringify(writer.heard()), PATIENCE).toContain('"state":"idle"');
    const frames = writer.frames.length;
    const [pageOne, pageTwo] = [await open(one!), await open(two!)];
    const known = writer.frames.length;
    const [mine, other] = await Promise.all([run(one, 'small', 'reads'), run(two, 'small', 'reads')]);
    const rows = [await rowsOf(one, mine[0]), await rowsOf(two, other[0])] as { r: number }[][];
    expect(rows[0]![0]!.r).not.toBe(rows[1]![0]!.r);
    for (const [page, own, theirs] of [
      [pageOne, mine, other],
      [pageTwo, other, mine],
    ] as const) {
      await expect.poll(() => JSON.stringify(page.heard()).includes(own[1]!.id), PATIENCE).toBe(true);
      expect(JSON.stringify(page.heard())).not.toContain(theirs[0]!.id);
      expect(page.heard().map(({ type }) => type)).toContain('visitor');
    }
    // To everybody else they are absent, as if they had never been.
    const never = (await server.call('GET', `runs/${id}-aaaaaaaaaa-bbbbbbbbbb`)).body;
    for (const token of [undefined, two]) {
      for (const { id: run_, outputs } of mine) {
        const answer = await call(token, 'GET', `runs/${run_}`);
        expect([answer.status, answer.body]).toEqual([404, never]);
        expect((await call(token, 'GET', `runs/${run_}/outputs/0/text`)).status).toBe(404);
        expect((await call(token, 'DELETE', `runs/${run_}`)).status).toBe(404);
        for (const { result } of outputs) {
          for (const path of ['', '/rows', '/rows?format=parquet', '/chart', '/progress'])
            expect((await call(token, 'GET', `results/${result}${path}`)).status).toBe(404);
        }
      }
      expect(JSON.stringify((await call(token, 'GET', `notebooks/${id}/runs`)).body)).not.toContain(mine[0]!.id);
      expect(JSON.stringify((await call(token, 'GET', `notebooks/${id}`)).body)).not.toContain(mine[0]!.id);
    }
    expect(JSON.stringify((await call(one, 'GET', `notebooks/${id}/runs`)).body)).toContain(mine[0]!.id);
    expect(JSON.stringify((await call(one, 'GET', `notebooks/${id}`)).body)).toContain(mine[0]!.id);
    // Who came in is seen by all, as anybody who reads is; of what they ran not a byte.
    pageOne.close();
    pageTwo.close();
    writer.send({ type: 'ping' });
    await expect.poll(() => writer.frames.length, PATIENCE).toBeGreaterThan(known);
    const heard = writer.frames.slice(frames).filter((frame) => !isOfNoRun(frame));
    expect(heard.map((frame) => Buffer.from(frame).toString())).toEqual([]);
    writer.close();
    expect(await everything()).toBe(before);
  });

  test('stands in their name, without outputs, where owners look for it', async () => {
    const [one] = runners;
    const [mine] = await run(one, 'small');
    const listed = await server.call('GET', `notebooks/${id}/runs?visitors=true`);
    const item = (listed.body as { items: Record<string, unknown>[] }).items.find((run_) => run_.id === mine!.id);
    expect(item).toMatchObject({ paragraph: 'small', state: 'done', by: { name: 'one' } });
    expect(item).not.toHaveProperty('outputs');
    expect((await call(one, 'GET', `notebooks/${id}/runs?visitors=true`)).status).toBe(403);
    // After its session too, for owners and for whoever ran it.
    expect((await call(one, 'DELETE', `notebooks/${id}/session`)).status).toBe(204);
    const after = await server.call('GET', `notebooks/${id}/runs?visitors=true`);
    expect(JSON.stringify(after.body)).toContain(mine!.id);
    expect((await call(one, 'GET', `runs/${mine!.id}`)).body).toMatchObject({ state: 'done', outputs: [] });
    expect((await server.call('GET', `runs/${mine!.id}`)).status).toBe(404);
    const { items } = (await server.call('GET', 'audit?limit=1000')).body as { items: Record<string, unknown>[] };
    expect(items.some(({ event, by: who }) => event === 'run' && (who as { name?: string }).name === 'one')).toBe(true);
  });
});

describe('a session of their own', () => {
  test('ends with all its processes within two seconds of its token, and leaves nothing', async () => {
    const short = await token('short');
    const before = sleepers();
    const asked = await call(short, 'POST', `notebooks/${id}/runs`, { paragraphs: ['sleeps'] });
    expect(asked.status).toBe(202);
    await expect.poll(sleepers, PATIENCE).toBe(before + 1);
    await gondola('token', 'revoke', 'short', '--workspace', workspace.path);
    const since = performance.now();
    await expect.poll(sleepers, { ...PATIENCE, interval: 20 }).toBe(before);
    expect(performance.now() - since).toBeLessThan(2_000);
    expect((await call(short, 'GET', `notebooks/${id}`)).status).toBe(401);
    const listed = async () =>
      (
        (await server.call('GET', `notebooks/${id}/runs?visitors=true&paragraph=sleeps`)).body as Asked & {
          items: { state: string }[];
        }
      ).items.map(({ state }) => state);
    await expect.poll(listed, PATIENCE).toEqual(['lost']);
  });

  test('of a killed server is swept at the next start, its runs lost', async () => {
    const [one, two] = runners;
    await run(two, 'small');
    const asked = (await call(one, 'POST', `notebooks/${id}/runs`, { paragraphs: ['sleeps'] })).body as Asked;
    await expect
      .poll(async () => ((await call(one, 'GET', `runs/${asked.runs[0]!.id}`)).body as Shown).state, PATIENCE)
      .toBe('running');
    expect(visitorFolders().length).toBeGreaterThanOrEqual(2);
    await server.kill();
    server = await startServer(workspace.path);
    await server.call('GET', 'notebooks');
    await expect.poll(visitorFolders, PATIENCE).toEqual([]);
    expect((await call(one, 'GET', `runs/${asked.runs[0]!.id}`)).body).toMatchObject({ state: 'lost', outputs: [] });
    expect(sleepers()).toBe(0);
    const check = await server.stop().then(() => gondola('check', workspace.path).catch(String));
    expect(check).toContain('nothing is damaged');
    const copy = join(workspace.path, '..', `${basename(workspace.path)}-copy`);
    try {
      await gondola('backup', copy, '--workspace', workspace.path);
      expect(readdirSync(join(copy, '.gondola', 'notebooks', id))).toContain('visited');
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
    server = await startServer(workspace.path);
  });
});
