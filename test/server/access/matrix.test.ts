/**
 * Everybody × every operation of the API × {there, absent}, and everybody × every message of the socket, against the real
 * app: exactly the table. The operations come from the app's own routes and the messages from their schema: one without
 * a line here fails.
 *
 * An operation that may be done is asked with a query that no operation knows: the evaluator comes first, so the answer
 * `bad-request` shows that it let it pass, and nothing happens. What is decided further in is asked for real below.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { Halls } from '../../../server/halls.ts';
import type { Route } from '../../../server/http/route.ts';
import { routes } from '../../../server/http/routes.ts';
import { awarenessFrame, controlFrame, syncFrame } from '../../../server/protocol/frames.ts';
import type { NotebookId, ResultId } from '../../../server/protocol/ids.ts';
import { ClientMessage } from '../../../server/protocol/incoming.ts';
import { isVisitorKey, keyIn } from '../../../server/protocol/keys.ts';
import { CLOSE } from '../../../server/protocol/messages.ts';
import type { RunEvent } from '../../../server/protocol/runs.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { Visit } from '../../../server/visit.ts';
import { keepHeld } from '../../reliability/record.ts';
import { type Harness, NOTEBOOK, newHarness, TOKEN } from '../http/support.ts';
import { Guest, sourceIn } from '../rooms/guest.ts';
import { openHouse, quietHandlers, TestClock } from '../rooms/house.ts';
import { type Actor, type Class, castOf } from './cast.ts';

const FOLDER = 'flights';
const OTHER = 'otherother' as NotebookId;

type Line =
  /** Who may, of those who know of the notebook; the others of these are told so. */
  | { readonly on: 'notebook'; readonly may: readonly Class[] }
  | { readonly on: 'workspace'; readonly may: readonly Actor['workspace'][] }
  | { readonly on: 'files'; readonly may: readonly Actor['files'][] }
  | { readonly on: 'folder'; readonly may: readonly Actor['folder'][] }
  /** Nothing is there for anybody: absent, whoever asks. */
  | { readonly on: 'nothing' };

const notebook = (...may: readonly Class[]): Line => ({ on: 'notebook', may });
const workspace = (...may: readonly Actor['workspace'][]): Line => ({ on: 'workspace', may });
const WRITERS = ['owner', 'writer'] as const;
const LINKS = ['link', 'running'] as const;
const RUNNERS = ['owner', 'writer', 'runner'] as const;
/** What a frame asks for. */
const SHOWN = [...LINKS, 'embed', 'framing'] as const;
const MEMBERS = ['owner', 'writer', 'runner', 'reader'] as const;

const operations: Readonly<Record<string, Line>> = {
  'GET /workspace': workspace(...MEMBERS, 'link'),
  'GET /notebooks': workspace(...MEMBERS, 'link'),
  'POST /notebooks': workspace(...WRITERS),
  'GET /notebooks/:id': notebook(...MEMBERS, ...LINKS),
  'GET /notebooks/:id/published': notebook(...MEMBERS, ...SHOWN),
  'GET /notebooks/:id/report': notebook(...MEMBERS, ...SHOWN),
  'GET /notebooks/:id/pictures/:name': notebook(...MEMBERS, ...SHOWN),
  'GET /notebooks/:id/forms': notebook(...MEMBERS, ...SHOWN),
  'GET /notebooks/:id/forms/:name/options': notebook('owner', 'writer', 'runner', 'running', 'framing'),
  'PATCH /notebooks/:id': notebook(...WRITERS),
  'DELETE /notebooks/:id': notebook('owner'),
  'GET /notebooks/:id/text': notebook(...MEMBERS),
  'PUT /notebooks/:id/text': notebook(...WRITERS),
  'GET /notebooks/:id/versions': notebook(...MEMBERS),
  'POST /notebooks/:id/versions': notebook(...WRITERS),
  'GET /notebooks/:id/versions/:version': notebook(...MEMBERS),
  'GET /notebooks/:id/versions/:version/text': notebook(...MEMBERS),
  'PATCH /notebooks/:id/versions/:version': notebook(...WRITERS),
  'DELETE /notebooks/:id/versions/:version/name': notebook(...WRITERS),
  'POST /notebooks/:id/versions/:version/restore': notebook(...WRITERS),
  'GET /trash': workspace(...MEMBERS, 'link'),
  'POST /trash/:id/restore': { on: 'nothing' },
  'DELETE /trash/:id': { on: 'nothing' },
  'POST /notebooks/:id/runs': notebook('owner', 'writer', 'runner', 'running', 'framing'),
  'DELETE /notebooks/:id/runs': notebook('owner', 'writer', 'runner', 'running', 'framing'),
  'GET /notebooks/:id/runs': notebook(...MEMBERS, ...LINKS),
  'GET /notebooks/:id/graph': notebook(...MEMBERS),
  'POST /notebooks/:id/plan': notebook(...MEMBERS),
  'POST /notebooks/:id/kept': notebook(...MEMBERS),
  'POST /notebooks/:id/rename-plan': notebook(...WRITERS),
  'GET /notebooks/:id/costs': notebook(...WRITERS),
  'GET /runs/:id': notebook(...MEMBERS, ...LINKS),
  'GET /runs/:id/outputs/:index/text': notebook(...MEMBERS, ...SHOWN),
  'DELETE /runs/:id': notebook('owner', 'writer', 'runner', 'running', 'framing'),
  'GET /notebooks/:id/tables': notebook(...MEMBERS, ...LINKS),
  'DELETE /notebooks/:id/session': notebook('owner', 'writer', 'runner', 'running'),
  'GET /results/:id': notebook(...MEMBERS, ...LINKS),
  'GET /results/:id/rows': notebook(...MEMBERS, ...SHOWN),
  'GET /results/:id/download': notebook(...MEMBERS, ...SHOWN),
  'GET /results/:id/chart': notebook(...MEMBERS, ...SHOWN),
  'GET /results/:id/pivot': notebook(...MEMBERS, ...SHOWN),
  'GET /results/:id/pivot/sql': notebook(...MEMBERS, ...SHOWN),
  'GET /results/:id/progress': notebook(...MEMBERS, ...SHOWN),
  'GET /results/:id/profile': notebook(...MEMBERS, ...SHOWN),
  'GET /results/:id/sums': notebook(...MEMBERS, ...SHOWN),
  'GET /files/*': { on: 'files', may: ['replaces', 'adds'] },
  'PUT /files/*': { on: 'files', may: ['replaces', 'adds'] },
  'POST /files/*': { on: 'files', may: ['replaces', 'adds'] },
  'DELETE /files/*': { on: 'files', may: ['replaces'] },
  'GET /notebooks/:id/access': notebook('owner'),
  'PUT /notebooks/:id/access': notebook('owner'),
  'GET /notebooks/:id/links': notebook('owner'),
  'POST /notebooks/:id/links': notebook('owner'),
  'DELETE /notebooks/:id/links/:link': notebook('owner'),
  'GET /folders/*': { on: 'folder', may: ['owner'] },
  'PUT /folders/*': { on: 'folder', may: ['owner'] },
  'DELETE /folders/*': { on: 'folder', may: ['owner'] },
  'GET /me': workspace(...MEMBERS, 'link'),
  'GET /people': workspace(...MEMBERS),
  'GET /audit': workspace('owner'),
};

let harness: Harness;
let actors: readonly Actor[];
const known = { run: '', result: '' as ResultId };
let cases = 0;
let all = true;
afterEach(({ task }) => {
  all &&= task.result?.state !== 'fail';
});

beforeAll(async () => {
  harness = await newHarness();
  harness.files.set(`${FOLDER}/data/x.csv`, new TextEncoder().encode('a\n'));
  actors = castOf(harness.door, { notebook: NOTEBOOK, other: OTHER, folder: FOLDER, token: TOKEN });
  const asked = await call(actors[0]!, 'POST', `/notebooks/${NOTEBOOK}/runs?wait=10`, {});
  known.run = asked.json().runs[0].id;
  const run = await call(actors[0]!, 'GET', `/runs/${known.run}`);
  known.result = run.json().outputs[1].result;
});
afterAll(async () => {
  process.stdout.write(`access: ${cases} cases, ${actors.length} actors\n`);
  if (all) keepHeld({ figure: 'R5', part: 'matrix', held: { 'calls, messages and connections': cases } });
  await harness.close();
});

function call(actor: Actor, method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  cases += 1;
  return harness.app.inject({
    method: method as 'GET',
    url: `/api/v1${path}`,
    headers: { ...actor.headers, ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { payload: body } : {}),
  });
}

const keyOf = ({ method, path }: Route): string => `${method} ${path}`;

function addressOf({ path, target }: Route, place: 'there' | 'absent'): string {
  const id = { notebook: NOTEBOOK as string, run: known.run, result: known.result as string }[target as 'run'] ?? 'x';
  const absent =
    target === 'notebook' ? 'absentbook' : target === 'run' ? 'absentbook-aaaaaaaaaa' : 'absentbook-result';
  const rest = target === 'file' ? `${FOLDER}/data/x.csv` : `${FOLDER}/access`;
  return path
    .replace(':id', place === 'there' ? id : absent)
    .replace(/:\w+/g, '0')
    .replace('*', rest);
}

/** What the table says of one actor. */
function expected(line: Line, actor: Actor): 400 | 401 | 403 | 404 {
  if (actor.workspace === 'stranger') return 401;
  switch (line.on) {
    case 'notebook':
      if (actor.notebook === 'none') return 404;
      return line.may.includes(actor.notebook) ? 400 : 403;
    case 'workspace':
      return line.may.includes(actor.workspace) ? 400 : 403;
    case 'files':
      return actor.files === 'none' ? 404 : line.may.includes(actor.files) ? 400 : 403;
    case 'folder':
      return actor.folder === 'none' ? 404 : line.may.includes(actor.folder) ? 400 : 403;
    case 'nothing':
      return 404;
  }
}

describe('operations', () => {
  it('each have a line in the table', () => {
    expect(new Set(Object.keys(operations))).toEqual(new Set(routes.map(keyOf)));
  });

  it('are for exactly those whom the table names', async () => {
    for (const route of routes) {
      const line = operations[keyOf(route)]!;
      for (const actor of actors) {
        const address = `${addressOf(route, 'there')}?nobody-knows=1`;
        const response = await call(actor, route.method, address);
        const told = `${keyOf(route)} by ${actor.name}`;
        expect([told, response.statusCode], response.body).toEqual([told, expected(line, actor)]);
        if (response.statusCode !== 403) continue;
        const { message } = response.json().error;
        expect([told, message]).toEqual([told, expect.stringMatching(/: it (takes|is not for) /)]);
        const byLink = actor.workspace === 'link' || actor.workspace === 'embed';
        if (byLink) expect([told, message]).not.toEqual([told, expect.stringMatching(/maker|admin/)]);
      }
    }
  });

  it('on what is absent and what is not theirs get one answer, to the byte (invariant 9)', async () => {
    for (const route of routes) {
      if (!['notebook', 'run', 'result'].includes(route.target)) continue;
      for (const actor of actors) {
        const absent = await call(actor, route.method, addressOf(route, 'absent'));
        const told = `${keyOf(route)} by ${actor.name}`;
        expect([told, absent.statusCode]).toEqual([told, actor.workspace === 'stranger' ? 401 : 404]);
        if (actor.notebook !== 'none' && actor.notebook !== 'stranger') continue;
        const there = await call(actor, route.method, addressOf(route, 'there'));
        expect([told, there.statusCode, there.body]).toEqual([told, absent.statusCode, absent.body]);
      }
    }
  });

  it('list only what one may read, and find nothing else', async () => {
    for (const actor of actors) {
      if (actor.workspace === 'stranger') continue;
      for (const address of ['/notebooks', '/notebooks?query=First', '/workspace']) {
        const { body } = await call(actor, 'GET', address);
        const sees = actor.notebook !== 'none' && actor.workspace !== 'embed';
        const told = `${address} by ${actor.name}`;
        expect([told, address === '/workspace' ? body.includes(FOLDER) : body.includes(NOTEBOOK)]).toEqual([
          told,
          sees,
        ]);
      }
    }
  });

  it('that run code are for runners too, each in a session of their own', async () => {
    for (const actor of actors) {
      const response = await call(actor, 'POST', `/notebooks/${NOTEBOOK}/runs`, { paragraphs: ['a'] });
      const runs = ['owner', 'writer', 'runner', 'running', 'framing'].includes(actor.notebook);
      const denied = actor.notebook === 'stranger' ? 401 : actor.notebook === 'none' ? 404 : 403;
      expect([actor.name, response.statusCode], response.body).toEqual([actor.name, runs ? 202 : denied]);
      if (!runs) continue;
      const own = ['runner', 'running', 'framing'].includes(actor.notebook);
      expect([actor.name, isVisitorKey(keyIn(response.json().runs[0].id) ?? '')]).toEqual([actor.name, own]);
    }
  });

  it('that replace a file want the folder; beside the others, a writer of a notebook there may put one', async () => {
    for (const actor of actors) {
      const put = (headers: Record<string, string>) =>
        harness.app.inject({
          method: 'PUT',
          url: `/api/v1/files/${FOLDER}/data/y.csv`,
          headers: { ...actor.headers, 'content-type': 'text/csv', ...headers },
          payload: 'b\n',
        });
      cases += 2;
      const denied = actor.files === 'stranger' ? 401 : 404;
      const adds = actor.files === 'adds' || actor.files === 'replaces';
      expect([actor.name, (await put({ 'if-none-match': '*' })).statusCode]).toEqual([actor.name, adds ? 201 : denied]);
      const replaces = actor.files === 'replaces' ? 201 : actor.files === 'adds' ? 403 : denied;
      expect([actor.name, (await put({})).statusCode]).toEqual([actor.name, replaces]);
    }
  });

  it('that make or move a notebook into a folder want that folder', async () => {
    for (const actor of actors) {
      if (actor.workspace === 'stranger') continue;
      const made = await call(actor, 'POST', '/notebooks', { title: 'x', folder: FOLDER });
      const makes = actor.workspace === 'owner' || actor.workspace === 'writer';
      const writes = actor.folder === 'writer' || actor.folder === 'owner';
      const status = !makes ? 403 : writes ? 201 : actor.folder === 'none' ? 404 : 403;
      expect([actor.name, made.statusCode], made.body).toEqual([actor.name, status]);
    }
  });

  it('give a link’s holder no source that is hidden, no name of a member, and nothing to list', async () => {
    const reading = actors.find(({ name }) => name === 'a link to read')!;
    // Of one paragraph, what it shows now.
    const now = (await call(actors[0]!, 'GET', `/notebooks/${NOTEBOOK}/runs?paragraph=a`)).json().items[0].id;
    const place = `/notebooks/${NOTEBOOK}`;
    for (const address of [place, `${place}/published`, `${place}/runs`, `/runs/${now}`]) {
      const { body, statusCode } = await call(reading, 'GET', address);
      expect([address, statusCode]).toEqual([address, 200]);
      expect(body).not.toMatch(/"source":"select/);
      expect(body).not.toContain('"API"');
    }
    const { body: list } = await call(reading, 'GET', '/notebooks');
    expect(list).toContain(NOTEBOOK);
    expect(list).not.toMatch(/Ada|API|"snippet"/);
    const running = actors.find(({ name }) => name === 'a link to run')!;
    expect((await call(running, 'GET', `/notebooks/${NOTEBOOK}`)).body).toContain('"source":"select 1"');
    expect((await call(reading, 'GET', `/notebooks/${NOTEBOOK}/tables`)).statusCode).toBe(403);
  });
});

/** Of those who may open the document: who may say what. Whoever may not open it says nothing. */
const messages: Readonly<Record<string, { readonly may: readonly Class[]; readonly bytes: () => Uint8Array }>> = {
  run: { may: RUNNERS, bytes: () => controlFrame({ type: 'run', request: 'r', after: 0 }) },
  cancel: { may: RUNNERS, bytes: () => controlFrame({ type: 'cancel' }) },
  interrupt: { may: RUNNERS, bytes: () => controlFrame({ type: 'interrupt' }) },
  restart: { may: RUNNERS, bytes: () => controlFrame({ type: 'restart', clear: true }) },
  complete: {
    may: WRITERS,
    bytes: () => controlFrame({ type: 'complete', call: 1, paragraph: 'first', text: 'x', offset: 1 }),
  },
  check: {
    may: WRITERS,
    bytes: () => controlFrame({ type: 'check', call: 1, paragraph: 'first', text: 'x' }),
  },
  tables: { may: MEMBERS, bytes: () => controlFrame({ type: 'tables', call: 1 }) },
  file: { may: WRITERS, bytes: () => controlFrame({ type: 'file', action: 'use-mine' }) },
  ping: { may: MEMBERS, bytes: () => controlFrame({ type: 'ping' }) },
  'sync 0': { may: MEMBERS, bytes: () => syncFrame(0, Y.encodeStateVector(new Y.Doc())) },
  'sync 1': { may: WRITERS, bytes: () => syncFrame(1, edit()) },
  'sync 2': { may: WRITERS, bytes: () => syncFrame(2, edit()) },
  awareness: { may: MEMBERS, bytes: () => awarenessFrame(presence()) },
};

const EDITOR = 4711;
function edit(): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = EDITOR;
  doc.getMap('meta').set('title', 'changed by an edit');
  return Y.encodeStateAsUpdate(doc);
}
/** One client, clock 1, gone: what a page says as it leaves. */
const presence = (): Uint8Array => Uint8Array.of(1, 7, 1, 4, ...new TextEncoder().encode('null'));

describe('messages of the socket', () => {
  const typesOf = (): readonly string[] => ClientMessage.anyOf.map((one) => String(one.properties.type.const));

  function come(actor: Actor, notebookId: NotebookId) {
    const time = new TestClock();
    const calls: string[] = [];
    const spy =
      <T>(name: string, answer: T) =>
      () => {
        calls.push(name);
        return answer;
      };
    const handlers = {
      ...quietHandlers(),
      path: (id: NotebookId) => (id === NOTEBOOK ? `${FOLDER}/first.nb.md` : undefined),
      run: spy('run', Promise.resolve([])),
      cancel: spy('cancel', undefined),
      interrupt: spy('interrupt', undefined),
      restart: spy('restart', undefined),
      complete: spy('complete', Promise.resolve([])),
      check: spy('check', Promise.resolve([])),
    };
    const house = openHouse(openMemory(), time, { handlers });
    const guest = new Guest(EDITOR);
    const { headers } = actor;
    const principal = harness.door.admit({ headers, method: 'GET', url: '/', socket: { localPort: 0 } });
    const options = { rooms: house.rooms, handlers, access: harness.door.access, clock: time.clock, warn: () => {} };
    const shared = { frames: new WeakMap<readonly RunEvent[], Uint8Array>(), halls: new Halls(handlers) };
    const visit = new Visit(notebookId, principal, guest, { ...options, ...shared }, () => {});
    const hello = { type: 'hello', protocol: 1, person: { id: 'someone', name: 'Some One' }, client: EDITOR };
    visit.receive(controlFrame(hello));
    cases += 1;
    return { time, house, guest, visit, calls };
  }

  const refusal = (actor: Actor, there: boolean): number | undefined => {
    if (actor.notebook === 'stranger') return CLOSE.unauthorised;
    if (!there || actor.notebook === 'none') return CLOSE.notFound;
    return ['link', 'running', 'embed', 'framing'].includes(actor.notebook) ? CLOSE.forbidden : undefined;
  };

  it('each have a line in the table', () => {
    const lines = Object.keys(messages).filter((name) => !/sync|awareness/.test(name));
    expect(new Set([...lines, 'hello'])).toEqual(new Set(typesOf()));
  });

  it('let in those alone who may read the document, under the name that is theirs', async () => {
    for (const actor of actors) {
      for (const there of [true, false]) {
        const { time, guest } = come(actor, there ? NOTEBOOK : ('absentbook' as NotebookId));
        await time.pass(0);
        const told = `hello by ${actor.name}, ${there ? 'there' : 'absent'}`;
        expect([told, guest.closed?.code]).toEqual([told, refusal(actor, there)]);
        if (guest.closed) expect([told, guest.frames]).toEqual([told, []]);
        else expect(guest.control()[0]).toMatchObject({ type: 'welcome', role: actor.notebook });
      }
    }
  });

  it('do what the table says, and nothing for anybody else (invariant 9)', async () => {
    for (const [name, { may, bytes }] of Object.entries(messages)) {
      for (const actor of actors) {
        const { time, house, guest, visit, calls } = come(actor, NOTEBOOK);
        await time.pass(0);
        visit.receive(bytes());
        await time.pass(0);
        const told = `${name} by ${actor.name}`;
        const out = refusal(actor, true);
        if (out !== undefined) {
          expect([told, guest.closed?.code, calls]).toEqual([told, out, []]);
          continue;
        }
        const allowed = may.includes(actor.notebook);
        const doc = house.rooms.loaded(NOTEBOOK)!.doc;
        const edited = doc.getMap('meta').get('title') === 'changed by an edit';
        expect([told, edited]).toEqual([told, allowed && /sync [12]/.test(name)]);
        expect([told, sourceIn(doc).toString()]).toEqual([told, 'select 1']);
        const refused =
          guest.closed?.code === CLOSE.forbidden ||
          guest.control().some((message) => JSON.stringify(message).includes('"code":"forbidden"'));
        const isQuiet = name === 'complete' || name === 'check';
        expect([told, refused]).toEqual([told, !allowed && !isQuiet]);
        if (['run', 'cancel', 'interrupt', 'restart', 'complete', 'check'].includes(name))
          expect([told, calls]).toEqual([told, allowed ? [name] : []]);
      }
    }
  });

  it('of one who lost the role end the connection, or are told the new one', async () => {
    const { store } = harness.door.access;
    const [reader, writer] = ['a reader', 'a writer'].map((name) => actors.find((actor) => actor.name === name)!);
    const key = (name: string) => `notebook:${NOTEBOOK}|person:${name}`;
    const grants = store.book().grants.get(`notebook:${NOTEBOOK}`)!;
    const grantOf = (name: string) =>
      grants.find(({ subject }) => subject.kind === 'person' && subject.person === name)!;
    const gone = come(reader!, NOTEBOOK);
    const lowered = come(writer!, NOTEBOOK);
    await gone.time.pass(0);
    await lowered.time.pass(0);
    store.commit(() => [
      { table: 'grants', id: key('reader'), body: undefined },
      { table: 'grants', id: key('writer'), body: { ...grantOf('writer'), role: 'reader' } },
    ]);
    for (const { visit } of [gone, lowered]) visit.reconsider();
    expect(gone.guest.closed?.code).toBe(CLOSE.notFound);
    expect(lowered.guest.closed).toBeUndefined();
    expect(lowered.guest.control()).toContainEqual({ type: 'role', role: 'reader' });
    lowered.visit.receive(syncFrame(2, edit()));
    await lowered.time.pass(0);
    expect(lowered.guest.closed?.code).toBe(CLOSE.forbidden);
    store.commit(() => ['reader', 'writer'].map((name) => ({ table: 'grants', id: key(name), body: grantOf(name) })));
  });
});
