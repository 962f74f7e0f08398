/**
 * What to do about an error that the engine of JavaScript threw, where its words tell more than that it was thrown: a
 * verb by the name that other libraries give it, a promise not awaited, a BigInt among numbers. Pure; undefined where
 * there is nothing better than the catalogue's hint.
 */
const NOT_A_FUNCTION = /^(.*?)\.([\p{ID_Start}$_][\p{ID_Continue}$]*) is not a function$/su;
const NOT_ITERABLE = /\bis not (async )?iterable\b/;
/** What gives a promise of an array or a value. */
const READS = /\.(rows|columns|first|value|count|schema|explain|save)\(\.\.\.\)$/;

/** Names that pandas, dplyr, Spark, Polars and Arquero have for the verbs. */
const VERBS: Readonly<Record<string, string>> = {
  ...every('filter(row => …)', 'where', 'query', 'filterBy'),
  ...every('limit(10)', 'head', 'take', 'slice', 'top', 'fetch'),
  ...every("orderBy('-column')", 'sort', 'sortBy', 'sort_values', 'sort_by', 'orderby', 'order_by', 'arrange', 'order'),
  ...every("groupBy('column')", 'groupby', 'group_by', 'group'),
  ...every(
    "summarize({ x: mean('column') })",
    'agg',
    'aggregate',
    'rollup',
    'summarise',
    'mean',
    'avg',
    'sum',
    'min',
    'max',
    'median',
  ),
  ...every('mutate({ x: row => … })', 'map', 'assign', 'withColumn', 'with_columns', 'withColumns', 'derive', 'apply'),
  ...every("rename({ old: 'new' })", 'withColumnRenamed', 'renameColumn'),
  ...every("join(other, { on: 'column' })", 'merge', 'leftJoin', 'innerJoin', 'left_join', 'inner_join', 'lookup'),
  ...every('union(other)', 'concat', 'append', 'unionAll', 'vstack'),
  ...every('distinct()', 'unique', 'dedupe', 'drop_duplicates', 'dropDuplicates'),
  ...every('pivot({ rows, columns, values })', 'pivot_table', 'pivotTable', 'crosstab'),
  ...every('schema()', 'describe', 'info', 'dtypes'),
  ...every('rows()', 'collect', 'toArray', 'toPandas', 'objects', 'toJSON', 'to_dict', 'forEach', 'reduce'),
};
const AWAITED = ['schema()', 'rows()'];

export function hintOf(name: string, message: string): string | undefined {
  if (name !== 'TypeError') return undefined;
  if (message.startsWith('Cannot mix BigInt'))
    return 'Number(x) makes a number of a BigInt. .columns() has BIGINT columns as BigInts, .rows() as numbers.';
  if (NOT_ITERABLE.test(message))
    return 'Rows of a DataFrame are gone through by: for (const row of await frame.rows()), a part at a time by frame.batches().';
  const found = NOT_A_FUNCTION.exec(message);
  if (!found) return undefined;
  const [, before = '', method = ''] = found;
  const read = READS.exec(before)?.[1];
  if (read !== undefined) return `Await it first: (await frame.${read}()).${method}(…).`;
  if (method === 'show' || method === 'display' || method === 'print')
    return 'The last expression is shown by itself; display(x) shows more.';
  if (method === 'chart' || method === 'plot')
    return 'A chart is drawn by chart(frame, { mark: … }), or by Chart above a table.';
  const verb = Object.hasOwn(VERBS, method) ? VERBS[method] : undefined;
  if (verb === undefined) return 'Type a dot behind the value for a list of what it has.';
  return `On a DataFrame it is ${AWAITED.includes(verb) ? 'await frame' : ''}.${verb}.`;
}

function every(verb: string, ...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, verb]));
}
