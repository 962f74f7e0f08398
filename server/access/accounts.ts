/**
 * Accounts: who may sign in by a name and a password, their role in the workspace and their groups. What is decided here is
 * pure: a book and a wish in, changes of the book out. Throws AppError: bad-request, already-exists, not-found.
 */
import { AppError } from '../errors.ts';
import { nameKey } from '../protocol/fold.ts';
import { newId, type PersonId } from '../protocol/ids.ts';
import type { Role } from '../protocol/messages.ts';
import type { Account, Book, Identity } from './book.ts';
import type { BookChange } from './store.ts';

export const LONGEST_NAME = 80;
const LONGEST_GROUP = 80;
/** More groups than that come from a directory that was read wrong. */
const MOST_GROUPS = 500;

export type NewAccount = {
  readonly name: string;
  readonly role: Role;
  readonly groups: readonly string[];
  readonly password?: string;
  readonly identity?: Identity;
  readonly shown?: string;
};

/** One way to write a name: spaces at the ends and letters composed otherwise make no other person. */
export function cleanName(name: string): string {
  const clean = name.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  if (nameKey(clean) === '' || clean.length > LONGEST_NAME || /[\p{Cc}\p{Cf}\p{Co}\p{Cs}|]/u.test(clean))
    throw new AppError('bad-request', `a name has 1 to ${LONGEST_NAME} characters, and no control characters or |`);
  return clean;
}

/** However it is written; undefined where nobody has the name, or it can't be one. Of two that are one today the very name. */
export function accountNamed(book: Book, name: string): Account | undefined {
  const wanted = nameKey(name);
  const named = [...book.accounts.values()].filter((account) => nameKey(account.name) === wanted);
  return named.find((account) => account.name === name.normalize('NFC').trim()) ?? named[0];
}

/** Whether somebody is called so, or shown so: nobody else comes to look like them. */
function isKnownAs(book: Book, name: string): boolean {
  const wanted = nameKey(name);
  return book.accounts.values().some((one) => nameKey(one.name) === wanted || nameKey(shownName(one)) === wanted);
}

export function addAccount(book: Book, wish: NewAccount, at: number, id = newId<PersonId>()): readonly BookChange[] {
  const name = cleanName(wish.name);
  if (isKnownAs(book, name)) throw new AppError('already-exists', `the name ${name}`);
  const { role, password, identity, shown } = wish;
  const account: Account = {
    id,
    name,
    role,
    groups: cleanGroups(wish.groups),
    made: at,
    ...(password === undefined ? {} : { password }),
    ...(identity === undefined ? {} : { identity }),
    ...(shown === undefined ? {} : { shown }),
  };
  return [{ table: 'accounts', id, body: account }];
}

/** One way to write each, sorted. What can be none is refused, or left out where a provider says so. */
export function cleanGroups(groups: readonly string[], which: 'all' | 'those that fit' = 'all'): readonly string[] {
  const clean = new Set(groups.map((group) => group.normalize('NFC').trim()).filter((group) => group !== ''));
  if (which === 'those that fit') return [...clean].filter(isGroup).sort().slice(0, MOST_GROUPS);
  if (clean.size > MOST_GROUPS) throw new AppError('bad-request', `one is in at most ${MOST_GROUPS} groups`);
  for (const group of clean)
    if (!isGroup(group))
      throw new AppError('bad-request', `a group has 1 to ${LONGEST_GROUP} characters, and no control characters or |`);
  return [...clean].sort();
}

const isGroup = (group: string): boolean => group.length <= LONGEST_GROUP && !/[\p{Cc}|]/u.test(group);

/** What others see of somebody. */
export const shownName = ({ name, shown }: Pick<Account, 'name' | 'shown'>): string => shown ?? name;

/** How many people may write code of their own. */
export const authorsIn = ({ accounts }: Pick<Book, 'accounts'>): number =>
  [...accounts.values()].filter(
    ({ role, disabled }) => disabled === undefined && (role === 'owner' || role === 'writer'),
  ).length;

export type AccountChange = {
  readonly role?: Role;
  readonly groups?: readonly string[];
  readonly password?: string;
  readonly disabled?: boolean;
};

/** Another password, or a disabled account, ends every sign-in of theirs; a disabled one its tokens too. */
export function changeAccount(book: Book, name: string, wish: AccountChange, at: number): readonly BookChange[] {
  const account = accountNamed(book, name);
  if (!account) throw new AppError('not-found', `account ${name}`);
  if (wish.password !== undefined && account.identity)
    throw new AppError('bad-request', `${account.name} signs in elsewhere and has no password here`);
  const { disabled: before, ...rest } = account;
  const disabled = wish.disabled === undefined ? before : wish.disabled ? (before ?? at) : undefined;
  const body: Account = {
    ...rest,
    ...(wish.role === undefined ? {} : { role: wish.role }),
    ...(wish.groups === undefined ? {} : { groups: cleanGroups(wish.groups) }),
    ...(wish.password === undefined ? {} : { password: wish.password }),
    ...(disabled === undefined ? {} : { disabled }),
  };
  const endsSignIns = wish.password !== undefined || disabled !== undefined;
  return [
    { table: 'accounts', id: account.id, body },
    ...(endsSignIns ? signInsOf(book, account.id) : []),
    ...(disabled === undefined ? [] : tokensOf(book, account.id)),
  ];
}

export const signInsOf = (book: Book, person: PersonId): readonly BookChange[] =>
  [...book.signIns.values()]
    .filter(({ as }) => as.kind === 'person' && as.person === person)
    .map(({ id }) => ({ table: 'signins', id, body: undefined }));

export const tokensOf = (book: Book, person: PersonId): readonly BookChange[] =>
  [...book.tokens.values()]
    .filter((token) => token.person === person)
    .map(({ id }) => ({ table: 'tokens', id, body: undefined }));
