/**
 * Slow, endless and two-faced connections against the real server on a real port, with limits of fractions of a second:
 * what is slow is cut off, what waits for the server is not, and beside them a well-behaved call is answered.
 */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keep, wantsRecord } from '../../reliability/record.ts';
import { root } from '../../support/server.ts';
import { type Listening, listen, until, type Wire } from './listening.ts';
import { NOTEBOOK, TOKEN } from './support.ts';

const LIMITS = { headMs: 300, idleMs: 1_000, graceMs: 600, bodyBytesPerSecond: 1_024, checkMs: 100, connections: 40 };
let here: Listening;
const counts = new Map<string, number>();
const held = (name: string, cases = 1): void => void counts.set(name, (counts.get(name) ?? 0) + cases);

beforeAll(async () => {
  here = await listen(LIMITS);
  expect(await served()).toBe(200);
});
afterAll(async () => {
  const all = [...counts].map(([name, cases]) => ({ class: name, cases, failed: 0 }));
  if (wantsRecord()) keep(root, { figure: 'R6', part: 'limits', counts: all });
  await here?.close();
});

const bearer = `authorization: Bearer ${TOKEN}\r\n`;
const head = (first: string, more = ''): string => `${first} HTTP/1.1\r\nhost: HOST\r\n${more}\r\n`;
/** HOST is the server's, which is known only later. */
const say = (wire: Wire, text: string): void => void wire.socket.write(text.replaceAll('HOST', here.host));
const served = async (): Promise<number> =>
  (await here.ask({ path: '/api/v1/notebooks', headers: { authorization: `Bearer ${TOKEN}` } })).status;
const statuses = (wire: Wire): readonly number[] =>
  [...wire.text().matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

/** Says `bytes` a few at a time, until the other side has enough. */
async function drip(wire: Wire, bytes: string, everyMs: number, size = 1): Promise<void> {
  let at = 0;
  const dripping = setInterval(() => {
    if (wire.socket.destroyed || at >= bytes.length) return;
    say(wire, bytes.slice(at, at + size));
    at += size;
  }, everyMs);
  await wire.closed;
  clearInterval(dripping);
}

describe('slow connections', () => {
  it.each([
    ['nothing at all', '', []],
    ['a head that comes by the letter', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(2000)}`, [408]],
    [
      'an upgrade that comes by the letter',
      `GET /api/v1/notebooks/${NOTEBOOK}/live HTTP/1.1\r\nupgrade: websocket\r\nx: ${'x'.repeat(2000)}`,
      [408],
    ],
  ])('are cut off: %s', async (_, bytes, expected) => {
    const wire = await here.connect();
    const answered = served();
    await drip(wire, bytes, 50);
    expect(await answered).toBe(200);
    if (expected.length > 0) expect(statuses(wire)).toEqual(expected);
    held('slow');
  });

  it.each([
    ['JSON', head('POST /api/v1/notebooks', `${bearer}content-type: application/json\r\ncontent-length: 5000\r\n`)],
    [
      'a text',
      head(
        `PUT /api/v1/notebooks/${NOTEBOOK}/text`,
        `${bearer}content-type: text/markdown\r\nif-match: *\r\ncontent-length: 5000\r\n`,
      ),
    ],
    ['a file', head('PUT /api/v1/files/data/slow.csv', `${bearer}content-type: text/csv\r\ncontent-length: 5000\r\n`)],
    [
      'chunks',
      head('PUT /api/v1/files/data/slow.csv', `${bearer}content-type: text/csv\r\ntransfer-encoding: chunked\r\n`),
    ],
    [
      'a form',
      head(
        'POST /sign-in',
        `origin: http://HOST\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 5000\r\n`,
      ),
    ],
  ])('that send a body by the letter are cut off: %s', async (name, first) => {
    const wire = await here.connect();
    say(wire, first);
    await drip(wire, name === 'chunks' ? '1\r\nx\r\n'.repeat(1000) : 'x'.repeat(5000), 50, name === 'chunks' ? 6 : 1);
    expect(statuses(wire)).toEqual([408]);
    expect([...here.harness.files.keys()]).not.toContain('data/slow.csv');
    expect(await served()).toBe(200);
    held('slow');
  });

  it('that were refused are not listened to any longer', async () => {
    const wire = await here.connect();
    say(wire, head('PUT /api/v1/files/data/x.csv', 'content-type: text/csv\r\ncontent-length: 100000000000\r\n'));
    const block = 'x'.repeat(64 * 1024);
    const pouring = setInterval(() => !wire.socket.destroyed && say(wire, block), 10);
    await wire.closed;
    clearInterval(pouring);
    expect(statuses(wire)).toEqual([403]);
    held('slow');
  });

  it('that go on well enough are waited for, however long it takes', async () => {
    const wire = await here.connect();
    const bytes = 'a,b\n'.repeat(1500);
    say(
      wire,
      head(
        'PUT /api/v1/files/data/steady.csv',
        `${bearer}content-type: text/csv\r\ncontent-length: ${bytes.length}\r\nconnection: close\r\n`,
      ),
    );
    // 6 KB in 2 s, three times the grace.
    await drip(wire, bytes, 40, 120);
    expect(statuses(wire)).toEqual([201]);
    expect(here.harness.files.get('data/steady.csv')?.length).toBe(bytes.length);
    held('controls');
  });

  it('that wait for the server are left alone', async () => {
    const { world } = here.harness;
    const { script } = world.sessions;
    world.sessions.script = undefined;
    const told = here.ask({
      method: 'POST',
      path: `/api/v1/notebooks/${NOTEBOOK}/runs?wait=20`,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: '{"paragraphs":["a"]}',
    });
    // Much longer than a connection may be idle.
    await new Promise((resolve) => setTimeout(resolve, LIMITS.idleMs * 2));
    world.sessions.handles.at(-1)!.end({ state: 'done' });
    expect((await told).status).toBe(202);
    world.sessions.script = script;
    held('controls');
  });

  it('that do not read what they asked for are cut off', async () => {
    const size = 64 * 1024 * 1024;
    here.harness.files.set('data/large.csv', new Uint8Array(size));
    const wire = await here.connect();
    wire.socket.pause();
    say(wire, head('GET /api/v1/files/data/large.csv', bearer));
    await until(() => here.front.server.listening, 'it listens');
    const open = (): Promise<number> =>
      new Promise((resolve) => here.front.server.getConnections((_, count) => resolve(count)));
    const before = await open();
    expect(before).toBeGreaterThan(0);
    const deadline = performance.now() + 30_000;
    let now = before;
    while (now >= before && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      now = await open();
    }
    expect(now).toBeLessThan(before);
    wire.socket.destroy();
    here.harness.files.delete('data/large.csv');
    held('slow');
  });
});

describe('two-faced requests', () => {
  const smuggled = `GET /api/v1/notebooks HTTP/1.1\r\nhost: HOST\r\n${bearer}\r\n`;
  const length = (text: string): number => Buffer.byteLength(text.replace('HOST', here.host));
  const faces: readonly (readonly [string, () => string])[] = [
    ['a length and chunks', () => `content-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['chunks and a length', () => `transfer-encoding: chunked\r\ncontent-length: 6\r\n\r\n0\r\n\r\n`],
    ['two lengths', () => `content-length: 0\r\ncontent-length: ${length(smuggled)}\r\n\r\n`],
    ['lengths in a list', () => `content-length: 0, ${length(smuggled)}\r\n\r\n`],
    ['a length with a sign', () => `content-length: +${length(smuggled)}\r\n\r\n`],
    ['a length below nothing', () => 'content-length: -1\r\n\r\n'],
    ['a length in sixteens', () => 'content-length: 0x10\r\n\r\n'],
    ['chunks named twice', () => 'transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['chunks that are none', () => 'transfer-encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['chunks not last', () => 'transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
    ['a space before the colon', () => 'transfer-encoding : chunked\r\n\r\n0\r\n\r\n'],
    ['a header over two lines', () => 'x: a\r\n b\r\n\r\n'],
    ['a line that ends alone', () => 'x: a\nconnection: close\r\n\r\n'],
    ['a return inside', () => 'x: a\rb: c\r\n\r\n'],
    ['a zero inside', () => 'x: a\0b\r\n\r\n'],
    ['a chunk with a sign', () => 'transfer-encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n'],
    ['a chunk past all numbers', () => 'transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\nx\r\n0\r\n\r\n'],
    ['a chunk that is longer than it says', () => 'transfer-encoding: chunked\r\n\r\n1\r\nxx\r\n0\r\n\r\n'],
    ['a chunk with endless words', () => `transfer-encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\nx\r\n0\r\n\r\n`],
  ];
  it.each(faces)('are refused, and what follows is no request: %s', async (_, rest) => {
    const wire = await here.connect();
    const first = `POST /sign-out HTTP/1.1\r\nhost: HOST\r\norigin: http://HOST\r\ncontent-type: text/plain\r\n`;
    say(wire, `${first}${rest()}${smuggled}`);
    await wire.closed;
    const all = statuses(wire);
    expect(all.length).toBeLessThanOrEqual(2);
    for (const status of all) expect([400, 413, 415]).toContain(status);
    expect(wire.text()).not.toContain('flights');
    expect(await served()).toBe(200);
    held('smuggling');
  });

  it('requests in a row are answered in order, each for itself', async () => {
    const wire = await here.connect();
    const one = head('GET /healthz');
    const other = head('GET /api/v1/notebooks');
    const last = head('GET /api/v1/notebooks', `${bearer}connection: close\r\n`);
    say(wire, one + other + one + last);
    await wire.closed;
    expect(statuses(wire)).toEqual([200, 401, 200, 200]);
    held('controls');
  });

  it('a thousand requests in one write are answered, and cost nobody else', async () => {
    const wire = await here.connect();
    say(wire, head('GET /api/v1/notebooks').repeat(999) + head('GET /healthz', 'connection: close\r\n'));
    expect(await served()).toBe(200);
    await wire.closed;
    expect(statuses(wire).length).toBe(1000);
    held('floods');
  });
});

describe('sizes', () => {
  it.each([
    ['an address', () => head(`GET /${'x'.repeat(20_000)}`, bearer), 431],
    ['a cookie', () => head('GET /', `cookie: x=${'x'.repeat(20_000)}\r\n`), 431],
    ['many headers', () => head('GET /', 'x: y\r\n'.repeat(5_000)), 431],
    [
      'a JSON body',
      () => head('POST /api/v1/notebooks', `${bearer}content-type: application/json\r\ncontent-length: ${2 ** 27}\r\n`),
      413,
    ],
    [
      'a text',
      () =>
        head(
          `PUT /api/v1/notebooks/${NOTEBOOK}/text`,
          `${bearer}content-type: text/markdown\r\nif-match: *\r\ncontent-length: ${2 ** 26}\r\n`,
        ),
      413,
    ],
    [
      'a form',
      () =>
        head(
          'POST /sign-in',
          `origin: http://HOST\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${2 ** 15}\r\n`,
        ),
      413,
    ],
  ])('that are too large are refused before they have come: %s', async (_, bytes, status) => {
    const wire = await here.connect();
    say(wire, bytes());
    await until(() => statuses(wire).length > 0, 'an answer');
    expect(statuses(wire)).toEqual([status]);
    wire.socket.destroy();
    held('sizes');
  });

  it.each(['gzip', 'deflate', 'br', 'zstd', 'x-gzip'])(
    'that are small on the wire alone are not unpacked: %s',
    async (encoding) => {
      const bomb = gzipSync(Buffer.alloc(16 * 1024 * 1024, '{"title":"x"} '));
      for (const [method, path, type] of [
        ['POST', '/api/v1/notebooks', 'application/json'],
        ['PUT', `/api/v1/notebooks/${NOTEBOOK}/text`, 'text/markdown'],
        ['PUT', '/api/v1/files/data/bomb.csv', 'text/csv'],
      ] as const) {
        const told = await here.ask({
          method,
          path,
          headers: {
            authorization: `Bearer ${TOKEN}`,
            'content-type': type,
            'content-encoding': encoding,
            'if-match': '*',
          },
          body: bomb,
        });
        expect([path, told.status]).toEqual([path, 415]);
      }
      expect([...here.harness.files.keys()]).not.toContain('data/bomb.csv');
      held('bombs', 3);
    },
  );
});

describe('floods', () => {
  it('of connections leave room for what the store needs: more than may be are not taken', async () => {
    const wires = await Promise.all(
      Array.from({ length: LIMITS.connections * 2 }, () => here.connect().catch(() => undefined)),
    );
    const count = await new Promise<number>((resolve) => here.front.server.getConnections((_, open) => resolve(open)));
    expect(count).toBeLessThanOrEqual(LIMITS.connections);
    // They said nothing, so they are cut off, and the next one is served.
    await Promise.all(wires.map((wire) => wire?.closed));
    expect(await served()).toBe(200);
    held('floods');
  });

  it('of a method that opens tunnels, or traces, open nothing', async () => {
    for (const first of [`CONNECT evil.example:443`, 'CONNECT HOST', 'TRACE /', 'OPTIONS *']) {
      const wire = await here.connect();
      say(wire, head(first, 'connection: close\r\n'));
      await wire.closed;
      for (const status of statuses(wire)) expect([first, status >= 400 && status < 500]).toEqual([first, true]);
      held('methods');
    }
  });
});
