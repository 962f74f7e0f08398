/** What an empty notebook teaches. */
export const emptyWords = {
  title: 'Start with a question',
  hint: 'Click a query to put it in and run it, or just write. Drop a CSV, TSV, JSON, Parquet or Excel file anywhere to look at it.',
  files: [
    { title: (file: string) => `Ten rows of ${file}`, query: (place: string) => `select * from ${place} limit 10` },
    { title: (file: string) => `What is in ${file}?`, query: (place: string) => `summarize from ${place}` },
    {
      title: (file: string) => `How many rows has ${file}?`,
      query: (place: string) => `select count(*) as rows from ${place}`,
    },
  ],
  plain: [
    {
      title: 'A table from nothing',
      interpreter: 'sql',
      source: "select * from (values ('Seoul', 9.4), ('Busan', 3.3), ('Incheon', 3.0)) as city(name, millions)",
    },
    {
      title: 'A million rolls of two dice',
      interpreter: 'sql',
      source:
        'select floor(random() * 6) + floor(random() * 6) + 2 as sum, count(*) as times\nfrom range(1000000)\ngroup by sum\norder by sum',
    },
    {
      title: 'A chart of rows written here',
      interpreter: 'typescript',
      source:
        "chart([{ city: 'Seoul', millions: 9.4 }, { city: 'Busan', millions: 3.3 }, { city: 'Incheon', millions: 3.0 }], {\n  mark: 'bar',\n  encoding: { x: { field: 'millions', type: 'quantitative' }, y: { field: 'city', sort: '-x' } },\n})",
    },
  ],
  flights: [
    {
      title: 'Ten rows of three million flights',
      interpreter: 'sql',
      source: "select * from 'data/flights-3m.parquet' limit 10",
    },
    {
      title: 'Which airports send flights off an hour late?',
      interpreter: 'typescript',
      source:
        "table('data/flights-3m.parquet')\n  .filter(f => f.delay > 60)\n  .groupBy('origin')\n  .summarize({ flights: count(), worst: max('delay') })\n  .orderBy('-flights')\n  .limit(10)",
    },
    {
      title: 'How does delay grow over the day?',
      interpreter: 'typescript',
      source:
        "chart(\n  sql`select hour(date) as hour, avg(delay) as delay from 'data/flights-3m.parquet' group by hour`,\n  { mark: 'bar', encoding: { x: { field: 'hour', type: 'ordinal' }, y: { field: 'delay', type: 'quantitative' } } },\n)",
    },
  ],
} as const;
