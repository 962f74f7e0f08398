/** Where the graph's boxes go. */
import { describe, expect, it } from 'vitest';
import { clip, drawingOf, LONGEST_LABEL } from '../../../client/depends/drawing.ts';
import { type Layout, layOut } from '../../../client/depends/layout.ts';
import type { Graph } from '../../../server/protocol/graph/graph.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';

const boxes = (...ids: string[]) => ids.map((id) => ({ id, width: 60 }));
const y = (layout: Layout, id: string): number => layout.boxes.get(id)!.y;

/** No two of one layer lie on each other. */
function expectApart(layout: Layout, width: number): void {
  const rows = Map.groupBy(layout.boxes.values(), (at) => at.y);
  for (const row of rows.values()) {
    const xs = row.map(({ x }) => x).toSorted((a, b) => a - b);
    for (const [index, x] of xs.entries()) if (index > 0) expect(x - xs[index - 1]!).toBeGreaterThanOrEqual(width);
  }
}

describe('a layout', () => {
  it('puts each box below all that lead to it', () => {
    const layout = layOut(boxes('d', 'c', 'b', 'a'), [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'a', to: 'd' },
      { from: 'c', to: 'd' },
    ]);
    expect(['a', 'b', 'c', 'd'].map((id) => y(layout, id))).toEqual(
      ['a', 'b', 'c', 'd'].map((id) => y(layout, id)).toSorted((a, b) => a - b),
    );
    expect(new Set(['a', 'b', 'c', 'd'].map((id) => y(layout, id))).size).toBe(4);
    // The long way passes between: it has a place in each layer.
    expect(layout.ways.find(({ from, to }) => from === 'a' && to === 'd')?.points).toHaveLength(4);
    expectApart(layout, 60);
  });

  it('draws ways that go in a circle, and none to what is not there', () => {
    const layout = layOut(boxes('a', 'b'), [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
      { from: 'a', to: 'nowhere' },
    ]);
    expect(layout.ways).toHaveLength(2);
    expect(y(layout, 'a')).not.toBe(y(layout, 'b'));
  });

  it('of 200 paragraphs in a chain, all reading one table, takes well under a second', () => {
    const nodes = Array.from({ length: 200 }, (_, at) => ({
      id: `p${at}` as ParagraphId,
      reads: [
        { kind: 'table' as const, name: 'all' },
        { kind: 'table' as const, name: `t${at - 1}` },
      ],
      writes: [{ kind: 'table' as const, name: `t${at}` }],
      needs: [],
      sure: true,
    }));
    const graph: Graph = { nodes, clashes: [], cycles: [], whole: true };
    const started = performance.now();
    const { parts, layout } = drawingOf(graph, (id) => id);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(parts).toHaveLength(200 + 202);
    expect(layout.boxes.size).toBe(parts.length);
    expectApart(layout, 20);
  });
});

it('gives letters of Korean the room of two', () => {
  expect(clip('항공편').width).toBe(6);
  const long = clip('항공편'.repeat(10));
  expect(long.text.endsWith('…')).toBe(true);
  expect(long.width).toBeLessThanOrEqual(LONGEST_LABEL + 1);
});
