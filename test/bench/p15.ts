/**
 * P15: filters, profiles and pivots of a 10M-row result through HTTP and the reader, against the same statements bare in an engine of
 * this process, with as many threads, on the very result file. Each round asks for other values, so nothing is at hand. And
 * windows at random places while profiles are made: those go first.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Filter } from '../../server/protocol/table/narrow.ts';
import { notebookAt } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';
import { interleave, type Measured } from './figure.ts';

const ROWS = 10_000_000;
const WINDOWS = 100;
const SCREEN = 60;
const SQL = `select range as i, (range * 7919) % 100000 as n, sin(range / 100000) * 100 as v, timestamp '2020-01-01' + to_seconds(range * 7) as ts,
  'city ' || (hash(range) % 77) as city, 'page ' || (hash(range) % 50000) as page from range(${ROWS})`;
const COLUMNS = ['i', 'n', 'v', 'ts', 'city', 'page'];

type Place = { readonly server: ServerProcess; readonly result: string };

export async function measure(): Promise<readonly Measured[]> {
  const workspace = makeWorkspace({ 'rows.nb.md': `# Rows\n\n\`\`\`sql id=rows\n${SQL}\n\`\`\`\n` });
  const server = await startServer(workspace.path);
  const instance = await DuckDBInstance.create(':memory:', { threads: String(availableParallelism()) });
  const bare = await instance.connect();
  try {
    const notebook = await notebookAt(server, 'rows.nb.md');
    const place = { server, result: await resultOf(server, notebook) };
    const folder = join(workspace.path, '.gondola', 'notebooks', notebook, 'results');
    await bare.run(`attach '${join(folder, readdirSync(folder)[0]!)}' as r (read_only)`);
    let round = 0;
    const next = (by: number): number => {
      round += by;
      return round;
    };
    const range = (): Filter => {
      const from = next(97);
      return { column: 'n', is: 'range', from: String(from), to: String(from + 50_000) };
    };
    const part = (): Filter => ({ column: 'page', is: 'contains', text: `E ${1000 + next(7)}` });
    const ranged = await interleave(
      () => found(place, range()),
      () => bareTime(bare, `select __row::uinteger from r.result where n between ${next(97)} and ${next(0) + 50_000}`),
    );
    const contained = await interleave(
      () => found(place, part()),
      () =>
        bareTime(
          bare,
          `select __row::uinteger from r.result where contains(lower(page), lower('E ${1000 + next(7)}'))`,
        ),
    );
    const first: number[] = [];
    const rare: number[] = [];
    for (let at = 0; at < 10; at += 1) {
      first.push(await firstRows(place, range()));
      rare.push(await firstRows(place, part()));
    }
    const profiled = await interleave(
      () => profileTime(place, 'v', range()),
      () => bareProfile(bare, next(97)),
    );
    const pivoted = await interleave(
      () => pivotTime(place, range()),
      () => barePivot(bare, next(97)),
    );
    const beside = await windowsBeside(place);
    return [
      against('P15 range', 'all rows of a filter by a range, half of 10M, over HTTP', ranged, 1.3),
      against('P15 text', 'all rows of a filter by a part of a text, in any case, over HTTP', contained, 1.3),
      alone('P15 first', 'a range until its first screen has come', first, 300),
      alone('P15 first of few', 'a part of a text, few rows in 10M, until its first screen has come', rare, 1000),
      against('P15 profile', 'the profile of a column of numbers under a filter, over HTTP', profiled, 1.5),
      against('P15 pivot', 'a pivot with all totals, 77 × 27, of half of 10M rows, over HTTP', pivoted, 1.5),
      alone('P15 beside', 'a window at a random place while all columns are profiled', beside, 33),
    ];
  } finally {
    bare.closeSync();
    instance.closeSync();
    await server.stop();
    workspace.remove();
  }
}

type Times = Awaited<ReturnType<typeof interleave>>;
const against = (figure: string, what: string, times: Times, most: number): Measured => ({
  figure,
  what,
  ours: { unit: 'ms', values: times.ours },
  reference: { name: 'bare DuckDB on the same file', unit: 'ms', values: times.reference },
  goal: { at: 'most', value: most, of: 'ratio' },
});
const alone = (figure: string, what: string, values: readonly number[], most: number): Measured => ({
  figure,
  what,
  ours: { unit: 'ms', values },
  goal: { at: 'most', value: most, of: 'ours' },
});

async function ask(
  { server, result }: Place,
  what: string,
  query: Readonly<Record<string, string>>,
): Promise<Response> {
  const response = await fetch(`${server.origin}/api/v1/results/${result}/${what}?${new URLSearchParams(query)}`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  if (!response.ok) throw new Error(await response.text());
  return response;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Until every row that matches is known. */
const found = (place: Place, filter: Filter): Promise<number> =>
  timed(async () => {
    for (;;) {
      const response = await ask(place, 'progress', { filter: JSON.stringify([filter]), enough: String(ROWS) });
      if (((await response.json()) as { fraction: number }).fraction === 1) return;
    }
  });

const firstRows = (place: Place, filter: Filter): Promise<number> =>
  timed(async () => {
    const query = { filter: JSON.stringify([filter]) };
    for (;;) {
      const response = await ask(place, 'progress', { ...query, enough: String(SCREEN) });
      const { fraction, rows } = (await response.json()) as { fraction: number; rows: number };
      if (rows >= SCREEN || fraction === 1) break;
    }
    await (await ask(place, 'rows', { ...query, offset: '0', limit: '256', format: 'arrow' })).arrayBuffer();
  });

const profileTime = (place: Place, column: string, filter: Filter): Promise<number> =>
  timed(async () => (await ask(place, 'profile', { column, filter: JSON.stringify([filter]) })).json());

/** What a profile asks of a column of doubles: its ends and counts, then its bins. */
const bareProfile = (connection: DuckDBConnection, from: number): Promise<number> => {
  const rows = `(select * from r.result where n between ${from} and ${from + 50_000})`;
  return timed(async () => {
    await bareTime(connection, `select count(*), count(v), approx_count_distinct(v), min(v), max(v) from ${rows}`);
    await bareTime(connection, `select floor((v + 100) / 8.5)::integer as bin, count(*) from ${rows} group by bin`);
  });
};

const PIVOT = {
  rows: [{ column: 'city' }],
  columns: [{ column: 'ts', unit: 'month' }],
  values: [{ column: 'n', aggregate: 'sum' }],
};

const pivotTime = (place: Place, filter: Filter): Promise<number> =>
  timed(async () =>
    (await ask(place, 'pivot', { spec: JSON.stringify(PIVOT), filter: JSON.stringify([filter]) })).json(),
  );

/** Cells and totals, as one asks for them by hand. */
const barePivot = (connection: DuckDBConnection, from: number): Promise<number> =>
  bareTime(
    connection,
    `select city, date_trunc('month', ts)::date as month, sum(n) from r.result where n between ${from} and ${from + 50_000} group by cube (city, month)`,
  );

async function windowsBeside(place: Place): Promise<readonly number[]> {
  const profiles = Promise.all(COLUMNS.map((column) => ask(place, 'profile', { column })));
  const times: number[] = [];
  for (let at = 0; at < WINDOWS; at += 1) {
    const offset = String(Math.floor(((at * 0.618_034) % 1) * (ROWS - 256)));
    times.push(
      await timed(async () => (await ask(place, 'rows', { offset, limit: '256', format: 'arrow' })).arrayBuffer()),
    );
    // As fast as a hand drags a scrollbar: profiles find no pause, and then go on beside.
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await profiles;
  return times;
}

async function resultOf(server: ServerProcess, notebook: string): Promise<string> {
  const { body } = await server.call('POST', `notebooks/${notebook}/runs?wait=300`, {});
  const [asked] = (body as { runs: { id: string }[] }).runs;
  const run = await server.call('GET', `runs/${asked!.id}`);
  const [output] = (run.body as { outputs: { result?: string }[] }).outputs;
  if (!output?.result) throw new Error(`the run gave no table: ${JSON.stringify(run.body)}`);
  return output.result;
}

async function bareTime(connection: DuckDBConnection, sql: string): Promise<number> {
  const started = performance.now();
  const result = await connection.stream(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
  }
  return performance.now() - started;
}
