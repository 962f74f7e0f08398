/** Generators of notebooks and of Markdown that tries to be mistaken for a notebook's own marks. */
import fc from 'fast-check';
import type { Json, Paragraph } from '../../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';
import type { Languages } from '../../../../server/storage/format/base.ts';
import type { NotebookText } from '../../../../server/storage/format/print.ts';

export const languages: Languages = {
  sql: 'sql',
  typescript: 'typescript',
  ts: 'typescript',
  shell: 'shell',
  sh: 'shell',
  bash: 'shell',
};

const nastyLine = fc.constantFrom(
  '',
  '',
  ' ',
  '\t',
  'text',
  '매출 보고서 😀',
  '# Heading',
  'Heading',
  '===',
  '---',
  '...',
  'title: x',
  '```',
  '```sql',
  '```sql run=never',
  '```sql run=never run=never',
  '```SQL id=x',
  '```python',
  '~~~',
  '~~~ts',
  '````',
  '````sql',
  '- item',
  '  ```sql',
  '  ```',
  '1. one',
  '   ~~~sql',
  '> quote',
  '> ```sql',
  '    indented',
  '<!-- paragraph id=abc -->',
  '<!-- paragraph -->',
  '<!-- paragraph id=abc fenced=true -->',
  '<!-- gondola {"a":1} -->',
  '<!-- gondola {bad} -->',
  '<!-- open',
  '-->',
  '<div>',
  '</div>',
  '<pre>',
  '</pre>',
  '<script>',
  '<?php',
  '[ref]: http://x',
  '| a | b |',
  '|---|---|',
  '\uFEFF',
  '\u2028',
  '\u0000',
  'back`tick',
  'run=never',
);

export const source: fc.Arbitrary<string> = fc.oneof(
  fc.array(nastyLine, { maxLength: 7 }).map((lines) => lines.join('\n')),
  fc.array(nastyLine, { maxLength: 4 }).map((lines) => lines.join('\r\n')),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.constantFrom('', '\n', '\n\n', 'select 1', 'Some prose.', 'a\n', '\na'),
);

const json: fc.Arbitrary<Json> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  fc.constantFrom<Json>(
    'never',
    'a--b',
    '-->',
    'true',
    'null',
    '007',
    '10',
    10,
    '',
    'two words',
    'a`b',
    '"',
    '\\',
    'x=y',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ minLength: 70, maxLength: 80 }),
);

const key = fc.oneof(
  fc.constantFrom(
    'connection',
    'limit',
    'chart',
    'run',
    'id',
    'name',
    'fenced',
    'blank-after',
    'a--b',
    '__proto__',
    '',
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);

const options = fc
  .array(fc.tuple(key, json), { maxLength: 3 })
  .map((entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined)));

const name = fc.option(
  fc.oneof(
    fc.constantFrom('delays', '매출', 'a b', '10', 'true', '-->', '`'),
    fc.string({ minLength: 1, maxLength: 8 }),
  ),
  { nil: undefined },
);

const content = fc.record({
  interpreter: fc.constantFrom('sql', 'typescript', 'shell', 'markdown', 'markdown', 'markdown', 'foo'),
  source,
  options: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: options }),
  name: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: name }),
});

export const paragraphs: fc.Arbitrary<Paragraph[]> = fc.array(content, { maxLength: 7 }).map((list) =>
  list.map(({ name: own, ...rest }, index) => ({
    ...rest,
    id: `p${index}` as ParagraphId,
    ...(own === undefined ? {} : { name: own }),
  })),
);

export const notebook: fc.Arbitrary<NotebookText> = fc
  .record({
    paragraphs,
    title: fc.option(
      fc.oneof(fc.constantFrom('Heading', 'My: title', '2024', 'yes', '#x', ' a '), fc.string({ unit: 'binary' })),
      {
        nil: undefined,
      },
    ),
    front: fc.option(
      fc.constantFrom(
        '',
        'title: Old',
        'title: "Old" # note\nlayout: post',
        'tags:\n  - a',
        '# only a comment',
        'bad: [',
        'x\n---',
        'title: >-\n  folded\n  text\nb: 1',
        '{title: flow, b: 2}',
      ),
      { nil: undefined },
    ),
    path: fc.constant('folder/sales.nb.md'),
  })
  .map(({ title, front, ...rest }) => ({
    ...rest,
    ...(title === undefined ? {} : { title }),
    ...(front === undefined ? {} : { front }),
  }));

/** A file somebody wrote by hand. */
export const file: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(nastyLine, { maxLength: 25 }),
    fc.constantFrom('\n', '\r\n', '\r'),
    fc.constantFrom('', '\n', '\n\n', ' '),
    fc.boolean(),
  )
  .map(([lines, eol, end, mark]) => (mark ? '\uFEFF' : '') + lines.join(eol) + end);
