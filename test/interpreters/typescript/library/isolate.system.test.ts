/** The library where it lives: in the isolate of a session's TypeScript process, beside its engine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureIn, openTypescript, type TypescriptBench } from '../bench.ts';

const root = join(import.meta.dirname, '../../../..');
let bench: TypescriptBench;
beforeAll(async () => {
  bench = openTypescript();
  await bench.run(
    `
    create table airports as select * from (values ('SEA', 'Seattle', 90), ('JFK', 'New York', 128), ('ORD', 'Chicago', 32)) as t(code, city, gates);
    create table flights as select * from (values
      ('SEA', 'JFK', 70, date '2024-01-05'), ('SEA', 'JFK', 90, date '2024-01-06'), ('ORD', 'SEA', 200, date '2024-01-31'),
      ('JFK', 'SEA', 30, date '2024-02-01'), ('JFK', 'SEA', null, date '2024-02-03')
    ) as t(origin, destination, delay, day);
    create table big as select range as n, 'row ' || range as text from range(2000000);
  `,
    { interpreter: 'sql' },
  );
});
afterAll(() => bench.close());

describe('in the isolate', () => {
  it('every example of the page runs', async () => {
    const page = readFileSync(join(root, 'docs/typescript.md'), 'utf8');
    const examples = [...page.matchAll(/```ts\n([\s\S]*?)\n```/g)].map(([, code = '']) => code);
    expect(examples.length).toBeGreaterThan(4);
    for (const example of examples) expect(failureIn(await bench.ts(example)), example).toEqual({ state: 'done' });
  });

  it('lambdas over columns go through millions of rows', async () => {
    const ran =
      await bench.ts(`const n = await table('big').filter(b => b.text.length === 9).mutate({ u: b => b.text.toUpperCase() }).distinct('u').count();
      if (n !== 90_000) throw new Error(String(n));`);
    expect(failureIn(ran)).toEqual({ state: 'done' });
  });

  it('what fails behind the rows that were taken is no failure', async () => {
    const ran =
      await bench.ts(`for await (const rows of sql\`select case when n = 200000 then error('late') else text end as t from big\`.batches()) {
        await new Promise((done) => setTimeout(done, 500));
        if (rows[0].t === 'row 0') break;
      }`);
    expect(failureIn(ran)).toEqual({ state: 'done' });
  });

  it('functions and values of earlier paragraphs are closed over', async () => {
    await bench.ts(
      'const least = 60; const late = f => f.delay > least; let shout = (text: string) => text.toLowerCase();',
    );
    const ran = await bench.ts(`const text = await table('flights').filter(late).explain();
      const rows = await table('flights').filter(late).mutate({ low: f => shout(f.origin) }).orderBy('delay').rows();
      if (!text.includes('delay > 60') || rows[0].low !== 'sea') throw new Error(text + JSON.stringify(rows))`);
    expect(failureIn(ran)).toEqual({ state: 'done' });
  });

  it('errors point into lambdas, arguments, templates and calls', async () => {
    const at = async (source: string) => {
      const { line, column, length, code } = failureIn(await bench.ts(source)) as {
        line?: number;
        column?: number;
        length?: number;
        code?: string;
      };
      const text = source.split('\n')[(line ?? 1) - 1] ?? '';
      return `${code}: ${text.slice((column ?? 1) - 1, (column ?? 1) - 1 + (length ?? 0))}`;
    };
    expect(await at("const x: number = 1;\ntable('flights')\n  .filter(f => f.delay > x &&\n    f.dely < 5)")).toBe(
      'unknown-column: dely',
    );
    expect(await at("table('flights')\n  .orderBy('delay')\n  .select('orign')")).toBe("unknown-column: 'orign'");
    expect(await at('const a = 5\nsql`select origin\nfrom flights where dely > ${a}`')).toBe('unknown-column: dely');
    expect(await at("await table('flihgts').rows()")).toBe("unknown-table: 'flihgts'");
    expect(await at("table('flights')\n  .limit(-1)")).toBe('argument: limit');
    expect(await at("table('big')\n  .filter(b => b.text.nothing.at(0).length > 5 || missing(b.n))")).toContain(
      'lambda-failed: b =>',
    );
    expect(await at("await table('flights').mutate({ x: async f => f.delay }).rows()")).toBe(
      'lambda-promise: async f => f.delay',
    );
  });

  it('a frame with a name is the table of that name, and so are rows; anything else is refused', async () => {
    const named = async (source: string) => {
      const ran = await bench.ts(source, { name: 'late' });
      const tables = ran.events.filter((event) => event.type === 'table' && event.named === true);
      return { failure: failureIn(ran), tables: tables.length };
    };
    expect(await named("table('flights').filter(f => f.delay > 60)")).toEqual({
      failure: { state: 'done' },
      tables: 1,
    });
    expect(await named("[{ origin: 'SEA' }]")).toEqual({ failure: { state: 'done' }, tables: 1 });
    expect(await named("'SEA'")).toMatchObject({ failure: { code: 'no-result' }, tables: 0 });
  });
});
