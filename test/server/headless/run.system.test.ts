/** `gondola run` as a person calls it: the built command, real engines and sandboxes, files that others read. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gondola } from '../../support/gondola.ts';
import { missing } from '../../support/missing.ts';
import { notebookAt } from '../../support/page.ts';
import { copySamples, makeWorkspace, root, type ServerProcess, startServer } from '../../support/server.ts';

const releases: (() => unknown)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

function workspace(files: Readonly<Record<string, string>>): string {
  const made = makeWorkspace(files);
  releases.push(() => made.remove());
  return made.path;
}

type Json = Readonly<Record<string, unknown>>;
const events = (out: string): Json[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Json);

async function query(sql: string): Promise<Json[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(sql);
  const rows = reader.getRowObjectsJson() as Json[];
  connection.closeSync();
  instance.closeSync();
  return rows;
}

it('takes values of forms, and refuses what is none of theirs before anything runs', async () => {
  const text = [
    '---\nforms:\n  day: 2015-01-01\n  airport: {type: multi-select, options: [SEA, JFK, LAX]}\n---\n',
    'On ${day}, of ${airport}.\n',
    "```sql name=said\nselect $day as day, 'x${q=it''s}' as q, len($airport) as n\n```\n",
    '```shell\nprintf "%s|%s" "$day" "$q"\n```\n',
    '```typescript\n`${forms.day.getUTCDate()} ${forms.airport.join()} ${(await sql`select ${forms.q} as q`.rows()).length}`\n```\n',
    "```typescript\ntable('said').filter((row) => row.day >= forms.day && forms.airport.includes(row.q)).explain()\n```\n",
  ].join('\n');
  const path = workspace({ 'gondola.json': '{}', 'a.nb.md': text });
  const [notebook, report] = [join(path, 'a.nb.md'), join(path, 'out.md')];
  const args = ['--form', 'day=2016-02-29', '--form', 'airport=JFK', '--form', 'airport=SEA', '--form', "q='; drop"];
  const ran = await gondola(['run', notebook, ...args, '--output', report]);
  expect([ran.code, ran.err]).toEqual([0, expect.any(String)]);
  const written = readFileSync(report, 'utf8');
  expect(written).toContain('On 2016-02-29, of JFK, SEA.');
  expect(written).toMatch(/2016-02-29 *\| x'; drop *\| 2/);
  expect(written).toContain("2016-02-29|'; drop");
  expect(written).toContain('29 JFK,SEA 1');
  // A lambda may close over them, and is SQL all the same.
  expect(written).toMatch(/where .*'2016-02-29.*\(q in \('JFK', 'SEA'\)/);
  for (const [form, said] of [
    ['day=today', 'takes a day'],
    ['airport=XXX', 'no option'],
    ['dya=1', 'no form “dya”'],
  ]) {
    const refused = await gondola(['run', notebook, '--form', form!]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(said!)]);
  }
});

describe('the sample notebooks', () => {
  let samples: ReturnType<typeof copySamples>;
  let server: ServerProcess;
  beforeAll(async () => {
    samples = copySamples();
    server = await startServer(samples.path);
  });
  afterAll(async () => {
    await server?.stop();
    samples?.remove();
  });

  const notebooks = readdirSync(join(root, 'notebooks')).filter((name) => name.endsWith('.nb.md'));

  it.each(notebooks)('%s gives headless what it gives over the API, while a server has the workspace', async (name) => {
    const id = await notebookAt(server, name);
    const asked = (await server.call('POST', `notebooks/${id}/runs?wait=110`, {})).body as {
      runs: { id: string; paragraph: string; state: string }[];
    };
    expect(asked.runs.filter(({ state }) => state !== 'done')).toEqual([]);
    const out = join(samples.path, 'out');
    const report = join(samples.path, 'report.json');
    const args = ['run', join(samples.path, name), '--results', out, '--format', 'csv', '--output', report];
    const { code, err, out: printed } = await gondola(args);
    expect([code, printed], err).toEqual([0, '']);
    const told = JSON.parse(readFileSync(report, 'utf8')) as { state: string; runs: (Json & { outputs: Json[] })[] };
    expect(told.state).toBe('done');
    expect(told.runs.map(({ paragraph }) => paragraph)).toEqual(asked.runs.map(({ paragraph }) => paragraph));
    for (const [index, { id: run }] of asked.runs.entries()) {
      const theirs = (await server.call('GET', `runs/${run}`)).body as { outputs: Json[] };
      const ours = told.runs[index]!.outputs;
      expect(ours.map(comparable)).toEqual(theirs.outputs.map(comparable));
      for (const [at, output] of theirs.outputs.entries()) {
        if (output.kind !== 'table') continue;
        const rows = await server.call('GET', `results/${output.result}/rows?limit=100`);
        expect(ours[at]!.first).toEqual(rows.body);
        if (output.name === undefined) continue;
        const all = await server.call('GET', `results/${output.result}/rows?format=csv`);
        expect(readFileSync(join(out, `${output.name}.csv`), 'utf8')).toBe(all.body);
      }
    }
    rmSync(out, { recursive: true });
  });

  /** Ids and bytes on disk differ from session to session. */
  const comparable = ({ result: _, bytes: __, first: ___, data: ____, ...rest }: Json): Json => rest;
});

const TWO = '```sql id=one name=one\nselect range as n, n % 7 as k from range(50_000) t(n)\n```\n\n'
  .replace('range as n, n', 'n, n')
  .concat('```sql id=two name="s p/x"\nselect k, count(*) as c from one group by k order by k\n```\n');

describe('results', () => {
  it('are Parquet files that hold each row of each named result', async () => {
    const folder = workspace({ 'a.nb.md': TWO });
    const to = join(folder, 'deep', 'out');
    const { code, err } = await gondola(['run', join(folder, 'a.nb.md'), '--results', to]);
    expect(code, err).toBe(0);
    expect(readdirSync(to).sort()).toEqual(['one.parquet', 's p_x.parquet']);
    const [sum] = await query(`select count(*)::int as n, sum(n)::varchar as s from '${to}/one.parquet'`);
    expect(sum).toEqual({ n: 50_000, s: '1249975000' });
    const rows = await query(`select * from '${to}/s p_x.parquet' order by k`);
    expect(rows).toHaveLength(7);
    expect(rows[0]).toMatchObject({ k: '0', c: '7143' });
  });

  it('of what was done are written where a later paragraph fails', async () => {
    const folder = workspace({ 'a.nb.md': `${TWO}\n\`\`\`sql id=bad\nselect nothing\n\`\`\`\n` });
    const to = join(folder, 'out');
    expect((await gondola(['run', join(folder, 'a.nb.md'), '--results', to])).code).toBe(1);
    expect(readdirSync(to).sort()).toEqual(['one.parquet', 's p_x.parquet']);
  });

  it('that can’t be written are told, and the run counts as failed', async () => {
    const folder = workspace({ 'a.nb.md': TWO, 'out/one.parquet/x': '' });
    const { code, err } = await gondola(['run', join(folder, 'a.nb.md'), '--results', join(folder, 'out')]);
    expect(code).toBe(1);
    expect(err).toContain('not everything could be written');
    expect(readdirSync(join(folder, 'out')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('a failed paragraph', () => {
  const TEXT =
    '---\ntitle: T\n---\n\nProse.\n\n```sql id=a name=numbers\nselect 1 as one\n```\n\n```sql id=b name=wrong\nselect 1,\n  two\nfrom numbers\n```\n\n```sql id=c\nselect 3\n```\n';

  it('is named with its line in the file and why, and what follows is not run', async () => {
    const folder = workspace({ 'a.nb.md': TEXT });
    const { code, out, err } = await gondola(['run', 'a.nb.md', '--output', 'r.md'], { cwd: folder });
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('[2/3] wrong: failed after');
    expect(err).toContain('a.nb.md:13:3 There is no column “two”');
    expect(err).toContain('(unknown-column)');
    expect(err).toMatch(/\n {8}two\n {8}\^\^\^\n/);
    expect(err).toContain('1 paragraph not run.');
    const report = readFileSync(join(folder, 'r.md'), 'utf8');
    expect(report).toContain('> **unknown-column** (line 2, column 3): There is no column “two”');
    expect(report).toContain('```sql\nselect 3\n```\n\n*Not run.*');
  });

  it('is told in the events, each a line of JSON', async () => {
    const folder = workspace({ 'a.nb.md': TEXT });
    const { code, out } = await gondola(['run', join(folder, 'a.nb.md'), '--json']);
    expect(code).toBe(1);
    const told = events(out);
    expect(told.map(({ type, paragraph = '' }) => `${type} ${paragraph}`.trim())).toEqual([
      'begin',
      'started a',
      'output a',
      'ended a',
      'started b',
      'output b',
      'ended b',
      'ended c',
      'end',
    ]);
    expect(told[0]).toMatchObject({ notebook: 'a.nb.md', title: 'T', paragraphs: [{ id: 'a', line: 7 }, {}, {}] });
    const { output } = told[2] as { output: Json };
    expect(output).toMatchObject({ kind: 'table', name: 'numbers', rows: 1 });
    expect(output).not.toHaveProperty('block');
    expect(told[7]).toMatchObject({ state: 'cancelled', reason: 'after-failure' });
    expect(told[8]).toMatchObject({ state: 'failed', counts: { done: 1, failed: 1, cancelled: 1 } });
  });
});

describe('what is wrong with the call', () => {
  it.each([
    ['a missing file', 'none.nb.md', 'there is no file'],
    ['what is no notebook', 'x.csv', '.nb.md'],
    ['front matter that does not parse', 'front.nb.md', 'front.nb.md:'],
    ['a conflict of a merge', 'merge.nb.md', 'merge.nb.md:3: a merge left a conflict here'],
    ['bytes that are no text', 'bytes.nb.md', 'not UTF-8'],
  ])('%s: one line, exit 2', async (_, name, said) => {
    const folder = makeWorkspace({
      'x.csv': 'a\n1\n',
      'front.nb.md': '---\ntitle: [a\n---\n\n```sql\nselect 1\n```\n',
      'merge.nb.md': '# A\n\n<<<<<<< one\na\n=======\nb\n>>>>>>> two\n',
      'bytes.nb.md': new Uint8Array([0x23, 0x20, 0xff, 0xfe]),
    });
    releases.push(() => folder.remove());
    const { code, out, err } = await gondola(['run', join(folder.path, name)]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(said);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('a sandbox that is asked for and is not there: exit 3', ({ skip }) => {
    if (process.getuid?.() !== 0) {
      missing('root, to hide bubblewrap from gondola run');
      skip();
    }
    const folder = workspace({ 'a.nb.md': TWO });
    const command = `for at in /usr/bin /usr/local/bin; do test -e $at/bwrap && mount --bind /dev/null $at/bwrap; done; exec '${process.execPath}' '${join(root, 'server', 'gondola.js')}' run '${join(folder, 'a.nb.md')}' --sandbox bwrap`;
    const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'bash', '-c', command], { encoding: 'utf8' });
    expect([status, stdout], stderr).toEqual([3, '']);
    expect(stderr).toContain('no code runs here');
  });
});

describe('a run', () => {
  it('without code says so and is fine', async () => {
    const folder = workspace({ 'a.nb.md': '# Only prose\n' });
    const { code, err } = await gondola(['run', join(folder, 'a.nb.md')]);
    expect(code).toBe(0);
    expect(err).toContain('has no paragraph to run');
  });

  it('writes nothing beside a notebook in a folder that may only be read', async () => {
    const folder = workspace({ 'a.nb.md': TWO, 'data/x.csv': 'a\n1\n' });
    const before = readdirSync(folder);
    const changed = statSync(folder).mtimeMs;
    chmodSync(folder, 0o555);
    releases.push(() => chmodSync(folder, 0o755));
    const { code, err } = await gondola(['run', join(folder, 'a.nb.md')]);
    expect(code, err).toBe(0);
    expect([readdirSync(folder), statSync(folder).mtimeMs]).toEqual([before, changed]);
  });

  it('knows its time zone and its data as the page does', async () => {
    const folder = workspace({
      'gondola.json': '{ "timezone": "Asia/Seoul" }\n',
      'data/x.csv': 'a\n1\n2\n',
      'deep/a.nb.md':
        "```sql id=a name=a\nselect current_setting('TimeZone') as zone, count(*)::int as n from 'data/x.csv'\n```\n",
    });
    const to = join(folder, 'out');
    const notebook = join(folder, 'deep', 'a.nb.md');
    await gondola(['run', notebook, '--results', to, '--format', 'csv']);
    expect(readFileSync(join(to, 'a.csv'), 'utf8')).toBe('zone,n\r\nAsia/Seoul,2\r\n');
    await gondola(['run', notebook, '--results', to, '--format', 'csv', '--timezone', 'UTC']);
    expect(readFileSync(join(to, 'a.csv'), 'utf8')).toBe('zone,n\r\nUTC,2\r\n');
  });

  it('gives the same report each time, but for its times and costs', async () => {
    const folder = workspace({ 'a.nb.md': TWO.replace('id=one ', '') });
    const report = async (): Promise<string> => {
      const to = join(folder, 'r.json');
      await gondola(['run', join(folder, 'a.nb.md'), '--output', to]);
      return readFileSync(to, 'utf8')
        .replace(/"(started|ended|asked)": \d+/g, '"$1": 0')
        .replace(/"cost": \{[^}]*\}/g, '"cost": {}');
    };
    expect(await report()).toBe(await report());
  });

  it('does not mind a reader that goes away', async () => {
    const folder = workspace({ 'a.nb.md': TWO });
    const command = `'${process.execPath}' '${join(root, 'server', 'gondola.js')}' run '${join(folder, 'a.nb.md')}' --json | head -n 1`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    expect(events(stdout)).toHaveLength(1);
    expect(stderr).not.toContain('EPIPE');
  });

  it('draws one live line for each paragraph on a terminal, in colours unless they are not wanted', async () => {
    const folder = workspace({ 'a.nb.md': TWO });
    const line = `'${process.execPath}' '${join(root, 'server', 'gondola.js')}' run '${join(folder, 'a.nb.md')}'`;
    const onTerminal = (env: Record<string, string>): string =>
      spawnSync('script', ['-qec', line, '/dev/null'], {
        encoding: 'utf8',
        env: { ...process.env, TERM: 'xterm', ...env },
      }).stdout;
    const coloured = onTerminal({ NO_COLOR: '' });
    expect(coloured).toContain('\u001b[K');
    expect(coloured).toMatch(/✓.*\[1\/2\].*one.*50,000 rows/);
    expect(coloured).toContain('\u001b[32m');
    const plain = onTerminal({ NO_COLOR: '1' });
    expect(plain).toContain('✓ [1/2] one');
    expect(plain).not.toContain('\u001b[32m');
  });
});
