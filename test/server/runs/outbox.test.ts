import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunId } from '../../../server/protocol/ids.ts';
import type { Run, RunEvent } from '../../../server/protocol/runs.ts';
import { foldRuns } from '../../../server/protocol/runs.ts';
import { createOutbox, joined } from '../../../server/runs/outbox.ts';

const id = 'run' as RunId;
const text = (said: string, stream: 'stdout' | 'stderr' = 'stdout'): RunEvent => ({
  type: 'text',
  id,
  stream,
  text: said,
});
const ended: RunEvent = { type: 'ended', id, phase: { state: 'done', started: 1, ended: 2 } };
const started = (other: string): RunEvent => ({ type: 'started', id: other as RunId, at: 1 });

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('events on their way to viewers', () => {
  it('wait for what is ahead of them to be durable', async () => {
    const told: RunEvent[][] = [];
    const outbox = createOutbox(
      (events) => told.push([...events]),
      () => 0,
    );
    let durable = (_: readonly RunEvent[]): void => {};
    outbox.push(text('before'));
    outbox.hold(
      new Promise((resolve) => {
        durable = resolve;
      }),
    );
    outbox.push(started('next'));
    await turn();
    expect(told).toEqual([[text('before')]]);
    durable([ended]);
    await turn();
    expect(told).toEqual([[text('before')], [ended, started('next')]]);
  });

  it('go at once in a quiet moment and are joined under a flood', async () => {
    const told: (readonly RunEvent[])[] = [];
    let time = 100;
    const outbox = createOutbox(
      (events) => told.push(events),
      () => time,
      () => () => undefined,
    );
    outbox.push(text('first'));
    await turn();
    expect(told.length).toBe(1);
    for (let count = 0; count < 1000; count += 1) outbox.push(text('x'));
    await turn();
    expect(told.length).toBe(1);
    time += 20;
    outbox.push(text('last'));
    await turn();
    expect(told.length).toBe(2);
    expect(told[1]).toEqual([text(`${'x'.repeat(1000)}last`)]);
  });

  it('mean the same joined as one by one', () => {
    const events = fc.array(
      fc.oneof(
        fc.record({
          type: fc.constant('text' as const),
          id: fc.constantFrom(id, 'other' as RunId),
          stream: fc.constantFrom('stdout' as const, 'stderr' as const),
          text: fc.string(),
          omitted: fc.constantFrom(1, 5),
        }),
        fc.record({
          type: fc.constant('progress' as const),
          id: fc.constantFrom(id, 'other' as RunId),
          progress: fc.record({ fraction: fc.double({ min: 0, max: 1 }) }),
        }),
      ),
    );
    const fold = (list: readonly RunEvent[]): Map<RunId, Run> => {
      const runs = new Map<RunId, Run>();
      for (const one of [id, 'other' as RunId]) {
        foldRuns(runs, { type: 'queued', run: { id: one } as Run });
        foldRuns(runs, started(one));
      }
      for (const event of list) foldRuns(runs, event);
      return runs;
    };
    fc.assert(
      fc.property(events, (list) => {
        expect(fold(joined(list))).toEqual(fold(list));
      }),
    );
  });
});
