import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, openBench } from './support.ts';

describe('a run in a process', () => {
  let bench: Bench;
  beforeAll(() => {
    bench = openBench();
  });
  afterAll(() => bench.close());

  it('streams text of each stream, values and the outcome, in order', async () => {
    const ran = await bench.run('print hello\nwarn careful\nvalue 42\nprint bye');
    expect(ran.outcome).toEqual({ state: 'done' });
    expect(ran.events[0]).toEqual({ type: 'started' });
    expect([ran.stdout, ran.stderr, ran.value]).toEqual(['hello\nbye\n', 'careful\n', '42']);
  });

  it('fails with what the program says', async () => {
    const ran = await bench.run('fail no such thing');
    expect(ran.outcome).toEqual({ state: 'failed', failure: { code: 'failed', message: 'no such thing' } });
  });
});
