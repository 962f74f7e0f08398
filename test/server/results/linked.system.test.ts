/** A Parquet file as a result, beside the same rows in the form that other large results have: every answer is the same. */
import { linkSync, readdirSync, readlinkSync, rmSync, statSync, utimesSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { footprintOf } from '../../../interpreters/parquet.ts';
import type { ChartSpec } from '../../../server/protocol/chart.ts';
import type { ResultId } from '../../../server/protocol/ids.ts';
import { EVERYTHING, type Narrow } from '../../../server/protocol/table/narrow.ts';
import type { ResultOwner, WindowQuery } from '../../../server/results/contract.ts';
import { type Bench, bytesOf, never, openBench } from './support.ts';

const ROWS = 300_000;
const QUERY = `select range as i, (range * 7919) % 1000 as n, case when range % 11 = 0 then null else sin(range) end as v,
  'city ' || (hash(range) % 77) as city, timestamp '2020-01-01' + to_seconds(range * 60) as ts, (range % 100)::decimal(9, 2) / 4 as price,
  [range, range + 1] as pair, {'a': range % 3, 'b': 'x' || range % 5} as both, uuid() as id, date '2020-01-01' + (range % 700)::integer as day
  from range(${ROWS})`;
/** Its own mtime lies in the past, as that of every file that may be linked. */
const EARLIER = new Date(Date.now() - 60_000);

let bench: Bench;
let files = 0;

beforeAll(async () => {
  bench = await openBench();
  await bench.connection.run(`create table rows as ${QUERY}`);
}, 60_000);
afterAll(() => bench.close());

/** A Parquet file of the rows, and a result that is it. */
async function link(
  query = 'from rows order by i',
  options = '',
  damage?: (bytes: Buffer) => void,
): Promise<{ source: string; owner: ResultOwner }> {
  files += 1;
  const source = join(bench.root, `source-${files}.parquet`);
  const staged = join(bench.root, 'out', `staged-${files}.parquet`);
  await bench.connection.run(`copy (${query}) to '${source}' (format parquet${options})`);
  if (damage) {
    const bytes = await readFile(source);
    damage(bytes);
    await writeFile(source, bytes);
  }
  utimesSync(source, EARLIER, EARLIER);
  linkSync(source, staged);
  const owner = bench.owner(`p${files}`);
  const file = await open(source);
  const print = await footprintOf(file);
  await file.close();
  const { columns, rows } = await describeOf(source);
  await bench.results.keepFile(owner, columns, rows, staged, print);
  return { source, owner };
}

async function describeOf(source: string) {
  const found = await bench.connection.runAndReadAll(
    `select column_name, column_type from (describe from read_parquet('${source}'))`,
  );
  const columns = found.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
  const counted = await bench.connection.runAndReadAll(`select count(*)::integer from read_parquet('${source}')`);
  return { columns, rows: Number(counted.getRows()[0]![0]) };
}

/** Files below a folder that have no name any more and that some process holds open. */
function leftOpen(folder: string): readonly string[] {
  const listed = (path: string): readonly string[] => {
    try {
      return readdirSync(path);
    } catch {
      return [];
    }
  };
  const named = (path: string): string => {
    try {
      return readlinkSync(path);
    } catch {
      return '';
    }
  };
  return listed('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((process) => listed(`/proc/${process}/fd`).map((fd) => named(`/proc/${process}/fd/${fd}`)))
    .filter((path) => path.startsWith(folder) && path.endsWith('(deleted)'));
}

const pathOf = ({ id }: ResultOwner): string => join(bench.root, 'notebooks', 'notebook22', 'results', `${id}.parquet`);

const text = async (id: ResultId, query: Partial<WindowQuery>): Promise<string> =>
  (await bytesOf(bench.results, id, { format: 'csv', ...query })).toString();

const chart = async (id: ResultId, spec: ChartSpec, narrow: Narrow = EVERYTHING): Promise<unknown> => {
  const { body } = await bench.results.chart(id, spec, narrow, never);
  return JSON.parse(await wholeOf(body));
};

async function wholeOf(body: AsyncIterable<Uint8Array> | Uint8Array): Promise<string> {
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('a Parquet file as a result', () => {
  it('answers as the same rows do that were kept', async () => {
    const { owner } = await link();
    const kept = await bench.keep('from rows order by i');
    const both = async <T>(ask: (id: ResultId) => Promise<T>): Promise<void> => {
      const [one, other] = [await ask(owner.id), await ask(kept.id)];
      expect(one).toEqual(other);
    };
    expect((await bench.results.info(owner.id))?.bytes).toBe(statSync(pathOf(owner)).size);
    for (const offset of [0, 1, 122_879, 122_880, 250_123, ROWS - 60, ROWS])
      await both((id) => text(id, { offset, limit: 60 }));
    await both((id) => text(id, { offset: 100_000, limit: 30_000 }));
    const narrow: Narrow = {
      filters: [
        { column: 'n', is: 'range', from: '10', to: '300' },
        { column: 'city', is: 'contains', text: 'Y 1' },
      ],
    };
    const sort = [
      { column: 'city', descending: true },
      { column: 'v', descending: false },
    ];
    await both((id) => text(id, { offset: 0, limit: 100, sort }));
    await both((id) => text(id, { offset: 150_000, limit: 100, sort }));
    await both((id) => text(id, { offset: 300, limit: 100, narrow }));
    await both((id) => text(id, { offset: 300, limit: 100, narrow: { filters: [], search: 'ITY 3' } }));
    await both((id) => text(id, { offset: 0, narrow, sort }));
    for (const column of ['i', 'v', 'city', 'ts', 'price', 'day', 'both'])
      await both((id) => bench.results.profile(id, column, EVERYTHING, never));
    await both((id) => bench.results.profile(id, 'v', narrow, never));
    const range = { columns: ['i', 'price'], from: 1000, to: 200_000 };
    await both((id) => bench.results.sums(id, { sort: [], narrow: EVERYTHING }, range, never));
    await both((id) => bench.results.sums(id, { sort, narrow }, { ...range, to: 2000 }, never));
    const charts: ChartSpec[] = [
      { mark: 'histogram', x: { column: 'v' } },
      { mark: 'line', x: { column: 'ts' }, y: { column: 'v', aggregate: 'none' } },
      { mark: 'bar', x: { column: 'city' }, y: { column: 'price', aggregate: 'sum' } },
      { mark: 'point', x: { column: 'n' }, y: { column: 'v', aggregate: 'none' } },
      { mark: 'heat', x: { column: 'v' }, y: { column: 'n' } },
    ];
    for (const spec of charts) await both((id) => chart(id, spec));
    await both((id) => chart(id, charts[0]!, narrow));
    await both(async (id) => wholeOf((await bench.results.pivot(id, undefined, narrow, never)).body));
    await both((id) => text(id, { format: 'jsonl', offset: 0, narrow }));
  }, 120_000);

  it('is written anew as a download, so that it holds what the table shows and nothing else', async () => {
    const { owner, source } = await link(
      'select i, city from rows order by i limit 20000',
      ", kv_metadata {secret: 'hidden words'}",
    );
    const bytes = await bytesOf(bench.results, owner.id, { format: 'parquet' });
    const own = join(bench.root, 'download.parquet');
    await writeFile(own, bytes);
    const differing = await bench.connection.runAndReadAll(`(from '${own}' except all from '${source}') limit 1`);
    expect(differing.currentRowCount).toBe(0);
    expect(bytes.includes('hidden words')).toBe(false);
    expect(
      (
        await open(source).then(async (file) => {
          const all = await file.readFile();
          await file.close();
          return all;
        })
      ).includes('hidden words'),
    ).toBe(true);
  }, 60_000);

  it('keeps its rows when its source goes, and takes room from then on', async () => {
    const { owner, source } = await link();
    const { size } = statSync(source);
    const before = await text(owner.id, { offset: 200_000, limit: 10 });
    rmSync(source);
    expect(await text(owner.id, { offset: 200_000, limit: 10 })).toBe(before);
    await bench.results.enforceBudget();
    await bench.reopen({ notebook: 0, workspace: size - 1 });
    expect(await text(owner.id, { offset: 200_000, limit: 10 })).toBe(before);
    expect(await bench.results.enforceBudget()).toContain(owner.id);
    await expect(text(owner.id, { offset: 0, limit: 1 })).rejects.toMatchObject({ code: 'result-gone' });
    await bench.reopen();
  }, 60_000);

  it('answers source-changed, whatever is asked, once somebody wrote into its bytes', async () => {
    const { owner, source } = await link();
    const { id } = owner;
    await text(id, { offset: 0, limit: 10 });
    await bench.results.window(
      id,
      { offset: 0, limit: 10, sort: [{ column: 'v', descending: true }], format: 'csv' },
      never,
    );
    expect(await bench.results.source(id)).toEqual({ kind: 'file', path: pathOf(owner), parquet: true });
    const again = join(bench.root, 'again.parquet');
    await bench.connection.run(`copy (select * replace (-v as v) from rows order by i) to '${again}' (format parquet)`);
    const file = await open(again);
    await writeFile(source, await file.readFile());
    await file.close();
    const changed = { code: 'source-changed', status: 410 };
    await expect(text(id, { offset: 0, limit: 10 })).rejects.toMatchObject(changed);
    await expect(text(id, { offset: 0, sort: [{ column: 'v', descending: true }] })).rejects.toMatchObject(changed);
    await expect(text(id, { offset: 0, limit: 10, narrow: { filters: [], search: 'x' } })).rejects.toMatchObject(
      changed,
    );
    await expect(bench.results.profile(id, 'n', EVERYTHING, never)).rejects.toMatchObject(changed);
    await expect(chart(id, { mark: 'histogram', x: { column: 'v' } })).rejects.toMatchObject(changed);
    await expect(bench.results.pivot(id, undefined, EVERYTHING, never)).rejects.toMatchObject(changed);
    expect(await bench.results.source(id)).toBeUndefined();
    expect(await bench.results.info(id)).toMatchObject({ state: 'kept', rows: ROWS });
  }, 60_000);

  it('whose pieces are damaged fails where they are read, and there alone', async () => {
    const { owner } = await link('from rows order by i', '', (bytes) =>
      bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 50_000),
    );
    const other = await link();
    await text(other.owner.id, { offset: 0, limit: 1 });
    const readers = bench.readers.length;
    await expect(text(owner.id, { offset: 0 })).rejects.toMatchObject({ code: 'result-unreadable' });
    expect(await text(owner.id, { offset: 0, limit: 1 })).toContain('0,');
    expect(await text(other.owner.id, { offset: ROWS - 1, limit: 1 })).toContain(`${ROWS - 1},`);
    expect(bench.readers.length).toBe(readers);
  }, 60_000);

  it('is held open by nobody once its last name is gone', async () => {
    const { owner, source } = await link();
    for (const sort of [[], [{ column: 'v', descending: true }]])
      for (const offset of [0, 150_000]) await text(owner.id, { offset, limit: 50, sort });
    await chart(owner.id, { mark: 'histogram', x: { column: 'v' } });
    await bench.results.profile(owner.id, 'city', { filters: [{ column: 'n', is: 'range', from: '3' }] }, never);
    rmSync(source);
    await bench.results.forget([owner.id]);
    await expect.poll(() => leftOpen(bench.root), { timeout: 20_000 }).toEqual([]);
  }, 60_000);

  it('is found by its id after a restart, and goes with its record', async () => {
    const { owner, source } = await link();
    await bench.reopen();
    expect(await text(owner.id, { offset: ROWS - 1, limit: 1 })).toContain(`${ROWS - 1},`);
    await bench.results.forget([owner.id]);
    expect(statSync(source).nlink).toBe(1);
    expect(await bench.results.info(owner.id)).toBeUndefined();
  }, 60_000);
});
