import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeStream } from '../../../interpreters/arrow/load.ts';
import type { Format, ResultOwner, Sort } from '../../../server/results/contract.ts';
import { loadBlock } from '../../../server/results/reader/block.ts';
import { type Bench, bytesOf, openBench } from './support.ts';

let bench: Bench;

/** One value of each type, an odd one where there is one. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  boolean: ['true', 'false'],
  tinyint: ['-128', '127'],
  bigint: ['9007199254740991', '9007199254740992', "'-9223372036854775808'"],
  ubigint: ["'18446744073709551615'", '7'],
  hugeint: ["'-170141183460469231731687303715884105728'", '99'],
  uhugeint: ["'340282366920938463463374607431768211455'", '0'],
  bignum: ["'123456789012345678901234567890123456789012345678901234567890'", '5'],
  float: ['0.1', "'nan'", "'-inf'"],
  double: ['1e300', "'inf'", "'-0.0'", '0.1'],
  'decimal(38,10)': ["'1234567890123456789012345678.0123456789'", '-0.5'],
  varchar: ['\'한국어, "quoted"\'', "''", "' a\nb\tc\r'", "'NULL'"],
  blob: ["'\\x00\\xFF'", "''"],
  bit: ["'0101'", "'1'"],
  date: ["'0044-03-15 (BC)'", "'9999-12-31'", "'infinity'"],
  time: ["'23:59:59.999999'", "'00:00:00'"],
  timetz: ["'12:00:00+05:30'", "'00:00:00-15:59:59'"],
  timestamp: ["'2020-02-29 12:34:56.789012'", "'-infinity'"],
  timestamp_s: ["'2020-02-29 12:34:56'"],
  timestamp_ms: ["'2020-02-29 12:34:56.789'"],
  timestamp_ns: ["'2020-02-29 12:34:56.789012345'"],
  timestamptz: ["'2020-02-29 12:34:56.789012+09'"],
  interval: ["'1 year 2 months 3 days 04:05:06.789012'", "'-1 second'"],
  uuid: ["'12345678-1234-1234-1234-123456789abc'"],
  json: ['\'{"a": [1, null, "x"]}\'', "'null'"],
  "enum('a b', 'c')": ["'a b'", "'c'"],
  'bigint[]': ['[1, null, 9007199254740993]', '[]'],
  'varchar[][]': ["[['a,b'], null, []]"],
  'integer[3]': ['[1, 2, null]'],
  'struct(a integer, "b c" varchar[])': ["{'a': 1, 'b c': ['x']}", "{'a': null, 'b c': null}"],
  'map(varchar, hugeint)': ["map {'k': 5, 'l': null}", 'map {}'],
  'union(num integer, text varchar)': ['union_value(num := 3)', "union_value(text := 'x')"],
};

const query = Object.entries(VALUES)
  .map(([type, values], index) => {
    const rows = [...values, 'null'].map((value) => `(cast(${value} as ${type}))`).join(', ');
    return `(select row_number() over () as place, v as "${type.replaceAll('"', '')}" from (values ${rows}) t(v)) as t${index}`;
  })
  .reduce((left, right, index) => (index === 0 ? `from ${right}` : `${left} full join ${right} using (place)`), '');
const everything = 'from everything order by place';

let file: ResultOwner;
let block: ResultOwner;
let odd: ResultOwner;

beforeAll(async () => {
  bench = await openBench();
  await bench.connection.run(`create table everything as select * ${query}`);
  file = await bench.keep(everything);
  block = bench.owner();
  const { bytes, columns, rows } = await bench.block(everything);
  await bench.results.keepBlock(block, columns, rows, bytes);
  odd = await bench.keep('select 1 as a, 2 as "A", \'x\' as "b,c", 4 as "a_2"');
});
afterAll(() => bench.close());

const FORMATS = ['json', 'jsonl', 'arrow', 'csv', 'tsv', 'parquet', 'xlsx'] as const satisfies Format[];

/** Rows of `sql`, each value as the engine's own text. */
async function texts(sql: string): Promise<unknown[][]> {
  const described = await bench.connection.runAndReadAll(`select column_name from (describe ${sql})`);
  const names = described.getRows().map(([name]) => `"${String(name).replaceAll('"', '""')}"::varchar`);
  return (await bench.connection.runAndReadAll(`select ${names.join(', ')} from (${sql})`)).getRows();
}

let loaded = 0;
/** What an Arrow window says: names, the engine's types, and each value as the engine's own text. */
async function arrowTexts(bytes: Uint8Array): Promise<unknown> {
  loaded += 1;
  await loadBlock(bench.connection, `arrow${loaded}`, bytes);
  return {
    ...describeStream(bytes),
    values: await texts(`select * exclude (__row) from arrow${loaded} order by __row`),
  };
}

const WINDOWS = [
  [0, undefined],
  [0, 3],
  [2, 2],
  [1, 100],
  [50, 5],
] as const;

describe('the same rows', () => {
  it('leave a file and a block alike, in every format, sorted or not, whole or in part', async () => {
    const sorts: Sort[] = [[], [{ column: 'varchar', descending: true }], [{ column: 'hugeint', descending: false }]];
    for (const format of FORMATS) {
      for (const sort of sorts) {
        for (const [offset, limit] of WINDOWS) {
          const asked = { format, sort, offset, ...(limit === undefined ? {} : { limit }) };
          const ours = await bytesOf(bench.results, block.id, asked);
          const theirs = await bytesOf(bench.results, file.id, asked);
          if (format === 'arrow') expect(await arrowTexts(ours)).toEqual(await arrowTexts(theirs));
          else expect(ours.equals(theirs), JSON.stringify(asked)).toBe(true);
        }
      }
    }
  });
  it('can be sorted by a column of any type, either way', async () => {
    const keys = Object.keys(VALUES).map((type) => type.replaceAll('"', ''));
    for (const column of keys) {
      for (const descending of [false, true]) {
        const asked = { format: 'json', offset: 0, limit: 9, sort: [{ column, descending }] } as const;
        const ours = await bytesOf(bench.results, block.id, asked);
        const wanted = await bench.connection.runAndReadAll(
          `select place from everything order by "${column}" ${descending ? 'desc' : 'asc'} nulls last, place`,
        );
        const places = JSON.parse(ours.toString()).map((row: { place: number }) => row.place);
        expect(places, column).toEqual(wanted.getRows().map(([place]) => Number(place)));
        expect(ours.equals(await bytesOf(bench.results, file.id, asked)), column).toBe(true);
      }
    }
  });
  it('are, in Arrow, every value’s own text', async () => {
    for (const { id } of [file, block]) {
      expect(await arrowTexts(await bytesOf(bench.results, id, {}))).toMatchObject({ values: await texts(everything) });
    }
  });
});

describe('downloads', () => {
  it('of Parquet come back as every value’s own text', async () => {
    const path = join(bench.root, 'all.parquet');
    writeFileSync(path, await bytesOf(bench.results, file.id, { format: 'parquet' }));
    expect(await texts(`from '${path}'`)).toEqual(await texts(everything));
  });
  it('of Parquet keep whole numbers beyond 64 bits as decimals where they fit', async () => {
    const owner = await bench.keep('select sum(i) as total, 2::uhugeint as u, [1::hugeint] as l from range(10) r(i)');
    const path = join(bench.root, 'wide.parquet');
    writeFileSync(path, await bytesOf(bench.results, owner.id, { format: 'parquet' }));
    const types = await bench.connection.runAndReadAll(`select column_type from (describe from '${path}')`);
    expect(types.getRows().flat()).toEqual(['DECIMAL(38,0)', 'DECIMAL(38,0)', 'VARCHAR[]']);
  });
  it('of CSV and TSV come back as every value’s own text', async () => {
    for (const [format, separator] of [
      ['csv', ','],
      ['tsv', '\t'],
    ] as const) {
      const path = join(bench.root, `all.${format}`);
      writeFileSync(path, await bytesOf(bench.results, file.id, { format }));
      const read = `from read_csv('${path}', delim = '${separator}', header = true, all_varchar = true, quote = '"', escape = '"')`;
      const want = (await texts(everything)).map((row) => row.map((value) => value ?? ''));
      const got = (await texts(read)).map((row) => row.map((value) => value ?? ''));
      expect(got).toEqual(want);
    }
  });
  it('of CSV tell NULL from the empty text, and end lines as RFC 4180 says', async () => {
    const owner = await bench.keep(`select * from (values (1, null), (2, ''), (3, 'a"b')) t(n, t)`);
    const csv = await bytesOf(bench.results, owner.id, { format: 'csv' });
    expect(csv.toString()).toBe('n,t\r\n1,\r\n2,""\r\n3,"a""b"\r\n');
  });
  it('name repeated columns apart, and never show the row number', async () => {
    expect((await bytesOf(bench.results, odd.id, { format: 'csv' })).toString()).toBe('a,A_3,"b,c",a_2\r\n1,2,x,4\r\n');
    expect(JSON.parse((await bytesOf(bench.results, odd.id, { format: 'json' })).toString())).toEqual([
      { a: 1, A_3: 2, 'b,c': 'x', a_2: 4 },
    ]);
    const path = join(bench.root, 'odd.parquet');
    writeFileSync(path, await bytesOf(bench.results, odd.id, { format: 'parquet' }));
    const names = await bench.connection.runAndReadAll(`select column_name from (describe from '${path}')`);
    expect(names.getRows().flat()).toEqual(['a', 'A_3', 'b,c', 'a_2']);
  });
  it('of a million rows stream in order, in every format', async () => {
    const rows = 1_000_000;
    const owner = await bench.keep(`select i, 'row ' || i as t from range(${rows}) r(i)`);
    const csv = (await bytesOf(bench.results, owner.id, { format: 'csv' })).toString().trimEnd().split('\r\n');
    expect(csv.length).toBe(rows + 1);
    expect(csv.every((line, index) => index === 0 || line === `${index - 1},row ${index - 1}`)).toBe(true);
    const json = JSON.parse((await bytesOf(bench.results, owner.id, { format: 'json' })).toString()) as { i: number }[];
    expect(json.length === rows && json.every((row, index) => row.i === index)).toBe(true);
    const part = await bytesOf(bench.results, owner.id, { format: 'csv', offset: 300_000, limit: 400_000 });
    const lines = part.toString().trimEnd().split('\r\n');
    expect([lines.length, lines[1], lines.at(-1)]).toEqual([400_001, '300000,row 300000', '699999,row 699999']);
  });
});

describe('JSON', () => {
  it('keeps every number exact: beyond 2^53 and decimals as text, NaN and infinities by name', async () => {
    const rows = JSON.parse((await bytesOf(bench.results, file.id, { format: 'json' })).toString());
    expect(rows[0]).toMatchObject({
      boolean: true,
      tinyint: -128,
      bigint: 9007199254740991,
      ubigint: '18446744073709551615',
      hugeint: '-170141183460469231731687303715884105728',
      float: 0.1,
      double: 1e300,
      'decimal(38,10)': '1234567890123456789012345678.0123456789',
      varchar: '한국어, "quoted"',
      date: '0044-03-15 (BC)',
      timestamptz: '2020-02-29 03:34:56.789012+00',
      json: { a: [1, null, 'x'] },
      'bigint[]': [1, null, '9007199254740993'],
      'varchar[][]': [['a,b'], null, []],
      'integer[3]': [1, 2, null],
      'struct(a integer, b c varchar[])': { a: 1, 'b c': ['x'] },
      'map(varchar, hugeint)': { k: 5, l: null },
      'union(num integer, text varchar)': 3,
    });
    expect(rows[1]).toMatchObject({
      bigint: '9007199254740992',
      hugeint: 99,
      float: 'NaN',
      double: 'Infinity',
      bignum: 5,
      json: null,
    });
    expect(rows[2]).toMatchObject({ float: '-Infinity', double: -0, 'struct(a integer, b c varchar[])': null });
    const { place, ...last } = rows.at(-1);
    expect([place, ...Object.values(last).filter((value) => value !== null)]).toEqual([rows.length]);
  });
  it('of no rows is an empty array, and CSV a head', async () => {
    const none = await bench.keep('select 1 as a where false');
    expect(JSON.parse((await bytesOf(bench.results, none.id, { format: 'json' })).toString())).toEqual([]);
    expect((await bytesOf(bench.results, none.id, { format: 'csv' })).toString()).toBe('a\r\n');
    expect((await bytesOf(bench.results, none.id, { format: 'parquet' })).subarray(0, 4).toString()).toBe('PAR1');
  });
});
