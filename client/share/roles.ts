/** Decisions of the share dialogue: whom a name may mean, and what becomes of the list. Pure. */
import { nameKey } from '../../server/protocol/fold.ts';
import { ROLES } from '../../server/protocol/roles.ts';
import type { Directory, Grant, Subject } from './contract.ts';

/** As many as one looks through. */
const MOST_OFFERED = 8;

export type Candidate = {
  readonly subject: Subject;
  readonly name: string;
  /** What they sign in with: people look for that too. */
  readonly also?: string;
};

export const keyOf = (subject: Subject): string => {
  switch (subject.kind) {
    case 'person':
      return `person:${subject.person}`;
    case 'group':
      return `group:${subject.group}`;
    case 'everyone':
      return 'everyone';
  }
};

/** Whom `typed` may mean and who has no role here yet; names that begin so come first. */
export function candidates(
  { people, groups }: Directory,
  everyone: string,
  here: readonly Grant[],
  typed: string,
): readonly Candidate[] {
  const taken = new Set(here.map(({ subject }) => keyOf(subject)));
  const wanted = nameKey(typed);
  const all: readonly Candidate[] = [
    ...people.map(
      ({ id, name, account }): Candidate => ({
        subject: { kind: 'person', person: id },
        name,
        ...(account === undefined ? {} : { also: account }),
      }),
    ),
    ...groups.map((group): Candidate => ({ subject: { kind: 'group', group }, name: group })),
    ...(people.length > 0 ? [{ subject: { kind: 'everyone' } as const, name: everyone }] : []),
  ];
  const free = all.filter(
    ({ subject, name, also }) =>
      !taken.has(keyOf(subject)) && [name, also].some((text) => nameKey(text ?? '').includes(wanted)),
  );
  const first = free.filter(({ name }) => nameKey(name).startsWith(wanted));
  return [...first, ...free.filter((one) => !first.includes(one))].slice(0, MOST_OFFERED);
}

export function withGrant(items: readonly Grant[], grant: Grant): readonly Grant[] {
  const key = keyOf(grant.subject);
  const at = items.findIndex(({ subject }) => keyOf(subject) === key);
  return at < 0 ? [...items, grant] : items.with(at, grant);
}

export const withoutGrant = (items: readonly Grant[], subject: Subject): readonly Grant[] =>
  items.filter((one) => keyOf(one.subject) !== keyOf(subject));

/**
 * Whether this grant alone keeps the place owned: it stays as it is until there is another owner, or nobody but the
 * operator could share it again.
 */
export const isLastOwner = (items: readonly Grant[], grant: Grant): boolean =>
  grant.role === 'owner' && items.filter(({ role }) => role === 'owner').length === 1;

/** Owners first, then as strong as they are; each by name. */
export const inOrder = (items: readonly Grant[]): readonly Grant[] =>
  items.toSorted(
    (one, other) => ROLES.indexOf(other.role) - ROLES.indexOf(one.role) || (one.name < other.name ? -1 : 1),
  );
