import { describe, expect, it } from 'vitest';
import { parseTable, parseTime, usageIn } from '../../../server/sessions/ps.ts';

describe('a table of ps', () => {
  it('has times of every length', () => {
    expect(['0:00.05', '12:34.50', '01:02:03', '2-01:00:00'].map(parseTime)).toEqual([
      50, 754_500, 3_723_000, 176_400_000,
    ]);
  });

  it('is summed over a process and all below it', () => {
    const table = parseTable(
      '  1 0 100 0:01.00\n 10 1 200 0:02.00\n 11 10 300 0:03.00\n 12 11 400 0:04.00\n 20 1 999 9:00.00\n\n',
    );
    expect(usageIn(table, 10)).toEqual({ memory: 900 * 1024, cpuMs: 9000 });
    expect(usageIn(table, 77)).toBeUndefined();
  });
});
