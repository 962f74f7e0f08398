import { describe, expect, it } from 'vitest';
import { markdownReport } from '../../../server/headless/markdown.ts';
import type { Paragraph } from '../../../server/protocol/document.ts';
import { newId, type ParagraphId, parseId, type ResultId } from '../../../server/protocol/ids.ts';
import type { Output } from '../../../server/protocol/outputs.ts';
import type { Run, RunPhase } from '../../../server/protocol/runs.ts';

const result = parseId<ResultId>('n-r')!;

function report(
  outputs: readonly Output[],
  phase: RunPhase = { state: 'done', started: 0, ended: 1 },
  rows: readonly Record<string, unknown>[] = [],
) {
  const id = parseId<ParagraphId>('p')!;
  const paragraph: Paragraph = { id, interpreter: 'sql', source: 'select `1`', name: 'one', options: {} };
  const run: Run = {
    id: newId(),
    notebook: newId(),
    paragraph: id,
    request: newId(),
    session: newId(),
    by: { id: newId(), name: 'x' },
    asked: 0,
    interpreter: 'sql',
    source: '',
    options: {},
    forms: {},
    phase,
    outputs,
  };
  return markdownReport({
    title: 'T',
    path: 'a.nb.md',
    paragraphs: [
      { id: newId<ParagraphId>(), interpreter: 'markdown', source: 'Some *prose*.', options: {} },
      paragraph,
    ],
    runs: new Map([[id, run]]),
    rowsOf: () => rows,
    state: 'done',
    started: 0,
    ended: 1500,
    folder: 'a-files',
  });
}

describe('a report in Markdown', () => {
  it('is the notebook, with what it showed', () => {
    const columns = [
      { name: 'n', type: 'BIGINT' },
      { name: 'a|b', type: 'VARCHAR' },
      { name: 'n', type: 'INTEGER[]' },
    ];
    const rows = [
      { n: 1, 'a|b': 'x\ny <b>', n_2: [1, 2] },
      { n: null, 'a|b': '', n_2: null },
    ];
    const { text } = report([{ kind: 'table', result, columns, rows: 3_000_000, bytes: 1 }], undefined, rows);
    expect(text).toBe(`# T

Some *prose*.

\`\`\`sql name=one
select \`1\`
\`\`\`

| n | a\\|b | n |
| ---: | --- | --- |
| 1 | x<br>y \\<b\\> | \\[1,2\\] |
|  |  |  |

*3,000,000 rows, the first 2 shown.*

---

*a.nb.md: done, 1970-01-01T00:00:00.000Z, in 1.5 s.*
`);
  });

  it('fences text behind more backticks than it has, without colours', () => {
    const { text } = report([{ kind: 'text', stream: 'stdout', text: '\u001b[31m```red\u001b[0m\n', omitted: 5 }]);
    expect(text).toContain('````text\n```red\n````\n\n*5 more characters.*');
  });

  it('quotes errors, folds html and specs, and puts pictures beside', () => {
    const { text, pictures } = report([
      { kind: 'html', html: '<b>x</b>' },
      { kind: 'chart', spec: '{"a":1}', data: [] },
      { kind: 'markdown', text: '**m**' },
      { kind: 'image', type: 'image/svg+xml', data: Buffer.from('<svg/>').toString('base64'), alt: 'A [b]' },
      { kind: 'error', code: 'type', message: 'No <x>.', line: 2, column: 3, hint: 'Do y.' },
    ]);
    expect(text).toContain('<details><summary>HTML</summary>\n\n```html\n<b>x</b>\n```\n\n</details>');
    expect(text).toContain('```json\n{\n  "a": 1\n}\n```');
    expect(text).toContain('\n\n**m**\n\n![A b](<a-files/1.svg>)\n\n');
    expect(text).toContain('> **type** (line 2, column 3): No \\<x\\>.\n>\n> Do y.');
    expect(pictures.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()])).toEqual([['1.svg', '<svg/>']]);
  });

  it('says what was not run', () => {
    expect(report([], { state: 'cancelled', ended: 1, reason: 'after-failure' }).text).toContain('*Not run.*');
  });
});
