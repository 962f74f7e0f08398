/**
 * P15: filters, profiles and pivots of a 10M-row result through HTTP and the reader, against the same statements bare in an engine of
 * this process, with as many threads, on the very result file. Each round asks for other values, so nothing is at hand. And
 * windows at random places while profiles are made: those go first.
 *
 * Of 100M rows, which are a Parquet file by reference (`hundred.ts`; `--rows=` measures fewer): until the table is there, the first window of
 * filters and sorts, windows at random places, a profile, and a text that few rows hold sought in all of them.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Filter } from '../../server/protocol/table/narrow.ts';
import { notebookAt } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';
import { interleave, type Measured } from './figure.ts';
import { ROWS as HUNDRED, openHundred } from './hundred.ts';

const ROWS = 10_000_000;
const WINDOWS = 100;
const SCREEN = 60;
const SQL = `select range as i, (range * 7919) % 100000 as n, sin(range / 100000) * 100 as v, timestamp '2020-01-01' + to_seconds(range * 7) as ts,
  'city ' || (hash(range) % 77) as city, 'page ' || (hash(range) % 50000) as page from range(${ROWS})`;
const COLUMNS = ['i', 'n', 'v', 'ts', 'city', 'page'];

type Place = { readonly server: ServerProcess; readonly result: string };

/** Sorts by several columns, none of them twice: what was sorted before is at hand. */
const SORTS = ['city,-n', '-page,v', 'city,page,-ts', '-city,n', 'n,-page', '-n,city'] as const;

export async function measure(): Promise<readonly Measured[]> {
  return [...(await measureTen()), ...(await measureHundred())];
}

/** Of a whole second each: two rounds behind one to warm up. */
const LONG_ROUNDS = 2;
const JUMPS = 40;

async function measureHundred(): Promise<readonly Measured[]> {
  const place = await openHundred();
  const instance = await DuckDBInstance.create(':memory:', { threads: String(availableParallelism()) });
  const bare = await instance.connect();
  const { from, opened } = place;
  let last = 0;
  const next = (): number => {
    last += 1;
    return last;
  };
  const rows = `${HUNDRED / 1e6}M rows`;
  try {
    await bare.run('set parquet_metadata_cache = true');
    const jumps: number[] = [];
    for (let at = 0; at < JUMPS; at += 1) {
      const offset = String(Math.floor(((at * 0.618_034) % 1) * (HUNDRED - 256)));
      jumps.push(await timed(async () => (await ask(place, 'rows', { ...WINDOW, offset })).arrayBuffer()));
    }
    const ranges: number[] = [];
    for (let at = 0; at < 5; at += 1) ranges.push(await firstRows(place, rangeOf(97 * (at + 1))));
    const profiled = await interleave(
      () => profileTime(place, 'v', rangeOf(97 * next())),
      () => bareProfile(bare, from, 97 * next()),
      LONG_ROUNDS,
    );
    const sought = await interleave(
      () => found(place, { search: `E ${1000 + next()}` }),
      () => bareTime(bare, searchOf(from, 'file_row_number', `E ${1000 + next()}`)),
      LONG_ROUNDS,
    );
    const tops: number[] = [];
    for (const sort of SORTS.slice(0, 3))
      tops.push(await timed(async () => (await ask(place, 'rows', { ...WINDOW, offset: '0', sort })).arrayBuffer()));
    return [
      alone('P15 opened 100M', `a statement that names a Parquet file of ${rows}, until it is a table`, [opened], 500),
      alone('P15 jump 100M', `a window at a random place of ${rows} by reference, over HTTP`, jumps, 100),
      alone('P15 first 100M', `a range over ${rows} until its first screen has come`, ranges, 1000),
      against('P15 profile 100M', `the profile of a column of numbers under a filter of ${rows}`, profiled, 1.5),
      against('P15 search 100M', `all of ${rows} that hold a text, in any case`, sought, 1.3),
      alone('P15 sorted 100M', `the first window of ${rows} sorted by several columns`, tops, 20_000),
    ];
  } finally {
    bare.closeSync();
    instance.closeSync();
    await place.close();
  }
}

const WINDOW = { limit: '256', format: 'arrow' } as const;

const rangeOf = (from: number): Filter => ({
  column: 'n',
  is: 'range',
  from: String(from),
  to: String(from + 50_000),
});

const searchOf = (from: string, row: string, text: string): string =>
  `select ${row}::uinteger from ${from} where contains(lower(city), lower('${text}')) or contains(lower(page), lower('${text}'))`;

async function measureTen(): Promise<readonly Measured[]> {
  const workspace = makeWorkspace({ 'rows.nb.md': `# Rows\n\n\`\`\`sql id=rows\n${SQL}\n\`\`\`\n` });
  const server = await startServer(workspace.path);
  const instance = await DuckDBInstance.create(':memory:', { threads: String(availableParallelism()) });
  const bare = await instance.connect();
  try {
    const notebook = await notebookAt(server, 'rows.nb.md');
    const place = { server, result: await resultOf(server, notebook) };
    const folder = join(workspace.path, '.gondola', 'notebooks', notebook, 'results');
    await bare.run(`attach '${join(folder, readdirSync(folder)[0]!)}' as r (read_only)`);
    let at = 0;
    const next = (by: number): number => {
      at += by;
      return at;
    };
    const range = (): Filter => rangeOf(next(97));
    const part = (): Filter => ({ column: 'page', is: 'contains', text: `E ${1000 + next(7)}` });
    const ranged = await interleave(
      () => found(place, narrowTo(range())),
      () => bareTime(bare, `select __row::uinteger from r.result where n between ${next(97)} and ${next(0) + 50_000}`),
    );
    const contained = await interleave(
      () => found(place, narrowTo(part())),
      () =>
        bareTime(
          bare,
          `select __row::uinteger from r.result where contains(lower(page), lower('E ${1000 + next(7)}'))`,
        ),
    );
    const first: number[] = [];
    const rare: number[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      first.push(await firstRows(place, range()));
      rare.push(await firstRows(place, part()));
    }
    const profiled = await interleave(
      () => profileTime(place, 'v', range()),
      () => bareProfile(bare, 'r.result', next(97)),
    );
    const tops = await interleave(
      () => profileTime(place, 'page', range()),
      () => bareTops(bare, next(97)),
    );
    const sought = await interleave(
      () => found(place, { search: `E ${1000 + next(7)}` }),
      () => bareTime(bare, searchOf('r.result', '__row', `E ${1000 + next(7)}`)),
    );
    const pivoted = await interleave(
      () => pivotTime(place, range()),
      () => barePivot(bare, next(97)),
    );
    const beside = await windowsBeside(place);
    const tally: number[] = [];
    let sort = 0;
    const sorted = await interleave(
      async () => {
        const { first: came, whole } = await sortTimes(place, SORTS[sort]!);
        sort += 1;
        tally.push(came);
        return whole;
      },
      () => bareTime(bare, `select __row::uinteger from r.result order by city desc, page, n desc, __row`),
    );
    return [
      against('P15 range', 'all rows of a filter by a range, half of 10M, over HTTP', ranged, 1.3),
      against('P15 text', 'all rows of a filter by a part of a text, in any case, over HTTP', contained, 1.3),
      alone('P15 first', 'a range until its first screen has come', first, 300),
      alone('P15 first of few', 'a part of a text, few rows in 10M, until its first screen has come', rare, 1000),
      against('P15 profile', 'the profile of a column of numbers under a filter, over HTTP', profiled, 1.5),
      against('P15 top', 'the profile of a column of 50,000 texts under a filter, over HTTP', tops, 1.5),
      against('P15 search', 'all rows that hold a text in any column, in any case, over HTTP', sought, 1.3),
      alone('P15 sorted', 'the first window of 10M rows sorted by several columns', tally, 1700),
      against('P15 sort', 'all of 10M rows sorted by several columns, over HTTP', sorted, 1.5),
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
const found = (place: Place, query: Readonly<Record<string, string>>): Promise<number> =>
  timed(async () => {
    for (;;) {
      const response = await ask(place, 'progress', { ...query, enough: String(HUNDRED) });
      if (((await response.json()) as { fraction: number }).fraction === 1) return;
    }
  });

const narrowTo = (filter: Filter) => ({ filter: JSON.stringify([filter]) });

/** Until the first window is there, and until all is sorted. */
async function sortTimes(place: Place, sort: string): Promise<{ first: number; whole: number }> {
  const started = performance.now();
  await (await ask(place, 'rows', { ...WINDOW, offset: '0', sort })).arrayBuffer();
  const first = performance.now() - started;
  for (;;) {
    const response = await ask(place, 'progress', { sort });
    if (((await response.json()) as { fraction: number }).fraction === 1) break;
    // Asked as often as a page asks.
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return { first, whole: performance.now() - started };
}

const POLL_MS = 20;

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
const bareProfile = (connection: DuckDBConnection, table: string, from: number): Promise<number> => {
  const rows = `(select * from ${table} where n between ${from} and ${from + 50_000})`;
  return timed(async () => {
    await bareTime(connection, `select count(*), count(v), approx_count_distinct(v), min(v), max(v) from ${rows}`);
    await bareTime(connection, `select floor((v + 100) / 8.5)::integer as bin, count(*) from ${rows} group by bin`);
  });
};

/** The same of a column of texts: its ends and counts, then its most frequent values. */
const bareTops = (connection: DuckDBConnection, from: number): Promise<number> => {
  const rows = `(select * from r.result where n between ${from} and ${from + 50_000})`;
  return timed(async () => {
    await bareTime(
      connection,
      `select count(*), count(page), approx_count_distinct(page), min(page), max(page) from ${rows}`,
    );
    await bareTime(
      connection,
      `select page, count(*), count(*) over () from ${rows} group by page order by 2 desc, 1 limit 50`,
    );
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
