/**
 * Tokens that name a folder, once the folder has another name or is gone: as its grants do (`folders.ts`), they go along, or
 * what they name is put aside and opens nothing. A token keeps as many places as it had, since one without any is for all.
 */
import { type Book, folderOf, foldersUp, type Gone, type Place, type Token } from './book.ts';
import type { BookChange } from './store.ts';

type Scope = Place | Gone;

export const scopedFolders = (book: Book, kind: 'folder' | 'gone'): readonly string[] =>
  [...book.tokens.values()].flatMap(({ places = [] }) =>
    places.flatMap((place) => (place.kind === kind ? [place.folder] : [])),
  );

export const scopedAbove = (book: Book, path: string): readonly string[] => {
  const scoped = new Set(scopedFolders(book, 'folder'));
  return foldersUp(folderOf(path)).filter((folder) => scoped.has(folder));
};

/** Of the folder and of those below it. */
export const moveScopes = (book: Book, from: string, to: string): readonly BookChange[] =>
  eachScope(book, (place) =>
    place.kind !== 'notebook' && (place.folder === from || place.folder.startsWith(`${from}/`))
      ? { kind: 'folder', folder: to + place.folder.slice(from.length) }
      : place,
  );

export const scopesAside = (book: Book, folder: string): readonly BookChange[] =>
  eachScope(book, (place) => (place.kind === 'folder' && place.folder === folder ? { kind: 'gone', folder } : place));

export const scopesBack = (book: Book, folder: string): readonly BookChange[] =>
  eachScope(book, (place) => (place.kind === 'gone' && place.folder === folder ? { kind: 'folder', folder } : place));

/** For people: `reports/`, and of one that is gone that it is. */
export const scopeText = (place: Scope): string =>
  place.kind === 'notebook' ? place.notebook : `${place.folder}/${place.kind === 'gone' ? ' (gone)' : ''}`;

function eachScope(book: Book, next: (place: Scope) => Scope): readonly BookChange[] {
  return [...book.tokens.values()].flatMap((token): readonly BookChange[] => {
    const places = token.places?.map(next);
    const isSame = places === undefined || places.every((place, index) => place === token.places?.[index]);
    return isSame ? [] : [{ table: 'tokens', id: token.id, body: { ...token, places } satisfies Token }];
  });
}
