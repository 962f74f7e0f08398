import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openReader, type Timers } from '../../../server/results/client.ts';
import {
  CREDIT,
  decodeCredit,
  decodeRequest,
  encodeFrame,
  encodeJson,
  type Frame,
  frameDecoder,
  KIND,
  type ReaderRequest,
} from '../../../server/results/reader/protocol.ts';
import type { SpawnReader } from '../../../server/results/spawn.ts';

const request: ReaderRequest = { type: 'release', key: 'k' };
const never = new AbortController().signal;

type Fake = {
  readonly frames: Frame[];
  /** Resolves with the next frame that came in and was not seen yet. */
  next(): Promise<Frame>;
  send(...frames: Uint8Array[]): void;
  die(how?: string): void;
  killed: boolean;
  ended: boolean;
};

function fakeReaders(): { spawn: SpawnReader; started: Fake[] } {
  const started: Fake[] = [];
  const spawn: SpawnReader = async () => {
    const [requests, answers] = [new PassThrough(), new PassThrough()];
    const frames: Frame[] = [];
    const waiting: ((frame: Frame) => void)[] = [];
    const decoder = frameDecoder();
    let die = (_how: string) => {};
    const exited = new Promise<string>((resolve) => {
      die = resolve;
    });
    let seen = 0;
    const fake: Fake = {
      frames,
      killed: false,
      ended: false,
      next: () => {
        const frame = frames[seen++];
        return frame ? Promise.resolve(frame) : new Promise((resolve) => waiting.push(resolve));
      },
      send: (...sent) => {
        for (const frame of sent) answers.write(frame);
      },
      die: (how = 'exit 1') => die(how),
    };
    requests.on('data', (chunk: Uint8Array) => {
      for (const frame of decoder.push(chunk)) {
        frames.push(frame);
        waiting.shift()?.(frame);
      }
    });
    requests.on('end', () => {
      fake.ended = true;
      die('exit 0');
    });
    started.push(fake);
    const kill = () => {
      fake.killed = true;
      die('SIGKILL');
    };
    return { requests, answers, exited, kill };
  };
  return { spawn, started };
}

/** Timers that go off when the test says so. */
function handTimers(): Timers & { fire(ms: number): void } {
  const waiting: { ms: number; work: () => void }[] = [];
  return {
    after: (ms, work) => {
      const one = { ms, work };
      waiting.push(one);
      return () => {
        const index = waiting.indexOf(one);
        if (index >= 0) waiting.splice(index, 1);
      };
    },
    fire: (ms) => {
      for (const one of waiting.filter((other) => other.ms === ms)) {
        waiting.splice(waiting.indexOf(one), 1);
        one.work();
      }
    },
  };
}

const head = (call: number) => encodeJson(KIND.head, call, { contentType: 'text/plain' });
const data = (call: number, bytes: Uint8Array) => encodeFrame(KIND.data, call, bytes);
const end = (call: number) => encodeFrame(KIND.end, call);
const failure = (call: number, code: 'gone' | 'block-needed' | 'too-many' | 'unreadable') =>
  encodeJson(KIND.failure, call, { code, detail: 'why' });

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const part of body) text += Buffer.from(part).toString();
  return text;
}

/** Lets what is on its way arrive. */
const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('the reader’s client', () => {
  it('gives the answers of calls that overlap to whoever asked', async () => {
    const { spawn, started } = fakeReaders();
    const reader = openReader(spawn);
    const asked = [reader.ask(request, undefined, never), reader.ask(request, undefined, never)];
    await settled();
    const [a, b] = [(await started[0]!.next()).call, (await started[0]!.next()).call];
    started[0]!.send(head(b), data(b, Buffer.from('B')), head(a), data(a, Buffer.from('A')), end(b), end(a));
    const [first, second] = await Promise.all(asked);
    expect([await textOf(first!.body), await textOf(second!.body)]).toEqual(['A', 'B']);
    expect(started).toHaveLength(1);
  });

  it('takes so many calls of one asker at once, and then those of others still', async () => {
    const { spawn, started } = fakeReaders();
    const reader = openReader(spawn);
    const by = (asker: string): ReaderRequest => ({
      ...{ type: 'profile', asker, source: { kind: 'block', key: 'k' } },
      ...{ columns: [], narrow: { filters: [] }, place: 0 },
    });
    const asked = Array.from({ length: 64 }, () => reader.ask(by('one'), undefined, never));
    await settled();
    await expect(reader.ask(by('one'), undefined, never)).rejects.toMatchObject({ code: 'too-many', status: 429 });
    asked.push(reader.ask(by('other'), undefined, never));
    await settled();
    for (const _ of asked) {
      const { call } = await started[0]!.next();
      started[0]!.send(head(call), end(call));
    }
    for (const { body } of await Promise.all(asked)) expect(await textOf(body)).toBe('');
    const again = reader.ask(by('one'), undefined, never);
    await settled();
    const { call } = await started[0]!.next();
    started[0]!.send(head(call), end(call));
    expect(await textOf((await again).body)).toBe('');
  });

  it('asks once more when the process dies before it answered, not after', async () => {
    const { spawn, started } = fakeReaders();
    const reader = openReader(spawn);
    const asked = reader.ask(request, undefined, never);
    await settled();
    started[0]!.die();
    await settled();
    const { call } = await started[1]!.next();
    started[1]!.send(head(call), data(call, Buffer.from('x')));
    const { body } = await asked;
    started[1]!.die('SIGSEGV');
    await expect(textOf(body)).rejects.toMatchObject({
      code: 'result-unreadable',
      message: expect.stringContaining('SIGSEGV'),
    });
    expect(started).toHaveLength(2);
  });

  it('gives up on what kills two processes', async () => {
    const { spawn, started } = fakeReaders();
    const asked = openReader(spawn).ask(request, undefined, never);
    const refused = expect(asked).rejects.toMatchObject({ code: 'result-unreadable' });
    await settled();
    started[0]!.die();
    await settled();
    started[1]!.die();
    await refused;
    expect(started).toHaveLength(2);
  });

  it('asks no third process for what killed two, and goes on with what died beside it', async () => {
    const { spawn, started } = fakeReaders();
    const reader = openReader(spawn);
    const of = (key: string): ReaderRequest => ({
      ...{ type: 'profile', asker: key, source: { kind: 'block', key } },
      ...{ columns: [], narrow: { filters: [] }, place: 0 },
    });
    const bad = expect(reader.ask(of('bad'), undefined, never)).rejects.toMatchObject({ code: 'result-unreadable' });
    const good = reader.ask(of('good'), undefined, never);
    await settled();
    started[0]!.die();
    await settled();
    expect(started[1]!.frames).toHaveLength(1);
    started[1]!.die();
    await bad;
    await settled();
    const { call } = await started[2]!.next();
    started[2]!.send(head(call), data(call, Buffer.from('x')), end(call));
    expect(await textOf((await good).body)).toBe('x');
    await expect(reader.ask(of('bad'), undefined, never)).rejects.toMatchObject({ code: 'result-unreadable' });
    expect(started).toHaveLength(3);
  });

  it('says why no process could be started, and tries again for the next call', async () => {
    let failing = true;
    const { spawn, started } = fakeReaders();
    const reader = openReader(() => (failing ? Promise.reject(new Error('no memory')) : spawn()));
    await expect(reader.ask(request, undefined, never)).rejects.toMatchObject({
      message: expect.stringContaining('no memory'),
    });
    failing = false;
    const asked = reader.ask(request, undefined, never);
    await settled();
    const { call } = await started[0]!.next();
    started[0]!.send(head(call), end(call));
    expect((await asked).contentType).toBe('text/plain');
  });

  it('sends a block only when it is missed', async () => {
    const { spawn, started } = fakeReaders();
    let read = 0;
    const asked = openReader(spawn).ask(
      request,
      async () => {
        read += 1;
        return Buffer.from('block');
      },
      never,
    );
    await settled();
    const first = await started[0]!.next();
    expect(decodeRequest(first.payload).block).toBeUndefined();
    expect(read).toBe(0);
    started[0]!.send(failure(first.call, 'block-needed'));
    const second = await started[0]!.next();
    expect(Buffer.from(decodeRequest(second.payload).block!).toString()).toBe('block');
    started[0]!.send(head(second.call), end(second.call));
    await asked;
    expect(read).toBe(1);
  });

  it('says so where a block is missed still', async () => {
    const { spawn, started } = fakeReaders();
    const reader = openReader(spawn);
    const asked = reader.ask(request, async () => new Uint8Array(0), never);
    const refused = expect(asked).rejects.toMatchObject({ code: 'result-unreadable' });
    for (let time = 0; time < 2; time += 1) {
      await expect.poll(() => started[0]?.frames.length ?? 0).toBe(time + 1);
      started[0]!.send(failure(started[0]!.frames[time]!.call, 'block-needed'));
    }
    await refused;
    await reader.close();
  });

  it('turns failures into errors of the catalogue', async () => {
    const { spawn, started } = fakeReaders();
    const reader = openReader(spawn);
    for (const [code, expected] of [
      ['gone', 'result-gone'],
      ['too-many', 'too-many'],
      ['unreadable', 'result-unreadable'],
    ] as const) {
      const asked = reader.ask(request, undefined, never);
      await settled();
      const { call } = await started[0]!.next();
      started[0]!.send(failure(call, code));
      await expect(asked).rejects.toMatchObject({ code: expected });
    }
  });

  it('cancels when aborted, and kills a process that does not stop', async () => {
    const { spawn, started } = fakeReaders();
    const timers = handTimers();
    const reader = openReader(spawn, timers);
    const stop = new AbortController();
    const asked = reader.ask(request, undefined, stop.signal);
    await settled();
    const { call } = await started[0]!.next();
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    expect(await started[0]!.next()).toMatchObject({ kind: KIND.cancel, call });
    timers.fire(5_000);
    expect(started[0]!.killed).toBe(true);
  });

  it('leaves a process alone that stopped in time', async () => {
    const { spawn, started } = fakeReaders();
    const timers = handTimers();
    const reader = openReader(spawn, timers);
    const stop = new AbortController();
    const asked = reader.ask(request, undefined, stop.signal);
    await settled();
    const { call } = await started[0]!.next();
    started[0]!.send(head(call), data(call, Buffer.from('x')));
    const { body } = await asked;
    stop.abort();
    await expect(textOf(body)).rejects.toThrow();
    expect(await started[0]!.next()).toMatchObject({ kind: KIND.cancel, call });
    started[0]!.send(end(call));
    await settled();
    timers.fire(5_000);
    expect(started[0]!.killed).toBe(false);
  });

  it('grants no more than what was read', async () => {
    const { spawn, started } = fakeReaders();
    const asked = openReader(spawn).ask(request, undefined, never);
    await settled();
    const { call } = await started[0]!.next();
    const part = Buffer.alloc(CREDIT / 4);
    started[0]!.send(head(call), data(call, part), data(call, part), data(call, part), data(call, part));
    const { body } = await asked;
    await settled();
    const granted = () =>
      started[0]!.frames
        .filter((one) => one.kind === KIND.credit)
        .reduce((sum, one) => sum + decodeCredit(one.payload), 0);
    const before = granted();
    started[0]!.send(data(call, part), data(call, part));
    await settled();
    expect(granted()).toBe(before);
    started[0]!.send(end(call));
    expect((await textOf(body)).length).toBe(6 * part.length);
    expect(before).toBeLessThan(CREDIT);
  });

  it('ends an idle process, and starts another when asked', async () => {
    const { spawn, started } = fakeReaders();
    const timers = handTimers();
    const reader = openReader(spawn, timers);
    reader.warm();
    await settled();
    expect(started).toHaveLength(1);
    timers.fire(5 * 60_000);
    await settled();
    expect(started[0]!.ended).toBe(true);
    const asked = reader.ask(request, undefined, never);
    await settled();
    const { call } = await started[1]!.next();
    started[1]!.send(head(call), end(call));
    await asked;
  });

  it('kills a process whose answers make no sense', async () => {
    const { spawn, started } = fakeReaders();
    const reader = openReader(spawn);
    reader.warm();
    await settled();
    started[0]!.send(Buffer.from([255, 255, 255, 255, 1, 2, 3]));
    await settled();
    expect(started[0]!.killed).toBe(true);
  });

  it('refuses calls once closed', async () => {
    const { spawn } = fakeReaders();
    const reader = openReader(spawn);
    await reader.close();
    await expect(reader.ask(request, undefined, never)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
