/** Turns of a lane, against every order in which askers may ask, leave and end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asker, type Bounds, HOUSE, openTurns } from '../../../server/results/reader/turns.ts';

const SEARCHES: Bounds = { places: 2, queue: 16, each: 4 };
type Work = { readonly asker: Asker; readonly number: number };

describe('turns', () => {
  it('refuse whoever asks without end, and nobody else', () => {
    const turns = openTurns<number>(SEARCHES);
    const guest = Array.from({ length: 25 }, (_, number) => turns.ask('guest', number));
    expect(guest.filter((one) => one === 'runs')).toHaveLength(2);
    expect(guest.filter((one) => one === 'waits')).toHaveLength(4);
    expect(guest.filter((one) => one === 'own-full')).toHaveLength(19);
    expect(turns.ask('owner', 100)).toBe('waits');
    // The first place that frees, though four of the guest's came before.
    expect(turns.end('guest')).toEqual({ asker: 'owner', work: 100 });
  });

  it('leave the last running place to another who waits', () => {
    const turns = openTurns<string>(SEARCHES);
    for (const work of ['a1', 'a2', 'a3']) turns.ask('a', work);
    for (const work of ['b1', 'b2']) turns.ask('b', work);
    expect(turns.end('a')?.work).toBe('b1');
    // It is b's turn no more, and one of a's runs: with a second it would hold both.
    expect(turns.end('b')?.work).toBe('b2');
    expect(turns.end('b')?.work).toBe('a3');
    expect(turns.end('a')).toBeUndefined();
  });

  it('hold the reader’s own work to no share', () => {
    const turns = openTurns<number>({ places: 1, queue: 10, each: 1 });
    const asked = Array.from({ length: 12 }, (_, number) => turns.ask(HOUSE, number));
    expect(asked).toEqual(['runs', ...new Array(10).fill('waits'), 'full']);
  });

  it('keep every bound and starve nobody, whatever is asked, left and ended', () => {
    const bounds = fc.record({
      places: fc.integer({ min: 1, max: 4 }),
      queue: fc.integer({ min: 1, max: 12 }),
      each: fc.integer({ min: 1, max: 4 }),
    });
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ does: fc.constant('ask' as const), at: fc.nat(4) }) },
      { weight: 2, arbitrary: fc.record({ does: fc.constant('end' as const), at: fc.nat(99) }) },
      { weight: 1, arbitrary: fc.record({ does: fc.constant('leave' as const), at: fc.nat(99) }) },
    );
    fc.assert(
      fc.property(bounds, fc.array(step, { maxLength: 120 }), ({ places, queue, each }, steps) => {
        const turns = openTurns<Work>({ places, queue, each });
        let running: Work[] = [];
        let waiting: Work[] = [];
        /** Others served since an asker began to wait or was served, while none of theirs ran. */
        const passed = new Map<Asker, Asker[]>();
        const of = (list: readonly Work[], asker: Asker): number => list.filter((one) => one.asker === asker).length;
        steps.forEach(({ does, at }, number) => {
          if (does === 'ask') {
            const work = { asker: `asker ${at}`, number };
            const own = of(waiting, work.asker);
            const admitted = turns.ask(work.asker, work);
            if (running.length < places) expect(admitted).toBe('runs');
            else if (own >= each) expect(admitted).toBe('own-full');
            else expect(admitted).toBe(waiting.length >= queue ? 'full' : 'waits');
            if (admitted === 'runs') running.push(work);
            if (admitted === 'waits') {
              waiting.push(work);
              if (own === 0) passed.set(work.asker, []);
            }
          } else if (does === 'leave' && waiting.length > 0) {
            const gone = waiting[at % waiting.length]!;
            turns.leave(gone.asker, gone);
            waiting = waiting.filter((one) => one !== gone);
          } else if (does === 'end' && running.length > 0) {
            const ended = running[at % running.length]!;
            running = running.filter((one) => one !== ended);
            const next = turns.end(ended.asker);
            // No place is free while anybody waits.
            expect(next === undefined).toBe(waiting.length === 0);
            if (!next) return;
            expect(next.asker).toBe(next.work.asker);
            // Theirs, in the order in which they asked.
            expect(waiting.find((one) => one.asker === next.asker)).toBe(next.work);
            const others = waiting.some((one) => one.asker !== next.asker);
            running.push(next.work);
            waiting = waiting.filter((one) => one !== next.work);
            if (others && places > 1) expect(of(running, next.asker)).toBeLessThan(places);
            passed.set(next.asker, []);
            for (const asker of new Set(waiting.map((one) => one.asker))) {
              if (asker === next.asker) continue;
              const before = of(running, asker) > 0 ? [] : [...(passed.get(asker) ?? []), next.asker];
              // In turn: nobody is served twice before them.
              expect(new Set(before).size).toBe(before.length);
              passed.set(asker, before);
            }
          }
          expect(running.length).toBeLessThanOrEqual(places);
          expect(waiting.length).toBeLessThanOrEqual(queue);
        });
      }),
      { seed: Number(process.env.SEED ?? 20_261_123), numRuns: 500 },
    );
  });
});
