import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { Json } from '../../../../server/protocol/document.ts';
import { frontFormsOf, moveForm, setForm } from '../../../../server/protocol/forms/document.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';
import {
  applyFileChange,
  fillDocument,
  isReadFailure,
  notebookOf,
  readNotebook,
} from '../../../../server/storage/format/apply.ts';
import { setFrontSection } from '../../../../server/storage/format/front-sections.ts';
import { isFailure, parseNotebook } from '../../../../server/storage/format/parse.ts';
import { type KnownBase, printNotebook, unwrittenIn } from '../../../../server/storage/format/print.ts';

const languages = { sql: 'sql' };
const HEAD = `---
title: Delays # ours
forms:
  # the day of it
  day: 2015-01-01
  airport:
    type: select
    options: [SEA, {value: JFK, label: "New York"}]

  # how late
  delay: {type: slider, max: 120}
# of another tool
jupyter: {kernel: x}
---
`;
const TEXT = `${HEAD}
\`\`\`sql id=a
select $day
\`\`\`
`;

let made = 0;
const makeId = (): ParagraphId => `made${made++}` as ParagraphId;

function open(text = TEXT): { doc: Y.Doc; base: KnownBase } {
  const base = readNotebook(text, languages, makeId);
  if (isReadFailure(base)) throw new Error(base.message);
  const doc = new Y.Doc();
  fillDocument(doc, base);
  return { doc, base };
}
const print = (doc: Y.Doc, base: KnownBase): string => printNotebook(notebookOf(doc, 'x.nb.md'), languages, base).text;
const changed = (doc: Y.Doc, base: KnownBase, text: string): KnownBase => {
  const next = applyFileChange(doc, { base, text, languages, makeId, deletion: { by: 'x', at: 1 } });
  if (isReadFailure(next)) throw new Error(next.message);
  return next;
};

describe('forms in the front matter', () => {
  it('are in the document, and the file keeps its bytes', () => {
    const { doc, base } = open();
    expect(frontFormsOf(doc)).toEqual([
      ['day', '2015-01-01'],
      ['airport', { type: 'select', options: ['SEA', { value: 'JFK', label: 'New York' }] }],
      ['delay', { type: 'slider', max: 120 }],
    ]);
    expect(print(doc, base)).toBe(TEXT);
  });

  it('of which one is edited: its own lines change and no other', () => {
    const { doc, base } = open();
    setForm(doc, 'delay', { type: 'slider', max: 60 });
    expect(print(doc, base)).toBe(
      TEXT.replace('  delay: {type: slider, max: 120}\n', '  delay:\n    type: slider\n    max: 60\n'),
    );
  });

  it('of which one is added, taken away or moved', () => {
    const { doc, base } = open();
    setForm(doc, 'late', true);
    setForm(doc, 'airport', undefined);
    moveForm(doc, 'delay', undefined);
    const text = print(doc, base);
    const parsed = parseNotebook(text, languages);
    expect(isFailure(parsed) ? parsed : parsed.forms).toEqual([
      ['delay', { type: 'slider', max: 120 }],
      ['day', '2015-01-01'],
      ['late', true],
    ]);
    expect(text).toContain('  delay: {type: slider, max: 120}\n');
    expect(text).toContain('# of another tool\njupyter: {kernel: x}\n---\n');
    expect(text).toContain('title: Delays # ours\n');
  });

  it('that all are taken away leave no key, and a file without front matter gets one', () => {
    const { doc, base } = open('---\nforms:\n  a: 1\n---\n\ntext\n');
    setForm(doc, 'a', undefined);
    expect(print(doc, base)).toBe('text\n');
    const plain = open('text\n');
    setForm(plain.doc, 'day', '2015-01-01');
    expect(print(plain.doc, plain.base)).toBe('---\nforms:\n  day: 2015-01-01\n---\n\ntext\n');
  });

  it('that somebody changes in the file and somebody else in the page are both kept', () => {
    const { doc, base } = open();
    setForm(doc, 'late', true);
    setForm(doc, 'day', '2016-06-06');
    const next = changed(doc, base, TEXT.replace('max: 120', 'max: 30').replace('# ours', '# mine'));
    expect(Object.fromEntries(frontFormsOf(doc) ?? [])).toEqual({
      day: '2016-06-06',
      airport: { type: 'select', options: ['SEA', { value: 'JFK', label: 'New York' }] },
      delay: { type: 'slider', max: 30 },
      late: true,
    });
    const text = print(doc, next);
    expect(text).toContain('delay: {type: slider, max: 30}');
    expect(text).toContain('title: Delays # mine');
    expect(text).toContain('  # the day of it\n  day: 2016-06-06\n');
    // What is written is what is read.
    expect(print(doc, changed(doc, next, text))).toBe(text);
  });

  it('that are taken away, added and put in another order in the file follow it', () => {
    const { doc, base } = open();
    const text = `---\nforms:\n  delay: 5\n  more: 1\n  day: 2015-01-01\n---\n\ntext\n`;
    const next = changed(doc, base, text);
    expect(frontFormsOf(doc)?.map(([name]) => name)).toEqual(['delay', 'more', 'day']);
    expect(print(doc, next)).toBe(text);
  });

  it('of two people are both kept', () => {
    const { doc } = open();
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    setForm(doc, 'a', 1);
    setForm(other, 'b', 2);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    expect(frontFormsOf(doc)?.map(([name]) => name)).toEqual(['day', 'airport', 'delay', 'a', 'b']);
    expect(frontFormsOf(other)).toEqual(frontFormsOf(doc));
  });

  it('that a document never read stay as they are', () => {
    const { doc, base } = open();
    for (const key of [...doc.getMap('meta').keys()]) if (key.startsWith('form/')) doc.getMap('meta').delete(key);
    expect(print(doc, base)).toBe(TEXT);
    changed(doc, base, TEXT.replace('max: 120', 'max: 30'));
    expect(frontFormsOf(doc)?.length).toBe(3);
  });

  it.each([
    'forms: {a: 1, b: 2}',
    'forms: {}',
    'forms:',
    'forms: # c\n    a: 1\n\n    b: 2\n',
    'forms: null # c',
    '"forms": {a: 1}',
    'a: &x 1\nforms:\n  a: *x\n  b: 2',
    'forms:\n  a: |\n    x\n    y\n  b: 2',
  ])('come back out of %j with one more and one less', (yaml) => {
    const { yaml: text } = setFrontSection(yaml, 'forms', [
      ['b', { type: 'text', default: 'x\n y: "z"\n' }],
      ['c d: #', 3],
    ]);
    const parsed = parseNotebook(`---\n${text}\n---\n`, languages);
    expect(isFailure(parsed) ? parsed : parsed.forms).toEqual([
      ['b', { type: 'text', default: 'x\n y: "z"\n' }],
      ['c d: #', 3],
    ]);
  });

  const many = Array.from({ length: 1_001 }, (_, n) => `  f${n}: ${n}`).join('\n');
  it.each([
    ['a list', 'forms: [a]'],
    ['a text', 'title: x\nforms: see below'],
    ['a mapping of too many', `forms:\n${many}`],
    ['a name that is none', 'forms:\n  [a, b]: 1\n  c: 2'],
    ['an anchor that others need', 'forms:\n  b: &b 1\nother: *b'],
  ])('are not written over %s, which stays, and whoever asked is told', (_, yaml) => {
    expect(setFrontSection(yaml, 'forms', [['b', 2]])).toEqual({ yaml, unwritten: true });
  });

  it('that can’t be written are kept in the document, and written once the file is mended', () => {
    const { doc, base } = open(TEXT.replace(/forms:\n[\s\S]*max: 120\}\n/, 'forms: [ours]\n'));
    setForm(doc, 'late', true);
    const said = notebookOf(doc, 'x.nb.md');
    expect([print(doc, base), unwrittenIn(said)]).toEqual([base.text, ['forms']]);
    const mended = changed(doc, base, base.text.replace('forms: [ours]\n', ''));
    expect(unwrittenIn(notebookOf(doc, 'x.nb.md'))).toEqual([]);
    expect(print(doc, mended)).toContain('forms:\n  late: true\n');
    expect(print(doc, mended)).toContain('# of another tool\njupyter: {kernel: x}');
  });

  it('of any names and values come back', () => {
    const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.tuple(
            fc.string({ unit: 'grapheme', maxLength: 12 }).filter((name) => name !== '__proto__'),
            json,
          ),
          { selector: ([name]) => name, maxLength: 5 },
        ),
        fc.constantFrom(HEAD.split('\n').slice(1, -2).join('\n'), '', 'title: x', 'forms: {a: 1}'),
        (forms, yaml) => {
          const { yaml: text } = setFrontSection(yaml, 'forms', forms as [string, Json][]);
          const parsed = parseNotebook(`---\n${text ?? ''}\n---\n`, languages);
          const plain = JSON.parse(JSON.stringify(forms)) as unknown;
          expect(isFailure(parsed) ? parsed : (parsed.forms ?? [])).toEqual(plain);
        },
      ),
      { numRuns: 100, seed: Number(process.env.SEED ?? 7) },
    );
  });
});
