import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { annotationsOf, keyOf, setAnnotation } from '../../../../server/protocol/annotations.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';
import { compareMoments } from '../../../../server/protocol/versions/compare.ts';
import { restoreMoment } from '../../../../server/protocol/versions/restore.ts';
import { momentOf } from '../../../../server/protocol/versions/version.ts';
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
title: Delays
annotations:
  # what marketing did
  2024-03-01: Launch # the first
  2024-05-01..2024-05-10: "Sale: half price"
  soon: {not: ours}
forms: {day: 2015-01-01}
---

Prose.
`;
const makeId = (): ParagraphId => 'made' as ParagraphId;

function open(text = TEXT): { doc: Y.Doc; base: KnownBase } {
  const base = readNotebook(text, languages, makeId);
  if (isReadFailure(base)) throw new Error(base.message);
  const doc = new Y.Doc();
  fillDocument(doc, base);
  return { doc, base };
}
const print = (doc: Y.Doc, base: KnownBase): string => printNotebook(notebookOf(doc, 'x.nb.md'), languages, base).text;
const textsOf = (doc: Y.Doc) => annotationsOf(doc).map(({ key, text }) => [key, text]);

describe('date annotations in their file', () => {
  it('are in the document, and the file keeps its bytes', () => {
    const { doc, base } = open();
    expect(textsOf(doc)).toEqual([
      ['2024-03-01', 'Launch'],
      ['2024-05-01..2024-05-10', 'Sale: half price'],
    ]);
    expect(print(doc, base)).toBe(TEXT);
  });
  it('that are added and removed leave the lines of the others', () => {
    const { doc, base } = open();
    setAnnotation(doc, '2024-03-01', undefined);
    setAnnotation(doc, '2024-06-01', '새 버전: "2"');
    const text = print(doc, base);
    expect(text).toContain('  2024-05-01..2024-05-10: "Sale: half price"\n  soon: {not: ours}\n  2024-06-01: ');
    expect(text).not.toContain('Launch');
    expect(text).toContain('forms: {day: 2015-01-01}\n');
    const again = open(text);
    expect(textsOf(again.doc)).toEqual(textsOf(doc));
    expect(print(again.doc, again.base)).toBe(text);
  });
  it('of a notebook without any begin a section of their own', () => {
    const { doc, base } = open('Prose.\n');
    setAnnotation(doc, '2024-03-01', 'Launch');
    expect(print(doc, base)).toBe('---\nannotations:\n  2024-03-01: Launch\n---\n\nProse.\n');
  });
  it('changed in the file and in the page at once are both kept', () => {
    const { doc, base } = open();
    setAnnotation(doc, '2024-07-01', 'Here');
    const text = TEXT.replace('Launch', 'Start');
    const next = applyFileChange(doc, { base, text, languages, makeId, deletion: { by: 'x', at: 1 } });
    if (isReadFailure(next)) throw new Error(next.message);
    expect(textsOf(doc)).toEqual([
      ['2024-03-01', 'Start'],
      ['2024-05-01..2024-05-10', 'Sale: half price'],
      ['2024-07-01', 'Here'],
    ]);
  });
  it('are part of versions: compared, and put back', () => {
    const { doc } = open();
    const before = momentOf(doc);
    setAnnotation(doc, '2024-03-01', undefined);
    const now = momentOf(doc);
    const { annotations, changes } = compareMoments(before, now);
    expect([annotations?.old.includes('Launch'), annotations?.now.includes('Launch'), changes]).toEqual([
      true,
      false,
      1,
    ]);
    restoreMoment(doc, now, before, { by: 'x', at: 1 });
    expect(momentOf(doc)).toEqual(before);
  });
  it('are keyed by a date, or a range that goes forward', () => {
    expect(keyOf('2024-03-01', '')).toBe('2024-03-01');
    expect(keyOf('2024-03-01', '2024-03-01')).toBe('2024-03-01');
    expect(keyOf('2024-03-01', '2024-03-04')).toBe('2024-03-01..2024-03-04');
    expect([keyOf('', ''), keyOf('2024-02-30', ''), keyOf('2024-03-04', '2024-03-01')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
