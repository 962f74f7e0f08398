import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NotebookId, ParagraphId, ResultId, RunId } from '../../../server/protocol/ids.ts';
import { candidatesOf, chooseDropped } from '../../../server/results/budget.ts';
import type { Entry } from '../../../server/results/manifest.ts';

const entry = (id: string, paragraph: string, run: string, at: number, bytes: number): Entry => ({
  id: id as ResultId,
  notebook: 'n' as NotebookId,
  paragraph: paragraph as ParagraphId,
  run: run as RunId,
  at,
  columns: [],
  rows: 1,
  bytes,
  form: { kind: 'file', name: `${id}.duckdb` },
});
const ids = (entries: Entry[], budget: number, target?: number) =>
  chooseDropped(candidatesOf(entries), budget, target).map((one) => one.id);

describe('the budget of results', () => {
  const entries = [
    entry('a1', 'a', 'r1', 1, 10),
    entry('b1', 'b', 'r2', 2, 10),
    entry('a2', 'a', 'r3', 3, 10),
    entry('a3', 'a', 'r3', 3, 10),
  ];
  it('drops nothing while it is kept', () => {
    expect(ids(entries, 40)).toEqual([]);
  });
  it('drops the oldest that is not its paragraph’s latest', () => {
    expect(ids(entries, 39)).toEqual(['a1']);
  });
  it('drops the latest of paragraphs only when nothing else is left, oldest first', () => {
    expect(ids(entries, 25)).toEqual(['a1', 'b1']);
    expect(ids(entries, 5)).toEqual(['a1', 'b1', 'a2', 'a3']);
  });
  it('counts every table of a paragraph’s last run as its latest', () => {
    expect(
      candidatesOf(entries)
        .filter((one) => one.latest)
        .map((one) => one.id),
    ).toEqual(['b1', 'a2', 'a3']);
  });
  it('makes room down to the target once it is passed, but not with what the page shows', () => {
    const older = [entry('a0', 'a', 'r0', 0, 10), ...entries];
    expect(ids(older, 49, 30)).toEqual(['a0', 'a1']);
    expect(ids(older, 49, 5)).toEqual(['a0', 'a1']);
    expect(ids(older, 29, 5)).toEqual(['a0', 'a1', 'b1']);
    expect(ids(older, 50, 5)).toEqual([]);
  });
  it('takes what visitors’ sessions keep before anything of the notebook’s own', () => {
    const own = 'aaaaaaaaaa-bbbbbbbbbb-cccccccccc';
    const with_ = [...entries, entry(own, 'a', 'visited', 99, 10)];
    expect(ids(with_, 49)).toEqual([own]);
    expect(ids(with_, 39)).toEqual([own, 'a1']);
  });
  it('ends within the budget, and not one result too many goes', () => {
    const any = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(20), fc.nat(100)), { maxLength: 20 });
    fc.assert(
      fc.property(any, fc.nat(500), (list, budget) => {
        const all = list.map(([paragraph, at, bytes], index) => entry(`e${index}`, paragraph, `r${index}`, at, bytes));
        const gone = chooseDropped(candidatesOf(all), budget);
        const left = (dropped: typeof gone) =>
          all.filter((one) => !dropped.some(({ id }) => id === one.id)).reduce((sum, one) => sum + one.bytes, 0);
        expect(left(gone)).toBeLessThanOrEqual(budget);
        if (gone.length > 0) expect(left(gone.slice(0, -1))).toBeGreaterThan(budget);
      }),
    );
  });
});
