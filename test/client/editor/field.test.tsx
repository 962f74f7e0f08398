import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { bindField } from '../../../client/editor/field.ts';

const origin = { me: true };

function setUp(start = '') {
  const doc = new Y.Doc();
  const text = doc.getText('t');
  text.insert(0, start);
  const undo = new Y.UndoManager(text, { trackedOrigins: new Set([origin]), captureTimeout: 0 });
  const area = document.body.appendChild(document.createElement('textarea'));
  let drawn = '';
  const field = bindField(area, text, { origin, undo, onText: () => (drawn = area.value) });
  const type = (insert: string, at = area.selectionStart, end = area.selectionEnd) => {
    area.value = area.value.slice(0, at) + insert + area.value.slice(end);
    area.setSelectionRange(at + insert.length, at + insert.length);
    area.dispatchEvent(new Event('input'));
  };
  const compose = (event: 'compositionstart' | 'compositionend') => area.dispatchEvent(new Event(event));
  return { doc, text, undo, area, field, type, compose, drawn: () => drawn };
}

describe('a plain field', () => {
  it('puts a typed character into the document at once', () => {
    const { text, type, area } = setUp('select');
    area.setSelectionRange(6, 6);
    type(' 1');
    expect(text.toString()).toBe('select 1');
  });

  it('keeps the caret at its letter when others type before and behind it', () => {
    const { text, area } = setUp('hello');
    area.setSelectionRange(2, 4);
    text.insert(0, '>> ');
    text.insert(text.length, ' <<');
    expect(area.value).toBe('>> hello <<');
    expect([area.selectionStart, area.selectionEnd]).toEqual([5, 7]);
  });

  it('puts the caret where undo changed something', () => {
    const { undo, area, type } = setUp('abc');
    area.setSelectionRange(1, 1);
    type('X');
    area.setSelectionRange(4, 4);
    undo.undo();
    expect(area.value).toBe('abc');
    expect(area.selectionStart).toBe(1);
  });

  it('is not touched by others while a syllable is composed, and has their change afterwards', () => {
    const { text, area, type, compose } = setUp('가나');
    area.setSelectionRange(1, 1);
    compose('compositionstart');
    type('ㅎ');
    text.insert(0, 'their ');
    expect(area.value).toBe('가ㅎ나');
    type('하', 1, 2);
    type('한', 1, 2);
    expect(area.value).toBe('가한나');
    compose('compositionend');
    expect(text.toString()).toBe('their 가한나');
    expect(area.value).toBe('their 가한나');
    expect(area.selectionStart).toBe(8);
  });

  it('writes what is composed as it is typed while nobody else does', () => {
    const { text, type, compose } = setUp();
    compose('compositionstart');
    type('ㅎ');
    type('하', 0, 1);
    expect(text.toString()).toBe('하');
    compose('compositionend');
    expect(text.toString()).toBe('하');
  });

  it('keeps a half-made syllable when it is taken away', () => {
    const { text, type, compose, field } = setUp('a');
    compose('compositionstart');
    type('하', 1, 1);
    text.insert(0, 'b');
    field.release();
    expect(text.toString()).toBe('ba하');
  });

  it('counts letters as the document does when that has other line ends', () => {
    const { text, area, type } = setUp('a\r\nb');
    area.setSelectionRange(3, 3);
    type('c');
    expect(text.toString()).toBe('a\nbc');
  });

  it('and the document are equal after any mixture of typing, composing, others and undo', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('type' as const),
        at: fc.nat(40),
        remove: fc.nat(4),
        insert: fc.string({ maxLength: 4 }),
      }),
      fc.record({
        kind: fc.constant('other' as const),
        at: fc.nat(40),
        remove: fc.nat(4),
        insert: fc.string({ maxLength: 4 }),
      }),
      fc.record({ kind: fc.constantFrom('compositionstart' as const, 'compositionend' as const, 'undo' as const) }),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.array(step, { maxLength: 20 }), (start, steps) => {
        const { text, area, type, compose, undo, drawn } = setUp(start);
        for (const each of steps) {
          if (each.kind === 'type') {
            const at = Math.min(each.at, area.value.length);
            type(each.insert, at, Math.min(area.value.length, at + each.remove));
          } else if (each.kind === 'other') {
            const at = Math.min(each.at, text.length);
            text.doc!.transact(() => {
              text.delete(at, Math.min(each.remove, text.length - at));
              text.insert(at, each.insert);
            }, 'other');
          } else if (each.kind === 'undo') undo.undo();
          else compose(each.kind);
        }
        compose('compositionend');
        expect(area.value).toBe(text.toString());
        expect(drawn()).toBe(area.value);
        area.remove();
      }),
      { numRuns: 300 },
    );
  });
});
