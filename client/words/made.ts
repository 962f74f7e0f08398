/** What pictures, charts and documents that code made say beside themselves: fetched with the first of them. */
import { figure } from './numbers.ts';

export const made = {
  image: 'Picture without a description',
  html: 'Output of code',
  chart: 'Chart',
  fetching: 'The rest of this output could not be fetched. Try again when the connection is back.',
  waiting: 'The chart waits for its rows…',
  empty: 'The chart has no data: its rows were removed to stay within the budget.',
  large: (name: string, rows: number, most: number) =>
    `${name} has ${figure(rows)} rows; a chart takes ${figure(most)}.`,
  heavy: (name: string, megabytes: number) =>
    `The rows of ${name} are more than the ${figure(megabytes)} MB that a chart takes.`,
  largeHint: 'Aggregate or sample first, or use Chart on the table.',
  rows: (message: string) => `The rows of the chart could not be fetched: ${message}`,
  broken: (type: string) => `The picture can’t be read as ${type}`,
  vast: (width: number, height: number, most: number) =>
    `The picture has ${figure(width)} × ${figure(height)} pixels; at most ${figure(most)} are shown. Make it smaller first.`,
  bad: 'The chart can’t be drawn',
  ignored: (note: string) => `Not as written: ${note}`,
  sampled: (table: string, shown: number, of: number) =>
    `Drawn from ${figure(shown)} of ${figure(of)} rows of ${table}: a sample, with the rows at the ends of the axes.`,
  thinned: (table: string, shown: number, of: number) =>
    `Drawn from ${figure(shown)} of ${figure(of)} rows of ${table}: of each step of a line the lowest and the highest.`,
  first: (table: string, shown: number, of: number) =>
    `Drawn from the first ${figure(shown)} of ${figure(of)} rows of ${table} only.`,
  unpushed: {
    transform: (name: string) => `All of them would be drawn if SQL did what the transform does here: ${name}.`,
    mark: (name: string) =>
      `All of them would be drawn if the mark ${name} were aggregated (“aggregate” in its encoding), or in SQL.`,
    aggregate: (name: string) => `The engine does not compute ${name} here: compute it in SQL.`,
    expression: (text: string) => `The engine does not compute this expression: ${text}. Compute it in SQL.`,
    field: (name: string) => `The engine can’t group by ${name} as it is used here: convert or cut it in SQL.`,
    other: (name: string) => `The engine does not do this part of a spec: ${name}. Aggregate in SQL first.`,
  },
  stuck: 'It did not answer, so it was stopped.',
  stuckHint: 'It may loop, or hold too much at once: aggregate or sample first.',
  left: 'It tried to go to another page, so it was removed.',
  links: 'This output links to',
  close: 'Close',
  download: (format: string) => `Save as ${format}`,
} as const;
