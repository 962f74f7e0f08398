/**
 * P13: charts over 10M rows through HTTP and the reader, against the same aggregates as bare statements of an engine of this
 * process, with as many threads, on the very result file. The bare statements are given the range; ours knows it from the
 * chart before. And what is sent, a zoom into 1% of the time, and every mark over columns of few and of very many values.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { ChartSpec } from '../../server/protocol/chart.ts';
import { notebookAt } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';
import { interleave, type Measured, median } from './figure.ts';

const ROWS = 10_000_000;
const ZOOMS = 20;
const FIRST = Date.UTC(2020, 0, 1);
/** Seconds between two rows. */
const EVERY = 7;
const SQL = `select timestamp '2020-01-01' + to_seconds(range * ${EVERY}) as ts, sin(range / 100000) * 100 + random() as v,
  (range * 7919) % 1000 as n, 'city ' || (range % 77) as city, 'page ' || (hash(range) % 50000) as page,
  'visit ' || hash(range) as visit, range % 3 = 0 as paid, case when range % 1000003 = 7 then 1e9 else range % 100 end as far from range(${ROWS})`;

const HISTOGRAM: ChartSpec = { mark: 'histogram', x: { column: 'v' } };
const LINE: ChartSpec = { mark: 'line', x: { column: 'ts' }, y: { column: 'v', aggregate: 'none' } };

/** Each mark over columns of few values, of thousands, of ten million. */
const MARKED: Readonly<Record<string, readonly ChartSpec[]>> = {
  bar: [
    ...['ts', 'n', 'city', 'page', 'visit', 'paid'].map((column) => barOf(column)),
    ...['city', 'page', 'visit'].map((column) => ({ ...barOf('ts'), colour: { column } })),
  ],
  line: ['city', 'page', 'visit'].map((column) => ({
    ...LINE,
    y: { column: 'v', aggregate: 'mean' },
    colour: { column },
  })),
  area: ['city', 'visit'].map((column) => ({
    mark: 'area',
    x: { column: 'ts' },
    y: { aggregate: 'count' },
    colour: { column },
  })),
  point: ['city', 'visit'].map((column) => ({
    mark: 'point',
    x: { column: 'n' },
    y: { column: 'v', aggregate: 'none' },
    colour: { column },
  })),
  pie: ['city', 'page', 'visit', 'paid'].map((column) => ({ ...barOf(column), mark: 'pie' })),
  histogram: [
    ...['ts', 'n', 'far'].map((column) => ({ mark: 'histogram' as const, x: { column } })),
    ...['city', 'page', 'visit'].map((column) => ({ ...HISTOGRAM, colour: { column } })),
  ],
};

function barOf(column: string): ChartSpec {
  return { mark: 'bar', x: { column }, y: { column: 'v', aggregate: 'sum' } };
}

export async function measure(): Promise<readonly Measured[]> {
  const workspace = makeWorkspace({ 'series.nb.md': `# Series\n\n\`\`\`sql id=series\n${SQL}\n\`\`\`\n` });
  const server = await startServer(workspace.path);
  const instance = await DuckDBInstance.create(':memory:', { threads: String(availableParallelism()) });
  const bare = await instance.connect();
  try {
    const notebook = await notebookAt(server, 'series.nb.md');
    const result = await resultOf(server, notebook);
    const sizes: number[] = [];
    const ask = (spec: ChartSpec) => chartTime(server, result, spec, sizes);
    const folder = join(workspace.path, '.gondola', 'notebooks', notebook, 'results');
    const file = join(folder, readdirSync(folder)[0]!);
    await bare.run(`attach '${file}' as r (read_only)`);
    const [low, high] = (await rowsOf(bare, 'select min(v), max(v) from r.result'))[0]!.map(Number);
    const histogram = await interleave(
      () => ask(HISTOGRAM),
      () =>
        bareTime(
          bare,
          `select floor((v - ${low}) / ${(high! - low!) / 50}) as bin, count(*) from r.result group by bin`,
        ),
    );
    const width = Math.ceil((ROWS * EVERY * 1e6) / 1000);
    const line = await interleave(
      () => ask(LINE),
      () =>
        bareTime(
          bare,
          `select (epoch_us(ts) - ${FIRST * 1000}) // ${width} as pixel, min(v), max(v) from r.result group by pixel`,
        ),
    );
    const zooms: number[] = [];
    const span = ROWS * EVERY * 1000;
    for (let zoom = 0; zoom < ZOOMS; zoom += 1) {
      const from = FIRST + ((zoom * 0.618_034) % 0.99) * span;
      zooms.push(await ask({ ...LINE, range: [from, from + span / 100] }));
    }
    const marks: Measured[] = [];
    for (const [mark, specs] of Object.entries(MARKED)) {
      const values: number[] = [];
      for (const spec of specs) {
        // What is found out about a column is found once.
        await ask(spec);
        values.push(median([await ask(spec), await ask(spec), await ask(spec)]));
      }
      marks.push({
        figure: `P13 ${mark}s`,
        what: `${mark} of 10M rows over HTTP, the slowest of: ${specs.map(nameOf).join(', ')}`,
        ours: { unit: 'ms', values: [Math.max(...values)] },
        goal: { at: 'most', value: 2000, of: 'ours' },
      });
    }
    return [
      ...marks,
      part('P13 histogram', 'histogram of 10M rows over HTTP', histogram),
      part('P13 line', 'line of 10M rows, lowest and highest of 1,000 columns of pixels, over HTTP', line),
      {
        figure: 'P13 zoom',
        what: 'the line in 1% of its time, anywhere',
        ours: { unit: 'ms', values: zooms },
        goal: { at: 'most', value: 100, of: 'ours' },
      },
      {
        figure: 'P13 sent',
        what: 'the largest answer',
        ours: { unit: 'KB', values: [Math.max(...sizes) / 1000] },
        goal: { at: 'most', value: 100, of: 'ours' },
      },
    ];
  } finally {
    bare.closeSync();
    instance.closeSync();
    await server.stop();
    workspace.remove();
  }
}

const nameOf = ({ x, colour }: ChartSpec): string =>
  colour?.column ? `${x?.column} by ${colour.column}` : String(x?.column);

const part = (figure: string, what: string, times: Awaited<ReturnType<typeof interleave>>): Measured => ({
  figure,
  what,
  ours: { unit: 'ms', values: times.ours },
  reference: { name: 'bare DuckDB on the same file, given the range', unit: 'ms', values: times.reference },
  goal: { at: 'most', value: 1.15, of: 'ratio' },
});

async function resultOf(server: ServerProcess, notebook: string): Promise<string> {
  const { body } = await server.call('POST', `notebooks/${notebook}/runs?wait=300`, {});
  const [asked] = (body as { runs: { id: string }[] }).runs;
  const run = await server.call('GET', `runs/${asked!.id}`);
  const [output] = (run.body as { outputs: { result?: string }[] }).outputs;
  if (!output?.result) throw new Error(`the run gave no table: ${JSON.stringify(run.body)}`);
  return output.result;
}

async function chartTime(server: ServerProcess, result: string, spec: ChartSpec, sizes: number[]): Promise<number> {
  const query = new URLSearchParams({ spec: JSON.stringify(spec) });
  const started = performance.now();
  const response = await fetch(`${server.origin}/api/v1/results/${result}/chart?${query}`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  const bytes = await response.arrayBuffer();
  const took = performance.now() - started;
  if (!response.ok) throw new Error(Buffer.from(bytes).toString());
  sizes.push(bytes.byteLength);
  return took;
}

async function bareTime(connection: DuckDBConnection, sql: string): Promise<number> {
  const started = performance.now();
  await rowsOf(connection, sql);
  return performance.now() - started;
}

const rowsOf = async (connection: DuckDBConnection, sql: string) => (await connection.run(sql)).getRows();
