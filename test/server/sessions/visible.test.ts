import { describe, expect, it } from 'vitest';
import {
  type DataFolder,
  folderOf,
  foldersAbove,
  mentionsOwn,
  mountKey,
  ownName,
  viewOf,
} from '../../../server/sessions/visible.ts';

const folder = (name: string, entries: string[], identity = '1:1'): DataFolder => ({
  folder: name,
  host: `/w/${name}/data`,
  identity,
  entries,
});

describe('what code may see of a workspace', () => {
  it('is data of the notebook’s folder and of the folders above, nearest first', () => {
    expect(foldersAbove('a/b/report.nb.md')).toEqual(['a/b', 'a', '']);
    expect(foldersAbove('report.nb.md')).toEqual(['']);
    expect(ownName('a/b/report.nb.md')).toBe('report');
  });

  it('is a whole folder where only one contributes', () => {
    const only = folder('a', ['x.csv']);
    expect(viewOf([only])).toEqual({ kind: 'whole', folder: only });
    expect(viewOf([])).toEqual({ kind: 'empty' });
  });

  it('is the nearest entry of each name where several do', () => {
    const view = viewOf([folder('a', ['x.csv', 'y.csv']), folder('', ['x.csv', 'z.csv'])]);
    expect(view.kind === 'entries' && Object.fromEntries(view.entries)).toEqual({ 'x.csv': 0, 'y.csv': 0, 'z.csv': 1 });
    expect(['x.csv', 'z.csv', 'none'].map((name) => folderOf(view, `data/${name}/part.parquet`))).toEqual([
      'a',
      '',
      undefined,
    ]);
  });

  it('is never a notebook or the records', () => {
    const view = viewOf([folder('', ['.gondola', 'inner.nb.md', 'x.csv'])]);
    expect(view.kind === 'entries' && [...view.entries.keys()]).toEqual(['x.csv']);
  });

  it('has another key when a folder comes, goes or is replaced, and the same when files do', () => {
    const key = (...folders: DataFolder[]) => mountKey(viewOf(folders), undefined);
    expect(key(folder('', ['x']))).toBe(key(folder('', ['x', 'y'])));
    expect(key(folder('a', ['x']), folder('', ['x']))).toBe(key(folder('a', ['z']), folder('', [])));
    expect(key(folder('', []))).not.toBe(key());
    expect(key(folder('', []))).not.toBe(key(folder('', [], '1:2')));
    expect(key(folder('a', []))).not.toBe(key(folder('a', []), folder('', [])));
    expect(mountKey(viewOf([]), undefined)).not.toBe(mountKey(viewOf([]), '/w/data/report'));
  });

  it('holds the notebook’s own folder once a text names it', () => {
    expect(mentionsOwn("copy t to 'data/report/x.parquet'", 'report')).toBe(true);
    expect(mentionsOwn("from 'data/reports.csv'", 'report')).toBe(false);
  });
});
