import { describe, expect, it } from 'vitest';
import { markdownReport } from '../../../server/headless/markdown.ts';
import type { Paragraph } from '../../../server/protocol/document.ts';
import { newId, type ParagraphId, parseId, type ResultId } from '../../../server/protocol/ids.ts';
import type { Output } from '../../../server/protocol/outputs.ts';
import type { FileOutput } from '../../../server/protocol/report/file.ts';
import type { Run, RunPhase } from '../../../server/protocol/runs.ts';

const result = parseId<ResultId>('n-r')!;

function report(
  outputs: readonly Output[],
  phase: RunPhase = { state: 'done', started: 0, ended: 1 },
  table?: FileOutput,
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
    tableOf: () => table,
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
      [1, 'x\ny <b>', '[1,2]'],
      [null, '', null],
    ];
    const output = { kind: 'table', result, columns, rows: 3_000_000, bytes: 1 } as const;
    const shown = { kind: 'table', columns, rows, total: 3_000_000, width: 3, more: true } as const;
    const { text } = report([output], undefined, shown);
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

  it('shows a pivot with its totals, and says which rows filters leave', () => {
    const columns = [{ name: 'n', type: 'BIGINT' }];
    const output = { kind: 'table', result, columns, rows: 9, bytes: 1 } as const;
    const { text } = report([output], undefined, {
      kind: 'pivot',
      total: 9,
      spec: { rows: [], columns: [], values: [] },
      answer: {
        matching: 7,
        rows: { fields: [{ column: 'city', type: 'VARCHAR' }], keys: [{ texts: ['Seoul'] }, { texts: [null] }], of: 2 },
        columns: { fields: [{ column: 'day', type: 'DATE', unit: 'month' }], keys: [{ texts: ['2024-03-01'] }], of: 1 },
        values: [{ aggregate: 'count', type: 'BIGINT' }],
        cells: [['4'], ['3']],
        rowTotals: [['4'], ['3']],
        columnTotals: ['7'],
        grand: ['7'],
      },
    });
    expect(text).toContain(
      '| city | 2024-03 | Total |\n| --- | ---: | ---: |\n| Seoul | 4 | 4 |\n| NULL | 3 | 3 |\n| Total | 7 | 7 |\n\n*9 rows, 7 of them counted.*',
    );
    const narrowed = { kind: 'table', columns, rows: [[1]], total: 9, width: 1, narrowed: true } as const;
    expect(report([output], undefined, narrowed).text).toContain('*9 rows, 1 of those that its filters leave.*');
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
