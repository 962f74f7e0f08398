import { expect, test } from 'vitest';
import { headingsOf, titleFrom } from '../../../client/notebook/outline.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';

test('headings down to the third level, without their markup', () => {
  expect(headingsOf('# **Late** flights\n\ntext\n\n## Of [Seoul](x) ##\n\n#### deep\n\n### `by_hour`')).toEqual([
    { level: 1, text: 'Late flights' },
    { level: 2, text: 'Of Seoul' },
    { level: 3, text: 'by_hour' },
  ]);
});

test('what stands in a fence is no heading, and neither is a hashtag', () => {
  expect(headingsOf('```sh\n# comment\n```\n#hashtag\n# Real')).toEqual([{ level: 1, text: 'Real' }]);
});

test('a title is what was set, else the first heading, else the file', () => {
  const outline = [{ paragraph: 'a' as ParagraphId, text: 'Late', level: 1, interpreter: 'markdown' }];
  expect(titleFrom('Set', outline, 'x.nb.md')).toBe('Set');
  expect(titleFrom('  ', outline, 'x.nb.md')).toBe('Late');
  expect(titleFrom(undefined, [], 'sales/2024 review.nb.md')).toBe('2024 review');
});
