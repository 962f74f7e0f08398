/** `docs/guide/forms.md` says what is: its declarations are read, and its codes are those that there are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formsOf } from '../../../../server/protocol/forms/list.ts';
import { FORM_TYPES, PROBLEM_CODES } from '../../../../server/protocol/forms.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';
import { isFailure, parseNotebook } from '../../../../server/storage/format/parse.ts';

const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guide/forms.md'), 'utf8');
const fence = (language: string): string => guide.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? '';
const sql = (source: string) => [{ id: 'a' as ParagraphId, interpreter: 'sql', source }];

it('declares in the front matter what it says', () => {
  const parsed = parseNotebook(`---\n${fence('yaml')}---\n`, {});
  if (isFailure(parsed)) throw new Error(parsed.message);
  const { forms, problems } = formsOf(parsed.forms ?? [], []);
  expect(problems).toEqual([]);
  expect(forms.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'day date',
    'airport select',
    'delay slider',
    'period date-range',
    'code multi-select',
  ]);
});

it('declares in place what it says', () => {
  const { forms, problems } = formsOf([], sql(fence('sql')));
  expect(problems).toEqual([]);
  expect(forms.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'day date',
    'airport select',
    'delay slider',
    'period date-range',
    'carriers multi-select',
  ]);
});

it('lists the types, each with a declaration of it', () => {
  const rows = [...guide.matchAll(/^\| `([a-z-]+)` \| [^|]+ \| `(\$\{.+?\})` \|/gm)];
  expect(rows.map(([, type]) => type)).toEqual([...FORM_TYPES].sort((a, b) => order(a) - order(b)));
  for (const [, type, written = ''] of rows)
    expect(formsOf([], sql(written.replaceAll('\\|', '|'))).forms.map((form) => form.type)).toEqual([type]);
});

const order = (type: string): number =>
  ['text', 'number', 'slider', 'date', 'date-range', 'select', 'multi-select', 'checkbox', 'password'].indexOf(type);

it('names every problem', () => {
  const part = guide.split('## What can be wrong')[1] ?? '';
  expect([...part.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code)).toEqual([...PROBLEM_CODES]);
});
