/** When visitors' sessions begin and end, with time, access and executions in the hands of the test. */
import { describe, expect, it } from 'vitest';
import type { Principal } from '../../../server/access/principal.ts';
import type {
  LinkId,
  ParagraphId,
  PersonId,
  RequestId,
  RunId,
  SignInId,
  TokenId,
} from '../../../server/protocol/ids.ts';
import { keyIn, recordsOf, type VisitorKey } from '../../../server/protocol/keys.ts';
import type { SessionStatus } from '../../../server/protocol/messages.ts';
import type { NotebookRuns } from '../../../server/runs/notebook.ts';
import { settle, TestClock } from '../rooms/house.ts';
import { block, newWorld, notebook, sql, type World } from '../runs/support.ts';
import { visitorsOf } from './support.ts';

const IDLE = 15 * 60_000;
const MOST = 3;
const browser = (person: string, signIn = `${person}-browser`): Principal => ({
  kind: 'person',
  person: person as PersonId,
  signIn: signIn as SignInId,
});
const program = (token: string): Principal => ({ kind: 'token', token: token as TokenId });
const guest = (name: string): Principal => ({ kind: 'guest', browser: name, links: [] });

function scene() {
  const world = newWorld([sql('a', 'select 1', 'one'), sql('b', 'from one')]);
  const time = new TestClock();
  const refused = new Set<string>();
  let changed = (): void => {};
  const visitors = visitorsOf(world, {
    clock: time.clock,
    bounds: { idleMs: IDLE, most: MOST },
    linksOf: (principal) => (principal.kind === 'guest' ? principal.links : []),
    mayVisit: (principal) => !refused.has(JSON.stringify(principal)),
    onAccess: (listener) => {
      changed = listener;
      return () => {};
    },
  });
  const refuse = (...ways: Principal[]): void => {
    for (const way of ways) refused.add(JSON.stringify(way));
    changed();
  };
  return { world, time, visitors, refuse };
}

let requests = 0;
const ask = (runs: NotebookRuns, ...paragraphs: string[]) => {
  requests += 1;
  const by = { id: 'ben' as PersonId, name: 'Ben' };
  return runs.ask({ request: `r${requests}` as RequestId, by, paragraphs: paragraphs as ParagraphId[] });
};
/** Ends the execution, and waits until that is shown. */
const done = async (world: World, count: number, runs: NotebookRuns, id: RunId): Promise<void> => {
  const handle = await world.sessions.next(count);
  handle.emit({ type: 'started' });
  handle.emit({ type: 'text', stream: 'stdout', text: 'only for Ada' });
  handle.end({ state: 'done' });
  await runs.ended([id], AbortSignal.timeout(20_000));
};

describe('a visitor', () => {
  it('is a person in whatever browser, a token by itself, a browser with links', async () => {
    const { visitors } = scene();
    const ada = await visitors.open(notebook, browser('ada'));
    expect(await visitors.open(notebook, browser('ada', 'another'))).toBe(ada);
    const others = [program('ada'), guest('ada')].map((principal) => visitors.open(notebook, principal));
    expect(new Set([ada, ...(await Promise.all(others))]).size).toBe(3);
    // The owner by the printed address in two browsers, and a program with the token.
    const owner = (signIn?: string) => ({ kind: 'owner', ...(signIn ? { signIn: signIn as SignInId } : {}) }) as const;
    const owners = await Promise.all([owner(), owner('a'), owner('b')].map((one) => visitors.open(notebook, one)));
    expect(new Set([ada, ...owners]).size).toBe(4);
    await expect(visitors.open(notebook, { kind: 'stranger' })).rejects.toMatchObject({ code: 'forbidden' });
    expect(visitors.find(notebook, { kind: 'stranger' })).toBeUndefined();
  });

  it('that asks twice at once has one session', async () => {
    const { visitors } = scene();
    const both = await Promise.all([visitors.open(notebook, browser('ada')), visitors.open(notebook, browser('ada'))]);
    expect(both[0]).toBe(both[1]);
    expect(visitors.count).toBe(1);
  });

  it('finds what runs in their session, and nobody else does', async () => {
    const { visitors, world } = scene();
    const runs = await visitors.open(notebook, browser('ada'));
    const asked = await ask(runs, 'a');
    const key = keyIn(asked.runs[0]!.id) as never;
    expect(visitors.byKey(key, browser('ada', 'another'))).toBe(runs);
    for (const other of [browser('ben'), program('ada'), guest('ada'), { kind: 'owner' } as const])
      expect(visitors.byKey(key, other)).toBeUndefined();
    await done(world, 0, runs, asked.runs[0]!.id);
    expect((await world.runs.of(notebook)).history()).toEqual([]);
    expect((await world.runs.of(notebook)).latest()).toEqual([]);
  });

  it('stands on the notebook’s results until a paragraph was run by them', async () => {
    const { visitors, world } = scene();
    world.sessions.script = (run, emit) => {
      const named = run.name !== undefined;
      if (named)
        emit({
          type: 'table',
          table: 0,
          columns: [{ name: 'a', type: 'INTEGER' }],
          rows: 1,
          open: false,
          named,
          block: block(run.session),
        });
      return { state: 'done' };
    };
    const team = await world.runs.of(notebook);
    await team.ended(
      (await ask(team, 'a')).runs.map(({ id }) => id),
      AbortSignal.timeout(20_000),
    );
    const runs = await visitors.open(notebook, browser('ada'));
    const tables = async (of: NotebookRuns) => (await of.tables()).map(({ name, result }) => [name, result]);
    const theirs = await tables(team);
    expect(await tables(runs)).toEqual(theirs);
    await runs.ended(
      (await ask(runs, 'a')).runs.map(({ id }) => id),
      AbortSignal.timeout(20_000),
    );
    const [[name, result] = []] = await tables(runs);
    expect([name, keyIn(result!)]).toEqual(['one', keyIn(runs.history()[0]!.id)]);
    expect(await tables(team)).toEqual(theirs);
  });

  it('hears of the session from its beginning to its end, whoever opened it', async () => {
    const { visitors, world } = scene();
    const heard: (SessionStatus['id'] | undefined | string)[] = [];
    const watched = visitors.watch(notebook, browser('ada'), {
      events: (events) => heard.push(...events.map(({ type }) => type)),
      visitor: (status) => heard.push(status?.id),
    });
    visitors.watch(notebook, browser('ben'), { events: () => heard.push('ben'), visitor: () => heard.push('ben') });
    const runs = await visitors.open(notebook, browser('ada', 'another'));
    await done(world, 0, runs, (await ask(runs, 'a')).runs[0]!.id);
    expect(watched.latest()).toHaveLength(1);
    await visitors.end(notebook, browser('ada'));
    expect(heard).toEqual([expect.stringMatching(/^[a-z2-7]{10}$/), 'queued', 'started', 'text', 'ended', undefined]);
    expect(watched.latest()).toEqual([]);
  });
});

describe('a visitor’s session', () => {
  it('ends after its idle minutes, counted from the end of its last run', async () => {
    const { visitors, world, time } = scene();
    const runs = await visitors.open(notebook, browser('ada'));
    const { id } = (await ask(runs, 'a')).runs[0]!;
    await world.sessions.next(0);
    await time.pass(2 * IDLE);
    expect(visitors.count).toBe(1);
    await done(world, 0, runs, id);
    await time.pass(IDLE - 2_000);
    expect(visitors.count).toBe(1);
    await time.pass(4_000);
    expect(visitors.count).toBe(0);
    expect(world.sessions.left).toHaveLength(1);
  });

  it('ends when nobody who came as the visitor may run any more, and not before', async () => {
    const { visitors, world, refuse } = scene();
    const [home, work] = [browser('ada', 'home'), browser('ada', 'work')];
    const runs = await visitors.open(notebook, home);
    await visitors.open(notebook, work);
    await ask(runs, 'a');
    const { signal } = await world.sessions.next(0);
    refuse(home);
    expect([visitors.count, signal.aborted]).toEqual([1, false]);
    refuse(work);
    expect([visitors.count, signal.aborted, world.sessions.left.length]).toEqual([0, true, 1]);
  });

  it('ends by the clock where nothing told that access has changed', async () => {
    const { visitors, time, world } = scene();
    let may = true;
    const timed = visitorsOf(world, { clock: time.clock, mayVisit: () => may, bounds: { idleMs: IDLE, most: MOST } });
    await timed.open(notebook, browser('ada'));
    may = false;
    await time.pass(1_500);
    expect([timed.count, visitors.count]).toEqual([0, 0]);
  });

  it('leaves its runs without outputs, and nothing else', async () => {
    const { visitors, world } = scene();
    const runs = await visitors.open(notebook, browser('ada'));
    const { id } = (await ask(runs, 'a')).runs[0]!;
    await done(world, 0, runs, id);
    await ask(runs, 'b');
    await world.sessions.next(1);
    const records = `${recordsOf(keyIn(id)!)}/runs.log`;
    await visitors.end(notebook, browser('ada'));
    const history = await visitors.history(notebook);
    expect(history.map(({ paragraph, phase }) => [paragraph, phase.state])).toEqual([
      ['b', 'lost'],
      ['a', 'done'],
    ]);
    expect(await visitors.past(notebook, id)).toMatchObject({ source: 'select 1', by: { name: 'Ben' }, outputs: [] });
    expect(new TextDecoder().decode(await world.disk.read(records))).toContain('only for Ada');
    const kept = await world.disk.read(`notebooks/${notebook}/visited/runs.log`);
    expect(new TextDecoder().decode(kept)).not.toContain('only for Ada');
  });

  it('is over and cleared though its runs could not be closed', async () => {
    const { world, visitors } = scene();
    const runs = await visitors.open(notebook, browser('ada'));
    const { id } = (await ask(runs, 'a')).runs[0]!;
    await done(world, 0, runs, id);
    runs.close = () => Promise.reject(new Error('the disk is gone'));
    const { leave } = world.sessions;
    world.sessions.leave = async (key) => {
      await settle();
      await leave.call(world.sessions, key);
    };
    await visitors.end(notebook, browser('ada'));
    expect(world.warnings).toEqual(['the runs of a visitor were not closed']);
    expect(visitors.find(notebook, browser('ada'))).toBeUndefined();
    expect((await visitors.history(notebook)).map((run) => run.id)).toEqual([id]);
  });

  it('makes way for another when there are as many as may be, the idlest first; a busy one never', async () => {
    const { visitors, world, time } = scene();
    const sessions: NotebookRuns[] = [];
    for (const name of ['one', 'two', 'three']) {
      sessions.push(await visitors.open(notebook, browser(name)));
      await time.pass(1_000);
    }
    await ask(sessions[0]!, 'a');
    await world.sessions.next(0);
    await visitors.open(notebook, browser('four'));
    expect(visitors.count).toBe(MOST);
    expect(visitors.find(notebook, browser('one'))).toBe(sessions[0]);
    expect(visitors.find(notebook, browser('two'))).toBeUndefined();
    await ask(sessions[2]!, 'a');
    await ask(await visitors.open(notebook, browser('four')), 'a');
    await settle();
    await expect(visitors.open(notebook, browser('five'))).rejects.toMatchObject({ code: 'places-taken' });
    expect(visitors.count).toBe(MOST);
  });

  it('of one link leaves places to another link’s guests and to people, and who finds none is told what to do', async () => {
    const { visitors, world } = scene();
    const come = async (name: string, ...links: string[]): Promise<void> => {
      const runs = await visitors.open(notebook, { kind: 'guest', browser: name, links: links as LinkId[] });
      await ask(runs, 'a');
      await world.sessions.next(visitors.count - 1);
    };
    await come('first', 'one');
    const refused = come('second', 'one');
    await expect(refused).rejects.toMatchObject({
      code: 'places-taken',
      message: expect.stringContaining('others who came by the same link are running it'),
      hint: expect.stringContaining('Try again in a minute'),
    });
    await come('third', 'one', 'two');
    const keys = world.sessions.handles.map(({ run }) => keyIn(run.id) as VisitorKey);
    expect(keys.map((key) => visitors.linkOf(key))).toEqual(['one', 'two']);
    await expect(come('fourth', 'three')).rejects.toMatchObject({ message: expect.stringContaining('by links') });
    await ask(await visitors.open(notebook, browser('ada')), 'a');
    expect(visitors.count).toBe(MOST);
  });

  it('is one of few even where many come at the same moment', async () => {
    const { visitors, world } = scene();
    const all = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => visitors.open(notebook, browser(name)));
    const opened = (await Promise.allSettled(all)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect([opened.length, visitors.count]).toEqual([MOST, MOST]);
    expect(world.warnings).toEqual([]);
  });

  it('of a notebook that is gone ends', async () => {
    const { visitors } = scene();
    await visitors.open(notebook, browser('ada'));
    await visitors.forget(notebook);
    expect(visitors.count).toBe(0);
  });

  it('that a killed server left is cleared, its runs lost, once', async () => {
    const { visitors, world } = scene();
    const runs = await visitors.open(notebook, browser('ada'));
    const { id } = (await ask(runs, 'a')).runs[0]!;
    await world.sessions.next(0);
    world.crash();
    const again = visitorsOf(world);
    await again.sweep();
    await again.sweep();
    expect((await again.history(notebook)).map((run) => [run.id, run.phase.state])).toEqual([[id, 'lost']]);
    expect((await world.runs.of(notebook)).history()).toEqual([]);
  });
});
