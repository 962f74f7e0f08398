import { expect, it } from 'vitest';
import { maySet, tablesIn } from '../../../server/sessions/mentions.ts';

it.each([
  ['print nothing', undefined],
  ['ls data/mytables/x.parquet', undefined],
  ['cat tables/flights.parquet', { names: ['flights'] }],
  ['head "tables/비행.parquet" ./tables/a-b_1.parquet tables/비행.parquet', { names: ['비행', 'a-b_1'] }],
  ['for f in tables/*.parquet; do :; done', {}],
  ['cat tables/$name.parquet', {}],
  ['cat "tables/two words.parquet"', {}],
  ['ls tables/', {}],
  ['cat tables/a.parquet. Then tables/b.parquet.', { names: ['a', 'b'] }],
  ['cat tables/a.parquetx', {}],
  ["read_parquet('tables/a.parquet')", { names: ['a'] }],
  [`tables/${'x'.repeat(1000)}.parquet`, {}],
])('%j reads %j as files', (source, mentioned) => {
  expect(tablesIn(source)).toEqual(mentioned);
});

it.each([
  ['create temp table kept as select 1', true],
  ['CREATE OR REPLACE TEMPORARY VIEW v as from t', true],
  ["set variable day = '2026-01-01'", true],
  ['SET SESSION search_path = other', true],
  ['use other', true],
  ['prepare ask as select ?', true],
  ["attach ':memory:' as aside", true],
  ['select temperature, reused from sets', false],
  ['update t set v = 5', false],
  ['create or replace table t as from u', false],
])('%j may leave what goes with the process: %j', (sql, may) => {
  expect(maySet(sql)).toBe(may);
});
