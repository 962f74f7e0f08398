/**
 * Sign-ins: each cookie holds a random secret of its own, of which only the digest is kept, so that a copied database opens
 * nothing and one browser can be signed out. The secret is changed at each sign-in and daily; the one before holds until
 * the browser has shown the new one, as the answer that brought it may have been lost, and a little longer, for calls that
 * were under way.
 */
import { newId, type SignInId } from '../protocol/ids.ts';
import type { Book, SignIn } from './book.ts';
import type { BookChange, BookStore } from './store.ts';
import { digest, newSecret } from './token.ts';

/** Of a kind, oldest go first: a script that signs in on each call must not fill the disk. */
const MOST = 1000;
/** Browsers of one person. */
const MOST_EACH = 50;
const DAY = 24 * 60 * 60 * 1000;
/** A browser that was not used for so long signs in again. */
export const SIGN_IN_DAYS = { owner: 180, person: 30 } as const;
const ROTATE_MS = DAY;
/** Calls that left with the old secret before the new one came. */
const GRACE_MS = 60_000;

export interface SignIns {
  /** Makes one and tells its secret, for the cookie. */
  make(as: SignIn['as']): string;
  find(secret: string): SignIn | undefined;
  /** Another secret where one is due, or where the browser still shows the old one. */
  renew(secret: string): string | undefined;
  /** At once. Whether it is on disk: what is not is tried again, and a restart before that would undo it. */
  revoke(id: SignInId): boolean;
  /** The same for every sign-in of these. */
  revokeAll(whose: (as: SignIn['as']) => boolean): boolean;
}

export function openSignIns(store: BookStore, now: () => number): SignIns {
  let index: { readonly of: Book['signIns']; readonly found: ReadonlyMap<string, SignIn> } | undefined;

  function known(book: Book): ReadonlyMap<string, SignIn> {
    if (index?.of === book.signIns) return index.found;
    const found = new Map<string, SignIn>();
    for (const signIn of book.signIns.values()) {
      if (signIn.before) found.set(signIn.before.digest, signIn);
      found.set(signIn.digest, signIn);
    }
    index = { of: book.signIns, found };
    return found;
  }

  function find(secret: string): SignIn | undefined {
    const shown = digest(secret);
    const signIn = known(store.book()).get(shown);
    if (!signIn || signIn.expires <= now()) return undefined;
    if (signIn.digest === shown) {
      if (signIn.before && signIn.before.until === undefined)
        change({ ...signIn, before: { ...signIn.before, until: now() + GRACE_MS } });
      return signIn;
    }
    return signIn.before?.until !== undefined && signIn.before.until <= now() ? undefined : signIn;
  }

  /** On a disk that takes nothing people must still be let in and out. Whether it is written. */
  function keep(decide: (book: Book) => readonly BookChange[]): boolean {
    try {
      store.commit(decide);
      return true;
    } catch {
      for (const one of decide(store.book())) store.hold(one);
      return false;
    }
  }

  /** Only while it lasts: another process may have ended it since it was found. */
  function change(signIn: SignIn): void {
    keep((book) => (book.signIns.has(signIn.id) ? [changeOf(signIn)] : []));
  }

  return {
    make(as) {
      const secret = newSecret();
      const expires = now() + SIGN_IN_DAYS[as.kind] * DAY;
      const signIn: SignIn = {
        id: newId<SignInId>(),
        digest: digest(secret),
        as,
        made: now(),
        rotated: now(),
        expires,
      };
      keep((book) => [...surplus(book, as, now()), changeOf(signIn)]);
      return secret;
    },
    find,
    renew(secret) {
      const signIn = find(secret);
      if (!signIn) return undefined;
      const shown = digest(secret);
      if (shown === signIn.digest && now() - signIn.rotated < ROTATE_MS) return undefined;
      const fresh = newSecret();
      const expires = now() + SIGN_IN_DAYS[signIn.as.kind] * DAY;
      change({ ...signIn, digest: digest(fresh), before: { digest: shown }, rotated: now(), expires });
      return fresh;
    },
    revoke: (id) => keep(() => [{ table: 'signins', id, body: undefined }]),
    revokeAll: (whose) =>
      keep((book) =>
        [...book.signIns.values()]
          .filter((signIn) => whose(signIn.as))
          .map(({ id }) => ({ table: 'signins', id, body: undefined })),
      ),
  };
}

const changeOf = (body: SignIn): BookChange => ({ table: 'signins', id: body.id, body });

/** What goes for a new one: those that are over, and the oldest of too many. */
export function surplus(book: Pick<Book, 'signIns'>, as: SignIn['as'], at: number): readonly BookChange[] {
  const all = [...book.signIns.values()].sort((one, other) => one.rotated - other.rotated);
  const over = all.filter((one) => one.expires <= at);
  const living = all.filter((one) => one.expires > at && one.as.kind === as.kind);
  const same =
    as.kind === 'person' ? living.filter((one) => one.as.kind === 'person' && one.as.person === as.person) : [];
  const gone = new Set([...over, ...living.slice(0, -(MOST - 1)), ...same.slice(0, -(MOST_EACH - 1))]);
  return [...gone].map(({ id }) => ({ table: 'signins', id, body: undefined }));
}
