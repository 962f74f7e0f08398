/**
 * P2: the reference job on 100 million (time, hash) rows, as the paragraph `slices` of the sample notebook `api-log`: in a
 * session whose engine may use 200 MB, against the same in one of 2 GB. Each answer must be the right count.
 * `--rows=10000000` measures less; the rows are kept in `.cache`.
 */
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { treeOf } from '../../server/sessions/proc.ts';
import { root, type ServerProcess, startServer } from '../support/server.ts';
import { interleave, type Measured } from './figure.ts';

const ROWS = Number(process.argv.find((arg) => arg.startsWith('--rows='))?.slice('--rows='.length) ?? 100_000_000);
const DAY_MS = 86_400_000;

/**
 * Memory for all sessions, of which one gets a quarter; an engine is told to use 1.25 times that less 192 MB (`limits.ts`):
 * so 200 MB and 2 GB.
 */
const SMALL = '1255MB';
const LARGE = '8192MB';
const MAX_RSS_MB = 450;

/** Row `i` at its share of the day; each thousandth repeats the content of one up to 400 rows before. */
const ROW = `(i * ${DAY_MS}) // ${ROWS}`;
const BACK = '(1 + (i // 1000) % 400)';

type Prepared = { readonly file: string; readonly repeats: number };

async function prepare(folder: string): Promise<Prepared> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'fingerprints.parquet');
  const engine = await DuckDBInstance.create();
  const connection = await engine.connect();
  if (!existsSync(file)) {
    process.stderr.write(`  making ${ROWS} rows …\n`);
    await connection.run(`copy (
      select ${ROW} as ms, hash(case when i % 1000 = 999 then i - ${BACK} else i end) as content
      from range(${ROWS}) t(i)
    ) to '${file}.part' (format parquet)`);
    renameSync(`${file}.part`, file);
  }
  const reader = await connection.runAndReadAll(`
    select count(*)::int from (
      select i, i - ${BACK} as source from range(999, ${ROWS}, 1000) t(i)
    ) where ${ROW} - ${ROW.replace('i', 'source')} <= 200`);
  connection.closeSync();
  engine.closeSync();
  return { file, repeats: Number(reader.getRows()[0]?.[0]) };
}

/** The paragraph as the sample has it. */
function sliceParagraph(): string {
  const text = readFileSync(join(root, 'notebooks', 'api-log.nb.md'), 'utf8');
  const found = /```typescript id=slices\n[\s\S]+?\n```\n/.exec(text);
  if (!found) throw new Error('The sample has no paragraph `slices`.');
  return found[0];
}

type Side = { readonly server: ServerProcess; readonly folder: string; run(): Promise<number>; peak(): number };

async function openSide(name: string, memory: string, base: string, prepared: Prepared): Promise<Side> {
  const folder = join(base, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'data'), { recursive: true });
  linkSync(prepared.file, join(folder, 'data', 'fingerprints.parquet'));
  writeFileSync(join(folder, 'gondola.json'), '{ "timezone": "UTC" }\n');
  const view = "```sql id=view\ncreate or replace view fingerprints as from 'data/fingerprints.parquet'\n```\n";
  writeFileSync(join(folder, 'slices.nb.md'), `# Slices\n\n${view}\n${sliceParagraph()}`);
  const server = await startServer(folder, { args: ['--memory', memory] });
  const { body } = await server.call('GET', 'notebooks');
  const notebook = (body as { items: { id: string }[] }).items[0]!.id;
  const runOne = async (paragraph: string): Promise<{ seconds: number; shown: string }> => {
    const started = performance.now();
    const { body: answer } = await server.call('POST', `notebooks/${notebook}/runs?wait=600`, {
      paragraphs: [paragraph],
    });
    const seconds = (performance.now() - started) / 1000;
    const { runs } = answer as { runs: { id: string; state: string }[] };
    const run = (await server.call('GET', `runs/${runs[0]!.id}`)).body as { outputs: { text?: string }[] };
    if (runs[0]?.state !== 'done') throw new Error(`${name}: ${JSON.stringify(run)}`);
    return { seconds, shown: run.outputs.map(({ text }) => text ?? '').join('') };
  };
  await runOne('view');
  return {
    server,
    folder,
    async run() {
      const { seconds, shown } = await runOne('slices');
      if (Number(shown) !== prepared.repeats)
        throw new Error(`${name} found ${shown.trim()} repeats of ${prepared.repeats}.`);
      return seconds * 1000;
    },
    peak: () => peakOf(server.process.pid!),
  };
}

/** The most that the engine's process ever held, in MB. */
function peakOf(server: number): number {
  const engines = treeOf(server).filter((pid) => /sql\/main\.\w+\0$/.test(read(`/proc/${pid}/cmdline`)));
  const peaks = engines.map((pid) => Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1]) / 1024);
  return Math.max(...peaks);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

export async function measure(): Promise<readonly Measured[]> {
  const base = join(root, 'test', '.cache', `p2-${ROWS}`);
  const prepared = await prepare(base);
  const small = await openSide('small', SMALL, base, prepared);
  const large = await openSide('large', LARGE, base, prepared);
  try {
    const times = await interleave(small.run, large.run);
    return [
      {
        figure: 'P2',
        what: `repeats among ${ROWS / 1e6}M rows in 20 slices, engine of 200 MB`,
        ours: { unit: 'ms', values: times.ours },
        reference: { name: 'the same with 2 GB', unit: 'ms', values: times.reference },
        goal: { at: 'most', value: 1.1, of: 'ratio' },
      },
      {
        figure: 'P2 memory',
        what: 'the most that the engine’s process held',
        ours: { unit: 'MB', values: [small.peak()] },
        goal: { at: 'most', value: MAX_RSS_MB, of: 'ours' },
        note: `with 2 GB it held ${Math.round(large.peak())} MB`,
      },
    ];
  } finally {
    await small.server.stop();
    await large.server.stop();
    for (const name of readdirSync(base).filter((one) => !one.endsWith('.parquet')))
      rmSync(join(base, name), { recursive: true, force: true });
  }
}
