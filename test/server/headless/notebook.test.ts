import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readFromFile } from '../../../server/headless/notebook.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-labels-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function labels(text: string): readonly string[] {
  const file = join(folder, 'x.nb.md');
  writeFileSync(file, text);
  const { steps } = readFromFile({ file, path: 'x.nb.md', given: file }, (bytes) => randomFillSync(bytes));
  return steps.map(({ label }) => label);
}
const fence = (first: string, source: string): string => `\`\`\`${first}\n${source}\n\`\`\`\n\n`;

it('a paragraph is called by its name, else by the first of its lines that says anything', () => {
  const text =
    fence('sql id=a name=delays', 'select 1') +
    fence('sql id=b', '\n  select\t2\nfrom x') +
    fence('vega-lite id=c', '{\n  "title": "By hour",\n}') +
    fence('shell id=d', ':\n') +
    fence('sql id=e', '') +
    fence('sql id=f', `select '${'한'.repeat(60)}'`);
  expect(labels(text)).toEqual([
    'delays',
    'select 2',
    '"title": "By hour",',
    ':',
    'empty',
    `select '${'한'.repeat(39)}…`,
  ]);
});
