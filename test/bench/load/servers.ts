/** Servers to load: this one as built, over a workspace of its own; and Hocuspocus, bare of any storage. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeWorkspace, startServer } from '../../support/server.ts';
import type { Target } from './load.ts';

export type Served = {
  readonly target: Target & { readonly pid: number };
  stop(): Promise<number | null>;
};

const PARAGRAPHS = 8;

/** As `npm start` and the unit of `docs/operating.md` have it; the same for all who are compared. */
const ENV = { MALLOC_ARENA_MAX: '1' };

export const notebookText = (name: string): string =>
  `# ${name}\n${Array.from({ length: PARAGRAPHS }, (_, index) => `\n\`\`\`sql id=p${index}\nselect ${index}\n\`\`\`\n`).join('')}`;

/** `inspect`: a port that its inspector listens on, to look at its heap. */
export async function serveGondola(
  notebooks: number,
  options: { readonly execArgv?: readonly string[] } = {},
): Promise<Served> {
  const names = Array.from({ length: notebooks }, (_, index) => `load-${index}.nb.md`);
  const workspace = makeWorkspace(Object.fromEntries(names.map((name) => [name, notebookText(name)])));
  const server = await startServer(workspace.path, { execArgv: options.execArgv ?? [], env: ENV });
  const { body } = await server.call('GET', 'notebooks?limit=1000');
  const { items } = body as { items: { id: string; path: string }[] };
  const ids = new Map(items.map(({ id, path }) => [path, id]));
  return {
    target: {
      dialect: 'gondola',
      host: '127.0.0.1',
      port: server.port,
      token: server.token,
      notebooks: names.map((name) => ids.get(name)!),
      pid: server.process.pid!,
    },
    stop: async () => {
      const code = await server.stop();
      workspace.remove();
      return code;
    },
  };
}

const peers = join(import.meta.dirname, '..', '..', '.cache', 'hocuspocus', 'node_modules');

export const HOW_TO_INSTALL =
  'mkdir -p test/.cache/hocuspocus && cd test/.cache/hocuspocus && npm init -y && npm install @hocuspocus/server@4.7.0 yjs@13.6.33 ws@8.23.0 y-protocols@1.0.7';

/** `hocuspocus`, or a `ws` server that says nothing. Undefined where they are not installed (`HOW_TO_INSTALL`). */
export async function servePeer(
  kind: 'hocuspocus' | 'ws',
  notebooks: number,
  options: { readonly execArgv?: readonly string[] } = {},
): Promise<Served | undefined> {
  if (!existsSync(join(peers, '@hocuspocus', 'server'))) return undefined;
  const child: ChildProcess = spawn(
    process.execPath,
    [...(options.execArgv ?? []), join(import.meta.dirname, 'peer.ts'), kind, peers, String(PARAGRAPHS)],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...ENV } },
  );
  const gone = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout! }), 'line'),
    gone.then(([code]) => Promise.reject(new Error(`${kind} ended with ${code}`))),
  ])) as [string];
  return {
    target: {
      dialect: kind === 'ws' ? 'bare' : kind,
      host: '127.0.0.1',
      port: Number(line),
      token: 'none',
      notebooks: Array.from({ length: notebooks }, (_, index) => `load-${index}`),
      pid: child.pid!,
    },
    stop: async () => {
      child.kill('SIGKILL');
      await gone;
      return child.exitCode;
    },
  };
}
