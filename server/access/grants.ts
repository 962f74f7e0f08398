/** Giving and taking roles. What is decided here is pure: a book and a wish in, changes of the book out. */
import { AppError } from '../errors.ts';
import type { NotebookId } from '../protocol/ids.ts';
import type { Role } from '../protocol/messages.ts';
import type { Who } from '../protocol/runs.ts';
import type { Access } from './access.ts';
import { type Book, type Gone, type Grant, grantKey, type Place, placeKey, type Subject, subjectKey } from './book.ts';
import { personOf } from './evaluator.ts';
import type { Principal } from './principal.ts';
import { type BookChange, grantChange } from './store.ts';
import { digest } from './token.ts';

/** More people than that share as a group. */
export const MOST_GRANTS = 1000;

export type Wish = { readonly subject: Subject; readonly role: Role };

export const grantsAt = (book: Book, place: Place | Gone): readonly Grant[] => book.grants.get(placeKey(place)) ?? [];

/** Names what stands at a place: another once anything of it changed. */
export const tagOf = (grants: readonly Grant[]): string =>
  `"${digest(JSON.stringify(grants.map((grant) => [grantKey(grant), grant.role, grant.at]).sort()))}"`;

/**
 * All roles at a place as wished: others there end. Throws AppError bad-request: a subject twice, nobody with that id.
 * Whoever keeps a role keeps when and by whom it was granted.
 */
export function setGrants(
  book: Book,
  place: Place,
  wishes: readonly Wish[],
  by: string,
  at: number,
): readonly BookChange[] {
  const before = new Map(grantsAt(book, place).map((grant) => [subjectKey(grant.subject), grant]));
  const wanted = new Map<string, Grant>();
  for (const { subject, role } of wishes) {
    const key = subjectKey(subject);
    if (wanted.has(key)) throw new AppError('bad-request', `${key} is named twice`);
    if (subject.kind === 'person' && !book.accounts.has(subject.person))
      throw new AppError('bad-request', `there is nobody with the id ${subject.person}`);
    const known = before.get(key);
    wanted.set(key, known?.role === role ? known : { place, subject, role, by, at });
  }
  const gone = [...before.values()].filter(({ subject }) => !wanted.has(subjectKey(subject)));
  const fresh = [...wanted.values()].filter((grant) => before.get(subjectKey(grant.subject)) !== grant);
  // Sharing a folder anew ends what one of that name was shared with before.
  const old = place.kind === 'folder' ? grantsAt(book, { kind: 'gone', folder: place.folder }) : [];
  return [
    ...[...old, ...gone].map((grant): BookChange => ({ table: 'grants', id: grantKey(grant), body: undefined })),
    ...fresh.map(grantChange),
  ];
}

/** What was made by a person is theirs; what the operator or a program made belongs to nobody. */
export function ownNotebook({ store }: Access, principal: Principal, notebook: NotebookId): void {
  const person = personOf(store.book(), principal);
  if (!person) return;
  const place: Place = { kind: 'notebook', notebook };
  const subject: Subject = { kind: 'person', person: person.id };
  store.commit(() => [grantChange({ place, subject, role: 'owner', by: person.name, at: Date.now() })]);
}

/** Told in the audit log, one entry a change. */
export function noteGrants(
  { audit }: Pick<Access, 'audit'>,
  by: Who,
  place: Place,
  changes: readonly BookChange[],
): void {
  const on = place.kind === 'notebook' ? place.notebook : `${place.folder}/`;
  for (const change of changes) {
    if (change.table !== 'grants') continue;
    const whom = change.id.slice(change.id.lastIndexOf('|') + 1);
    if (change.body) audit.note({ event: 'granted', by, on, whom, detail: change.body.role });
    else audit.note({ event: 'grant-removed', by, on, whom });
  }
}
