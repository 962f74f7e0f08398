import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isDataName } from '../../../server/headless/file/names.ts';
import { REPORT_ROWS } from '../../../server/headless/markdown.ts';
import { JSON_ROWS } from '../../../server/headless/report.ts';
import { EXIT } from '../../../server/headless/run.ts';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/headless.md'), 'utf8');
const first = (pattern: RegExp): string[] => [...page.matchAll(pattern)].map(([, one]) => one!);

it('docs/headless.md lists every event that is told', () => {
  const source = readFileSync(join(root, 'server/headless/events.ts'), 'utf8');
  const told = new Set([...source.matchAll(/type: '([a-z]+)'/g)].map(([, one]) => one!));
  expect(first(/^\| `(begin|started|text|output|ended|end)` \|/gm).sort()).toEqual([...told].sort());
});

it('docs/headless.md lists the exit codes, the rows of reports and the endings of files', () => {
  expect(first(/^\| (\d+) \|/gm).map(Number)).toEqual([0, 1, 2, 3, 130]);
  expect(Object.values(EXIT)).toEqual([0, 1, 3, 130]);
  expect(page).toContain(`first ${JSON_ROWS} rows`);
  expect(page).toContain(`first ${REPORT_ROWS} rows`);
  const endings = /shows the file \(([^)]*)\)/s.exec(page)?.[1] ?? '';
  const named = [...endings.matchAll(/`(\.[a-z]+)`/g)]
    .map(([, one]) => one!)
    .filter((one) => one !== '.gz' && one !== '.zst');
  expect(named.filter((ending) => !isDataName(`a${ending}`))).toEqual([]);
  expect(named).toHaveLength(7);
});
