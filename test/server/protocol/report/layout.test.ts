import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { frontReportOf, layoutOf, setLayout } from '../../../../server/protocol/report/document.ts';
import {
  arrange,
  DEFAULT_LAYOUT,
  isHidden,
  isOpening,
  MOST_COLUMNS,
  openingOf,
  type Placed,
  placeOf,
  readLayout,
  textOf,
} from '../../../../server/protocol/report/layout.ts';
import { splitAtHeadings } from '../../../../server/protocol/report/pieces.ts';

const one = (id: string, place: Placed<string>['place'] = 'across', prose?: string): Placed<string> => ({
  id,
  place,
  ...(prose === undefined ? {} : { prose }),
});
const shape = (paragraphs: readonly Placed<string>[]): string[] =>
  arrange(paragraphs, {}).rows.map(({ columns }) =>
    columns.map((items) => items.map(({ key }) => key).join('+')).join('|'),
  );

describe('what stands where', () => {
  it('is a row each, but for what stands beside and below', () => {
    expect(shape([one('a'), one('b')])).toEqual(['a', 'b']);
    expect(shape([one('a'), one('b', 'below'), one('c', 'beside'), one('d', 'below'), one('e')])).toEqual([
      'a+b|c+d',
      'e',
    ]);
  });

  it('goes on below the last column that fits', () => {
    const many = Array.from({ length: MOST_COLUMNS + 2 }, (_, index) =>
      one(String(index), index === 0 ? 'across' : 'beside'),
    );
    expect(shape(many)).toEqual(['0|1|2|3+4+5']);
  });

  it('leaves out what is hidden, and parts no row by it', () => {
    expect(shape([one('a'), one('x', 'hidden'), one('b', 'beside'), one('y', 'hidden')])).toEqual(['a|b']);
    expect(shape([one('x', 'hidden'), one('a', 'beside')])).toEqual(['a']);
    expect(shape([one('x', 'hidden')])).toEqual([]);
  });

  it('is parted into tabs at the headings of one level, also within one paragraph of prose', () => {
    const paragraphs = [
      one('intro', 'across', '# All\n\nwords\n\n## First\n\nmore'),
      one('sql'),
      one('next', 'across', '## Second **bold**\n\n### deeper'),
      one('chart', 'beside'),
    ];
    const { rows, tabs } = arrange(paragraphs, { tabs: 2 });
    expect(rows.map(({ key }) => key)).toEqual(['intro']);
    expect(tabs.map(({ title }) => title)).toEqual(['First', 'Second bold']);
    expect(tabs[0]?.rows.map(({ key }) => key)).toEqual(['intro/1', 'sql']);
    expect(tabs[1]?.rows.map(({ columns }) => columns.map((items) => items.map(({ key }) => key)))).toEqual([
      [['next'], ['chart']],
    ]);
    const [item] = tabs[1]?.rows[0]?.columns[0] ?? [];
    expect(item && textOf(paragraphs[2]?.prose ?? '', item, { tabs: 2 }).trim()).toBe('### deeper');
    expect(arrange(paragraphs, {}).tabs).toEqual([]);
  });

  it('does not move with what is typed', () => {
    const before = arrange([one('a', 'across', '## T\n\nx')], { tabs: 2 });
    expect(arrange([one('a', 'across', '## T\n\nx and y')], { tabs: 2 })).toEqual(before);
  });
});

describe('prose cut at headings', () => {
  it('keeps every other line, and those of fences', () => {
    const source = 'a\n\n```\n## no heading\n```\n\n## Heading ##\nb\n#### deep\n\n~~~\n## no\n~~~~\n## Last';
    expect(splitAtHeadings(source, 2)).toEqual([
      { text: 'a\n\n```\n## no heading\n```\n' },
      { title: 'Heading', text: 'b\n#### deep\n\n~~~\n## no\n~~~~' },
      { title: 'Last', text: '' },
    ]);
  });

  it('is one piece without any, and has no empty one before the first', () => {
    expect(splitAtHeadings('plain # text', 2)).toEqual([{ text: 'plain # text' }]);
    expect(splitAtHeadings('', 1)).toEqual([{ text: '' }]);
    expect(splitAtHeadings('\n## A\n', 2)).toEqual([{ title: 'A', text: '' }]);
  });
});

describe('a layout', () => {
  it('is read from anything, and says nothing where that is no layout', () => {
    expect(readLayout([])).toEqual(DEFAULT_LAYOUT);
    expect(
      readLayout([
        ['width', 'huge'],
        ['tabs', 9],
      ]),
    ).toEqual(DEFAULT_LAYOUT);
    expect(
      readLayout([
        ['width', 'full'],
        ['tabs', 1],
        ['other', { a: 1 }],
      ]),
    ).toEqual({ width: 'full', tabs: 1 });
    expect(placeOf({ report: 'beside' })).toBe('beside');
    expect(placeOf({ report: ['hidden'] })).toBe('across');
    expect(isHidden({ report: 'hidden' })).toBe(true);
  });

  it('is kept in the document key by key, of two people both', () => {
    const [one, other] = [new Y.Doc(), new Y.Doc()];
    expect(frontReportOf(one)).toBeUndefined();
    setLayout(one, 'width', 'full');
    Y.applyUpdate(other, Y.encodeStateAsUpdate(one));
    setLayout(one, 'tabs', 2);
    setLayout(other, 'width', 'narrow');
    Y.applyUpdate(other, Y.encodeStateAsUpdate(one));
    expect(layoutOf(other)).toEqual({ width: 'narrow', tabs: 2 });
    setLayout(other, 'width', undefined);
    setLayout(other, 'tabs', undefined);
    expect(frontReportOf(other)).toEqual([]);
    one.getMap('meta').set('report/width', 'no entry');
    expect(layoutOf(one)).toEqual({ width: 'wide', tabs: 2 });
  });
});

describe('the opening of a report', () => {
  it('is its title with a few words: no part further down, nothing that goes on and on', () => {
    const texts = ['# Delays\n\nHow late.', '\n# Delays', '## Part', '# Delays\n\n## Part', 'Words\n\n# Later', '#tag'];
    expect(texts.map(isOpening)).toEqual([true, true, false, false, false, false]);
    expect(isOpening(`# Delays\n${'word '.repeat(300)}`)).toBe(false);
  });

  it('is what stands first, across the page', () => {
    const opens = (id: string): boolean => id === 'a';
    expect(openingOf(arrange([one('a', 'across', '# A'), one('b')], {}), opens)).toBe('a');
    expect(openingOf(arrange([one('a'), one('b', 'beside')], {}), opens)).toBeUndefined();
    expect(openingOf(arrange([one('b'), one('a')], {}), opens)).toBeUndefined();
    expect(openingOf(arrange([one('a', 'across', '# A')], { tabs: 1 }), opens)).toBeUndefined();
    expect(openingOf(arrange([], {}), opens)).toBeUndefined();
  });
});
