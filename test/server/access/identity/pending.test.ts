import { describe, expect, it } from 'vitest';
import { openPendings } from '../../../../server/access/identity/pending.ts';

const one = (state: string) => ({ state, nonce: 'n', verifier: 'v', redirect: 'r', to: '/' });

describe('a sign-in under way', () => {
  it('is ended once, by the browser that began it', () => {
    const pendings = openPendings(() => 0);
    const browser = pendings.begin(one('a'), undefined, '10.0.0.1');
    expect(pendings.end('b', browser)).toBeUndefined();
    expect(pendings.end('a', browser)).toMatchObject(one('a'));
    expect(pendings.end('a', browser)).toBeUndefined();
  });

  it('shown by another browser, or by none, is over for all', () => {
    const pendings = openPendings(() => 0);
    for (const other of [undefined, '', 'guessed', pendings.begin(one('other'), undefined, '10.0.0.2')]) {
      const browser = pendings.begin(one('a'), undefined, '10.0.0.1');
      expect(pendings.end('a', other)).toBeUndefined();
      expect(pendings.end('a', browser)).toBeUndefined();
    }
  });

  it('ends after ten minutes', () => {
    let time = 0;
    const pendings = openPendings(() => time);
    const late = pendings.begin(one('a'), undefined, '10.0.0.1');
    time = 10 * 60 * 1000;
    expect(pendings.end('a', late)).toBeUndefined();
    const early = pendings.begin(one('b'), undefined, '10.0.0.1');
    time += 10 * 60 * 1000 - 1;
    expect(pendings.end('b', early)).toBeDefined();
  });

  it('may be one of several tabs, with one cookie of our making', () => {
    const pendings = openPendings(() => 0);
    const first = pendings.begin(one('a'), 'planted by another page', '10.0.0.1');
    expect(first).not.toBe('planted by another page');
    expect(pendings.begin(one('b'), first, '10.0.0.1')).toBe(first);
    expect(pendings.end('b', first)).toBeDefined();
    expect(pendings.end('a', first)).toBeDefined();
  });

  it('is one of a bounded number, of which one network has a part', () => {
    const pendings = openPendings(() => 0);
    const mine = pendings.begin(one('mine'), undefined, '10.0.0.1');
    for (let index = 0; index < 5000; index += 1) pendings.begin(one(`flood ${index}`), undefined, '10.6.6.6');
    expect(pendings.size).toBe(201);
    expect(pendings.end('mine', mine)).toBeDefined();
    for (let index = 0; index < 5000; index += 1) pendings.begin(one(`many ${index}`), undefined, `10.7.0.${index}`);
    expect(pendings.size).toBe(2000);
  });
});
