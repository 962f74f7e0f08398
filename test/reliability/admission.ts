/**
 * Admission: two notebooks that take all the processor and memory they are given, on a budget of 4 GB, and a third person
 * who runs `select 1` all the time: asked for to done, as the API tells. Then every place for a session is taken, and one
 * who has to wait is told what for. `node test/reliability/admission.ts [--seconds 60] [--record]`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt } from '../../server/build.js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { quantile } from '../bench/figure.ts';
import { openTyped, until as typed } from '../server/rooms/typists.ts';
import { notebookAt } from '../support/page.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../support/server.ts';
import { keep, wantsRecord } from './record.ts';

export const SELECT_MS = 300;
const BUDGET = '4GB';
/** As many as may have processes at one time on that budget. */
const SLOTS = 4;
/** A person who presses Run again and again. */
const PAUSE_MS = 200;
const RUN_S = 30;

/** A sort of more rows than fit, which spills, and a join of all with all, which never ends. */
const HEAVY = [
  'create or replace table big as select hash(i) as h, md5(i::varchar) as t from range(60000000) r(i) order by t',
  'select count(*) from range(10000000) a, range(10000000) b where hash(a.range + b.range) = 0',
];
const paragraph = (id: string, sql: string): string => `\n\`\`\`sql id=${id}\n${sql}\n\`\`\`\n`;

export type Admitted = {
  /** `select 1` with nobody else there, and beside the two. */
  readonly quietMs: readonly number[];
  readonly besideMs: readonly number[];
  readonly failed: number;
  /** What the run that had to wait was said to wait for. */
  readonly waits: string | undefined;
  /** It ran once there was room. */
  readonly ran: boolean;
};

export async function admit(seconds: number): Promise<Admitted> {
  const others = Array.from({ length: SLOTS - 3 }, (_, index) => `full-${index}.nb.md`);
  const workspace = makeWorkspace({
    ...Object.fromEntries(HEAVY.map((sql, index) => [`heavy-${index}.nb.md`, `# Heavy\n${paragraph('heavy', sql)}`])),
    ...Object.fromEntries(others.map((name) => [name, `# Full\n${paragraph('heavy', HEAVY[1]!)}`])),
    'third.nb.md': `# Third\n${paragraph('one', 'select 1')}${paragraph('heavy', HEAVY[1]!)}`,
    'late.nb.md': `# Late\n${paragraph('one', 'select 1')}`,
  });
  const server = await startServer(workspace.path, { args: ['--memory', BUDGET] });
  try {
    const third = await notebookAt(server, 'third.nb.md');
    const quiet = await select(server, third, Math.min(seconds, 10));
    for (const index of HEAVY.keys()) await start(server, await notebookAt(server, `heavy-${index}.nb.md`));
    const beside = await select(server, third, seconds);
    await start(server, third);
    for (const name of others) await start(server, await notebookAt(server, name));
    const late = await notebookAt(server, 'late.nb.md');
    const waits = await whatItWaitsFor(server, late);
    await server.call('DELETE', `notebooks/${third}/session`);
    const [done] = await select(server, late, 0);
    return {
      quietMs: quiet.flatMap(({ ms, state }) => (state === 'done' ? [ms] : [])),
      besideMs: beside.map(({ ms }) => ms),
      failed: [...quiet, ...beside].filter(({ state }) => state !== 'done').length,
      waits,
      ran: done?.state === 'done',
    };
  } finally {
    await server.stop();
    workspace.remove();
  }
}

type Shown = { readonly id: string; readonly state: string };

async function ask(server: ServerProcess, notebook: string, id: string): Promise<string> {
  const { body } = await server.call('POST', `notebooks/${notebook}/runs`, { paragraphs: [id] });
  return (body as { runs: readonly Shown[] }).runs[0]!.id;
}

/** Resolves once it is under way. */
async function start(server: ServerProcess, notebook: string): Promise<void> {
  const run = await ask(server, notebook, 'heavy');
  await until(async () => (await shown(server, run)).state === 'running');
}

async function select(server: ServerProcess, notebook: string, seconds: number) {
  const all: { readonly ms: number; readonly state: string }[] = [];
  const end = performance.now() + seconds * 1000;
  do {
    const started = performance.now();
    const { body } = await server.call('POST', `notebooks/${notebook}/runs?wait=${RUN_S}`, { paragraphs: ['one'] });
    const ms = performance.now() - started;
    all.push({ ms, state: (body as { runs: readonly Shown[] }).runs[0]!.state });
    await sleep(PAUSE_MS);
  } while (performance.now() < end);
  // The first starts the engine.
  return seconds > 0 ? all.slice(1) : all;
}

/** As the page is told; undefined where it does not wait. */
async function whatItWaitsFor(server: ServerProcess, notebook: string): Promise<string | undefined> {
  const door = { address: () => server.origin.replace('http', 'ws'), token: server.token };
  const live = openTyped(door, notebook as NotebookId, 'ada');
  const told = Promise.withResolvers<string | undefined>();
  live.on((event) => {
    if (event.type !== 'run') return;
    for (const one of event.events) {
      if (one.type === 'progress' && one.progress.waiting !== undefined) told.resolve(one.progress.waiting);
      if (one.type === 'ended') told.resolve(undefined);
    }
  });
  await typed(live, () => live.save.state === 'saved');
  await ask(server, notebook, 'one');
  return told.promise.finally(() => live.close());
}

const shown = async (server: ServerProcess, run: string): Promise<Shown> =>
  (await server.call('GET', `runs/${run}`)).body as Shown;

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + RUN_S * 1000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('it did not come to that');
    await sleep(50);
  }
}

if (process.argv[1] === import.meta.filename) {
  const at = process.argv.indexOf('--seconds');
  const seconds = at < 0 ? 60 : Number(process.argv[at + 1]);
  await ensureBuilt(root);
  const { quietMs, besideMs, failed, waits, ran } = await admit(seconds);
  const p95 = Math.round(quantile(besideMs, 0.95));
  const quiet = Math.round(quantile(quietMs, 0.95));
  process.stdout.write(
    `${JSON.stringify({ figure: 'Admission', p95, quiet, runs: besideMs.length, failed, waits, ran })}\n`,
  );
  if (wantsRecord())
    keep(root, {
      figure: 'Admission',
      part: 'two heavy notebooks',
      counts: [
        { class: 'runs beside them', cases: besideMs.length, failed },
        { class: 'a run that waits says what for', cases: 1, failed: /memory/.test(waits ?? '') ? 0 : 1 },
        { class: 'and runs when there is room', cases: 1, failed: ran ? 0 : 1 },
      ],
      readings: [
        { what: '`select 1` with nobody else there, p95', value: quiet, unit: 'ms' },
        { what: 'the same beside two heavy notebooks, p95', value: p95, unit: 'ms', most: SELECT_MS },
      ],
    });
}
