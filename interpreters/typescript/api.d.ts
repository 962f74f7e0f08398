// biome-ignore-all lint/suspicious/noExplicitAny: columns are known when the paragraph runs
/** A row as a function sees it: columns by their names, of any type. */
type Row = Record<string, any>;

/** A lazy table: nothing runs until it is shown, saved or read. */
declare class DataFrame {
  static from(rows: readonly object[]): DataFrame;
  /** Keeps the rows for which the function holds. */
  filter(condition: (row: Row) => unknown): DataFrame;
  select(...columns: (string | Record<string, (row: Row) => unknown>)[]): DataFrame;
  mutate(columns: Record<string, any>): DataFrame;
  groupBy(...columns: (string | Record<string, (row: Row) => unknown>)[]): DataFrame;
  summarize(columns: Record<string, any>): DataFrame;
  orderBy(...columns: (string | ((row: Row) => unknown))[]): DataFrame;
  limit(rows: number, offset?: number): DataFrame;
  rows(): Promise<Row[]>;
  save(name: string): Promise<DataFrame>;
}
/** A table of the notebook by its name. */
declare function table(name: string): DataFrame;
/** A query with bound values. */
declare function sql(parts: TemplateStringsArray, ...values: unknown[]): DataFrame;
declare function count(): any;
