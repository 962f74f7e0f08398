/** `from 'data/x.parquet'` on the real server: the file is the result, to whoever asks for it. */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gondola } from '../support/gondola.ts';
import { notebookAt } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';

const ROWS = 200_000;
const NOTEBOOK = `# Files

\`\`\`sql id=big name=big
from 'data/big.parquet'
\`\`\`

\`\`\`sql id=named
select count(*) as n, sum(i) as s from big
\`\`\`

\`\`\`typescript id=ts
big.filter(row => row.i < 10).summarize({ n: count() })
\`\`\`

\`\`\`shell id=sh
ls tables; head -c 4 tables/big.parquet
\`\`\`

\`\`\`shell id=write
echo mine > tables/big.parquet
\`\`\`

\`\`\`sql id=part
select i from 'data/big.parquet' where i < 50000
\`\`\`

\`\`\`sql id=group
from read_parquet('data/group.parquet')
\`\`\`

\`\`\`sql id=few
from 'data/few.parquet'
\`\`\`

\`\`\`sql id=temporary
create temp table "data/big.parquet" as select range as i, 'mine' as city from range(20000);
from "data/big.parquet";
drop table "data/big.parquet"
\`\`\`

\`\`\`sql id=hive
from 'data/year=2024/big.parquet'
\`\`\`
`;
const ALONE = "# Alone\n\n```sql id=all name=all_rows\nfrom 'data/big.parquet'\n```\n";
const EARLIER = new Date(Date.now() - 60_000);

let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let notebook = '';
let results = '';

beforeAll(async () => {
  workspace = makeWorkspace({ 'files.nb.md': NOTEBOOK, 'alone.nb.md': ALONE });
  const data = join(workspace.path, 'data');
  mkdirSync(join(data, 'year=2024'), { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const rows = "select range as i, 'city ' || range % 9 as city from range";
  await connection.run(`copy (${rows}(${ROWS})) to '${join(data, 'big.parquet')}'`);
  await connection.run(`copy (${rows}(100)) to '${join(data, 'few.parquet')}'`);
  // One group of more rows than a window should read through.
  await connection.run(
    `copy (select range as i from range(1300000)) to '${join(data, 'group.parquet')}' (row_group_size 2000000)`,
  );
  connection.closeSync();
  instance.closeSync();
  cpSync(join(data, 'big.parquet'), join(data, 'year=2024', 'big.parquet'));
  for (const name of ['big.parquet', 'few.parquet', 'group.parquet', 'year=2024/big.parquet'])
    utimesSync(join(data, name), EARLIER, EARLIER);
  server = await startServer(workspace.path);
  notebook = await notebookAt(server, 'files.nb.md');
  results = join(workspace.path, '.gondola', 'notebooks', notebook, 'results');
}, 60_000);
afterAll(async () => {
  await server.kill();
  workspace.remove();
});

type Shown = { readonly kind: string; readonly result?: string; readonly rows?: number; readonly text?: string };

async function run(paragraph: string): Promise<{ state: string; outputs: readonly Shown[] }> {
  const { body } = await server.call('POST', `notebooks/${notebook}/runs?wait=60`, { paragraphs: [paragraph] });
  const [one] = (body as { runs: { id: string }[] }).runs;
  return (await server.call('GET', `runs/${one!.id}`)).body as { state: string; outputs: readonly Shown[] };
}

const rowsOf = async (result: string, query: string) => server.call('GET', `results/${result}/rows?${query}`);

describe('a statement that only names a Parquet file', () => {
  let result = '';

  it('has the file itself as its result', async () => {
    const { state, outputs } = await run('big');
    expect([state, outputs[0]?.rows]).toEqual(['done', ROWS]);
    result = outputs[0]!.result!;
    const [source, kept] = [
      statSync(join(workspace.path, 'data/big.parquet')),
      statSync(join(results, `${result}.parquet`)),
    ];
    expect(kept.ino).toBe(source.ino);
    const { body } = await rowsOf(result, `offset=${ROWS - 2}&limit=2&format=json`);
    expect(body).toEqual([ROWS - 2, ROWS - 1].map((i) => ({ i, city: `city ${i % 9}` })));
    expect((await server.call('GET', `results/${result}`)).body).toMatchObject({ rows: ROWS, bytes: source.size });
    expect(readdirSync(join(results, '..', 'linked'))).toEqual([]);
  }, 60_000);

  it('is a table of its name to every interpreter', async () => {
    const named = await run('named');
    expect(named.state).toBe('done');
    const { body } = await rowsOf(named.outputs[0]!.result!, 'limit=1&format=json');
    expect(body).toEqual(
      [{ n: ROWS, s: (ROWS * (ROWS - 1)) / 2 }].map(({ n, s }) => ({
        n,
        s: expect.toSatisfy((found) => Number(found) === s),
      })),
    );
    expect((await run('ts')).state).toBe('done');
    const shell = await run('sh');
    expect(shell.outputs.map(({ text }) => text).join('')).toContain('big.parquet\nPAR1');
    // Nor is there a way to it for what may write.
    const exported = join(results, '../session/tables/big.parquet');
    if (lstatSync(exported).isSymbolicLink()) expect(readlinkSync(exported)).toMatch(/^\/results\//);
    const source = join(workspace.path, 'data/big.parquet');
    const before = readFileSync(source);
    await run('write');
    expect(readFileSync(source).equals(before)).toBe(true);
  }, 60_000);

  it('is written like any other where it is more than a name, or better looked at in our own form', async () => {
    for (const [paragraph, count] of [
      ['part', 50_000],
      ['group', 1_300_000],
      ['few', 100],
      ['temporary', 20_000],
      ['hive', ROWS],
    ] as const) {
      const { state, outputs } = await run(paragraph);
      const table = outputs.find(({ kind }) => kind === 'table');
      expect([paragraph, state, table?.rows]).toEqual([paragraph, 'done', count]);
      expect(existsSync(join(results, `${table!.result}.parquet`))).toBe(false);
    }
  }, 60_000);

  it('stays as it was when the file is deleted or replaced, and is copied into backups', async () => {
    const path = join(workspace.path, 'data/big.parquet');
    const { outputs } = await run('big');
    const bytes = readFileSync(path);
    rmSync(path);
    writeFileSync(path, bytes);
    utimesSync(path, EARLIER, EARLIER);
    expect((await rowsOf(result, 'offset=100000&limit=1&format=json')).body).toMatchObject([{ i: 100_000 }]);
    expect((await run('named')).state).toBe('done');
    const copy = makeWorkspace();
    rmSync(copy.path, { recursive: true });
    try {
      expect(await gondola(['backup', copy.path, '--workspace', workspace.path])).toMatchObject({
        code: 0,
        err: '',
        out: expect.stringContaining('nothing is damaged'),
      });
      const checked = await gondola(['check', copy.path]);
      expect([checked.code, checked.out]).toEqual([0, expect.not.stringContaining('written into')]);
      const copied = join(copy.path, '.gondola', 'notebooks', notebook, 'results');
      const [one, other] = [result, outputs[0]!.result!].map((id) => statSync(join(copied, `${id}.parquet`)));
      // One file, whatever number of results show it.
      expect([other?.ino, other?.size]).toEqual([one?.ino, bytes.length]);
    } finally {
      copy.remove();
    }
  }, 60_000);

  it('is so without a server, too', async () => {
    const out = makeWorkspace();
    try {
      const notebook = join(workspace.path, 'alone.nb.md');
      const ran = await gondola(['run', notebook, '--workspace', workspace.path, '--results', out.path, '--json']);
      expect(ran).toMatchObject({ code: 0, out: expect.stringContaining(`"rows":${ROWS}`) });
      expect(readFileSync(join(out.path, 'all_rows.parquet')).subarray(0, 4).toString()).toBe('PAR1');
    } finally {
      out.remove();
    }
  }, 60_000);

  it('says source-changed once its bytes are written into, and runs again', async () => {
    const { outputs } = await run('big');
    const latest = outputs[0]!.result!;
    const path = join(workspace.path, 'data/big.parquet');
    // In its place, as `cp` writes.
    cpSync(join(workspace.path, 'data/group.parquet'), join(workspace.path, 'data/other.parquet'));
    writeFileSync(path, readFileSync(join(workspace.path, 'data/other.parquet')));
    expect(statSync(path).ino).toBe(statSync(join(results, `${latest}.parquet`)).ino);
    const { status, body } = await rowsOf(latest, 'limit=1&format=json');
    expect([status, body]).toMatchObject([
      410,
      { error: { code: 'source-changed', hint: 'Run the paragraph again.' } },
    ]);
    expect((await run('named')).outputs).toMatchObject([{ kind: 'error', code: 'named-result-gone' }]);
    utimesSync(path, EARLIER, EARLIER);
    const again = await run('big');
    expect([again.state, again.outputs[0]?.rows]).toEqual(['done', 1_300_000]);
    await server.stop();
    const checked = await gondola(['check', workspace.path]);
    expect([checked.code, checked.out]).toEqual([0, expect.stringContaining('was written into after its run')]);
  }, 60_000);
});
