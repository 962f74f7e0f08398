import { expect, it } from 'vitest';
import { tablesIn } from '../../../server/sessions/mentions.ts';

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
