import { describe, expect, it } from 'vitest';
import { chipText } from '../../../../client/outputs/table/chips.ts';
import { formatted } from '../../../../client/outputs/table/formats.ts';
import { openKeptTables } from '../../../../client/outputs/table/kept.ts';
import { compact, moved, orderOf, sortOf, toggled } from '../../../../client/outputs/table/settings.ts';
import { testsOf, viewQuery, withSearch, withTests } from '../../../../client/outputs/table/view.ts';
import { narrowOf, readSettings, settingOf, shownColumns } from '../../../../server/protocol/table/settings.ts';

const names = ['a', 'b', 'c', 'd'];
const columns = names.map((name) => ({ name, type: 'INTEGER' }));

describe('settings', () => {
  it('are of the columns that have some, whatever a column is called', () => {
    const { widths, formats } = readSettings({ widths: { toString: 90 }, formats: { a: 'percent' } });
    expect([settingOf(widths, 'toString'), settingOf(formats, 'a'), settingOf(undefined, 'a')]).toEqual([
      90,
      'percent',
      undefined,
    ]);
    for (const name of ['toString', 'constructor', '__proto__']) expect(settingOf(formats, name)).toBeUndefined();
  });

  it('are read part by part: what is damaged is absent', () => {
    const good = {
      hidden: ['a'],
      pinned: ['b'],
      order: ['b', 'a'],
      widths: { a: 120 },
      formats: { b: 'percent' },
      sort: ['-a'],
      filters: [{ column: 'a', is: 'null' }],
      search: 'x',
    };
    expect(readSettings(good)).toEqual(good);
    expect(
      readSettings({
        hidden: 'a',
        pinned: [1, 'b', 'b'],
        widths: { a: -5, b: 'x', c: 90 },
        formats: { a: 'sql' },
        filters: [{ column: 'a' }, { column: 'a', is: 'present' }],
        search: 5,
      }),
    ).toEqual({ pinned: ['b'], widths: { c: 90 }, filters: [{ column: 'a', is: 'present' }] });
    for (const nothing of [null, undefined, 5, 'x', []]) expect(readSettings(nothing)).toEqual({});
  });

  it('show columns in their order, pinned ones first, hidden ones not', () => {
    expect(shownColumns({}, names)).toEqual({ places: [0, 1, 2, 3], pinned: 0 });
    expect(shownColumns({ hidden: ['b', 'gone'], pinned: ['d'] }, names)).toEqual({ places: [3, 0, 2], pinned: 1 });
    expect(shownColumns({ order: ['c', 'a'] }, names).places).toEqual([2, 3, 0, 1]);
    expect(shownColumns({ hidden: names }, names).places).toEqual([0, 1, 2, 3]);
  });

  it('move a column by one among those that are shown', () => {
    expect(moved([0, 2, 3], names, 2, -1)).toEqual(['c', 'a', 'd']);
    expect(moved([0, 2, 3], names, 3, 1)).toEqual(['a', 'c', 'd']);
    expect(toggled(['a'], 'a')).toEqual([]);
  });

  it('sort by what is still there', () => {
    expect(orderOf({ sort: ['-c', 'gone', 'a'] }, names)).toEqual([
      { column: 2, descending: true },
      { column: 0, descending: false },
    ]);
    expect(orderOf({ sort: ['-c'] }, ['-c', 'c'])).toEqual([{ column: 0, descending: false }]);
    expect(sortOf([{ column: 1, descending: true }], names)).toEqual(['-b']);
  });

  it('narrow by what still fits', () => {
    const filters = [
      { column: 'a', is: 'range', from: '1' },
      { column: 'gone', is: 'null' },
    ] as const;
    expect(narrowOf({ filters, search: 'x' }, columns)).toEqual({ filters: [filters[0]] });
  });

  it('that say nothing are none', () => {
    expect(compact({ hidden: [], search: '', widths: {} })).toBeUndefined();
    expect(compact({ hidden: ['a'], filters: [] })).toEqual({ hidden: ['a'] });
  });
});

describe('what a viewer made of tables', () => {
  const storage = () => {
    const map = new Map<string, string>();
    return {
      map,
      getItem: (key: string) => map.get(key) ?? null,
      setItem: (key: string, value: string) => void map.set(key, value),
      removeItem: (key: string) => void map.delete(key),
    };
  };

  it('is there again, of each by itself, and forgotten when asked', () => {
    const kept = openKeptTables(storage());
    kept.save('ada n p 0', { hidden: ['a'] });
    kept.save('bo n p 0', { search: 'x' });
    expect(kept.load('ada n p 0')).toEqual({ hidden: ['a'] });
    kept.save('ada n p 0', undefined);
    expect(kept.load('ada n p 0')).toBeUndefined();
    expect(kept.load('bo n p 0')).toEqual({ search: 'x' });
  });

  it('is bounded in number and size, the longest untouched goes first', () => {
    const store = storage();
    const kept = openKeptTables(store);
    for (let at = 0; at < 250; at += 1) kept.save(`t${at}`, { search: 'x' });
    expect([kept.load('t0'), kept.load('t49'), kept.load('t50')]).toEqual([undefined, undefined, { search: 'x' }]);
    for (let at = 0; at < 20; at += 1)
      kept.save(`big${at}`, { hidden: Array.from({ length: 50 }, (_, one) => `${one}`.padEnd(900, 'x')) });
    expect([...store.map.values()].join('').length).toBeLessThanOrEqual(400_000);
    expect(kept.load('big19')).toBeDefined();
  });

  it('does no harm where a browser keeps nothing, or something else', () => {
    const full = {
      ...storage(),
      setItem: () => {
        throw new Error('full');
      },
    };
    expect(() => openKeptTables(full).save('t', { search: 'x' })).not.toThrow();
    for (const text of ['{', '5', '[1,["t"],["t",{"hidden":5}]]']) {
      const odd = { ...storage(), getItem: () => text };
      expect(openKeptTables(odd).load('t') ?? {}).toEqual({});
    }
  });
});

describe('a view', () => {
  it('is asked of the server as its filters say', () => {
    const narrow = withSearch(withTests({ filters: [] }, 'a', [{ is: 'range', from: '1' }]), '서울');
    expect(viewQuery([{ column: 1, descending: true }], narrow, names)).toEqual({
      sort: '-b',
      filter: '[{"column":"a","is":"range","from":"1"}]',
      search: '서울',
    });
    expect(viewQuery([], { filters: [] }, names)).toEqual({});
    expect(withTests(narrow, 'a', []).filters).toEqual([]);
    expect(testsOf(narrow, 'a')).toHaveLength(1);
  });

  it('says what it is narrowed to', () => {
    expect(chipText({ column: 'delay', is: 'range', from: '-1000', to: '2000', below: true })).toBe(
      'delay: −1,000 – below 2,000',
    );
    expect(chipText({ column: 'city', is: 'among', values: ['a', null, 'b', 'c', 'd'] })).toBe('city: a, null, b +2');
  });
});

describe('formats', () => {
  it.each([
    ['0.123', 'percent', '12.3 %'],
    ['-0.0712', 'percent', '-7.12 %'],
    ['1', 'percent', '100 %'],
    ['12.5', 'percent', '1250 %'],
    ['nan', 'percent', 'nan'],
    ['0', 'bytes', '0 B'],
    ['1536', 'bytes', '1.5 KB'],
    ['-123456789', 'bytes', '-118 MB'],
    ['2001-01-02 03:04:05', 'date', '2001-01-02'],
    ['soon', 'date', 'soon'],
  ] as const)('%s as %s is %s', (text, format, shown) => expect(formatted(text, format)).toBe(shown));
});
