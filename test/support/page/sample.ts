/** The notebook of `design/notebook.html`, as far as it exists. */
import type { SessionTable } from '../../../server/protocol/messages.ts';
import type { Given, Telling } from './live.ts';

const table = (name: string, columns: readonly string[], rows: number): SessionTable => ({
  name,
  source: 'named',
  columns: columns.map((column) => ({ name: column, type: 'INTEGER' })),
  rows,
  bytes: rows * 8,
});

export const sample: {
  readonly paragraphs: readonly Given[];
  readonly tables: readonly SessionTable[];
  readonly runs: readonly (Telling & { readonly paragraph: string })[];
  readonly people: readonly [number, Record<string, unknown>][];
} = {
  paragraphs: [
    {
      id: 'intro',
      interpreter: 'markdown',
      source:
        '# Why are evening flights late?\n\nThree million flights of early 2001. We look at arrival delay by the hour of departure, then at where delay is *born* rather than passed on. Change the window and the airport above any table; every step below answers again.',
    },
    { id: 'flights', name: 'flights', source: "select * from 'data/flights-3m.parquet'" },
    {
      id: 'wears',
      interpreter: 'markdown',
      source:
        '## The day wears on\n\nDelay piles up from 06:00 on: aircraft and crews that were late once stay late. `by_hour` keeps flights with a known delay only.',
    },
    {
      id: 'byhour',
      name: 'by_hour',
      source:
        'select hour(date) as hour, avg(delay) as delay, count(*) as flights\nfrom flights where hour(date) >= 5\ngroup by all',
    },
    {
      id: 'where',
      interpreter: 'markdown',
      source: '## Where it starts\n\n출발 시각이 늦어질수록 지연이 쌓입니다. 어느 공항에서 시작되는지 봅시다.',
    },
    {
      id: 'worst',
      name: 'worst',
      source:
        'select origin, count(*) as flights, avg(delay) as delay\nfrom flights group by origin order by delay desc',
    },
    { id: 'wrong', source: 'select origin, avg(dely) from flights group by all' },
    { id: 'fresh', source: '' },
  ],
  tables: [
    table('flights', ['date', 'delay', 'distance', 'origin', 'destination'], 3_000_000),
    table('by_hour', ['hour', 'delay'], 19),
  ],
  runs: [
    { paragraph: 'flights', outputs: [{ kind: 'text', stream: 'value', text: '3,000,000 rows would stand here' }] },
    { paragraph: 'byhour', ms: 110, by: 'Grace', outputs: [{ kind: 'text', stream: 'value', text: '19 rows' }] },
    {
      paragraph: 'worst',
      ms: 110,
      outputs: [{ kind: 'text', stream: 'value', text: 'JFK 31,270 12.3\nDEN 66,923 11.1' }],
    },
    { paragraph: 'worst', ms: 1800, end: 'running', progress: 0.62 },
    {
      paragraph: 'wrong',
      ms: 10,
      end: 'failed',
      outputs: [
        {
          kind: 'error',
          code: 'unknown-column',
          message: 'No column “dely” in flights',
          line: 1,
          column: 20,
          length: 4,
          hint: 'Did you mean delay?',
          fix: { replacement: 'delay' },
        },
      ],
    },
  ],
  people: [
    [1001, { person: { id: 'analyst', name: 'Anna Novak' }, color: 0, paragraph: 'worst' }],
    [1002, { person: { id: 'guest', name: '게스트' }, color: 1, paragraph: 'byhour' }],
  ],
};
