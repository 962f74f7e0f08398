import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { metaOf, readParagraphs, setOption } from '../../../../server/protocol/document.ts';
import { setForm } from '../../../../server/protocol/forms/document.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';
import { frontReportOf, layoutOf, setLayout } from '../../../../server/protocol/report/document.ts';
import { placeOf } from '../../../../server/protocol/report/layout.ts';
import {
  applyFileChange,
  fillDocument,
  isReadFailure,
  notebookOf,
  readNotebook,
} from '../../../../server/storage/format/apply.ts';
import { type KnownBase, printNotebook } from '../../../../server/storage/format/print.ts';

const languages = { sql: 'sql' };
const TEXT = `---
title: Delays # ours
report:
  # how it looks
  tabs: 2
  other: {a: [1, null]} # of another version
  width: full # all of it
forms: {day: 2015-01-01}
jupyter: {kernel: x}
---

Prose.

\`\`\`sql id=a report=hidden
select 1
\`\`\`

\`\`\`sql id=b report=beside
select 2
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
function changed(doc: Y.Doc, base: KnownBase, text: string): KnownBase {
  const next = applyFileChange(doc, { base, text, languages, makeId, deletion: { by: 'x', at: 1 } });
  if (isReadFailure(next)) throw new Error(next.message);
  return next;
}

describe('the layout of a report in its file', () => {
  it('is in the document, and the file keeps its bytes', () => {
    const { doc, base } = open();
    expect(layoutOf(doc)).toEqual({ width: 'full', tabs: 2 });
    expect(readParagraphs(doc).paragraphs.map(({ options }) => placeOf(options))).toEqual([
      'across',
      'hidden',
      'beside',
    ]);
    expect(print(doc, base)).toBe(TEXT);
  });

  it('changes one line, and keeps unknown keys, comments and their order', () => {
    const { doc, base } = open();
    setLayout(doc, 'width', 'narrow');
    expect(print(doc, base)).toBe(TEXT.replace('  width: full # all of it\n', '  width: narrow\n'));
    setLayout(doc, 'tabs', undefined);
    setForm(doc, 'day', '2016-01-01');
    expect(print(doc, base)).toContain(
      'report:\n  # how it looks\n  other: {a: [1, null]} # of another version\n  width: narrow\nforms:\n  day: 2016-01-01\n',
    );
  });

  it('is written where there was none, and goes when nothing is left to say', () => {
    const { doc, base } = open('Prose.\n');
    setLayout(doc, 'width', 'full');
    expect(print(doc, base)).toBe('---\nreport:\n  width: full\n---\n\nProse.\n');
    setLayout(doc, 'width', undefined);
    expect(print(doc, base)).toBe('Prose.\n');
  });

  it('places paragraphs by a word of their fence or marker', () => {
    const { doc, base } = open();
    const [prose, , b] = readParagraphs(doc).paragraphs;
    setOption(doc, b!.id, 'report', 'below');
    setOption(doc, prose!.id, 'report', 'hidden');
    const text = print(doc, base);
    expect(text).toContain('```sql id=b report=below\n');
    expect(text).toMatch(/<!-- paragraph id=\S+ report=hidden -->\nProse\./);
    const again = open(text);
    expect(readParagraphs(again.doc).paragraphs.map(({ options }) => placeOf(options))).toEqual([
      'hidden',
      'hidden',
      'below',
    ]);
  });

  it('takes over what changed in the file alone', () => {
    const { doc, base } = open();
    setLayout(doc, 'tabs', 3);
    const outside = TEXT.replace('width: full # all of it', 'width: wide');
    const next = changed(doc, base, outside);
    expect(layoutOf(doc)).toEqual({ width: 'wide', tabs: 3 });
    expect(print(doc, next)).toBe(outside.replace('tabs: 2', 'tabs: 3'));
    const bare = changed(doc, next, outside.replace(/report:\n(?: {2}.*\n)*/, ''));
    expect(frontReportOf(doc)).toEqual([]);
    expect(print(doc, bare)).not.toContain('report:');
  });

  it('stays in the file of a document that never read it', () => {
    const { doc, base } = open();
    for (const key of metaOf(doc).keys()) if (key.startsWith('report/')) metaOf(doc).delete(key);
    expect(frontReportOf(doc)).toBeUndefined();
    expect(print(doc, base)).toBe(TEXT);
  });
});
