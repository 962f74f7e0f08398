import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { counter } from './reliability/record.ts';
import { readRecorded, renderReport } from './reliability/report.ts';

it('docs/reliability.md is what the recorded runs say', () => {
  const root = join(import.meta.dirname, '..');
  expect(readFileSync(join(root, 'docs', 'reliability.md'), 'utf8')).toBe(renderReport(readRecorded(root)));
});

it('a case that did not hold, or a reading past its bound, is told', () => {
  const cases = [{ class: 'files' }, { class: 'files' }, { class: 'network' }];
  const { held, counts } = counter(cases);
  for (const one of cases.slice(1)) held(one);
  const of = { commit: 'abc', date: '2026-01-01', machine: 'one', load: 1, figure: 'R7', part: 'sql' };
  const report = renderReport([{ ...of, counts: counts() }]);
  expect(report).toContain('| R7 | 3 | 1 | **not held** |');
  expect(report).toContain('| files | 1 of 2 failed |');
  expect(report).toContain('| R8 | 0 | 0 | not recorded |');
  const slow = renderReport([{ ...of, counts: [], readings: [{ what: 'edits', value: 301, unit: 'ms', most: 300 }] }]);
  expect(slow).toContain('| edits | 301 ms | 300 ms | **more** |');
});
