import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSeparated, writeSeparated } from '../../../client/paste/separated.ts';

test('cells of a spreadsheet: line breaks, quotes and tabs within quotes', () => {
  const text = 'name\tnote\r\nAda\t"two\r\nlines"\r\n김\t"says ""hi""\tand goes"\r\n';
  expect(readSeparated(text, '\t')).toEqual([
    ['name', 'note'],
    ['Ada', 'two\nlines'],
    ['김', 'says "hi"\tand goes'],
  ]);
});

test('a quote that opens no cell stays as it is', () => {
  expect(readSeparated('5" pipe,"x" y\n",2\n"a', ',')).toEqual([['5" pipe', '"x" y'], ['"', '2'], ['"a']]);
});

test('empty cells and rows keep their place; a last line break begins no row', () => {
  expect(readSeparated('a,,\n\n,b,\n', ',')).toEqual([['a', '', ''], [''], ['', 'b', '']]);
  expect(readSeparated('a,b\r\n1,2', ',')).toEqual([
    ['a', 'b'],
    ['1', '2'],
  ]);
  expect(readSeparated('', ',')).toEqual([]);
});

test('a byte order mark is no letter of the first cell', () => {
  expect(readSeparated('\ufeffa,b\n1,2\n', ',')[0]).toEqual(['a', 'b']);
});

test('whatever is written is read again', () => {
  const cell = fc.oneof(fc.string(), fc.constantFrom('"', '""', 'a\nb', ',', ' x ', '지연, "지연"', ''));
  const rows = fc
    .integer({ min: 1, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width })));
  fc.assert(
    fc.property(rows, (given) => {
      // A file has one kind of line break.
      const plain = given.map((row) => row.map((one) => one.replaceAll('\r', '').replace(/^\ufeff/, '')));
      expect(readSeparated(writeSeparated(plain), ',')).toEqual(plain);
    }),
  );
});

test('megabytes of quotes that close nothing are read at once', () => {
  const started = performance.now();
  const rows = readSeparated('"a" b,'.repeat(300_000), ',');
  expect(rows[0]).toHaveLength(300_001);
  readSeparated('"'.repeat(2_000_000), ',');
  expect(performance.now() - started).toBeLessThan(20_000);
});
