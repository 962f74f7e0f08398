/**
 * Keeps the book in `gondola.db`: reads it when first asked, writes each change before anybody acts on it, and notices what
 * another process (`gondola user`) wrote. Where the database is damaged the book is empty: nobody enters but the owner by
 * the printed address, and `trouble` says why.
 */
import type { InvitationId, LinkId, NotebookId, PersonId, SignInId, TokenId } from '../protocol/ids.ts';
import { type Database, DatabaseError } from '../storage/database.ts';
import { readSealed, SEALED, type SealedTable, writeSealed } from '../storage/sealed.ts';
import {
  type Account,
  type Book,
  emptyBook,
  type Grant,
  grantKey,
  type Invitation,
  type Link,
  placeKey,
  type SignIn,
  type Token,
} from './book.ts';

/** One asks at most so often whether another process wrote; what it takes away must be gone within 2 s. */
const LOOK_MS = 100;
/** A disk that took nothing is asked again so often: an end that is not written would be undone by a restart. */
const AGAIN_MS = 2_000;

export type BookChange =
  | { readonly table: 'accounts'; readonly id: PersonId; readonly body: Account | undefined }
  | { readonly table: 'grants'; readonly id: string; readonly body: Grant | undefined }
  | { readonly table: 'links'; readonly id: LinkId; readonly body: Link | undefined }
  | { readonly table: 'tokens'; readonly id: TokenId; readonly body: Token | undefined }
  | { readonly table: 'signins'; readonly id: SignInId; readonly body: SignIn | undefined }
  | { readonly table: 'invitations'; readonly id: InvitationId; readonly body: Invitation | undefined };

export interface BookStore {
  /** As it was at most `LOOK_MS` ago, other processes' changes included. */
  book(): Book;
  /** As it is at this moment: before somebody is told that what they hold is unknown. */
  latest(): Book;
  /** Durable when it returns; `decide` sees the newest book, and may throw. Throws DatabaseError. */
  commit(decide: (book: Book) => readonly BookChange[]): void;
  /** Holds at once; for a disk that takes nothing: it is tried again until it is written, or the process ends. */
  hold(change: BookChange): void;
  /** Tries once more to write what is held. */
  close(): void;
  /** Why nobody's account is believed; undefined while all is well. */
  readonly trouble: string | undefined;
  /** After each change, whoever made it. Returns the release. */
  onChange(listener: () => void): () => void;
}

export function openBookStore(database: Database, owner: string, now: () => number): BookStore {
  let book: Book | undefined;
  let version = 0;
  let looked = Number.NEGATIVE_INFINITY;
  let trouble: DatabaseError | undefined;
  const held = new Map<string, BookChange>();
  let retry: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();

  function tell(): void {
    for (const listener of [...listeners]) listener();
  }

  /** Sign-ins that no other process sees end with what it did to their account: it may be another password. */
  function forgetHeld(before: Book, { accounts }: Book): void {
    for (const [id, change] of held) {
      if (change.table !== 'signins' || change.body?.as.kind !== 'person') continue;
      const { person } = change.body.as;
      if (JSON.stringify(before.accounts.get(person)) !== JSON.stringify(accounts.get(person))) held.delete(id);
    }
  }

  function load(): Book {
    try {
      // Before the rows: what is written meanwhile is noticed next time.
      version = database.version();
      const written = database.read(() => readBook(database, owner));
      if (book) forgetHeld(book, written);
      book = [...held.values()].reduce(withChange, written);
      trouble = undefined;
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      trouble = error;
      book = [...held.values()].reduce(withChange, emptyBook(owner));
    }
    return book;
  }

  function isCurrent(): boolean {
    try {
      // What failed for a moment is tried again; what is damaged once somebody wrote.
      return trouble?.code !== 'failed' && database.version() === version;
    } catch {
      return false;
    }
  }

  function latest(): Book {
    if (!book) return load();
    looked = now();
    if (isCurrent()) return book;
    book = load();
    tell();
    return book;
  }

  function commit(decide: (book: Book) => readonly BookChange[]): void {
    const done = writeSealed(database, () => {
      const latest = book && isCurrent() ? book : load();
      if (trouble) throw trouble;
      return decide(latest);
    });
    // The table says what its bodies are.
    book = (done as readonly BookChange[]).reduce(withChange, book ?? emptyBook(owner));
    // What is on the disk holds, also over what was held before.
    for (const { id } of done) held.delete(id);
    tell();
  }

  /** Whatever it fails by, it is held as before. */
  function writeHeld(): void {
    clearTimeout(retry);
    retry = undefined;
    if (held.size === 0) return;
    try {
      commit(() => [...held.values()]);
    } catch {
      retry = setTimeout(writeHeld, AGAIN_MS).unref();
    }
  }

  return {
    book: () => (book && now() - looked < LOOK_MS && now() >= looked ? book : latest()),
    latest,
    commit,
    hold(change) {
      held.set(change.id, change);
      book = withChange(book ?? load(), change);
      retry ??= setTimeout(writeHeld, AGAIN_MS).unref();
      tell();
    },
    close() {
      writeHeld();
      clearTimeout(retry);
    },
    get trouble() {
      return trouble?.message;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Bodies were written by `commit` and bear their checksums. Throws DatabaseError. */
function readBook(database: Database, owner: string): Book {
  if (database.state().state === 'absent') return emptyBook(owner);
  const grants = new Map<string, Grant[]>();
  const read = Object.fromEntries(SEALED.map((table) => [table, readSealed(database, table)]));
  const all = <K, V>(table: SealedTable): ReadonlyMap<K, V> =>
    new Map((read[table] ?? []).map(({ id, body }) => [id as K, body as V]));
  for (const { body } of read.grants ?? []) {
    const grant = body as Grant;
    const key = placeKey(grant.place);
    const list = grants.get(key);
    if (list) list.push(grant);
    else grants.set(key, [grant]);
  }
  return {
    owner,
    grants,
    accounts: all<PersonId, Account>('accounts'),
    links: all<LinkId, Link>('links'),
    tokens: all<TokenId, Token>('tokens'),
    signIns: all<SignInId, SignIn>('signins'),
    invitations: all<InvitationId, Invitation>('invitations'),
  };
}

function withChange(book: Book, change: BookChange): Book {
  switch (change.table) {
    case 'accounts':
      return { ...book, accounts: withEntry(book.accounts, change.id, change.body) };
    case 'links':
      return { ...book, links: withEntry(book.links, change.id, change.body) };
    case 'tokens':
      return { ...book, tokens: withEntry(book.tokens, change.id, change.body) };
    case 'signins':
      return { ...book, signIns: withEntry(book.signIns, change.id, change.body) };
    case 'invitations':
      return { ...book, invitations: withEntry(book.invitations, change.id, change.body) };
    case 'grants': {
      const key = change.id.slice(0, change.id.lastIndexOf('|'));
      const others = (book.grants.get(key) ?? []).filter((grant) => grantKey(grant) !== change.id);
      const list = change.body ? [...others, change.body] : others;
      return { ...book, grants: withEntry(book.grants, key, list.length > 0 ? list : undefined) };
    }
  }
}

function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V | undefined): ReadonlyMap<K, V> {
  const next = new Map(map);
  if (value === undefined) next.delete(key);
  else next.set(key, value);
  return next;
}

export const grantChange = (grant: Grant): BookChange => ({ table: 'grants', id: grantKey(grant), body: grant });

/** All that a notebook was shared with, once it is gone for good. */
export const forgetNotebook = (book: Book, notebook: NotebookId): readonly BookChange[] => [
  ...(book.grants.get(placeKey({ kind: 'notebook', notebook })) ?? []).map(
    (grant): BookChange => ({ table: 'grants', id: grantKey(grant), body: undefined }),
  ),
  ...[...book.links.values()]
    .filter((link) => link.notebook === notebook)
    .map((link): BookChange => ({ table: 'links', id: link.id, body: undefined })),
];
