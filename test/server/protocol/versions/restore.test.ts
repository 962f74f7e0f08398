import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import {
  deleteParagraph,
  insertParagraphs,
  moveParagraph,
  type Paragraph,
  paragraphMap,
  readParagraphs,
  setName,
  setOption,
  setTitle,
  sourceOf,
} from '../../../../server/protocol/document.ts';
import { setForm } from '../../../../server/protocol/forms/document.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';
import { restoreMoment, withParagraph } from '../../../../server/protocol/versions/restore.ts';
import { momentOf } from '../../../../server/protocol/versions/version.ts';

const id = (name: string) => name as ParagraphId;
const p = (name: string, source: string): Paragraph => ({ id: id(name), interpreter: 'sql', source, options: {} });
const by = { by: 'Ana', at: 1 };

function notebook(...list: Paragraph[]): Y.Doc {
  const doc = new Y.Doc();
  setTitle(doc, 'Sales');
  insertParagraphs(doc, list, undefined);
  return doc;
}
const says = (doc: Y.Doc): string[] => readParagraphs(doc).paragraphs.map((one) => `${one.id}: ${one.source}`);
/** As a colleague has it, and what they do to it. */
function colleague(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}
function meet(a: Y.Doc, b: Y.Doc): void {
  Y.applyUpdate(a, Y.encodeStateAsUpdate(b));
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
}

describe('restoring a notebook', () => {
  it('gives the version back: texts, names, options, order, title, forms, deleted and new paragraphs', () => {
    const doc = notebook(p('a', 'one'), p('b', 'two'), p('c', 'three'));
    setOption(doc, id('b'), 'limit', 5);
    setForm(doc, 'day', '2015-01-01');
    setForm(doc, 'late', true);
    const version = momentOf(doc);
    setForm(doc, 'day', '2016-01-01');
    setForm(doc, 'late', undefined);
    setForm(doc, 'more', 1);
    sourceOf(doc, 'a')?.insert(3, ' more');
    setName(doc, id('c'), 'x');
    setOption(doc, id('b'), 'limit', 6);
    setTitle(doc, 'Other');
    moveParagraph(doc, id('c'), undefined);
    deleteParagraph(doc, id('b'), by);
    insertParagraphs(doc, [p('d', 'four')], id('a'));
    restoreMoment(doc, momentOf(doc), version, by);
    expect(momentOf(doc)).toEqual(version);
    expect(readParagraphs(doc).deleted.map((one) => [one.id, one.deleted?.by])).toEqual([['d', 'Ana']]);
  });

  it('is one step that undo takes back', () => {
    const doc = notebook(p('a', 'one'), p('b', 'two'));
    const version = momentOf(doc);
    sourceOf(doc, 'a')?.insert(0, 'x');
    deleteParagraph(doc, id('b'), by);
    const before = momentOf(doc);
    const origin = {};
    const undo = new Y.UndoManager([doc.getMap('paragraphs'), doc.getMap('meta')], {
      trackedOrigins: new Set([origin]),
    });
    restoreMoment(doc, before, version, by, origin);
    expect(momentOf(doc)).toEqual(version);
    undo.undo();
    expect(momentOf(doc)).toEqual(before);
  });

  it('keeps what a colleague types at the same moment, in texts that change and in ones that go', () => {
    const doc = notebook(p('a', 'one'));
    const version = momentOf(doc);
    sourceOf(doc, 'a')?.insert(3, ' two three');
    insertParagraphs(doc, [p('b', 'new')], id('a'));
    const other = colleague(doc);
    sourceOf(other, 'a')?.insert(0, 'zero ');
    sourceOf(other, 'b')?.insert(3, 'er text');
    restoreMoment(doc, momentOf(doc), version, by);
    meet(doc, other);
    expect(says(doc)).toEqual(['a: zero one']);
    expect(sourceOf(doc, 'b')?.toString()).toBe('newer text');
    expect(paragraphMap(doc, 'b')?.get('deleted')).toMatchObject({ by: 'Ana' });
    expect(says(other)).toEqual(says(doc));
  });

  it('keeps what came between the moment it was asked for and the moment it was done', () => {
    const doc = notebook(p('a', 'one'));
    const version = momentOf(doc);
    sourceOf(doc, 'a')?.insert(3, ' two');
    insertParagraphs(doc, [p('b', 'new')], id('a'));
    const asked = momentOf(doc);
    sourceOf(doc, 'a')?.insert(0, 'zero ');
    sourceOf(doc, 'b')?.insert(3, 'er');
    insertParagraphs(doc, [p('c', 'late')], id('b'));
    restoreMoment(doc, asked, version, by);
    expect(says(doc)).toEqual(['a: zero one', 'b: newer', 'c: late']);
  });

  it('makes a paragraph anew that the document no longer has at all', () => {
    const doc = notebook(p('a', 'one'), p('b', 'two'), p('c', 'three'));
    const version = momentOf(doc);
    doc.getMap('paragraphs').delete('b');
    restoreMoment(doc, momentOf(doc), version, by);
    expect(momentOf(doc)).toEqual(version);
  });
});

describe('restoring one paragraph', () => {
  it('changes that one and nothing else', () => {
    const doc = notebook(p('a', 'one'), p('b', 'two'));
    const version = momentOf(doc);
    sourceOf(doc, 'a')?.insert(3, '!');
    sourceOf(doc, 'b')?.insert(3, '!');
    const now = momentOf(doc);
    restoreMoment(doc, now, withParagraph(now, version, id('a')), by);
    expect(says(doc)).toEqual(['a: one', 'b: two!']);
  });

  it('puts a deleted one back behind what it followed', () => {
    const doc = notebook(p('a', 'one'), p('b', 'two'), p('c', 'three'));
    const version = momentOf(doc);
    deleteParagraph(doc, id('b'), by);
    insertParagraphs(doc, [p('n', 'new')], undefined);
    const now = momentOf(doc);
    restoreMoment(doc, now, withParagraph(now, version, id('b')), by);
    expect(says(doc)).toEqual(['n: new', 'a: one', 'b: two', 'c: three']);
  });

  it('takes one out that was not there', () => {
    const doc = notebook(p('a', 'one'));
    const version = momentOf(doc);
    insertParagraphs(doc, [p('b', 'two')], id('a'));
    const now = momentOf(doc);
    restoreMoment(doc, now, withParagraph(now, version, id('b')), by);
    expect(says(doc)).toEqual(['a: one']);
  });
});
