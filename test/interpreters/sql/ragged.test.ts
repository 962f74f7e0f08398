import { expect, it } from 'vitest';
import { splitStatements } from '../../../interpreters/sql/lexer.ts';
import { csvIn, delimiterIn } from '../../../interpreters/sql/ragged.ts';

it.each([
  ["from 'data/x.csv'", ['data/x.csv']],
  ['select * from "data/x.TSV.gz" join \'b.csv.zst\' using (id)', ['data/x.TSV.gz', 'b.csv.zst']],
  ["from 'data/*.csv', 'data/*.csv'", ['data/*.csv']],
  ["create table t as from read_csv('a.csv')", ['a.csv']],
  ["from read_csv('a.csv', skip = 2)", []],
  ["from read_csv_auto('a.csv', ignore_errors = true)", []],
  ["select 'x.csv' as name", []],
  ["from 'x.parquet'", []],
  ["copy t from 'x.csv'", []],
  ["copy (from 'x.csv') to 'y.csv'", []],
])('%s leaves the reading of %j to the engine', (sql, names) => {
  expect(csvIn(splitStatements(sql)[0]!)).toEqual(names);
});

it.each([
  [['a,b;c,d'], ','],
  [['a;b'], ';'],
  [['a\tb'], '\t'],
  [['name'], undefined],
  [['a,b', 'c'], undefined],
  [[], undefined],
])('columns %j were parted by %j', (columns, delimiter) => {
  expect(delimiterIn({ columns })).toBe(delimiter);
});
