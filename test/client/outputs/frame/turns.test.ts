import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTurns, MOST_DRAWING } from '../../../../client/outputs/frame/turns.ts';

/** A clock of the test's own: what is due runs in order of time. */
function clock() {
  let now = 0;
  let due: { readonly at: number; readonly run: () => void }[] = [];
  return {
    after: (ms: number, run: () => void) => void due.push({ at: now + ms, run }),
    run(): number {
      while (due.length > 0) {
        due.sort((a, b) => a.at - b.at);
        const [first, ...rest] = due;
        due = rest;
        now = first!.at;
        first!.run();
      }
      return now;
    },
  };
}

it('lets two draw at a time, those in view first, then who waited longest', () => {
  const turns = createTurns();
  const begun: string[] = [];
  const seen = new Set<string>();
  const ends = ['a', 'b', 'c', 'd', 'e'].map((name) =>
    turns.take({ isSeen: () => seen.has(name), start: () => void begun.push(name) }),
  );
  expect(begun).toEqual(['a', 'b']);
  // One scrolls on: what is in view is asked when a turn is free.
  seen.add('e');
  ends[0]!();
  expect(begun).toEqual(['a', 'b', 'e']);
  ends[0]!();
  expect(begun).toEqual(['a', 'b', 'e']);
  ends[2]!();
  ends[1]!();
  expect(begun).toEqual(['a', 'b', 'e', 'd']);
});

it('lets what is light begin beside charts, but not while nobody may', () => {
  let isOpen = false;
  const turns = createTurns(() => isOpen);
  const begun: string[] = [];
  const take = (name: string, isLight: boolean) =>
    turns.take({ isSeen: () => false, isLight, start: () => void begun.push(name) });
  for (const name of ['a', 'b', 'c']) take(name, false);
  take('html', true);
  expect(begun).toEqual([]);
  isOpen = true;
  turns.look();
  expect(begun).toEqual(['html', 'a', 'b']);
  take('more', true);
  expect(begun.at(-1)).toBe('more');
});

it('goes on after one that never ends, at the time that one is given', () => {
  const [{ after, run }, turns] = [clock(), createTurns()];
  const drawn: string[] = [];
  const draw = (name: string, takes: number): void => {
    const end = turns.take({
      isSeen: () => false,
      start: () =>
        after(takes, () => {
          drawn.push(name);
          end();
        }),
    });
  };
  draw('endless', 20_000);
  for (const name of 'abcdefghijkl') draw(name, 50);
  expect(run()).toBe(20_000);
  expect(drawn).toEqual([...'abcdefghijkl', 'endless']);
});

it('draws all, never more than allowed at once, whoever gives up and whatever is seen', () => {
  const one = fc.record({
    takes: fc.nat(100),
    seen: fc.boolean(),
    givesUp: fc.option(fc.nat(100), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 30 }), (all) => {
      const [{ after, run }, turns] = [clock(), createTurns()];
      let now = 0;
      let most = 0;
      const ended = new Set<number>();
      all.forEach(({ takes, seen, givesUp }, index) => {
        let drawing = false;
        const finish = (): void => {
          if (ended.has(index)) return;
          ended.add(index);
          if (drawing) now -= 1;
          end();
        };
        const end = turns.take({
          isSeen: () => seen,
          start() {
            drawing = true;
            now += 1;
            most = Math.max(most, now);
            after(takes, finish);
          },
        });
        if (givesUp !== undefined) after(givesUp, finish);
      });
      run();
      expect(ended.size).toBe(all.length);
      expect(most).toBeLessThanOrEqual(MOST_DRAWING);
    }),
  );
});
