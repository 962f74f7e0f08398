/**
 * The real, built server as a process over a workspace of the test's own. `npm test` builds it first; a single file run by
 * hand needs `npm run build` before.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeApiLogNow } from '../../server/samples/write.ts';
import { copySampleData } from '../../server/samples.ts';

export const root = join(import.meta.dirname, '..', '..');

/** A folder with `files` (path → text); removed by `remove()`. */
export function makeWorkspace(files: Readonly<Record<string, string | Uint8Array>> = {}): {
  path: string;
  remove(): void;
} {
  const path = mkdtempSync(join(tmpdir(), 'gondola-workspace-'));
  writeFileSync(join(path, 'gondola.json'), '{ "timezone": "UTC" }\n');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Copies the sample workspace, data included, so that tests write to a copy. */
export function copySamples({ calls = 2_000 } = {}): { path: string; remove(): void } {
  const workspace = makeWorkspace();
  const samples = join(root, 'notebooks');
  cpSync(samples, workspace.path, {
    recursive: true,
    filter: (source) => !source.startsWith(join(samples, '.gondola')),
  });
  copySampleData(root, workspace.path);
  // Another size than the server would make: what it finds is no accident.
  writeApiLogNow({ rows: calls, folder: join(workspace.path, 'data'), name: 'api-log' });
  return workspace;
}

export type ServerProcess = {
  readonly process: ChildProcess;
  /** `http://127.0.0.1:PORT`, without the token. */
  readonly origin: string;
  readonly port: number;
  readonly token: string;
  /** The address as printed. */
  readonly address: string;
  /** What it wrote to stderr so far. */
  log(): string;
  /** The same of stdout. */
  said(): string;
  /** Calls the API as the owner; the parsed body, whatever the status. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown; headers: Headers }>;
  kill(): Promise<void>;
  /** As Ctrl-C; resolves with the exit code. */
  stop(): Promise<number | null>;
};

/**
 * For a server that is started again where it was: below the ports that the system gives out by itself, since it could give
 * this one to somebody else meanwhile. Test files that run side by side begin at different ones.
 */
export async function steadyPort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 6_000); ; port += 1) {
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
}

export async function startServer(
  workspace: string,
  options: {
    readonly port?: number;
    readonly args?: readonly string[];
    readonly env?: Record<string, string>;
    /** Of Node itself. */
    readonly execArgv?: readonly string[];
  } = {},
): Promise<ServerProcess> {
  const child = spawn(
    process.execPath,
    [
      ...(options.execArgv ?? []),
      join(root, 'server', 'gondola.js'),
      'serve',
      workspace,
      '--port',
      String(options.port ?? 0),
      ...(options.args ?? []),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } },
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const address = await firstLine(child, () => stderr);
  const url = new URL(address);
  const token = url.searchParams.get('token') ?? '';
  return {
    process: child,
    origin: url.origin,
    port: Number(url.port),
    token,
    address,
    log: () => stderr,
    said: () => stdout,
    async call(method, path, body, headers = {}) {
      const isText = typeof body === 'string' || body instanceof Uint8Array;
      const response = await fetch(`${url.origin}${path.startsWith('/') ? path : `/api/v1/${path}`}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isText ? (body as string) : JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = response.headers.get('content-type')?.includes('json') === true;
      return { status: response.status, body: json ? JSON.parse(text) : text, headers: response.headers };
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const gone = once(child, 'exit');
      child.kill('SIGINT');
      await gone;
      return child.exitCode;
    },
  };
}

function firstLine(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
    child.once('exit', (code) => reject(new Error(`The server ended with ${code} before it answered:\n${log()}`)));
    child.once('error', reject);
  });
}
