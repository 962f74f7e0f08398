import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, expect, it, vi } from 'vitest';
import { AppError } from '../../../server/errors.ts';
import type { ResultId } from '../../../server/protocol/ids.ts';
import {
  type Downloads,
  type DownloadsSettings,
  openDownloads,
  type Prepared,
  type Wanted,
} from '../../../server/results/downloads.ts';

const never = new AbortController().signal;
const result = 'notebook22-r1' as ResultId;
let opened: { downloads: Downloads; root: string }[] = [];

afterEach(async () => {
  for (const { downloads, root } of opened) {
    await downloads.close();
    rmSync(root, { recursive: true, force: true });
  }
  opened = [];
});

/** The test says when time has passed. */
function open(settings: Partial<DownloadsSettings> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'gondola-downloads-'));
  const folder = join(root, 'downloads');
  const waiting = new Set<() => void>();
  const timers = {
    after: (_ms: number, work: () => void) => {
      waiting.add(work);
      return () => waiting.delete(work);
    },
  };
  const downloads = openDownloads({ folder, timers, ...settings });
  opened.push({ downloads, root });
  const pass = (): void => {
    for (const work of [...waiting]) {
      waiting.delete(work);
      work();
    }
  };
  return { downloads, folder, pass };
}

type Making = Wanted & { readonly body: Readable; readonly signals: AbortSignal[]; tell: (fraction: number) => void };

/** What the test writes. */
function making(key = 'csv', of = result): Making {
  const body = new Readable({ read: () => {} });
  const made: Making = {
    result: of,
    key,
    body,
    signals: [],
    tell: () => {},
    make: async (signal, onProgress) => {
      made.signals.push(signal);
      made.tell = onProgress;
      signal.addEventListener('abort', () => body.destroy(new Error('given up')));
      return { contentType: 'text/csv', body };
    },
  };
  return made;
}

const whole = (key: string, text: string, of = result): Wanted => ({
  result: of,
  key,
  make: async () => ({ contentType: 'text/csv', body: Readable.from([Buffer.from(text)]) }),
});

async function textOf(prepared: Prepared, range?: { start: number; end: number }): Promise<string | undefined> {
  const stream = await prepared.read(range);
  if (!stream) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

it('says how far it is, then has the whole, with its length and ranges', async () => {
  const { downloads, pass } = open();
  const one = making();
  const first = downloads.watch(one, never);
  await vi.waitFor(() => expect(one.signals).toHaveLength(1));
  one.body.push('a,b\n');
  one.tell(0.25);
  pass();
  expect(await first).toMatchObject({ state: 'making', fraction: 0.25 });
  const second = downloads.watch(one, never);
  one.body.push('1,2\n');
  one.body.push(null);
  const now = await second;
  if (now.state !== 'ready') throw new Error('not ready');
  expect(now.prepared.bytes).toBe(8);
  expect(await textOf(now.prepared)).toBe('a,b\n1,2\n');
  expect(await textOf(now.prepared, { start: 4, end: 6 })).toBe('1,2');
  expect(one.signals).toHaveLength(1);
  expect(downloads.find('csv')).toBe(now.prepared);
});

it('has the same ETag when the same bytes are made again, and another for others', async () => {
  const tags = [];
  for (const text of ['a\n1\n', 'a\n1\n', 'a\n2\n']) {
    const { downloads } = open();
    tags.push((await downloads.whole(whole('csv', text), never)).etag);
  }
  expect(tags[0]).toBe(tags[1]);
  expect(tags[2]).not.toBe(tags[0]);
});

it('ends when its asker goes, but not while another waits', async () => {
  const { downloads } = open();
  const one = making();
  const [first, second] = [new AbortController(), new AbortController()];
  const waits = [downloads.watch(one, first.signal), downloads.watch(one, second.signal)].map((wait) =>
    wait.catch(() => 'gone'),
  );
  await vi.waitFor(() => expect(one.signals).toHaveLength(1));
  first.abort();
  expect(await waits[0]).toBe('gone');
  expect(one.signals[0]!.aborted).toBe(false);
  second.abort();
  expect(await waits[1]).toBe('gone');
  expect(one.signals[0]!.aborted).toBe(true);
});

it('is given up when nobody asks any more, and leaves nothing behind', async () => {
  const { downloads, folder, pass } = open();
  const one = making();
  const asked = downloads.watch(one, never);
  await vi.waitFor(() => expect(one.signals).toHaveLength(1));
  one.body.push('a,b\n');
  await vi.waitFor(() => expect(readdirSync(folder)).toHaveLength(1));
  pass();
  expect(await asked).toMatchObject({ state: 'making' });
  pass();
  expect(one.signals[0]!.aborted).toBe(true);
  await vi.waitFor(() => expect(readdirSync(folder)).toEqual([]));
  expect(downloads.find('csv')).toBeUndefined();
});

it('tells why it failed to whoever asks next, once, and then begins anew', async () => {
  const { downloads, pass } = open();
  const one = making();
  const asked = downloads.watch(one, never);
  await vi.waitFor(() => expect(one.signals).toHaveLength(1));
  one.body.push('a');
  pass();
  await asked;
  one.body.destroy(new AppError('result-unreadable', 'it is damaged'));
  await expect(downloads.watch(one, never)).rejects.toMatchObject({ code: 'result-unreadable' });
  expect((await downloads.whole(whole('csv', 'b'), never)).bytes).toBe(1);
});

it('takes no more room than there is: the longest unused go, and what does not fit is not prepared', async () => {
  const { downloads } = open({ most: 10 });
  await downloads.whole(whole('a', '1234'), never);
  await downloads.whole(whole('b', '1234'), never);
  await downloads.whole(whole('a', '1234'), never);
  await downloads.whole(whole('c', '1234'), never);
  expect(['a', 'b', 'c'].map((key) => downloads.find(key) !== undefined)).toEqual([true, false, true]);
  await expect(downloads.whole(whole('d', '12345678901'), never)).rejects.toMatchObject({ code: 'not-prepared' });
});

it('is not prepared, however small, where the disk has less room than must stay', async () => {
  const { downloads, folder } = open({ reserve: Number.MAX_SAFE_INTEGER });
  await expect(downloads.whole(whole('a', '1'), never)).rejects.toMatchObject({ code: 'not-prepared' });
  expect(readdirSync(folder)).toEqual([]);
});

it('goes with its result', async () => {
  const { downloads, folder } = open();
  const other = 'notebook22-r2' as ResultId;
  await downloads.whole(whole('a', '1'), never);
  await downloads.whole(whole('b', '2', other), never);
  downloads.drop(result);
  expect(downloads.find('a')).toBeUndefined();
  expect(downloads.find('b')).toBeDefined();
  await vi.waitFor(() => expect(readdirSync(folder)).toHaveLength(1));
});

it('is prepared anew where somebody emptied the cache', async () => {
  const { downloads, folder } = open();
  const prepared = await downloads.whole(whole('a', '1'), never);
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  expect(await textOf(prepared)).toBeUndefined();
  expect(await textOf(await downloads.whole(whole('a', '1'), never))).toBe('1');
});

it('leaves nothing when it ends', async () => {
  const { downloads, folder } = open();
  await downloads.whole(whole('a', '1'), never);
  await downloads.close();
  expect(existsSync(folder)).toBe(false);
});
