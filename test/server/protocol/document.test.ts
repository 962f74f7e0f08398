import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import {
  deleteParagraph,
  insertParagraph,
  insertParagraphs,
  mergeParagraphs,
  moveParagraph,
  orderOf,
  outlineOf,
  paragraphMap,
  paragraphsOf,
  readParagraphs,
  restoreParagraph,
  setName,
  setOption,
  sourceOf,
  splitParagraph,
} from '../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';

const p = (id: string) => id as ParagraphId;
const paragraph = (id: string, source = id) => ({ id: p(id), interpreter: 'sql', source, options: {} });

function notebook(...ids: readonly string[]): Y.Doc {
  const doc = new Y.Doc();
  insertParagraphs(
    doc,
    ids.map((id) => paragraph(id)),
    undefined,
  );
  return doc;
}

function sync(one: Y.Doc, other: Y.Doc): void {
  Y.applyUpdate(one, Y.encodeStateAsUpdate(other));
  Y.applyUpdate(other, Y.encodeStateAsUpdate(one));
}

const copyOf = (doc: Y.Doc): Y.Doc => {
  const copy = new Y.Doc();
  sync(copy, doc);
  return copy;
};

describe('the document', () => {
  it('keeps paragraphs in order over any inserts and moves, as a list would', () => {
    const step = fc.record({ move: fc.boolean(), which: fc.nat(), after: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const doc = notebook('a', 'b');
        let list: string[] = ['a', 'b'];
        for (const [index, { move, which, after }] of steps.entries()) {
          const place = after % (list.length + 1);
          const behind = place === 0 ? undefined : list[place - 1]!;
          if (move) {
            const id = list[which % list.length]!;
            if (behind === id) continue;
            moveParagraph(doc, p(id), behind === undefined ? undefined : p(behind));
            list = list.filter((one) => one !== id);
            list.splice(behind === undefined ? 0 : list.indexOf(behind) + 1, 0, id);
          } else {
            insertParagraph(doc, paragraph(`n${index}`), behind === undefined ? undefined : p(behind));
            list.splice(place, 0, `n${index}`);
          }
        }
        expect(orderOf(doc)).toEqual(list);
      }),
    );
  });

  it('finds a place between two paragraphs that got the same key from two people', () => {
    const ada = notebook('a', 'z');
    const ben = copyOf(ada);
    insertParagraph(ada, paragraph('m'), p('a'));
    insertParagraph(ben, paragraph('n'), p('a'));
    sync(ada, ben);
    expect(orderOf(ada)).toEqual(['a', 'm', 'n', 'z']);
    insertParagraph(ada, paragraph('between'), p('m'));
    expect(orderOf(ada)).toEqual(['a', 'm', 'between', 'n', 'z']);
  });

  it('takes inserts and moves where a client wrote a position that is no key', () => {
    const doc = notebook('a', 'b');
    paragraphMap(doc, 'b')!.set('position', '!!');
    insertParagraph(doc, paragraph('c'), p('a'));
    moveParagraph(doc, p('a'), p('c'));
    expect(new Set(orderOf(doc))).toEqual(new Set(['a', 'b', 'c']));
    expect(orderOf(doc).indexOf(p('a'))).toBeGreaterThan(orderOf(doc).indexOf(p('c')));
  });

  it('keeps what a colleague types in a paragraph that is being deleted', () => {
    const ada = notebook('a');
    const ben = copyOf(ada);
    deleteParagraph(ada, p('a'), { by: 'Ada', at: 1 });
    sourceOf(ben, 'a')!.insert(1, ' typed');
    sync(ada, ben);
    expect(readParagraphs(ben)).toMatchObject({
      paragraphs: [],
      deleted: [{ source: 'a typed', deleted: { by: 'Ada' } }],
    });
    restoreParagraph(ben, p('a'));
    expect(readParagraphs(ben).paragraphs.map(({ source }) => source)).toEqual(['a typed']);
  });

  it('splits at a line without leaving its end twice, and merges back', () => {
    const doc = notebook('a');
    sourceOf(doc, 'a')!.delete(0, 1);
    sourceOf(doc, 'a')!.insert(0, 'one\ntwo');
    splitParagraph(doc, p('a'), 4, p('b'));
    expect(readParagraphs(doc).paragraphs.map(({ source }) => source)).toEqual(['one', 'two']);
    mergeParagraphs(doc, p('a'), p('b'), { by: 'Ada', at: 1 });
    expect(readParagraphs(doc).paragraphs.map(({ source }) => source)).toEqual(['one\ntwo']);
  });

  it('shows an ill-shaped paragraph as damaged and the others as they are', () => {
    const doc = notebook('a');
    paragraphsOf(doc).set('b', 'not a map');
    const odd = new Y.Map<unknown>();
    odd.set('interpreter', 7);
    paragraphsOf(doc).set('c', odd);
    paragraphsOf(doc).set('Not An Id', new Y.Map());
    const { paragraphs, damaged } = readParagraphs(doc);
    expect(paragraphs.map(({ id }) => id)).toEqual(['a']);
    expect(damaged.map(({ id }) => id).sort()).toEqual(['Not An Id', 'b', 'c']);
  });

  it('takes a name and an option away by their absence', () => {
    const doc = notebook('a');
    setName(doc, p('a'), 'flights');
    setOption(doc, p('a'), 'wide', true);
    expect(readParagraphs(doc).paragraphs[0]).toMatchObject({ name: 'flights', options: { wide: true } });
    expect(outlineOf(doc)).toEqual([{ id: 'a', name: 'flights', code: true }]);
    setName(doc, p('a'), '');
    setOption(doc, p('a'), 'wide', undefined);
    expect(readParagraphs(doc).paragraphs[0]).toEqual(expect.not.objectContaining({ name: expect.anything() }));
    expect(readParagraphs(doc).paragraphs[0]?.options).toEqual({});
  });
});
