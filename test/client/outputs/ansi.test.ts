import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnsi } from '../../../client/outputs/ansi.ts';

const ESC = '\u001b';
const text = (source: string) =>
  parseAnsi(source)
    .map((span) => span.text)
    .join('');

describe('terminal text', () => {
  it('becomes spans of colour and weight', () => {
    expect(parseAnsi(`a${ESC}[31mred${ESC}[1mbold${ESC}[0mplain`)).toEqual([
      { text: 'a', style: {} },
      { text: 'red', style: { color: 1 } },
      { text: 'bold', style: { color: 1, bold: true } },
      { text: 'plain', style: {} },
    ]);
  });

  it.each([
    ['[38;5;208m', '#ff8700'],
    ['[38;5;9m', 9],
    ['[38;5;244m', '#808080'],
    ['[38;2;120;80;200m', '#7850c8'],
    ['[38:2:1:2:3m', '#010203'],
    ['[94m', 12],
    ['[37m', 7],
  ])('knows the colour %s', (code, color) => {
    expect(parseAnsi(`${ESC}${code}x`)[0]!.style.color).toBe(color);
  });

  it('knows backgrounds, and takes styles off one by one', () => {
    expect(parseAnsi(`${ESC}[1;2;3;4;7;9;44mx${ESC}[22;23;24;27;29;49my`)).toEqual([
      {
        text: 'x',
        style: { bold: true, dim: true, italic: true, underline: true, inverse: true, strike: true, background: 4 },
      },
      { text: 'y', style: {} },
    ]);
  });

  it('knows 256 colours and true ones, with semicolons and with colons', () => {
    const colour = (code: string) => parseAnsi(`${ESC}[${code}mx`)[0]?.style.color;
    expect(['38;5;9', '38;5;208', '38;5;244', '38:5:208'].map(colour)).toEqual([9, '#ff8700', '#808080', '#ff8700']);
    expect(['38;2;1;2;3', '38:2:1:2:3', '38:2::1:2:3', '1;38:2::1:2:3;4'].map(colour)).toEqual(
      Array(4).fill('#010203'),
    );
  });

  it('shows the last state of a progress bar', () => {
    expect(text('10%\r50%\r100%\ndone\r\n')).toBe('100%\ndone\n');
    expect(text('longer line\rshort')).toBe('shortr line');
    expect(text('wait |\b/\b-\b\\\b\b\bdone')).toBe('waidone');
    expect(text(`${ESC}[32m 50%\r${ESC}[K${ESC}[32m100%${ESC}[0m`)).toBe('100%');
  });

  it.each([
    [`${ESC}[2J${ESC}[1;1Hcleared`, 'cleared'],
    [`${ESC}]0;title\u0007text`, 'text'],
    [`${ESC}]8;;https://evil.example${ESC}\\link${ESC}]8;;${ESC}\\`, 'link'],
    [`${ESC}(Bx`, 'x'],
    [`a\u0000b\u0007cd`, 'abcd'],
    [`cut off${ESC}`, 'cut off'],
    [`cut off${ESC}[`, 'cut off'],
  ])('leaves out what moves cursors, sets titles or links: %j', (source, shown) => {
    expect(text(source)).toBe(shown);
  });

  it('is never more than it was, and holds no escape, whatever comes', () => {
    const piece = fc.constantFrom(
      ESC,
      '[',
      ']',
      ';',
      'm',
      '3',
      '8',
      '5',
      '2',
      '\r',
      '\n',
      '\u0007',
      '\\',
      '<b>',
      '가',
      ' ',
      'K',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const source = pieces.join('');
        const shown = text(source);
        expect(shown).not.toContain(ESC);
        expect(shown.length).toBeLessThanOrEqual(source.length);
        for (const { style } of parseAnsi(source)) {
          for (const color of [style.color, style.background]) {
            expect(
              color === undefined ||
                (Number.isInteger(color) && Number(color) >= 0 && Number(color) < 16) ||
                /^#[0-9a-f]{6}$/.test(String(color)),
            ).toBe(true);
          }
        }
      }),
    );
  });

  it('of a megabyte is read within a moment', () => {
    const source = `${ESC}[3${ESC}[38;5;`.repeat(100_000);
    const before = performance.now();
    parseAnsi(source);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});
