import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAccount, changeAccount } from '../../../server/access/accounts.ts';
import { openAttempts } from '../../../server/access/attempts.ts';
import type { Account } from '../../../server/access/book.ts';
import { openDevices } from '../../../server/access/devices.ts';
import { hashPassword } from '../../../server/access/password.ts';
import type { PersonId } from '../../../server/protocol/ids.ts';
import { type Harness, newHarness } from '../http/support.ts';

const wrong = async () => false;
const right = async () => true;

describe('attempts of a browser that was here before', () => {
  it('are not ended by strangers, from one address or from everywhere', async () => {
    const attempts = openAttempts(() => 0);
    for (let count = 0; count < 60; count += 1) await attempts.try('ada', `10.1.0.${count}`, wrong);
    expect((await attempts.try('ada', '10.2.0.1', right)).result).toBe('wait');
    expect((await attempts.try('ada', '10.2.0.1', right, 'laptop')).result).toBe('right');
    for (let count = 0; count < 20; count += 1) await attempts.try(`person ${count}`, '10.2.0.1', wrong);
    expect((await attempts.try('ada', '10.2.0.1', right, 'laptop')).result).toBe('right');
  });

  it('end too, and are then a stranger’s', async () => {
    const attempts = openAttempts(() => 0);
    const told: string[] = [];
    for (let count = 0; count < 18; count += 1)
      told.push((await attempts.try('ada', '10.0.0.1', wrong, 'laptop')).result);
    // Eight of its own, and eight as anybody at that address.
    expect(told).toEqual([...Array.from({ length: 16 }, () => 'wrong'), 'wait', 'wait']);
    expect((await attempts.try('ada', '10.0.0.1', right, 'phone')).result).toBe('right');
  });

  it('end nobody else’s', async () => {
    const attempts = openAttempts(() => 0);
    for (let count = 0; count < 8; count += 1) await attempts.try('ada', '10.0.0.1', wrong, 'laptop');
    expect((await attempts.try('ada', '10.0.0.1', right)).result).toBe('right');
  });

  it('of one account are none of another', async () => {
    const attempts = openAttempts(() => 0);
    for (let count = 0; count < 8; count += 1) await attempts.try('ada', '10.0.0.1', wrong, 'laptop');
    expect((await attempts.try('ben', '10.0.0.1', right, 'laptop')).result).toBe('right');
  });

  it('wait for no crowd of strangers', async () => {
    const attempts = openAttempts(() => 0);
    const order: string[] = [];
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const slow = (name: string) => async () => {
      await gate;
      order.push(name);
      return true;
    };
    // Two at work, forty that wait, and one too many.
    const crowd = Array.from({ length: 43 }, (_, at) => attempts.try(`s${at}`, `10.3.0.${at}`, slow('stranger')));
    expect(await crowd[42]).toEqual({ result: 'wait', seconds: 5 });
    const ada = attempts.try('ada', '10.4.0.1', slow('ada'), 'laptop');
    go();
    expect((await ada).result).toBe('right');
    await Promise.all(crowd);
    expect(order.indexOf('ada')).toBeLessThanOrEqual(3);
  });
});

describe('the cookie of a browser', () => {
  const account = (id: string, password = `hash of ${id}`): Account => ({
    id: id as PersonId,
    name: id,
    role: 'writer',
    groups: [],
    made: 1,
    password,
  });
  const [ada, ben] = [account('ada'), account('ben')];
  const devices = openDevices('key');

  it('is of the accounts that were signed in there, and of no others', () => {
    const one = devices.add(undefined, ada)!;
    const both = devices.add(one, ben)!;
    expect(devices.find(one, ada)).toBeDefined();
    expect(devices.find(one, ben)).toBeUndefined();
    expect([devices.find(both, ada), devices.find(both, ben)]).toEqual([devices.find(one, ada), expect.any(String)]);
    expect(devices.add(both, ada)).toBeUndefined();
  });

  it('cannot be made, moved to another account, or kept over another password', () => {
    const cookie = devices.add(undefined, ada)!;
    const [, nonce, mark] = cookie.split('.');
    for (const forged of [
      '',
      'ada',
      'ada..',
      `ada.${nonce}.`,
      `ada.${nonce}x.${mark}`,
      `ben.${nonce}.${mark}`,
      `~~~~~${cookie}`,
      openDevices('another key').add(undefined, ada)!,
    ])
      expect([forged, devices.find(forged, ada), devices.find(forged, ben)]).toEqual([forged, undefined, undefined]);
    expect(devices.find(cookie, account('ada', 'another hash'))).toBeUndefined();
  });

  it('holds a few accounts, the last ones', () => {
    let cookie: string | undefined;
    const all = Array.from({ length: 7 }, (_, at) => account(`p${at}`));
    for (const one of all) cookie = devices.add(cookie, one);
    expect(all.map((one) => devices.find(cookie, one) !== undefined)).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
    // It must fit beside the others into what a browser sends.
    expect(cookie!.length).toBeLessThan(1_000);
  });
});

describe('through the sign-in', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await newHarness();
    const password = await hashPassword('the right one');
    harness.door.access.store.commit((book) =>
      ['ada', 'ben'].flatMap((name) => addAccount(book, { name, role: 'writer', groups: [], password }, 1)),
    );
  });
  afterAll(() => harness.close());

  /** Everybody in one house has one address. */
  const signIn = (name: string, password: string, cookie = '') =>
    harness.app.inject({
      method: 'POST',
      url: '/sign-in',
      remoteAddress: '203.0.113.7',
      headers: {
        host: 'localhost:4321',
        origin: 'http://localhost:4321',
        'content-type': 'application/x-www-form-urlencoded',
        cookie,
      },
      payload: new URLSearchParams({ name, password }).toString(),
    });
  const deviceIn = (response: Awaited<ReturnType<typeof signIn>>): string =>
    [response.headers['set-cookie'] ?? []]
      .flat()
      .map((one) => one.split(';')[0]!)
      .find((one) => one.includes('-device=')) ?? '';

  it('who has signed in before gets in while a stranger at the same address is shut out', async () => {
    const known = await signIn('ada', 'the right one');
    const cookie = deviceIn(known);
    expect([known.statusCode, cookie]).toEqual([303, expect.stringMatching(/^gondola-\d+-device=/)]);
    const told: number[] = [];
    for (let count = 0; count < 9; count += 1) told.push((await signIn('ada', 'wrong')).statusCode);
    expect(told).toEqual([...Array.from({ length: 8 }, () => 401), 429]);
    expect((await signIn('ada', 'the right one')).statusCode).toBe(429);
    const again = await signIn('ada', 'the right one', cookie);
    expect([again.statusCode, deviceIn(again)]).toEqual([303, '']);
    // It opens nothing by itself, and is nothing to another account.
    expect((await signIn('ada', 'wrong', cookie)).statusCode).toBe(401);
    const me = await harness.app.inject({ url: '/api/v1/me', headers: { host: 'localhost:4321', cookie } });
    expect(me.statusCode).toBe(401);
    // With another password of the account it is nobody's.
    const next = await hashPassword('another one');
    harness.door.access.store.commit((book) => changeAccount(book, 'ada', { password: next }, 2));
    expect((await signIn('ada', 'another one', cookie)).statusCode).toBe(429);
  });
});
