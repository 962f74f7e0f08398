import { describe, expect, it } from 'vitest';
import { treeIn, treeOf } from '../../../../client/outputs/table/tree.ts';

describe('a nested value', () => {
  it('is read with every figure as it is written', () => {
    const { tree } = treeIn('{"a": [9007199254740993, -1.50, null], "b{": {"c\\n": "x, \\"y\\" }"}}')!;
    const shown = treeOf(tree);
    expect(shown.textContent).toBe('a: [3]0: 90071992547409931: -1.502: nullb{: {1}c\n: x, "y" }');
    expect(shown.querySelectorAll('details')).toHaveLength(2);
  });

  it('that is none stays text', () => {
    for (const text of ['5', '"x"', '', '{', '[1,', '[1] x', '{a: 1}', '[[}]', '[,]', '['.repeat(10_000)])
      expect(treeIn(text), text.slice(0, 20)).toBeUndefined();
    expect(treeIn('[]')).toBeDefined();
  });

  it('of very many entries shows some, and more by a click; a long branch is made when it is opened', () => {
    const many = treeOf(treeIn(`[${Array.from({ length: 500 }, (_, at) => at).join(',')}]`)!.tree);
    expect(many.querySelectorAll('.tree-other')).toHaveLength(200);
    many.querySelector('button')!.click();
    expect(many.querySelectorAll('.tree-other')).toHaveLength(400);
    const deep = treeOf(treeIn(`{"a": [${Array(30).fill(1).join(',')}]}`)!.tree);
    expect(deep.querySelectorAll('.tree-other')).toHaveLength(0);
    deep.querySelector('details')!.dispatchEvent(new Event('toggle'));
    expect(deep.querySelectorAll('.tree-other')).toHaveLength(30);
  });
});
