/** What an answer opens, done: the account is written before anybody is let in, and the audit log says what changed of it. */
import { newId, type PersonId } from '../../protocol/ids.ts';
import { DatabaseError } from '../../storage/database.ts';
import type { AuditEntry } from '../audit.ts';
import type { Answer } from '../identity.ts';
import type { BookStore } from '../store.ts';
import { type Entered, enter } from './enter.ts';

export type LetIn =
  | Entered
  /** Nobody knows them, or could say so. */
  | { readonly result: 'unknown' }
  /** The disk takes nothing, or the accounts cannot be read. */
  | { readonly result: 'unwritten' };

export function letIn(
  { store }: { readonly store: Pick<BookStore, 'latest' | 'commit'> },
  answer: Answer,
  now: number,
  note: (entry: AuditEntry) => void,
): LetIn {
  if (answer.result !== 'account' && answer.result !== 'told') return { result: 'unknown' };
  const id = newId<PersonId>();
  let entry = enter(store.latest(), answer, now, id);
  try {
    if (entry.changes.length > 0)
      store.commit((book) => {
        entry = enter(book, answer, now, id);
        return entry.changes;
      });
  } catch (error) {
    if (error instanceof DatabaseError) return { result: 'unwritten' };
    throw error;
  }
  if (entry.result === 'in' && entry.news !== 'none') {
    const { name, role, groups, identity } = entry.account;
    note({
      event: entry.news === 'added' ? 'account-added' : 'account-changed',
      by: { id: entry.account.id, name },
      on: entry.account.id,
      whom: name,
      detail: [identity?.by, role, ...groups].join(' '),
    });
  }
  return entry;
}
