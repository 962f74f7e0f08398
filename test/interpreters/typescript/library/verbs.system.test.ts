import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, startBench } from '../support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(`
    create table flights as select * from (values
      ('SEA', 'JFK', 70, 1.5), ('SEA', 'ORD', 90, 2.5), ('ORD', 'SEA', 200, 0.5), ('ATL', 'SEA', 61, null),
      ('ATL', 'JFK', 65, 1.0), ('ATL', 'ORD', 30, 9.0), ('JFK', 'ATL', null, 3.0), ('JFK', 'SEA', 100, 4.0)
    ) as t(origin, destination, delay, hours);
    create table airports as select * from (values ('SEA', 'Seattle'), ('ATL', 'Atlanta'), ('LAX', 'Los Angeles')) as t(code, city);
    create table many as select range as id, range % 7 as day from range(1000);
  `);
});
afterAll(() => bench.close());

const rows = async (source: string): Promise<unknown> => bench.value(`await (${source}).rows()`);

describe('a DataFrame', () => {
  it('does what the first example says', async () => {
    const source = `table('flights').filter(f => f.delay > 60 && f.origin !== 'ORD').groupBy('origin')
      .summarize({ n: count(), worst: max('delay') }).orderBy('-n', 'origin').limit(3)`;
    expect(await bench.shown(source)).toEqual([
      { origin: 'ATL', n: 2n, worst: 65 },
      { origin: 'SEA', n: 2n, worst: 90 },
      { origin: 'JFK', n: 1n, worst: 100 },
    ]);
    expect(await bench.value(`await ${source}.explain()`)).toBe(
      [
        'select origin, count(*) as n, max(delay) as worst',
        'from flights',
        "where ((delay > 60) and (origin is distinct from 'ORD'))",
        'group by 1',
        'order by n desc, origin',
        'limit 3',
      ].join('\n'),
    );
  });

  it('is shown by the engine, and its rows never come to JavaScript', async () => {
    bench.calls.length = 0;
    await bench.shown("table('many').filter(row => row.id % 2 === 0)");
    expect(bench.calls).toEqual(['describe', 'show']);
  });

  it('is lazy', async () => {
    bench.calls.length = 0;
    await bench.value("table('nowhere').filter(row => row.x > 1).select('y')");
    expect(bench.calls).toEqual([]);
  });
});

describe('verbs', () => {
  it('select columns, renamed and computed ones too', async () => {
    expect(await rows("table('airports').select('city').limit(1)")).toEqual([{ city: 'Seattle' }]);
    expect(
      await rows("table('airports').select({ name: 'city', short: a => a.city.slice(0, 3) }, 'code').limit(1)"),
    ).toEqual([{ name: 'Seattle', short: 'Sea', code: 'SEA' }]);
    expect(await rows("table('airports').rename({ city: 'name' }).drop('code').limit(1)")).toEqual([
      { name: 'Seattle' },
    ]);
    expect(
      await rows("table('airports').select('city').filter(a => a.city !== 'Seattle').select('city').limit(1)"),
    ).toEqual([{ city: 'Atlanta' }]);
  });

  it('mutate adds and replaces columns', async () => {
    expect(
      await rows("table('flights').mutate({ late: f => f.delay > 80, hours: f => f.hours * 60, zero: 0 }).limit(1)"),
    ).toEqual([{ origin: 'SEA', destination: 'JFK', delay: 70, hours: 90, late: false, zero: 0 }]);
    expect(
      await rows(
        "table('flights').groupBy('origin').count().mutate({ part: share('n') }).orderBy('-part', 'origin').limit(1)",
      ),
    ).toEqual([{ origin: 'ATL', n: 3, part: 0.375 }]);
  });

  it('summarize with every aggregate', async () => {
    const [row] = (await rows(`table('flights').summarize({
      n: count(), delays: count('delay'), late: count(f => f.delay > 80), sum: sum('delay'), mean: mean('delay'), min: min('delay'), max: max('delay'),
      median: median('delay'), p90: quantile('delay', 0.9), stddev: stddev('hours'), origins: distinct('origin'), first: first('delay'),
      last: last('delay'), minutes: sum(f => f.hours * 60), length: max(f => f.origin.length),
    })`)) as Record<string, unknown>[];
    expect(row).toEqual({
      n: 8,
      delays: 7,
      late: 3,
      sum: 616,
      mean: 88,
      min: 30,
      max: 200,
      median: 70,
      p90: expect.closeTo(140, 10),
      stddev: expect.closeTo(2.8785, 4),
      origins: 4,
      first: 70,
      last: 100,
      minutes: 1290,
      length: 3,
    });
    expect(
      await rows(
        "table('flights').groupBy('origin').summarize({ part: share(), late: share('delay') }).orderBy('origin').limit(1)",
      ),
    ).toEqual([{ origin: 'ATL', part: 0.375, late: expect.closeTo(156 / 616, 10) }]);
  });

  it('group by lambdas, by several keys, and by what SQL can’t say', async () => {
    expect(await rows("table('many').groupBy({ even: m => m.id % 2 === 0 }).count().orderBy('even')")).toEqual([
      { even: false, n: 500 },
      { even: true, n: 500 },
    ]);
    expect(
      await rows(
        "table('flights').groupBy({ low: f => f.origin.toLowerCase() }, 'destination').count('k').orderBy('low', 'destination').limit(1)",
      ),
    ).toEqual([{ low: 'atl', destination: 'JFK', k: 1 }]);
    expect(
      await rows(
        "table('flights').orderBy('delay').groupBy('origin').summarize({ a: first('delay'), b: last('delay') }).orderBy('origin')",
      ),
    ).toEqual([
      { origin: 'ATL', a: 30, b: 65 },
      { origin: 'JFK', a: 100, b: null },
      { origin: 'ORD', a: 200, b: 200 },
      { origin: 'SEA', a: 70, b: 90 },
    ]);
  });

  it('order by columns and lambdas, either way, nulls last', async () => {
    const delays = async (order: string) =>
      ((await rows(`table('flights').orderBy(${order}).select('delay')`)) as { delay: number }[]).map(
        ({ delay }) => delay,
      );
    expect(await delays("'delay'")).toEqual([30, 61, 65, 70, 90, 100, 200, null]);
    expect(await delays("'-delay'")).toEqual([200, 100, 90, 70, 65, 61, 30, null]);
    expect(await delays('f => -f.delay')).toEqual([200, 100, 90, 70, 65, 61, 30, null]);
    expect(await delays('desc(f => f.delay)')).toEqual([200, 100, 90, 70, 65, 61, 30, null]);
    expect(await delays("'delay').limit(3, 2")).toEqual([65, 70, 90]);
    expect(await delays("'origin').orderBy('-destination'")).toEqual([61, 100, 200, 30, 90, 65, 70, null]);
  });

  it('join in every way', async () => {
    const join = async (kind: string, cut = "'code', 'city', 'n'") =>
      rows(
        `table('airports').join(table('flights').groupBy({ code: 'origin' }).count(), { on: 'code', kind: '${kind}' }).select(${cut}).orderBy('code')`,
      );
    expect(await join('inner')).toEqual([
      { code: 'ATL', city: 'Atlanta', n: 3 },
      { code: 'SEA', city: 'Seattle', n: 2 },
    ]);
    expect(await join('left')).toEqual([
      { code: 'ATL', city: 'Atlanta', n: 3 },
      { code: 'LAX', city: 'Los Angeles', n: null },
      { code: 'SEA', city: 'Seattle', n: 2 },
    ]);
    expect(await join('right')).toEqual([
      { code: 'ATL', city: 'Atlanta', n: 3 },
      { code: 'JFK', city: null, n: 2 },
      { code: 'ORD', city: null, n: 1 },
      { code: 'SEA', city: 'Seattle', n: 2 },
    ]);
    expect(await join('full', "'code'")).toEqual([
      { code: 'ATL' },
      { code: 'JFK' },
      { code: 'LAX' },
      { code: 'ORD' },
      { code: 'SEA' },
    ]);
    expect(await join('semi', "'code'")).toEqual([{ code: 'ATL' }, { code: 'SEA' }]);
    expect(await join('anti', "'code'")).toEqual([{ code: 'LAX' }]);
    expect(await bench.value("await table('airports').join(table('airports'), { kind: 'cross' }).count()")).toBe(9);
    expect(
      await rows(
        "table('flights').join(table('airports'), { on: { origin: 'code' } }).select('origin', 'code', 'city').limit(1)",
      ),
    ).toEqual([{ origin: 'SEA', code: 'SEA', city: 'Seattle' }]);
    expect(
      await rows(
        "table('airports').join(table('airports').rename({ code: 'key' }), { on: [['code', 'key']] }).orderBy('code').limit(1)",
      ),
    ).toEqual([{ code: 'ATL', city: 'Atlanta', key: 'ATL', city_2: 'Atlanta' }]);
  });

  it('keep distinct rows, whole or by columns', async () => {
    expect(await bench.value("await table('flights').select('origin').distinct().count()")).toBe(4);
    expect(
      await rows("table('flights').orderBy('-hours').distinct('origin').orderBy('origin').select('origin', 'hours')"),
    ).toEqual([
      { origin: 'ATL', hours: 9 },
      { origin: 'JFK', hours: 4 },
      { origin: 'ORD', hours: 0.5 },
      { origin: 'SEA', hours: 2.5 },
    ]);
  });

  it('pivot values of a column to columns', async () => {
    expect(
      await rows(
        "table('flights').pivot({ rows: 'origin', columns: 'destination', values: sum('delay') }).orderBy('origin')",
      ),
    ).toEqual([
      { origin: 'ATL', ATL: null, JFK: 65, ORD: 30, SEA: 61 },
      { origin: 'JFK', ATL: null, JFK: null, ORD: null, SEA: 100 },
      { origin: 'ORD', ATL: null, JFK: null, ORD: null, SEA: 200 },
      { origin: 'SEA', ATL: null, JFK: 70, ORD: 90, SEA: null },
    ]);
    expect(await rows("table('many').pivot({ columns: 'day', values: count() })")).toEqual([
      { '0': 143, '1': 143, '2': 143, '3': 143, '4': 143, '5': 143, '6': 142 },
    ]);
  });

  it('pivot counts what is not there as none, and computes on the way', async () => {
    expect(
      await rows(
        "table('flights').pivot({ rows: ['origin'], columns: 'destination', values: count(f => f.delay > 80) }).orderBy('origin').limit(2)",
      ),
    ).toEqual([
      { origin: 'ATL', ATL: 0, JFK: 0, ORD: 0, SEA: 0 },
      { origin: 'JFK', ATL: 0, JFK: 0, ORD: 0, SEA: 1 },
    ]);
    expect(
      await rows("table('many').pivot({ columns: 'day', values: max(m => String(m.id).length) }).select('0', '6')"),
    ).toEqual([{ '0': 3, '6': 3 }]);
  });

  it('sample the same rows for the same seed', async () => {
    const ids = async (sample: string) =>
      ((await rows(`table('many').sample(${sample})`)) as { id: number }[]).map(({ id }) => id);
    const first = await ids('10, 42');
    expect(first).toHaveLength(10);
    expect(first).toEqual([...first].sort((a, b) => a - b));
    expect(await ids('10, 42')).toEqual(first);
    expect(await ids('10, 43')).not.toEqual(first);
    const part = await ids('0.1, 1');
    expect(part.length).toBeGreaterThan(60);
    expect(part.length).toBeLessThan(140);
  });

  it('keep names apart that differ by case alone, or come twice', async () => {
    expect(await rows("table('airports').mutate({ CITY: a => a.city + '!' }).limit(1)")).toEqual([
      { code: 'SEA', CITY: 'Seattle!' },
    ]);
    expect(await rows('sql`select 1 as a, 2 as a, 3 as A`.filter(r => r.a_1 === 2)')).toEqual([
      { a: 1, a_1: 2, A_2: 3 },
    ]);
  });

  it('union by name', async () => {
    expect(await rows("table('airports').limit(1).union(DataFrame.from([{ city: 'Paris', country: 'FR' }]))")).toEqual([
      { code: 'SEA', city: 'Seattle', country: null },
      { code: null, city: 'Paris', country: 'FR' },
    ]);
  });
});

describe('sources', () => {
  it('a template binds its values and takes frames as queries', async () => {
    expect(
      await rows(
        "(() => { const min = 65; const late = table('flights').filter(f => f.delay > 60); return sql`select origin, delay from ${late} where delay > ${min} and origin in ${['SEA', \"o'k\"]} order by 2;`; })()",
      ),
    ).toEqual([
      { origin: 'SEA', delay: 70 },
      { origin: 'SEA', delay: 90 },
    ]);
    expect(
      await bench.value(
        "await sql`select ${'a; drop table x'} as t, ${null} as n, ${2n ** 60n} as b, ${new Date(0)} as d, ${true} as p`.first()",
      ),
    ).toEqual({
      t: 'a; drop table x',
      n: null,
      b: 2n ** 60n,
      d: new Date(0),
      p: true,
    });
  });

  it('rows and columns of JavaScript', async () => {
    expect(
      await rows(
        "DataFrame.from([{ a: 1, b: 'x', c: true, d: new Date(5), e: 1.5 }, { a: null, b: '😀', e: NaN, f: [1, { g: 2 }] }])",
      ),
    ).toEqual([
      { a: 1, b: 'x', c: true, d: new Date(5), e: 1.5, f: null },
      { a: null, b: '😀', c: null, d: null, e: Number.NaN, f: '[1,{"g":2}]' },
    ]);
    expect(
      await bench.value("await DataFrame.from({ x: new Float64Array([1, 2.5]), y: ['a', 'b'] }).schema()"),
    ).toEqual([
      { name: 'x', type: 'DOUBLE' },
      { name: 'y', type: 'VARCHAR' },
    ]);
    expect(
      await bench.value(
        'await DataFrame.from(Array.from({ length: 300_000 }, (_, id) => ({ id }))).summarize({ n: count(), s: sum("id") }).first()',
      ),
    ).toEqual({
      n: 300_000,
      s: 44_999_850_000,
    });
    expect(await bench.shown('[{ a: 1 }, { a: 2 }]')).toEqual([{ a: 1n }, { a: 2n }]);
  });

  it('rows that no table holds are values', async () => {
    for (const source of ["[{ a: 1 }, { a: 'x' }]", '[{ f: () => 1 }]', '[{}]', '[new Map()]', '[1, 2]', '[]']) {
      expect(await bench.library.show(await bench.value(source), false), source).toBe(false);
    }
    await expect(bench.library.show([{ a: 1 }, { a: 'x' }], true)).rejects.toThrow('“a” is a string in row 2');
  });

  it('saved tables are there for all', async () => {
    expect(await rows("await table('airports').filter(a => a.code < 'M').save('west')")).toHaveLength(2);
    expect((await bench.sql.run('select count(*) from west')).outcome).toEqual({ state: 'done' });
  });
});

describe('values', () => {
  it('keep their line ends, and names theirs, however deep in a query they stand', async () => {
    const source = `(await sql\`select 'a\nb' as "x\n\ny", 1 as n\`.limit(3).filter(f => f.n > 0).limit(2)
      .mutate({ text: f => f['x\\n\\ny'] + '\\nc' }).filter(f => f.text.endsWith('b\\nc')).limit(1).orderBy('n').filter(f => f.n < 2).rows())`;
    expect(await bench.value(source)).toEqual([{ 'x\n\ny': 'a\nb', n: 1, text: 'a\nb\nc' }]);
  });

  it('come as JavaScript has them', async () => {
    const row =
      await bench.value(`await sql\`select 9007199254740991 as a, 9007199254740992 as b, 12.34::decimal(9,2) as c, date '2024-02-29' as d,
      timestamp '2024-02-29 12:34:56.789' as e, timestamptz '2024-02-29 12:34:56Z' as f, [1, null, 3] as g, {'x': 1, 'y z': 'a'} as h, 123456789012345678901234567890::hugeint as i,
      uuid '00000000-0000-0000-0000-000000000001' as j, interval 1 day as k, 'ab'::blob as l, map {'a': 1} as m, time '12:34:56.5' as n, 'x'::enum('x', 'y') as o,
      1.5::float as p, [[1], []]::integer[][] as q, [1, 2]::integer[2] as r, null as s, 5::hugeint as t, -1099511627776.00::decimal(38,2) as u\`.first()`);
    expect(row).toEqual({
      a: 9007199254740991,
      b: 9007199254740992n,
      c: 12.34,
      d: new Date('2024-02-29'),
      e: new Date('2024-02-29T12:34:56.789Z'),
      f: new Date('2024-02-29T12:34:56Z'),
      g: [1, null, 3],
      h: { x: 1, 'y z': 'a' },
      i: 123456789012345678901234567890n,
      j: '00000000-0000-0000-0000-000000000001',
      k: '1 day',
      l: new Uint8Array([97, 98]),
      m: new Map([['a', 1]]),
      n: '12:34:56.5',
      o: 'x',
      p: 1.5,
      q: [[1], []],
      r: [1, 2],
      s: null,
      t: 5,
      u: -(2 ** 40),
    });
  });

  it('columns are typed arrays over shared memory, nulls beside them', async () => {
    const columns = (await bench.value("await table('flights').columns()")) as Record<
      string,
      Int32Array & { valid?: Uint8Array }
    >;
    expect(columns.delay).toBeInstanceOf(Int32Array);
    expect(columns.delay!.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...columns.delay!.valid!]).toEqual([1, 1, 1, 1, 1, 1, 0, 1]);
    expect(columns.origin).toEqual(['SEA', 'SEA', 'ORD', 'ATL', 'ATL', 'ATL', 'JFK', 'JFK']);
    const many = (await bench.value("await table('many').columns()")) as Record<string, BigInt64Array>;
    expect(many.id).toHaveLength(1000);
    expect(many.id![999]).toBe(999n);
    expect('valid' in many.id!).toBe(false);
  });

  it('batches, the first row, one value, the number of rows', async () => {
    expect(
      await bench.value(
        'let n = 0; for await (const rows of sql`select * from range(100_000)`.batches()) n += rows.length; await Promise.resolve(n)',
      ),
    ).toBe(100_000);
    expect(
      await bench.value(
        'let m = 0; for await (const rows of sql`select * from range(1_000_000)`.batches()) { m += 1; if (m === 2) break; } await Promise.resolve(m)',
      ),
    ).toBe(2);
    expect(await bench.value("await table('many').first()")).toEqual({ id: 0, day: 0 });
    expect(await bench.value("await table('many').filter(m => m.id < 0).first()")).toBe(undefined);
    expect(await bench.value("await table('many').summarize({ m: max('id') }).value()")).toBe(999);
    expect(await bench.value("await table('many').filter(m => m.day === 6).count()")).toBe(142);
  });
});

describe('lambdas over columns', () => {
  it('make columns, keep rows and sort', async () => {
    expect(
      await rows(
        "table('flights').mutate({ n: f => f.destination.length + f.delay, low: f => f.origin.toLowerCase() }).filter(f => /^[as]/.test(f.low)).orderBy(f => f.low.length, '-delay').select('low', 'n').limit(2)",
      ),
    ).toEqual([
      { low: 'sea', n: 93 },
      { low: 'sea', n: 73 },
    ]);
  });

  it('see the row as a whole where they use it so', async () => {
    expect(
      await rows(
        "table('airports').mutate({ all: a => Object.keys(a).join(), json: row => JSON.stringify(row) }).limit(1)",
      ),
    ).toEqual([{ code: 'SEA', city: 'Seattle', all: 'code,city', json: '{"code":"SEA","city":"Seattle"}' }]);
    expect(
      await rows(
        "table('airports').mutate({ n: (a, index) => index, both: ({ code, ...rest }) => code + rest.city }).limit(2)",
      ),
    ).toEqual([
      { code: 'SEA', city: 'Seattle', n: 0, both: 'SEASeattle' },
      { code: 'ATL', city: 'Atlanta', n: 1, both: 'ATLAtlanta' },
    ]);
  });

  it('may call what a row has as an object', async () => {
    expect(
      await rows("table('airports').select({ has: a => a.hasOwnProperty('code'), not: a => 'x' in a }).limit(1)"),
    ).toEqual([{ has: true, not: false }]);
  });

  it('close over values, functions and lists', async () => {
    expect(
      await bench.value(`const names = { SEA: 'Sea', ATL: 'At' }; const shout = text => text.toUpperCase() + '!';
        await table('airports').mutate({ s: a => shout(names[a.code] ?? 'none') }).select('s').rows()`),
    ).toEqual([{ s: 'SEA!' }, { s: 'AT!' }, { s: 'NONE!' }]);
  });

  it('keep lists, structs and dates', async () => {
    expect(
      await rows(
        "sql`select [1, 2, 3] as l, {'a': 5} as s, date '2024-02-29' as d`.select({ n: r => r.l.length, last: r => r.l.at(-1), a: r => r.s.a, l2: r => r.l.map(x => x * 2), local: r => new Date(r.d.getTime() + 1) })",
      ),
    ).toEqual([{ n: 3, last: 3, a: 5, l2: '[2,4,6]', local: new Date('2024-02-29T00:00:00.001Z') }]);
  });

  it('go through a hundred thousand rows and back', async () => {
    expect(
      await bench.value(
        "await sql`select range as id, 'k' || range as k from range(300_000)`.filter(r => r.k.length === 4).mutate({ m: r => Number(r.k.slice(1)) + r.k.length }).summarize({ n: count(), s: sum('m') }).first()",
      ),
    ).toEqual({ n: 900, s: 900 * 4 + ((100 + 999) * 900) / 2 });
  });

  it('give a typed column where there is no row, or nothing but nulls', async () => {
    expect(
      await bench.value(
        "await table('many').filter(m => m.id < 0).mutate({ l: m => String(m.id).length }).save('none'); await table('none').schema()",
      ),
    ).toEqual([
      { name: 'id', type: 'BIGINT' },
      { name: 'day', type: 'BIGINT' },
      { name: 'l', type: 'DOUBLE' },
    ]);
  });

  it('are told by explain, with why', async () => {
    const text = await bench.value("await table('flights').filter(f => f.origin.length > 2).explain()");
    expect(text).toContain(
      '-- f => f.origin.length > 2 runs over columns: .length counts as JavaScript does (length).',
    );
    expect((await bench.sql.run('select 1')).outcome.state).toBe('done');
  });

  const throwing = "m => { if (m.id > 1) throw new Error('asked for ' + m.id); return m.id * 2; }";

  it('run on the rows within a limit only, so that none past it raises', async () => {
    expect(await rows(`table('many').mutate({ x: ${throwing} }).select('x').limit(2)`)).toEqual([{ x: 0 }, { x: 2 }]);
    expect(await rows(`table('many').orderBy('id').select({ x: ${throwing} }).rename({ x: 'y' }).limit(1, 1)`)).toEqual(
      [{ y: 2 }],
    );
    expect(await bench.value(`await table('many').mutate({ x: ${throwing} }).drop('day').first()`)).toEqual({
      id: 0,
      x: 0,
    });
    expect(await rows(`table('many').select({ x: ${throwing} }).limit(0)`)).toEqual([]);
    for (const between of ['filter(m => m.x >= 0)', "orderBy('x')", "distinct('x')", "mutate({ s: share('x') })"]) {
      expect(await bench.failure(`table('many').mutate({ x: ${throwing} }).${between}.limit(2)`)).toMatchObject({
        code: 'lambda-failed',
      });
    }
    expect(await bench.failure(`table('many').mutate({ x: ${throwing} }).limit(3)`)).toMatchObject({
      code: 'lambda-failed',
    });
  });

  it.each([
    'mutate({ x: m => String(m.id).length }).filter(m => m.day > 2)',
    "orderBy('-id').mutate({ x: m => String(m.id).length })",
    "mutate({ x: m => String(m.id).length }).orderBy('x', '-id')",
    'filter(m => String(m.id).length > 1).select({ day: (m, index) => index % 3, id: m => m.id + 1 })',
    "mutate({ x: (m, index) => index * m.id }).rename({ x: 'id', id: 'x' }).drop('day')",
    'limit(50, 3).mutate({ x: (m, index) => index }).limit(9, 2).mutate({ y: (m, index) => index })',
    "mutate({ x: m => String(m.id).length, part: share('id') })",
    "mutate({ x: m => String(m.id).length }).groupBy('x').count()",
    "distinct('day').select('day').orderBy('day').mutate({ x: m => String(m.day).length, day: m => m.day / 2 })",
  ])('give the same rows where a limit goes ahead of them: %s', async (verbs) => {
    const same = `const all = table('many').orderBy('id').${verbs}; const rows = await all.rows();
      const cut = [await all.limit(4).rows(), await all.limit(3, 5).rows(), await all.limit(5000, 2).rows(), [await all.first()]];
      const wanted = [rows.slice(0, 4), rows.slice(5, 8), rows.slice(2), rows.slice(0, 1)];
      [JSON.stringify(cut), JSON.stringify(wanted)]`;
    const both = await bench.value(same);
    expect(Array.isArray(both) && both[0]).toBe(Array.isArray(both) && both[1]);
  });

  it('tell by explain that the limit goes ahead', async () => {
    const text = await bench.value("await table('many').mutate({ x: m => String(m.id).length }).limit(2).explain()");
    expect(text).toContain('-- The limit goes ahead of it: no lambda runs on rows past it.');
    expect(String(text).indexOf('limit 2')).toBeGreaterThan(String(text).indexOf('null::'));
    const plain = await bench.value("await table('many').mutate({ x: m => m.id + 1 }).limit(2).explain()");
    expect(plain).not.toContain('The limit');
  });
});
