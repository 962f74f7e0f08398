import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { field, tsv } from '../../../../client/outputs/table/copy.ts';

/** Tab-separated text as spreadsheets read it. */
function read(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at <= text.length) {
    let value = '';
    if (text[at] === '"') {
      at += 1;
      while (text[at] !== '"' || text[at + 1] === '"') {
        if (text[at] === '"') at += 1;
        value += text[at];
        at += 1;
      }
      at += 1;
    } else {
      while (at < text.length && text[at] !== '\t' && text[at] !== '\n') {
        value += text[at];
        at += 1;
      }
    }
    rows.at(-1)!.push(value);
    if (at >= text.length) return rows;
    if (text[at] === '\n') rows.push([]);
    at += 1;
  }
  return rows;
}

describe('copied cells', () => {
  it('are separated by tabs and lines', () => {
    expect(
      tsv([
        ['a', 'b'],
        ['1', null],
      ]),
    ).toBe('a\tb\n1\t');
  });

  it('stand in quotes where they would break the table', () => {
    expect(field('a\tb')).toBe('"a\tb"');
    expect(field('say "hi"\n')).toBe('"say ""hi""\n"');
    expect(field('5" disk')).toBe('5" disk');
    expect(field('"quoted"')).toBe('"""quoted"""');
  });

  it('are read by a spreadsheet as they were', () => {
    const value = fc.string({ unit: fc.constantFrom('a', '"', '\t', '\n', '\r', '가', ',', ' '), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.array(value, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 4 }), (rows) => {
        expect(read(tsv(rows))).toEqual(rows);
      }),
    );
  });
});
