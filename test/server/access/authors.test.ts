import { expect, it } from 'vitest';
import { authorsIn } from '../../../server/access/accounts.ts';
import type { Account } from '../../../server/access/book.ts';
import { newId, type PersonId } from '../../../server/protocol/ids.ts';

const account = (role: Account['role'], over: Partial<Account> = {}): Account => ({
  ...{ id: newId<PersonId>(), name: 'Ada', role, groups: [], made: 0 },
  ...over,
});

it('counts those who may write code: owners and writers who are not disabled', () => {
  const accounts = [
    account('owner'),
    account('writer'),
    account('runner'),
    account('reader'),
    account('owner', { disabled: 1 }),
  ];
  expect(authorsIn({ accounts: new Map(accounts.map((one) => [one.id, one])) })).toBe(2);
  expect(authorsIn({ accounts: new Map() })).toBe(0);
});
