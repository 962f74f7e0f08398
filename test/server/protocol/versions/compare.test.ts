import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import type { Paragraph } from '../../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';
import { changedProperties, compareMoments } from '../../../../server/protocol/versions/compare.ts';
import { compareText, nearChanges, type Row } from '../../../../server/protocol/versions/lines.ts';

const p = (id: string, source: string, more: Partial<Paragraph> = {}): Paragraph => ({
  id: id as ParagraphId,
  interpreter: 'sql',
  source,
  options: {},
  ...more,
});
const kinds = (old: readonly Paragraph[], now: readonly Paragraph[]): string[] =>
  compareMoments({ paragraphs: old }, { paragraphs: now }).pairs.map(({ kind, id }) => `${kind} ${id}`);

describe('two moments of a notebook', () => {
  it('pair paragraphs by id, and tell what was added, deleted and changed', () => {
    const old = [p('a', '1'), p('b', '2'), p('c', '3')];
    const now = [p('a', '1'), p('c', '30'), p('d', '4')];
    expect(kinds(old, now)).toEqual(['same a', 'deleted b', 'changed c', 'added d']);
  });

  it('call as few paragraphs moved as can be', () => {
    const list = ['a', 'b', 'c', 'd', 'e'].map((id) => p(id, id));
    const now = [list[4]!, ...list.slice(0, 4)];
    expect(kinds(list, now)).toEqual(['moved e', 'same a', 'same b', 'same c', 'same d']);
  });

  it('say of a changed paragraph that it moved too', () => {
    const pairs = compareMoments(
      { paragraphs: [p('a', '1'), p('b', '2'), p('c', '3')] },
      { paragraphs: [p('c', 'x'), p('a', '1'), p('b', '2')] },
    ).pairs;
    expect(pairs[0]).toMatchObject({ kind: 'changed', id: 'c', moved: true });
  });

  it('count title and front matter as changes', () => {
    const compared = compareMoments({ title: 'A', paragraphs: [] }, { title: 'B', front: 'x: 1', paragraphs: [] });
    expect(compared).toMatchObject({
      title: { old: 'A', now: 'B' },
      front: { old: '', now: 'x: 1' },
      changes: 2,
    });
  });

  it('tell names, interpreters and options apart from the text', () => {
    const old = p('a', '1', { name: 'x', options: { limit: 1, chart: { b: 1, a: 2 } } });
    const now = p('a', '1', { interpreter: 'shell', options: { chart: { a: 2, b: 1 }, limit: 2 } });
    expect(changedProperties(old, now)).toEqual([
      { key: 'interpreter', old: 'sql', now: 'shell' },
      { key: 'name', old: 'x', now: undefined },
      { key: 'limit', old: '1', now: '2' },
    ]);
  });
});

const side = (rows: readonly Row[], key: 'old' | 'now'): string =>
  rows
    .flatMap((row) => row[key] ?? [])
    .map(({ pieces }) => pieces.map(({ text, marked }) => (marked && text !== '' ? `[${text}]` : text)).join(''))
    .join('\n');
const unmarked = (rows: readonly Row[], key: 'old' | 'now'): string =>
  rows
    .flatMap((row) => row[key] ?? [])
    .map(({ pieces }) => pieces.map(({ text }) => text).join(''))
    .join('\n');

describe('two texts', () => {
  it('mark the words that changed', () => {
    const rows = compareText('select a, b\nfrom t\nlimit 10', 'select a, c\nfrom t\nlimit 20');
    expect(side(rows, 'old')).toBe('select a, [b]\nfrom t\nlimit [1]0');
    expect(side(rows, 'now')).toBe('select a, [c]\nfrom t\nlimit [2]0');
  });

  it('mark whole lines that came or went', () => {
    const rows = compareText('a\nb', 'a\nnew\nb');
    expect(rows.map((row) => [row.old?.number, row.now?.number, row.same])).toEqual([
      [1, 1, true],
      [undefined, 2, false],
      [2, 3, true],
    ]);
    expect(side(rows, 'now')).toBe('a\n[new]\nb');
  });

  it('keep composed letters whole', () => {
    const rows = compareText('서울 공항 지연', '서울 공항의 지연 👍🏽');
    expect(unmarked(rows, 'now')).toBe('서울 공항의 지연 👍🏽');
    expect(side(rows, 'now')).toContain('[의]');
  });

  it('give both texts back, whatever they are', () => {
    const words = ['a', 'b', '\n', ' ', 'long', '한', '😀', '\n\n'];
    let seed = 7;
    const random = (): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    const text = (): string =>
      Array.from({ length: Math.floor(random() * 30) }, () => words[Math.floor(random() * words.length)]).join('');
    for (let round = 0; round < 2_000; round += 1) {
      const [old, now] = [text(), text()];
      const rows = compareText(old, now);
      expect(unmarked(rows, 'old')).toBe(old);
      expect(unmarked(rows, 'now')).toBe(now);
      const marks = (key: 'old' | 'now') => rows.some((row) => row[key]?.pieces.some(({ marked }) => marked));
      if (old === now) expect(marks('old') || marks('now')).toBe(false);
    }
  });

  it('hide what lies far from any change', () => {
    const old = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const now = old.with(15, 'other');
    const shown = nearChanges(compareText(old.join('\n'), now.join('\n')));
    expect(shown.map((one) => ('hidden' in one ? -one.hidden : one.rows.length))).toEqual([-12, 7, -11]);
  });
});

describe('a notebook of a thousand paragraphs and a megabyte', () => {
  it('is compared within 300 ms', () => {
    const line = 'select origin, avg(delay) as delay from flights where day = 1 group by all\n';
    const old = Array.from({ length: 1_000 }, (_, index) => p(`p${index}`, `${line.repeat(14)}-- ${index}`));
    const now = old.map((one, index) => (index % 2 ? one : { ...one, source: one.source.replaceAll('1 g', '2 g') }));
    const best = Math.min(
      ...[1, 2, 3].map(() => {
        const start = performance.now();
        const { pairs } = compareMoments({ paragraphs: old }, { paragraphs: now });
        for (const pair of pairs) if (pair.kind === 'changed') compareText(pair.old.source, pair.now.source);
        return performance.now() - start;
      }),
    );
    expect(best).toBeLessThan(300);
  });
});
