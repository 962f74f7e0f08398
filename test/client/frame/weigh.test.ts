import { describe, expect, it } from 'vitest';
import { MOST_DRAWN, type Weighed, weigh } from '../../../client/frame/weigh.ts';

const element = (id: string, references: readonly string[] = [], children: readonly Weighed[] = []): Weighed => ({
  id,
  references,
  children,
});

describe('the weight of markup', () => {
  it('is its elements where none refers to another', () => {
    expect(weigh([element('', [], [element(''), element('', [], [element('')])])])).toBe(4);
    expect(weigh([])).toBe(0);
  });

  it('doubles with each group that is used twice', () => {
    const groups = Array.from({ length: 29 }, (_, i) =>
      element(`a${i + 1}`, [], [element('', [`a${i}`]), element('', [`a${i}`])]),
    );
    expect(weigh([element('', [], [element('a0'), ...groups.slice(0, 3)])])).toBe(1 + 1 + 5 + 13 + 29);
    expect(weigh([element('', [], [element('a0'), ...groups])])).toBeGreaterThan(MOST_DRAWN);
  });

  it('ends where references go in a circle, or nowhere', () => {
    expect(weigh([element('a', ['b']), element('b', ['a', 'nobody'])])).toBeLessThan(10);
    expect(weigh([element('a', ['a'])])).toBe(1);
    expect(weigh([element('a', ['a'], [element(''), element('')])])).toBe(3);
  });

  it('is found of what is nested deeper than calls can be', () => {
    let deep = element('');
    for (let level = 0; level < 100_000; level += 1) deep = element('', [], [deep]);
    expect(weigh([deep])).toBe(100_001);
  });
});
