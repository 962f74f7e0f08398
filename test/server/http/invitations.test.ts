/** `/i/SECRET`: who has it makes an account, so often and so long as it says. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountNamed } from '../../../server/access/accounts.ts';
import { type Book, emptyBook } from '../../../server/access/book.ts';
import {
  accept,
  addInvitation,
  invitationOf,
  inviteNetwork,
  type NewInvitation,
  openInvitations,
  withdrawInvitation,
} from '../../../server/access/invitations.ts';
import { openBookStore } from '../../../server/access/store.ts';
import { openDatabase } from '../../../server/storage/database.ts';
import { steps } from '../../../server/storage/schema.ts';
import { type Harness, newHarness } from './support.ts';

const HOUR = 60 * 60 * 1000;
const PASSWORD = 'long enough';

let harness: Harness;
beforeAll(async () => {
  harness = await newHarness();
});
afterAll(() => harness.close());

let made = 0;
function invite(wish: Partial<NewInvitation> = {}, at = Date.now()): { secret: string; id: string } {
  made += 1;
  const secret = `secret-${made}`;
  let id = '';
  harness.door.access.store.commit((book) => {
    const added = addInvitation(book, { role: 'writer', hours: 24, most: 1, ...wish }, { secret, by: 'test', at });
    id = added.invitation.id;
    return added.changes;
  });
  return { secret, id };
}

const page = (secret: string, headers: Record<string, string> = {}) =>
  harness.app.inject({ url: `/i/${secret}`, headers: { host: 'localhost:4321', ...headers } });

const enter = (secret: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  harness.app.inject({
    method: 'POST',
    url: `/i/${secret}`,
    headers: {
      host: 'localhost:4321',
      origin: 'http://localhost:4321',
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    payload: new URLSearchParams(fields).toString(),
  });

const accounts = (): number => harness.door.access.store.book().accounts.size;
const cookiesOf = (response: Awaited<ReturnType<typeof page>>): string =>
  [response.headers['set-cookie'] ?? []]
    .flat()
    .map((one) => one.split(';')[0])
    .join('; ');

describe('an invitation', () => {
  it('makes an account with its role, signs that in, and is used up', async () => {
    const { secret, id } = invite({ role: 'reader' });
    const asked = await page(secret, { 'accept-language': 'ko-KR, en' });
    expect([asked.statusCode, asked.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(asked.body).toContain('계정 만들기');
    expect(asked.body).not.toMatch(/<script|https?:/);
    const joined = await enter(secret, { name: 'Ada', password: PASSWORD });
    expect([joined.statusCode, joined.headers.location]).toEqual([303, '/']);
    const me = await harness.app.inject({
      url: '/api/v1/me',
      headers: { host: 'localhost:4321', cookie: cookiesOf(joined) },
    });
    expect(me.json()).toMatchObject({ kind: 'person', role: 'reader', person: { name: 'Ada' } });
    for (const again of [await page(secret), await enter(secret, { name: 'Ben', password: PASSWORD })])
      expect([again.statusCode, cookiesOf(again)]).toEqual([404, '']);
    expect(accountNamed(harness.door.access.store.book(), 'Ben')).toBeUndefined();
    const noted = harness.door.access.audit.read({ limit: 2 });
    expect(noted.map(({ event, by, detail }) => [event, by.name, detail])).toEqual([
      ['sign-in', 'Ada', undefined],
      ['account-added', 'Ada', `invitation ${id}: reader`],
    ]);
    const signedIn = await harness.app.inject({
      method: 'POST',
      url: '/sign-in',
      headers: {
        host: 'localhost:4321',
        origin: 'http://localhost:4321',
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: new URLSearchParams({ name: 'ada', password: PASSWORD }).toString(),
    });
    expect(signedIn.statusCode).toBe(303);
  });

  it('that ended, was withdrawn, is used up or never was looks the same, and makes nothing', async () => {
    const over = invite({ hours: 1 }, Date.now() - HOUR);
    const gone = invite();
    harness.door.access.store.commit((book) => withdrawInvitation(book, gone.id));
    const before = accounts();
    const told = new Set<string>();
    for (const secret of [over.secret, gone.secret, 'secret-1', 'never', 'a%20b'])
      for (const response of [await page(secret), await enter(secret, { name: 'Mallory', password: PASSWORD })]) {
        expect([secret, response.statusCode, cookiesOf(response)]).toEqual([secret, 404, '']);
        told.add(response.body.replace(/nonce="[^"]*"/, ''));
      }
    expect([told.size, accounts()]).toEqual([1, before]);
  });

  it('says what is wrong with a name or a password, and keeps its use and the name', async () => {
    const { secret } = invite();
    for (const [name, password, status, says] of [
      ['Cem', 'sesame', 400, 'A password has 8 to 1000 characters'],
      ['Cem', 'x'.repeat(1001), 400, 'A password has 8 to 1000 characters'],
      ['', PASSWORD, 400, 'That is no name'],
      ['a|b', PASSWORD, 400, 'That is no name'],
      ['x'.repeat(81), PASSWORD, 400, 'That is no name'],
      ['ADA', PASSWORD, 409, 'Somebody here has that name'],
      ['<b>"&\u0007', PASSWORD, 400, 'That is no name'],
    ] as const) {
      const told = await enter(secret, { name, password });
      expect([name, told.statusCode]).toEqual([name, status]);
      expect(told.body).toContain(says);
      expect(told.body).not.toContain('<b>');
      expect(told.body).not.toContain(password);
    }
    expect((await enter(secret, { name: 'Cem', password: PASSWORD })).statusCode).toBe(303);
  });

  it('is no way to ask for all names there are', async () => {
    const { secret } = invite();
    const told: number[] = [];
    for (let count = 0; count < 9; count += 1)
      told.push(
        (await enter(secret, { name: 'ada', password: PASSWORD }, { 'x-forwarded-for': `1.1.1.${count}` })).statusCode,
      );
    expect(told).toEqual([...Array.from({ length: 8 }, () => 409), 429]);
  });

  it('makes no more accounts than it may, whoever comes at the same time', async () => {
    const { secret } = invite({ most: 3 });
    const before = accounts();
    const told = await Promise.all(
      Array.from({ length: 7 }, (_, at) => enter(secret, { name: `crowd ${at}`, password: PASSWORD })),
    );
    expect(told.filter(({ statusCode }) => statusCode === 303).length).toBe(3);
    expect(accounts()).toBe(before + 3);
  });

  it('is taken from no other site, and stands in no log', async () => {
    const { secret } = invite();
    for (const headers of [{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }])
      expect((await enter(secret, { name: 'Eve', password: PASSWORD }, headers)).statusCode).toBe(403);
    expect((await page(secret, { host: 'evil.example' })).statusCode).toBe(421);
    await page(secret);
    await harness.app.inject({ url: `/sign-in?to=%2Fi%2F${secret}`, headers: { host: 'localhost:4321' } });
    expect(harness.logged.join('\n')).not.toContain(secret);
    const bytes = readFileSync(join(harness.folder, '.gondola', 'gondola.db-wal'));
    expect(bytes.includes(secret)).toBe(false);
  });
});

describe('invitations', () => {
  const apply = (book: Book, changes: ReturnType<typeof inviteNetwork>): Book => {
    const invitations = new Map(book.invitations);
    for (const { table, id, body } of changes)
      if (table === 'invitations') body ? invitations.set(id, body) : invitations.delete(id);
    return { ...book, invitations };
  };
  const add = (book: Book, secret: string, at: number, wish: Partial<NewInvitation> = {}): Book =>
    apply(book, addInvitation(book, { role: 'writer', hours: 24, most: 1, ...wish }, { secret, by: 'x', at }).changes);

  it('hold for a while, and so often', () => {
    const book = add(emptyBook('owner'), 'one', 0, { most: 2 });
    expect(invitationOf(book, 'one', 24 * HOUR - 1)).toBeDefined();
    expect(invitationOf(book, 'one', 24 * HOUR)).toBeUndefined();
    const wish = { name: 'Ada', password: 'hash' };
    const used = apply(book, accept(book, 'one', wish, 1).changes);
    expect(invitationOf(used, 'one', 1)?.used).toBe(1);
    const up = apply(used, accept(used, 'one', wish, 1).changes);
    expect(() => accept(up, 'one', wish, 1)).toThrow('no such invitation');
  });

  it('are bounded, in number, time and uses', () => {
    let book = emptyBook('owner');
    for (let count = 0; count < 100; count += 1) book = add(book, `s${count}`, 0);
    expect(() => add(book, 'more', 1)).toThrow('Too many');
    // Those that are over make room.
    expect(openInvitations(add(book, 'more', 24 * HOUR), 24 * HOUR).length).toBe(1);
    for (const wish of [{ hours: 0 }, { hours: 745 }, { hours: Number.NaN }, { most: 0 }, { most: 101 }, { most: 1.5 }])
      expect(() => add(emptyBook('owner'), 'x', 0, wish)).toThrow('not well formed');
  });

  it('of starts for a network go, the oldest first, and leave the others', () => {
    let book = add(emptyBook('owner'), 'by hand', 0);
    for (let count = 0; count < 15; count += 1) book = apply(book, inviteNetwork(book, `start ${count}`, count));
    expect(openInvitations(book, 20).length).toBe(11);
    expect(['by hand', 'start 4', 'start 5'].map((secret) => invitationOf(book, secret, 20) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('are kept in a database that was made before there were any', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gondola-invitations-'));
    try {
      const path = join(folder, 'gondola.db');
      const old = openDatabase(path, steps.slice(0, 1));
      old.write((run) => run("insert into audit (at, body, crc) values (1, '{}', 0)"));
      old.close();
      const database = openDatabase(path);
      const store = openBookStore(database, 'owner', Date.now);
      store.commit((book) => inviteNetwork(book, 'secret', Date.now()));
      database.close();
      const again = openDatabase(path);
      const book = openBookStore(again, 'owner', Date.now).book();
      expect([book.invitations.size, invitationOf(book, 'secret', Date.now())?.role]).toEqual([1, 'writer']);
      again.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
