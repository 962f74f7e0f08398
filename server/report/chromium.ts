/**
 * The system's Chromium, to print one file: found on the PATH, started without a window, a network or anything of its user's,
 * and spoken to over two pipes, which nobody else reaches. Where bubblewrap works it has no network at all; elsewhere every
 * name and proxy leads nowhere. The file's own policy lets nothing be fetched in any case.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'] as const;
/** Where its installer puts it on macOS. */
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
] as const;

/** What to say where there is none. */
export const NO_CHROMIUM =
  'a PDF is printed by Chromium, and there is none on the PATH (chromium, google-chrome or microsoft-edge). Install it, or write --output FILE.html and print that from a browser.';

export function findChromium(path: string): string | undefined {
  const named = path
    .split(delimiter)
    .flatMap((folder) => (folder === '' ? [] : NAMES.map((name) => join(folder, name))));
  return [...named, ...PLACES].find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export type Page = {
  /** Rejects with what Chromium said, or where it has gone. */
  call(method: string, params?: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
};

/** It has gone by then, asked or not. */
const END_MS = 3_000;

/** One empty page. `signal` ends it all. */
export async function openPage(program: string, signal: AbortSignal): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), 'gondola-print-'));
  const flags = [
    '--headless=new',
    '--remote-debugging-pipe',
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--disable-extensions',
    '--disable-sync',
    '--disable-dev-shm-usage',
    '--disable-gpu',
    '--no-pings',
    '--mute-audio',
    '--proxy-server=http://127.0.0.1:9',
    '--proxy-bypass-list=<-loopback>',
    '--host-resolver-rules=MAP * ~NOTFOUND',
    // Chromium refuses its own sandbox to root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    'about:blank',
  ];
  const [command = program, ...before] = hasNoNetwork() ? [...APART, program] : [program];
  const child = spawn(command, [...before, ...flags], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: profile, LANG: 'C.UTF-8' },
    detached: true,
  });
  const gone = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  const kill = (): void => killGroup(child);
  signal.addEventListener('abort', kill, { once: true });
  const wire = openWire(child, gone);
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', kill);
    void wire.send('Browser.close', {}, undefined).catch(() => undefined);
    const timer = setTimeout(kill, END_MS);
    await gone;
    clearTimeout(timer);
    // What is left of its helpers.
    kill();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const { targetInfos } = await wire.send('Target.getTargets', {}, undefined);
    const target =
      pageIn(targetInfos) ?? (await wire.send('Target.createTarget', { url: 'about:blank' }, undefined)).targetId;
    const { sessionId } = await wire.send('Target.attachToTarget', { targetId: target, flatten: true }, undefined);
    return { call: (method, params = {}) => wire.send(method, params, String(sessionId)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const pageIn = (infos: unknown): unknown =>
  Array.isArray(infos)
    ? infos.map((info: Readonly<Record<string, unknown>>) => info).find(({ type }) => type === 'page')?.targetId
    : undefined;

/** All files as they are, no network. */
const APART = ['bwrap', '--dev-bind', '/', '/', '--unshare-net', '--die-with-parent', '--'] as const;

function hasNoNetwork(): boolean {
  const [command, ...words] = APART;
  return spawnSync(command, [...words, 'true'], { stdio: 'ignore', timeout: END_MS }).status === 0;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has gone.
  }
}

type Answer = Readonly<Record<string, unknown>>;
type Wire = { send(method: string, params: object, session: string | undefined): Promise<Answer> };

/** Messages of the DevTools protocol, each ended by NUL. */
function openWire(child: ChildProcess, gone: Promise<void>): Wire {
  const [, , , to, from] = child.stdio as [null, null, null, Writable, Readable];
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  let last = 0;
  let parts: Buffer[] = [];
  let isGone = false;
  to.on('error', () => {});
  from.on('error', () => {});
  from.on('data', (chunk: Buffer) => {
    let rest = chunk;
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      take(JSON.parse(Buffer.concat([...parts, rest.subarray(0, end)]).toString()));
      parts = [];
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) parts.push(rest);
  });
  void gone.then(() => {
    isGone = true;
    for (const { reject } of waiting.values()) reject(new Error('Chromium ended before it had printed'));
    waiting.clear();
  });
  function take({ id, result, error }: { id?: number; result?: Answer; error?: { message?: string } }): void {
    const asked = id === undefined ? undefined : waiting.get(id);
    if (!asked || id === undefined) return;
    waiting.delete(id);
    if (error) asked.reject(new Error(`Chromium: ${error.message ?? 'refused'}`));
    else asked.resolve(result ?? {});
  }
  return {
    send(method, params, session) {
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        if (isGone) return reject(new Error('Chromium could not be started, or has ended'));
        waiting.set(id, { resolve, reject });
        to.write(`${JSON.stringify({ id, method, params, ...(session ? { sessionId: session } : {}) })}\0`);
      });
    },
  };
}
