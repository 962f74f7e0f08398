/** What a visitor's run gives away, over the API: no more than what is published to them. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import { type Actor, castOf } from '../access/cast.ts';
import { sql } from '../runs/support.ts';
import { WALL } from '../visitors/support.ts';
import { type Harness, NOTEBOOK, newHarness, TOKEN } from './support.ts';

const PATIENCE = { timeout: 20_000, interval: 10 };
let harness: Harness;
let actors: readonly Actor[];
beforeAll(async () => {
  harness = await newHarness();
  actors = castOf(harness.door, {
    notebook: NOTEBOOK,
    other: 'otherother' as NotebookId,
    folder: 'flights',
    token: TOKEN,
  });
  harness.world.paragraphs.push(sql('bad', 'fail secretly'));
});
afterAll(() => harness.close());

const named = (name: string): Actor => actors.find((actor) => actor.name === name)!;
function call(actor: Actor, method: string, path: string, body?: object) {
  return harness.app.inject({
    method: method as 'GET',
    url: `/api/v1${path}`,
    headers: { ...actor.headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { payload: body } : {}),
  });
}
const run = async (actor: Actor, ...paragraphs: string[]) => {
  const asked = await call(
    actor,
    'POST',
    `/notebooks/${NOTEBOOK}/runs?wait=20`,
    paragraphs.length ? { paragraphs } : {},
  );
  expect(asked.statusCode, asked.body).toBe(202);
  return asked.json().runs as { id: string; paragraph: string; state: string }[];
};

describe('a guest whose link runs', () => {
  it('without code learns of an error its reference alone', async () => {
    const guest = named('a link to run');
    const { store } = harness.door.access;
    const link = [...store.book().links.values()].find(({ role }) => role === 'runner')!;
    store.commit(() => [{ table: 'links', id: link.id, body: { ...link, code: false } }]);
    const [bad] = await run(guest, 'bad');
    const { body, statusCode } = await call(guest, 'GET', `/runs/${bad!.id}`);
    expect([statusCode, JSON.parse(body).outputs]).toEqual([
      200,
      [expect.objectContaining({ kind: 'error', code: 'paragraph-failed', message: expect.stringContaining(bad!.id) })],
    ]);
    expect(body).not.toMatch(/secretly|No\./);
    expect((await call(guest, 'GET', `/notebooks/${NOTEBOOK}/published`)).body).not.toMatch(/secretly|No\./);
    store.commit(() => [{ table: 'links', id: link.id, body: link }]);
  });

  it('runs what the link shows, and nothing else of the notebook', async () => {
    const guest = named('a link to run');
    const { store } = harness.door.access;
    const link = [...store.book().links.values()].find(({ role }) => role === 'runner')!;
    store.commit(() => [{ table: 'links', id: link.id, body: { ...link, paragraphs: ['b'] as never } }]);
    expect((await run(guest)).map(({ paragraph }) => paragraph)).toEqual(['b']);
    const hidden = await call(guest, 'POST', `/notebooks/${NOTEBOOK}/runs`, { paragraphs: ['a'] });
    const never = await call(guest, 'POST', `/notebooks/${NOTEBOOK}/runs`, { paragraphs: ['zzz'] });
    expect([hidden.statusCode, never.statusCode]).toEqual([404, 404]);
    store.commit(() => [{ table: 'links', id: link.id, body: link }]);
  });

  it('runs nothing that is hidden in the report, as nobody would see it', async () => {
    const { world, door } = harness;
    const before = [...world.paragraphs];
    world.paragraphs.push({ ...sql('unseen', 'select 1'), options: { report: 'hidden' } });
    await run(named('a link to run'));
    const notes = door.access.audit.read({ after: 0, limit: 1_000 }).filter(({ event }) => event === 'run');
    expect(notes.at(-1)?.detail).toMatch(/^a b/);
    expect(notes.at(-1)?.detail).not.toContain('unseen');
    world.paragraphs.splice(0, world.paragraphs.length, ...before);
  });

  it('learns nothing of forms that what it shows does not need, nor of what had to run before', async () => {
    const guest = named('a link to run');
    const { world, door } = harness;
    const { store } = door.access;
    const link = [...store.book().links.values()].find(({ role }) => role === 'runner')!;
    const before = [...world.paragraphs];
    store.commit(() => [{ table: 'links', id: link.id, body: { ...link, paragraphs: ['b'] as never } }]);
    world.front = [
      ['day', '2015-01-01'],
      ['margin', 'hush-hush'],
    ];
    world.paragraphs = [
      sql('a', 'select $day as day', 'one'),
      sql('b', 'select * from one'),
      sql('c', 'select $margin'),
    ];
    const ask = (forms: object) => call(guest, 'POST', `/notebooks/${NOTEBOOK}/runs?wait=20`, { forms });
    const asked = await ask({ day: '2016-06-06' });
    expect([asked.statusCode, asked.json().runs]).toEqual([
      202,
      [{ id: expect.any(String), paragraph: 'b', state: 'done' }],
    ]);
    const run = await call(guest, 'GET', `/runs/${asked.json().runs[0].id}`);
    expect([run.statusCode, run.body.includes('margin'), run.body.includes('hush')]).toEqual([200, false, false]);
    const refused = await ask({ nothing: 1 });
    expect([refused.statusCode, refused.body.includes('day'), refused.body.includes('margin')]).toEqual([
      400,
      true,
      false,
    ]);
    await call(guest, 'DELETE', `/notebooks/${NOTEBOOK}/session`);
    world.front = [];
    world.paragraphs = before;
    store.commit(() => [{ table: 'links', id: link.id, body: link }]);
  });

  it('is given no options that came after its link had ended', async () => {
    const guest = named('a link to run');
    const { world, door, services } = harness;
    const { store } = door.access;
    const link = [...store.book().links.values()].find(({ role }) => role === 'runner')!;
    const before = [...world.paragraphs];
    world.front = [['airport', { options: { query: 'from airports' } }]];
    world.paragraphs = [sql('b', 'select $airport')];
    const options = () => call(guest, 'GET', `/notebooks/${NOTEBOOK}/forms/airport/options`);
    expect((await options()).json().items).toEqual([{ value: 'SEA', label: 'Seattle' }]);
    const asked = vi.spyOn(services.choices, 'ask').mockImplementation(async () => {
      store.commit(() => [{ table: 'links', id: link.id, body: { ...link, expires: 1 } }]);
      return { items: [{ value: 'late' }], more: false };
    });
    const late = await options();
    expect([late.statusCode, late.body.includes('late')]).toEqual([404, false]);
    asked.mockRestore();
    world.front = [];
    world.paragraphs = before;
    store.commit(() => [{ table: 'links', id: link.id, body: link }]);
  });

  it('runs nothing of what another link shows to be read, and neither does a reader of all of it', async () => {
    const { store } = harness.door.access;
    const link = [...store.book().links.values()].find(({ role }) => role === 'runner')!;
    store.commit(() => [{ table: 'links', id: link.id, body: { ...link, paragraphs: ['b'] as never } }]);
    for (const name of ['a link to run and one to read', 'a reader with a link to run']) {
      const actor = named(name);
      const ask = (...paragraphs: string[]) =>
        call(actor, 'POST', `/notebooks/${NOTEBOOK}/runs`, paragraphs.length ? { paragraphs } : {});
      const shown = (await call(actor, 'GET', `/notebooks/${NOTEBOOK}/published`)).json().paragraphs;
      expect([name, shown.map((one: { id: string; runs?: true }) => [one.id, one.runs])]).toEqual([
        name,
        [
          ['a', undefined],
          ['b', true],
          ['p', undefined],
          ['bad', undefined],
        ],
      ]);
      expect([name, (await ask('a')).statusCode, (await ask('b', 'a')).statusCode]).toEqual([name, 403, 403]);
      expect((await ask()).json().runs.map((one: { paragraph: string }) => one.paragraph)).toEqual(['b']);
      await call(actor, 'DELETE', `/notebooks/${NOTEBOOK}/session`);
    }
    store.commit(() => [{ table: 'links', id: link.id, body: link }]);
  });

  it('is told how their runs go, how long their session stays, and stops all that is theirs', async () => {
    const guest = named('a link to run');
    const { sessions } = harness.world;
    const { script } = sessions;
    const told = async () => (await call(guest, 'GET', `/notebooks/${NOTEBOOK}/published`)).json();
    const of = async (id: string) => (await told()).paragraphs.find((one: { id: string }) => one.id === id);
    await run(guest, 'b');
    expect((await told()).session).toEqual({ minutes: 1, until: WALL + 60_000 });
    // Asked again, what did not change is not told again.
    const { headers } = await call(guest, 'GET', `/notebooks/${NOTEBOOK}/published`);
    const again = { ...guest, headers: { ...guest.headers, 'if-none-match': String(headers.etag) } };
    const same = await call(again, 'GET', `/notebooks/${NOTEBOOK}/published`);
    expect([same.statusCode, same.body, same.headers.etag]).toEqual([304, '', headers.etag]);
    const reader = named('a link to read');
    const asks = { ...reader, headers: { ...reader.headers, 'if-none-match': String(headers.etag) } };
    expect((await call(asks, 'GET', `/notebooks/${NOTEBOOK}/published`)).statusCode).toBe(200);
    sessions.script = undefined;
    const before = sessions.handles.length;
    await call(guest, 'POST', `/notebooks/${NOTEBOOK}/runs`, { paragraphs: ['a', 'b'] });
    const team = await call(actors[0]!, 'POST', `/notebooks/${NOTEBOOK}/runs`, { paragraphs: ['b'] });
    const handle = await sessions.next(before);
    handle.emit({ type: 'started' });
    handle.emit({ type: 'text', stream: 'stdout', text: 'so far' });
    await expect
      .poll(async () => (await of('a')).mine, PATIENCE)
      .toMatchObject({
        state: 'running',
        outputs: [{ kind: 'text', text: 'so far' }],
      });
    expect(await of('b')).toMatchObject({ own: true, mine: { state: 'queued', outputs: [] } });
    expect((await told()).session.until).toBeNull();
    expect((await call(guest, 'DELETE', `/notebooks/${NOTEBOOK}/runs`)).statusCode).toBe(204);
    await expect.poll(async () => (await of('a')).mine.state, PATIENCE).toBe('cancelled');
    expect((await of('b')).mine).toMatchObject({ state: 'cancelled', reason: 'asked' });
    // The writers' goes on.
    const [theirs] = team.json().runs;
    expect((await call(actors[0]!, 'GET', `/runs/${theirs.id}`)).json().state).not.toBe('cancelled');
    sessions.script = script;
    await call(actors[0]!, 'DELETE', `/notebooks/${NOTEBOOK}/runs`);
    await expect
      .poll(async () => (await call(actors[0]!, 'GET', `/runs/${theirs.id}`)).json().state, PATIENCE)
      .toBe('cancelled');
    await call(guest, 'DELETE', `/notebooks/${NOTEBOOK}/session`);
    expect(await told()).not.toHaveProperty('session');
  });

  it('is shown their own run in place of the team’s, until they give it up', async () => {
    const guest = named('a link to run');
    await run(actors[0]!, 'b');
    const shown = async () => {
      const { paragraphs } = (await call(guest, 'GET', `/notebooks/${NOTEBOOK}/published`)).json();
      return paragraphs.find((one: { id: string }) => one.id === 'b').run.id as string;
    };
    const theirs = await (async () => {
      await call(guest, 'DELETE', `/notebooks/${NOTEBOOK}/session`);
      return shown();
    })();
    const [mine] = await run(guest, 'b');
    expect(await shown()).toBe(mine!.id);
    expect((await call(guest, 'DELETE', `/notebooks/${NOTEBOOK}/session`)).statusCode).toBe(204);
    expect(await shown()).toBe(theirs);
  });
});

describe('values that a runner sends along', () => {
  const ask = (actor: Actor, forms: object) =>
    call(actor, 'POST', `/notebooks/${NOTEBOOK}/runs?wait=20`, { paragraphs: ['b'], forms });

  it.each(['a runner', 'a link to run'])('are those of forms that the notebook declares, of %s too', async (name) => {
    const { world } = harness;
    const refused = await ask(named(name), { PERL5OPT: '-d', PERL5DB: 'BEGIN { system("id") }' });
    expect([refused.statusCode, refused.json().error.code]).toEqual([400, 'unknown-form']);
    world.front = [
      ['day', '2015-01-01'],
      ['hidden', 'used nowhere'],
    ];
    world.paragraphs = world.paragraphs.map((one) => (one.id === 'b' ? { ...one, source: 'select $day' } : one));
    const ran = async () => (await call(named(name), 'GET', `/notebooks/${NOTEBOOK}/runs`)).json().items.length;
    const before = await ran();
    for (const [forms, code] of [
      [{ day: 'today' }, 'form-value'],
      [{ day: null }, 'form-value'],
      [{ day: '2015-01-01', extra: 1 }, 'unknown-form'],
    ] as const) {
      const answer = await ask(named(name), forms);
      expect([answer.statusCode, answer.json().error.code]).toEqual([400, code]);
    }
    expect(await ran()).toBe(before);
    const asked = await ask(named(name), { day: '2016-06-06' });
    expect([asked.statusCode, asked.json().runs.map((one: { paragraph: string }) => one.paragraph)]).toEqual([
      202,
      ['b'],
    ]);
    const run = (await call(named(name), 'GET', `/runs/${asked.json().runs[0].id}`)).json();
    // Whoever comes by a link learns of the forms that what they see depends on.
    const all = name === 'a runner';
    expect(run.forms).toEqual({ day: '2016-06-06', ...(all ? { hidden: 'used nowhere' } : {}) });
    const listed = (await call(named(name), 'GET', `/notebooks/${NOTEBOOK}/forms`)).json().items;
    expect(listed.map((form: { name: string }) => form.name)).toEqual(all ? ['day', 'hidden'] : ['day']);
    const guessed = await ask(named(name), { hidden: 'x' });
    expect(guessed.statusCode).toBe(all ? 202 : 400);
    await call(named(name), 'DELETE', `/notebooks/${NOTEBOOK}/session`);
    world.front = [];
  });

  it('other than the notebook’s own, of two writers at once: each sees their own, and the team’s stays', async () => {
    const { world } = harness;
    world.front = [['day', '2015-01-01']];
    world.paragraphs = world.paragraphs.map((one) => (one.id === 'b' ? { ...one, source: 'select $day' } : one));
    const [owner, writer] = [actors[0]!, named('a writer')];
    const team = (await ask(owner, {})).json().runs[0].id;
    const [one, two] = await Promise.all([ask(owner, { day: '2016-01-01' }), ask(writer, { day: '2017-01-01' })]);
    const ids = [one, two].map((answer) => answer.json().runs[0].id as string);
    const values = await Promise.all(
      [owner, writer].map(async (actor, index) => (await call(actor, 'GET', `/runs/${ids[index]}`)).json().forms),
    );
    expect(values).toEqual([{ day: '2016-01-01' }, { day: '2017-01-01' }]);
    expect((await call(owner, 'GET', `/runs/${ids[1]}`)).statusCode).toBe(404);
    expect((await call(writer, 'GET', `/runs/${ids[0]}`)).statusCode).toBe(404);
    const shown = (await call(writer, 'GET', `/notebooks/${NOTEBOOK}`)).json().paragraphs;
    expect(shown.find((paragraph: { id: string }) => paragraph.id === 'b').run.id).toBe(team);
    // The notebook's own values, said aloud, are the team's run.
    const said = (await ask(writer, { day: '2015-01-01' })).json().runs[0].id;
    expect((await call(owner, 'GET', `/runs/${said}`)).statusCode).toBe(200);
    world.front = [];
  });
});

describe('a session of a runner', () => {
  it('is over with the role, the account and the link that it came by', async () => {
    const { store } = harness.door.access;
    const key = (person: string) => `notebook:${NOTEBOOK}|person:${person}`;
    const grant = store
      .book()
      .grants.get(`notebook:${NOTEBOOK}`)!
      .find(({ subject }) => subject.kind === 'person' && subject.person === 'runner')!;
    const account = [...store.book().accounts.values()].find(({ name }) => name === 'runner')!;
    const link = [...store.book().links.values()].find(({ role }) => role === 'runner')!;
    const ways: readonly (readonly [Actor, () => void, () => void])[] = [
      [
        named('a runner'),
        () => store.commit(() => [{ table: 'grants', id: key('runner'), body: { ...grant, role: 'reader' } }]),
        () => store.commit(() => [{ table: 'grants', id: key('runner'), body: grant }]),
      ],
      [
        named('a runner'),
        () => store.commit(() => [{ table: 'accounts', id: account.id, body: { ...account, disabled: 1 } }]),
        () => store.commit(() => [{ table: 'accounts', id: account.id, body: account }]),
      ],
      [
        named('a link to run'),
        () => store.commit(() => [{ table: 'links', id: link.id, body: undefined }]),
        () => store.commit(() => [{ table: 'links', id: link.id, body: link }]),
      ],
    ];
    const { visitors, world } = harness;
    for (const [actor, take, giveBack] of ways) {
      const [mine] = await run(actor, 'b');
      expect((await call(actor, 'GET', `/runs/${mine!.id}`)).statusCode).toBe(200);
      const [count, left] = [visitors.count, world.sessions.left.length];
      take();
      expect([visitors.count, world.sessions.left.length]).toEqual([count - 1, left + 1]);
      giveBack();
      expect((await call(actor, 'GET', `/runs/${mine!.id}`)).json().outputs).toEqual([]);
    }
  });
});
