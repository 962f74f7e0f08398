import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { bindModel, type Model, type ModelRange, type Position } from '../../../client/editor/model.ts';

type Change = { readonly rangeOffset: number; readonly rangeLength: number; readonly text: string };

/** Monaco's model as far as the binding knows it: lines and columns from 1, several changes an event. */
class FakeModel implements Model {
  value = '';
  readonly listeners: ((event: { changes: readonly Change[] }) => void)[] = [];
  getValue = () => this.value;
  getValueLength = () => this.value.length;
  getPositionAt = (offset: number): Position => {
    const before = this.value.slice(0, offset).split('\n');
    return { lineNumber: before.length, column: before.at(-1)!.length + 1 };
  };
  getFullModelRange = (): ModelRange => this.range(0, this.value.length);
  onDidChangeContent(listener: (event: { changes: readonly Change[] }) => void) {
    this.listeners.push(listener);
    return { dispose: () => void this.listeners.splice(this.listeners.indexOf(listener), 1) };
  }
  applyEdits(edits: { range: ModelRange; text: string }[]): void {
    this.change(
      edits.map(({ range, text }) => {
        const start = this.offset(range.startLineNumber, range.startColumn);
        return { rangeOffset: start, rangeLength: this.offset(range.endLineNumber, range.endColumn) - start, text };
      }),
    );
  }
  /** What a person does: disjoint changes with offsets in the text before, in any order. */
  change(changes: readonly Change[]): void {
    for (const { rangeOffset, rangeLength, text } of [...changes].sort((a, b) => b.rangeOffset - a.rangeOffset)) {
      this.value = this.value.slice(0, rangeOffset) + text + this.value.slice(rangeOffset + rangeLength);
    }
    for (const listener of [...this.listeners]) listener({ changes });
  }
  private range(start: number, end: number): ModelRange {
    const [from, to] = [this.getPositionAt(start), this.getPositionAt(end)];
    return {
      startLineNumber: from.lineNumber,
      startColumn: from.column,
      endLineNumber: to.lineNumber,
      endColumn: to.column,
    };
  }
  private offset(line: number, column: number): number {
    const lines = this.value.split('\n');
    return lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
  }
}

const origin = {};

/** Nobody's caret stands between the halves of an emoji. */
const whole = (text: string, offset: number): number =>
  /[\udc00-\udfff]/.test(text[offset] ?? '') ? offset + 1 : offset;

function setUp(start = '') {
  const text = new Y.Doc().getText('t');
  text.insert(0, start);
  const undo = new Y.UndoManager(text, { trackedOrigins: new Set([origin]), captureTimeout: 0 });
  const model = new FakeModel();
  const undone: number[] = [];
  const release = bindModel(model, text, { origin, undo, onUndone: (offset) => undone.push(offset) });
  return { text, model, undo, undone, release };
}

describe('the binding of a model', () => {
  it('shows the text, a byte order mark included', () => {
    expect(setUp('\uFEFFselect 1').model.value).toBe('\uFEFFselect 1');
  });

  it('writes several changes of one event, as several carets make them', () => {
    const { text, model } = setUp('one two three');
    model.change([
      { rangeOffset: 0, rangeLength: 3, text: '1' },
      { rangeOffset: 8, rangeLength: 5, text: '3' },
    ]);
    expect(text.toString()).toBe('1 two 3');
  });

  it('tells where undo changed something', () => {
    const { model, undo, undone } = setUp('abc');
    model.change([{ rangeOffset: 1, rangeLength: 1, text: 'XY' }]);
    undo.undo();
    expect(model.value).toBe('abc');
    expect(undone.at(-1)).toBe(2);
  });

  it('ends with its release', () => {
    const { text, model, release } = setUp('a');
    release();
    text.insert(0, 'b');
    model.change([{ rangeOffset: 1, rangeLength: 0, text: 'c' }]);
    expect([text.toString(), model.value]).toEqual(['ba', 'ac']);
  });

  it('keeps model and text equal through any edits of both sides', () => {
    const step = fc.record({
      mine: fc.boolean(),
      at: fc.nat(60),
      remove: fc.nat(6),
      insert: fc.string({ unit: fc.constantFrom('a', 'b', '\n', '가', '👍'), maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { text, model } = setUp('first\nsecond');
        for (const { mine, at, remove, insert } of steps) {
          const place = whole(text.toString(), Math.min(at, text.length));
          const length = whole(text.toString(), Math.min(place + remove, text.length)) - place;
          if (mine) model.change([{ rangeOffset: place, rangeLength: length, text: insert }]);
          else {
            text.doc!.transact(() => {
              text.delete(place, length);
              text.insert(place, insert);
            });
          }
          expect(model.value).toBe(text.toString());
        }
      }),
    );
  });
});
