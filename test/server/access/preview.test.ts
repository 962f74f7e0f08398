/**
 * What an owner is shown as somebody else is what that one gets, to the byte: the same calls, by the real visitor and by
 * the owner who looks as them. It reads, for owners alone, and signs nobody in.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../../server/http/routes.ts';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import { type Harness, NOTEBOOK, newHarness, TOKEN } from '../http/support.ts';
import { type Actor, castOf, HOST } from './cast.ts';

/** By the name of the actor: as whom one looks to see what they see. */
const VIEWERS: Readonly<Record<string, string>> = {
  'who made it': 'person:maker',
  'a writer': 'person:writer',
  'a writer of the folder': 'person:below',
  'a runner': 'person:runner',
  'a runner who reads the folder': 'person:both',
  'a reader': 'person:reader',
  'a reader by a group': 'person:grouped',
  'an owner of the workspace': 'person:admin',
  'an account without a role': 'person:outsider',
  'an account whose role was taken': 'person:revoked',
  'a disabled account': 'person:disabled',
  'a link to read': 'link:linkreading',
  'a link to run': 'link:linkrunning',
  'a link to another notebook': 'link:linkelsewhere',
  'a link that ended': 'link:linkexpired',
  'a link that never was': 'link:linkrevoked',
  'an embed': 'link:embedded',
  'an embed of another notebook': 'link:embeddedelsewhere',
  'an embed that ended': 'link:embedexpired',
};

const owner = { host: HOST, authorization: `Bearer ${TOKEN}` };
let harness: Harness;
let actors: readonly Actor[];
const known = { run: '', result: '' };

beforeAll(async () => {
  harness = await newHarness();
  actors = castOf(harness.door, {
    notebook: NOTEBOOK,
    other: 'otherother' as NotebookId,
    folder: 'flights',
    token: TOKEN,
  });
  const asked = await harness.app.inject({
    method: 'POST',
    url: `/api/v1/notebooks/${NOTEBOOK}/runs?wait=10`,
    headers: { ...owner, 'content-type': 'application/json' },
    payload: '{}',
  });
  known.run = asked.json().runs[0].id;
  known.result = (await get(`/api/v1/runs/${known.run}`, owner)).json().outputs[1].result;
});
afterAll(() => harness.close());

const get = (url: string, headers: Readonly<Record<string, string>>) => harness.app.inject({ url, headers });

/** Of every call that reads one notebook. */
const addresses = (): readonly string[] =>
  routes
    .filter(({ method, target }) => method === 'GET' && ['notebook', 'run', 'result'].includes(target))
    .map(({ path, target }) => {
      const id = { run: known.run, result: known.result }[target as 'run'] ?? NOTEBOOK;
      return `/api/v1${path.replace(':id', id).replace(/:\w+/g, '1')}`;
    });

/** What each answer has of its own. */
const OWN = new Set(['x-request-id', 'content-security-policy', 'date']);

async function answer(url: string, headers: Readonly<Record<string, string>>) {
  const response = await get(url, headers);
  const told = Object.entries(response.headers).filter(([name]) => !OWN.has(name));
  return { status: response.statusCode, headers: told, body: response.body };
}

const named = (name: string): Actor => actors.find((actor) => actor.name === name)!;

describe('an owner who looks as somebody', () => {
  it('gets what they get from each call that reads a notebook, to the byte', async () => {
    const all = addresses();
    expect(all.length).toBeGreaterThan(12);
    let shown = 0;
    for (const [name, as] of Object.entries(VIEWERS)) {
      for (const url of all) {
        const theirs = await answer(url, named(name).headers);
        const seen = await answer(url, { ...owner, 'gondola-as': as });
        expect([name, url, seen]).toEqual([name, url, theirs]);
        if (theirs.status === 200) shown += 1;
      }
    }
    expect(shown).toBeGreaterThan(50);
  });

  it('is never shown, of what a browser keeps, what it keeps for themselves', async () => {
    const kept: string[] = [];
    for (const url of addresses()) {
      const { headers } = await get(url, owner);
      if (!/max-age=[1-9]/.test(String(headers['cache-control']))) continue;
      expect([url, headers.vary]).toEqual([url, expect.stringContaining('gondola-as')]);
      kept.push(url);
    }
    expect(kept.map((url) => url.split('/').at(-1))).toEqual(expect.arrayContaining(['chart', 'pivot']));
  });

  it('sees what a group and everyone see by what was granted to these alone', async () => {
    const byGroup = await answer(`/api/v1/notebooks/${NOTEBOOK}`, { ...owner, 'gondola-as': 'group:crew' });
    expect(byGroup).toEqual(await answer(`/api/v1/notebooks/${NOTEBOOK}`, named('a reader by a group').headers));
    const nobody = await answer(`/api/v1/notebooks/${NOTEBOOK}`, named('an account without a role').headers);
    for (const as of ['everyone', 'group:another', 'group:caf%C3%A9'])
      expect(await answer(`/api/v1/notebooks/${NOTEBOOK}`, { ...owner, 'gondola-as': as })).toEqual(nobody);
  });

  it('is an owner at each call: whoever else asks so gets nothing by it', async () => {
    const url = `/api/v1/notebooks/${NOTEBOOK}/published`;
    for (const actor of actors) {
      const plain = await get(`/api/v1/notebooks/${NOTEBOOK}/access`, actor.headers);
      for (const as of ['person:maker', 'link:linkreading', 'everyone']) {
        const { statusCode, body } = await get(url, { ...actor.headers, 'gondola-as': as });
        const told = `${actor.name} as ${as}`;
        if (actor.notebook === 'owner') expect([told, statusCode]).toEqual([told, as === 'everyone' ? 404 : 200]);
        else expect([told, statusCode, body]).toEqual([told, plain.statusCode, plain.body]);
      }
    }
  });

  it('reads and does nothing else, and is signed in as nobody', async () => {
    const before = [...harness.door.access.store.book().signIns.keys()];
    const seq = harness.door.access.audit.read({ limit: 1 })[0]?.seq ?? 0;
    const as = { ...owner, 'gondola-as': 'person:maker' };
    for (const { method, path, target } of routes) {
      if (method === 'GET' && ['notebook', 'run', 'result'].includes(target)) continue;
      const url = `/api/v1${path.replace(':id', NOTEBOOK).replace(/:\w+/g, '1').replace('*', 'flights/access')}`;
      const { statusCode, body } = await harness.app.inject({ method, url, headers: as });
      expect([method, path, statusCode], body).toEqual([method, path, 400]);
    }
    const exported = await get(`/api/v1/results/${known.result}/rows?format=csv`, as);
    expect([exported.statusCode, exported.headers['set-cookie']]).toEqual([200, undefined]);
    expect([...harness.door.access.store.book().signIns.keys()]).toEqual(before);
    const written = harness.door.access.audit.read({ after: seq, limit: 100 });
    expect(written.map(({ event, by }) => [event, by.name])).toEqual([['export', 'API']]);
  });

  it('names whom in one of four ways', async () => {
    for (const as of ['', 'person:', 'person:A B', 'ada', 'link:%00', 'group:%', 'owner', 'everyone:x']) {
      const { statusCode } = await get(`/api/v1/notebooks/${NOTEBOOK}`, { ...owner, 'gondola-as': as });
      expect([as, statusCode]).toEqual([as, 400]);
    }
  });
});
