import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseProxies } from '../../../server/access/arrival.ts';
import { openDoor } from '../../../server/access/door.ts';
import { lineWriter } from '../../../server/http/line.ts';
import { requestIdOf, whoseRequest } from '../../../server/http/requests.ts';
import type { PersonId, SignInId, TokenId } from '../../../server/protocol/ids.ts';

describe('the id of a request', () => {
  it('is the proxy’s where a declared proxy gives a well-formed one', () => {
    expect(requestIdOf('0af7651916cd43dd8448eb211c80319c', true)).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(requestIdOf('9d3f-77.a_b', true)).toBe('9d3f-77.a_b');
  });

  it('is a declared proxy’s only where the connection comes from one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gondola-requests-'));
    const door = openDoor({
      folder,
      token: 'a-token-of-twenty-four-chars',
      hosts: { allowed: [], open: false },
      proxies: parseProxies(['10.0.0.0/8'])!,
      now: Date.now,
    });
    const from = (remoteAddress: string) => door.isByProxy({ headers: {}, socket: { remoteAddress } });
    expect(['10.1.2.3', '::ffff:10.1.2.3', '11.1.2.3', '127.0.0.1', ''].map(from)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    door.close();
    rmSync(folder, { recursive: true });
  });

  it('is made here for everybody else, and for what could break a line', () => {
    const made = /^[0-9a-f]{12}$/;
    expect(requestIdOf('0af7651916cd43dd', false)).toMatch(made);
    for (const bad of [undefined, '', 'short', 'a'.repeat(65), 'line\nbreak', 'quo"tes00', ['twice-given', 'b']])
      expect(requestIdOf(bad, true)).toMatch(made);
  });
});

it('whose a request is, is said by ids alone', () => {
  expect(whoseRequest({ kind: 'stranger' })).toBeUndefined();
  expect(whoseRequest({ kind: 'owner' })).toBe('owner');
  expect(whoseRequest({ kind: 'person', person: 'p1' as PersonId, signIn: 'secret' as SignInId })).toBe('p1');
  expect(whoseRequest({ kind: 'token', token: 't1' as TokenId })).toBe('token t1');
  expect(whoseRequest({ kind: 'guest', browser: 'secret', links: [] })).toBe('guest');
});

it('lines before the logger is there are of its form, and as loud as was asked', () => {
  const lines: string[] = [];
  const tell = lineWriter('warn', (line) => lines.push(line));
  tell('info', 'listening');
  tell('error', 'crashed', { err: { message: 'x' } });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'error', msg: 'crashed', time: expect.stringMatching(/Z$/) });
  lineWriter('silent', (line) => lines.push(line))('error', 'crashed');
  expect(lines).toHaveLength(1);
});
