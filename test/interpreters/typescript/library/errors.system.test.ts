import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, startBench } from '../support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(`
    create table flights as select 'SEA' as origin, 70 as delay, 9007199254740993 as id, [1] as tags;
    create table big as select range as n from range(5_000_001);
  `);
});
afterAll(() => bench.close());

describe('a column that is not there', () => {
  it('is marked in the lambda, with the nearest name as the mend', async () => {
    expect(await bench.failure("table('flights').filter(f => f.dely > 60)")).toEqual({
      code: 'unknown-column',
      message: 'There is no column “dely”.',
      at: 'dely',
      hint: 'Did you mean delay?',
      fix: 'delay',
    });
    expect(await bench.failure("table('flights').mutate({ x: ({ delay, orign: o }) => o + delay })")).toMatchObject({
      at: 'orign',
      fix: 'origin',
    });
    expect(await bench.failure("table('flights').filter(f => f['dely'] > 60)")).toMatchObject({ at: "'dely'" });
    expect(await bench.failure("table('flights').filter(f => f.dely.length > 60)")).toMatchObject({ at: 'dely' });
    expect(await bench.failure("table('flights').groupBy('origin').summarize({ n: sum(f => f.dely) })")).toMatchObject({
      at: 'dely',
    });
  });

  it('is marked as the text that a verb was given', async () => {
    for (const verb of [
      "select('dely')",
      "orderBy('-dely')",
      "groupBy('dely').count()",
      "drop('dely')",
      "distinct('dely')",
      "summarize({ s: sum('dely') })",
      "join(table('flights'), { on: 'dely' })",
      "rename({ dely: 'x' })",
    ]) {
      const failure = await bench.failure(`table('flights').${verb}`);
      expect(failure, verb).toMatchObject({
        code: 'unknown-column',
        message: 'There is no column “dely”.',
        fix: 'delay',
      });
      expect(failure.at, verb).toContain('dely');
    }
  });
});

describe('a table that is not there, and SQL that is wrong', () => {
  it('is marked where it is named', async () => {
    expect(await bench.failure("table('flihgts').limit(1)")).toMatchObject({
      code: 'unknown-table',
      at: "'flihgts'",
      fix: 'flights',
    });
  });

  it('is marked in the template, before and behind its values', async () => {
    expect(await bench.failure('sql`select origin, dely from flights where delay > ${5}`')).toMatchObject({
      code: 'unknown-column',
      at: 'dely',
      fix: 'delay',
    });
    expect(await bench.failure('sql`select origin from flights where delay > ${5}\n and dely < ${6}`')).toMatchObject({
      at: 'dely',
    });
    expect(await bench.failure('sql`select form flights`')).toMatchObject({ code: 'unknown-column', at: 'form' });
    expect(await bench.failure('sql`delete from flights`')).toMatchObject({ code: expect.any(String) });
    expect(await bench.failure("sql`select ${Symbol('x')}`")).toMatchObject({ code: 'argument' });
  });

  it('is told at the verb where only the whole query fails', async () => {
    const failure = await bench.failure("table('flights').join(DataFrame.from([{ delay: 'x' }]), { on: 'delay' })");
    expect(failure.code).toBe('type');
  });
});

describe('a lambda', () => {
  it('that throws on row 5 million tells the row and what it read', { timeout: 120_000 }, async () => {
    const source =
      "table('big').filter(b => { if (b.n === 4_999_999) throw new Error('no more'); return String(b.n).length > 1; }).summarize({ n: count() })";
    expect(await bench.failure(source)).toMatchObject({
      code: 'lambda-failed',
      message: 'The lambda failed on row 5,000,000: no more. There n = 4999999.',
      at: source.slice(source.indexOf('b =>'), source.indexOf(').summarize')),
    });
  });

  it('that gives a promise is refused, before it runs where that can be seen', async () => {
    expect(await bench.failure("table('flights').mutate({ x: async f => f.delay })")).toMatchObject({
      code: 'lambda-promise',
      at: 'async f => f.delay',
    });
    expect(await bench.failure("table('flights').mutate({ x: f => Promise.resolve(f.delay) })")).toMatchObject({
      code: 'lambda-promise',
      at: 'f => Promise.resolve(f.delay)',
    });
    expect(await bench.failure("table('flights').filter(f => Promise.resolve(f.delay))")).toMatchObject({
      code: 'lambda-promise',
    });
  });

  it('can’t see an integer past 2^53, whichever way it runs', async () => {
    const told = {
      code: 'past-safe-integer',
      message: '“id” holds 9007199254740993, which is past 2^53: as a number it would not be exact.',
      at: 'id',
    };
    expect(await bench.failure("table('flights').filter(f => f.id > 60)")).toMatchObject(told);
    expect(await bench.failure("table('flights').filter(f => String(f.id).length > 60)")).toMatchObject(told);
    expect(await bench.failure("await table('flights').mutate({ x: f => f.origin + f.id }).rows()")).toMatchObject(
      told,
    );
    expect(await bench.value("await table('flights').mutate({ x: f => f.delay }).first()")).toMatchObject({
      id: 9007199254740993n,
      x: 70,
    });
  });

  it('gives one kind of value', async () => {
    expect(
      await bench.failure(
        "table('big').limit(3).mutate({ x: b => { return b.n < 2 ? b.n : String(b.n).toLowerCase(); } })",
      ),
    ).toMatchObject({
      code: 'mixed-values',
      message: 'On row 3 the lambda gave a string, where other rows gave a number.',
    });
    expect(await bench.failure("table('flights').drop('id').mutate({ x: f => () => f })")).toMatchObject({
      code: 'mixed-values',
    });
  });

  it('can’t assign what it closes over', async () => {
    expect(await bench.failure("let n = 0; table('flights').filter(f => { n += 1; return true; })")).toMatchObject({
      code: 'lambda-unreadable',
      at: 'n += 1',
    });
    expect(await bench.failure("table('flights').filter(Boolean)")).toMatchObject({ code: 'lambda-unreadable' });
  });
});

describe('wrong arguments', () => {
  it('are told with what is right', async () => {
    const wrong = [
      "table('flights').filter('delay > 60')",
      "table('flights').limit(-1)",
      "table('flights').limit(1.5)",
      "table('flights').summarize({ n: 5 })",
      "table('flights').groupBy('origin')",
      "table('flights').mutate({ x: 'origin' })",
      "table('flights').join('flights')",
      "table('flights').join(table('flights'), { kind: 'sideways' })",
      "table('flights').pivot({})",
      'table(5)',
      'sum()',
      "quantile('delay')",
      "quantile('delay', 90)",
      'DataFrame.from(5)',
      'DataFrame.from([1])',
      'DataFrame.from([])',
      "table('flights').orderBy(5)",
      'new DataFrame()',
      'html(5)',
      'image(5)',
      'chart(5, {})',
      "chart([{ a: 1 }], 'bar')",
    ];
    for (const source of wrong) {
      const { code, message } = await bench.failure(source);
      expect(['argument', 'chart-spec'], `${source}: ${message}`).toContain(code);
    }
  });
});

describe('charts, pictures and HTML', () => {
  it('of too many rows are refused with what to do', async () => {
    expect(await bench.failure("chart(table('big'), { mark: 'point' })")).toMatchObject({
      code: 'too-large',
      message: 'A chart takes at most 100,000 rows, and this has more.',
      hint: 'Aggregate first: .groupBy(…).summarize(…), or take a .sample(10_000).',
    });
  });

  it('of a specification of 20 MB are refused', async () => {
    expect(
      await bench.failure("chart(table('flights'), { mark: 'point', description: 'x'.repeat(20_000_000) })"),
    ).toMatchObject({ code: 'chart-spec' });
    expect(
      await bench.failure("const spec = { mark: 'bar' }; spec.self = spec; chart(table('flights'), spec)"),
    ).toMatchObject({ code: 'chart-spec' });
    expect(await bench.failure("html('x'.repeat(20_000_000))")).toMatchObject({ code: 'too-large' });
  });

  it('draw only columns that are there', async () => {
    expect(
      await bench.failure("chart(table('flights'), { mark: 'bar', encoding: { x: { field: 'orgin' } } })"),
    ).toMatchObject({ code: 'unknown-column', hint: 'Did you mean origin?', at: "'orgin'" });
  });

  it('are of a kind that pages know', async () => {
    expect(await bench.failure('image(new Uint8Array([1, 2, 3]))')).toMatchObject({ code: 'file-unreadable' });
    expect(await bench.failure("image('data/none.png')")).toMatchObject({
      code: 'file-not-found',
      at: "'data/none.png'",
    });
  });

  it('escape what stands in a template', async () => {
    bench.outputs.length = 0;
    await bench.library.show(await bench.value("html`<p>${'<script>'}${html`<b>${[1, '&']}</b>`}${null}</p>`"), false);
    expect(bench.outputs).toEqual([{ kind: 'html', html: '<p>&lt;script&gt;<b>1&amp;</b></p>' }]);
  });

  it('bring their data as hidden tables, one for each name', async () => {
    bench.outputs.length = 0;
    await bench.library.show(
      await bench.value("chart({ a: table('flights'), b: [{ x: 1 }] }, { data: { name: 'a' }, mark: 'bar' })"),
      false,
    );
    const [chart] = bench.outputs;
    expect(chart).toMatchObject({
      kind: 'chart',
      spec: '{"data":{"name":"a"},"mark":"bar"}',
      data: [{ name: 'a' }, { name: 'b' }],
    });
  });
});
