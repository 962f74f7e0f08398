// What a paragraph may use, as an editor reads it; the tests run its examples. One file, long as it is: an editor takes it as
// one text, without imports.
// biome-ignore-all lint/suspicious/noExplicitAny: columns are known when the paragraph runs

/** A row as a lambda sees it: its columns by name. A column without a value is `null`. */
type Row = Record<string, any>;

/**
 * A function of a row. It becomes SQL where it can, else it runs over columns, with the same answer; `.explain()` says
 * which. Null in a calculation, a comparison, a text method or `!` gives null; `===`, `!==`, `??` are JavaScript's.
 */
type Lambda = (row: Row, index: number) => unknown;

/** A column by name or computed: `'delay'`, `{ minutes: 'delay' }`, `{ hours: row => row.delay / 60 }`. */
type ColumnOf = string | Record<string, string | Lambda>;

/** What `summarize` makes of a group: `count()`, `sum('delay')`, … */
declare class Aggregate {
  private constructor();
}

/** Something to show that is no table: a chart, HTML, Markdown, a picture. */
declare class Displayable {
  private constructor();
}

/** A key of `orderBy` with its direction. */
declare class Sort {
  private constructor();
}

/** Numbers as a typed array over shared memory; where it has nulls, `valid` is 1 for each row with a value. */
type NumberColumn = (
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array
) & { readonly valid?: Uint8Array };

/**
 * A table that is still a query. Verbs give another one, and nothing runs before it is shown, saved or read. As the last
 * expression of a paragraph it is shown, however many rows it has.
 */
declare class DataFrame {
  private constructor();

  /**
   * A table of rows, or of columns by name.
   * @example
   * ```ts
   * DataFrame.from([{ code: 'SEA', gates: 90 }, { code: 'JFK', gates: 128 }])
   * // → [{"code":"SEA","gates":90},{"code":"JFK","gates":128}]
   * ```
   */
  static from(data: readonly object[] | Record<string, ArrayLike<unknown>>): DataFrame;

  /**
   * Keeps the rows for which every lambda holds; null does not hold.
   * @example
   * ```ts
   * const min = 60;
   * table('flights').filter(f => f.delay > min && f.origin !== 'ORD').select('origin', 'delay')
   * // → [{"origin":"SEA","delay":70},{"origin":"SEA","delay":90}]
   * ```
   */
  filter(...conditions: Lambda[]): DataFrame;

  /**
   * Only these columns, in this order; by an object also renamed or computed.
   * @example
   * ```ts
   * table('flights').select('origin', { minutes: 'delay', hours: f => f.delay / 60 }).limit(1)
   * // → [{"origin":"SEA","minutes":70,"hours":1.1666666666666667}]
   * ```
   */
  select(...columns: (ColumnOf | readonly ColumnOf[])[]): DataFrame;

  /**
   * Adds columns, or replaces those of the same name: by a lambda, a plain value, or an aggregate over all rows.
   * @example
   * ```ts
   * table('airports').mutate({ short: a => a.city.slice(0, 3), part: share('gates') }).select('short', 'part')
   * // → [{"short":"Sea","part":0.36},{"short":"New","part":0.512},{"short":"Chi","part":0.128}]
   * ```
   */
  mutate(columns: Record<string, Lambda | Aggregate | number | boolean | bigint | Date | null>): DataFrame;

  /**
   * Other names: `{ old: 'new' }`.
   * @example
   * ```ts
   * table('airports').rename({ code: 'origin' }).limit(1)
   * // → [{"origin":"SEA","city":"Seattle","gates":90}]
   * ```
   */
  rename(names: Record<string, string>): DataFrame;

  /**
   * All columns but these.
   * @example
   * ```ts
   * table('airports').drop('city', 'gates').limit(2)
   * // → [{"code":"SEA"},{"code":"JFK"}]
   * ```
   */
  drop(...columns: string[]): DataFrame;

  /**
   * Groups by columns, or by lambdas with a name. Go on with `summarize` or `count`.
   * @example
   * ```ts
   * table('flights').groupBy({ month: f => f.day.getUTCMonth() + 1 }).summarize({ n: count() }).orderBy('month')
   * // → [{"month":1,"n":3},{"month":2,"n":2}]
   * ```
   */
  groupBy(...keys: (ColumnOf | readonly ColumnOf[])[]): GroupedFrame;

  /**
   * One row of aggregates over all rows.
   * @example
   * ```ts
   * table('flights').summarize({ n: count(), worst: max('delay'), late: count(f => f.delay > 60) })
   * // → [{"n":5,"worst":200,"late":3}]
   * ```
   */
  summarize(aggregates: Record<string, Aggregate>): DataFrame;

  /**
   * Sorts by columns, by `'-column'` downwards, or by lambdas; nulls come last either way.
   * @example
   * ```ts
   * table('flights').orderBy('-delay', 'origin').select('origin', 'delay').limit(2)
   * // → [{"origin":"ORD","delay":200},{"origin":"SEA","delay":90}]
   * ```
   */
  orderBy(...keys: (string | Lambda | Sort)[]): DataFrame;

  /**
   * Puts another frame beside this one where columns are equal. A key of the same name on both sides appears once; any
   * other name that both have gets `suffix` on the right.
   * @example
   * ```ts
   * table('flights').join(table('airports'), { on: { origin: 'code' }, kind: 'left' }).select('city', 'delay').limit(1)
   * // → [{"city":"Seattle","delay":70}]
   * ```
   */
  join(
    other: DataFrame,
    options?: {
      /** `'code'`, `['a', 'b']`, `{ origin: 'code' }`, `[['origin', 'code']]`; without it the columns both have. */
      on?: string | readonly (string | readonly [string, string])[] | Record<string, string>;
      /** `inner` if not said. */
      kind?: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'cross';
      /** `_2` if not said. */
      suffix?: string;
    },
  ): DataFrame;

  /**
   * The first rows, after `offset` others.
   * @example
   * ```ts
   * table('airports').orderBy('code').limit(1, 1).select('code')
   * // → [{"code":"ORD"}]
   * ```
   */
  limit(rows: number, offset?: number): DataFrame;

  /**
   * Rows that are all different; with columns, the first row for each of their values.
   * @example
   * ```ts
   * table('flights').select('origin').distinct().orderBy('origin')
   * // → [{"origin":"JFK"},{"origin":"ORD"},{"origin":"SEA"}]
   * ```
   */
  distinct(...columns: string[]): DataFrame;

  /**
   * Makes a column of each value of `columns`, with an aggregate of the rows that have it.
   * @example
   * ```ts
   * table('flights').pivot({ rows: 'destination', columns: 'origin', values: max('delay') }).orderBy('destination')
   * // → [{"destination":"JFK","JFK":null,"ORD":null,"SEA":90},{"destination":"SEA","JFK":30,"ORD":200,"SEA":null}]
   * ```
   */
  pivot(options: { rows?: string | readonly string[]; columns: string; values: Aggregate }): DataFrame;

  /**
   * So many rows, or a part of them (a number below 1), at random; the same ones for the same seed.
   * @example
   * ```ts
   * await table('flights').sample(3, 42).count()
   * // → 3
   * ```
   */
  sample(size: number, seed?: number): DataFrame;

  /**
   * The rows of all; columns meet by name, and one that a frame lacks is null there.
   * @example
   * ```ts
   * table('airports').select('code').limit(1).union(DataFrame.from([{ code: 'LAX' }]))
   * // → [{"code":"SEA"},{"code":"LAX"}]
   * ```
   */
  union(...others: DataFrame[]): DataFrame;

  /**
   * All rows as objects. Integers past 2^53 are bigint; DECIMAL is a number; DATE and TIMESTAMP are Date; LIST is an
   * array, STRUCT an object, MAP a Map, BLOB a Uint8Array; all other types are texts.
   * @example
   * ```ts
   * const rows = await table('airports').rows();
   * rows.map(row => row.city).join(', ')
   * // → "Seattle, New York, Chicago"
   * ```
   */
  rows(): Promise<Row[]>;

  /**
   * All rows column by column: numbers as typed arrays over shared memory (with `valid` where there are nulls), other
   * values as arrays.
   * @example
   * ```ts
   * const { gates } = await table('airports').columns();
   * Number(gates[0]) + Number(gates[2])
   * // → 122
   * ```
   */
  columns(): Promise<Record<string, NumberColumn | any[]>>;

  /**
   * The rows part by part, for more than fits in memory.
   * @example
   * ```ts
   * let sum = 0;
   * for await (const rows of sql`select * from range(100000) as t(n)`.batches()) for (const row of rows) sum += row.n;
   * sum
   * // → 4999950000
   * ```
   */
  batches(): AsyncGenerator<Row[], void>;

  /**
   * The first row, or undefined where there is none.
   * @example
   * ```ts
   * await table('airports').orderBy('-gates').first()
   * // → {"code":"JFK","city":"New York","gates":128}
   * ```
   */
  first(): Promise<Row | undefined>;

  /**
   * The first column of the first row.
   * @example
   * ```ts
   * await table('flights').summarize({ worst: max('delay') }).value()
   * // → 200
   * ```
   */
  value(): Promise<any>;

  /**
   * How many rows there are.
   * @example
   * ```ts
   * await table('flights').filter(f => f.origin === 'SEA').count()
   * // → 2
   * ```
   */
  count(): Promise<number>;

  /**
   * Names of the columns and the engine's types.
   * @example
   * ```ts
   * await table('airports').drop('city').schema()
   * // → [{"name":"code","type":"VARCHAR"},{"name":"gates","type":"INTEGER"}]
   * ```
   */
  schema(): Promise<readonly { name: string; type: string }[]>;

  /**
   * The SQL that will run, and why a lambda runs over columns instead.
   * @example
   * ```ts
   * await table('flights').filter(f => f.delay > 60).explain()
   * // → "select *\nfrom flights\nwhere (delay > 60)"
   * ```
   */
  explain(): Promise<string>;

  /**
   * Makes or replaces a table for all paragraphs of the notebook, whatever their language.
   * @example
   * ```ts
   * await table('flights').filter(f => f.delay > 60).save('late');
   * await sql`select count(*) from late`.value()
   * // → 3
   * ```
   */
  save(name: string): Promise<DataFrame>;
}

/** Rows in groups; what is to be said of each group comes next. */
declare class GroupedFrame {
  private constructor();

  /**
   * One row a group: its keys, and these aggregates.
   * @example
   * ```ts
   * table('flights').groupBy('origin').summarize({ n: count(), mean: mean('delay') }).orderBy('-n', 'origin')
   * // → [{"origin":"JFK","n":2,"mean":30},{"origin":"SEA","n":2,"mean":80},{"origin":"ORD","n":1,"mean":200}]
   * ```
   */
  summarize(aggregates: Record<string, Aggregate>): DataFrame;

  /**
   * One row a group: its keys, and how many rows it has.
   * @example
   * ```ts
   * table('flights').groupBy('origin').count().orderBy('origin').limit(1)
   * // → [{"origin":"JFK","n":2}]
   * ```
   */
  count(name?: string): DataFrame;
}

/**
 * A table of the notebook by name, or a file of `data/`.
 * @example
 * ```ts
 * table('flights').limit(1).select('origin')
 * // → [{"origin":"SEA"}]
 * ```
 */
declare function table(name: string): DataFrame;

/**
 * A query. Values in `${…}` are bound, never read as SQL: numbers, texts, booleans, dates, lists of these for `in`, and
 * DataFrames, which stand as queries.
 * @example
 * ```ts
 * const origins = ['SEA', 'ORD'];
 * const late = table('flights').filter(f => f.delay > 60);
 * sql`select origin, max(delay) as worst from ${late} where origin in ${origins} group by all order by 1`
 * // → [{"origin":"ORD","worst":200},{"origin":"SEA","worst":90}]
 * ```
 */
declare function sql(query: TemplateStringsArray | string, ...values: unknown[]): DataFrame;

/**
 * How many rows; with a column, how many have a value; with a lambda, for how many it holds.
 * @example
 * ```ts
 * table('flights').summarize({ rows: count(), delays: count('delay'), late: count(f => f.delay > 60) })
 * // → [{"rows":5,"delays":4,"late":3}]
 * ```
 */
declare function count(of?: string | Lambda): Aggregate;

/**
 * The sum; null values are left out.
 * @example
 * ```ts
 * table('flights').summarize({ minutes: sum('delay'), hours: sum(f => f.delay / 60) })
 * // → [{"minutes":390,"hours":6.5}]
 * ```
 */
declare function sum(of: string | Lambda): Aggregate;

/**
 * The arithmetic mean.
 * @example
 * ```ts
 * table('flights').summarize({ mean: mean('delay') })
 * // → [{"mean":97.5}]
 * ```
 */
declare function mean(of: string | Lambda): Aggregate;

/**
 * The smallest value.
 * @example
 * ```ts
 * table('flights').summarize({ least: min('delay') })
 * // → [{"least":30}]
 * ```
 */
declare function min(of: string | Lambda): Aggregate;

/**
 * The largest value.
 * @example
 * ```ts
 * table('flights').summarize({ worst: max('delay') })
 * // → [{"worst":200}]
 * ```
 */
declare function max(of: string | Lambda): Aggregate;

/**
 * The middle value; between two, their mean.
 * @example
 * ```ts
 * table('flights').summarize({ middle: median('delay') })
 * // → [{"middle":80}]
 * ```
 */
declare function median(of: string | Lambda): Aggregate;

/**
 * The value below which a part of them lies, 0 to 1; between two it is interpolated.
 * @example
 * ```ts
 * table('flights').summarize({ quarter: quantile('delay', 0.25) })
 * // → [{"quarter":60}]
 * ```
 */
declare function quantile(of: string | Lambda, part: number): Aggregate;

/**
 * The standard deviation of a sample.
 * @example
 * ```ts
 * sql`select unnest([2, 4, 6]) as x`.summarize({ spread: stddev('x') })
 * // → [{"spread":2}]
 * ```
 */
declare function stddev(of: string | Lambda): Aggregate;

/**
 * How many different values.
 * @example
 * ```ts
 * table('flights').summarize({ origins: distinct('origin') })
 * // → [{"origins":3}]
 * ```
 */
declare function distinct(of: string | Lambda): Aggregate;

/**
 * The value of the first row, in the order before.
 * @example
 * ```ts
 * table('flights').orderBy('delay').groupBy('origin').summarize({ least: first('delay') }).orderBy('origin').limit(1)
 * // → [{"origin":"JFK","least":30}]
 * ```
 */
declare function first(of: string | Lambda): Aggregate;

/**
 * The value of the last row, in the order before.
 * @example
 * ```ts
 * table('flights').orderBy('day').summarize({ latest: last('origin') })
 * // → [{"latest":"JFK"}]
 * ```
 */
declare function last(of: string | Lambda): Aggregate;

/**
 * The group's part of the whole: of a column's sum, or of the number of rows.
 * @example
 * ```ts
 * table('flights').groupBy('origin').summarize({ part: share() }).orderBy('-part', 'origin').limit(1)
 * // → [{"origin":"JFK","part":0.4}]
 * ```
 */
declare function share(of?: string | Lambda): Aggregate;

/**
 * Upwards, for `orderBy`.
 * @example
 * ```ts
 * table('airports').orderBy(asc(a => a.city)).select('city').limit(1)
 * // → [{"city":"Chicago"}]
 * ```
 */
declare function asc(by: string | Lambda): Sort;

/**
 * Downwards, for `orderBy`.
 * @example
 * ```ts
 * table('airports').orderBy(desc(a => a.gates / 2)).select('city').limit(1)
 * // → [{"city":"New York"}]
 * ```
 */
declare function desc(by: string | Lambda): Sort;

/**
 * A Vega-Lite chart. The data goes in the first argument, up to 100,000 rows: aggregate first. Several tables are given
 * by name, and the specification says `data: { name: … }` where each is drawn.
 * @example
 * ```ts
 * chart(table('flights').groupBy('origin').count(), {
 *   mark: 'bar',
 *   encoding: { x: { field: 'origin' }, y: { field: 'n', type: 'quantitative' } },
 * })
 * ```
 */
declare function chart(
  data: DataFrame | readonly object[] | Record<string, DataFrame | readonly object[]>,
  spec: object,
): Displayable;

/**
 * HTML, shown in a frame of its own where no script runs. In a template, values are escaped, HTML inside is not.
 * @example
 * ```ts
 * const city = 'Seattle & Tacoma';
 * html`<h2>${city}</h2><ul>${['a', 'b'].map(x => html`<li>${x}</li>`)}</ul>`
 * ```
 */
declare function html(text: TemplateStringsArray | string, ...values: unknown[]): Displayable;

/**
 * Markdown, shown as prose.
 * @example
 * ```ts
 * markdown`**${await table('flights').count()}** flights`
 * ```
 */
declare function markdown(text: TemplateStringsArray | string, ...values: unknown[]): Displayable;

/**
 * A picture: its bytes, or a file of `data/`. PNG, JPEG, GIF, WebP and SVG.
 * @example
 * ```ts
 * image('data/logo.svg', { alt: 'Our logo' })
 * ```
 */
declare function image(source: string | Uint8Array | ArrayBuffer, options?: { alt?: string }): Displayable;

/**
 * Shows a value at once, where the last expression shows only the last one.
 * @example
 * ```ts
 * for (const origin of ['SEA', 'ORD']) await display(table('flights').filter(f => f.origin === origin));
 * ```
 */
declare function display(value: unknown): Promise<void>;
