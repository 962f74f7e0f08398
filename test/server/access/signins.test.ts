import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addAccount, changeAccount } from '../../../server/access/accounts.ts';
import type { Link, SignIn } from '../../../server/access/book.ts';
import { type Door, openDoor } from '../../../server/access/door.ts';
import { SIGN_IN_DAYS, surplus } from '../../../server/access/signins.ts';
import { readToken, sameSecret } from '../../../server/access/token.ts';
import type { LinkId, NotebookId, PersonId, SignInId } from '../../../server/protocol/ids.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-access-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the token', () => {
  it('is made once, readable by its owner alone, and the same after a restart', () => {
    const token = readToken(join(folder, '.gondola'), undefined);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(readToken(join(folder, '.gondola'), undefined)).toBe(token);
    expect(statSync(join(folder, '.gondola', 'token')).mode & 0o777).toBe(0o600);
  });

  it('that is given outranks the file and leaves it alone', () => {
    expect(readToken(folder, 'given')).toBe('given');
    expect(readToken(folder, undefined)).not.toBe('given');
  });

  it('is told from all others', () => {
    expect(sameSecret('a', 'a')).toBe(true);
    expect(sameSecret('a', 'b')).toBe(false);
    expect(sameSecret('', 'a')).toBe(false);
    expect(sameSecret('a'.repeat(10_000), 'a')).toBe(false);
  });
});

describe('sign-ins', () => {
  const DAY = 24 * 60 * 60 * 1000;
  let time = 1000;
  let doors: Door[] = [];
  const visit = (cookie?: string) => ({
    headers: { host: 'localhost:4321', ...(cookie === undefined ? {} : { cookie }) },
    method: 'GET',
    url: '/',
    socket: { localPort: 4321 },
  });
  const open = (token = 'token') => {
    const door = openDoor({ folder, token, hosts: { allowed: [], open: false }, now: () => time });
    doors.push(door);
    return door;
  };
  const cookieIn = (header: string) => header.split(';')[0]!;
  const kind = (door: Door, cookie: string) => door.admit(visit(cookie)).kind;

  beforeEach(() => {
    time = 1000;
    doors = [];
  });
  afterEach(() => {
    for (const door of doors) door.close();
  });

  it('are known after a restart, by a digest alone, in a file of the owner’s alone', () => {
    const cookie = cookieIn(open().cookieFor(visit()));
    expect(kind(open(), cookie)).toBe('owner');
    expect(kind(open(), 'gondola-4321=another')).toBe('stranger');
    for (const name of ['gondola.db', 'gondola.db-wal', 'gondola.db-shm']) {
      expect([name, readFileSync(join(folder, name)).includes(cookie.split('=')[1]!)]).toEqual([name, false]);
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  it('are not needed for a start: nothing is made until somebody signs in', () => {
    const door = open();
    expect(kind(door, 'gondola-4321=another')).toBe('stranger');
    expect(existsSync(join(folder, 'gondola.db'))).toBe(false);
  });

  it('end one by one, all together, by time, and with the token', () => {
    const door = open();
    const [one, two] = [cookieIn(door.cookieFor(visit())), cookieIn(door.cookieFor(visit()))];
    door.clearCookies(visit(one));
    expect([kind(open(), one), kind(open(), two)]).toEqual(['stranger', 'owner']);
    expect(kind(open('another token'), two)).toBe('stranger');
    time += SIGN_IN_DAYS.owner * DAY;
    expect(kind(door, two)).toBe('stranger');
    time = 1000;
    expect(kind(door, two)).toBe('owner');
    door.signIns.revokeAll(() => true);
    expect([kind(door, two), kind(open(), two)]).toEqual(['stranger', 'stranger']);
  });

  it('get another secret daily; the old one holds until the new one was shown, and a moment longer', () => {
    const door = open();
    const old = cookieIn(door.cookieFor(visit()));
    expect(door.renewedCookie(visit(old))).toBeUndefined();
    time += DAY;
    const lost = cookieIn(door.renewedCookie(visit(old))!);
    time += DAY / 2;
    expect(kind(door, old)).toBe('owner');
    // The answer with the new one was lost: the browser shows the old one again, and gets a third.
    const fresh = cookieIn(door.renewedCookie(visit(old))!);
    expect([kind(door, lost), kind(door, fresh), kind(door, old)]).toEqual(['stranger', 'owner', 'owner']);
    time += 60_000;
    expect([kind(door, fresh), kind(door, old)]).toEqual(['owner', 'stranger']);
  });

  it('that another process ended stay ended, whatever is written of them meanwhile', () => {
    const [door, other] = [open(), open()];
    const cookie = cookieIn(door.cookieFor(visit()));
    time += DAY;
    expect([kind(door, cookie), kind(other, cookie)]).toEqual(['owner', 'owner']);
    other.clearCookies(visit(cookie));
    const fresh = door.renewedCookie(visit(cookie));
    time += 1000;
    expect([kind(door, cookie), kind(open(), cookie)]).toEqual(['stranger', 'stranger']);
    expect(fresh === undefined || kind(door, cookieIn(fresh)) === 'stranger').toBe(true);
  });

  it('are changed by a sign-in: what another browser knew of the one before is worth nothing', () => {
    const door = open();
    const before = cookieIn(door.cookieFor(visit()));
    const after = cookieIn(door.cookieFor(visit(before)));
    expect([kind(door, before), kind(door, after)]).toEqual(['stranger', 'owner']);
  });

  it('are bounded, oldest out first, those of one person too', () => {
    const person = 'p' as PersonId;
    const make = (count: number, as: SignIn['as']) =>
      new Map(
        Array.from({ length: count }, (_, index) => {
          const id = `s${index}` as SignInId;
          const signIn: SignIn = { id, digest: id, as, made: index, rotated: index, expires: 1e9 };
          return [id, signIn] as const;
        }),
      );
    const owner: SignIn['as'] = { kind: 'owner', token: 't' };
    expect(surplus({ signIns: make(1002, owner) }, owner, 5).map(({ id }) => id)).toEqual(['s0', 's1', 's2']);
    const own: SignIn['as'] = { kind: 'person', person };
    expect(surplus({ signIns: make(50, own) }, own, 5).map(({ id }) => id)).toEqual(['s0']);
    expect(surplus({ signIns: make(50, own) }, { kind: 'person', person: 'q' as PersonId }, 5)).toEqual([]);
    expect(surplus({ signIns: make(3, own) }, own, 1e9)).toHaveLength(3);
  });

  it('are not made by opening links: the browser keeps these, signed, and opening one again changes nothing', () => {
    const door = open();
    const link = (id: string): Link => ({
      id: id as LinkId,
      notebook: 'n' as NotebookId,
      role: 'reader',
      digest: id,
      code: false,
      made: 1,
      by: 'test',
    });
    const links = ['one', 'two'].map((id) => id as LinkId);
    door.access.store.commit(() => links.map((id) => ({ table: 'links', id, body: link(id) })));
    const size = (): number =>
      statSync(join(folder, 'gondola.db')).size + statSync(join(folder, 'gondola.db-wal')).size;
    const before = size();
    const first = cookieIn(door.linksCookie(visit(), ['one' as LinkId])!);
    for (let opened = 0; opened < 2_000; opened += 1) door.linksCookie(visit(), ['one' as LinkId]);
    expect([door.access.store.book().signIns.size, size()]).toEqual([0, before]);
    expect(door.admit(visit(first))).toMatchObject({ kind: 'guest', links: ['one'] });
    expect(door.linksCookie(visit(first), ['one' as LinkId])).toBeUndefined();
    const both = cookieIn(door.linksCookie(visit(first), links)!);
    expect(door.admit(visit(both))).toEqual({ ...door.admit(visit(first)), links });
    // Another door over the same folder, as after a restart, knows it; one over a copy of the database does not.
    expect(open().admit(visit(both))).toMatchObject({ kind: 'guest', links });
    const forged = both.replace('one', 'two');
    expect([kind(door, forged), kind(door, `${both}x`), kind(door, both.slice(0, -1))]).toEqual(
      Array(3).fill('stranger'),
    );
    rmSync(join(folder, 'guests'));
    expect(kind(open(), both)).toBe('stranger');
    door.access.store.commit(() => links.map((id) => ({ table: 'links', id, body: undefined })));
    expect(kind(door, both)).toBe('stranger');
    time += 31 * DAY;
    door.access.store.commit(() => links.map((id) => ({ table: 'links', id, body: link(id) })));
    expect(kind(door, both)).toBe('stranger');
  });

  it('tell the page whose they are by the port of its own address, and no more once signed out', () => {
    const door = open();
    const person = 'p' as PersonId;
    door.access.store.commit((book) => addAccount(book, { name: 'Zoë', role: 'writer', groups: [] }, 1, person));
    const cookie = cookieIn(door.cookieFor(visit(), { kind: 'person', person }));
    const outside = { ...visit(cookie), headers: { host: 'gondola.example', cookie } };
    expect(cookieIn(door.personCookie(outside, door.admit(visit(cookie)))!)).toBe('gondola--person=p.Zo%C3%AB');
    const told = door.personCookie(visit(cookie), door.admit(visit(cookie)))!;
    expect(cookieIn(told)).toBe('gondola-4321-person=p.Zo%C3%AB');
    const both = `${cookie}; ${cookieIn(told)}`;
    expect(door.personCookie(visit(both), door.admit(visit(both)))).toBeUndefined();
    expect(door.clearCookies(visit(both)).cookies).toContainEqual(
      expect.stringMatching(/^gondola-4321-person=;.*Max-Age=0$/),
    );
  });

  it('of a browser that came by TLS and without end together, and both cookies go, with what links opened', () => {
    const door = open();
    const secure = (cookie = '') => ({ ...visit(cookie), socket: { localPort: 4321, encrypted: true } });
    const links = ['one' as LinkId];
    const held = [door.cookieFor(visit()), door.cookieFor(secure()), door.linksCookie(visit(), links)!].map(cookieIn);
    const cookie = held.join('; ');
    expect([kind(door, cookie), door.admit(secure(cookie)).kind]).toEqual(['owner', 'owner']);
    const { cookies } = door.clearCookies(secure(cookie));
    expect([...cookies].sort()).toEqual([
      '__Host-gondola-4321=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0',
      'gondola-4321-links=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
      'gondola-4321=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
    ]);
    expect([kind(door, held[0]!), door.admit(secure(held[1])).kind]).toEqual(['stranger', 'stranger']);
    expect(door.clearCookies(secure()).cookies).toHaveLength(1);
  });

  it('are made, and end, where the disk refuses, for as long as the server runs', () => {
    mkdirSync(join(folder, 'gondola.db'));
    const door = open();
    const cookie = cookieIn(door.cookieFor(visit()));
    expect(kind(door, cookie)).toBe('owner');
    door.clearCookies(visit(cookie));
    expect(kind(door, cookie)).toBe('stranger');
  });

  it('that ended while the disk took nothing stay ended, and are written as soon as it takes it', async () => {
    const door = open();
    const [one, two] = [cookieIn(door.cookieFor(visit())), cookieIn(door.cookieFor(visit()))];
    expect(door.clearCookies(visit(one)).isWritten).toBe(true);
    const lock = new DatabaseSync(join(folder, 'gondola.db'));
    lock.exec('begin immediate');
    expect(door.clearCookies(visit(two)).isWritten).toBe(false);
    // At once, here; a server started now would believe it still.
    expect([kind(door, two), kind(open(), two)]).toEqual(['stranger', 'owner']);
    lock.exec('rollback');
    lock.close();
    await expect.poll(() => kind(open(), two), { timeout: 30_000 }).toBe('stranger');
  });

  it('that ended so are written when the server stops', () => {
    const door = open();
    const cookie = cookieIn(door.cookieFor(visit()));
    const lock = new DatabaseSync(join(folder, 'gondola.db'));
    lock.exec('begin immediate');
    door.clearCookies(visit(cookie));
    lock.close();
    door.close();
    expect(kind(open(), cookie)).toBe('stranger');
  });

  it('that were made so end as others do: signed out, and with another password, whoever set it', () => {
    const [door, command] = [open(), open()];
    const person = 'p' as PersonId;
    command.access.store.commit(() => [
      { table: 'accounts', id: person, body: { id: person, name: 'Pia', role: 'writer', groups: [], made: 1 } },
    ]);
    expect(door.access.store.book().accounts.size).toBe(1);
    const lock = new DatabaseSync(join(folder, 'gondola.db'));
    lock.exec('begin immediate');
    const as: SignIn['as'] = { kind: 'person', person };
    const [one, two] = [cookieIn(door.cookieFor(visit(), as)), cookieIn(door.cookieFor(visit(), as))];
    lock.exec('rollback');
    lock.close();
    expect([kind(door, one), kind(door, two), kind(command, one)]).toEqual(['person', 'person', 'stranger']);
    door.clearCookies(visit(one));
    command.signIns.make({ kind: 'owner', token: 'another' });
    time += 1000;
    expect([kind(door, one), kind(door, two)]).toEqual(['stranger', 'person']);
    command.access.store.commit((book) => changeAccount(book, 'Pia', { password: 'scrypt$another' }, time));
    time += 1000;
    expect(kind(door, two)).toBe('stranger');
  });

  it('of a damaged store are none, and it is told', () => {
    const door = open();
    const cookie = cookieIn(door.cookieFor(visit()));
    door.close();
    writeFileSync(join(folder, 'gondola.db'), 'no database at all, but long enough to be read as one'.repeat(100));
    const again = open();
    expect(kind(again, cookie)).toBe('stranger');
    expect(again.access.store.trouble).toMatch(/gondola\.db/);
    expect(again.admit({ ...visit(), headers: { host: 'localhost:4321', authorization: 'Bearer token' } }).kind).toBe(
      'owner',
    );
  });
});
