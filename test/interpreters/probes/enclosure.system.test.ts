/** Each enclosure against the whole table of `enclosure.ts`: every attack is refused, every control succeeds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canIsolate } from '../../server/sessions/support.ts';
import { missing } from '../../support/missing.ts';
import { type Answers, PROBES, REACHED } from './enclosure.ts';
import { ENCLOSURES, openSurroundings, type Surroundings } from './enclosures.ts';

const sandboxed = await canIsolate();
if (!sandboxed) missing('bubblewrap: the enclosures are not probed');

describe.skipIf(!sandboxed)('an enclosure', () => {
  let surroundings: Surroundings;
  beforeAll(async () => {
    surroundings = await openSurroundings();
  });
  afterAll(() => surroundings?.close());

  it('is tried by at least 40 attacks of at least 8 classes, each with another name', () => {
    expect(new Set(PROBES.map(({ what }) => what)).size).toBe(PROBES.length);
    expect(PROBES.length).toBeGreaterThanOrEqual(40);
    expect(new Set(PROBES.map((probe) => probe.class)).size).toBeGreaterThanOrEqual(8);
  });

  it.each(ENCLOSURES)('of %s holds', async (enclosure) => {
    const answers: Answers = await surroundings.tryAll(enclosure);
    const wrong = PROBES.flatMap(({ what, refused }) => {
      const { attack, control } = answers[what] ?? { attack: 'not tried', control: 'not tried' };
      const faults = [
        ...(refused.includes(attack) ? [] : [`attack: ${attack}`]),
        ...(control === REACHED ? [] : [`control: ${control}`]),
      ];
      return faults.length > 0 ? [`${what} (${faults.join(', ')})`] : [];
    });
    expect(wrong).toEqual([]);
    expect(surroundings.visits()).toBe(0);
    expect(surroundings.otherLives()).toBe(true);
  });
});
