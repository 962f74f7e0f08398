/** Spreadsheets in paragraphs: the real server, its sessions and its converter, in a sandbox and without. */
import { copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notebookAt } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';
import { sheetParts, zipOf } from './make.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/xlsx');
const at = (name: string): Uint8Array => readFileSync(join(fixtures, name));
/** Takes some seconds: long enough to be cancelled. */
const long = (): Uint8Array =>
  zipOf(
    sheetParts(
      Array.from(
        { length: 300_000 },
        (_, row) => `<row><c><v>${row}</v></c><c><v>${row * 7}</v></c><c><v>${row % 3}</v></c></row>`,
      ).join(''),
    ),
  );

type Output = Readonly<Record<string, unknown>>;
type Ran = { readonly state: string; readonly outputs: readonly Output[] };

describe.each([['auto'], ['off']])('with the sandbox %s', (sandbox) => {
  let workspace: ReturnType<typeof makeWorkspace>;
  let server: ServerProcess;
  let notebook: string;
  beforeAll(async () => {
    workspace = makeWorkspace({
      'a.nb.md': '# A\n',
      'data/kinds.xlsx': at('kinds.xlsx'),
      'data/Büro 1.xlsx': at('office.xlsx'),
      'data/broken.xlsx': at('office.xlsx').subarray(0, 3000),
      'data/bomb.xlsx': zipOf(sheetParts(Buffer.alloc(200 * 2 ** 20, ' '))),
      'data/long.xlsx': long(),
    });
    server = await startServer(workspace.path, { args: ['--sandbox', sandbox] });
    notebook = await notebookAt(server, 'a.nb.md');
  });
  afterAll(async () => {
    await server?.stop();
    workspace?.remove();
  });

  let count = 0;
  async function start(source: string, interpreter = 'sql'): Promise<{ id: string }> {
    count += 1;
    const text = `# A\n\n\`\`\`${interpreter} id=p${count}\n${source}\n\`\`\`\n`;
    const put = await server.call('PUT', `notebooks/${notebook}/text`, text, {
      'if-match': '*',
      'content-type': 'text/markdown',
    });
    expect(put.status).toBeLessThan(300);
    const { body } = await server.call('POST', `notebooks/${notebook}/runs`, {});
    return (body as { runs: { id: string }[] }).runs[0]!;
  }
  async function end(id: string): Promise<Ran> {
    for (;;) {
      const ran = (await server.call('GET', `runs/${id}`)).body as Ran;
      if (ran.state !== 'queued' && ran.state !== 'running') return ran;
      await wait(20);
    }
  }
  const run = async (source: string, interpreter?: string): Promise<Ran> => end((await start(source, interpreter)).id);
  async function rows(source: string, interpreter?: string): Promise<unknown> {
    const { state, outputs } = await run(source, interpreter);
    expect(state, JSON.stringify(outputs)).toBe('done');
    const { result } = outputs.findLast(({ kind }) => kind === 'table')!;
    return (await server.call('GET', `results/${result}/rows`)).body;
  }

  it('a file is a table, each value as the sheet has it', async () => {
    expect(await rows("from 'data/kinds.xlsx'")).toEqual([
      {
        whole: 1,
        number: 0.1,
        day: '2024-02-29',
        moment: '2024-02-29 23:59:59.5',
        time: '08:30:00',
        length: '26:30:00',
        yes: true,
        text: 'Zürich, “x”',
        mixed: '007',
        share: 0.25,
      },
      {
        whole: -9007199254740991,
        number: 1e300,
        day: '1900-01-01',
        moment: '1999-12-31 00:00:00',
        time: '23:59:59',
        length: '00:00:01',
        yes: false,
        text: 'a "b"\nc',
        mixed: '7',
        share: 1,
      },
      expect.objectContaining({ whole: null, mixed: '2020-01-02' }),
    ]);
    expect(
      await rows("select sum(whole)::varchar as s, typeof(any_value(length)) as t from 'data/kinds.xlsx' k"),
    ).toEqual([{ s: '-9007199254740990', t: 'INTERVAL' }]);
  });

  it('a sheet is a table by its name, in quotes of either kind, alone or joined', async () => {
    const second = "'data/kinds.xlsx#Second & more'";
    expect(await rows(`select count(*)::int as n, max("left") as m from ${second}`)).toEqual([{ n: 3, m: 3 }]);
    expect(
      await rows(
        `select b.A + b.B as s, o.word from "data/Büro 1.xlsx" o, 'data/Büro 1.xlsx#Behind' as b where o.sum = 3`,
      ),
    ).toEqual([{ s: 3, word: 'X' }]);
    expect(await rows("describe 'data/kinds.xlsx#Empty'")).toMatchObject([{ column_name: 'A' }]);
  });

  it('a run says which sheet it shows, and what became of errors', async () => {
    const { outputs } = await run("from 'data/Büro 1.xlsx'");
    expect(outputs[0]).toMatchObject({ kind: 'text', stream: 'stderr' });
    expect(outputs[0]!.text).toContain("has 2 sheets; this is Office. Others: 'data/Büro 1.xlsx#Behind'");
    expect(outputs[0]!.text).toContain('1 cell with an error such as #N/A became NULL');
  });

  it('what is wrong is said at the name, with a mend where one is near', async () => {
    const failures = [
      ["select 1\nfrom 'data/kinds.xlsx#Secnd & more'", 'unknown-sheet', "'data/kinds.xlsx#Second & more'"],
      ["select 1\nfrom 'data/kind.xlsx'", 'file-not-found', "'data/kinds.xlsx'"],
      ["select 1\nfrom 'data/broken.xlsx'", 'file-unreadable', undefined],
      ["select 1\nfrom 'data/bomb.xlsx'", 'xlsx-too-large', undefined],
    ] as const;
    for (const [source, code, replacement] of failures) {
      const { state, outputs } = await run(source);
      expect(state).toBe('failed');
      const output = outputs.at(-1)!;
      expect(output).toMatchObject({ kind: 'error', code, line: 2, column: 6 });
      if (replacement) expect(output.fix).toEqual({ replacement });
      else expect(output.message).toMatch(/^data\/(broken|bomb)\.xlsx /);
    }
  });

  it('TypeScript finds it under the same name', async () => {
    const filtered = "table('data/kinds.xlsx').filter((r) => r.whole > 0).select('whole', 'share')";
    expect(await rows(filtered, 'ts')).toEqual([{ whole: 1, share: 0.25 }]);
    const named = 'await sql`select max("left")::int as m from \'data/kinds.xlsx#Second & more\'`.rows()';
    expect(await rows(named, 'ts')).toEqual([{ m: 3 }]);
    const { state, outputs } = await run("table('data/kinds.xlsx#None')", 'ts');
    expect([state, outputs.at(-1)]).toMatchObject(['failed', { code: 'unknown-sheet', line: 1 }]);
  });

  it('a text that looks like one is left alone', async () => {
    expect(await rows("select 'data/none.xlsx' as a, 'data/broken.xlsx' as b")).toEqual([
      { a: 'data/none.xlsx', b: 'data/broken.xlsx' },
    ]);
  });

  it('is a table within a transaction that was at work before', async () => {
    await run('create or replace table seen as select 1 as a');
    const copied = join(workspace.path, 'data', 'late.xlsx');
    copyFileSync(join(fixtures, 'epoch-1904.xlsx'), copied);
    const source =
      "begin; insert into seen from seen; select * from seen; select count(*)::int as n from 'data/late.xlsx'; commit";
    expect(await rows(source)).toEqual([{ n: 2 }]);
  });

  it('a bomb takes nothing from the session', async () => {
    await run('create temp table kept as select 42 as a');
    expect((await run("from 'data/bomb.xlsx'")).state).toBe('failed');
    expect(await rows('from kept')).toEqual([{ a: 42 }]);
  });

  it('is read once for each version of the file, and anew when that changes', async () => {
    const to = join(workspace.path, 'data', 'changing.xlsx');
    copyFileSync(join(fixtures, 'epoch-1904.xlsx'), to);
    expect(await rows("from 'data/changing.xlsx'")).toHaveLength(2);
    const sheets = join(workspace.path, '.gondola', 'notebooks', notebook, 'session', '.sheets');
    const before = readdirSync(sheets).map((name) => [name, statSync(join(sheets, name)).mtimeMs]);
    await rows("from 'data/changing.xlsx'");
    expect((await server.call('DELETE', `notebooks/${notebook}/session`)).status).toBe(204);
    await rows("from 'data/changing.xlsx'");
    expect(readdirSync(sheets).map((name) => [name, statSync(join(sheets, name)).mtimeMs])).toEqual(before);
    writeFileSync(to, at('leap-1900.xlsx'));
    expect(await rows("from 'data/changing.xlsx'")).toHaveLength(5);
    expect(readdirSync(sheets)).toHaveLength(before.length);
  });

  it('a conversion ends with the run that was cancelled', async () => {
    const { id } = await start("select count(*) from 'data/long.xlsx'");
    await wait(700);
    const since = performance.now();
    await server.call('DELETE', `runs/${id}`);
    expect((await end(id)).state).toBe('cancelled');
    expect(performance.now() - since).toBeLessThan(3_000);
    expect(await rows("select count(*)::int as n from 'data/long.xlsx'")).toEqual([{ n: 300_000 }]);
  });

  it('the list of tables knows its sheets and columns once it was read', async () => {
    await rows("from 'data/kinds.xlsx'");
    const { items } = (await server.call('GET', `notebooks/${notebook}/tables`)).body as {
      items: { name: string; columns: { name: string }[] }[];
    };
    const found = items.filter(({ name }) => name.startsWith('data/kinds.xlsx'));
    expect(found.map(({ name }) => name)).toEqual([
      'data/kinds.xlsx',
      'data/kinds.xlsx#Second & more',
      'data/kinds.xlsx#Empty',
    ]);
    expect(found[0]!.columns[0]).toMatchObject({ name: 'whole' });
  });
});
