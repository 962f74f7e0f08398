/**
 * What a folder was shared with, once the folder has another name or is gone. A grant names a folder by its path, so
 * without this a new folder of that path would be open to whom the old one was, and a renamed one to whom it never was.
 *
 * Renamed as a whole (`workspace/folders.ts`): its grants go along, if the new name has none of its own. Gone from the
 * disk: they are put aside and are nobody's role, until one of its notebooks is back in its place, or an owner shares a
 * folder of that name anew. Tokens that name it do the same (`scopes.ts`). Decided here is pure, in the middle of one transaction.
 */
import type { Access } from './access.ts';
import { SERVER } from './actors.ts';
import { type Book, folderOf, foldersUp, type Gone, type Grant, grantKey, type Place, type Token } from './book.ts';
import { grantsAt, noteGrants } from './grants.ts';
import { moveScopes, scopedAbove, scopedFolders, scopesAside, scopesBack, scopeText } from './scopes.ts';
import { type BookChange, grantChange } from './store.ts';

type Renamed = { readonly from: string; readonly to: string };

/** What a workspace tells (`workspace/contract.ts`), as far as it matters here. */
type Told =
  | { readonly type: 'added'; readonly notebook: { readonly path: string }; readonly returned?: true }
  | { readonly type: 'changed' }
  | { readonly type: 'renamed'; readonly from: string }
  | { readonly type: 'vanished'; readonly path: string }
  | ({ readonly type: 'folder-renamed' } & Renamed);

export type FoldersOptions = {
  readonly access: Pick<Access, 'store' | 'audit'>;
  readonly workspace: { on(listener: (event: Told) => void): () => void; readonly found: readonly Told[] };
  /** Whether the folder is on the disk; rejects where that cannot be known. */
  readonly isThere: (folder: string) => Promise<boolean>;
  readonly warn: (what: string, details: object) => void;
};

/** Keeps grants with their folders until it is released; resolves once what happened while no server ran is done. */
export async function keepFolderGrants({ access, workspace, isThere, warn }: FoldersOptions): Promise<() => void> {
  const { store, audit } = access;
  function change(decide: (book: Book) => readonly BookChange[], folder: string): void {
    try {
      if (decide(store.book()).length === 0) return;
      let changes: readonly BookChange[] = [];
      store.commit((book) => {
        changes = decide(book);
        return changes;
      });
      for (const folder of new Set(changes.flatMap(folderIn))) note(folder, changes);
      for (const one of changes) if (one.table === 'tokens' && one.body) noteToken(one.body);
    } catch (error) {
      warn('grants could not follow a folder', { folder, error: String(error) });
    }
  }

  /** What is put aside is told as taken, what comes back as granted. */
  function note(folder: string, changes: readonly BookChange[]): void {
    const place: Place = { kind: 'folder', folder };
    noteGrants(
      { audit },
      SERVER,
      place,
      changes.filter((one) => folderIn(one)[0] === folder),
    );
  }

  function noteToken({ id, name, places = [] }: Token): void {
    audit.note({ event: 'token-changed', by: SERVER, on: id, detail: `${name}: ${places.map(scopeText).join(', ')}` });
  }

  const follow = (from: string, to: string): void => change((book) => moveAll(book, from, to), to);

  async function setAside(folders: readonly string[]): Promise<void> {
    for (const folder of folders) {
      // Where the disk does not say, nothing is taken away.
      if (await isThere(folder).catch(() => true)) continue;
      change((book) => [...asideOf(book, folder), ...scopesAside(book, folder)], folder);
    }
  }

  function hear(event: Told): void {
    if (event.type === 'folder-renamed') follow(event.from, event.to);
    else if (event.type === 'vanished') void setAside(openedAbove(store.book(), event.path));
    else if (event.type === 'renamed') void setAside(openedAbove(store.book(), event.from));
    else if (event.type === 'added' && event.returned)
      for (const folder of foldersUp(folderOf(event.notebook.path))) change((book) => allBack(book, folder), folder);
  }

  const release = workspace.on(hear);
  for (const event of workspace.found) hear(event);
  await setAside([...new Set([...sharedFolders(store.book(), 'folder'), ...scopedFolders(store.book(), 'folder')])]);
  return release;
}

/** The folders that have grants, or had. */
export const sharedFolders = (book: Book, kind: 'folder' | 'gone'): readonly string[] =>
  [...book.grants.values()].flatMap(([grant]) => (grant?.place.kind === kind ? [grant.place.folder] : []));

/** By grants or by tokens. */
function openedAbove(book: Book, path: string): readonly string[] {
  const shared = foldersUp(folderOf(path)).filter((folder) => grantsAt(book, { kind: 'folder', folder }).length > 0);
  return [...new Set([...shared, ...scopedAbove(book, path)])];
}

/** Of the folder and of those below it; none where anything at the new name is shared already. */
function moveAll(book: Book, from: string, to: string): readonly BookChange[] {
  const isAt = (folder: string) => folder === to || folder.startsWith(`${to}/`);
  if (sharedFolders(book, 'folder').some(isAt)) return [];
  return [...moveGrants(book, from, to), ...moveScopes(book, from, to)];
}

function moveGrants(book: Book, from: string, to: string): readonly BookChange[] {
  const isAt = (top: string) => (folder: string) => folder === top || folder.startsWith(`${top}/`);
  const stale = sharedFolders(book, 'gone').filter(isAt(to));
  const moving = [...sharedFolders(book, 'folder'), ...sharedFolders(book, 'gone')].filter(isAt(from));
  if (moving.length === 0) return [];
  return [
    ...stale.flatMap((folder) => grantsAt(book, { kind: 'gone', folder }).map(removal)),
    ...[...new Set(moving)].flatMap((folder) => {
      // What stands under the living name is newer.
      const living = grantsAt(book, { kind: 'folder', folder });
      const old = grantsAt(book, { kind: 'gone', folder });
      const place: Place = { kind: 'folder', folder: to + folder.slice(from.length) };
      return [...[...living, ...old].map(removal), ...(living.length > 0 ? living : old).map((one) => at(one, place))];
    }),
  ];
}

/** What was aside under that name is replaced. */
function asideOf(book: Book, folder: string): readonly BookChange[] {
  const living = grantsAt(book, { kind: 'folder', folder });
  if (living.length === 0) return [];
  const old = grantsAt(book, { kind: 'gone', folder });
  return [...[...living, ...old].map(removal), ...living.map((grant) => at(grant, { kind: 'gone', folder }))];
}

/** Not where the name was opened anew meanwhile: that is another folder. */
function allBack(book: Book, folder: string): readonly BookChange[] {
  if (grantsAt(book, { kind: 'folder', folder }).length > 0) return [];
  if (scopedFolders(book, 'folder').includes(folder)) return backOf(book, folder);
  return [...backOf(book, folder), ...scopesBack(book, folder)];
}

function backOf(book: Book, folder: string): readonly BookChange[] {
  return grantsAt(book, { kind: 'gone', folder }).flatMap((grant) => [
    removal(grant),
    at(grant, { kind: 'folder', folder }),
  ]);
}

/** What is aside is let go of for good. */
export const forgetAside = (book: Book, folder: string): readonly BookChange[] =>
  grantsAt(book, { kind: 'gone', folder }).map(removal);

/** The folder whose roles a change is of; none for what is aside. */
const folderIn = ({ table, id }: BookChange): readonly string[] =>
  table === 'grants' && id.startsWith('folder:') ? [id.slice('folder:'.length, id.lastIndexOf('|'))] : [];

const removal = (grant: Grant): BookChange => ({ table: 'grants', id: grantKey(grant), body: undefined });
const at = (grant: Grant, place: Place | Gone): BookChange => grantChange({ ...grant, place });
