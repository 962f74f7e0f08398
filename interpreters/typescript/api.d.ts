// What a paragraph may use, as an editor reads it; the tests run its examples. One file, long as it is: an editor takes it as
// one text, without imports. `C` stands for the columns of a table: the type of each by its name. Of the notebook's tables the
// editor knows them (`Tables`); of a query or a file any may be there (`Row`). Verbs lead from columns to columns.
// biome-ignore-all lint/suspicious/noExplicitAny: columns of a query are known when the paragraph runs
// biome-ignore-all lint/suspicious/noEmptyInterface: the editor fills it

/** A row whose columns are not known before it is read. A column without a value is `null`. */
type Row = Record<string, any>;

/** The notebook's tables by name, each with its columns. */
interface Tables {}

/** The columns of a table by its name. */
type TableOf<N> = N extends keyof Tables ? Tables[N] : Row;

/** The names of columns. */
type Name<C> = Extract<keyof C, string>;

/**
 * A function of a row. It becomes SQL where it can, else it runs over columns, with the same answer; `.explain()` says
 * which. Null in a calculation, a comparison, a text method or `!` gives null; `===`, `!==`, `??` are JavaScript's.
 */
type Lambda<C = Row> = (row: C, index: number) => unknown;

/** A column by name or computed: `'delay'`, `{ minutes: 'delay' }`, `{ hours: row => row.delay / 60 }`. */
type ColumnOf<C = Row> = Name<C> | { readonly [name: string]: Name<C> | Lambda<C> };

type Flat<T> = T extends infer U ? { [K in keyof U]: U[K] } : never;
type Listed<I> = I extends readonly (infer J)[] ? J : I;
type KeyIn<O> = O extends unknown ? keyof O : never;
type At<O, K> = O extends unknown ? (K extends keyof O ? O[K] : never) : never;

/** A value of JavaScript as a column holds it: arrays and objects as JSON. */
type Stored<T> = 0 extends 1 & T
  ? any
  : T extends number | bigint
    ? number
    : T extends boolean
      ? boolean
      : T extends string
        ? string
        : T extends Date
          ? Date
          : T extends Uint8Array
            ? Uint8Array
            : T extends object
              ? string
              : any;

/** What a column by name, a lambda, an aggregate or a plain value gives. */
type Made<C, V> = 0 extends 1 & V
  ? any
  : V extends Aggregate<never, infer T>
    ? T
    : V extends (...row: never[]) => infer T
      ? Stored<T>
      : V extends keyof C
        ? C[V]
        : Stored<V>;

/** The columns that `select` and `groupBy` take. */
type Chosen<C, I> = Flat<
  { [K in Extract<I, string>]: Made<C, K> } & {
    -readonly [K in KeyIn<Exclude<I, string>>]: Made<C, At<Exclude<I, string>, K>>;
  }
>;

/** The columns of frames one below the other. */
type United<U> = Flat<{ [K in KeyIn<U>]: At<U, K> }>;
type ColumnsIn<F> = F extends DataFrame<infer C> ? C : never;

/** Which columns of two frames belong together. */
type On<C, D> =
  | (Name<C> & Name<D>)
  | readonly ((Name<C> & Name<D>) | readonly [Name<C>, Name<D>])[]
  | { readonly [K in Name<C>]?: Name<D> };

type JoinOptions<C, D> = {
  /** `'code'`, `['a', 'b']`, `{ origin: 'code' }`, `[['origin', 'code']]`; without it the columns both have. */
  readonly on?: On<C, D>;
  /** `inner` if not said. */
  readonly kind?: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'cross';
  /** `_2` if not said. */
  readonly suffix?: string;
};

type SameIn<N> = N extends string
  ? N
  : N extends readonly (infer I)[]
    ? SamePair<I>
    : { [K in keyof N]: N[K] extends K ? K : never }[keyof N];
type SamePair<I> = I extends string ? I : I extends readonly [infer L, infer R] ? (L extends R ? L : never) : never;
type SameKeys<C, D, O> = O extends { readonly kind: 'cross' }
  ? never
  : O extends { readonly on: infer N }
    ? SameIn<N>
    : Name<C> & Name<D>;
type Suffix<O> = O extends { readonly suffix: infer S extends string } ? S : '_2';

/** The columns of two frames side by side. */
type Joined<C, D, O> = O extends { readonly kind: 'semi' | 'anti' }
  ? C
  : string extends keyof C | keyof D
    ? Row
    : Flat<
        C & {
          [K in Name<D> as K extends SameKeys<C, D, O> ? never : K extends keyof C ? `${K}${Suffix<O>}` : K]: D[K];
        }
      >;

/** The one column's type where there is one. */
type Single<C, K = keyof C> = [K] extends [never]
  ? any
  : K extends unknown
    ? [keyof C] extends [K]
      ? C[K]
      : any
    : never;

/** What `summarize` makes of a group: `count()`, `sum('delay')`, … */
declare class Aggregate<in C = any, out V = any> {
  private constructor();
  private readonly made: (row: C) => V;
}

/** Something to show that is no table: a chart, HTML, Markdown, a picture. */
declare class Displayable {
  private constructor();
}

/** A key of `orderBy` with its direction. */
declare class Sort<in C = any> {
  private constructor();
  private readonly by: (row: C) => void;
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

/** A column's values one below the other. */
type ColumnValues<T> = 0 extends 1 & T ? NumberColumn | any[] : T extends number ? NumberColumn : T[];

/**
 * A table that is still a query. Verbs give another one, and nothing runs before it is shown, saved or read. As the last
 * expression of a paragraph it is shown, however many rows it has.
 */
declare class DataFrame<out C = Row> {
  private constructor();

  /**
   * A table of rows, or of columns by name.
   * @example
   * ```ts
   * DataFrame.from([{ code: 'SEA', gates: 90 }, { code: 'JFK', gates: 128 }])
   * // → [{"code":"SEA","gates":90},{"code":"JFK","gates":128}]
   * ```
   */
  static from<const R extends object>(
    data: readonly R[] | { readonly [K in keyof R]: ArrayLike<R[K]> },
  ): DataFrame<{ -readonly [K in KeyIn<R>]: Stored<At<R, K>> }>;

  /**
   * Keeps the rows for which every lambda holds; null does not hold.
   * @example
   * ```ts
   * const min = 60;
   * table('flights').filter(f => f.delay > min && f.origin !== 'ORD').select('origin', 'delay')
   * // → [{"origin":"SEA","delay":70},{"origin":"SEA","delay":90}]
   * ```
   */
  filter(...conditions: Lambda<C>[]): DataFrame<C>;

  /**
   * Only these columns, in this order; by an object also renamed or computed.
   * @example
   * ```ts
   * table('flights').select('origin', { minutes: 'delay', hours: f => f.delay / 60 }).limit(1)
   * // → [{"origin":"SEA","minutes":70,"hours":1.1666666666666667}]
   * ```
   */
  select<const A extends readonly (ColumnOf<C> | readonly ColumnOf<C>[])[]>(
    ...columns: A
  ): DataFrame<Chosen<C, Listed<A[number]>>>;

  /**
   * Adds columns, or replaces those of the same name: by a lambda, a plain value, or an aggregate over all rows.
   * @example
   * ```ts
   * table('airports').mutate({ short: a => a.city.slice(0, 3), part: share('gates') }).select('short', 'part')
   * // → [{"short":"Sea","part":0.36},{"short":"New","part":0.512},{"short":"Chi","part":0.128}]
   * ```
   */
  mutate<
    const M extends { readonly [name: string]: Lambda<C> | Aggregate<C> | number | boolean | bigint | Date | null },
  >(columns: M): DataFrame<Flat<Omit<C, keyof M> & { -readonly [K in keyof M]: Made<C, M[K]> }>>;

  /**
   * Other names: `{ old: 'new' }`.
   * @example
   * ```ts
   * table('airports').rename({ code: 'origin' }).limit(1)
   * // → [{"origin":"SEA","city":"Seattle","gates":90}]
   * ```
   */
  rename<const N extends { readonly [K in Name<C>]?: string }>(
    names: N & { readonly [K in Exclude<keyof N, keyof C>]: never },
  ): DataFrame<{ [K in keyof C as K extends keyof N ? Extract<N[K], string> : K]: C[K] }>;

  /**
   * All columns but these.
   * @example
   * ```ts
   * table('airports').drop('city', 'gates').limit(2)
   * // → [{"code":"SEA"},{"code":"JFK"}]
   * ```
   */
  drop<const K extends Name<C>>(...columns: K[]): DataFrame<[Name<C>] extends [K] ? C : Flat<Omit<C, K>>>;

  /**
   * Groups by columns, or by lambdas with a name. Go on with `summarize` or `count`.
   * @example
   * ```ts
   * table('flights').groupBy({ month: f => f.day.getUTCMonth() + 1 }).summarize({ n: count() }).orderBy('month')
   * // → [{"month":1,"n":3},{"month":2,"n":2}]
   * ```
   */
  groupBy<const A extends readonly (ColumnOf<C> | readonly ColumnOf<C>[])[]>(
    ...keys: A
  ): GroupedFrame<C, Chosen<C, Listed<A[number]>>>;

  /**
   * One row of aggregates over all rows.
   * @example
   * ```ts
   * table('flights').summarize({ n: count(), worst: max('delay'), late: count(f => f.delay > 60) })
   * // → [{"n":5,"worst":200,"late":3}]
   * ```
   */
  summarize<const M extends { readonly [name: string]: Aggregate<C> }>(
    aggregates: M,
  ): DataFrame<{ -readonly [K in keyof M]: Made<C, M[K]> }>;

  /**
   * Sorts by columns, by `'-column'` downwards, or by lambdas; nulls come last either way.
   * @example
   * ```ts
   * table('flights').orderBy('-delay', 'origin').select('origin', 'delay').limit(2)
   * // → [{"origin":"ORD","delay":200},{"origin":"SEA","delay":90}]
   * ```
   */
  orderBy(...keys: (Name<C> | `-${Name<C>}` | Lambda<C> | Sort<C>)[]): DataFrame<C>;

  /**
   * Puts another frame beside this one where columns are equal. A key of the same name on both sides appears once; any
   * other name that both have gets `suffix` on the right.
   * @example
   * ```ts
   * table('flights').join(table('airports'), { on: { origin: 'code' }, kind: 'left' }).select('city', 'delay').limit(1)
   * // → [{"city":"Seattle","delay":70}]
   * ```
   */
  join<D, const O extends JoinOptions<C, D> = Record<never, never>>(
    other: DataFrame<D>,
    options?: O,
  ): DataFrame<Joined<C, D, O>>;

  /**
   * The first rows, after `offset` others.
   * @example
   * ```ts
   * table('airports').orderBy('code').limit(1, 1).select('code')
   * // → [{"code":"ORD"}]
   * ```
   */
  limit(rows: number, offset?: number): DataFrame<C>;

  /**
   * Rows that are all different; with columns, the first row for each of their values.
   * @example
   * ```ts
   * table('flights').select('origin').distinct().orderBy('origin')
   * // → [{"origin":"JFK"},{"origin":"ORD"},{"origin":"SEA"}]
   * ```
   */
  distinct(...columns: Name<C>[]): DataFrame<C>;

  /**
   * Makes a column of each value of `columns`, with an aggregate of the rows that have it.
   * @example
   * ```ts
   * table('flights').pivot({ rows: 'destination', columns: 'origin', values: max('delay') }).orderBy('destination')
   * // → [{"destination":"JFK","JFK":null,"ORD":null,"SEA":90},{"destination":"SEA","JFK":30,"ORD":200,"SEA":null}]
   * ```
   */
  pivot(options: {
    readonly rows?: Name<C> | readonly Name<C>[];
    readonly columns: Name<C>;
    readonly values: Aggregate<C>;
  }): DataFrame;

  /**
   * So many rows, or a part of them (a number below 1), at random; the same ones for the same seed.
   * @example
   * ```ts
   * await table('flights').sample(3, 42).count()
   * // → 3
   * ```
   */
  sample(size: number, seed?: number): DataFrame<C>;

  /**
   * The rows of all; columns meet by name, and one that a frame lacks is null there.
   * @example
   * ```ts
   * table('airports').select('code').limit(1).union(DataFrame.from([{ code: 'LAX' }]))
   * // → [{"code":"SEA"},{"code":"LAX"}]
   * ```
   */
  union<A extends readonly DataFrame<any>[]>(...others: A): DataFrame<United<C | ColumnsIn<A[number]>>>;

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
  rows(): Promise<C[]>;

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
  columns(): Promise<{ [K in keyof C]: ColumnValues<C[K]> }>;

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
  batches(): AsyncGenerator<C[], void>;

  /**
   * The first row, or undefined where there is none.
   * @example
   * ```ts
   * await table('airports').orderBy('-gates').first()
   * // → {"code":"JFK","city":"New York","gates":128}
   * ```
   */
  first(): Promise<C | undefined>;

  /**
   * The first column of the first row.
   * @example
   * ```ts
   * await table('flights').summarize({ worst: max('delay') }).value()
   * // → 200
   * ```
   */
  value(): Promise<Single<C>>;

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
  save(name: string): Promise<DataFrame<C>>;
}

/** Rows in groups; what is to be said of each group comes next. */
declare class GroupedFrame<C = Row, K = Row> {
  private constructor();

  /**
   * One row a group: its keys, and these aggregates.
   * @example
   * ```ts
   * table('flights').groupBy('origin').summarize({ n: count(), mean: mean('delay') }).orderBy('-n', 'origin')
   * // → [{"origin":"JFK","n":2,"mean":30},{"origin":"SEA","n":2,"mean":80},{"origin":"ORD","n":1,"mean":200}]
   * ```
   */
  summarize<const M extends { readonly [name: string]: Aggregate<C> }>(
    aggregates: M,
  ): DataFrame<Flat<K & { -readonly [P in keyof M]: Made<C, M[P]> }>>;

  /**
   * One row a group: its keys, and how many rows it has.
   * @example
   * ```ts
   * table('flights').groupBy('origin').count().orderBy('origin').limit(1)
   * // → [{"origin":"JFK","n":2}]
   * ```
   */
  count<const N extends string = 'n'>(name?: N): DataFrame<Flat<K & { [P in N]: number }>>;
}

/**
 * A table of the notebook by name, or a file of `data/`.
 * @example
 * ```ts
 * table('flights').limit(1).select('origin')
 * // → [{"origin":"SEA"}]
 * ```
 */
declare function table<const N extends string>(name: N): DataFrame<TableOf<N>>;

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
declare function sql<C = Row>(query: TemplateStringsArray | string, ...values: unknown[]): DataFrame<C>;

/**
 * How many rows; with a column, how many have a value; with a lambda, for how many it holds.
 * @example
 * ```ts
 * table('flights').summarize({ rows: count(), delays: count('delay'), late: count(f => f.delay > 60) })
 * // → [{"rows":5,"delays":4,"late":3}]
 * ```
 */
declare function count<C = Row>(of?: Name<C> | Lambda<C>): Aggregate<C, number>;

/**
 * The sum; null values are left out.
 * @example
 * ```ts
 * table('flights').summarize({ minutes: sum('delay'), hours: sum(f => f.delay / 60) })
 * // → [{"minutes":390,"hours":6.5}]
 * ```
 */
declare function sum<C = Row>(of: Name<C> | Lambda<C>): Aggregate<C, number>;

/**
 * The arithmetic mean.
 * @example
 * ```ts
 * table('flights').summarize({ mean: mean('delay') })
 * // → [{"mean":97.5}]
 * ```
 */
declare function mean<C = Row>(of: Name<C> | Lambda<C>): Aggregate<C, number>;

/**
 * The smallest value.
 * @example
 * ```ts
 * table('flights').summarize({ least: min('delay') })
 * // → [{"least":30}]
 * ```
 */
declare function min<C = Row, const O extends Name<C> | Lambda<C> = Name<C>>(of: O): Aggregate<C, Made<C, O>>;

/**
 * The largest value.
 * @example
 * ```ts
 * table('flights').summarize({ worst: max('delay') })
 * // → [{"worst":200}]
 * ```
 */
declare function max<C = Row, const O extends Name<C> | Lambda<C> = Name<C>>(of: O): Aggregate<C, Made<C, O>>;

/**
 * The middle value; between two, their mean.
 * @example
 * ```ts
 * table('flights').summarize({ middle: median('delay') })
 * // → [{"middle":80}]
 * ```
 */
declare function median<C = Row>(of: Name<C> | Lambda<C>): Aggregate<C, number>;

/**
 * The value below which a part of them lies, 0 to 1; between two it is interpolated.
 * @example
 * ```ts
 * table('flights').summarize({ quarter: quantile('delay', 0.25) })
 * // → [{"quarter":60}]
 * ```
 */
declare function quantile<C = Row>(of: Name<C> | Lambda<C>, part: number): Aggregate<C, number>;

/**
 * The standard deviation of a sample.
 * @example
 * ```ts
 * sql`select unnest([2, 4, 6]) as x`.summarize({ spread: stddev('x') })
 * // → [{"spread":2}]
 * ```
 */
declare function stddev<C = Row>(of: Name<C> | Lambda<C>): Aggregate<C, number>;

/**
 * How many different values.
 * @example
 * ```ts
 * table('flights').summarize({ origins: distinct('origin') })
 * // → [{"origins":3}]
 * ```
 */
declare function distinct<C = Row>(of: Name<C> | Lambda<C>): Aggregate<C, number>;

/**
 * The value of the first row, in the order before.
 * @example
 * ```ts
 * table('flights').orderBy('delay').groupBy('origin').summarize({ least: first('delay') }).orderBy('origin').limit(1)
 * // → [{"origin":"JFK","least":30}]
 * ```
 */
declare function first<C = Row, const O extends Name<C> | Lambda<C> = Name<C>>(of: O): Aggregate<C, Made<C, O>>;

/**
 * The value of the last row, in the order before.
 * @example
 * ```ts
 * table('flights').orderBy('day').summarize({ latest: last('origin') })
 * // → [{"latest":"JFK"}]
 * ```
 */
declare function last<C = Row, const O extends Name<C> | Lambda<C> = Name<C>>(of: O): Aggregate<C, Made<C, O>>;

/**
 * The group's part of the whole: of a column's sum, or of the number of rows.
 * @example
 * ```ts
 * table('flights').groupBy('origin').summarize({ part: share() }).orderBy('-part', 'origin').limit(1)
 * // → [{"origin":"JFK","part":0.4}]
 * ```
 */
declare function share<C = Row>(of?: Name<C> | Lambda<C>): Aggregate<C, number>;

/**
 * Upwards, for `orderBy`.
 * @example
 * ```ts
 * table('airports').orderBy(asc(a => a.city)).select('city').limit(1)
 * // → [{"city":"Chicago"}]
 * ```
 */
declare function asc<C = Row>(by: Name<C> | Lambda<C>): Sort<C>;

/**
 * Downwards, for `orderBy`.
 * @example
 * ```ts
 * table('airports').orderBy(desc(a => a.gates / 2)).select('city').limit(1)
 * // → [{"city":"New York"}]
 * ```
 */
declare function desc<C = Row>(by: Name<C> | Lambda<C>): Sort<C>;

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
