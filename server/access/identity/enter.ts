/**
 * What an answer opens, as a pure decision over the book. Somebody whom a provider knows has an account of their own, found
 * by issuer and subject alone: the first sign-in makes it, each later one brings name, groups and role up to date. Where
 * the name is somebody else's they get another one, so that nobody becomes an account that was there before.
 */
import { AppError } from '../../errors.ts';
import { nameKey } from '../../protocol/fold.ts';
import { newId, type PersonId } from '../../protocol/ids.ts';
import { addAccount, cleanGroups, cleanName, LONGEST_NAME, shownName, signInsOf, tokensOf } from '../accounts.ts';
import type { Account, Book, Identity } from '../book.ts';
import type { Answer, Told } from '../identity.ts';
import type { BookChange } from '../store.ts';

export type Entered =
  | {
      readonly result: 'in';
      readonly account: Account;
      readonly news: 'none' | 'added' | 'changed';
      readonly changes: readonly BookChange[];
    }
  /** Known where they come from, and not let in here. */
  | { readonly result: 'out'; readonly changes: readonly BookChange[] };

export type Known = Extract<Answer, { result: 'account' | 'told' }>;

const OUT: Entered = { result: 'out', changes: [] };

export function enter(book: Book, answer: Known, at: number, id = newId<PersonId>()): Entered {
  if (answer.result === 'told') return enterTold(book, answer.told, at, id);
  // Asked again: the account may have ended, or have another password, since this one was computed.
  const account = book.accounts.get(answer.account.id);
  const still = account && account.disabled === undefined && account.password === answer.account.password;
  return still ? { result: 'in', account, news: 'none', changes: [] } : OUT;
}

function enterTold(book: Book, told: Told, at: number, id: PersonId): Entered {
  const known = accountByIdentity(book, told.identity);
  if (known?.disabled !== undefined) return OUT;
  if (told.role === undefined) return known ? { result: 'out', changes: shutOut(book, known) } : OUT;
  const groups = fittingGroups(told.groups);
  if (known) {
    const name = nameFor(book, told, known);
    const { shown: _, ...rest } = known;
    const account = { ...rest, name, role: told.role, groups, ...shownFor(book, told, name, known.id) };
    if (JSON.stringify(sorted(account)) === JSON.stringify(sorted(known)))
      return { result: 'in', account: known, news: 'none', changes: [] };
    return { result: 'in', account, news: 'changed', changes: [{ table: 'accounts', id: known.id, body: account }] };
  }
  const name = nameFor(book, told, undefined);
  const wish = { name, role: told.role, groups, identity: told.identity, ...shownFor(book, told, name, id) };
  const changes = addAccount(book, wish, at, id);
  const account = changes.find((change) => change.table === 'accounts')?.body;
  return account ? { result: 'in', account, news: 'added', changes } : OUT;
}

export function accountByIdentity(
  book: Pick<Book, 'accounts'>,
  { by, issuer, subject }: Identity,
): Account | undefined {
  for (const account of book.accounts.values()) {
    const { identity } = account;
    if (identity?.by === by && identity.issuer === issuer && identity.subject === subject) return account;
  }
  return undefined;
}

/** Their browsers and programs too; the account stays, with what was granted to it, for the day they may come again. */
const shutOut = (book: Book, { id }: Account): readonly BookChange[] => [...signInsOf(book, id), ...tokensOf(book, id)];

/** What they are called there where nobody else is called so here; else that with a number, which they keep. */
function nameFor(book: Book, { names, identity }: Told, known: Account | undefined): string {
  const isFree = (name: string): boolean => !isKnownBy(book, name, known?.id);
  const wanted = names.map(fittingName).find((name) => name !== undefined) ?? identity.by;
  if (isFree(wanted)) return wanted;
  const stem = cut(wanted, LONGEST_NAME - NUMBER_LETTERS);
  const before = known && /^(.+) \d+$/.exec(known.name)?.[1];
  if (known && before !== undefined && nameKey(before) === nameKey(stem)) return known.name;
  for (let number = 2; ; number += 1) if (isFree(`${stem} ${number}`)) return `${stem} ${number}`;
}

/** A space and as many digits as accounts could ever want. */
const NUMBER_LETTERS = 8;

const cut = (text: string, letters: number): string => {
  let short = '';
  for (const letter of text) {
    if (short.length + letter.length > letters) break;
    short += letter;
  }
  return short.trim();
};

/** What others see must not be what another account is known by: then the name stands beside it, or alone. */
function shownFor(book: Book, told: Told, name: string, id: PersonId): { readonly shown?: string } {
  const wanted = told.shown === undefined ? undefined : fittingName(told.shown);
  if (wanted === undefined || wanted === name) return {};
  const shown = [wanted, `${wanted} (${name})`].find((one) => !isKnownBy(book, one, id));
  return shown === undefined ? {} : { shown };
}

/** Whether another account than `id` has this name, or is shown so. */
function isKnownBy({ accounts }: Book, name: string, id: PersonId | undefined): boolean {
  const key = nameKey(name);
  return accounts
    .values()
    .some((one) => one.id !== id && [one.name, shownName(one)].some((own) => nameKey(own) === key));
}

/** Undefined where it can be no name. */
function fittingName(name: string): string | undefined {
  try {
    return cleanName(cut(name.normalize('NFC').replaceAll(/\s+/g, ' ').trim(), LONGEST_NAME));
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Those that can be groups here; what is too long or too many is left out. */
function fittingGroups(groups: readonly string[]): readonly string[] {
  return cleanGroups(groups, 'those that fit');
}

const sorted = (account: Account): readonly (readonly [string, unknown])[] =>
  Object.entries(account).sort(([one], [other]) => (one < other ? -1 : 1));
