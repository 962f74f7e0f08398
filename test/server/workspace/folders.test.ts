import { expect, it } from 'vitest';
import { renamedFolders } from '../../../server/workspace/folders.ts';

const move = (from: string, to: string) => ({ from, to });
const all = [move('a/x.nb.md', 'b/x.nb.md'), move('a/deep/y.nb.md', 'b/deep/y.nb.md')];
const here = ['b/x.nb.md', 'b/deep/y.nb.md', 'other.nb.md'];

it('a folder was renamed when all its notebooks are below one other name, deep ones too', () => {
  expect(renamedFolders(all, here, [])).toEqual([{ from: 'a', to: 'b' }]);
  expect(renamedFolders([move('a/b/x', 'a/c/x')], ['a/c/x', 'a/y'], [])).toEqual([{ from: 'a/b', to: 'a/c' }]);
  expect(renamedFolders([move('a/b/x', 'c/b/x')], ['c/b/x', 'a/y'], [])).toEqual([{ from: 'a/b', to: 'c/b' }]);
});

it('a folder was not renamed when one stayed, is missing, went elsewhere, or the new name had others', () => {
  expect(renamedFolders(all, [...here, 'a/deep/z.nb.md'], [])).toEqual([]);
  expect(renamedFolders([all[0]!], ['b/x.nb.md'], ['a/deep/y.nb.md'])).toEqual([]);
  const deep = [{ from: 'a/deep', to: 'b/deep' }];
  expect(renamedFolders(all, [...here, 'a/z.nb.md'], [])).toEqual(deep);
  expect(renamedFolders([...all, move('a/z.nb.md', 'c/z.nb.md')], [...here, 'c/z.nb.md'], [])).toEqual(deep);
  expect(renamedFolders([all[0]!], ['b/x.nb.md', 'b/old.nb.md'], [])).toEqual([]);
});

it('the top is no folder that another becomes, nor a file that has another name a folder', () => {
  expect(
    renamedFolders([move('a/x', 'x'), move('y', 'b/y'), move('c/old', 'c/new')], ['x', 'b/y', 'c/new'], []),
  ).toEqual([]);
});
