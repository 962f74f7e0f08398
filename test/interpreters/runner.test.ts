import { expect, test } from 'vitest';
import { Failed, failure } from '../../interpreters/errors.ts';
import {
  type Event,
  type Outcome,
  PROTOCOL_VERSION,
  type Request,
  type RunRequest,
} from '../../interpreters/protocol.ts';
import { createRunner, type Interpreter, type RunContext, type Runner } from '../../interpreters/runner.ts';

const startRequest: Request = {
  type: 'start',
  protocol: PROTOCOL_VERSION,
  session: '/s',
  out: '/o',
  memory: 1,
  threads: 1,
  timeZone: 'UTC',
  readable: [],
};
const runRequest = (run: string): RunRequest => ({ type: 'run', run, source: '', options: {}, forms: {}, tables: [] });

type Bench = { runner: Runner; log: string[]; events: Event[]; done(run: string): Promise<Outcome> };

/** A runner whose outside is a list; `log` shows marks and events in order. */
function bench(
  run: (request: RunRequest, context: RunContext) => Promise<Outcome>,
  more: Partial<Interpreter> = {},
): Bench {
  const log: string[] = [];
  const events: Event[] = [];
  const waiting: (() => void)[] = [];
  const runner = createRunner(
    { language: 'test', start: async () => undefined, run, ...more },
    {
      send(event) {
        events.push(event);
        log.push(event.type === 'done' ? `done ${event.run}` : event.type);
        for (const look of waiting) look();
      },
      drained: () => Promise.resolve(),
      mark: (id) => log.push(`mark ${id}`),
      later: (call) => queueMicrotask(call),
    },
  );
  const done = (id: string): Promise<Outcome> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = events.find((event) => event.type === 'done' && event.run === id);
        if (found?.type === 'done') resolve(found.outcome);
      };
      waiting.push(look);
      look();
    });
  return { runner, log, events, done };
}

const untilAborted = (context: RunContext): Promise<void> =>
  new Promise((resolve) => context.signal.addEventListener('abort', () => resolve()));

test('a run ends with its marks and then done, and the next begins after', async () => {
  const { runner, log, done } = bench(async () => ({ state: 'done' }));
  for (const request of [startRequest, runRequest('a'), runRequest('b')]) runner.receive(request);
  await done('b');
  expect(log).toEqual(['ready', 'mark a', 'done a', 'mark b', 'done b']);
});

test('an interpreter that stands idle after its start warms up unseen, and a run waits for it', async () => {
  const warm = async (context: RunContext): Promise<void> => {
    log.push('warm');
    context.emit({ type: 'progress', run: '' });
    throw new Error('nobody hears of it');
  };
  const { runner, log, done } = bench(async () => ({ state: 'done' }), { warm });
  runner.receive(startRequest);
  await expect.poll(() => log).toEqual(['ready', 'warm']);
  runner.receive(runRequest('a'));
  await done('a');
  expect(log).toEqual(['ready', 'warm', 'mark a', 'done a']);
});

test('an interpreter that has a run is not warmed up', async () => {
  const { runner, log, done } = bench(async () => ({ state: 'done' }), { warm: async () => void log.push('warm') });
  for (const request of [startRequest, runRequest('a')]) runner.receive(request);
  await done('a');
  expect(log).toEqual(['ready', 'mark a', 'done a']);
});

test('a cancel reaches the run under way, and one that waits is never begun', async () => {
  const begun: string[] = [];
  const { runner, done } = bench(async ({ run }, context) => {
    begun.push(run);
    await untilAborted(context);
    return { state: 'cancelled' };
  });
  for (const request of [startRequest, runRequest('a'), runRequest('b')]) runner.receive(request);
  runner.receive({ type: 'cancel', run: 'b' });
  runner.receive({ type: 'cancel', run: 'a' });
  expect(await done('a')).toEqual({ state: 'cancelled' });
  expect(await done('b')).toEqual({ state: 'cancelled' });
  expect(begun).not.toContain('b');
});

test('what the interpreter throws is a failed run with the stack as detail; the next run works', async () => {
  const { runner, done } = bench(async ({ run }) => {
    if (run === 'a') throw new Error('a bug');
    return { state: 'done' };
  });
  for (const request of [startRequest, runRequest('a'), runRequest('b')]) runner.receive(request);
  expect(await done('a')).toMatchObject({
    state: 'failed',
    failure: { code: 'internal', detail: expect.stringContaining('a bug') },
  });
  expect(await done('b')).toEqual({ state: 'done' });
});

test('an interpreter that can’t start says ready, and why with each run', async () => {
  const { runner, events, done } = bench(async () => ({ state: 'done' }), {
    start: async () => {
      throw new Failed(failure('session-damaged', 'The database can’t be opened.'));
    },
  });
  runner.receive(startRequest);
  runner.receive(runRequest('a'));
  expect(await done('a')).toMatchObject({ state: 'failed', failure: { code: 'session-damaged' } });
  expect(events[0]).toMatchObject({ type: 'ready' });
});

test('a server of another version is told with each run', async () => {
  const { runner, done } = bench(async () => ({ state: 'done' }));
  runner.receive({ ...startRequest, protocol: 99 });
  runner.receive(runRequest('a'));
  expect(await done('a')).toMatchObject({ state: 'failed', failure: { code: 'protocol' } });
});

test('questions are answered while a run goes on; one that fails is answered with nothing', async () => {
  const { runner, events, done } = bench(
    async (_, context) => {
      await untilAborted(context);
      return { state: 'cancelled' };
    },
    {
      complete: async (text) => [{ label: text, kind: 'other', insert: text, start: 0 }],
      tables: async () => {
        throw new Error('no');
      },
    },
  );
  runner.receive(startRequest);
  runner.receive(runRequest('a'));
  runner.receive({ type: 'complete', call: 1, text: 'x', offset: 1, tables: [] });
  runner.receive({ type: 'tables', call: 2, tables: [] });
  await new Promise((resolve) => setImmediate(resolve));
  expect(events).toContainEqual({
    type: 'completions',
    call: 1,
    items: [{ label: 'x', kind: 'other', insert: 'x', start: 0 }],
  });
  expect(events).toContainEqual({ type: 'tables', call: 2, items: [] });
  runner.interrupt();
  expect(await done('a')).toEqual({ state: 'cancelled' });
});

test('a call is answered by the reply of its number, or fails with its error', async () => {
  const { runner, events, done } = bench(async (_, context) => {
    const answers = await Promise.allSettled([context.call('query', 1), context.call('query', 2)]);
    const failed = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(failed[0]).toBeInstanceOf(Failed);
    return { state: 'done' };
  });
  runner.receive(startRequest);
  runner.receive(runRequest('a'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(events.filter(({ type }) => type === 'call').length).toBe(2);
  runner.receive({ type: 'reply', call: 2, error: { code: 'engine', message: 'no' } });
  runner.receive({ type: 'reply', call: 1, result: 'rows' });
  expect(await done('a')).toEqual({ state: 'done' });
});

test('closing aborts what runs, waits for it, and closes the interpreter', async () => {
  const order: string[] = [];
  const { runner } = bench(
    async (_, context) => {
      await untilAborted(context);
      order.push('run ended');
      return { state: 'cancelled' };
    },
    {
      close: async () => {
        order.push('closed');
      },
    },
  );
  runner.receive(startRequest);
  runner.receive(runRequest('a'));
  await new Promise((resolve) => setImmediate(resolve));
  await runner.close();
  expect(order).toEqual(['run ended', 'closed']);
});
