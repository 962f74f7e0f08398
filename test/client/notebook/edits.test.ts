import { expect, test } from 'vitest';
import { offsetAt } from '../../../client/notebook/edits.ts';
import { neighbourOf, rangeOf } from '../../../client/notebook/focus.ts';
import { guessHeight } from '../../../client/notebook/near.ts';
import { progressText } from '../../../client/notebook/progress.ts';
import { isWritable } from '../../../client/notebook/watch.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';

const ids = (...names: string[]): ParagraphId[] => names as ParagraphId[];
const [a, b, c, d] = ids('a', 'b', 'c', 'd') as [ParagraphId, ParagraphId, ParagraphId, ParagraphId];

test('a line and column are an offset, and a place past the text is none', () => {
  expect(offsetAt('ab\ncd', 2, 2)).toBe(4);
  expect(offsetAt('ab\ncd', 1, 3)).toBe(2);
  expect(offsetAt('ab\ncd', 1, 4)).toBeUndefined();
  expect(offsetAt('ab\ncd', 3, 1)).toBeUndefined();
});

test('a selection is all between its ends, whichever came first', () => {
  const order = [a, b, c, d];
  expect(rangeOf({ mode: 'command', at: b, anchor: d }, order)).toEqual([b, c, d]);
  expect(rangeOf({ mode: 'command', at: d, anchor: b }, order)).toEqual([b, c, d]);
  expect(rangeOf({ mode: 'edit', at: c, caret: undefined }, order)).toEqual([c]);
  expect(rangeOf({ mode: 'none' }, order)).toEqual([]);
  expect(rangeOf({ mode: 'command', at: b, anchor: 'gone' as ParagraphId }, order)).toEqual([b]);
});

test('after a deletion one is at the next that stays, else at the one before', () => {
  expect(neighbourOf([a, b, c], new Set([b]), b)).toBe(c);
  expect(neighbourOf([a, b, c], new Set([b, c]), c)).toBe(a);
  expect(neighbourOf([a], new Set([a]), a)).toBeUndefined();
});

test('one may write offline, and not on a page that is read-only, stopped, or somebody’s to read', () => {
  expect(isWritable({ state: 'offline', unsent: 3, keeping: 'here', retryAt: 0 }, 'owner')).toBe(true);
  expect(isWritable({ state: 'read-only', why: '', unsent: 0, keeping: 'here' }, 'owner')).toBe(false);
  expect(isWritable({ state: 'closed', code: '', message: '', unsent: 0, keeping: 'here' }, 'owner')).toBe(false);
  expect(isWritable({ state: 'saved' }, 'reader')).toBe(false);
});

test('a longer text is guessed higher', () => {
  expect(guessHeight('x\n'.repeat(40), false)).toBeGreaterThan(guessHeight('x', false));
  expect(guessHeight('word '.repeat(200), true)).toBeGreaterThan(guessHeight('word', true));
});

test('progress is a share where the engine knows it, else rows so far, else why it waits', () => {
  expect(progressText({ fraction: 0.629 })).toBe('62 %');
  expect(progressText({ rows: 1_204_000 })).toBe('1,204,000 rows');
  expect(progressText({ waiting: 'waiting for memory, 2 ahead', rows: 1 })).toBe('waiting for memory, 2 ahead');
  expect(progressText(undefined)).toBe('');
});
