/**
 * Invitations: whoever has the address makes an account of their own by it, until it ends or has made as many as it may. The
 * secret is told once and kept as its digest. What is decided here is pure: a book and a wish in, changes of the book out.
 */
import { AppError } from '../errors.ts';
import { type InvitationId, newId, type PersonId } from '../protocol/ids.ts';
import type { Role } from '../protocol/messages.ts';
import { addAccount } from './accounts.ts';
import type { Book, Invitation } from './book.ts';
import type { BookChange } from './store.ts';
import { digest } from './token.ts';

const HOUR = 60 * 60 * 1000;
export const INVITATION_HOURS = 24;
/** A month: whoever is asked later is asked again. */
const MOST_HOURS = 24 * 31;
/** Accounts by one: a class, or a team. */
const MOST_USES = 100;
/** That hold at one time; each is an open door. */
const MOST_INVITATIONS = 100;

export type NewInvitation = {
  readonly role: Role;
  readonly hours: number;
  readonly most: number;
};

/** Throws AppError: bad-request, too-many. */
export function addInvitation(
  book: Book,
  { role, hours, most }: NewInvitation,
  { secret, by, at }: { readonly secret: string; readonly by: string; readonly at: number },
): { readonly invitation: Invitation; readonly changes: readonly BookChange[] } {
  if (!(hours > 0 && hours <= MOST_HOURS))
    throw new AppError('bad-request', `an invitation holds 1 to ${MOST_HOURS} hours`);
  if (!(Number.isInteger(most) && most >= 1 && most <= MOST_USES))
    throw new AppError('bad-request', `an invitation makes 1 to ${MOST_USES} accounts`);
  const over = [...book.invitations.values()].filter((one) => !isOpen(one, at));
  if (book.invitations.size - over.length >= MOST_INVITATIONS)
    throw new AppError('too-many', `${MOST_INVITATIONS} invitations are open; withdraw some`);
  const id = newId<InvitationId>();
  const expires = at + hours * HOUR;
  const invitation: Invitation = { id, digest: digest(secret), role, most, used: 0, expires, made: at, by };
  return {
    invitation,
    changes: [
      ...over.map((one): BookChange => ({ table: 'invitations', id: one.id, body: undefined })),
      { table: 'invitations', id, body: invitation },
    ],
  };
}

/** Of `serve --lan`: a new one at each start, for whoever is in the room; of many starts the last ones hold. */
export const NETWORK = { by: 'serve --lan', role: 'writer', hours: INVITATION_HOURS, most: 20, kept: 10 } as const;

export function inviteNetwork(book: Book, secret: string, at: number): readonly BookChange[] {
  const before = openInvitations(book, at).filter(({ by }) => by === NETWORK.by);
  const gone = before.slice(0, Math.max(0, before.length - (NETWORK.kept - 1)));
  const { changes } = addInvitation(book, NETWORK, { secret, by: NETWORK.by, at });
  return [...gone.map(({ id }): BookChange => ({ table: 'invitations', id, body: undefined })), ...changes];
}

/** By its id. Throws AppError not-found. */
export function withdrawInvitation(book: Book, id: string): readonly BookChange[] {
  const known = [...book.invitations.values()].find((one) => one.id === id);
  if (!known) throw new AppError('not-found', `invitation ${id}`);
  return [{ table: 'invitations', id: known.id, body: undefined }];
}

export const isOpen = ({ used, most, expires }: Invitation, at: number): boolean => used < most && at < expires;

export const openInvitations = (book: Book, at: number): readonly Invitation[] =>
  [...book.invitations.values()].filter((one) => isOpen(one, at)).sort((one, other) => one.made - other.made);

/** The one that a secret opens now. */
export function invitationOf(book: Book, secret: string, at: number): Invitation | undefined {
  const shown = digest(secret);
  return openInvitations(book, at).find((one) => one.digest === shown);
}

/**
 * The account that somebody makes by one, and the invitation with one use less. Throws AppError: not-found (it is over, or
 * was withdrawn meanwhile), bad-request, already-exists (the name).
 */
export function accept(
  book: Book,
  secret: string,
  wish: { readonly name: string; readonly password: string },
  at: number,
): { readonly person: PersonId; readonly invitation: Invitation; readonly changes: readonly BookChange[] } {
  const before = invitationOf(book, secret, at);
  if (!before) throw new AppError('not-found', 'invitation');
  const person = newId<PersonId>();
  const invitation = { ...before, used: before.used + 1 };
  const account = addAccount(book, { ...wish, role: before.role, groups: [] }, at, person);
  return {
    person,
    invitation,
    changes: [...account, { table: 'invitations', id: invitation.id, body: invitation }],
  };
}
