/** The sample notebooks run from top to bottom, and say what is known to be true of their data. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notebookAt } from '../support/page.ts';
import { copySamples, type ServerProcess, startServer } from '../support/server.ts';

let workspace: ReturnType<typeof copySamples>;
let server: ServerProcess;
beforeAll(async () => {
  workspace = copySamples();
  server = await startServer(workspace.path);
});
afterAll(async () => {
  await server?.stop();
  workspace?.remove();
});

type Row = Readonly<Record<string, unknown>>;
type RunBody = {
  readonly outputs: readonly { readonly kind: string; readonly result?: string; readonly rows?: number }[];
};

/** Runs the notebook at `path`; gives the rows of a paragraph's table. */
async function runAll(path: string): Promise<(paragraph: string, query?: string) => Promise<readonly Row[]>> {
  const notebook = await notebookAt(server, path);
  const { body } = await server.call('POST', `notebooks/${notebook}/runs?wait=60`, {});
  const { runs } = body as { runs: readonly { id: string; paragraph: string; state: string }[] };
  expect(runs.filter(({ state }) => state !== 'done')).toEqual([]);
  return async (paragraph, query = 'limit=1000') => {
    const run = runs.find((one) => one.paragraph === paragraph)!;
    const { outputs } = (await server.call('GET', `runs/${run.id}`)).body as RunBody;
    const table = outputs.findLast(({ kind }) => kind === 'table')!;
    return (await server.call('GET', `results/${table.result}/rows?${query}`)).body as readonly Row[];
  };
}

describe('welcome', () => {
  it('shows three million flights, and knows that the evening is late', async () => {
    const rows = await runAll('welcome.nb.md');
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
  });
});

describe('medallion', () => {
  it('finds each of the 40 planted bad rows by its name, and passes its own checks', async () => {
    const rows = await runAll('medallion.nb.md');
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
