import { expect, test } from 'vitest';
import {
  dataPath,
  inQuery,
  isTaken,
  nameInQuery,
  quoteName,
  quoteText,
  safeName,
} from '../../../client/notebook/upload.ts';

test('tables are taken, packed or not, and nothing else', () => {
  for (const name of ['a.csv', 'A.TSV', 'x.json', 'x.jsonl', 'x.parquet', 'log.csv.gz', 'x.ndjson.zst', 'a.XLSX']) {
    expect(isTaken(name), name).toBe(true);
  }
  for (const name of ['a.xls', 'a.xlsx.gz', 'csv', 'a.csv.exe', 'a.zip']) expect(isTaken(name), name).toBe(false);
});

test('a file goes to data/ beside its notebook', () => {
  expect(dataPath('late.nb.md', 'a.csv')).toBe('data/a.csv');
  expect(dataPath('sales/2024/late.nb.md', 'a.csv')).toBe('sales/2024/data/a.csv');
});

test('a name leads nowhere else and hides nothing', () => {
  expect(safeName('../../etc/passwd.csv')).toBe('passwd.csv');
  expect(safeName('C:\\x\\a.csv')).toBe('a.csv');
  expect(safeName('.hidden.csv')).toBe('hidden.csv');
  expect(safeName('a\u0000b:c.csv')).toBe('a-b-c.csv');
  expect(safeName('지연.csv'.normalize('NFD'))).toBe('지연.csv');
});

test('names go into SQL as data', () => {
  expect(quoteText("O'Hare.csv")).toBe("'O''Hare.csv'");
  expect(quoteName('by_hour')).toBe('by_hour');
  expect(quoteName('my "table"')).toBe('"my ""table"""');
  expect(inQuery({ name: 'data/a.csv', source: 'file' })).toBe("'data/a.csv'");
  expect(nameInQuery('sales/data/a-2.csv')).toBe('data/a-2.csv');
});
