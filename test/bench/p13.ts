/**
 * P13: charts over 100M and 10M rows through HTTP and the reader, against the same aggregates as bare statements of an engine of
 * this process, with as many threads, on the very result file. The bare statements are given the range; ours knows it from the
 * chart before. And what is sent, a zoom into 1% of the time, and, of 10M, every mark over columns of few and of very many values.
 *
 * The 100M rows are a Parquet file that is the result by reference (`hundred.ts`); `--rows=` measures fewer.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { ChartSpec } from '../../server/protocol/chart.ts';
import { notebookAt } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';
import { interleave, type Measured, median } from './figure.ts';
import { EVERY as EVERY_HUNDRED, FIRST, ROWS as HUNDRED, openHundred } from './hundred.ts';

const ROWS = 10_000_000;
const ZOOMS = 20;
/** Seconds between two rows. */
const EVERY = 7;
const SQL = `select timestamp '2020-01-01' + to_seconds(range * ${EVERY}) as ts, sin(range / 100000) * 100 + random() as v,
  (range * 7919) % 1000 as n, 'city ' || (range % 77) as city, 'page ' || (hash(range) % 50000) as page,
  'visit ' || hash(range) as visit, (hash(range) % 200000)::integer as who, (hash(range) % 36000) / 100 - 180 as lon,
  (hash(range + 1) % 18000) / 100 - 90 as lat, range % 3 = 0 as paid, case when range % 1000003 = 7 then 1e9 else range % 100 end as far from range(${ROWS})`;

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

/** Those whose answers are made otherwise, by what stands on their axes. */
const FIGURES: Readonly<Record<string, readonly (readonly [string, ChartSpec])[]>> = {
  boxes: [
    ...['city', 'page', 'ts'].map((column) => named(column, { mark: 'box', x: { column }, y: { column: 'v' } })),
    named('all', { mark: 'box', y: { column: 'v' } }),
  ],
  'heat maps': [
    named('ts × n', { mark: 'heat', x: { column: 'ts' }, y: { column: 'n' } }),
    named('ts × city by mean', {
      mark: 'heat',
      x: { column: 'ts', unit: 'week' },
      y: { column: 'city' },
      colour: { column: 'v', aggregate: 'mean' },
    }),
    named('city × n by median', {
      mark: 'heat',
      x: { column: 'city' },
      y: { column: 'n' },
      colour: { column: 'v', aggregate: 'median' },
    }),
  ],
  cohorts: (['week', 'month'] as const).map((unit) =>
    named(`who by ${unit}`, { mark: 'cohort', x: { column: 'ts', unit }, y: { column: 'who' } }),
  ),
  funnels: ['city', 'page'].map((column) =>
    named(`${column} by distinct`, { mark: 'funnel', x: { column }, y: { column: 'who', aggregate: 'distinct' } }),
  ),
  maps: [
    named('lon, lat', { mark: 'map', x: { column: 'lon' }, y: { column: 'lat' } }),
    named('lon, lat by city', { mark: 'map', x: { column: 'lon' }, y: { column: 'lat' }, colour: { column: 'city' } }),
  ],
  facets: [
    named('bars', { ...barOf('ts'), row: { column: 'city' }, column: { column: 'paid' } }),
    named('lines', {
      ...LINE,
      y: { column: 'v', aggregate: 'mean' },
      row: { column: 'city' },
      column: { column: 'paid' },
    }),
    named('histograms', { ...HISTOGRAM, row: { column: 'city' } }),
  ],
};

function named(name: string, spec: ChartSpec): readonly [string, ChartSpec] {
  return [name, spec];
}

function barOf(column: string): ChartSpec {
  return { mark: 'bar', x: { column }, y: { column: 'v', aggregate: 'sum' } };
}

export async function measure(): Promise<readonly Measured[]> {
  return [...(await measureHundred()), ...(await measureTen())];
}

/** Cells of the heat map that is compared, as many as it draws. */
const ACROSS = 60;
const UP = 30;
const N = 100_000;

async function measureHundred(): Promise<readonly Measured[]> {
  const place = await openHundred();
  const { server, result, from } = place;
  const instance = await DuckDBInstance.create(':memory:', { threads: String(availableParallelism()) });
  const bare = await instance.connect();
  try {
    // As the reader does: else each statement would read the footer anew.
    await bare.run('set parquet_metadata_cache = true');
    const sizes: number[] = [];
    const ask = (spec: ChartSpec) => chartTime(server, result, spec, sizes);
    const [low, high] = (await rowsOf(bare, `select min(v), max(v) from ${from}`))[0]!.map(Number);
    const width = (high! - low!) / 50;
    const histogram = await interleave(
      () => ask(HISTOGRAM),
      () => bareTime(bare, `select floor((v - ${low}) / ${width}) as bin, count(*) from ${from} group by bin`),
    );
    const micros = Math.ceil((HUNDRED * EVERY_HUNDRED * 1e6) / 1000);
    const pixel = `(epoch_us(ts) - ${FIRST * 1000}) // ${micros}`;
    const line = await interleave(
      () => ask(LINE),
      () => bareTime(bare, `select ${pixel} as pixel, min(v), max(v) from ${from} group by pixel`),
    );
    const [across, up] = [(high! - low!) / ACROSS, N / UP];
    const heat = await interleave(
      () => ask({ mark: 'heat', x: { column: 'v', bin: ACROSS }, y: { column: 'n', bin: UP } }),
      () =>
        bareTime(
          bare,
          `select floor((v - ${low}) / ${across}) as a, floor(n / ${up}) as b, count(*) from ${from} group by a, b`,
        ),
    );
    const zooms: number[] = [];
    const span = HUNDRED * EVERY_HUNDRED * 1000;
    for (let zoom = 0; zoom < ZOOMS; zoom += 1) {
      const start = FIRST + ((zoom * 0.618_034) % 0.99) * span;
      zooms.push(await ask({ ...LINE, range: [start, start + span / 100] }));
    }
    const rows = `${HUNDRED / 1e6}M rows`;
    return [
      part('P13 histogram 100M', `histogram of ${rows} over HTTP`, histogram),
      part('P13 line 100M', `line of ${rows}, lowest and highest of 1,000 columns of pixels, over HTTP`, line),
      part('P13 heat 100M', `heat map of ${rows}, ${ACROSS} × ${UP} cells, over HTTP`, heat),
      absolute('P13 zoom 100M', `the line of ${rows} in 1% of its time, anywhere`, 'ms', zooms),
      absolute('P13 sent 100M', `the largest answer of ${rows}`, 'KB', [Math.max(...sizes) / 1000]),
    ];
  } finally {
    bare.closeSync();
    instance.closeSync();
    await place.close();
  }
}

async function measureTen(): Promise<readonly Measured[]> {
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
    for (const [mark, specs] of Object.entries(FIGURES)) {
      const values: number[] = [];
      for (const [, spec] of specs) {
        await ask(spec);
        values.push(median([await ask(spec), await ask(spec), await ask(spec)]));
      }
      marks.push({
        figure: `P13 ${mark}`,
        what: `${mark} of 10M rows over HTTP, the slowest of: ${specs.map(([name]) => name).join(', ')}`,
        ours: { unit: 'ms', values: [Math.max(...values)] },
        goal: { at: 'most', value: 2000, of: 'ours' },
      });
    }
    return [
      ...marks,
      part('P13 histogram', 'histogram of 10M rows over HTTP', histogram),
      part('P13 line', 'line of 10M rows, lowest and highest of 1,000 columns of pixels, over HTTP', line),
      absolute('P13 zoom', 'the line in 1% of its time, anywhere', 'ms', zooms),
      absolute('P13 sent', 'the largest answer', 'KB', [Math.max(...sizes) / 1000]),
    ];
  } finally {
    bare.closeSync();
    instance.closeSync();
    await server.stop();
    workspace.remove();
  }
}

/** A hundred, of whatever unit: milliseconds of a zoom, kilobytes of an answer. */
const absolute = (figure: string, what: string, unit: 'ms' | 'KB', values: readonly number[]): Measured => ({
  figure,
  what,
  ours: { unit, values },
  goal: { at: 'most', value: 100, of: 'ours' },
});

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
