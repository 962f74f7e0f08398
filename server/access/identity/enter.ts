/**
 * What an answer opens, as a pure decision over the book. Somebody whom a provider knows has an account of their own, found
 * by issuer and subject alone: the first sign-in makes it, each later one brings name, groups and role up to date. Where
 * the name is somebody else's they get another one, so that nobody becomes an account that was there before.
 */
import { AppError } from '../../errors.ts';
import { newId, type PersonId } from '../../protocol/ids.ts';
import {
  accountNamed,
  addAccount,
  cleanGroups,
  cleanName,
  LONGEST_NAME,
  nameKey,
  signInsOf,
  tokensOf,
} from '../accounts.ts';
import type { Account, Book, Identity } from '../book.ts';
import type { Answer, Told } from '../identity.ts';
import type { BookChange } from '../store.ts';

export type Entry =
  | {
      readonly result: 'in';
      readonly account: Account;
      readonly news: 'none' | 'added' | 'changed';
      readonly changes: readonly BookChange[];
    }
  /** Known where they come from, and not let in here. */
  | { readonly result: 'out'; readonly changes: readonly BookChange[] };

export type Known = Extract<Answer, { result: 'account' | 'told' }>;

const OUT: Entry = { result: 'out', changes: [] };

export function enter(book: Book, answer: Known, at: number, id = newId<PersonId>()): Entry {
  if (answer.result === 'told') return enterTold(book, answer.told, at, id);
  // Asked again: the account may have ended, or have another password, since this one was computed.
  const account = book.accounts.get(answer.account.id);
  const still = account && account.disabled === undefined && account.password === answer.account.password;
  return still ? { result: 'in', account, news: 'none', changes: [] } : OUT;
}

function enterTold(book: Book, told: Told, at: number, id: PersonId): Entry {
  const known = accountOf(book, told.identity);
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

export function accountOf(book: Pick<Book, 'accounts'>, { by, issuer, subject }: Identity): Account | undefined {
  for (const account of book.accounts.values()) {
    const { identity } = account;
    if (identity?.by === by && identity.issuer === issuer && identity.subject === subject) return account;
  }
  return undefined;
}

/** Their browsers and programs too; the account stays, with what was granted to it, for the day they may come again. */
const shutOut = (book: Book, { id }: Account): readonly BookChange[] => [...signInsOf(book, id), ...tokensOf(book, id)];

/** The name they have where it is still one of theirs; else the first that is free, with a number where none is. */
function nameFor(book: Book, { names, identity }: Told, known: Account | undefined): string {
  const isFree = (name: string): boolean => {
    const account = accountNamed(book, name);
    return account === undefined || account.id === known?.id;
  };
  const wanted = names.flatMap((name) => fittingName(name) ?? []);
  const [first = identity.by] = wanted;
  if (isFree(first)) return first;
  // Whoever got a number keeps it, as long as they are called so.
  const numbered = (name: string, number: number): string => `${name.slice(0, LONGEST_NAME - 8).trim()} ${number}`;
  if (known && nameKey(known.name).startsWith(`${nameKey(first)} `) && /^\d+$/.test(known.name.slice(first.length + 1)))
    return known.name;
  for (let number = 2; ; number += 1) if (isFree(numbered(first, number))) return numbered(first, number);
}

/** What others see must not be what another account is known by: then the name, which is nobody else's, stands beside it. */
function shownFor(book: Book, told: Told, name: string, id: PersonId): { readonly shown?: string } {
  const shown = told.shown === undefined ? undefined : fittingName(told.shown);
  if (shown === undefined || shown === name) return {};
  const key = nameKey(shown);
  const isTaken = book.accounts
    .values()
    .some(
      (one) => one.id !== id && (nameKey(one.name) === key || (one.shown !== undefined && nameKey(one.shown) === key)),
    );
  return { shown: isTaken ? `${shown} (${name})` : shown };
}

/** Undefined where it can be no name. */
function fittingName(name: string): string | undefined {
  try {
    return cleanName([...name].slice(0, LONGEST_NAME).join(''));
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
