import { expect, it } from 'vitest';
import { openTurns, type Turn } from '../../../server/report/turns.ts';

const BOUNDS = { making: 2, held: 4, heldOfOne: 3, waiting: 6, waitingOfOne: 3 };
const never = new AbortController().signal;
/** Promises that wait for nothing settle within one turn. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function scene() {
  const turns = openTurns(BOUNDS);
  const begun: { readonly name: string; readonly turn: Turn }[] = [];
  const refused: string[] = [];
  const ask = (name: string, signal = never): void => {
    turns.take(name[0]!, signal).then(
      (turn) => begun.push({ name, turn }),
      (error) => refused.push(`${name} ${error.code ?? error.message}`),
    );
  };
  return { ask, begun, refused, names: () => begun.map(({ name }) => name) };
}

it('are made two at once, in the order in which they were asked for', async () => {
  const { ask, begun, names } = scene();
  for (const name of ['a1', 'b1', 'c1', 'd1']) ask(name);
  await settled();
  expect(names()).toEqual(['a1', 'b1']);
  begun[1]?.turn.made();
  begun[1]?.turn.made();
  await settled();
  expect(names()).toEqual(['a1', 'b1', 'c1']);
});

it('are held until they were sent: who reads slowly keeps what is theirs, and no other’s', async () => {
  const { ask, begun, names } = scene();
  for (const name of ['a1', 'a2']) ask(name);
  await settled();
  for (const { turn } of begun) turn.made();
  ask('a3');
  await settled();
  begun[2]?.turn.made();
  // Three of one are held: the fourth waits, and who comes after it does not.
  for (const name of ['a4', 'b1', 'b2']) ask(name);
  await settled();
  expect(names()).toEqual(['a1', 'a2', 'a3', 'b1']);
  begun[3]?.turn.made();
  await settled();
  expect(names().length).toBe(4);
  begun[0]?.turn.sent();
  begun[0]?.turn.sent();
  await settled();
  expect(names()).toEqual(['a1', 'a2', 'a3', 'b1', 'a4']);
  // What failed was never made.
  begun[4]?.turn.sent();
  begun[3]?.turn.sent();
  await settled();
  expect(names()).toEqual(['a1', 'a2', 'a3', 'b1', 'a4', 'b2']);
});

it('are refused past what may wait, and wait no longer than whoever asked', async () => {
  const { ask, begun, names, refused } = scene();
  const gone = new AbortController();
  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'b1', 'b2']) ask(name);
  ask('c1', gone.signal);
  ask('d1');
  await settled();
  expect(refused).toEqual(['a6 too-many', 'd1 too-many']);
  gone.abort(new Error('went away'));
  ask('d2');
  await settled();
  expect(refused.slice(2)).toEqual(['c1 went away']);
  for (let at = 0; at < begun.length; at += 1) {
    begun[at]?.turn.sent();
    await settled();
  }
  expect(names()).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'd2']);
});
