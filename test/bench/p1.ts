/**
 * P1: the reference job, calls repeated with the same content within 200 ms in a day's API log, as a notebook's `sql`
 * paragraph: against the same statement on the bare engine, and, a core, against a streaming JavaScript loop with a Map.
 * Each answer must be the number that was planted. `--rows=400000` measures a smaller log; the log is kept in `.cache`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Expected } from '../../server/samples/api-log.ts';
import { COLUMNS, FORMATS, type Format, writeApiLog } from '../../server/samples/write.ts';
import { procUsage } from '../../server/sessions/proc.ts';
import { root, type ServerProcess, startServer } from '../support/server.ts';
import { type Measured, ROUNDS } from './figure.ts';

const ROWS = Number(process.argv.find((arg) => arg.startsWith('--rows='))?.slice('--rows='.length) ?? 4_000_000);

const SOURCES: Readonly<Record<Format, string>> = {
  jsonl: `read_json('data/jsonl/api-log.jsonl', format = 'newline_delimited', columns = ${COLUMNS})`,
  gz: `read_json('data/gz/api-log-*.jsonl.gz', format = 'newline_delimited', columns = ${COLUMNS})`,
  parquet: "'data/parquet/api-log.parquet'",
};
const WHAT: Readonly<Record<Format, string>> = { jsonl: 'raw', gz: '8 gz files', parquet: 'Parquet' };
/** What a core must do against the loop. */
const LOOP_GOALS = { jsonl: 3.5, gz: 2 } as const;

/** Partitioned by one hash; that the content is equal is told by a second, of the same parts in another order. */
const jobOn = (format: Format): string => `select count(*)::int as repeats
from (
  select
    other = lag(other) over same and epoch_ms(ts) - epoch_ms(lag(ts) over same) <= 200 as repeats
  from (
    select ts, hash(method, path, body) as content, hash(body, path, method) as other
    from ${SOURCES[format]}
  )
  window same as (partition by content order by ts)
)
where repeats`;

type Program = { ask(line: unknown): Promise<unknown>; close(): Promise<void> };

function openProgram(name: string, cwd: string): Program {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'programs', `${name}.ts`)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd,
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    async ask(line) {
      child.stdin!.write(`${JSON.stringify(line)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} ended`);
      return JSON.parse(value) as unknown;
    },
    async close() {
      const gone = once(child, 'exit');
      child.stdin!.end();
      await gone;
    },
  };
}

type Spent = { readonly seconds: number; readonly cpu: number };

/** The run's time from the request to its end, and the processor time of server and engine. */
async function runIn(server: ServerProcess, notebook: string, paragraph: string, repeats: number): Promise<Spent> {
  const usage = procUsage();
  const cpuOf = (): number => (usage(server.process.pid!)?.cpuMs ?? Number.NaN) / 1000;
  const cpuBefore = cpuOf();
  const started = performance.now();
  const { body } = await server.call('POST', `notebooks/${notebook}/runs?wait=600`, { paragraphs: [paragraph] });
  const spent = { seconds: (performance.now() - started) / 1000, cpu: cpuOf() - cpuBefore };
  const { runs } = body as { runs: { id: string; state: string }[] };
  const run = (await server.call('GET', `runs/${runs[0]!.id}`)).body as { outputs: { result?: string }[] };
  const rows = await server.call('GET', `results/${run.outputs[0]?.result}/rows`);
  check((rows.body as { repeats: number }[])[0]?.repeats, repeats, `the notebook on ${paragraph}`);
  return spent;
}

function check(found: unknown, planted: number, who: string): void {
  if (found !== planted) throw new Error(`${who} found ${found} repeats, and ${planted} were planted.`);
}

/** A workspace with the log in each format, made once for a number of rows. */
async function prepare(): Promise<{ folder: string; expected: Expected }> {
  const folder = join(root, 'test', '.cache', `p1-${ROWS}`);
  for (const format of FORMATS) {
    const at = join(folder, 'data', format);
    const note = join(at, 'api-log.expected.json');
    if (existsSync(note)) continue;
    process.stderr.write(`  making ${ROWS} calls as ${format} …\n`);
    rmSync(at, { recursive: true, force: true });
    await writeApiLog({ rows: ROWS, folder: at, name: 'api-log', format });
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'gondola.json'), '{ "timezone": "UTC" }\n');
  const paragraphs = FORMATS.map((format) => `\n\`\`\`sql id=${format}\n${jobOn(format)}\n\`\`\`\n`);
  writeFileSync(join(folder, 'job.nb.md'), `# The reference job\n${paragraphs.join('')}`);
  const note = readFileSync(join(folder, 'data/jsonl/api-log.expected.json'), 'utf8');
  return { folder, expected: JSON.parse(note) as Expected };
}

export async function measure(): Promise<readonly Measured[]> {
  const { folder, expected } = await prepare();
  const { repeats } = expected;
  const server = await startServer(folder);
  const bare = openProgram('loop', folder);
  const loop = openProgram('repeats', folder);
  const measured: Measured[] = [];
  try {
    const { body } = await server.call('GET', 'notebooks');
    const notebook = (body as { items: { id: string }[] }).items[0]!.id;
    for (const format of FORMATS) {
      const ours: Spent[] = [];
      const theirs: number[] = [];
      const loops: number[] = [];
      const files = filesOf(folder, format);
      // Round 0 warms up, files in the page cache included.
      for (let round = 0; round <= ROUNDS; round += 1) {
        ours.push(await runIn(server, notebook, format, repeats));
        const started = performance.now();
        const [row] = (await bare.ask({ sql: jobOn(format) })) as [[number]];
        theirs.push((performance.now() - started) / 1000);
        check(row[0], repeats, 'the bare engine');
        if (format === 'parquet' || round === 0) continue;
        const { repeats: found, cpu } = (await loop.ask(files)) as { repeats: number; cpu: number };
        check(found, repeats, 'the loop');
        loops.push(cpu);
      }
      measured.push({
        figure: `P1 ${format}`,
        what: `reference job, ${ROWS / 1e6}M calls, ${WHAT[format]}`,
        ours: { unit: 'ms', values: ours.slice(1).map(({ seconds }) => seconds * 1000) },
        reference: {
          name: 'same SQL on bare node-api',
          unit: 'ms',
          values: theirs.slice(1).map((seconds) => seconds * 1000),
        },
        goal: { at: 'most', value: 1.05, of: 'ratio' },
      });
      if (format === 'parquet') continue;
      measured.push({
        figure: `P1 ${format} loop`,
        what: `the same, calls in a second of processor time`,
        ours: { unit: '1/s', values: ours.slice(1).map(({ cpu }) => ROWS / cpu) },
        reference: { name: 'streaming JavaScript with a Map', unit: '1/s', values: loops.map((cpu) => ROWS / cpu) },
        goal: { at: 'least', value: LOOP_GOALS[format], of: 'ratio' },
      });
    }
    return measured;
  } finally {
    await bare.close();
    await loop.close();
    await server.stop();
    rmSync(join(folder, '.gondola'), { recursive: true, force: true });
  }
}

const filesOf = (folder: string, format: Format): readonly string[] =>
  readdirSync(join(folder, 'data', format))
    .filter((name) => name.startsWith('api-log') && !name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, 'data', format, name));
