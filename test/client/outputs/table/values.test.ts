/** Against the engine's own words: each value as the page reads it, and the same value cast to text by the engine. */
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromIPC } from '@uwdata/flechette';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromBase64 } from '../../../../client/outputs/base64.ts';
import { decode } from '../../../../client/outputs/table/blocks.ts';
import { readerOf } from '../../../../client/outputs/table/values.ts';
import { encodeStream } from '../../../../interpreters/arrow/encode.ts';
import { columnsOfResult } from '../../../../interpreters/arrow/types.ts';

const ZONE = 'Asia/Seoul';
let instance: DuckDBInstance;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
});

async function encoded(sql: string): Promise<Uint8Array> {
  const connection = await instance.connect();
  await connection.run(`set timezone='${ZONE}'`);
  const result = await connection.run(sql);
  const chunks = await result.fetchAllChunks();
  const bytes = encodeStream(chunks, columnsOfResult(result), { timeZone: ZONE });
  connection.closeSync();
  return bytes;
}

/** The texts of the first column, as the page reads them. */
async function read(sql: string): Promise<(string | null)[]> {
  const block = decode(await encoded(sql), 0);
  return Array.from({ length: block.rows }, (_, row) => block.text(row, 0));
}

/** Same, as the engine casts them. */
const engine = (sql: string) => read(`select v::varchar from (${sql}) t(v)`);

const SCALARS: readonly (readonly [type: string, values: string])[] = [
  ['BOOLEAN', 'true, false, null'],
  ['TINYINT', '-128, 0, 127, null'],
  ['UTINYINT', '0, 255'],
  ['SMALLINT', '-32768, 32767'],
  ['USMALLINT', '65535'],
  ['INTEGER', '-2147483648, 2147483647, null'],
  ['UINTEGER', '4294967295'],
  ['BIGINT', '-9223372036854775808, 9223372036854775807, 9007199254740993, null'],
  ['UBIGINT', '18446744073709551615'],
  ['HUGEINT', "'-170141183460469231731687303715884105728', '170141183460469231731687303715884105727', null"],
  ['UHUGEINT', "'340282366920938463463374607431768211455'"],
  ['BIGNUM', "'123456789012345678901234567890123456789012345678901234567890', '-5'"],
  ['DECIMAL(4,1)', "'-999.9', '0.1', '0', null"],
  ['DECIMAL(9,3)', "'123456.789', '-0.001'"],
  ['DECIMAL(18,3)', "'123456789012345.678', '-0.005'"],
  ['DECIMAL(38,10)', "'1234567890123456789012345678.0123456789', '-0.0000000001', null"],
  [
    'DATE',
    "'2001-01-31', '1969-12-31', '1600-02-29', '0044-03-15 (BC)', '9999-12-31', '12345-01-01', 'infinity', '-infinity', null",
  ],
  ['TIME', "'00:00:00', '23:59:59.999999', '07:21:00.5', '24:00:00', null"],
  ['TIME_NS', "'07:21:00.123456789', '00:00:00'"],
  [
    'TIMESTAMP',
    "'2001-01-01 07:21:00', '1969-12-31 23:59:59.999999', '2024-02-29 12:00:00.000001', '0044-03-15 (BC) 01:02:03', 'infinity', '-infinity', '290000-01-01 00:00:00', null",
  ],
  ['TIMESTAMP_S', "'2001-01-01 07:21:00', '1900-01-01 00:00:01'"],
  ['TIMESTAMP_MS', "'2001-01-01 07:21:00.123', '1900-01-01 00:00:01.5'"],
  ['TIMESTAMP_NS', "'2001-01-01 07:21:00.123456789', '1900-01-01 00:00:01.000000001', '2000-01-01 00:00:00'"],
  [
    'TIMESTAMPTZ',
    "'2001-01-01 07:21:00+00', '1987-07-01 00:00:00.25+00', '1905-01-01 00:00:00+00', '2024-06-30 15:00:00+09', 'infinity', null",
  ],
  ['TIMETZ', "'07:21:00+02', '23:59:59.5-15:59'"],
  ['INTERVAL', "'1 year 2 months 3 days 04:05:06.7', '-1 day', null"],
  ['VARCHAR', "'', 'text', '서울 👍', 'two' || chr(10) || 'lines', repeat('long ', 5000), null"],
  ['UUID', "'2e4a1f20-0d5a-4a4b-9d52-3a5f1f4c2b11', null"],
  ['BIT', "'10101', '0'"],
  ['JSON', `'{"a": 1}', '[1, null]'`],
  ["ENUM('a', 'b b', '서울')", "'서울', 'a', 'b b', null"],
];

describe('values on the page', () => {
  it.each(SCALARS)('of type %s are the engine’s', async (type, values) => {
    const list = values.split(/, (?=(?:[^']*'[^']*')*[^']*$)(?!5000)/).map((value) => `((${value})::${type})`);
    const sql = `select * from (values ${list.join(', ')}) t(v)`;
    expect(await read(sql)).toEqual(await engine(sql));
  });

  it('of type DOUBLE and FLOAT read back as the same number', async () => {
    const numbers = "0.1, 0.1 + 0.2, 1e308, 5e-324, -0.0, 1e21, 100, 'nan', 'inf', '-inf'";
    for (const type of ['DOUBLE', 'FLOAT']) {
      const list = numbers
        .split(', ')
        .map((value) => `((${type === 'FLOAT' && /e-?\d{3}/.test(value) ? '1e30' : value})::${type})`);
      const sql = `select * from (values ${list.join(', ')}) t(v)`;
      const [ours, theirs] = [await read(sql), await engine(sql)];
      const narrow = (text: string | null) => {
        const value = Number((text ?? '').replace('nan', 'NaN').replace('inf', 'Infinity'));
        return type === 'FLOAT' ? Math.fround(value) : value;
      };
      expect(ours.map(narrow)).toEqual(theirs.map(narrow));
    }
  });

  it('of type BLOB are printed as the engine does', async () => {
    const sql = `select * from (values ('\\x00\\xFFabc\\x5C'::blob), (''::blob), (null::blob)) t(v)`;
    expect(await read(sql)).toEqual(await engine(sql));
  });

  it.each([
    ['[1, null, 3]', '[1, null, 3]'],
    ["['a', null, 'b \"q\"']", '["a", null, "b \\"q\\""]'],
    ['[[1], [], null]', '[[1], [], null]'],
    ["{'a': 1, 'b': 'x', 'c': {'d': true}}", '{"a": 1, "b": "x", "c": {"d": true}}'],
    ["map {'k': 1, 'l': 2}", '{"k": 1, "l": 2}'],
    ['[1.5, 2.25]::double[2]', '[1.5, 2.25]'],
    ['[170141183460469231731687303715884105727::hugeint]', '[170141183460469231731687303715884105727]'],
    ["[date '2001-01-31']", '["2001-01-31"]'],
    ["{'t': timestamp '2001-01-31 01:02:03.000001'}", '{"t": "2001-01-31 01:02:03.000001"}'],
    ['union_value(num := 5)', '5'],
    ['null::integer[]', null],
    ['[]::integer[]', '[]'],
  ])('nested: %s reads %s', async (sql, text) => {
    expect(await read(`select ${sql} as v`)).toEqual([text]);
  });

  it('are found in a column that has no null, only nulls, and many chunks', async () => {
    expect(await read('select 1 union all select 2')).toEqual(['1', '2']);
    expect(await read('select null')).toEqual([null]);
    const block = decode(
      await encoded("select i, case when i % 7 = 0 then null else 'v' || i end from range(10000) t(i)"),
      500,
    );
    expect(block.rows).toBe(10_000);
    expect([block.text(500, 0), block.text(500, 1), block.text(7_501, 1), block.text(10_499, 0)]).toEqual([
      '0',
      null,
      'v7001',
      '9999',
    ]);
  });

  it('are read from bytes at any place in memory', async () => {
    const bytes = await encoded('select 123456789012345::bigint, 1.5::double');
    for (let shift = 0; shift < 8; shift += 1) {
      const moved = new Uint8Array(bytes.length + 8).subarray(shift, shift + bytes.length);
      moved.set(bytes);
      const block = decode(moved, 0);
      expect([block.text(0, 0), block.text(0, 1)]).toEqual(['123456789012345', '1.5']);
    }
  });

  it('come through base64', async () => {
    const bytes = await encoded('select 42');
    expect(decode(fromBase64(Buffer.from(bytes).toString('base64')), 0).text(0, 0)).toBe('42');
  });

  it('have a reader for every column of the engine’s own test of all types', async () => {
    const connection = await instance.connect();
    const described = await connection.runAndReadAll('describe from test_all_types()');
    const names = described
      .getRowsJS()
      .filter(([, type]) => !/VARIANT|GEOMETRY/.test(String(type)))
      .map(([name]) => `"${name}"`);
    expect(names.length).toBeGreaterThan(40);
    const bytes = await encoded(`select ${names.join(', ')} from test_all_types()`);
    const table = tableFromIPC(bytes, { useBigInt: true });
    table.schema.fields.forEach((field, column) => {
      const reader = readerOf(field);
      for (const batch of table.children[column]!.data) {
        for (let row = 0; row < batch.length; row += 1) expect(() => reader(batch, row), field.name).not.toThrow();
      }
    });
  });
});
