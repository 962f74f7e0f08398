import { describe, expect, it } from 'vitest';
import { type Account, type Book, emptyBook, type Grant, placeKey } from '../../../server/access/book.ts';
import type { Action, Target } from '../../../server/access/evaluator.ts';
import { needsText } from '../../../server/access/needs.ts';
import type { Principal } from '../../../server/access/principal.ts';
import type { LinkId, NotebookId, PersonId, SignInId, TokenId } from '../../../server/protocol/ids.ts';
import type { Role } from '../../../server/protocol/roles.ts';

const notebook = 'book' as NotebookId;
const target: Target = { kind: 'notebook', notebook, path: 'a/b/book.nb.md' };
const here: Grant['place'] = { kind: 'notebook', notebook };
const folder = (path: string): Grant['place'] => ({ kind: 'folder', folder: path });

function bookOf(
  accounts: readonly Partial<Account>[],
  given: readonly (readonly [Grant['place'], Grant['subject'], Role])[],
): Book {
  const all = accounts.map(
    (one): Account => ({ id: one.name as PersonId, name: '', role: 'reader', groups: [], made: 1, ...one }),
  );
  const grants = given.map(([place, subject, role]): Grant => ({ place, subject, role, by: 'x', at: 1 }));
  const link = { id: 'link' as LinkId, notebook, role: 'reader', digest: 'd', code: false, made: 1, by: 'x' } as const;
  const token = { id: 'token' as TokenId, name: 't', digest: 'd', role: 'reader', made: 1, by: 'x' } as const;
  return {
    ...emptyBook('owner'),
    accounts: new Map(all.map((one) => [one.id, one])),
    grants: Map.groupBy(grants, ({ place }) => placeKey(place)),
    links: new Map([[link.id, link]]),
    tokens: new Map([[token.id, token]]),
    signIns: new Map(
      all.map(({ id }) => {
        const signIn = { id: id as string as SignInId, digest: id, made: 1, rotated: 1, expires: 10 };
        return [signIn.id, { ...signIn, as: { kind: 'person', person: id } }];
      }),
    ),
  };
}

const person = (name: string): Grant['subject'] => ({ kind: 'person', person: name as PersonId });
const by = (name: string): Principal => ({
  kind: 'person',
  person: name as PersonId,
  signIn: name as string as SignInId,
});
const needs = (book: Book, principal: Principal, action: Action, on: Target = target): string =>
  needsText(book, principal, action, on, 5);

describe('whoever may not', () => {
  const crew = { name: 'Cem', groups: ['crew'] };
  const people = [
    { name: 'ada', shown: 'Ada L' },
    { name: 'Ben' },
    crew,
    { name: 'Dan', disabled: 1 },
    { name: 'Eve' },
  ];

  it('is told which role it takes, and which owners can give it, the nearest first', () => {
    const book = bookOf(people, [
      [folder('a'), { kind: 'group', group: 'crew' }, 'owner'],
      [here, person('ada'), 'owner'],
      [here, person('Dan'), 'owner'],
      [here, person('Eve'), 'reader'],
    ]);
    expect(needs(book, by('Eve'), 'notebook.edit')).toBe(
      'it takes the role writer on this notebook, which Ada L or whoever is in crew can give',
    );
    expect(needs(book, by('Eve'), 'files.replace', { kind: 'data', folder: 'a/b', notebooks: () => [] })).toBe(
      'it takes the role writer on the folder a/b, which whoever is in crew can give',
    );
  });

  it('is told of few owners by name, and of the workspace’s where it has no others', () => {
    const many = Array.from({ length: 7 }, (_, index) => ({ name: `Owner ${index}`, role: 'owner' as const }));
    const book = bookOf([...people, ...many], []);
    expect(needs(book, by('Eve'), 'notebook.share')).toBe(
      'it takes the role owner on this notebook, which Owner 0, Owner 1, Owner 2 or 4 more can give',
    );
    expect(needs(bookOf(people, []), by('Eve'), 'folder.share', { kind: 'folder', folder: '' })).toBe(
      'it takes the role owner on the whole workspace, which the owner by the printed address can give',
    );
    expect(needs(book, by('Eve'), 'workspace.create', { kind: 'workspace' })).toBe(
      'it takes the role writer in the workspace, which whoever runs the server can give',
    );
  });

  it('by a link or in a frame hears no name, by a token of tokens', () => {
    const book = bookOf(people, [[here, person('ada'), 'owner']]);
    const links = ['link' as LinkId];
    for (const principal of [
      { kind: 'guest', browser: 'b', links },
      { kind: 'embed', link: links[0]! },
      { kind: 'preview', as: { kind: 'link', link: links[0]! } },
    ] satisfies Principal[]) {
      expect(needs(book, principal, 'notebook.run')).toBe('it takes a link that lets one run');
      expect(needs(book, principal, 'notebook.edit')).toBe('it is not for those who come by a link, or as a frame');
    }
    expect(needs(book, { kind: 'token', token: 'token' as TokenId }, 'notebook.run')).toBe(
      'it takes the role runner on this notebook, and a token that has it there',
    );
  });
});
