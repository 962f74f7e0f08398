import { expect, test } from 'vitest';
import { findMatches as findAll, finderOf, MOST_MATCHES, plainly, type Texts } from '../../../client/notebook/find.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';

const findMatches = (texts: Texts, query: string) => {
  const finder = finderOf(plainly(query));
  return 'wrong' in finder ? [] : findAll(texts, finder);
};
const text = (id: string, source: string) => ({ id: id as ParagraphId, source });

test('finds every place in every paragraph, whatever the case', () => {
  const found = findMatches([text('a', 'Delay and delay'), text('b', 'none'), text('c', 'DELAY')], 'delay');
  expect(found).toEqual([
    { paragraph: 'a', offset: 0, length: 5, nth: 0 },
    { paragraph: 'a', offset: 10, length: 5, nth: 1 },
    { paragraph: 'c', offset: 0, length: 5, nth: 0 },
  ]);
});

test('finds two Korean letters', () => {
  expect(findMatches([text('a', '공항별 지연 평균')], '지연')).toEqual([
    { paragraph: 'a', offset: 4, length: 2, nth: 0 },
  ]);
});

test('offsets stay those of the text where lower case is longer', () => {
  expect(findMatches([text('a', 'İ x')], 'x')).toEqual([{ paragraph: 'a', offset: 2, length: 1, nth: 0 }]);
});

test('nothing is found for nothing, and the number is bounded', () => {
  expect(findMatches([text('a', 'aaa')], '')).toEqual([]);
  expect(findMatches([text('a', 'a'.repeat(2 * MOST_MATCHES))], 'a')).toHaveLength(MOST_MATCHES);
});
