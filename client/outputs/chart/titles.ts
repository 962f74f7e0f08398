/** What a chart says in words: titles of its axes, its own title, what was left out, and what it shows to those who do not see it. */

import type { ChartAnswer, ChartNote } from '../../../server/protocol/chart/answer.ts';
import type { Chart } from '../../../server/protocol/chart/choose.ts';
import type { ChartProblem } from '../../../server/protocol/chart/plan.ts';
import type { Channel } from '../../../server/protocol/chart.ts';
import { uniqueNames } from '../../../server/protocol/names.ts';
import type { Column } from '../../../server/protocol/outputs.ts';
import { outputs } from '../../words/outputs.ts';
import { numberText, timeText } from './figures.ts';
import { placeText, type Series } from './series.ts';

const words = outputs.chart;

export type Titles = { readonly x: string; readonly y: string; readonly colour: string; readonly whole: string };

export function titlesOf(chart: Chart, answer: ChartAnswer, columns: readonly Column[] = []): Titles {
  const { mark } = answer;
  const aggregate = isOneEach(answer) ? 'none' : answer.y.aggregate;
  const x = inSeconds(chart.x?.column ?? '', columns);
  const channel = mark === 'histogram' ? undefined : chart.y;
  const measure = measureText(channel, aggregate);
  const isTold = aggregate !== 'count' && aggregate !== 'distinct';
  const y = isTold && isInterval(channel?.column, columns) ? words.seconds(measure) : measure;
  const colour = (mark === 'pie' ? chart.x?.column : chart.colour?.column) ?? '';
  const title = mark === 'histogram' ? words.titleOf(x) : words.title(y, x);
  const whole = mark !== 'pie' && chart.colour?.column ? words.titleColour(title, colour) : title;
  // A column is called what it is called.
  const isColumn = aggregate === 'none' && mark !== 'histogram';
  return { x, y, colour, whole: isColumn ? whole : whole.charAt(0).toUpperCase() + whole.slice(1) };
}

/** Where each place is one row, its mean and its sum are the row's own. */
export const isOneEach = ({ counts, y: { aggregate } }: ChartAnswer): boolean =>
  aggregate !== 'count' && aggregate !== 'distinct' && counts?.every((count) => count <= 1) === true;

/** Intervals are measured in seconds. */
const inSeconds = (column: string, columns: readonly Column[]): string =>
  isInterval(column, columns) ? words.seconds(column) : column;

function isInterval(key: string | undefined, columns: readonly Column[]): boolean {
  const place = uniqueNames(columns.map(({ name }) => name)).indexOf(key ?? '');
  return columns[place]?.type === 'INTERVAL';
}

export function measureText(channel: Channel | undefined, aggregate: ChartAnswer['y']['aggregate']): string {
  if (channel?.column === undefined) return words.count;
  return words.measured[aggregate](channel.column);
}

export const noteTexts = (answer: ChartAnswer): string[] => [
  ...new Set(answer.notes.map((note) => noteText(note, answer)).filter((text) => text !== '')),
];

function noteText(note: ChartNote, { x }: ChartAnswer): string {
  switch (note.kind) {
    case 'sampled':
      return words.notes.sampled(note.shown, note.of);
    case 'thinned':
      return words.notes.thinned(note.of);
    case 'top': {
      const { topX, topColour, aboutX, aboutColour } = words.notes;
      const of = note.about ? tidy(note.of) : note.of;
      const said = note.channel === 'x' ? (note.about ? aboutX : topX) : note.about ? aboutColour : topColour;
      const text = said(note.shown, of);
      return note.together ? text : words.notes.apart(text);
    }
    case 'null':
      return words.notes.null(note.rows);
    case 'infinite':
      return words.notes.infinite(note.rows);
    case 'negative':
      return words.notes.negative(note.rows);
    case 'estimated':
      return words.notes.estimated;
    case 'beyond': {
      if (x.scale === 'category' || !x.view) return '';
      const [low, high] = x.view.map((end) => (x.scale === 'time' ? timeText(end) : numberText(end)));
      const below = note.below > 0 ? [words.notes.below(note.below, low ?? '')] : [];
      const above = note.above > 0 ? [words.notes.above(note.above, high ?? '')] : [];
      return [...below, ...above].join(', ');
    }
    case 'rounded':
      return words.notes.rounded;
  }
}

/** Two digits of what was estimated: more were noise. */
const tidy = (about: number): number => Number(about.toPrecision(2));

export function problemText(problem: ChartProblem): string {
  switch (problem.kind) {
    case 'no-columns':
      return words.noColumns;
    case 'unknown-column':
      return words.unknownColumn(words.channels[problem.channel], problem.column);
    case 'missing':
      return words.missing(words.channels[problem.channel]);
    case 'not-a-number':
      return words.notANumber(words.channels[problem.channel], problem.column);
  }
}

/** Its kind, its title, how many parts, and where the lowest and the highest are. */
export function altOf(answer: ChartAnswer, series: Series, titles: Titles): string {
  const { marks } = series;
  const said = words.alt[answer.mark](titles.whole, marks.length);
  const known = marks.filter(({ y }) => Number.isFinite(y));
  if (known.length === 0 || answer.mark === 'point') return said;
  const low = known.reduce((a, b) => (b.y < a.y ? b : a));
  const high = known.reduce((a, b) => (b.y > a.y ? b : a));
  const place = (mark: (typeof known)[number]): string =>
    placeText(answer, mark.x) + (typeof mark.colour === 'string' ? ` (${mark.colour})` : '');
  return `${said} ${words.alt.extremes(numberText(low.y), place(low), numberText(high.y), place(high))}`;
}
