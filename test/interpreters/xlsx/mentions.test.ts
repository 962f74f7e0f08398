import { expect, it } from 'vitest';
import { splitStatements } from '../../../interpreters/sql/lexer.ts';
import { mentionsOf } from '../../../interpreters/sql/mentions.ts';

const found = (sql: string): string =>
  mentionsOf(splitStatements(sql)[0]!)
    .map(({ name, certain }) => `${certain ? '' : '?'}${name}`)
    .join(' ');

it.each([
  ["from 'a.xlsx'", 'a.xlsx'],
  ['select * from \'a.xlsx#S 1\' x join "b.XLSX" y on x.a = y.a', 'a.xlsx#S 1 b.XLSX'],
  ["from t, 'a.xlsx' b, (select 1 from 'c.xlsx') c, 'd.xlsx'", 'a.xlsx c.xlsx d.xlsx'],
  ["from ('a.xlsx' a join 'b.xlsx' b using (k))", 'a.xlsx b.xlsx'],
  ["summarize 'a.xlsx'", 'a.xlsx'],
  ["select 'a.xlsx', 'b.xlsx' from t where x = 'c.xlsx'", '?a.xlsx ?b.xlsx ?c.xlsx'],
  ["from t where x in ('a.xlsx', 'b.xlsx')", '?a.xlsx ?b.xlsx'],
  ["from read_csv(['a.xlsx', 'b.xlsx'])", '?a.xlsx ?b.xlsx'],
  ["from f('a.xlsx', 'b.xlsx')", '?a.xlsx ?b.xlsx'],
  ["-- from 'a.xlsx'\nselect 1", ''],
  ["from 'a.xlsx.csv'", ''],
  ["from 'it''s #1.xlsx#it''s'", "it's #1.xlsx#it's"],
])('%s names %s', (sql, names) => {
  expect(found(sql)).toBe(names);
});
