/**
 * The sample notebooks, in the page's server and headless: they run from top to bottom, say what is known to be true of
 * their data, and give the same answers either way.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Expected } from '../../server/samples/api-log.ts';
import { notebookAt } from '../support/page.ts';
import { copySamples, root, type ServerProcess, startServer } from '../support/server.ts';

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
  /** The table of each named paragraph, as CSV. */
  named(): Promise<Readonly<Record<string, string>>>;
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
    async named() {
      const whole = (await server.call('GET', `notebooks/${notebook}`)).body as {
        paragraphs: readonly { id: string; name?: string }[];
      };
      const tables: Record<string, string> = {};
      for (const { id, name } of whole.paragraphs) if (name) tables[name] = String(await read(id, 'format=csv'));
      return tables;
    },
  };
}

/** The named results of `gondola run`, as CSV. */
function runHeadless(path: string): Readonly<Record<string, string>> {
  const results = mkdtempSync(join(tmpdir(), 'gondola-headless-'));
  try {
    const args = ['run', join(workspace.path, path), '--results', results, '--format', 'csv'];
    execFileSync(process.execPath, [join(root, 'server', 'gondola.js'), ...args], { stdio: 'pipe' });
    const files = readdirSync(results);
    return Object.fromEntries(files.map((file) => [basename(file, '.csv'), readFileSync(join(results, file), 'utf8')]));
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

/** Characters of a table that are compared line by line; of a longer one its length is. */
const COMPARED = 20_000_000;

/** Rows without an order may come in any: lines are sorted. */
const sorted = (tables: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(tables).map(([name, csv]) => {
      const text = csv.replaceAll('\r\n', '\n').trimEnd();
      return [name, text.length > COMPARED ? `${text.length} characters` : text.split('\n').sort().join('\n')];
    }),
  );

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

describe.each(['welcome', 'medallion', 'api-log', 'tutorial'])('%s without a server', (name) => {
  it('gives the same tables', async () => {
    const { named } = await runAll(`${name}.nb.md`);
    const tables = sorted(await named());
    expect(Object.keys(tables).length).toBeGreaterThan(3);
    expect(sorted(runHeadless(`${name}.nb.md`))).toEqual(tables);
  });
});
