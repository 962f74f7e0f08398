import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertSheet } from '../../../../interpreters/xlsx/convert.ts';
import type { ResultOwner } from '../../../../server/results/contract.ts';
import { type Bench, bytesOf, never, openBench } from '../support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

let files = 0;
async function workbookOf(owner: ResultOwner, more: Parameters<typeof bytesOf>[2] = {}): Promise<string> {
  files += 1;
  const path = join(bench.root, `book${files}.xlsx`);
  writeFileSync(path, await bytesOf(bench.results, owner.id, { format: 'xlsx', ...more }));
  return path;
}

/** As our own interpreter reads it. */
async function readBook(
  path: string,
  sheet?: string,
): Promise<{ columns: string; lines: string; rows: number; sheets: readonly string[] }> {
  const to = `${path}.csv`;
  const { columns, rows, sheets } = await convertSheet(path, sheet, to, never);
  return {
    columns: columns.map(({ name, type }) => `${name} ${type}`).join(', '),
    lines: readFileSync(to, 'utf8'),
    rows,
    sheets,
  };
}

/** One column, as it is read. */
async function column(values: string): Promise<string[]> {
  const owner = await bench.keep(`select v, 'x' as "end" from (values ${values}) t(v)`);
  const { lines } = await readBook(await workbookOf(owner));
  return lines
    .trimEnd()
    .split(',"x"')
    .map((line) => line.replace(/^\n/, ''))
    .slice(0, -1);
}

describe('a workbook', () => {
  it('has numbers, dates, truth values and texts as such, and nothing where there is NULL', async () => {
    const owner = await bench.keep(`
      select 1::integer as whole, -2::bigint as long, 12.50::decimal(9, 2) as price, 0.1::double as share, true as yes,
        date '2024-02-29' as day, timestamp '2024-02-29 23:59:59' as moment, time '08:30:00' as clock, 'Zürich & <한국어>' as text
      union all select ${Array.from({ length: 9 }, () => 'null').join(', ')}
      union all select 7, 8, 0, 1e300, false, date '1900-03-01', timestamp '2024-01-01 00:00:00.25', time '23:59:59.5', ''`);
    const { columns, lines } = await readBook(await workbookOf(owner));
    expect(columns).toBe(
      'whole BIGINT, long BIGINT, price DOUBLE, share DOUBLE, yes BOOLEAN, day DATE, moment TIMESTAMP, clock TIME, text VARCHAR',
    );
    expect(lines).toBe(
      '1,-2,12.5,0.1,true,2024-02-29,2024-02-29 23:59:59,08:30:00,"Zürich & <한국어>"\n' +
        '7,8,0,1e+300,false,1900-03-01,2024-01-01 00:00:00.25,23:59:59.5,\n',
    );
  });

  it('has numbers of more digits than spreadsheets keep as text, exactly', async () => {
    expect(
      await column('(999999999999999::bigint), (1000000000000000), (9007199254740993), (-9223372036854775808)'),
    ).toEqual(['999999999999999', '"1000000000000000"', '"9007199254740993"', '"-9223372036854775808"']);
    expect(await column('(5::hugeint), (-5), (999999999999999)')).toEqual(['5', '-5', '999999999999999']);
    expect(await column("('170141183460469231731687303715884105727'::hugeint), (5)")).toEqual([
      '"170141183460469231731687303715884105727"',
      '5',
    ]);
    expect(await column("('340282366920938463463374607431768211455'::uhugeint), (5)")).toHaveLength(2);
    expect(await column('(5::bignum), (6)')).toEqual(['5', '6']);
    expect(await column("('1234567890123456789012345678.0123456789'::decimal(38, 10)), (-0.5)")).toEqual([
      '"1234567890123456789012345678.0123456789"',
      '-0.5',
    ]);
    expect(await column('(12345.678::decimal(18, 3)), (-0.5)')).toEqual(['12345.678', '-0.5']);
    expect(await column("('nan'::double), ('inf'), ('-inf'), (0.1)")).toEqual(['"nan"', '"inf"', '"-inf"', '0.1']);
  });

  it('has dates that spreadsheets lack as text', async () => {
    expect(await column("(date '1900-02-28'), ('9999-12-31'), ('0044-03-15 (BC)'), ('infinity')")).toEqual([
      '"1900-02-28"',
      '9999-12-31',
      '"0044-03-15 (BC)"',
      '"infinity"',
    ]);
    expect(await column("(date '1900-03-01'), ('9999-12-31')")).toEqual(['1900-03-01', '9999-12-31']);
    expect(await column("(timestamp_ns '2020-02-29 12:34:56.789012345'), (null), ('1969-07-20 20:17:40')")).toEqual([
      '2020-02-29 12:34:56.789',
      '',
      '1969-07-20 20:17:40',
    ]);
    expect(await column("(timestamptz '2020-02-29 12:34:56+09')")).toEqual(['2020-02-29 03:34:56']);
    expect(await column("(timestamp '-infinity'), (timestamp '2020-01-01')")).toHaveLength(2);
    expect(await column("(time '24:00:00'), ('12:00:00')")).toEqual(['"24:00:00"', '12:00:00']);
    expect(await column("(interval '1 day'), (interval '2 hours')")).toEqual(['"1 day"', '"02:00:00"']);
  });

  it('has any text as it is: signs of XML, spaces, characters that XML lacks, and what looks like one', async () => {
    const texts = [
      '  a  ',
      '\tb\n',
      'c\r\nd',
      '_x0041_',
      '_x0041_x0042_',
      'a\u0001b\u001f',
      '\uffff',
      '&lt;',
      '=1+1',
      '@x',
      '한국어 👩‍💻',
      '0123',
    ];
    const list = texts.map((text) => `('${text.replaceAll("'", "''")}')`).join(', ');
    const owner = await bench.keep(`select v, 'x' as "end" from (values ${list}, (concat('nul', chr(0), '!'))) t(v)`);
    const { lines } = await readBook(await workbookOf(owner));
    expect(lines).toBe([...texts, 'nul\0!'].map((text) => `"${text}","x"\n`).join(''));
  });

  it('cuts texts that no cell takes, and says so by an ellipsis', async () => {
    const owner = await bench.keep(
      "select repeat('가', 32767) as fits, repeat('가', 32768) as cut, repeat('👩', 20000) as astral",
    );
    const [fits, cut, astral] = (await readBook(await workbookOf(owner))).lines
      .trim()
      .split(',')
      .map((text) => text.slice(1, -1));
    expect(fits).toBe('가'.repeat(32_767));
    expect(cut).toBe(`${'가'.repeat(32_766)}…`);
    expect(astral).toBe(`${'👩'.repeat(16_383)}…`);
  });

  it('has lists, records and JSON as their text, and any name of a column', async () => {
    const owner = await bench.keep(
      `select [1, null] as "a<b", {'k': 'v'} as "_x0041_", '{"a": 1}'::json as "a<b", 'x'::blob as " ", uuid '12345678-1234-1234-1234-123456789abc' as id`,
    );
    const { columns, lines } = await readBook(await workbookOf(owner));
    expect(columns).toBe('a<b VARCHAR, _x0041_ VARCHAR, a<b_2 VARCHAR, D VARCHAR, id VARCHAR');
    expect(lines).toBe(`"[1, NULL]","{'k': v}","{""a"": 1}","x","12345678-1234-1234-1234-123456789abc"\n`);
  });

  it('has the rows of the filtered view, in its order', async () => {
    const owner = await bench.keep("select i as n, 'k' || i % 3 as k from range(20000) t(i)");
    const path = await workbookOf(owner, {
      sort: [{ column: 'n', descending: true }],
      narrow: { filters: [{ column: 'k', is: 'equals', text: 'k1' }] },
    });
    const { lines, rows } = await readBook(path);
    expect(rows).toBe(6_667);
    expect(lines.slice(0, 12)).toBe('19999,"k1"\n1');
  });

  it('of over a million rows has several sheets with one head', async () => {
    const owner = await bench.keep('select i as n from range(1050000) t(i)');
    const path = await workbookOf(owner);
    const first = await readBook(path, 'Sheet1');
    expect(first.sheets).toEqual(['Sheet1', 'Sheet2']);
    expect(first.rows).toBe(1_048_575);
    const second = await readBook(path, 'Sheet2');
    expect(second.lines.startsWith('1048575\n')).toBe(true);
    expect([second.rows, second.columns]).toEqual([1_425, 'n BIGINT']);
  });
});
