/**
 * R15: a workspace of 10,000 notebooks. How long the built server takes from its start to its first answer with their list,
 * and how long a notebook of 200 paragraphs takes to open: the socket asked for, to the whole document received, each a
 * notebook that was not open. `node test/reliability/r15.ts [--notebooks 10000] [--record]`.
 */
import { ensureBuilt } from '../../server/build.js';
import { orderOf } from '../../server/protocol/document.ts';
import { quantile } from '../bench/figure.ts';
import { documentOf, type Target } from '../bench/load/load.ts';
import { makeWorkspace, root, startServer } from '../support/server.ts';
import { keep, wantsRecord } from './record.ts';

export const START_MS = 3_000;
export const OPEN_MS = 500;
const PARAGRAPHS = 200;
const FOLDERS = 100;

export type Stored = {
  readonly notebooks: number;
  /** Of the first start, which makes its index, and of later ones. */
  readonly firstMs: number;
  readonly startMs: readonly number[];
  readonly openMs: readonly number[];
  /** Opened, and what they hold was not what was stored. */
  readonly wrong: number;
};

const small = (index: number): string => `# Notebook ${index}\n\n\`\`\`sql\nselect ${index}\n\`\`\`\n`;
const large = (index: number): string =>
  `# Large ${index}\n${Array.from({ length: PARAGRAPHS }, (_, at) => `\n\`\`\`sql id=p${at}\nselect ${index}, ${at}, '${'x'.repeat(200)}'\n\`\`\`\n`).join('')}`;

export async function store(notebooks: number, opens: number, starts: number): Promise<Stored> {
  const nameOf = (index: number): string => `folder-${index % FOLDERS}/notebook-${index}.nb.md`;
  const files = Object.fromEntries(
    Array.from({ length: notebooks }, (_, index) => [nameOf(index), index < opens ? large(index) : small(index)]),
  );
  const workspace = makeWorkspace(files);
  try {
    const firstMs = await timeStart(workspace.path);
    const startMs: number[] = [];
    for (let start = 0; start < starts; start += 1) startMs.push(await timeStart(workspace.path));
    const { openMs, wrong } = await timeOpens(
      workspace.path,
      Array.from({ length: opens }, (_, index) => nameOf(index)),
    );
    return { notebooks, firstMs, startMs, openMs, wrong };
  } finally {
    workspace.remove();
  }
}

async function timeStart(workspace: string): Promise<number> {
  const started = performance.now();
  const server = await startServer(workspace);
  await server.call('GET', 'notebooks?limit=1');
  const ms = performance.now() - started;
  await server.stop();
  return ms;
}

async function timeOpens(
  workspace: string,
  paths: readonly string[],
): Promise<{ readonly openMs: readonly number[]; readonly wrong: number }> {
  const server = await startServer(workspace);
  try {
    const ids = new Map((await listOf(server)).map(({ path, id }) => [path, id]));
    const target: Target = {
      dialect: 'gondola',
      host: '127.0.0.1',
      port: server.port,
      token: server.token,
      notebooks: paths.map((path) => ids.get(path) ?? ''),
    };
    const openMs: number[] = [];
    let wrong = 0;
    for (const notebook of target.notebooks) {
      const started = performance.now();
      const doc = await documentOf(target, notebook);
      openMs.push(performance.now() - started);
      if (orderOf(doc).length !== PARAGRAPHS + 1) wrong += 1;
    }
    return { openMs, wrong };
  } finally {
    await server.stop();
  }
}

type Listed = { readonly id: string; readonly path: string };

async function listOf(server: Awaited<ReturnType<typeof startServer>>): Promise<readonly Listed[]> {
  const all: Listed[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await server.call('GET', `notebooks?limit=1000${after}`);
    const page = body as { items: readonly Listed[]; next: string | null };
    all.push(...page.items);
    cursor = page.next;
  }
  return all;
}

if (process.argv[1] === import.meta.filename) {
  const at = process.argv.indexOf('--notebooks');
  const notebooks = at < 0 ? 10_000 : Number(process.argv[at + 1]);
  await ensureBuilt(root);
  const stored = await store(notebooks, 100, 5);
  const p95 = Math.round(quantile(stored.openMs, 0.95));
  const start = Math.round(Math.max(...stored.startMs));
  process.stdout.write(`${JSON.stringify({ figure: 'R15', start, p95, ...stored })}\n`);
  if (wantsRecord())
    keep(root, {
      figure: 'R15',
      part: `${notebooks} notebooks`,
      counts: [
        { class: 'starts', cases: stored.startMs.length, failed: stored.startMs.filter((ms) => ms > START_MS).length },
        { class: 'notebooks of 200 paragraphs opened', cases: stored.openMs.length, failed: stored.wrong },
      ],
      readings: [
        { what: 'start to the first list, the slowest', value: start, unit: 'ms', most: START_MS },
        { what: 'the first start of all, which reads every file', value: Math.round(stored.firstMs), unit: 'ms' },
        { what: 'opening one, p95', value: p95, unit: 'ms', most: OPEN_MS },
        { what: 'opening one, median', value: Math.round(quantile(stored.openMs, 0.5)), unit: 'ms' },
      ],
    });
}
