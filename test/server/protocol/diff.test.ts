import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedRanges, diffText, type Hunk, mergeHunks } from '../../../server/protocol/diff.ts';

const apply = (text: string, hunks: readonly Hunk[]): string =>
  hunks.reduceRight((done, { from, to, insert }) => done.slice(0, from) + insert + done.slice(to), text);

const text = fc
  .array(fc.constantFrom('one', 'two ', 'three\n', '\n', '매출', '😀', 'x', ' ', '\r'), { maxLength: 30 })
  .map((parts) => parts.join(''));

describe('a difference', () => {
  it('makes the new text of the old one', () => {
    fc.assert(
      fc.property(text, text, (old, now) => {
        const hunks = diffText(old, now);
        expect(apply(old, hunks)).toBe(now);
        let last = -1;
        for (const { from, to } of hunks) {
          expect(from).toBeGreaterThan(last - 1);
          expect(to).toBeGreaterThanOrEqual(from);
          last = to;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is as small as the edit', () => {
    expect(diffText('select origin from t', 'select origin, dest from t')).toEqual([
      { from: 13, to: 13, insert: ', dest' },
    ]);
    expect(diffText('a\nb\nc\n', 'a\nc\n')).toEqual([{ from: 2, to: 4, insert: '' }]);
    expect(diffText('매출 보고', '매출의 보고')).toEqual([{ from: 2, to: 2, insert: '의' }]);
    const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index}\n`);
    const changed = lines.with(10, 'line ten\n').toSpliced(4_000, 1);
    expect(diffText(lines.join(''), changed.join(''))).toHaveLength(2);
  });

  it('never cuts a surrogate pair', () => {
    expect(diffText('a😀b', 'a😁b')).toEqual([{ from: 1, to: 3, insert: '😁' }]);
  });

  it('is bounded in time for texts that have nothing in common', () => {
    const one = Array.from({ length: 60_000 }, (_, index) => `a${index}`);
    const other = Array.from({ length: 60_000 }, (_, index) => `b${index}`);
    const began = performance.now();
    expect(changedRanges(one, other)).toEqual([[0, 60_000, 0, 60_000]]);
    expect(apply(one.join('\n'), diffText(one.join('\n'), other.join('\n')))).toBe(other.join('\n'));
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('is found between words of megabytes', () => {
    const long = 'x'.repeat(20_000_000);
    const hunks = diffText(`a ${long}\nb\n`, `a ${long}y\nb\n`);
    expect(hunks).toEqual([{ from: long.length + 2, to: long.length + 2, insert: 'y' }]);
    expect(diffText('{}\n', `{"a": "${long}"}\n`).length).toBeGreaterThan(0);
  });
});

describe('a merge', () => {
  const merge = (base: string, theirs: string, mine: string): string => apply(mine, mergeHunks(base, theirs, mine));

  it('keeps what both sides wrote', () => {
    expect(merge('a b c', 'a B c', 'a b c d')).toBe('a B c d');
    expect(merge('one\ntwo\n', 'zero\none\ntwo\n', 'one\ntwo\nthree\n')).toBe('zero\none\ntwo\nthree\n');
    expect(merge('one two three', 'one three', 'one two new three')).toContain('new');
    expect(merge('', 'theirs', 'mine')).toMatch(/theirs/);
    expect(merge('', 'theirs', 'mine')).toMatch(/mine/);
  });

  it('does once what both did', () => {
    expect(merge('a b', 'a B', 'a B')).toBe('a B');
    expect(merge('a\nb\nc', 'A\nb\nC', 'A\nb\nc')).toBe('A\nb\nC');
  });

  it('with one side unchanged is the other side', () => {
    fc.assert(
      fc.property(text, text, (base, other) => {
        expect(merge(base, other, base)).toBe(other);
        expect(merge(base, base, other)).toBe(other);
        expect(merge(base, other, other)).toBe(other);
      }),
    );
  });

  it('loses no word that either side added', () => {
    const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd\n', 'e'), { minLength: 1, maxLength: 12 });
    const insert = (base: readonly string[], at: number, word: string) =>
      base.toSpliced(at % (base.length + 1), 0, word).join(' ');
    fc.assert(
      fc.property(words, fc.nat(), fc.nat(), (base, here, there) => {
        const merged = merge(base.join(' '), insert(base, here, 'THEIRS'), insert(base, there, 'MINE'));
        expect(merged).toContain('THEIRS');
        expect(merged).toContain('MINE');
        expect(merged.replace(/THEIRS|MINE/g, '').replace(/\s/g, '')).toBe(base.join(' ').replace(/\s/g, ''));
      }),
    );
  });
});
