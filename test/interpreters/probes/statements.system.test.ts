/** Hostile statements against the engine of a real session: none is done, nothing of the host is shown, the session goes on. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { counter, keep, wantsRecord } from '../../reliability/record.ts';
import { canIsolate, type Ran, root } from '../../server/sessions/support.ts';
import { missing } from '../../support/missing.ts';
import { NOTEBOOK, openSurroundings, type Surroundings } from './enclosures.ts';
import { STATEMENTS } from './statements.ts';

const sandboxed = await canIsolate();
if (!sandboxed) missing('bubblewrap: the engine is not probed');

const { held, counts } = counter(STATEMENTS);

describe.skipIf(!sandboxed)('a hostile statement', () => {
  let surroundings: Surroundings;
  const run = (source: string, interpreter = 'sql'): Promise<Ran> =>
    surroundings.bench.run(source, { notebook: NOTEBOOK, interpreter });
  const filled = (text: string): string => {
    const { planted, bench } = surroundings;
    return text
      .replaceAll('OTHERDB', join(bench.workspace, '.gondola/notebooks/private-nb-md/session/session.duckdb'))
      .replaceAll('OTHER', join(bench.workspace, 'other/data/theirs'))
      .replaceAll('HOSTFOLDER', bench.workspace)
      .replaceAll('HOST', join(bench.workspace, '.gondola/token'))
      .replaceAll('SERVER', String(planted.ports.tcp));
  };

  beforeAll(async () => {
    surroundings = await openSurroundings();
    const { bench } = surroundings;
    writeFileSync(join(bench.workspace, 'sub/data/lines.json'), '{"a": 1}\n');
    const made = await run(
      "copy (select 1 as a) to 'fine.parquet'; attach 'own.duckdb' as own; detach own; create table kept as select 42 as x",
    );
    expect(made.outcome).toEqual({ state: 'done' });
    const folder = join(bench.workspace, '.gondola/notebooks/sub-report-nb-md/session');
    execFileSync('cp', [join(folder, 'fine.parquet'), join(bench.workspace, 'sub/data/fine.parquet')]);
    execFileSync('cp', [join(folder, 'fine.parquet'), join(bench.workspace, 'other/data/theirs.parquet')]);
    const linked = await run(
      filled(`mkdir folder; ln -s HOST link-host; ln -s data/mine.csv link-own; ln -s HOSTFOLDER link-folder
ln -s /session/data link-data; ln -s /proc/self/fd/4 link-protocol; cp /bin/true evil.duckdb_extension`),
      'shell',
    );
    expect(linked.outcome).toEqual({ state: 'done' });
  });
  afterAll(async () => {
    if (wantsRecord()) keep(root, { figure: 'R7', part: 'statements of SQL', counts: counts() });
    await surroundings?.close();
  });

  it('is one of at least 40, each with another name', () => {
    expect(STATEMENTS.length).toBeGreaterThanOrEqual(40);
    expect(new Set(STATEMENTS.map(({ what }) => what)).size).toBe(STATEMENTS.length);
  });

  it.each(STATEMENTS.map((probe) => [probe.what, probe] as const))('%s', async (_, probe) => {
    const { planted, bench } = surroundings;
    const ran = await run(filled(probe.hostile));
    if (!probe.harmless) expect(ran.outcome.state, JSON.stringify(ran.events)).toBe('failed');
    expect(shownBy(ran)).not.toContain(planted.secret);
    expect(shownBy(ran)).not.toContain('root:x:0');
    expect(surroundings.visits()).toBe(0);
    expect(readFileSync(join(bench.workspace, 'sub/data/mine.csv'), 'utf8')).toBe('x\n1\n');
    expect(existsSync(join(bench.workspace, 'sub/data/x.csv'))).toBe(false);
    const lawful = await run(filled(probe.lawful));
    expect(lawful.outcome).toEqual({ state: 'done' });
    held(probe);
  });

  it('leaves the tables, and the engine as it was', async () => {
    expect((await run("copy kept to 'kept.csv'")).outcome).toEqual({ state: 'done' });
    expect((await run('cat kept.csv', 'shell')).stdout).toBe('x\n42\n');
  });
});

/** All that the server got, blocks of tables decoded. */
const shownBy = ({ events, outcome }: Ran): string =>
  JSON.stringify([outcome, events], (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  );
