/** Access over a book in memory: by default nobody has an account, and the owner by the printed address may do all. */
import { type Access, whoOf } from '../../server/access/access.ts';
import type { AuditEntry } from '../../server/access/audit.ts';
import { type Book, emptyBook } from '../../server/access/book.ts';
import { decide } from '../../server/access/evaluator.ts';
import { needsText } from '../../server/access/needs.ts';
import { viewOf } from '../../server/access/view.ts';

export type Gate = Pick<Access, 'decide' | 'needs' | 'view' | 'who'> & {
  readonly audit: { note(entry: AuditEntry): void };
};

export function gateOf(book: () => Book = () => emptyBook('owner'), noted: AuditEntry[] = [], now = Date.now): Gate {
  return {
    decide: (principal, action, target) => decide(book(), principal, action, target, now()),
    needs: (principal, action, target) => needsText(book(), principal, action, target, now()),
    view: (principal, notebook) => viewOf(book(), principal, notebook, now()),
    who: (principal, claimed) => whoOf(book(), principal, claimed),
    audit: { note: (entry) => void noted.push(entry) },
  };
}
