import { tableFromIPC } from '@uwdata/flechette';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeStream } from '../../../interpreters/arrow/encode.ts';
import { loadTable } from '../../../interpreters/arrow/load.ts';
import { columnsOf } from '../../../interpreters/arrow/types.ts';
import { type Memory, openMemory } from './database.ts';

let memory: Memory;
beforeAll(async () => {
  memory = await openMemory();
});
afterAll(() => memory.close());

/** Each type with values at its edges; NULL is added to every one. */
const EDGES: readonly (readonly [type: string, values: readonly string[]])[] = [
  ['BOOLEAN', ['true', 'false']],
  ['TINYINT', ['-128', '127']],
  ['SMALLINT', ['-32768', '32767']],
  ['INTEGER', ['-2147483648', '2147483647']],
  ['BIGINT', ['-9223372036854775808', '9223372036854775807']],
  ['UTINYINT', ['0', '255']],
  ['USMALLINT', ['0', '65535']],
  ['UINTEGER', ['0', '4294967295']],
  ['UBIGINT', ['0', '18446744073709551615']],
  ['HUGEINT', ['-170141183460469231731687303715884105728', '170141183460469231731687303715884105727', '0', '-1']],
  ['UHUGEINT', ['0', '340282366920938463463374607431768211455']],
  ['BIGNUM', ["'0'", "'-1'", "'255'", `'${'9'.repeat(60)}'`, `'-${'9'.repeat(61)}'`]],
  ['BIT', ["'1'", "'0'", "'0101'", "'11111111'", "'000000001'", `'${'10'.repeat(100)}'`]],
  ['FLOAT', ['0', "'nan'", "'inf'", "'-inf'", '1.5', "'-0.0'"]],
  ['DOUBLE', ['0', "'nan'", "'inf'", "'-inf'", '0.1', '1e308', '5e-324']],
  ['DECIMAL(4,1)', ['-999.9', '999.9']],
  ['DECIMAL(9,3)', ['-999999.999', '0.001']],
  ['DECIMAL(18,3)', ['-999999999999999.999', '0.001']],
  ['DECIMAL(38,10)', ['-9999999999999999999999999999.9999999999', '0.0000000001']],
  [
    'VARCHAR',
    [
      "''",
      "'short'",
      "'twelve bytes'",
      "'thirteen byte'",
      "'한국어 텍스트는 길다'",
      "'a' || chr(0) || 'b'",
      "repeat('x', 5000)",
    ],
  ],
  ['JSON', [`'{"a": [1, null]}'`]],
  ['BLOB', ["''::blob", "'\\x00\\xFF'::blob", "repeat('ab', 100)::blob"]],
  ['DATE', ["'1970-01-01'", "'-infinity'", "'infinity'", "'0044-03-15 (BC)'", "'9999-12-31'"]],
  ['TIME', ["'00:00:00'", "'23:59:59.999999'", "'24:00:00'"]],
  ['TIME_NS', ["'00:00:00'", "'23:59:59.999999999'"]],
  ['TIME WITH TIME ZONE', ["'00:00:00+00'", "'12:30:00.5+05:30'", "'23:59:59-15:59:59'", "'01:02:03+15:59:59'"]],
  ['TIMESTAMP_S', ["'1969-12-31 23:59:59'", "'2020-02-29 12:00:00'"]],
  ['TIMESTAMP_MS', ["'1969-12-31 23:59:59.999'", "'2020-02-29 12:00:00.001'"]],
  ['TIMESTAMP', ["'1969-12-31 23:59:59.999999'", "'infinity'", "'-infinity'", "'290000-01-01 00:00:00'"]],
  ['TIMESTAMP_NS', ["'1969-12-31 23:59:59.999999999'", "'2020-02-29 12:00:00.000000001'"]],
  ['TIMESTAMP WITH TIME ZONE', ["'2020-02-29 12:00:00.000001+00'", "'infinity'"]],
  [
    'INTERVAL',
    ["'0 days'", "'1 month'", "'-13 months 2 days'", "'-1 day -00:00:00.000001'", "'100 years 5 days 12345:00:01.5'"],
  ],
  [
    'UUID',
    [
      "'00000000-0000-0000-0000-000000000000'",
      "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
      "'12345678-9abc-def0-1234-56789abcdef0'",
    ],
  ],
  ["ENUM('a', 'b''c', '한')", ["'a'", "'b''c'", "'한'"]],
  ['INTEGER[]', ['[]', '[1]', '[1, null, 3]']],
  ['VARCHAR[][]', ["[['a', null], [], null]", "[[repeat('long', 9)]]"]],
  ['HUGEINT[]', ['[1::hugeint, null]']],
  ['INTEGER[3]', ['[1, 2, 3]', '[null, 5, 6]']],
  ['VARCHAR[2][2]', ["[['a','b'],['c',null]]"]],
  ['STRUCT(a INTEGER, "b c" VARCHAR)', ["{'a': 1, 'b c': 'x'}", "{'a': null, 'b c': null}"]],
  ['STRUCT("key" INTERVAL[])[]', ["[{'key': [interval 1 day]}, {'key': null}]"]],
  ['MAP(VARCHAR, INTEGER)', ['MAP {}', "MAP {'a': 1, 'b': null}"]],
  ['MAP(INTEGER, STRUCT(x DECIMAL(10,2)))', ["MAP {1: {'x': 1.25}}"]],
  [
    'UNION(num INTEGER, str VARCHAR)',
    ['union_value(num := 3)', "union_value(str := 'three')", 'union_value(num := null)'],
  ],
  ['UNION(a INTEGER[], b UUID)[]', ['[union_value(a := [1])]']],
];

test.each(EDGES)('%s goes to Arrow and comes back equal', async (type, values) => {
  const rows = [...values.map((value) => `(${value})`), '(null)'];
  await memory.run(`create or replace table source (v ${type})`);
  await memory.run(`insert into source values ${rows.join(', ')}`);
  const { result, chunks } = await memory.chunks('from source');
  const columns = columnsOf(result);
  expect(columns[0]?.type.sql).toBe((await memory.texts('select typeof(v) from source limit 1'))[0]?.[0]);
  const bytes = encodeStream(chunks, columns, { timeZone: 'Asia/Seoul' });

  await memory.run('drop table if exists back');
  expect(await loadTable(memory.connection, { catalog: 'memory', schema: 'main', name: 'back' }, bytes)).toBe(
    rows.length,
  );
  expect(await memory.texts('select v, typeof(v) from back')).toEqual(
    await memory.texts('select v, typeof(v) from source'),
  );
  const table = tableFromIPC(bytes, { useBigInt: true, useDecimalInt: true });
  expect(table.numRows).toBe(rows.length);
  expect(table.schema.fields[0]?.metadata?.get('duckdb.type')).toBe(columns[0]?.type.sql);
  expect(table.getChildAt(0).at(rows.length - 1)).toBe(null);
});
