/** `gondola FILE`: the file's rows are there when the page opens, and a second call finds the first one's server. */
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { gondola, type Running, startGondola } from '../../support/gondola.ts';
import { makeWorkspace, root } from '../../support/server.ts';

const releases: (() => unknown)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

function home(files: Readonly<Record<string, string | Uint8Array>>): { path: string; env: Record<string, string> } {
  const { path, remove } = makeWorkspace(files);
  releases.push(remove);
  return { path, env: { XDG_DATA_HOME: join(path, 'share') } };
}

async function address(running: Running): Promise<URL> {
  releases.push(async () => {
    if (running.child.exitCode !== null) return;
    running.child.kill('SIGINT');
    await running.ended;
  });
  while (!running.out().includes('\n')) {
    if (running.child.exitCode !== null) throw new Error(running.err());
    await once(running.child.stdout!, 'data');
  }
  return new URL(running.out().trim());
}

type Body = { paragraphs: { id: string; run: { id: string } }[]; title: string };

/** The notebook that an address opens, with the rows of its first paragraph once they are there. */
async function shown(at: URL): Promise<{ notebook: string; title: string; rows: unknown; columns: unknown }> {
  const headers = { authorization: `Bearer ${at.searchParams.get('token')}` };
  const call = async (path: string) => (await fetch(`${at.origin}/api/v1/${path}`, { headers })).json();
  const notebook = at.searchParams.get('to')!.replace('/n/', '');
  for (;;) {
    const { paragraphs, title } = (await call(`notebooks/${notebook}`)) as Body;
    const runs = await Promise.all(
      paragraphs.flatMap(({ run }) => (run ? [call(`runs/${run.id}`)] : [])) as Promise<{
        state: string;
        outputs: { result: string }[];
      }>[],
    );
    if (runs.length < 2 || runs.some(({ state }) => state === 'queued' || state === 'running')) continue;
    expect(runs.map(({ state }) => state)).toEqual(['done', 'done']);
    const rows = await call(`results/${runs[0]!.outputs[0]!.result}/rows`);
    const columns = await call(`results/${runs[1]!.outputs[0]!.result}/rows`);
    return { notebook, title, rows, columns };
  }
}

describe('gondola FILE', () => {
  it('serves a notebook that shows it, and its address opens that notebook', async () => {
    const { path, env } = home({ 'my file.csv': 'a,b\n1,x\n2,y\n' });
    const at = await address(startGondola([join(path, 'my file.csv'), '--port', '0'], { env }));
    const page = await fetch(at, { redirect: 'manual' });
    expect([page.status, page.headers.get('location')]).toEqual([303, at.searchParams.get('to')]);
    const { title, rows, columns } = await shown(at);
    expect([title, rows]).toEqual([
      'my file.csv',
      [
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ],
    ]);
    expect(columns).toMatchObject([{ column_name: 'a', max: '2' }, { column_name: 'b' }]);
  });

  it('hands over to the server that is there, and brings a changed file up to date', async () => {
    const { path, env } = home({ 'x.csv': 'a\n1\n', 'deep/x.csv': 'a\n7\n' });
    const first = await address(startGondola([join(path, 'x.csv'), '--port', '0'], { env }));
    const before = await shown(first);
    const again = await gondola([join(path, 'x.csv')], { env });
    expect([again.code, again.out.trim()], again.err).toEqual([0, first.href.replaceAll('%2F', '/')]);
    appendFileSync(join(path, 'x.csv'), '2\n');
    const changed = await gondola(['x.csv'], { env, cwd: path });
    const after = await shown(new URL(changed.out.trim()));
    expect([after.notebook, after.rows]).toEqual([before.notebook, [{ a: 1 }, { a: 2 }]]);
    const other = await shown(new URL((await gondola([join(path, 'deep', 'x.csv')], { env })).out.trim()));
    expect([other.title, other.rows]).toEqual(['x-2.csv', [{ a: 7 }]]);
    expect(readdirSync(join(path, 'share', 'gondola', 'scratch', 'data')).sort()).toEqual(['x-2.csv', 'x.csv']);
  });

  it.each([
    ['x.tsv', 'a\tb\n1\t2\n'],
    ['x.json', '[{"a":1,"b":2}]'],
    ['x.jsonl', '{"a":1,"b":2}\n'],
    ['x.csv.gz', gzipSync('a,b\n1,2\n')],
  ])('reads %s', async (name, content) => {
    const { path, env } = home({ [name]: content });
    const at = await address(startGondola([join(path, name), '--port', '0'], { env }));
    expect((await shown(at)).rows).toEqual([{ a: 1, b: 2 }]);
  });

  it('reads a spreadsheet', async () => {
    const fixture = join(root, 'test', 'fixtures', 'xlsx', 'epoch-1904.xlsx');
    const { env } = home({});
    const at = await address(startGondola([fixture, '--port', '0'], { env }));
    expect((await shown(at)).rows).toEqual([{ day: '2024-02-29' }, { day: '1904-01-01' }]);
  });

  it('takes another port where the usual one is taken and nobody asked for it', async () => {
    const { path, env } = home({ 'x.csv': 'a\n1\n', 'w/a.nb.md': '' });
    const taken = startGondola(['serve', join(path, 'w'), '--port', '4321'], { env });
    const usual = await address(taken).catch(() => undefined);
    const at = await address(startGondola([join(path, 'x.csv')], { env }));
    expect(at.port).not.toBe(usual?.port ?? '4321');
  });

  it('says in one line what it can’t show', async () => {
    const { path, env } = home({ 'x.txt': 'a', 'a.nb.md': '# A\n' });
    mkdirSync(join(path, 'empty'));
    writeFileSync(join(path, 'x.parquet.gz'), '');
    for (const [name, said] of [
      ['none.csv', 'there is no file'],
      ['x.txt', 'Known are .csv'],
      ['a.nb.md', 'gondola run'],
      ['x.parquet.gz', 'Known are .csv'],
    ] as const) {
      const { code, out, err } = await gondola([join(path, name)], { env });
      expect([code, out, err.trimEnd().split('\n').length], err).toEqual([2, '', 1]);
      expect(err).toContain(said);
    }
  });
});
