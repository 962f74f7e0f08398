import { describe, expect, it } from 'vitest';
import type { Step } from '../../../server/headless/notebook.ts';
import { fileNames } from '../../../server/headless/tables.ts';
import { count, duration, failureLines, painter } from '../../../server/headless/words.ts';
import { type ParagraphId, parseId } from '../../../server/protocol/ids.ts';

const plain = painter(false);
const step: Step = { paragraph: parseId<ParagraphId>('p')!, number: 1, interpreter: 'sql', label: 'x', line: 10 };

describe('words of a headless run', () => {
  it('tell times as people do', () => {
    const told = [4, 999, 2_340, 12_400, 184_000, 3_725_000].map(duration);
    expect(told).toEqual(['0.00 s', '1.00 s', '2.3 s', '12 s', '3 min 4 s', '1 h 2 min']);
    expect([count(1, 'row'), count(3_000_000, 'row')]).toEqual(['1 row', '3,000,000 rows']);
  });

  it('name the line of the file, and mark the place', () => {
    const run = { source: 'select 1\nfrom nowhere' };
    const failure = { kind: 'error', code: 'unknown-table', message: 'No.', line: 2, column: 6, length: 7 } as const;
    expect(failureLines('a.nb.md', step, run, failure, plain)).toEqual([
      '  a.nb.md:12:6 No. (unknown-table)',
      '      from nowhere',
      '           ^^^^^^^',
    ]);
  });

  it('cut a long line around the place', () => {
    const run = { source: `${'x'.repeat(100_000)}here${'y'.repeat(100_000)}` };
    const failure = { kind: 'error', code: 'c', message: 'No.', line: 1, column: 100_001, length: 4 } as const;
    const [, line = '', marks = ''] = failureLines('a', step, run, failure, plain);
    expect(line.length).toBeLessThan(200);
    expect(line.slice(marks.indexOf('^'), marks.indexOf('^') + 4)).toBe('here');
  });

  it('colour nothing where colours are not wanted', () => {
    expect(plain('red', 'x')).toBe('x');
    expect(painter(true)('red', 'x')).toBe('\u001b[31mx\u001b[0m');
  });
});

describe('names of files', () => {
  it('are what every system takes, and never the same', () => {
    expect(fileNames(['a', '../b', 'c/d', 'con', '.x', 'é 1', 'a:b', 'a?b', ''])).toEqual([
      'a',
      '__b',
      'c_d',
      '_con',
      '_x',
      'é 1',
      'a_b',
      'a_b_2',
      '_',
    ]);
    expect(Buffer.byteLength(fileNames(['ü'.repeat(400)])[0]!)).toBeLessThanOrEqual(200);
  });
});
