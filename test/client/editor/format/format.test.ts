/** Laying out one paragraph while others write, and whatever it is that lays out. */
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { type Formatting, formatParagraph } from '../../../../client/editor/format/format.ts';
import { insertParagraphs, sourceOf } from '../../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';

const ID = 'a' as ParagraphId;

function notebook(source: string, interpreter = 'sql') {
  const doc = new Y.Doc();
  const origin = {};
  insertParagraphs(doc, [{ id: ID, interpreter, source, options: {} }], undefined);
  const undo = new Y.UndoManager([doc.getMap('paragraphs')], { trackedOrigins: new Set([origin]) });
  const text = sourceOf(doc, ID)!;
  const format = (given: Partial<Formatting> = {}) =>
    formatParagraph(
      { live: { doc, origin, undo }, analyst: { ask: async () => undefined }, writable: () => true, ...given },
      ID,
    );
  return { doc, undo, text, format };
}
/** Answers with these edits, having done something else before. */
const layingOut = (edits: readonly { at: number; remove: number; insert: string }[], first = () => {}) => ({
  analyst: {
    ask: async () => {
      first();
      return edits as never;
    },
  },
});

describe('a paragraph', () => {
  it('is laid out in one step of undo', async () => {
    const { undo, text, format } = notebook('select 1,2 from t');
    expect(await format()).toBe('done');
    expect(text.toString()).toBe('select\n  1,\n  2\nfrom t');
    expect(undo.undoStack).toHaveLength(1);
    undo.undo();
    expect(text.toString()).toBe('select 1,2 from t');
    expect(undo.undoStack).toHaveLength(0);
  });

  it('is found anew where a colleague wrote meanwhile, and left to those who write all the time', async () => {
    const { text, format } = notebook('a ;', 'typescript');
    let asked = 0;
    const edits = [{ at: 1, remove: 1, insert: '' }];
    expect(
      await format(
        layingOut(edits, () => {
          asked += 1;
          if (asked === 1) text.insert(0, 'b');
        }),
      ),
    ).toBe('left');
    expect(asked).toBe(2);
    expect(await format(layingOut(edits, () => text.insert(0, 'c')))).toBe('busy');
    expect(text.toString()).toBe('cccba ;');
  });

  it('keeps every letter, whatever a layout would do', async () => {
    for (const edit of [
      { at: 0, remove: 1, insert: '' },
      { at: 1, remove: 1, insert: 'x' },
    ]) {
      const { text, format } = notebook('a b', 'typescript');
      expect(await format(layingOut([edit]))).toBe('left');
      expect(text.toString()).toBe('a b');
    }
  });

  it('stays as it is for whoever may not write by the time it is found', async () => {
    const { text, format } = notebook('select   1');
    expect(await format({ writable: () => false })).toBe('none');
    expect(text.toString()).toBe('select   1');
  });
});
