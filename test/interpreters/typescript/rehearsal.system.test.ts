/** What is rehearsed while nobody runs anything: it works to its end, and leaves nothing of itself. */
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Event } from '../../../interpreters/protocol.ts';
import { REHEARSAL, rehearsedAnswer } from '../../../interpreters/typescript/rehearsal.ts';
import { discard, drive } from '../harness.ts';
import { typescriptProgram } from './program.ts';

/** Nothing tells of a rehearsal: it begins 50 ms after the start, and runs wait for its end. */
const BEGUN_MS = 400;

it('runs to its end on its own answers, through the library and what is printed', async () => {
  const driven = await drive(typescriptProgram);
  try {
    const finished = driven.run(REHEARSAL.source);
    const answered = new Set<number>();
    const methods: string[] = [];
    type Call = Extract<Event, { type: 'call' }>;
    const next = () => driven.event((one): one is Call => one.type === 'call' && !answered.has(one.call));
    const answering = (async () => {
      for (;;) {
        const { call, method } = await next();
        answered.add(call);
        methods.push(method);
        driven.send({ type: 'reply', call, result: await rehearsedAnswer() });
      }
    })().catch(() => undefined);
    const { outcome, values } = await finished;
    expect(outcome).toEqual({ state: 'done' });
    expect(values).toBe("1 [ 1, { text: '' } ]\n{ n: 1 }\n");
    expect(methods).toEqual(['describe', 'show']);
    await discard(driven);
    await answering;
  } finally {
    await discard(driven);
  }
});

it('leaves no name, no text and no question behind, and no word of it where a run fails', async () => {
  const driven = await drive(typescriptProgram);
  try {
    await setTimeout(BEGUN_MS);
    expect(driven.events.map(({ type }) => type)).toEqual(['ready']);
    const { outcome, values, stderr } = await driven.run(
      '[typeof least, typeof rows, typeof n, performance.now() >= 0]',
    );
    expect({ outcome, values, stderr }).toEqual({
      outcome: { state: 'done' },
      values: "[ 'undefined', 'undefined', 'undefined', true ]\n",
      stderr: '',
    });
    const failed = await driven.run('const least: string = "a"; nobody(least)');
    expect(failed.outcome).toMatchObject({ failure: { code: 'unknown-name', line: 1, column: 28 } });
  } finally {
    await discard(driven);
  }
});
