import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountNamed, addAccount, changeAccount, shownName } from '../../../../server/access/accounts.ts';
import type { AuditEntry } from '../../../../server/access/audit.ts';
import { type Account, type Book, emptyBook } from '../../../../server/access/book.ts';
import { accountByIdentity, type Entered, enter } from '../../../../server/access/identity/enter.ts';
import { letIn } from '../../../../server/access/identity/let-in.ts';
import type { Told } from '../../../../server/access/identity.ts';
import type { BookChange } from '../../../../server/access/store.ts';
import { nameKey } from '../../../../server/protocol/fold.ts';
import { newId, type PersonId, type SignInId, type TokenId } from '../../../../server/protocol/ids.ts';
import { DatabaseError } from '../../../../server/storage/database.ts';

const id = (name: string): PersonId => `person-${name}` as PersonId;

const tell = (name: string, more: Partial<Told> = {}): Told => ({
  identity: { by: 'oidc', issuer: 'https://id.example', subject: `sub-${name}` },
  names: [name],
  groups: [],
  role: 'reader',
  ...more,
});

function withChanges(book: Book, changes: readonly BookChange[]): Book {
  const accounts = new Map(book.accounts);
  const [signIns, tokens] = [new Map(book.signIns), new Map(book.tokens)];
  for (const change of changes) {
    if (change.table === 'accounts' && change.body) accounts.set(change.id, change.body);
    if (change.table === 'signins' && !change.body) signIns.delete(change.id);
    if (change.table === 'tokens' && !change.body) tokens.delete(change.id);
  }
  return { ...book, accounts, signIns, tokens };
}

const come = (book: Book, told: Told, as: PersonId = newId<PersonId>()): [Entered, Book] => {
  const entry = enter(book, { result: 'told', told }, 5, as);
  return [entry, withChanges(book, entry.changes)];
};

const within = (entry: Entered): Account => {
  if (entry.result !== 'in') throw new Error('not let in');
  return entry.account;
};

const withAda = withChanges(
  emptyBook('owner'),
  addAccount(emptyBook('owner'), { name: 'ada', role: 'owner', groups: [], password: 'scrypt$…' }, 1, id('ada')),
);

describe('somebody whom a provider knows', () => {
  it('gets an account at the first sign-in, and has it at each later one, however they are called then', () => {
    const [first, book] = come(emptyBook('owner'), tell('ben', { shown: 'Ben B', groups: ['crew'], role: 'writer' }));
    expect(first).toMatchObject({
      result: 'in',
      news: 'added',
      account: { name: 'ben', shown: 'Ben B', role: 'writer', groups: ['crew'], made: 5 },
    });
    const [again] = come(book, tell('ben', { shown: 'Ben B', groups: ['crew'], role: 'writer' }));
    expect(again).toMatchObject({ news: 'none', changes: [], account: { id: within(first).id } });
    const renamed = tell('ben', { names: ['benjamin'], shown: 'Benjamin C', groups: [], role: 'reader' });
    const [later, now] = come(book, renamed);
    expect(later).toMatchObject({
      news: 'changed',
      account: { id: within(first).id, name: 'benjamin', shown: 'Benjamin C', role: 'reader', groups: [] },
    });
    expect(now.accounts.size).toBe(1);
  });

  it('keeps what others see of them: no account is made of that name afterwards', () => {
    const [, book] = come(emptyBook('owner'), tell('ben', { shown: 'Ben B', role: 'writer' }));
    const make = (name: string) => () => addAccount(book, { name, role: 'writer', groups: [] }, 6);
    for (const name of ['Ben B', 'ben  b', 'BEN']) expect(make(name)).toThrow(/name/);
    expect(make('Ben C')).not.toThrow();
  });

  it('is never an account that was there before, by name, address, or what others see', () => {
    const [entry, book] = come(withAda, tell('x', { names: ['ADA', 'ada@example.org'], shown: 'ada', role: 'owner' }));
    expect(within(entry)).toMatchObject({ name: 'ADA 2', shown: 'ada (ADA 2)' });
    expect(book.accounts.get(id('ada'))).toEqual(withAda.accounts.get(id('ada')));
    const [other, more] = come(book, tell('y', { names: ['ada'] }));
    expect(within(other).name).toBe('ada 3');
    // Each keeps their own.
    expect(within(come(more, tell('x', { names: ['ADA', 'ada@example.org'], shown: 'ada' }))[0]).name).toBe('ADA 2');
    expect(within(come(more, tell('y', { names: ['ada'] }))[0]).name).toBe('ada 3');
  });

  it('is not known by what only looks other: folded in full, composed otherwise, with letters that nobody sees', () => {
    for (const [first, second] of [
      ['Jörg Straße', 'jo\u0308rg STRASSE'],
      ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
      ['İrem', 'irem'],
      ['ISIK', 'ısık'],
      ['지수', '지수\u3164'.normalize('NFD')],
      ['ada b', 'ada\ufe0f b'],
    ] as const) {
      const [, book] = come(emptyBook('owner'), tell('first', { names: [first] }));
      const account = within(come(book, tell('second', { names: [second], shown: second }))[0]);
      expect([second, account.name]).toEqual([second, expect.stringMatching(/ 2$/)]);
      expect(accountNamed(book, second)?.name).toBe(first);
      const taken = () => addAccount(book, { name: second, role: 'reader', groups: [] }, 1);
      expect(taken).toThrow(expect.objectContaining({ code: 'already-exists' }));
    }
  });

  it('of two accounts of before that are called one today each is found by its very name', () => {
    const account = (name: string): Account => ({ id: id(name), name, role: 'reader', groups: [], made: 1 });
    const book = {
      ...emptyBook('owner'),
      accounts: new Map(['strasse', 'straße'].map((one) => [id(one), account(one)])),
    };
    expect(['strasse', 'straße', 'STRASSE'].map((name) => accountNamed(book, name)?.name)).toEqual([
      'strasse',
      'straße',
      'strasse',
    ]);
  });

  it('is told apart by provider, issuer and subject, each exactly', () => {
    const [, book] = come(emptyBook('owner'), tell('ben'));
    const same = { by: 'oidc', issuer: 'https://id.example', subject: 'sub-ben' } as const;
    expect(accountByIdentity(book, same)).toBeDefined();
    for (const other of [
      { ...same, by: 'ldap' as const },
      { ...same, issuer: 'https://id.example/' },
      { ...same, subject: 'SUB-ben' },
      { ...same, issuer: 'https://id.example:sub', subject: 'ben' },
    ])
      expect(accountByIdentity(book, other)).toBeUndefined();
  });

  it('stays out while the account is disabled, whatever the provider says', () => {
    const [entry, book] = come(emptyBook('owner'), tell('ben'));
    const out = withChanges(book, changeAccount(book, within(entry).name, { disabled: true }, 9));
    const [refused] = come(out, tell('ben', { role: 'owner', names: ['other'] }));
    expect(refused).toEqual({ result: 'out', changes: [] });
  });

  it('stays out without a role, and what they had here ends', () => {
    expect(come(withAda, tell('ben', { role: undefined }))[0]).toEqual({ result: 'out', changes: [] });
    const [entry, book] = come(withAda, tell('ben'));
    const person = within(entry).id;
    const signIn = {
      id: 'signin' as SignInId,
      digest: 'd',
      as: { kind: 'person', person },
      made: 1,
      rotated: 1,
      expires: 9,
    } as const;
    const token = { id: 'token' as TokenId, name: 't', digest: 'e', role: 'reader', person, made: 1, by: 'x' } as const;
    const busy: Book = {
      ...book,
      signIns: new Map([[signIn.id, signIn]]),
      tokens: new Map([[token.id, token]]),
    };
    const [refused, left] = come(busy, tell('ben', { role: undefined }));
    expect(refused.result).toBe('out');
    expect([left.signIns.size, left.tokens.size, left.accounts.size]).toEqual([0, 0, 2]);
  });

  it('gets no password here', () => {
    const [entry, book] = come(emptyBook('owner'), tell('ben'));
    expect(within(entry).password).toBeUndefined();
    expect(() => changeAccount(book, 'ben', { password: 'scrypt$…' }, 9)).toThrow(/signs in elsewhere/);
  });

  it('with names and groups that can be none here has those that fit', () => {
    const told = tell('x', {
      names: ['\u0000', `${'n'.repeat(79)}𝒳 and more`],
      groups: ['a|b', 'c'.repeat(81), ' d ', 'd', ''],
    });
    expect(within(come(emptyBook('owner'), told)[0])).toMatchObject({ name: 'n'.repeat(79), groups: ['d'] });
    expect(within(come(emptyBook('owner'), tell('x', { names: [] }))[0]).name).toBe('oidc');
    const many = tell('y', { groups: Array.from({ length: 2000 }, (_, index) => `group ${index}`) });
    expect(within(come(emptyBook('owner'), many)[0]).groups).toHaveLength(500);
  });

  it('whoever comes, in whatever order: one account for each, and no two that are known by the same', () => {
    const name = fc.constantFrom(
      'ada',
      'Ada',
      'ben',
      'ada 2',
      'ada (ben)',
      'cem',
      '\u0000',
      'ａda',
      'Straße',
      'STRASSE',
    );
    const told = fc.record({
      subject: fc.constantFrom('1', '2', '3', '4'),
      names: fc.array(name, { maxLength: 2 }),
      shown: fc.option(name, { nil: undefined }),
      role: fc.constantFrom('reader', 'owner', undefined),
    });
    fc.assert(
      fc.property(fc.array(told, { maxLength: 12 }), (all) => {
        let book = withAda;
        const seen = new Map<string, PersonId>();
        for (const { subject, names, shown, role } of all) {
          const identity = { by: 'oidc', issuer: 'i', subject } as const;
          const [entry, next] = come(book, {
            identity,
            names,
            groups: [],
            role,
            ...(shown === undefined ? {} : { shown }),
          });
          book = next;
          if (entry.result !== 'in') continue;
          expect(seen.get(subject) ?? entry.account.id).toBe(entry.account.id);
          seen.set(subject, entry.account.id);
          expect(entry.account.identity).toEqual(identity);
          const others = [...book.accounts.values()].filter((one) => one.id !== entry.account.id);
          const taken = others.flatMap((one) => [nameKey(one.name), nameKey(shownName(one))]);
          expect(taken).not.toContain(nameKey(entry.account.name));
          expect(taken).not.toContain(nameKey(shownName(entry.account)));
        }
        expect(book.accounts.get(id('ada'))).toEqual(withAda.accounts.get(id('ada')));
        expect(book.accounts.size).toBe(1 + seen.size);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a password of ours', () => {
  it('lets nobody in who is disabled, or has another one, since it was computed', () => {
    const account = accountNamed(withAda, 'ada')!;
    const answer = { result: 'account', account } as const;
    expect(enter(withAda, answer, 5)).toMatchObject({ result: 'in', account: { id: account.id }, changes: [] });
    for (const wish of [{ disabled: true }, { password: 'scrypt$other' }])
      expect(enter(withChanges(withAda, changeAccount(withAda, 'ada', wish, 9)), answer, 9)).toMatchObject({
        result: 'out',
      });
    expect(enter(emptyBook('owner'), answer, 5)).toMatchObject({ result: 'out' });
  });
});

describe('somebody who is let in', () => {
  const now = 7;

  it('has an account that is written, and the log says what was new of it', () => {
    let book = withAda;
    const store = {
      latest: () => book,
      commit(decide: (latest: Book) => readonly BookChange[]) {
        book = withChanges(book, decide(book));
      },
    };
    const noted: AuditEntry[] = [];
    const come = (told: Told) => letIn({ store }, { result: 'told', told }, now, (entry) => noted.push(entry));
    expect(come(tell('ben', { groups: ['crew'] }))).toMatchObject({ result: 'in', news: 'added' });
    expect(come(tell('ben', { groups: ['crew'] }))).toMatchObject({ result: 'in', news: 'none' });
    expect(come(tell('ben', { role: 'owner' }))).toMatchObject({ result: 'in', news: 'changed' });
    expect(come(tell('ben', { role: undefined }))).toMatchObject({ result: 'out' });
    expect(noted.map(({ event, whom, detail }) => [event, whom, detail])).toEqual([
      ['account-added', 'ben', 'oidc reader crew'],
      ['account-changed', 'ben', 'oidc owner'],
    ]);
  });

  it('is nobody while the disk takes nothing, unless nothing is new', () => {
    const [entry, book] = come(withAda, tell('ben'));
    const store = {
      latest: () => book,
      commit() {
        throw new DatabaseError('failed', 'gondola.db: disk full');
      },
    };
    const comes = (told: Told) => letIn({ store }, { result: 'told', told }, now, () => {}).result;
    expect(comes(tell('ben'))).toBe('in');
    expect(comes(tell('ben', { role: 'owner' }))).toBe('unwritten');
    expect(comes(tell('cem'))).toBe('unwritten');
    expect(entry.result).toBe('in');
    for (const result of ['wrong', 'away'] as const)
      expect(letIn({ store }, { result }, now, () => {}).result).toBe('unknown');
  });

  it('is decided by what is written at that moment: of two first sign-ins at once one makes the account', () => {
    let book = withAda;
    const store = {
      latest: () => withAda,
      commit(decide: (latest: Book) => readonly BookChange[]) {
        book = withChanges(book, decide(book));
      },
    };
    const entries = [1, 2].map(() => letIn({ store }, { result: 'told', told: tell('ben') }, now, () => {}));
    expect(new Set(entries.map((entry) => entry.result === 'in' && entry.account.id)).size).toBe(1);
    expect(book.accounts.size).toBe(2);
  });
});
