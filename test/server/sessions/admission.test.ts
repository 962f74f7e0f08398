import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionId } from '../../../server/protocol/ids.ts';
import {
  type AdmissionEffect,
  type AdmissionEvent,
  type AdmissionLimits,
  type AdmissionState,
  admit,
  emptyAdmission,
  nextTick,
  waitingText,
} from '../../../server/sessions/admission.ts';

const limits = { sessions: 4, ahead: 2, aheadMs: 300_000, idleMs: 1_800_000 };
const id = (name: string) => name as SessionId;

/** Plays events, each a second after the last unless it says when. */
function play(...events: (AdmissionEvent & { at?: number })[]) {
  let state: AdmissionState = emptyAdmission;
  let now = 0;
  let last: readonly AdmissionEffect[] = [];
  const all: AdmissionEffect[] = [];
  for (const { at, ...event } of events) {
    now = at ?? now + 1000;
    ({ state, effects: last } = admit(state, event as AdmissionEvent, now, limits));
    all.push(...last);
  }
  return { state, last, all };
}

let tickets = 0;
const want = (session: string): AdmissionEvent & { ticket: number } => {
  tickets += 1;
  return { type: 'want', session: id(session), ticket: tickets };
};
const finish = (session: string, alive = true): AdmissionEvent => ({ type: 'finish', session: id(session), alive });
const gone = (session: string): AdmissionEvent => ({ type: 'gone', session: id(session) });
const ahead = (session: string): AdmissionEvent => ({ type: 'ahead', session: id(session) });
const four = () => ['a', 'b', 'c', 'd'].map(want);

describe('admission', () => {
  it('lets four sessions run at once', () => {
    expect(play(...four()).all.map(({ type }) => type)).toEqual(['grant', 'grant', 'grant', 'grant']);
  });

  it('lets a session that has a slot run more without another', () => {
    expect(play(...four(), want('a')).last.map(({ type }) => type)).toEqual(['grant']);
  });

  it('ends the session idle for longest for a fifth, and grants it when that is gone', () => {
    const fifth = want('e');
    const before = [...four(), finish('c'), finish('a'), fifth];
    expect(play(...before).last).toEqual([
      { type: 'end', session: 'c', why: 'room' },
      { type: 'wait', ticket: fifth.ticket, ahead: 0 },
    ]);
    expect(play(...before, gone('c')).last).toEqual([{ type: 'grant', ticket: fifth.ticket, session: 'e' }]);
  });

  it('ends an engine that nobody used before one that is idle', () => {
    const played = play(want('a'), finish('a'), want('b'), want('c'), ahead('d'), want('e'));
    expect(played.all).toContainEqual({ type: 'end', session: 'd', why: 'room' });
  });

  it('lets a fifth wait while none is idle, and says how many are ahead', () => {
    const [fifth, sixth, seventh] = [want('e'), want('f'), want('g')];
    const waiting = [...four(), fifth, sixth, seventh];
    expect(play(...waiting).all.slice(4)).toEqual([
      { type: 'wait', ticket: fifth.ticket, ahead: 0 },
      { type: 'wait', ticket: sixth.ticket, ahead: 1 },
      { type: 'wait', ticket: seventh.ticket, ahead: 2 },
    ]);
    expect(waitingText(2)).toBe('memory, 2 ahead');
    // The first to be idle gives way to the first that waits, and those behind move up.
    expect(play(...waiting, finish('b'), gone('b')).all.slice(7)).toEqual([
      { type: 'end', session: 'b', why: 'room' },
      { type: 'grant', ticket: fifth.ticket, session: 'e' },
      { type: 'wait', ticket: sixth.ticket, ahead: 0 },
      { type: 'wait', ticket: seventh.ticket, ahead: 1 },
    ]);
  });

  it('forgets who gives up waiting', () => {
    const [fifth, sixth] = [want('e'), want('f')];
    const played = play(...four(), fifth, sixth, { type: 'withdraw', ticket: fifth.ticket }, finish('a', false));
    expect(played.last).toEqual([{ type: 'grant', ticket: sixth.ticket, session: 'f' }]);
  });

  it('lets a run whose session is just ending wait for its end', () => {
    const [fifth, again] = [want('e'), want('a')];
    const played = play(...four(), finish('a'), fifth, again);
    expect(played.last).toEqual([{ type: 'wait', ticket: again.ticket, ahead: 1 }]);
    expect(play(...four(), finish('a'), fifth, again, gone('a'), finish('b'), gone('b')).last).toEqual([
      { type: 'grant', ticket: again.ticket, session: 'a' },
    ]);
  });

  it('gives back the slot of a run whose process died', () => {
    expect(play(want('a'), finish('a', false)).state.slots.size).toBe(0);
    expect(play(want('a'), gone('a')).state.slots.size).toBe(1);
  });

  it('starts at most two ahead: a third takes the place of the first', () => {
    const played = play(ahead('a'), ahead('b'), ahead('c'));
    expect(played.all).toEqual([
      { type: 'start', session: 'a' },
      { type: 'start', session: 'b' },
      { type: 'end', session: 'a', why: 'unused' },
    ]);
    expect(play(ahead('a'), ahead('b'), ahead('c'), gone('a')).last).toEqual([{ type: 'start', session: 'c' }]);
  });

  it('starts nothing ahead where it would cost a used session its slot', () => {
    expect(play(...four(), finish('a'), ahead('e')).last).toEqual([]);
    expect(play(...four(), finish('a'), ahead('e')).state.ahead).toBeUndefined();
  });

  it('uses the engine that was started ahead', () => {
    const played = play(ahead('a'), want('a'));
    expect(played.last.map(({ type }) => type)).toEqual(['grant']);
    expect(played.state.slots.get(id('a'))).toEqual({ state: 'busy', runs: 1 });
  });

  it('ends what waits unused after five minutes, what is idle after thirty', () => {
    expect(play({ ...ahead('a'), at: 0 }, { type: 'tick', at: 299_999 }).last).toEqual([]);
    expect(play({ ...ahead('a'), at: 0 }, { type: 'tick', at: 300_000 }).last).toEqual([
      { type: 'end', session: 'a', why: 'unused' },
    ]);
    const idle = [want('a'), { ...finish('a'), at: 5000 }];
    expect(nextTick(play(...idle).state, limits)).toBe(1_805_000);
    expect(play(...idle, { type: 'tick', at: 1_804_999 }).last).toEqual([]);
    expect(play(...idle, { type: 'tick', at: 1_805_000 }).last).toEqual([{ type: 'end', session: 'a', why: 'idle' }]);
    expect(nextTick(play(want('a')).state, limits)).toBeUndefined();
  });
});

describe('admission, played at random', () => {
  const sessions = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const action = fc.record({
    kind: fc.constantFrom('want', 'finish', 'die', 'ahead', 'gone', 'tick', 'withdraw'),
    session: fc.constantFrom(...sessions),
    ms: fc.integer({ min: 0, max: 600_000 }),
  });

  const crowds: AdmissionLimits = {
    ...limits,
    isVisitor: (session) => session > 'b',
    crowdOf: (session) => (session > 'd' ? 'one' : session > 'c' ? 'two' : undefined),
  };
  it.each([
    ['', limits],
    [', with visitors of links among them', crowds],
  ])('never gives out more slots than there are, never forgets who waits, and never stops%s', (_, limits) => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        let state: AdmissionState = emptyAdmission;
        let now = 0;
        let ticket = 0;
        const running = new Map<string, number>();
        const waiting = new Set<number>();
        const ending = new Set<string>();
        const perform = (event: AdmissionEvent): void => {
          const result = admit(state, event, now, limits);
          state = result.state;
          for (const effect of result.effects) {
            if (effect.type === 'grant') {
              expect(waiting.delete(effect.ticket)).toBe(true);
              expect(ending.has(effect.session)).toBe(false);
              running.set(effect.session, (running.get(effect.session) ?? 0) + 1);
            }
            if (effect.type === 'end') {
              expect(running.get(effect.session) ?? 0).toBe(0);
              ending.add(effect.session);
            }
          }
          expect(state.slots.size).toBeLessThanOrEqual(limits.sessions);
          expect([...state.slots.values()].filter((slot) => slot.state === 'ahead').length).toBeLessThanOrEqual(2);
          expect(new Set(state.waiting.map((waiter) => waiter.ticket))).toEqual(waiting);
        };
        const end = (session: string, alive: boolean): void => {
          const runs = running.get(session) ?? 0;
          if (runs === 0) return;
          running.set(session, runs - 1);
          perform(finish(session, alive));
        };
        for (const { kind, session, ms } of actions) {
          now += ms;
          if (kind === 'want') {
            ticket += 1;
            waiting.add(ticket);
            perform({ type: 'want', session: id(session), ticket });
          } else if (kind === 'finish' || kind === 'die') end(session, kind === 'finish');
          else if (kind === 'ahead') perform(ahead(session));
          else if (kind === 'tick') perform({ type: 'tick' });
          else if (kind === 'withdraw') {
            const [first] = waiting;
            if (first !== undefined) {
              waiting.delete(first);
              perform({ type: 'withdraw', ticket: first });
            }
          } else if (ending.delete(session)) perform(gone(session));
        }
        // Once everything that runs ends and everything that ends is gone, nobody waits any more.
        for (let round = 0; round < 500 && waiting.size > 0; round += 1) {
          now += 1000;
          for (const session of sessions) {
            if (ending.delete(session)) perform(gone(session));
            end(session, true);
          }
        }
        expect(waiting.size).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('visitors', () => {
  const visiting = { ...limits, isVisitor: (session: SessionId) => session.startsWith('v') };
  function visit(...given: readonly (AdmissionEvent | AdmissionLimits)[]) {
    const under = given.find((one) => 'sessions' in one) ?? visiting;
    const events = given.filter((one) => 'type' in one);
    let state: AdmissionState = emptyAdmission;
    let now = 0;
    const all: AdmissionEffect[] = [];
    for (const event of events) {
      now += 1000;
      const admitted = admit(state, event, now, under);
      state = admitted.state;
      all.push(...admitted.effects);
    }
    return { state, all };
  }
  const granted = (effects: readonly AdmissionEffect[]): readonly string[] =>
    effects.flatMap((effect) => (effect.type === 'grant' ? [effect.session] : []));
  const ended = (effects: readonly AdmissionEffect[]): readonly string[] =>
    effects.flatMap((effect) => (effect.type === 'end' ? [effect.session] : []));

  it('leave one slot to the notebooks’ own sessions', () => {
    const { all, state } = visit(...['v1', 'v2', 'v3', 'v4'].map(want), want('a'));
    expect(granted(all)).toEqual(['v1', 'v2', 'v3', 'a']);
    expect(state.waiting.map(({ session }) => session)).toEqual(['v4']);
    expect(all).toContainEqual(expect.objectContaining({ type: 'wait', ahead: 0 }));
  });

  it('wait behind writers who came later', () => {
    const { all } = visit(...four(), want('v1'), want('e'), finish('a', false), finish('b', false));
    expect(granted(all)).toEqual(['a', 'b', 'c', 'd', 'e', 'v1']);
  });

  it('who came by one link leave a slot to others, whoever was there first', () => {
    const crowd = (session: SessionId): string | undefined => /^v(\w)-/.exec(session)?.[1];
    const crowded = { ...visiting, crowdOf: crowd };
    const come = (...events: AdmissionEvent[]) => visit(crowded, ...events);
    const all = ['va-1', 'va-2', 'va-3', 'va-4'].map(want);
    expect(granted(come(...all).all)).toEqual(['va-1', 'va-2']);
    // Another link's guest, or a runner with an account, has one at once.
    for (const other of ['vb-1', 'v-known']) {
      const { all: effects } = come(...all, want(other), finish('va-1', false));
      expect(granted(effects)).toEqual(['va-1', 'va-2', other, 'va-3']);
    }
    expect(granted(come(...all, want('a'), want('b')).all)).toEqual(['va-1', 'va-2', 'a', 'b']);
    // Only one of their own makes room for the next of them.
    const idle = come(want('vb-1'), finish('vb-1'), want('va-1'), want('va-2'), want('va-3'));
    expect([granted(idle.all), ended(idle.all)]).toEqual([['vb-1', 'va-1', 'va-2'], []]);
    const own = come(want('va-1'), want('va-2'), want('vb-1'), finish('vb-1'), finish('va-2'), want('va-3'));
    expect(ended(own.all)).toEqual(['va-2']);
    // Without a second slot for visitors there is none to leave.
    const few = visit({ ...crowded, sessions: 2 }, want('va-1'), want('va-2'));
    expect(granted(few.all)).toEqual(['va-1']);
  });

  it('give up an idle slot before writers do, however new it is', () => {
    const { all } = visit(want('a'), finish('a'), want('b'), want('c'), want('v1'), finish('v1'), want('d'));
    expect(ended(all)).toEqual(['v1']);
  });

  it('with all the slots that they may have, make room among themselves alone', () => {
    const idle = visit(want('a'), finish('a'), want('v1'), want('v2'), want('v3'), want('v4'));
    expect(ended(idle.all)).toEqual([]);
    const one = visit(want('a'), finish('a'), want('v1'), want('v2'), want('v3'), finish('v2'), want('v4'));
    expect(ended(one.all)).toEqual(['v2']);
  });
});
