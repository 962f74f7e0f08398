import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outline } from '../../../server/protocol/document.ts';
import type { ParagraphId, ResultId } from '../../../server/protocol/ids.ts';
import { foldName, goneIn, listNames, namedResult, takenBy } from '../../../server/runs/names.ts';

const p = (id: string) => id as ParagraphId;
const r = (id: string) => id as ResultId;
const entry = (id: string, name?: string, code = true) => ({ id: p(id), code, ...(name ? { name } : {}) });
const none = () => false;
const shown = (list: ReturnType<typeof listNames>) => list.tables.map(({ name, result }) => [name, result]);

describe('named tables', () => {
  const held = new Map([
    [p('a'), r('ra')],
    [p('b'), r('rb')],
  ]);

  it('are the results of named paragraphs, in notebook order', () => {
    const list = listNames(held, [entry('b', 'late'), entry('a', 'early')], none);
    expect(shown(list)).toEqual([
      ['late', 'rb'],
      ['early', 'ra'],
    ]);
  });

  it('follow a rename of the paragraph at once', () => {
    expect(shown(listNames(held, [entry('a', 'new')], none))).toEqual([['new', 'ra']]);
  });

  it('go with their paragraph, and with its name', () => {
    expect(shown(listNames(held, [entry('b', 'x'), entry('a')], none))).toEqual([['x', 'rb']]);
  });

  it('belong to the first in order where two paragraphs share a name, whatever its case', () => {
    expect(shown(listNames(held, [entry('a', 'Flights'), entry('b', 'flights')], none))).toEqual([['Flights', 'ra']]);
  });

  it('belong to the first in order even while it has no result', () => {
    expect(shown(listNames(held, [entry('z', 'x'), entry('b', 'X')], none))).toEqual([]);
  });

  it('leave a gap that names the paragraph where the result was dropped', () => {
    const outline = [entry('prose', undefined, false), entry('c'), entry('a', 'delays'), entry('b', 'x')];
    const { tables, gone } = listNames(held, outline, (result) => result === 'ra');
    expect(tables.map((table) => table.name)).toEqual(['x']);
    expect(gone).toEqual([{ name: 'delays', paragraph: 'a', place: 2 }]);
    expect(goneIn(gone, 'Table with name DELAYS does not exist')?.place).toBe(2);
    expect(goneIn(gone, 'Table with name delays2 does not exist')).toBeUndefined();
  });

  it('refuse the second owner of a name and not the first', () => {
    const outline = [entry('a', 'x'), entry('b', 'X')];
    expect(takenBy(outline, p('b'), 'X')).toEqual({ paragraph: 'a', place: 1 });
    expect(takenBy(outline, p('a'), 'x')).toBeUndefined();
  });

  it('are the named table of a run, else its last one: a name given later holds at once', () => {
    const table = (result: string, name?: string) => ({
      kind: 'table' as const,
      result: r(result),
      columns: [],
      rows: 0,
      bytes: 0,
      ...(name ? { name } : {}),
    });
    expect(namedResult([table('1', 'x'), table('2')])).toBe('1');
    expect(namedResult([table('1'), table('2')])).toBe('2');
    expect(namedResult([{ kind: 'text', stream: 'stdout', text: 'x' }])).toBeUndefined();
  });

  it('are never two of one folded name', () => {
    const name = fc.constantFrom('a', 'A', 'b', 'é', 'É', 'e\u0301');
    const outline = fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1 }), name }), { selector: (one) => one.id });
    fc.assert(
      fc.property(outline, (list) => {
        const paragraphs: Outline = list.map((one) => entry(one.id, one.name));
        const all = new Map(paragraphs.map((one) => [one.id, r(`r-${one.id}`)]));
        const names = listNames(all, paragraphs, none).tables.map((table) => foldName(table.name));
        expect(new Set(names).size).toBe(names.length);
        expect(new Set(names)).toEqual(new Set(list.map((one) => foldName(one.name))));
      }),
    );
  });
});
