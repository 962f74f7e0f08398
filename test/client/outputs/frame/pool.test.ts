import { expect, it } from 'vitest';
import { type Choosable, chooseAlive } from '../../../../client/outputs/frame/pool.ts';

const entry = (place: Choosable['place'], since: number) => ({ place, since });

it('lets live what is in view, then what came near last, and no more than allowed', () => {
  const [far, old, near, seen, alsoSeen] = [
    entry('away', 9),
    entry('near', 1),
    entry('near', 5),
    entry('seen', 2),
    entry('seen', 3),
  ] as const;
  const all = [far, old, near, seen, alsoSeen];
  expect(chooseAlive(all, 4)).toEqual(new Set([seen, alsoSeen, near, old]));
  expect(chooseAlive(all, 3)).toEqual(new Set([alsoSeen, seen, near]));
  expect(chooseAlive(all, 1)).toEqual(new Set([alsoSeen]));
});
