import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { finderOf, findMatches, type Sought } from '../../../client/notebook/find.ts';
import { matchFrom, previewOf, replaceAll, splicesOf } from '../../../client/notebook/replace.ts';
import { insertParagraph, paragraphsOf, sourceOf } from '../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';

const id = (name: string): ParagraphId => name as ParagraphId;
const text = (name: string, source: string) => ({ id: id(name), source });

function find(texts: readonly { id: ParagraphId; source: string }[], sought: Partial<Sought> & { text: string }) {
  const finder = finderOf({ cased: false, whole: false, pattern: false, ...sought });
  if ('wrong' in finder) throw new Error(finder.wrong);
  return findMatches(texts, finder);
}

function notebook(...sources: string[]) {
  const doc = new Y.Doc();
  const origin = {};
  const ids = sources.map((_, index) => id(`p${index}`));
  sources.forEach((source, index) => {
    insertParagraph(doc, { id: ids[index]!, interpreter: 'sql', source, options: {} }, ids[index - 1], 'remote');
  });
  const undo = new Y.UndoManager(paragraphsOf(doc), { trackedOrigins: new Set([origin]) });
  const read = () => ids.map((one) => sourceOf(doc, one)?.toString());
  const texts = () => ids.map((one) => ({ id: one, source: sourceOf(doc, one)?.toString() ?? '' }));
  return { doc, origin, undo, read, texts };
}

test('all places of all paragraphs change in one step, and one undo takes it back', () => {
  const live = notebook('delay, delay', 'none', 'avg(delay)');
  let steps = 0;
  live.doc.on('afterTransaction', () => {
    steps += 1;
  });
  const takeBack = replaceAll(live, find(live.texts(), { text: 'delay' }), 'late');
  expect(live.read()).toEqual(['late, late', 'none', 'avg(late)']);
  expect(steps).toBe(1);
  expect(takeBack()).toBe(true);
  expect(live.read()).toEqual(['delay, delay', 'none', 'avg(delay)']);
});

test('it is not taken back over what was written since', () => {
  const live = notebook('delay');
  const takeBack = replaceAll(live, find(live.texts(), { text: 'delay' }), 'late');
  live.doc.transact(() => sourceOf(live.doc, id('p0'))?.insert(0, 'so '), live.origin);
  expect(takeBack()).toBe(false);
  expect(live.read()).toEqual(['so late']);
});

test('what a colleague types elsewhere stays when it is taken back', () => {
  const live = notebook('delay', 'x');
  const takeBack = replaceAll(live, find(live.texts(), { text: 'delay' }), 'late');
  live.doc.transact(() => sourceOf(live.doc, id('p1'))?.insert(1, 'y'), 'remote');
  expect(takeBack()).toBe(true);
  expect(live.read()).toEqual(['delay', 'xy']);
});

test('capitals count, or words, as asked', () => {
  const texts = [text('a', 'Delay delay delayed 지연 지연율')];
  const offsets = (sought: Partial<Sought> & { text: string }) => find(texts, sought).map(({ offset }) => offset);
  expect(offsets({ text: 'delay' })).toEqual([0, 6, 12]);
  expect(offsets({ text: 'delay', cased: true })).toEqual([6, 12]);
  expect(offsets({ text: 'delay', whole: true })).toEqual([0, 6]);
  expect(offsets({ text: '지연', whole: true })).toEqual([20]);
});

test('a pattern’s groups go where they are named', () => {
  const live = notebook('avg(delay), max(n)');
  replaceAll(live, find(live.texts(), { text: '(\\w+)\\((?<of>\\w+)\\)', pattern: true }), '$<of>_$1 $$ $& $9 $12');
  expect(live.read()).toEqual(['delay_avg $ avg(delay) $9 avg2, n_max $ max(n) $9 max2']);
});

test('without a pattern dollars are dollars', () => {
  const live = notebook('a');
  replaceAll(live, find(live.texts(), { text: 'a' }), '$& $1');
  expect(live.read()).toEqual(['$& $1']);
});

test('what a pattern found and a colleague changed meanwhile stays', () => {
  const live = notebook('delay 1', 'delay 2');
  const found = find(live.texts(), { text: 'delay \\d', pattern: true });
  live.doc.transact(() => sourceOf(live.doc, id('p0'))?.insert(0, 'the '), 'remote');
  replaceAll(live, found, 'late');
  expect(live.read()).toEqual(['the delay 1', 'late']);
});

test('a pattern that is none says why; one that finds nothing long finds nothing', () => {
  expect(finderOf({ text: '(', cased: false, whole: false, pattern: true })).toHaveProperty('wrong');
  expect(find([text('a', 'abc')], { text: 'x*', pattern: true })).toEqual([]);
  expect(find([text('a', 'one\ntwo')], { text: '^t', pattern: true })).toHaveLength(1);
});

test('splices of a paragraph go from its end to its start', () => {
  const found = find([text('a', 'x x'), text('b', 'x')], { text: 'x' });
  expect([...splicesOf(found, 'yy')]).toEqual([
    [
      'a',
      [
        { offset: 2, length: 1, text: 'yy' },
        { offset: 0, length: 1, text: 'yy' },
      ],
    ],
    ['b', [{ offset: 0, length: 1, text: 'yy' }]],
  ]);
});

test('the next is behind what was put in place, even where that has the word again', () => {
  const order = [id('a'), id('b')];
  const found = find([text('a', 'late late'), text('b', 'late')], { text: 'late' });
  expect(matchFrom(found, order, id('a'), 4)).toBe(1);
  expect(matchFrom(found, order, id('a'), 9)).toBe(2);
  expect(matchFrom(found, order, id('b'), 4)).toBe(0);
});

test('the preview is the line around the place, before and after', () => {
  const source = 'first\nselect avg(delay) from flights\nlast';
  const [match] = find([text('a', source)], { text: 'delay' });
  expect(previewOf(source, match!, 'late')).toEqual({
    before: 'select avg(',
    old: 'delay',
    fresh: 'late',
    after: ') from flights',
  });
});
