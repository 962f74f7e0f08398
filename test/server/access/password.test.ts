import { describe, expect, it } from 'vitest';
import { networkOf, openAttempts } from '../../../server/access/attempts.ts';
import { hashPassword, isPassword } from '../../../server/access/password.ts';

describe('a password', () => {
  it('is told from others by a hash with a salt of its own, whatever composes its letters', async () => {
    const [one, two] = await Promise.all([hashPassword('gondola ñ 곤돌라'), hashPassword('gondola ñ 곤돌라')]);
    expect(one).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(two);
    expect(await isPassword('gondola ñ 곤돌라'.normalize('NFD'), one)).toBe(true);
    expect(await isPassword('gondola ñ 곤돌라 ', one)).toBe(false);
  });

  it('of nobody, or of a hash that is none, is never right', async () => {
    expect(await isPassword('', undefined)).toBe(false);
    expect(await isPassword('x', 'scrypt$1$1$1$AA$AA')).toBe(false);
  });

  it('takes as long for who is not there', async () => {
    const stored = await hashPassword('long enough');
    // The least of a few: what else the machine does only adds.
    const timeOf = async (against: string | undefined) => {
      const times: number[] = [];
      for (let count = 0; count < 4; count += 1) {
        const started = performance.now();
        await isPassword('another one', against);
        times.push(performance.now() - started);
      }
      return Math.min(...times);
    };
    const [known, unknown] = [await timeOf(stored), await timeOf(undefined)];
    expect(Math.max(known, unknown) / Math.min(known, unknown)).toBeLessThan(3);
  });

  it('has a sensible length', async () => {
    await expect(hashPassword('short')).rejects.toMatchObject({ code: 'bad-request' });
    await expect(hashPassword('x'.repeat(1001))).rejects.toMatchObject({ code: 'bad-request' });
  });
});

describe('attempts', () => {
  const wrong = async () => false;
  const right = async () => true;

  it('of one address at one account end after a few, and go on after a while', async () => {
    let time = 0;
    const attempts = openAttempts(() => time);
    for (let count = 0; count < 8; count += 1)
      expect(await attempts.try('ada', '10.0.0.1', wrong)).toEqual({ result: 'wrong' });
    expect(await attempts.try('ada', '10.0.0.1', right)).toEqual({ result: 'wait', seconds: 900 });
    expect(await attempts.try('ada', '10.0.0.2', right)).toEqual({ result: 'right' });
    time += 15 * 60 * 1000;
    expect(await attempts.try('ada', '10.0.0.1', right)).toEqual({ result: 'right' });
  });

  it('of one network count together, however many addresses it has', async () => {
    expect(
      ['10.0.0.1', '::ffff:10.0.0.1', '::1', 'fe80::1%eth0', '2001:db8:0:7::1', '2001:db8::7:1:2:3:4'].map(networkOf),
    ).toEqual(['10.0.0.1', '::ffff:10.0.0.1', '0:0:0:0', 'fe80:0:0:0', '2001:db8:0:7', '2001:db8:0:7']);
    const attempts = openAttempts(() => 0);
    for (let count = 0; count < 20; count += 1) await attempts.try(`person ${count}`, `2001:db8::${count}`, wrong);
    expect((await attempts.try('another', '2001:db8::ff', right)).result).toBe('wait');
    expect((await attempts.try('another', '2001:db8:0:1::1', right)).result).toBe('right');
  });

  it('of one address at many accounts, and of many addresses at one, end too', async () => {
    const attempts = openAttempts(() => 0);
    for (let count = 0; count < 20; count += 1) await attempts.try(`person ${count}`, '10.0.0.1', wrong);
    expect((await attempts.try('another', '10.0.0.1', right)).result).toBe('wait');
    for (let count = 0; count < 60; count += 1) await attempts.try('ada', `10.1.0.${count}`, wrong);
    expect((await attempts.try('ada', '10.2.0.1', right)).result).toBe('wait');
  });

  it('that are made at once are counted before they are answered, and two are computed at a time', async () => {
    const attempts = openAttempts(() => 0);
    let active = 0;
    let most = 0;
    const slow = async () => {
      active += 1;
      most = Math.max(most, active);
      await new Promise((resolve) => setImmediate(resolve));
      active -= 1;
      return false;
    };
    const all = await Promise.all(Array.from({ length: 30 }, () => attempts.try('ada', '10.0.0.1', slow)));
    expect(all.filter(({ result }) => result === 'wrong')).toHaveLength(8);
    expect(most).toBe(2);
  });

  it('wait in one row with passwords that are made, which are told so where it is long', async () => {
    const attempts = openAttempts(() => 0);
    let active = 0;
    let most = 0;
    const release: (() => void)[] = [];
    const slow = async () => {
      active += 1;
      most = Math.max(most, active);
      await new Promise<void>((resolve) => release.push(resolve));
      active -= 1;
      return true;
    };
    const made = Array.from({ length: 21 }, () => attempts.turn(slow));
    const tried = Array.from({ length: 21 }, (_, at) => attempts.try(`person ${at}`, `10.0.0.${at}`, slow));
    expect(() => attempts.turn(slow)).toThrow('Too many at once');
    expect((await attempts.try('another', '10.1.0.1', slow)).result).toBe('wait');
    for (let done = 0; done < 42; done += 1) {
      release.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await Promise.all([...made, ...tried])).length).toBe(42);
    expect([most, active]).toEqual([2, 0]);
  });

  it('that wait for others hold nobody up', async () => {
    const attempts = openAttempts(() => 0);
    let answer = (_: boolean): void => {};
    const away = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const slow = Array.from({ length: 8 }, (_, index) => attempts.tryParts(`ada ${index}`, '10.0.0.1', () => away));
    expect(await attempts.try('ben', '10.0.0.2', right)).toEqual({ result: 'right' });
    answer(true);
    expect((await Promise.all(slow)).every(({ result }) => result === 'right')).toBe(true);
  });

  it('that are right count for nothing', async () => {
    const attempts = openAttempts(() => 0);
    for (let count = 0; count < 100; count += 1)
      expect((await attempts.try('ada', '10.0.0.1', right)).result).toBe('right');
  });
});
