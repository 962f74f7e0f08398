import { describe, expect, it } from 'vitest';
import { openSuspects, REFUSED_MS } from '../../../server/results/suspects.ts';

const never = new AbortController().signal;
const refused = { code: 'result-unreadable' };

function world() {
  let time = 1;
  const suspects = openSuspects(() => time);
  return { suspects, later: (ms: number) => (time += ms) };
}

/** Whether it has its turn by now. */
async function isGiven(turn: Promise<unknown>): Promise<boolean> {
  let given = false;
  void turn.then(() => {
    given = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return given;
}

describe('what was under way when a reader died', () => {
  it('is asked one after the other, and all else as ever', async () => {
    const { suspects } = world();
    suspects.died(['a', 'b']);
    const leave = await suspects.turn('a', true, never);
    const next = suspects.turn('b', false, never);
    expect(await isGiven(next)).toBe(false);
    (await suspects.turn('c', false, never))();
    suspects.answered('a');
    leave();
    (await next)();
    suspects.answered('b');
    await suspects.turn('a', false, never);
    await suspects.turn('b', false, never);
  });

  it('is refused when it ends the next one too, and the others are answered', async () => {
    const { suspects, later } = world();
    suspects.died(['bad', 'good', 'fine']);
    const leave = await suspects.turn('bad', true, never);
    const [good, again] = [suspects.turn('good', true, never), suspects.turn('bad', false, never)];
    const over = expect(again).rejects.toMatchObject(refused);
    const fine = suspects.turn('fine', true, never);
    suspects.died(['bad']);
    leave();
    (await good)();
    await over;
    (await fine)();
    await expect(suspects.turn('bad', false, never)).rejects.toMatchObject(refused);
    later(REFUSED_MS);
    await suspects.turn('bad', false, never);
  });

  it('is not refused for what died beside something else, until it does so again and again', async () => {
    const { suspects } = world();
    suspects.died(['a', 'b']);
    for (const isOver of [false, false, true]) {
      const leave = await suspects.turn('a', true, never);
      suspects.died(['a', 'x']);
      leave();
      if (isOver) await expect(suspects.turn('a', true, never)).rejects.toMatchObject(refused);
    }
    await suspects.turn('x', false, never);
  });

  it('gives its place away when nobody waits for it any more', async () => {
    const { suspects } = world();
    const leave = await suspects.turn('a', true, never);
    const stop = new AbortController();
    const left = expect(suspects.turn('b', true, stop.signal)).rejects.toThrow();
    const last = suspects.turn('c', true, never);
    stop.abort();
    await left;
    leave();
    (await last)();
  });

  it('is refused at once where the engine says that it broke over it', async () => {
    const { suspects } = world();
    suspects.broke('a');
    await expect(suspects.turn('a', false, never)).rejects.toMatchObject(refused);
  });
});
