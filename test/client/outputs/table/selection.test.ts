import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  at,
  type Bounds,
  cellsIn,
  contains,
  HEADER,
  move,
  rangeOf,
  type Selection,
} from '../../../../client/outputs/table/selection.ts';

const bounds: Bounds = { rows: 1000, columns: 5, page: 9 };
const press = (key: string, shift = false, command = false) => ({ key, shift, command });
const go = (selection: Selection, ...keys: [string, boolean?, boolean?][]): Selection =>
  keys.reduce((now, [key, shift, command]) => move(now, press(key, shift, command), bounds) ?? now, selection);

describe('the selection', () => {
  it.each([
    ['ArrowDown', false, 4, 2],
    ['ArrowUp', false, 2, 2],
    ['ArrowLeft', false, 3, 1],
    ['ArrowRight', false, 3, 3],
    ['PageDown', false, 12, 2],
    ['PageUp', false, 0, 2],
    ['Home', false, 3, 0],
    ['End', false, 3, 4],
    ['Home', true, 0, 0],
    ['End', true, 999, 4],
    ['ArrowDown', true, 999, 2],
    ['ArrowRight', true, 3, 4],
  ])('goes with %s (command %s) to %d, %d', (key, command, row, column) => {
    expect(move(at(3, 2), press(key, false, command), bounds)?.head).toEqual({ row, column });
  });

  it('grows with Shift from where it began', () => {
    const selection = go(at(3, 2), ['ArrowDown', true], ['ArrowRight', true]);
    expect(rangeOf(selection)).toEqual({ top: 3, bottom: 4, left: 2, right: 3 });
    expect(rangeOf(go(selection, ['Home', true, true]))).toEqual({ top: 0, bottom: 3, left: 0, right: 2 });
  });

  it('is everything with Ctrl+A', () => {
    expect(cellsIn(rangeOf(move(at(3, 2), press('a', false, true), bounds)!))).toBe(5000);
  });

  it('reaches the header upwards, and cannot grow into it', () => {
    expect(move(at(0, 2), press('ArrowUp'), bounds)?.head).toEqual({ row: HEADER, column: 2 });
    expect(move(at(0, 2), press('ArrowUp', true), bounds)?.head).toEqual({ row: 0, column: 2 });
    expect(move(at(HEADER, 2), press('ArrowDown'), bounds)?.head).toEqual({ row: 0, column: 2 });
  });

  it('takes no notice of other keys', () => {
    expect(move(at(0, 0), press('x'), bounds)).toBeUndefined();
    expect(move(at(0, 0), press('Tab'), bounds)).toBeUndefined();
  });

  it('never leaves the table', () => {
    const key = fc.constantFrom(
      'ArrowUp',
      'ArrowDown',
      'ArrowLeft',
      'ArrowRight',
      'PageUp',
      'PageDown',
      'Home',
      'End',
      'a',
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(key, fc.boolean(), fc.boolean()), { maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 5 }),
        (keys, rows, columns) => {
          let selection = at(0, 0);
          for (const [name, shift, command] of keys) {
            selection = move(selection, press(name, shift, command), { rows, columns, page: 9 }) ?? selection;
            const { row, column } = selection.head;
            expect(row >= HEADER && row < rows && column >= 0 && column < columns).toBe(true);
            const range = rangeOf(selection);
            if (row >= 0) expect(contains(range, row, column)).toBe(true);
          }
        },
      ),
    );
  });
});
