/**
 * Tokens of programs: a role at most, some places or all, until a day. The secret is told once and kept as its digest. A
 * token made for a person never does more than they may; one made for nobody has its role by itself.
 */
import { AppError } from '../errors.ts';
import { newId, type TokenId } from '../protocol/ids.ts';
import type { Role } from '../protocol/messages.ts';
import { accountNamed, cleanName } from './accounts.ts';
import type { Book, Place, Token } from './book.ts';
import type { BookChange } from './store.ts';
import { digest } from './token.ts';

const MOST_TOKENS = 10_000;
const MOST_PLACES = 100;
/** Tells what it is where it is found in a place that it should not be. */
export const TOKEN_PREFIX = 'gondola_';

export type NewToken = {
  readonly name: string;
  readonly role: Role;
  readonly places: readonly Place[];
  /** By name. */
  readonly person?: string;
  readonly expires?: number;
  readonly by: string;
};

/** Throws AppError: bad-request, not-found (no such account). */
export function addToken(book: Book, wish: NewToken, secret: string, at: number): readonly BookChange[] {
  if (book.tokens.size >= MOST_TOKENS) throw new AppError('too-many', `${MOST_TOKENS} tokens`);
  if (wish.places.length > MOST_PLACES)
    throw new AppError('bad-request', `a token names at most ${MOST_PLACES} places`);
  if (wish.expires !== undefined && wish.expires <= at) throw new AppError('bad-request', 'the token is over already');
  const account = wish.person === undefined ? undefined : accountNamed(book, wish.person);
  if (wish.person !== undefined && !account) throw new AppError('not-found', `account ${wish.person}`);
  const id = newId<TokenId>();
  const body: Token = {
    id,
    name: cleanName(wish.name),
    digest: digest(secret),
    role: wish.role,
    made: at,
    by: wish.by,
    ...(wish.places.length > 0 ? { places: wish.places } : {}),
    ...(account ? { person: account.id } : {}),
    ...(wish.expires === undefined ? {} : { expires: wish.expires }),
  };
  return [{ table: 'tokens', id, body }];
}

/** By id, or by a name that only one has. Throws AppError: not-found, bad-request (several have the name). */
export function findToken(book: Book, idOrName: string): Token {
  const byId = book.tokens.get(idOrName as TokenId);
  if (byId) return byId;
  const named = [...book.tokens.values()].filter(({ name }) => name === idOrName);
  if (named.length > 1) throw new AppError('bad-request', `${named.length} tokens are called ${idOrName}; give an id`);
  if (!named[0]) throw new AppError('not-found', 'token');
  return named[0];
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000, y: 365 * 86_400_000 };

/** `30d`, `12h`, `4w`, `1y`, or a date; undefined where it is none. As a moment. */
export function momentOf(text: string, now: number): number | undefined {
  const span = /^(\d{1,5})\s*([hdwy])$/.exec(text.trim());
  if (span) return now + Number(span[1]) * (UNITS[span[2] ?? ''] ?? 0);
  const date = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}
