/** Each enclosure against the whole table of `enclosure.ts`: every attack is refused, every control succeeds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSystem } from '../../../server/sessions/system.ts';
import { counter, keep, wantsRecord } from '../../reliability/record.ts';
import { canIsolate, root } from '../../server/sessions/support.ts';
import { missing } from '../../support/missing.ts';
import { type Answers, PROBES, REACHED } from './enclosure.ts';
import { ENCLOSURES, openSurroundings, type Surroundings } from './enclosures.ts';

const system = findSystem();
/** bubblewrap in the form found first, and the enclosure without it. */
const MODES = [
  { sandbox: 'bwrap', enclosures: ENCLOSURES, holds: await canIsolate() },
  // Two of the five: but for mounts and flags the line is the same.
  { sandbox: 'unshare', enclosures: ['sql', 'shell'], holds: system.unshare !== undefined },
  // Those that may have a network: what is bound into them for it opens nothing.
  { sandbox: 'bwrap', enclosures: ['typescript', 'shell'], holds: await canIsolate(), granted: true },
] as const;
for (const { sandbox, holds } of MODES) if (!holds) missing(`${sandbox}: its enclosures are not probed`);

describe.each(MODES.filter(({ holds }) => holds))('an enclosure by $sandbox, hosts granted: $granted', (mode) => {
  const { sandbox, enclosures } = mode;
  const granted = 'granted' in mode;
  let surroundings: Surroundings;
  beforeAll(async () => {
    surroundings = await openSurroundings(sandbox, granted);
    expect((await surroundings.bench.sessions.isolation()).kind).toBe(sandbox);
  });
  afterAll(() => surroundings?.close());

  it('is tried by at least 40 attacks of at least 8 classes, each with another name', () => {
    expect(new Set(PROBES.map(({ what }) => what)).size).toBe(PROBES.length);
    expect(PROBES.length).toBeGreaterThanOrEqual(40);
    expect(new Set(PROBES.map((probe) => probe.class)).size).toBeGreaterThanOrEqual(8);
  });

  it.each(enclosures)('of %s holds', async (enclosure) => {
    const answers: Answers = await surroundings.tryAll(enclosure);
    const { held, counts } = counter(PROBES);
    const wrong = PROBES.flatMap((probe) => {
      const { attack, control } = answers[probe.what] ?? { attack: 'not tried', control: 'not tried' };
      const faults = [
        ...(probe.refused.includes(attack) ? [] : [`attack: ${attack}`]),
        ...(control === REACHED ? [] : [`control: ${control}`]),
      ];
      if (faults.length > 0) return [`${probe.what} (${faults.join(', ')})`];
      held(probe);
      return [];
    });
    const part = `${enclosure}${sandbox === 'bwrap' ? '' : ' by unshare'}${granted ? ' with granted hosts' : ''}`;
    if (wantsRecord()) keep(root, { figure: 'R7', part: `around ${part}`, counts: counts() });
    expect(wrong).toEqual([]);
    expect(surroundings.visits()).toBe(0);
    expect(surroundings.otherLives()).toBe(true);
  });
});
