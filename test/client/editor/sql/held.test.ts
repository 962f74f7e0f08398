/** Marks at the caret wait. */
import { expect, it } from 'vitest';
import { splitAtCaret } from '../../../../client/editor/sql/held.ts';

const text = 'select delay, orig from flights wher';
const mark = (word: string) => ({ start: text.indexOf(word), end: text.indexOf(word) + word.length });

it('waits with what is being written, and with nothing else', () => {
  const marks = [mark('orig'), mark('wher')];
  expect(splitAtCaret(marks, undefined)).toEqual({ now: marks, later: [] });
  // Behind the last letter, and behind the blank that follows it.
  expect(splitAtCaret(marks, text.length).later).toEqual([mark('wher')]);
  expect(splitAtCaret(marks, mark('orig').end + 1)).toEqual({ now: [mark('wher')], later: [mark('orig')] });
  expect(splitAtCaret(marks, mark('orig').start + 2).later).toEqual([mark('orig')]);
  expect(splitAtCaret(marks, mark('orig').start).later).toEqual([]);
  expect(splitAtCaret(marks, 3).later).toEqual([]);
});
