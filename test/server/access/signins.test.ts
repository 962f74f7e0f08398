import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSignIns, SIGN_IN_DAYS } from '../../../server/access/signins.ts';
import { readToken, sameSecret } from '../../../server/access/token.ts';

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
  const open = (token = 'token', now = () => 1000) => openSignIns(join(folder, 'sign-ins.json'), token, now);

  it('are known after a restart, by a digest alone', () => {
    const secret = open().make();
    expect(open().knows(secret)).toBe(true);
    expect(open().knows('another')).toBe(false);
    expect(readFileSync(join(folder, 'sign-ins.json'), 'utf8')).not.toContain(secret);
    expect(statSync(join(folder, 'sign-ins.json')).mode & 0o777).toBe(0o600);
  });

  it('end one by one, all together, by time, and with the token', () => {
    const signIns = open();
    const [one, two] = [signIns.make(), signIns.make()];
    signIns.revoke(one);
    expect([open().knows(one), open().knows(two)]).toEqual([false, true]);
    expect(open('another token').knows(two)).toBe(false);
    expect(open('token', () => 1000 + SIGN_IN_DAYS * 24 * 60 * 60 * 1000).knows(two)).toBe(false);
    signIns.revokeAll();
    expect(open().knows(two)).toBe(false);
  });

  it('are bounded, oldest out first', () => {
    const signIns = open();
    const first = signIns.make();
    let last = '';
    for (let count = 0; count < 1000; count += 1) last = signIns.make();
    expect([signIns.knows(first), signIns.knows(last)]).toEqual([false, true]);
  });

  it('are made where the disk refuses, for as long as the server runs', () => {
    const signIns = openSignIns(join(folder, 'token-is-a-file', 'sign-ins.json'), 'token', () => 1000);
    writeFileSync(join(folder, 'token-is-a-file'), '');
    expect(signIns.knows(signIns.make())).toBe(true);
  });

  it('of a damaged file are none', () => {
    writeFileSync(join(folder, 'sign-ins.json'), '{ "version": 1, "signIns": 5 }');
    expect(open().knows('x')).toBe(false);
  });
});
