/**
 * A peer of P12: loads the tables once, says so with a line, and for each operation named on stdin answers with a line of its
 * milliseconds and its rows.
 */
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Operation, operations } from '../frames.ts';

type Files = { readonly flights: string; readonly airports: string; readonly folder: string };
type Run = (operation: Operation) => unknown;

const [name = '', given = '', installed = ''] = process.argv.slice(2);
const files = JSON.parse(given) as Files;
const run = await ({ duckdb, arquero, 'nodejs-polars': polars }[name] ?? duckdb)();
process.stdout.write('{}\n');
for await (const line of createInterface({ input: process.stdin })) {
  const started = performance.now();
  const rows = await run(line as Operation);
  process.stdout.write(
    `${JSON.stringify({ ms: performance.now() - started, rows }, (_, value) => (typeof value === 'bigint' ? Number(value) : value))}\n`,
  );
}

/** The engine itself, with the tables in a file as a session has them. */
async function duckdb(): Promise<Run> {
  const connection = await (await DuckDBInstance.create(`${files.folder}/bare.duckdb`)).connect();
  await connection.run(`create table flights as from '${files.flights}'`);
  await connection.run(`create table airports as from '${files.airports}'`);
  return async (operation) => (await connection.runAndReadAll(operations[operation].sql)).getRowObjectsJson();
}

/** As far as an API without types needs telling. */
type Loose = Record<string, (...values: unknown[]) => Loose> & { readonly [index: number]: Loose };

async function arquero(): Promise<Run> {
  const aq = (await import(pathToFileURL(`${installed}/src/index.js`).href)) as unknown as Loose;
  const op = aq.op as unknown as Loose;
  const load = async (file: string): Promise<Loose> => {
    const connection = await (await DuckDBInstance.create()).connect();
    const result = await connection.stream(`from '${file}'`);
    const columns: Record<string, unknown[]> = Object.fromEntries(result.columnNames().map((column) => [column, []]));
    const texts = new Map<string, string>();
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      chunk.getColumns().forEach((values, index) => {
        const column = columns[result.columnName(index)]!;
        for (const value of values) column.push(typeof value === 'string' ? intern(texts, value) : value);
      });
    }
    const typed = Object.entries(columns).map(([column, values]) => [
      column,
      typeof values[0] === 'number' ? Float64Array.from(values as number[]) : values,
    ]);
    return aq.table!(Object.fromEntries(typed));
  };
  const flights = await load(files.flights);
  const airports = await load(files.airports);
  const objects = (table: Loose): unknown => table.objects!({ limit: 100 });
  const all: Readonly<Record<Operation, () => unknown>> = {
    filter: () => flights.filter!("f => f.delay > 60 && f.origin !== 'A7'").count!(),
    'group few': () =>
      flights.groupby!('carrier').rollup!({ n: op.count!(), mean: op.mean!('delay'), far: op.max!('distance') })
        .orderby!('carrier'),
    'group many': () =>
      flights.groupby!('tail').rollup!({ n: op.count!(), far: op.sum!('distance') }).orderby!(aq.desc!('far'), 'tail')
        .slice!(0, 10),
    join: () =>
      flights.join!(airports, 'origin').groupby!('region').rollup!({ n: op.count!(), minutes: op.sum!('delay') })
        .orderby!('region'),
    top: () => flights.select!('id', 'distance', 'delay').orderby!(aq.desc!('distance'), 'id').slice!(0, 100),
    distinct: () => flights.select!('origin', 'carrier').dedupe!().count!(),
    compute: () =>
      flights.filter!('f => f.minutes > 0').derive!({ speed: 'f => f.distance / (f.minutes / 60)' }).rollup!({
        speed: op.mean!('speed'),
      }),
    pivot: () => flights.groupby!('carrier').pivot!('month', { value: op.mean!('delay') }).orderby!('carrier'),
  };
  return (operation) => objects(all[operation]() as Loose);
}

function intern(known: Map<string, string>, text: string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  known.set(text, text);
  return text;
}

async function polars(): Promise<Run> {
  const { default: pl } = (await import(pathToFileURL(`${installed}/bin/index.js`).href)) as unknown as {
    default: Loose;
  };
  const flights = pl.readParquet!(files.flights);
  const airports = pl.readParquet!(files.airports);
  const lazy = (): Loose => flights.lazy!();
  const col = (column: string): Loose => pl.col!(column);
  const done = (plan: Loose): unknown => (plan.collectSync!() as Loose).toRecords!();
  const all: Readonly<Record<Operation, () => unknown>> = {
    filter: () =>
      done(
        lazy().filter!(col('delay').gt!(60).and!(col('origin').neq!(pl.lit!('A7')))).select!(
          pl.len ? pl.len() : col('id').count!(),
        ),
      ),
    'group few': () =>
      done(
        lazy().groupBy!('carrier').agg!(
          col('id').count!().alias!('n'),
          col('delay').mean!().alias!('mean'),
          col('distance').max!().alias!('far'),
        ).sort!('carrier'),
      ),
    'group many': () =>
      done(
        lazy().groupBy!('tail').agg!(col('id').count!().alias!('n'), col('distance').sum!().alias!('far')).sort!(
          'far',
          true,
        ).limit!(10),
      ),
    join: () =>
      done(
        lazy().join!(airports.lazy!(), { on: 'origin', how: 'inner' }).groupBy!('region').agg!(
          col('id').count!().alias!('n'),
          col('delay').sum!().alias!('minutes'),
        ).sort!('region'),
      ),
    top: () => done(lazy().select!('id', 'distance', 'delay').sort!(['distance', 'id'], [true, false]).limit!(100)),
    distinct: () => done(lazy().select!('origin', 'carrier').unique!().select!(col('origin').count!())),
    compute: () =>
      done(
        lazy().filter!(col('minutes').gt!(0)).select!(col('distance').div!(col('minutes').div!(60)).alias!('speed'))
          .select!(col('speed').mean!()),
      ),
    pivot: () =>
      done(lazy().groupBy!(['carrier', 'month']).agg!(col('delay').mean!().alias!('value')).sort!('carrier')),
  };
  return (operation) => all[operation]();
}
