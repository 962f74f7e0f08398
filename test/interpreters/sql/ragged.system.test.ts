import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type Driven, discard, drive, sqlProgram } from '../harness.ts';
import { asking } from './asking.ts';
import { blockRows } from './reading.ts';

let sql: Driven | undefined;
afterEach(async () => {
  if (sql) await discard(sql);
  sql = undefined;
});

/** A session with one file. */
async function withFile(text: string | Uint8Array, name = 'x.csv'): Promise<Driven> {
  sql = await drive({ ...sqlProgram });
  mkdirSync(join(sql.session, 'data'), { recursive: true });
  writeFileSync(join(sql.session, 'data', name), text);
  return sql;
}

/** Rows of a statement, and what is said beside them. */
async function read(driven: Driven, source: string): Promise<{ rows: unknown[][]; said: string }> {
  const finished = await driven.run(source);
  expect(finished.outcome).toEqual({ state: 'done' });
  return { rows: blockRows(finished.tables.at(-1)), said: finished.values };
}

/** The reading that a notice offers. */
const offered = (said: string): string => /from read_csv\(.*\)$/m.exec(said)![0];

const rows = (count: number, line: string): string => `${line}\n`.repeat(count);

describe('a CSV file whose lines do not fit', () => {
  it('says nothing where all lines fit, or where the statement says how to read', async () => {
    const driven = await withFile('a,b,c\n1,2,3\n\n4,5,6\n');
    expect((await read(driven, "from 'data/x.csv'")).said).toBe('');
    writeFileSync(join(driven.session, 'data', 'p.csv'), 'Report\n\na,b\n1,2\n');
    expect((await read(driven, "from read_csv('data/p.csv', skip = 2)")).said).toBe('');
    writeFileSync(join(driven.session, 'data', 'names.csv'), 'name\nBerlin\nWashington, D.C.\nParis\n');
    expect((await read(driven, "from 'data/names.csv'")).said).toBe('');
  });

  it('says how many lines before the first that fits were left out, and how to have them', async () => {
    const driven = await withFile(`a,b\n1,2\n3,4\n${rows(50, '1,2,3')}`);
    const { rows: fitting, said } = await read(driven, "from 'data/x.csv'");
    expect(fitting).toHaveLength(50);
    expect(said).toContain('data/x.csv: the first 3 lines were left out');
    expect(said).toContain('“a,b” …');
    const whole = await read(driven, offered(said));
    expect(whole.rows).toHaveLength(52);
    expect(whole.rows[0]).toEqual([1n, 2n, null]);
    expect(whole.said).toBe('');
  });

  it('says so of a header of its own width, and of a report’s head', async () => {
    const driven = await withFile('a,b\n1,2,3\n4,5,6\n7,8,9\n');
    const header = await read(driven, "from 'data/x.csv'");
    expect(header.said).toContain('line 1 was left out');
    expect((await read(driven, offered(header.said))).rows).toHaveLength(3);
    writeFileSync(join(driven.session, 'data', 'report.csv'), 'Report of May\nby hand\n\na,b,c\n1,2,3\n4,5,6\n');
    const report = await read(driven, "from 'data/report.csv'");
    expect(report.rows).toEqual([
      [1n, 2n, 3n],
      [4n, 5n, 6n],
    ]);
    expect(report.said).toContain('the first 3 lines were left out');
    expect(report.said).toContain('“Report of May” …');
  });

  it('counts lines that were taken for comments', async () => {
    const driven = await withFile('# by me\na,b\n1,2\n# middle\n3,4\n');
    const { rows: fitting, said } = await read(driven, "from 'data/x.csv'");
    expect(fitting).toHaveLength(2);
    expect(said).toContain('data/x.csv: 2 lines that begin with # were left out as comments.');
    expect((await read(driven, offered(said))).rows).toHaveLength(4);
  });

  it('says which lines are short where none could be parted, and fills them up', async () => {
    const driven = await withFile('a,b,c\n1,2,3\n4,5\n6,7,8\n');
    const { rows: texts, said } = await read(driven, "from 'data/x.csv'");
    expect(texts).toEqual([['1,2,3'], ['4,5'], ['6,7,8']]);
    expect(said).toContain('was read as one column, as 1 line of 3 has other than 3 fields, first line 3: “4,5”');
    expect((await read(driven, offered(said))).rows).toEqual([
      [1n, 2n, 3n],
      [4n, 5n, null],
      [6n, 7n, 8n],
    ]);
    // The names in which rejected lines are gathered are free again.
    expect((await driven.run('from gondola_rejects')).outcome).toMatchObject({ failure: { code: 'unknown-table' } });
  });

  it('says which lines are long, commas without quotes among them, and leaves them out', async () => {
    const driven = await withFile('name;city;n\nAnna;Berlin;1\nBob;Washington; D.C.;2\nCy;Paris;3\n');
    const { said } = await read(driven, "from 'data/x.csv'");
    expect(said).toContain('1 line of 3 has other than 3 fields, first line 3: “Bob;Washington; D.C.;2”');
    expect(said).toContain("delim = ';'");
    expect((await read(driven, offered(said))).rows).toEqual([
      ['Anna', 'Berlin', 1n],
      ['Cy', 'Paris', 3n],
    ]);
  });

  it('looks into packed files and patterns of names, anew once a file has changed', async () => {
    const driven = await withFile(gzipSync('a,b,c\n1,2,3\n4,5\n'), 'x.csv.gz');
    expect((await read(driven, "from 'data/x.csv.gz'")).said).toContain('data/x.csv.gz was read as one column');
    expect((await read(driven, "select count(*) from 'data/*.csv.gz'")).said).toContain('data/x.csv.gz was read');
    writeFileSync(join(driven.session, 'data', 'x.csv.gz'), gzipSync('a,b,c\n1,2,3\n4,5,6\n'));
    expect((await read(driven, "from 'data/x.csv.gz'")).said).toBe('');
  });

  it('fails where lines far behind do not fit, or are no UTF-8, and says how to read on', async () => {
    const driven = await withFile(`a,b,c\n${rows(50_000, '1,2,3')}1,2\n`);
    const short = (await driven.run("from 'data/x.csv'")).outcome;
    expect(short).toMatchObject({ state: 'failed', failure: { message: expect.stringContaining('50002') } });
    expect(short).toMatchObject({ failure: { hint: expect.stringContaining('ignore_errors = true') } });
    writeFileSync(join(driven.session, 'data', 'latin.csv'), Buffer.from('name,n\nM\xfcller,1\n', 'latin1'));
    expect((await driven.run("from 'data/latin.csv'")).outcome).toMatchObject({ failure: { code: 'file-encoding' } });
  });

  it('tells a run of another program once, however often it asks', async () => {
    const driven = await withFile('Report\n\na,b\n1,2\n3,4\n');
    const asker = asking(driven);
    for (let time = 0; time < 3; time += 1) {
      await asker.ask('describe', { sql: "from 'data/x.csv'" });
      await asker.ask('keep', { sql: "from 'data/x.csv'" });
    }
    const said = driven.events.filter((event) => event.type === 'output' && event.run === 'asker');
    expect(said).toHaveLength(1);
  });
});
