import { describe, expect, it } from 'vitest';
import { splitStatements } from '../../../interpreters/sql/lexer.ts';
import { plainFile } from '../../../interpreters/sql/reference.ts';

const pathOf = (text: string): string | undefined => plainFile(splitStatements(text)[0]!);

describe('a statement that only names a Parquet file', () => {
  it.each([
    "from 'data/x.parquet'",
    "FROM 'data/x.parquet' ;",
    "select * from 'data/x.parquet'",
    'from "data/x.parquet"',
    "-- all of it\nselect *\nfrom /* here */ 'data/x.parquet'",
    "from read_parquet('data/x.parquet')",
    "select * from parquet_scan('data/x.parquet');",
  ])('is %s', (text) => {
    expect(pathOf(text)).toBe('data/x.parquet');
  });

  it('may name a folder, spaces, quotes, and by a function any ending', () => {
    expect(pathOf("from 'data/서울/it''s all.PARQUET'")).toBe("data/서울/it's all.PARQUET");
    expect(pathOf("from read_parquet('data/part-0001')")).toBe('data/part-0001');
  });

  it.each([
    "from 'data/*.parquet'",
    "from 'data/{a,b}.parquet'",
    "from 'data/year=2024/x.parquet'",
    "from 'data/x.csv'",
    "from 'data/x'",
    "from '/session/data/x.parquet'",
    "from 'data/../x.parquet'",
    "from 'data//x.parquet'",
    "from 'x.parquet'",
    "from 's3://data/x.parquet'",
    "from 'data/x.parquet' limit 5",
    "from 'data/x.parquet' where a > 1",
    "from 'data/x.parquet' t",
    "from 'data/x.parquet', 'data/y.parquet'",
    "select a from 'data/x.parquet'",
    "select distinct * from 'data/x.parquet'",
    "select *, 1 from 'data/x.parquet'",
    "from read_parquet('data/x.parquet', filename = true)",
    "from read_parquet(['data/x.parquet'])",
    "from read_csv('data/x.parquet')",
    "(from 'data/x.parquet')",
    "summarize 'data/x.parquet'",
    "with t as (from 'data/x.parquet') from t",
    "from e'data/x.parquet'",
    "from 'data/x.parquet",
  ])('is not %s', (text) => {
    expect(pathOf(text)).toBeUndefined();
  });
});
