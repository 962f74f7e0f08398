/** The HTTP app over a temporary folder, with notebooks in memory and sessions that answer by script. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { type Door, type DoorOptions, openDoor } from '../../../server/access/door.ts';
import { AppError } from '../../../server/errors.ts';
import { createApp } from '../../../server/http/app.ts';
import { createBases } from '../../../server/http/bases.ts';
import { createLogger } from '../../../server/http/logging.ts';
import { createPages } from '../../../server/http/pages.ts';
import type { Services } from '../../../server/http/services.ts';
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';
import { formsOf } from '../../../server/protocol/forms/list.ts';
import { type NotebookId, newId } from '../../../server/protocol/ids.ts';
import type { PivotAnswer } from '../../../server/protocol/pivot/answer.ts';
import { DEFAULT_LAYOUT } from '../../../server/protocol/report/layout.ts';
import { openReportPages } from '../../../server/report/page.ts';
import type { Prepared } from '../../../server/results/downloads.ts';
import { openRooms } from '../../../server/rooms/registry.ts';
import { createGraphs } from '../../../server/runs/graph/graphs.ts';
import { createRenames } from '../../../server/runs/graph/rename.ts';
import { dependenceOf } from '../../../server/runs/reach.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { type OpenVersions, openVersions } from '../../../server/versions/versions.ts';
import type { Visitors } from '../../../server/visitors/visitors.ts';
import type { DataFile, Notebook, TrashedNotebook } from '../../../server/workspace/contract.ts';
import { paragraph, seededFile, TestClock } from '../rooms/house.ts';
import { block, newWorld, sql, type World } from '../runs/support.ts';
import { visitorsOf } from '../visitors/support.ts';

export const TOKEN = 'the-token-of-the-tests-0123456789';
export const owner = { authorization: `Bearer ${TOKEN}`, host: 'localhost:4321' };
export const NOTEBOOK = 'notebook22' as NotebookId;

export type Harness = {
  readonly app: FastifyInstance;
  readonly door: Door;
  readonly world: World;
  readonly services: Services;
  readonly folder: string;
  readonly files: Map<string, Uint8Array>;
  readonly logged: string[];
  readonly visitors: Visitors;
  live: string;
  ready: boolean;
  close(): Promise<void>;
};

export async function newHarness(edge: Partial<DoorOptions> = {}): Promise<Harness> {
  const folder = mkdtempSync(join(tmpdir(), 'gondola-http-'));
  const client = join(folder, 'client');
  mkdirSync(join(client, 'assets'), { recursive: true });
  writeFileSync(
    join(client, 'index.html'),
    '<!doctype html><meta name="csp-nonce" content="{{nonce}}"><div id="root">',
  );
  writeFileSync(join(client, 'assets', 'main-abc123.js'), `export const x = '${'x'.repeat(5000)}';\n`);
  writeFileSync(join(client, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, 'secret.txt'), 'outside of the page');
  const world = newWorld([
    sql('a', 'select 1', 'one'),
    sql('b', 'select 2'),
    { ...sql('p', '# Title'), interpreter: 'markdown' },
  ]);
  world.sessions.script = (run, emit) => {
    if (run.source.startsWith('fail'))
      return { state: 'failed', failure: { code: 'syntax', message: 'No.', line: 1, column: 1 } };
    emit({ type: 'text', stream: 'stdout', text: `ran ${run.source}` });
    emit({
      type: 'table',
      table: 0,
      columns: [{ name: 'a', type: 'INTEGER' }],
      rows: 1,
      open: false,
      named: run.name !== undefined,
      block: block('rows'),
    });
    return { state: 'done' };
  };
  const notebooks = new Map<NotebookId, Notebook>();
  notebooks.set(NOTEBOOK, { id: NOTEBOOK, path: 'flights/first.nb.md', title: 'First', changed: 2000, by: 'Ada' });
  notebooks.set('otherother' as NotebookId, {
    id: 'otherother' as NotebookId,
    path: 'other.nb.md',
    title: 'Other',
    changed: 1000,
  });
  const files = new Map<string, Uint8Array>([['data/x.csv', new TextEncoder().encode('a,b\n1,2\n')]]);
  const fileOf = (path: string): DataFile => {
    if (!/^([^/.][^/]*\/)*data\/[^/]+$/.test(path)) throw new AppError('not-acceptable-path', path);
    const bytes = files.get(path);
    if (!bytes) throw new AppError('not-found', 'file');
    const at = path.lastIndexOf('/');
    return {
      name: path.slice(at + 1),
      folder: path.slice(0, at).replace(/\/?data$/, ''),
      path,
      bytes: bytes.length,
      changed: 5,
    };
  };
  const logged: string[] = [];
  const harness: Harness = {
    app: undefined as unknown as FastifyInstance,
    door: undefined as unknown as Door,
    visitors: undefined as unknown as Visitors,
    world,
    services: undefined as unknown as Services,
    folder,
    files,
    logged,
    live: '# First\n',
    ready: true,
    close,
  };
  const trash = new Map<NotebookId, TrashedNotebook>();
  const services: Services = {
    workspace: {
      list: (query) => [...notebooks.values()].filter(({ title }) => !query || title.includes(query)),
      get: (id) => notebooks.get(id),
      async create({ title = 'untitled', folder: within = '' }) {
        if (within.includes('..')) throw new AppError('not-acceptable-path', within);
        const notebook = { id: newId<NotebookId>(), path: `${within}${title}.nb.md`, title, changed: 3000 };
        notebooks.set(notebook.id, notebook);
        return notebook;
      },
      async move(id, path) {
        if (!path.endsWith('.nb.md')) throw new AppError('not-acceptable-path', path);
        const moved = { ...notebooks.get(id)!, path };
        notebooks.set(id, moved);
        return moved;
      },
      async remove(id, by) {
        const { path, title } = notebooks.get(id)!;
        trash.set(id, { id, path, title, deleted: 5000, ...(by === undefined ? {} : { by }) });
        notebooks.delete(id);
      },
      trash: () => [...trash.values()],
      async restore(id) {
        const { path, title } = trash.get(id)!;
        const notebook = { id, path, title, changed: 3000 };
        trash.delete(id);
        notebooks.set(id, notebook);
        return notebook;
      },
      data: {
        visible: async () => [],
        async write(path, content, { replace = false } = {}) {
          const chunks: Buffer[] = [];
          for await (const chunk of content) chunks.push(Buffer.from(chunk));
          const free = replace || !files.has(path) ? path : path.replace(/(\.\w+)$/, '-2$1');
          if (!/^([^/.][^/]*\/)*data\/[^/]+$/.test(path)) throw new AppError('not-acceptable-path', path);
          files.set(free, Buffer.concat(chunks));
          return fileOf(free);
        },
        async read(path, range) {
          const file = fileOf(path);
          const bytes = files.get(path)!;
          return {
            file,
            content: Readable.from([Buffer.from(range ? bytes.slice(range.start, range.end + 1) : bytes)]),
          };
        },
        stat: async (path) => fileOf(path),
        async remove(path) {
          fileOf(path);
          files.delete(path);
        },
      },
    },
    live: {
      async open(id) {
        if (!notebooks.has(id)) throw new AppError('not-found', 'notebook');
        return {
          title: 'First',
          paragraphs: () => world.paragraphs,
          forms: () => formsOf(world.front, world.paragraphs),
          layout: () => DEFAULT_LAYOUT,
          annotations: () => [],
          dependence: () => dependenceOf(world.paragraphs, formsOf(world.front, world.paragraphs).forms),
          text: () => harness.live,
          async edit(base, text) {
            if (text.includes('broken')) throw new AppError('unparsable-notebook', 'line 1');
            harness.live = harness.live === base ? text : harness.live + text.slice(base.length);
          },
          release: () => {},
        };
      },
    },
    runs: world.runs,
    get visitors() {
      return harness.visitors;
    },
    graphs: createGraphs({ uses: async () => undefined }),
    renames: createRenames({ uses: async () => undefined }),
    reports: openReportPages(join(import.meta.dirname, '../../fixtures/report')),
    choices: {
      ask: async () => ({ items: [{ value: 'SEA', label: 'Seattle' }], more: false }),
      lacking: async (_ask, values) => values.filter((value) => value !== 'SEA'),
    },
    sessions: {
      tables: async (_id, named) => named.map(({ name }) => ({ name, source: 'named', columns: [] })),
      status: () => ({ id: world.sessions.idOf(), state: 'none', isolation: 'none', timeZone: 'UTC' }),
    },
    purge: async (id) => void trash.delete(id),
    versions: openHistory(),
    results: {
      info: (id) => world.results.info(id),
      progress: async () => ({ fraction: 1, rows: 1 }),
      profile: async () => ({ rows: 1, nulls: 0 }),
      prepare: async () => ({ state: 'ready', prepared: made }),
      prepared: async (_id, _query, wait) => (wait ? made : undefined),
      sums: async () => ({ values: 1, numbers: 1, sum: '1', mean: 1 }),
      pivotStatement: async () => ({ sql: 'select 1' }),
      async pivot(id) {
        if (!(await world.results.info(id))) throw new AppError('not-found', 'result');
        const side = { fields: [], keys: [{ texts: [] }], of: 1 };
        const answer: PivotAnswer = {
          matching: 1,
          rows: side,
          columns: side,
          values: [{ aggregate: 'count', type: 'BIGINT' }],
          cells: [['1']],
        };
        return {
          contentType: 'application/json; charset=utf-8',
          body: new TextEncoder().encode(JSON.stringify(answer)),
        };
      },
      async chart(id) {
        if (!(await world.results.info(id))) throw new AppError('not-found', 'result');
        const answer: ChartAnswer = {
          mark: 'bar',
          rows: 1,
          x: { scale: 'category', keys: [1], at: [0] },
          y: { aggregate: 'count', values: [1] },
          notes: [],
        };
        return {
          contentType: 'application/json; charset=utf-8',
          body: new TextEncoder().encode(JSON.stringify(answer)),
        };
      },
      async window(id, query) {
        const info = await world.results.info(id);
        if (!info) throw new AppError('not-found', 'result');
        if (query.sort.some(({ column }) => column !== 'a')) throw new AppError('unknown-column', 'x');
        if (query.format === 'csv')
          return { contentType: 'text/csv; charset=utf-8', body: Readable.from(['a\n', '1\n']) };
        return { contentType: 'application/json; charset=utf-8', body: new TextEncoder().encode('[{"a":1}]') };
      },
    },
    bases: createBases(join(folder, 'texts'), () => Date.now()),
    title: 'Tests & <samples>',
    reach: { others: ['https://notebooks.example'], local: false, folder },
    readiness: () => (harness.ready ? { ready: true } : { ready: false, why: 'the disk is full at /secret' }),
    gauges: () => ({ runs_running: { help: 'Runs under way.', value: world.runs.active().length } }),
  };
  const door = openDoor({
    folder: join(folder, '.gondola'),
    token: TOKEN,
    hosts: { allowed: ['notebooks.example'], open: false },
    now: () => Date.now(),
    ...edge,
  });
  const visitors = visitorsOf(world, {
    linksOf: (principal, notebook) => door.access.linksToRun(principal, notebook),
    mayVisit: (principal, notebook) => {
      const { path } = notebooks.get(notebook) ?? {};
      const decision = door.access.decide(principal, 'notebook.run', { kind: 'notebook', notebook, path });
      return decision.allowed;
    },
    onAccess: (listener) => door.access.store.onChange(listener),
    bounds: { idleMs: 60_000, most: 20 },
  });
  const logger = createLogger('info', { write: (line: string) => void logged.push(line) });
  const pages = createPages({ folder: client, door, title: services.title });
  const app = await createApp({ services, door, logger, pages, version: '0.0.0' });
  async function close(): Promise<void> {
    await app.close();
    await harness.visitors.close();
    door.close();
    await world.runs.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return Object.assign(harness, { app, door, services, visitors });
}

/** The CSV of its result. */
const made: Prepared = {
  contentType: 'text/csv; charset=utf-8',
  bytes: 5,
  etag: '"hash"',
  read: async ({ start, end } = { start: 0, end: 4 }) =>
    Readable.from([Buffer.from('a\n12\n').subarray(start, end + 1)]),
};

/** Real versions of documents in memory. */
function openHistory(): OpenVersions {
  const disk = openMemory();
  const clock = new TestClock().clock;
  const folder = (id: NotebookId): string => `notebooks/${id}`;
  const versions: OpenVersions = openVersions({
    disk,
    folder,
    use: (id) => rooms.use(id),
    shown: async () => new Map(),
    clock,
    now: () => 4000,
    warn: () => {},
  });
  const attach = seededFile([paragraph('a', 'select 1')]);
  const rooms = openRooms({ disk, folder, attach, clock, client: 1, warn: () => {} });
  return versions;
}
