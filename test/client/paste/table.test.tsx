import { describe, expect, test } from 'vitest';
import { mayBeTable } from '../../../client/paste/looks.ts';
import { readTable } from '../../../client/paste/table.ts';

const read = (text: string, html = '', prose = false) => readTable({ html, text }, prose);
const shape = (text: string, html = '') => {
  const table = read(text, html);
  return table && [table.columns, ...table.rows];
};

describe('what is a table', () => {
  test.each([
    ['cells of a spreadsheet', 'city\tdelay\nSeoul\t3\nBusan\t\n'],
    ['CSV with figures', 'city,delay\nSeoul,3\nBusan,4.5\n'],
    ['CSV with semicolons and decimal commas', 'stadt;wert\nKöln;1,5\nBonn;2,5\n'],
    ['CSV of nothing but text', 'code,name,country\nICN,Incheon,KR\nSEA,Seattle,US\n'],
    ['CSV with dates and a header of signs', 'Date,Revenue ($)\n2024-01-02,"1,200"\n2024-01-03,900\n'],
    ['Korean', '공항,지연\n인천,3\n김포,12\n'],
    ['figures without names', '1,2\n3,4\n'],
    ['rows of fewer cells', 'a,b,c\n1,2,3\n4,5\n6,7,8\n'],
  ])('%s', (_, text) => {
    expect(mayBeTable('', text)).toBe(true);
    expect(read(text)).toBeDefined();
  });

  test.each([
    ['SQL', 'select origin, avg(delay)\nfrom flights, airports\ngroup by 1, 2'],
    ['a query of few letters', 'with a as (select 1, 2)\nselect a, b'],
    ['TypeScript', 'const a = [1, 2]\nconst b = [3, 4]'],
    ['calls', 'foo(1, 2)\nbar(3, 4)'],
    ['an object', '{ a: 1,\n  b: 2,\n  c: 3 }'],
    ['values of a statement', "(1, 'a'),\n(2, 'b'),"],
    ['sentences', 'Dear Ann, it was late.\nThanks, Bob'],
    ['code indented with tabs', 'if (a)\n\treturn b\n\treturn c'],
    ['a makefile', 'all:\n\techo a, b\n\techo c, d'],
    ['one line', 'a,b,c'],
    ['one row of cells', 'a\tb\tc'],
    ['a shell script', 'echo a, b\necho c, d'],
  ])('%s stays text', (_, text) => {
    expect(read(text)).toBeUndefined();
  });

  test('in prose lines with commas stay sentences, and cells of a spreadsheet are a table', () => {
    expect(read('city,delay\nSeoul,3\n', '', true)).toBeUndefined();
    expect(read('city\tdelay\nSeoul\t3\n', '', true)).toBeDefined();
  });

  test('an article with a table in it stays text, and so does formatted text', () => {
    const table = '<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table>';
    expect(read('a\tb\n1\t2', `<h1>News</h1><p>Look:</p>${table}`)).toBeUndefined();
    expect(read('a,b\n1,2\n', '<p>a,b</p><p>1,2</p>')).toBeUndefined();
    expect(read('a\tb\n1\t2', table)).toBeDefined();
  });

  test('one cell of a spreadsheet is text', () => {
    expect(read('late', '<table><tr><td>late</td></tr></table>')).toBeUndefined();
  });
});

describe('its names', () => {
  test('the first row, where it is no data', () => {
    expect(shape('a\tb\n1\t2\n')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(shape('1\t2\n3\t4\n')?.[0]).toEqual(['column0', 'column1']);
    expect(shape('Seoul\t3\nBusan\t4\n')?.[0]).toEqual(['column0', 'column1']);
  });

  test('nameless columns and names given twice get names of their own', () => {
    expect(
      shape(
        '\tdelay\tdelay\nSeoul\t3\t4\n',
        '<table><tr><td></td><td>delay</td><td>delay</td></tr><tr><td>Seoul</td><td>3</td><td>4</td></tr></table>',
      )?.[0],
    ).toEqual(['column0', 'delay', 'delay_2']);
  });

  test('a row of header cells is names, whatever is in it', () => {
    const html = '<table><tr><th>2023</th><th>2024</th></tr><tr><td>1</td><td>2</td></tr></table>';
    expect(shape('2023\t2024\n1\t2', html)?.[0]).toEqual(['2023', '2024']);
  });
});

describe('its cells', () => {
  test('rows of fewer cells are filled', () => {
    expect(shape('a\tb\tc\n1\n2\t3\n')).toEqual([
      ['a', 'b', 'c'],
      ['1', '', ''],
      ['2', '3', ''],
    ]);
  });

  test('joined cells of markup have their text in the first place', () => {
    const html =
      '<table><tr><td>a</td><td>b</td><td>c</td></tr><tr><td rowspan="2">x</td><td colspan="2">1</td></tr><tr><td>2</td><td>3</td></tr></table>';
    expect(shape('', html)).toEqual([
      ['a', 'b', 'c'],
      ['x', '1', ''],
      ['', '2', '3'],
    ]);
  });

  test('line breaks in a cell of markup, and the text where it has the same shape', () => {
    const html =
      '<html><head><style>td {}</style></head><body><table><tr><td>note</td><td>n</td></tr><tr><td>two<br>  lines</td><td>1</td></tr></table></body></html>';
    expect(shape('', html)?.[1]).toEqual(['two\nlines', '1']);
    expect(shape('note\tn\r\n"two\r\n  lines"\t1\r\n', html)?.[1]).toEqual(['two\n  lines', '1']);
  });

  test('what a figure would change makes its column text', () => {
    const table = read('zip\tphone\tid\tplain\n00123\t+8210\t12345678901234567890\t7\n98101\t1\t2\t0.5\n');
    expect(table?.exact).toEqual(['zip', 'phone', 'id']);
    expect(read('a\tb\n1.10\t1e3\n0.5\t0\n')?.exact).toEqual(['b']);
  });

  test('a table of text says so, for then its names cannot be told from its rows', () => {
    expect(read('code\tname\nICN\tIncheon\n')?.allText).toBe(true);
    expect(read('code\tn\nICN\t1\n')?.allText).toBe(false);
  });
});
