/** Two owners who change roles at once, over the real app: neither undoes the other. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { changeRoles } from '../../../client/share/calls.ts';
import type { Grant } from '../../../client/share/contract.ts';
import { withGrant } from '../../../client/share/roles.ts';
import type { Subject } from '../../../server/access/book.ts';
import { grantChange } from '../../../server/access/store.ts';
import { castOf } from '../access/cast.ts';
import { type Harness, NOTEBOOK, newHarness, TOKEN } from './support.ts';

const headers = { host: 'localhost:4321', authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
const url = `/api/v1/notebooks/${NOTEBOOK}/access`;
const place = { kind: 'notebook', id: NOTEBOOK, title: '' } as const;
const group = (name: string): Grant => ({ subject: { kind: 'group', group: name }, name, role: 'reader' });
let harness: Harness;

beforeAll(async () => {
  harness = await newHarness();
});
afterAll(() => harness.close());

const put = (match: string, names: readonly string[]) =>
  harness.app.inject({
    method: 'PUT',
    url,
    headers: { ...headers, 'if-match': match },
    payload: { grants: names.map((name) => ({ subject: group(name).subject, role: 'reader' })) },
  });

const names = (body: { items: readonly { name: string }[] }): readonly string[] => body.items.map(({ name }) => name);

describe('roles', () => {
  it('are written over what If-Match names alone; who comes second is told what stands there', async () => {
    const before = await harness.app.inject({ url, headers });
    const tag = String(before.headers.etag);
    const first = await put(tag, ['crew']);
    expect([first.statusCode, first.headers.etag]).toEqual([200, first.json().tag]);
    const second = await put(tag, ['board']);
    expect([second.statusCode, second.json().error.code, names(second.json())]).toEqual([
      412,
      'changed-meanwhile',
      ['crew'],
    ]);
    expect([second.headers.etag, second.json().tag]).toEqual([first.headers.etag, first.headers.etag]);
    const again = await put(String(second.headers.etag), [...names(second.json()), 'board']);
    expect([again.statusCode, names(again.json())]).toEqual([200, ['crew', 'board']]);
    expect((await put('*', [])).statusCode).toBe(200);
  });

  it('of twenty changes at once by pages are all there', async () => {
    vi.stubGlobal('location', { pathname: '/', search: '' });
    vi.stubGlobal('localStorage', { getItem: () => null });
    vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}) => {
      const { statusCode, body } = await harness.app.inject({
        method: (init.method ?? 'GET') as 'GET',
        url: address,
        headers: { ...headers, ...(init.headers as Record<string, string>) },
        ...(typeof init.body === 'string' ? { payload: init.body } : {}),
      });
      return new Response(body, { status: statusCode });
    });
    // Four at a time: each is outrun by three at most.
    for (let at = 0; at < 20; at += 4) {
      const all = Array.from({ length: 4 }, (_, one) => group(`g${at + one}`));
      const answers = await Promise.all(all.map((grant) => changeRoles(place, (items) => withGrant(items, grant))));
      expect(answers.map(({ ok }) => ok)).toEqual([true, true, true, true]);
    }
    vi.unstubAllGlobals();
    const { items } = (await harness.app.inject({ url, headers })).json();
    expect(new Set(names({ items }))).toEqual(new Set(Array.from({ length: 20 }, (_, at) => `g${at}`)));
  });
});

describe('roles of a folder that is gone', () => {
  const call = (method: 'GET' | 'PUT' | 'DELETE', path: string, payload?: object) =>
    harness.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: {
        ...(payload ? headers : { host: headers.host, authorization: headers.authorization }),
        'if-match': '*',
      },
      ...(payload ? { payload } : {}),
    });
  const putAside = (folder: string) =>
    harness.door.access.store.commit(() => [
      grantChange({
        place: { kind: 'gone', folder },
        subject: group('crew').subject as Subject,
        role: 'writer',
        by: 'Ada',
        at: 1,
      }),
    ]);
  const gone = async () => (await call('GET', '/workspace')).json().gone;

  it('are told to whoever may share its place, with whom it was shared, and are forgotten at a word', async () => {
    putAside('sales/2024');
    expect(await gone()).toEqual(['sales/2024']);
    const { items, aside } = (await call('GET', '/folders/sales/2024/access')).json();
    expect([items, aside]).toMatchObject([[], [{ name: 'crew', role: 'writer', by: 'Ada' }]]);
    expect((await call('GET', '/folders/sales/access')).json().aside).toEqual([]);
    expect((await call('DELETE', '/folders/sales/2024/access')).statusCode).toBe(204);
    expect([await gone(), (await call('GET', '/folders/sales/2024/access')).json().aside]).toEqual([[], []]);
    const [told] = harness.door.access.audit.read({ limit: 1 });
    expect(told).toMatchObject({ event: 'grant-removed', on: 'sales/2024/', whom: 'group:crew' });
    expect((await call('DELETE', '/folders/sales/2024/access')).statusCode).toBe(204);
  });

  it('are told to nobody else, and the living roles of a folder are not forgotten', async () => {
    putAside('sales');
    const grants = [{ subject: group('crew').subject, role: 'reader' }];
    await call('PUT', '/folders/flights/access', { grants });
    expect((await call('DELETE', '/folders/flights/access')).statusCode).toBe(204);
    expect((await call('GET', '/folders/flights/access')).json().items).toHaveLength(1);
    const scene = { notebook: NOTEBOOK, other: 'other' as typeof NOTEBOOK, folder: 'elsewhere', token: TOKEN };
    for (const actor of castOf(harness.door, scene)) {
      if (actor.workspace === 'stranger' || actor.workspace === 'embed') continue;
      const seen = await harness.app.inject({ url: '/api/v1/workspace', headers: actor.headers });
      expect([actor.name, seen.json().gone]).toEqual([actor.name, actor.workspace === 'owner' ? ['sales'] : []]);
    }
    await call('DELETE', '/folders/sales/access');
    await call('PUT', '/folders/flights/access', { grants: [] });
  });
});
