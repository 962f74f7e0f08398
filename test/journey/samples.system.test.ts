/**
 * The sample notebooks on the page's server: they run from top to bottom, and say what is known to be true of their data.
 * That they give the same headless is in `test/server/headless/run.system.test.ts`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Expected } from '../../server/samples/api-log.ts';
import { notebookAt } from '../support/page.ts';
import { copySamples, type ServerProcess, startServer } from '../support/server.ts';

const CALLS = 100_000;

let workspace: ReturnType<typeof copySamples>;
let server: ServerProcess;
beforeAll(async () => {
  workspace = copySamples({ calls: CALLS });
  server = await startServer(workspace.path);
});
afterAll(async () => {
  await server?.stop();
  workspace?.remove();
});

type Row = Readonly<Record<string, unknown>>;
type Output = {
  readonly kind: string;
  readonly stream?: string;
  readonly text?: string;
  readonly result?: string;
  readonly rows?: number;
};
type Ran = {
  outputs(paragraph: string): Promise<readonly Output[]>;
  rows(paragraph: string, query?: string): Promise<readonly Row[]>;
  text(paragraph: string): Promise<string>;
};

/** Runs the notebook at `path` from top to bottom. */
async function runAll(path: string): Promise<Ran> {
  const notebook = await notebookAt(server, path);
  const { body } = await server.call('POST', `notebooks/${notebook}/runs?wait=120`, {});
  const { runs } = body as { runs: readonly { id: string; paragraph: string; state: string }[] };
  for (const run of runs) {
    if (run.state === 'done') continue;
    expect.fail(`${run.paragraph}: ${JSON.stringify((await server.call('GET', `runs/${run.id}`)).body)}`);
  }
  const outputs = async (paragraph: string): Promise<readonly Output[]> => {
    const run = runs.find((one) => one.paragraph === paragraph)!;
    return ((await server.call('GET', `runs/${run.id}`)).body as { outputs: readonly Output[] }).outputs;
  };
  const read = async (paragraph: string, query: string): Promise<unknown> => {
    const table = (await outputs(paragraph)).findLast(({ kind }) => kind === 'table')!;
    return (await server.call('GET', `results/${table.result}/rows?${query}`)).body;
  };
  return {
    outputs,
    rows: async (paragraph, query = 'limit=1000') => (await read(paragraph, query)) as readonly Row[],
    text: async (paragraph) => (await outputs(paragraph)).map(({ text }) => text ?? '').join(''),
  };
}

describe('welcome', () => {
  it('shows three million flights, and knows that the evening is late', async () => {
    const ran = await runAll('welcome.nb.md');
    const { rows } = ran;
    expect(await rows('hello')).toEqual([{ greeting: 'hello', answer: 42 }]);
    expect(await rows('flights', 'offset=2999999&limit=10')).toHaveLength(1);
    const hours = await rows('by-hour');
    expect(hours).toHaveLength(24);
    expect(hours[18]).toEqual({ hour: 18, flights: 176_484, mean_delay: 10.7, late_percent: expect.any(Number) });
    expect(hours[6]).toMatchObject({ hour: 6, flights: 200_792, mean_delay: -2.2 });
    const worst = await rows('worst');
    expect(worst.slice(0, 3)).toEqual([
      { city: 'New York', origin: 'JFK', flights: 31_270, mean_delay: 12.3 },
      { city: 'Denver', origin: 'DEN', flights: 66_923, mean_delay: 11.1 },
      { city: 'Phoenix', origin: 'PHX', flights: 93_036, mean_delay: 10 },
    ]);
    expect(await ran.text('files')).toMatch(/flights-3m\.parquet[\s\S]*\niata,name,city,/);
    expect(await rows('stranded')).toEqual([
      { origin: 'DFW', flights: 8893, worst: 867 },
      { origin: 'ATL', flights: 6498, worst: 1154 },
      { origin: 'LAX', flights: 5661, worst: 1191 },
    ]);
    expect((await ran.outputs('distances')).map(({ kind }) => kind)).toEqual(['chart']);
  });
});

describe('medallion', () => {
  it('finds each of the 40 planted bad rows by its name, and passes its own checks', async () => {
    const { rows } = await runAll('medallion.nb.md');
    expect(await rows('bronze')).toHaveLength(1000);
    expect(await rows('bronze', 'offset=2013&limit=5')).toHaveLength(1);
    expect(await rows('bad-rows')).toHaveLength(40);
    expect(await rows('bad-counts')).toEqual([
      { reason: 'repeated', rows: 14 },
      { reason: 'unknown airport', rows: 14 },
      { reason: 'not JSON', rows: 3 },
      { reason: 'not a number of minutes', rows: 3 },
      { reason: 'not a time', rows: 3 },
      { reason: 'unknown kind', rows: 3 },
    ]);
    const checks = [...(await rows('check-silver')), ...(await rows('check-gold'))];
    expect(checks).toHaveLength(6);
    expect(checks.filter(({ holds }) => holds !== true)).toEqual([]);
    expect(await rows('silver', 'offset=1973&limit=5')).toHaveLength(1);
    expect(await rows('gold', 'offset=973&limit=5')).toHaveLength(1);
    expect((await rows('by-state'))[0]).toEqual({ state: 'CA', flights: 149, mean_delay: 0.2, late: 10 });
  });
});

describe('api-log', () => {
  it('finds every planted repeat and nothing else, in 100,000 calls', async () => {
    const { rows, text, outputs } = await runAll('api-log.nb.md');
    const note = readFileSync(join(workspace.path, 'data/api-log.expected.json'), 'utf8');
    const expected = JSON.parse(note) as Expected;
    expect(await text('raw')).toMatch(/^\s*100000 \d+ data\/api-log\.jsonl\n\{"ts":"2026-03-02T00:00:00Z"/);
    expect(Number(await text('whole-seconds'))).toBeGreaterThan(50);
    expect((await rows('guessed'))[0]).toEqual({ column_name: 'ts', column_type: 'VARCHAR' });
    expect(await rows('check')).toEqual([
      { check: 'calls in the log', found: CALLS, planted: CALLS, holds: true },
      { check: 'calls that repeat one', found: expected.repeats, planted: expected.repeats, holds: true },
      {
        check: 'calls that were repeated',
        found: expected.repeated_calls,
        planted: expected.repeated_calls,
        holds: true,
      },
      expect.objectContaining({ check: 'repeated payments', holds: true }),
    ]);
    const found = (await rows('by-endpoint')).map(({ endpoint, repeats }) => [endpoint, repeats]);
    expect(Object.fromEntries(found)).toEqual(expected.by_endpoint);
    expect(found[0]?.[0]).toBe('POST /v1/payments');
    expect(Number(await text('slices'))).toBe(expected.repeats);
    expect((await outputs('when')).map(({ kind }) => kind)).toEqual(['chart']);
    expect(await text('hand-over')).toMatch(/refunds\.csv\.gz\n[0-9a-f]{64} {2}refunds\.csv\.gz\n$/);
  });
});

describe('tutorial', () => {
  it('joins files, asks by forms, and passes its own check', async () => {
    const { rows, text } = await runAll('tutorial.nb.md');
    expect(await rows('flights', 'offset=772751&limit=5')).toHaveLength(1);
    expect(await rows('chosen', 'offset=23760&limit=5')).toHaveLength(1);
    expect(await rows('by-day')).toHaveLength(90);
    expect((await rows('worst')).at(-1)).toEqual({
      city: 'San Francisco',
      origin: 'SFO',
      flights: 60_869,
      mean_delay: 6.1,
    });
    expect((await rows('ratio'))[0]).toEqual({ city: 'New York', thousands: 31.27, mean_delay: 12.3 });
    expect(await text('outside')).not.toContain('root:');
    expect(await rows('check')).toEqual([{ verdict: 'enough flights' }]);
  });
});
