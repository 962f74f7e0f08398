/** The command that makes data, and the sample workspace's own: as a person calls it, read by the engine. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { COLUMNS, writeApiLogNow } from '../../../server/samples/write.ts';
import { makeSampleData } from '../../../server/samples.ts';
import { root } from '../../support/server.ts';

const ROWS = 100_000;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-data-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = (...args: string[]): string =>
  execFileSync(process.execPath, [join(root, 'server', 'gondola.js'), 'data', ...args], { encoding: 'utf8' });

async function count(from: string): Promise<unknown> {
  const connection = await (await DuckDBInstance.create()).connect();
  const reader = await connection.runAndReadAll(`
    with timed as (
      select *, ts - lag(ts) over (partition by method, path, body::varchar order by ts) as gap from ${from}
    )
    select count(*)::int, count(*) filter (gap <= interval 200 milliseconds)::int from timed`);
  return reader.getRows()[0];
}

it('makes the same log in each format, and the engine finds what was planted', async () => {
  const printed = data('api-log', '--rows', String(ROWS), '--out', join(folder, 'raw'));
  const expected = JSON.parse(readFileSync(join(folder, 'raw/api-log.expected.json'), 'utf8')) as { repeats: number };
  expect(printed).toContain(`${ROWS} calls; ${expected.repeats} of them repeat`);
  expect(await count(`read_json('${folder}/raw/api-log.jsonl', columns = ${COLUMNS})`)).toEqual([
    ROWS,
    expected.repeats,
  ]);

  data('api-log', '--rows', String(ROWS), '--out', join(folder, 'gz'), '--format', 'gz');
  expect(readdirSync(join(folder, 'gz')).filter((name) => name.endsWith('.jsonl.gz'))).toHaveLength(8);
  expect(await count(`read_json('${folder}/gz/*.jsonl.gz', columns = ${COLUMNS})`)).toEqual([ROWS, expected.repeats]);

  data('api-log', '--rows', String(ROWS), '--out', join(folder, 'parquet'), '--format', 'parquet');
  expect(readdirSync(join(folder, 'parquet')).sort()).toEqual(['api-log.expected.json', 'api-log.parquet']);
  expect(await count(`'${folder}/parquet/api-log.parquet'`)).toEqual([ROWS, expected.repeats]);
});

it('writes the same bytes at once and in turns', () => {
  const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
  data('api-log', '--rows', '5_000', '--out', join(folder, 'turns'));
  writeApiLogNow({ rows: 5000, folder: join(folder, 'now'), name: 'api-log' });
  for (const name of ['api-log.jsonl', 'api-log.expected.json'])
    expect(hash(join(folder, 'turns', name))).toBe(hash(join(folder, 'now', name)));
});

it('makes the sample log once, whole, and leaves one that is there', async () => {
  const workspace = join(folder, 'workspace');
  const log = join(workspace, 'data/api-log.jsonl');
  await makeSampleData(workspace);
  expect(readFileSync(log, 'utf8').trimEnd().split('\n')).toHaveLength(20_000);
  expect(readdirSync(join(workspace, 'data')).sort()).toEqual(['api-log.expected.json', 'api-log.jsonl']);
  data('api-log', '--rows', '10', '--out', join(workspace, 'data'));
  await makeSampleData(workspace);
  expect(readFileSync(log, 'utf8').trimEnd().split('\n')).toHaveLength(10);
  rmSync(join(workspace, 'data/api-log.expected.json'));
  await makeSampleData(workspace);
  expect(readFileSync(log, 'utf8').trimEnd().split('\n')).toHaveLength(20_000);
});

it.each([
  [['flights'], 'there is no data set flights'],
  [['api-log', '--rows', 'many'], '--rows is a whole number'],
  [['api-log', '--format', 'xml'], '--format is jsonl, gz, parquet, not xml'],
])('refuses %j', (args, message) => {
  const out = join(folder, 'none');
  expect(() =>
    execFileSync(process.execPath, [join(root, 'server', 'gondola.js'), 'data', ...args, '--out', out], {
      stdio: 'pipe',
    }),
  ).toThrow(expect.objectContaining({ status: 2, message: expect.stringContaining(message) }));
  expect(existsSync(out)).toBe(false);
});
