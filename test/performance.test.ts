import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readRecorded, renderReport } from './bench/report.ts';

it('docs/performance.md is what the recorded runs say', () => {
  const root = join(import.meta.dirname, '..');
  expect(readFileSync(join(root, 'docs', 'performance.md'), 'utf8')).toBe(renderReport(readRecorded(root)));
});
