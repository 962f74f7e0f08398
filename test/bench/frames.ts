/**
 * The eight operations of P12 on ten million rows, in the words of each peer; and the peers as child processes. Arquero and
 * nodejs-polars are no packages of ours: with Node 24 on the path,
 * `mkdir -p test/.cache/frames && cd test/.cache/frames && echo '{"overrides":{"@uwdata/flechette":"2.6.0"}}' > package.json &&
 * npm install arquero nodejs-polars` puts them where they are looked for. Without them those figures are left out.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Operation = 'filter' | 'group few' | 'group many' | 'join' | 'top' | 'distinct' | 'compute' | 'pivot';

/** Groups and joins: what polars is compared by. */
export const GROUPS_AND_JOINS: readonly Operation[] = ['group few', 'group many', 'join'];

/** The first rows of what an operation gives are enough to show that it was done; all have the same shape. */
export const operations: Readonly<Record<Operation, { readonly sql: string; readonly ours: string }>> = {
  filter: {
    sql: "select count(*) as n from flights where delay > 60 and origin <> 'A7'",
    ours: "table('flights').filter(f => f.delay > 60 && f.origin !== 'A7').summarize({ n: count() })",
  },
  'group few': {
    sql: 'select carrier, count(*) as n, avg(delay) as mean, max(distance) as far from flights group by carrier order by carrier',
    ours: "table('flights').groupBy('carrier').summarize({ n: count(), mean: mean('delay'), far: max('distance') }).orderBy('carrier')",
  },
  'group many': {
    sql: 'select tail, count(*) as n, sum(distance) as far from flights group by tail order by far desc, tail limit 10',
    ours: "table('flights').groupBy('tail').summarize({ n: count(), far: sum('distance') }).orderBy('-far', 'tail').limit(10)",
  },
  join: {
    sql: 'select region, count(*) as n, sum(delay) as minutes from flights join airports using (origin) group by region order by region',
    ours: "table('flights').join(table('airports'), { on: 'origin' }).groupBy('region').summarize({ n: count(), minutes: sum('delay') }).orderBy('region')",
  },
  top: {
    sql: 'select id, distance, delay from flights order by distance desc, id limit 100',
    ours: "table('flights').select('id', 'distance', 'delay').orderBy('-distance', 'id').limit(100)",
  },
  distinct: {
    sql: 'select count(*) as n from (select distinct origin, carrier from flights)',
    ours: "table('flights').select('origin', 'carrier').distinct().summarize({ n: count() })",
  },
  compute: {
    sql: 'select avg(distance / (minutes / 60)) as speed from flights where minutes > 0',
    ours: "table('flights').filter(f => f.minutes > 0).mutate({ speed: f => f.distance / (f.minutes / 60) }).summarize({ speed: mean('speed') })",
  },
  pivot: {
    sql: 'from (pivot (select carrier, month, delay from flights) on month in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) using avg(delay) group by carrier) order by carrier',
    ours: "table('flights').pivot({ rows: 'carrier', columns: 'month', values: mean('delay') }).orderBy('carrier')",
  },
};

/** Twelve carriers, 300 airports in eight regions, 100,000 tails. */
export const flightsSql = (rows: number): string => `
  select range::integer as id, 'C' || (hash(range) % 12)::varchar as carrier, 'A' || (hash(range, 1) % 300)::varchar as origin,
    (hash(range, 2) % 100000)::integer as tail, (hash(range, 3) % 12 + 1)::integer as month,
    ((hash(range, 4) % 10000)::double / 40 - 60)::integer as delay, (hash(range, 5) % 1000000)::double / 250 as distance,
    (hash(range, 6) % 600)::integer as minutes
  from range(${rows})`;
export const airportsSql = "select 'A' || range as origin, 'R' || (range % 8) as region from range(300)";

export type Peer = {
  readonly name: string;
  /** Milliseconds of one run, and its first rows. */
  run(operation: Operation): Promise<{ readonly ms: number; readonly rows: unknown }>;
  close(): Promise<void>;
};

const folder = join(import.meta.dirname, '..', '.cache', 'frames', 'node_modules');

/** Undefined where the peer is not installed. `flights`, `airports`: Parquet files. */
export async function startPeer(
  name: 'duckdb' | 'arquero' | 'nodejs-polars',
  files: { readonly flights: string; readonly airports: string; readonly folder: string },
): Promise<Peer | undefined> {
  const installed = join(folder, name);
  if (name !== 'duckdb' && !existsSync(installed)) return undefined;
  const program = join(import.meta.dirname, 'programs', 'frames.ts');
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=12000', program, name, JSON.stringify(files), installed],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const gone = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<{ ms: number; rows: unknown }> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${name} ended.`);
    return JSON.parse(value) as { ms: number; rows: unknown };
  };
  await next();
  return {
    name,
    async run(operation) {
      child.stdin.write(`${operation}\n`);
      return next();
    },
    async close() {
      child.stdin.end();
      await gone;
    },
  };
}
