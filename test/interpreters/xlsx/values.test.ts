import { describe, expect, it } from 'vitest';
import { cellValue, columnName, columnOf, unescapeText } from '../../../interpreters/xlsx/cells.ts';
import { builtinKind, kindOf } from '../../../interpreters/xlsx/formats.ts';
import { momentOf } from '../../../interpreters/xlsx/serials.ts';
import { typeOf } from '../../../interpreters/xlsx/table.ts';

describe('a number format', () => {
  it.each([
    [
      'number',
      [
        'General',
        '0.00',
        '#,##0 "days"',
        '0%',
        '0.00E+00',
        '[Red]-0',
        '"h"0',
        '\\d0',
        '# ?/?',
        '@',
        '[$€-407] 0',
        '_-* #,##0_-',
        '#,##0;[Red]-#,##0',
        '0 "year"',
      ],
    ],
    [
      'date',
      [
        'yyyy-mm-dd',
        'd. mmmm yyyy',
        '[$-407]d/m/yy;@',
        'mmm',
        'dddd',
        'mm/dd',
        'yyyy"年"m"月"d"日"',
        'mmmmm',
        'MMM-YY',
      ],
    ],
    ['time', ['h:mm', 'hh:mm:ss', 'mm:ss', 'h:mm AM/PM', 'ss.000', '[$-409]h:mm AM/PM']],
    ['datetime', ['yyyy-mm-dd hh:mm', 'd/m/yy h:mm', 'dd.mm. hh:mm', 'mmm d, h AM/PM']],
    ['duration', ['[h]:mm', '[mm]:ss', '[ss]', '[hh]:mm:ss']],
  ] as const)('is one of a %s', (kind, codes) => {
    expect(codes.filter((code) => kindOf(code) !== kind)).toEqual([]);
  });

  it('has a number where it is common', () => {
    expect([0, 2, 9, 14, 17, 18, 21, 22, 45, 46, 49, 164].map(builtinKind)).toEqual([
      ...[
        'number',
        'number',
        'number',
        'date',
        'date',
        'time',
        'time',
        'datetime',
        'time',
        'duration',
        'number',
        'number',
      ],
    ]);
  });
});

describe('a serial number', () => {
  it('counts from 1900, with a day that never was', () => {
    const dates = [1, 59, 60, 61, 25_569, 45_351, 2_958_465].map((serial) => momentOf(serial, 'date', false)?.text);
    expect(dates).toEqual([
      '1900-01-01',
      '1900-02-28',
      '1900-02-28',
      '1900-03-01',
      '1970-01-01',
      '2024-02-29',
      '9999-12-31',
    ]);
  });

  it('counts from 1904 where the file says so', () => {
    expect([0, 43_889].map((serial) => momentOf(serial, 'date', true)?.text)).toEqual(['1904-01-01', '2024-02-29']);
  });

  it('is a moment to the millisecond, without the dust of fractions', () => {
    expect(momentOf(45_351 + 45_296 / 86_400, 'datetime', false)?.text).toBe('2024-02-29 12:34:56');
    expect(momentOf(45_351.999_999_999_99, 'datetime', false)?.text).toBe('2024-03-01 00:00:00');
    expect(momentOf(45_351.5, 'date', false)).toEqual({ kind: 'datetime', text: '2024-02-29 12:00:00' });
  });

  it('is a length of time past a day, and below zero', () => {
    expect(momentOf(1.104_166_666_666_667, 'duration', false)?.text).toBe('26:30:00');
    expect(momentOf(-0.5, 'duration', false)?.text).toBe('-12:00:00');
    expect(momentOf(1.5, 'time', false)).toEqual({ kind: 'duration', text: '36:00:00' });
  });

  it('is no date where none can stand for it', () => {
    for (const serial of [-1, 2_958_466, Number.NaN, 1e300]) expect(momentOf(serial, 'date', false)).toBeUndefined();
  });
});

describe('a cell', () => {
  const value = (type: string, raw: string) => cellValue({ type, raw, format: 'number' }, false);

  it('keeps a number exactly', () => {
    expect(
      ['1', '-0', '1.0', '1E3', '0.1', '123456789012345678', '12345678901234567890', '1e400'].map((raw) =>
        value('n', raw),
      ),
    ).toEqual([
      { kind: 'integer', text: '1' },
      { kind: 'integer', text: '-0' },
      { kind: 'integer', text: '1' },
      { kind: 'integer', text: '1000' },
      { kind: 'double', text: '0.1' },
      { kind: 'integer', text: '123456789012345678' },
      { kind: 'double', text: '12345678901234567000' },
      { kind: 'double', text: 'Infinity' },
    ]);
  });

  it('is empty, an error, a truth, or a text', () => {
    expect(value('n', '')).toBeUndefined();
    expect(value('str', '')).toBeUndefined();
    expect(value('e', '#N/A')).toBe('error');
    expect(value('b', '1')).toEqual({ kind: 'boolean', text: 'true' });
    expect(value('n', 'x')).toEqual({ kind: 'text', text: 'x' });
    expect(value('d', '2024-02-29')).toEqual({ kind: 'date', text: '2024-02-29' });
    expect(value('d', '2024-02-29T10:00:00Z')).toEqual({ kind: 'datetime', text: '2024-02-29 10:00:00' });
  });

  it('has a place, and a column a name', () => {
    expect(['A1', 'z9', 'AA10', 'XFD1048576', '12', 'AAAA1'].map(columnOf)).toEqual([
      0,
      25,
      26,
      16_383,
      undefined,
      undefined,
    ]);
    expect([0, 25, 26, 701, 702, 16_383].map(columnName)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA', 'XFD']);
  });

  it('may hold characters that XML can’t', () => {
    expect(unescapeText('a_x000D_b_x005F_x000D_')).toBe('a\rb_x000D_');
  });
});

describe('the type of a column', () => {
  it('is what all its values are, and VARCHAR where they differ', () => {
    const types = [
      [],
      ['integer'],
      ['integer', 'double'],
      ['boolean'],
      ['date'],
      ['date', 'datetime'],
      ['time'],
      ['time', 'duration'],
      ['integer', 'date'],
      ['boolean', 'integer'],
      ['text', 'integer'],
    ] as const;
    expect(types.map((kinds) => typeOf(new Set(kinds)))).toEqual([
      ...[
        'VARCHAR',
        'BIGINT',
        'DOUBLE',
        'BOOLEAN',
        'DATE',
        'TIMESTAMP',
        'TIME',
        'INTERVAL',
        'VARCHAR',
        'VARCHAR',
        'VARCHAR',
      ],
    ]);
  });
});
