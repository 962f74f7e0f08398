import { expect, test } from 'vitest';
import { foldersOf, isIn, pieces } from '../../../client/home/folders.ts';
import { readRoute } from '../../../client/route.ts';

test('folders are a tree, sorted, with those that only lead to others', () => {
  expect(foldersOf(['weekly', 'api/incidents', 'api'])).toEqual([
    { path: 'api', name: 'api', children: [{ path: 'api/incidents', name: 'incidents', children: [] }] },
    { path: 'weekly', name: 'weekly', children: [] },
  ]);
});

test('a folder holds what is below it, and not what merely begins like it', () => {
  expect(isIn('api/x.nb.md', 'api')).toBe(true);
  expect(isIn('apis/x.nb.md', 'api')).toBe(false);
  expect(isIn('x.nb.md', '')).toBe(true);
});

test('the words of a query are marked, signs and Korean included', () => {
  const marked = (text: string, query: string) => pieces(text, query).filter((piece) => piece.found);
  expect(marked('group by (hour)', 'BY (')).toEqual([
    { text: 'by', found: true },
    { text: '(', found: true },
  ]);
  expect(marked('공항별 지연 평균', '지연')).toEqual([{ text: '지연', found: true }]);
  expect(pieces('text', ' ')).toEqual([{ text: 'text', found: false }]);
});

test('addresses are home, a notebook, or nothing of ours', () => {
  expect(readRoute({ pathname: '/', search: '?folder=a%2Fb' })).toEqual({ page: 'home', folder: 'a/b' });
  expect(readRoute({ pathname: '/n/k3f9', search: '' })).toEqual({ page: 'notebook', id: 'k3f9', fresh: false });
  expect(readRoute({ pathname: '/n/k3f9', search: '?new' })).toMatchObject({ fresh: true });
  for (const pathname of ['/n/', '/n/A!', '/x', '/n/a/b']) {
    expect(readRoute({ pathname, search: '' }), pathname).toEqual({ page: 'unknown' });
  }
});
