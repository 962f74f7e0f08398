/**
 * R8: hogs beside a working user, on the built server as a process. Ada types steadily in one notebook; in another the hogs
 * run one after the other. For each: when it ended and why, the most memory its processes were seen with, and how long
 * Ada's edits took to be acknowledged meanwhile. `node test/reliability/r8.ts [--record] [--no-groups] [HOG …]`.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt } from '../../server/build.js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { procUsage } from '../../server/sessions/proc.ts';
import { quantile } from '../bench/figure.ts';
import { Typist, until } from '../server/rooms/typists.ts';
import { notebookAt } from '../support/page.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../support/server.ts';
import { type Count, keep, type Reading, wantsRecord } from './record.ts';

const MB = 2 ** 20;
/** One session's; the server has four times as much for all. */
const MEMORY = 512 * MB;
const RUN_SECONDS = 8;
const GRACE_MS = 3_000;
const ACKNOWLEDGED_MS = 300;
const SLACK = 1.25;
/** An edit each 50 ms: a fast typist. */
const PAUSE_MS = 50;
const QUIET_MS = 5_000;
/** No run is waited for longer. */
const LONGEST_S = 30;

type Hog = {
  readonly id: string;
  readonly class: string;
  readonly fence: 'sh' | 'ts' | 'sql';
  readonly source: string;
  /** How it may end; `done` where the system refuses what it wants. */
  readonly ends: RegExp;
};

const node = (code: string): string => `/app/bin/node -e '${code}'`;
const HOGS: readonly Hog[] = [
  {
    id: 'heap',
    class: 'memory',
    fence: 'sh',
    source: node('const all = []; for (;;) all.push(Buffer.alloc(1 << 24, 1))'),
    ends: /memory-limit/,
  },
  {
    id: 'objects',
    class: 'memory',
    fence: 'ts',
    source: 'const all: unknown[] = []; for (;;) all.push({ a: all.length })',
    // A slow machine comes to the end of its time first.
    ends: /memory|gone|time-limit/,
  },
  {
    id: 'rows',
    class: 'memory',
    fence: 'sql',
    source: "select list(repeat('x', 1000000) || i) from range(100000) r(i)",
    ends: /memory/,
  },
  {
    id: 'children',
    class: 'memory',
    fence: 'sh',
    source: `for i in 1 2 3 4; do ${node('const all = []; for (;;) all.push(Buffer.alloc(1 << 22, 1))')} & done; wait`,
    ends: /memory-limit/,
  },
  {
    id: 'loop',
    class: 'processor',
    fence: 'sh',
    source: 'for i in 1 2 3 4; do while :; do :; done & done; wait',
    ends: /time-limit/,
  },
  { id: 'expression', class: 'processor', fence: 'ts', source: "/(a+)+b/.test('a'.repeat(40))", ends: /time-limit/ },
  {
    id: 'join',
    class: 'processor',
    fence: 'sql',
    source: 'select count(*) from range(10000000) a, range(10000000) b where hash(a.range + b.range) = 0',
    ends: /time-limit/,
  },
  {
    id: 'fork',
    class: 'processes',
    fence: 'sh',
    source: 'bomb() { bomb | bomb & }; bomb; sleep 4',
    ends: /done|time-limit|exit-code|gone|memory-limit/,
  },
  {
    id: 'threads',
    class: 'processes',
    fence: 'sh',
    source: node(
      'const { Worker } = require("node:worker_threads"); for (let i = 0; i < 2000; i++) new Worker("setInterval(() => 0, 1e6)", { eval: true }).on("error", () => process.exit(0))',
    ),
    ends: /done|time-limit|exit-code|gone|memory-limit/,
  },
  { id: 'lines', class: 'output', fence: 'sh', source: "yes 'a line of text'", ends: /output-limit/ },
  { id: 'bytes', class: 'output', fence: 'sh', source: 'cat /dev/urandom', ends: /output-limit/ },
  {
    id: 'tables',
    class: 'output',
    fence: 'ts',
    source: 'for (;;) console.log({ a: 1, b: [1, 2, 3] })',
    ends: /output-limit|time-limit/,
  },
  {
    id: 'file',
    class: 'disk',
    fence: 'sh',
    source: 'while :; do head -c 50M /dev/zero > f$RANDOM$RANDOM; sleep 0.05; done',
    ends: /disk-limit/,
  },
  {
    id: 'spill',
    class: 'disk',
    fence: 'sql',
    source: 'create table big as select i, md5(i::varchar) || md5((i + 1)::varchar) as t from range(200000000) r(i)',
    ends: /disk-limit|time-limit/,
  },
  { id: 'temporary', class: 'disk', fence: 'sh', source: 'head -c 1G /dev/zero > /tmp/fill', ends: /exit-code/ },
  { id: 'shared', class: 'disk', fence: 'sh', source: 'head -c 1G /dev/zero > /dev/shm/fill', ends: /exit-code/ },
  {
    id: 'small',
    class: 'disk',
    fence: 'sh',
    source: node(
      'const fs = require("node:fs"); fs.mkdirSync("many"); for (let i = 0; ; i++) fs.writeFileSync("many/" + i, "")',
    ),
    ends: /disk-limit|time-limit/,
  },
  {
    id: 'open',
    class: 'descriptors',
    fence: 'sh',
    source: node('const fs = require("node:fs"); for (;;) fs.openSync("/dev/null")'),
    ends: /exit-code/,
  },
  {
    id: 'sockets',
    class: 'descriptors',
    fence: 'sh',
    source: `perl -e 'my @all; while (socket(my $s, 1, 1, 0)) { push @all, $s } exit(scalar(@all) > 100 ? 3 : 0)'`,
    ends: /exit-code/,
  },
  {
    id: 'watches',
    class: 'descriptors',
    fence: 'sh',
    source: node(
      'const fs = require("node:fs"); for (let i = 0; i < 100000; i++) { fs.mkdirSync("w" + i); fs.watch("w" + i) }',
    ),
    ends: /exit-code|disk-limit|time-limit/,
  },
];

type Result = {
  readonly hog: Hog;
  readonly ended: string;
  readonly ms: number;
  readonly peak: number;
  readonly overMs: number;
  readonly latencies: readonly number[];
};

async function runHog(server: ServerProcess, notebook: string, hog: Hog, typist: Typist): Promise<Result> {
  const from = typist.latencies.length;
  const look = procUsage();
  let peak = 0;
  let over: number | undefined;
  let overMs = 0;
  const watch = setInterval(() => {
    // The largest single process tree below the server: each interpreter's own.
    for (const child of childrenOf(server.process.pid!)) {
      const { memory = 0 } = look(child) ?? {};
      peak = Math.max(peak, memory);
      if (memory > MEMORY * SLACK) over ??= performance.now();
      if (memory > MEMORY * SLACK) overMs = performance.now() - over!;
    }
  }, 20);
  const began = performance.now();
  const { body } = await server.call('POST', `notebooks/${notebook}/runs?wait=${LONGEST_S}`, { paragraphs: [hog.id] });
  const ms = performance.now() - began;
  clearInterval(watch);
  const ended = await endOf(server, (body as { runs: { id: string }[] }).runs[0]!.id);
  await until(typist.live, () => typist.live.save.state === 'saved');
  await server.call('DELETE', `notebooks/${notebook}/session?clear=true`);
  return { hog, ended, ms, peak, overMs, latencies: typist.latencies.slice(from) };
}

/** State, reason and the code of the error that is shown. */
async function endOf(server: ServerProcess, id: string): Promise<string> {
  const { body } = await server.call('GET', `runs/${id}`);
  const run = body as { state: string; reason?: string; outputs: { kind: string; code?: string }[] };
  const error = run.outputs.find(({ kind }) => kind === 'error');
  return [run.state, run.reason, error?.code].filter(Boolean).join(' ');
}

const childrenOf = (pid: number): readonly number[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
};

const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
const hogs = HOGS.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
await ensureBuilt(root);
const workspace = makeWorkspace({
  'work.nb.md': '# Work\n\n```sql id=one\nselect 1\n```\n',
  'hogs.nb.md': `# Hogs\n${hogs.map(({ id, fence, source }) => `\n\`\`\`${fence} id=${id}\n${source}\n\`\`\`\n`).join('')}`,
});
const server = await startServer(workspace.path, {
  args: [
    '--memory',
    `${(4 * MEMORY) / MB}MB`,
    '--run-seconds',
    String(RUN_SECONDS),
    '--session-disk',
    '400MB',
    '--sandbox',
    'auto',
    ...(process.argv.includes('--no-groups') ? ['--control-groups', 'off'] : []),
  ],
});
try {
  const [work, notebook] = [await notebookAt(server, 'work.nb.md'), await notebookAt(server, 'hogs.nb.md')];
  const typist = new Typist(
    { address: () => server.origin.replace('http', 'ws'), token: server.token },
    work as NotebookId,
    'ada',
  );
  await until(typist.live, () => typist.live.save.state === 'saved');
  typist.start(PAUSE_MS);
  await sleep(QUIET_MS);
  const quiet = [...typist.latencies];
  const results: Result[] = [];
  for (const hog of hogs) {
    const result = await runHog(server, notebook, hog, typist);
    results.push(result);
    process.stdout.write(
      `${JSON.stringify({ hog: hog.id, ended: result.ended, ms: Math.round(result.ms), peakMB: Math.round(result.peak / MB), overMs: Math.round(result.overMs), p99: Math.round(quantile(result.latencies, 0.99)), edits: result.latencies.length })}\n`,
    );
  }
  typist.stop();
  const groups = /^control groups: (\S+)/m.exec(String((await server.call('GET', '/readyz')).body))?.[1] ?? 'unknown';
  const alive = (await server.call('GET', '/healthz')).status === 200;
  const late = results.filter(({ ms }) => ms > RUN_SECONDS * 1000 + GRACE_MS);
  const wrong = results.filter(({ hog, ended }) => !hog.ends.test(ended));
  const counts: Count[] = [...new Set(hogs.map((hog) => hog.class))].map((name) => ({
    class: name,
    cases: hogs.filter((hog) => hog.class === name).length,
    failed: results.filter((one) => one.hog.class === name && (late.includes(one) || wrong.includes(one))).length,
  }));
  const all = results.flatMap(({ latencies }) => latencies);
  const ms = (value: number): number => Math.round(value * 10) / 10;
  const readings: Reading[] = [
    { what: 'edits acknowledged, p99, before', value: ms(quantile(quiet, 0.99)), unit: 'ms' },
    {
      what: `edits acknowledged, p99 of ${all.length} beside hogs`,
      value: ms(quantile(all, 0.99)),
      unit: 'ms',
      most: ACKNOWLEDGED_MS,
    },
    ...[...new Set(hogs.map((hog) => hog.class))].map((name) => ({
      what: `the same beside hogs of ${name}`,
      value: ms(
        quantile(
          results.filter((one) => one.hog.class === name).flatMap(({ latencies }) => latencies),
          0.99,
        ),
      ),
      unit: 'ms',
      most: ACKNOWLEDGED_MS,
    })),
    {
      what: 'longest run',
      value: ms(Math.max(...results.map((one) => one.ms)) / 1000),
      unit: 's',
      most: RUN_SECONDS + GRACE_MS / 1000,
    },
    {
      what: 'longest above 1.25 times the limit of memory, without forks',
      value: ms(Math.max(...results.map(({ hog, overMs }) => (hog.id === 'fork' ? 0 : overMs)))),
      unit: 'ms',
      most: GRACE_MS,
    },
    {
      what: `most memory of one interpreter, in limits of ${MEMORY / MB} MB; without forks, whose shared pages a sum counts for each`,
      value:
        ms(
          (Math.max(...results.filter(({ hog }) => hog.class !== 'processes').map(({ peak }) => peak)) / MEMORY) * 10,
        ) / 10,
      unit: '×',
      most: SLACK,
    },
    { what: 'servers that died', value: alive ? 0 : 1, unit: '', most: 0 },
  ];
  process.stdout.write(
    `${JSON.stringify({ late: late.map(({ hog }) => hog.id), wrong: wrong.map(({ hog, ended }) => [hog.id, ended]), readings }, null, 1)}\n`,
  );
  const untried = [`control groups but ${groups}, which this machine has`];
  if (wantsRecord())
    keep(root, {
      figure: 'R8',
      part: groups === 'none' ? 'hogs without control groups' : 'hogs',
      counts,
      readings,
      untried,
    });
  typist.live.close();
} finally {
  await server.stop();
  workspace.remove();
}
