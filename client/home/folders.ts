/** Folders as a tree; and where the words of a query stand in a text. */
export type Folder = { readonly path: string; readonly name: string; readonly children: readonly Folder[] };

type Growing = { readonly path: string; readonly name: string; readonly children: Map<string, Growing> };

export function foldersOf(folders: Iterable<string>): readonly Folder[] {
  const root: Growing = { path: '', name: '', children: new Map() };
  for (const folder of folders) {
    let at = root;
    for (const name of folder.split('/')) {
      const next: Growing = at.children.get(name) ?? {
        path: at.path === '' ? name : `${at.path}/${name}`,
        name,
        children: new Map(),
      };
      at.children.set(name, next);
      at = next;
    }
  }
  return freeze(root).children;
}

const freeze = (folder: Growing): Folder => ({
  path: folder.path,
  name: folder.name,
  children: [...folder.children.values()]
    .map(freeze)
    .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)),
});

export const isIn = (path: string, folder: string): boolean => folder === '' || path.startsWith(`${folder}/`);

export type Piece = { readonly text: string; readonly found: boolean };

/** Cuts `text` where the words of `query` are in it, for marking. */
export function pieces(text: string, query: string): readonly Piece[] {
  const wanted = query
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  if (wanted.length === 0) return [{ text, found: false }];
  const list: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(new RegExp(wanted.join('|'), 'giu'))) {
    if (match.index > at) list.push({ text: text.slice(at, match.index), found: false });
    list.push({ text: match[0], found: true });
    at = match.index + match[0].length;
  }
  if (at < text.length) list.push({ text: text.slice(at), found: false });
  return list;
}
