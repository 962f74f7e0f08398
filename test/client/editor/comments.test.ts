import { expect, test } from 'vitest';
import { commentMark, toggleComment } from '../../../client/editor/comments.ts';

const toggle = (source: string, start: number, end = start, mark = '//'): string => {
  const { from, to, text } = toggleComment(source, start, end, mark);
  return source.slice(0, from) + text + source.slice(to);
};

test('the lines chosen become a comment at their common indent, and code again', () => {
  const source = 'a\n  b\n\n    c\nd';
  const commented = 'a\n  // b\n\n  //   c\nd';
  expect(toggle(source, 3, 12)).toBe(commented);
  expect(toggle(commented, 3, 17)).toBe(source);
  expect(toggle('select 1', 4, 4, '--')).toBe('-- select 1');
  expect(toggle('-- select 1', 4, 4, '--')).toBe('select 1');
  expect(toggle('#ls', 0, 0, '#')).toBe('ls');
});

test('a line of several that is none yet makes all of them one', () => {
  expect(toggle('// a\nb', 0, 6)).toBe('// // a\n// b');
  expect(toggle('', 0)).toBe('// ');
});

test('each language has its mark; JSON and prose have none', () => {
  expect(['sql', 'typescript', 'shell', 'vega-lite', 'markdown', 'constructor'].map(commentMark)).toEqual([
    '--',
    '//',
    '#',
    undefined,
    undefined,
    undefined,
  ]);
});
