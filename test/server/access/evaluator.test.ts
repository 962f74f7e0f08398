import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Account, type Book, emptyBook, type Grant, placeKey, type Subject } from '../../../server/access/book.ts';
import { decide, roleOn, type Target } from '../../../server/access/evaluator.ts';
import { setGrants } from '../../../server/access/grants.ts';
import { isAtLeast, type Principal } from '../../../server/access/principal.ts';
import type { NotebookId, PersonId, SignInId } from '../../../server/protocol/ids.ts';
import type { Role } from '../../../server/protocol/messages.ts';
import { ROLES } from '../../../server/protocol/roles.ts';

const NOW = 1000;
const notebook = 'book' as NotebookId;
const target: Target = { kind: 'notebook', notebook, path: 'a/b/book.nb.md' };
const at = (folder: string): Grant['place'] => ({ kind: 'folder', folder });
const here: Grant['place'] = { kind: 'notebook', notebook };
const to = (name: string): Subject => ({ kind: 'person', person: name as PersonId });

const account = (name: string, more: Partial<Account> = {}): Account => ({
  id: name as PersonId,
  name,
  role: 'writer',
  groups: [],
  made: 1,
  ...more,
});

type Given = readonly [Grant['place'], Subject, Role];

function bookOf(accounts: readonly Account[], given: readonly Given[]): Book {
  const grants = new Map<string, Grant[]>();
  for (const [place, subject, role] of given)
    grants.set(placeKey(place), [...(grants.get(placeKey(place)) ?? []), { place, subject, role, by: 'x', at: 1 }]);
  const signIns = accounts.map(({ id }) => {
    const signIn = { id: id as string as SignInId, digest: id, made: 1, rotated: 1, expires: NOW * 2 };
    return [signIn.id, { ...signIn, as: { kind: 'person' as const, person: id } }] as const;
  });
  return {
    ...emptyBook('owner'),
    accounts: new Map(accounts.map((one) => [one.id, one])),
    grants,
    signIns: new Map(signIns),
  };
}

const as = (name: string): Principal => ({ kind: 'person', person: name as PersonId, signIn: name as SignInId });
const roleOf = (book: Book, name: string, where: Target = target): Role | undefined =>
  roleOn(book, as(name), where, NOW);

describe('a role', () => {
  it('comes down from every folder above, and from none beside', () => {
    for (const [folder, role] of [
      ['a/b', 'reader'],
      ['a', 'reader'],
      ['', 'reader'],
      ['a/bc', undefined],
      ['b', undefined],
    ] as const)
      expect([folder, roleOf(bookOf([account('ada')], [[at(folder), to('ada'), 'reader']]), 'ada')]).toEqual([
        folder,
        role,
      ]);
  });

  it('is the strongest of those that apply, by person, group and everyone', () => {
    const crew = account('ada', { groups: ['crew'] });
    const given: Given[] = [
      [at(''), { kind: 'everyone' }, 'reader'],
      [here, { kind: 'group', group: 'crew' }, 'writer'],
      [at('a'), to('ada'), 'runner'],
    ];
    expect(roleOf(bookOf([crew], given), 'ada')).toBe('writer');
    expect(roleOf(bookOf([account('ada')], given), 'ada')).toBe('runner');
    expect(roleOf(bookOf([account('ben')], given), 'ben')).toBe('reader');
  });

  it('on what belongs to nobody is the workspace’s owners’; on what belongs to somebody it is not', () => {
    const admin = account('admin', { role: 'owner' });
    expect(roleOf(bookOf([admin], []), 'admin')).toBe('owner');
    const owned: Given[] = [[here, to('ada'), 'owner']];
    expect(roleOf(bookOf([admin, account('ada')], owned), 'admin')).toBeUndefined();
    expect(roleOf(bookOf([admin, account('ada', { disabled: 5 })], owned), 'admin')).toBe('owner');
    const grouped: Given[] = [[at('a'), { kind: 'group', group: 'crew' }, 'owner']];
    expect(roleOf(bookOf([admin], grouped), 'admin')).toBe('owner');
    expect(roleOf(bookOf([admin, account('ada', { groups: ['crew'] })], grouped), 'admin')).toBeUndefined();
  });

  it('at the top is given by the operator alone: an owner of the workspace cannot open what is private', () => {
    const book = bookOf([account('admin', { role: 'owner' }), account('ada')], [[here, to('ada'), 'owner']]);
    const share = (principal: Principal, folder: string) =>
      decide(book, principal, 'folder.share', { kind: 'folder', folder }, NOW).allowed;
    expect([share(as('admin'), ''), share(as('admin'), 'elsewhere')]).toEqual([false, true]);
    expect(share({ kind: 'owner' }, '')).toBe(true);
  });

  it('never grows by taking a grant away or disabling an account, for whoever owns nothing of the workspace', () => {
    const names = ['ada', 'ben', 'cem'];
    const place = fc.constantFrom(here, at(''), at('a'), at('a/b'), at('other'));
    const subject = fc.oneof(
      fc.constantFrom(...names).map(to),
      fc.constantFrom('crew', 'board').map((group): Subject => ({ kind: 'group', group })),
      fc.constant<Subject>({ kind: 'everyone' }),
    );
    const given = fc.array(fc.tuple(place, subject, fc.constantFrom(...ROLES)), { maxLength: 12 });
    const people = fc.tuple(...names.map(() => fc.subarray(['crew', 'board'])));
    fc.assert(
      fc.property(given, people, fc.nat(), fc.constantFrom(...names), (all, groups, which, who) => {
        const accounts = names.map((name, index) => account(name, { groups: groups[index]! }));
        const before = roleOf(bookOf(accounts, all), who);
        const fewer = all.filter((_, index) => index !== which % Math.max(1, all.length));
        const after = roleOf(bookOf(accounts, fewer), who);
        expect(after === undefined || isAtLeast(before, after)).toBe(true);
        const gone = accounts.map((one) => (one.id === who ? { ...one, disabled: 1 } : one));
        expect(decide(bookOf(gone, all), as(who), 'notebook.read', target, NOW)).toEqual({
          allowed: false,
          why: 'unauthorised',
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe('grants', () => {
  it('set anew keep who granted what stays, and end the others', () => {
    const book = bookOf(
      [account('ada'), account('ben')],
      [
        [here, to('ada'), 'owner'],
        [here, to('ben'), 'reader'],
      ],
    );
    const changes = setGrants(
      book,
      here,
      [
        { subject: to('ada'), role: 'owner' },
        { subject: { kind: 'everyone' }, role: 'reader' },
      ],
      'ada',
      5,
    );
    expect(changes).toMatchObject([
      { id: 'notebook:book|person:ben', body: undefined },
      { id: 'notebook:book|everyone', body: { role: 'reader', by: 'ada', at: 5 } },
    ]);
  });
});

it('ten thousand notebooks are decided on in a blink', () => {
  const accounts = Array.from({ length: 200 }, (_, index) => account(`person${index}`));
  const given = Array.from(
    { length: 10_000 },
    (_, index): Given => [
      { kind: 'notebook', notebook: `book${index}` as NotebookId },
      to(`person${index % 200}`),
      'owner',
    ],
  );
  const book = bookOf(accounts, given);
  const started = performance.now();
  let seen = 0;
  for (let index = 0; index < 10_000; index += 1) {
    const one: Target = { kind: 'notebook', notebook: `book${index}` as NotebookId, path: `a/b/c/${index}.nb.md` };
    if (roleOf(book, 'person7', one)) seen += 1;
  }
  expect(seen).toBe(50);
  expect(performance.now() - started).toBeLessThan(500);
});
