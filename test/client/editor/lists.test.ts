import { expect, test } from 'vitest';
import { enterAt } from '../../../client/editor/lists.ts';

test.each([
  ['- one', '\n- '],
  ['  * one', '\n  * '],
  ['- [x] done', '\n- [ ] '],
  ['9. nine', '\n10. '],
  ['  1) one', '\n  2) '],
  ['> said', '\n> '],
])('%j goes on with the next', (before, write) => {
  expect(enterAt(before, '')).toEqual({ drop: 0, write });
  expect(enterAt(before, ' rest')).toEqual({ drop: 0, write });
});

test.each(['- ', '-', '* ', '- [ ] ', '  - ', '3. ', '> '])('%j without words ends the list', (before) => {
  expect(enterAt(before, '')).toEqual({ drop: before.length, write: '\n' });
  expect(enterAt(before, 'rest')).toBeUndefined();
});

test.each(['', 'prose', '-no', '---', '1.5 times', '# - head', '**bold**'])('%j is no list', (before) => {
  expect(enterAt(before, '')).toBeUndefined();
});
