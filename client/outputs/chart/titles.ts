/** What a chart says in words: titles of its axes, its own title, what was left out, and what it shows to those who do not see it. */

import type { Dated } from '../../../server/protocol/annotations.ts';
import { type AnyAnswer, type ChartAnswer, isFigure } from '../../../server/protocol/chart/answer.ts';
import type { Chart } from '../../../server/protocol/chart/choose.ts';
import type { ChartNote } from '../../../server/protocol/chart/note.ts';
import type { ChartProblem } from '../../../server/protocol/chart/plan.ts';
import type { Channel } from '../../../server/protocol/chart.ts';
import { uniqueNames } from '../../../server/protocol/names.ts';
import type { Column } from '../../../server/protocol/outputs.ts';
import { chart as words } from '../../words/chart.ts';
import { placeText, type Series } from './series.ts';
import { numberText, timeText } from './texts.ts';

export type Titles = {
  readonly x: string;
  readonly y: string;
  readonly y2: string;
  readonly colour: string;
  readonly size: string;
  /** Of the columns that points say. */
  readonly tips: readonly string[];
  readonly whole: string;
};

export function titlesOf(chart: Chart, answer: ChartAnswer, columns: readonly Column[] = []): Titles {
  const { mark } = answer;
  const aggregate = isOneEach(answer) ? 'none' : answer.y.aggregate;
  const x = inSeconds(chart.x?.column ?? '', columns);
  const channel = mark === 'histogram' ? undefined : chart.y;
  const measure = measureText(channel, aggregate);
  const isTold = aggregate !== 'count' && aggregate !== 'distinct';
  const y = isTold && isInterval(channel?.column, columns) ? words.seconds(measure) : measure;
  const parts = mark === 'pie' || mark === 'funnel';
  const colour = (parts ? chart.x?.column : chart.colour?.column) ?? '';
  const y2 = measureText(chart.y2, answer.y2?.aggregate ?? 'count');
  const measures = answer.y2 ? words.titleColour(y, y2) : y;
  const title =
    mark === 'histogram'
      ? words.titleOf(x)
      : mark === 'map'
        ? words.titleMap(chart.size?.column)
        : words.title(measures, x);
  const split = [
    parts ? undefined : chart.colour?.column,
    ...(answer.facet ? [chart.row?.column, chart.column?.column] : []),
  ];
  const whole = [...new Set(split)]
    .filter((name) => name !== undefined)
    .reduce((text, name) => words.titleColour(text, name), title);
  // A column is called what it is called.
  const isColumn = aggregate === 'none' && mark !== 'histogram' && mark !== 'map';
  const rest = {
    y2,
    size: chart.size?.column ?? '',
    tips: chart.tooltip ?? [],
  };
  return { ...rest, x, y, colour, whole: isColumn ? whole : whole.charAt(0).toUpperCase() + whole.slice(1) };
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

export const noteTexts = (answer: AnyAnswer): string[] => [
  ...new Set(answer.notes.map((note) => noteText(note, answer)).filter((text) => text !== '')),
];

function noteText(note: ChartNote, answer: AnyAnswer): string {
  switch (note.kind) {
    case 'sampled':
      return words.notes.sampled(note.shown, note.of);
    case 'thinned':
      return words.notes.thinned(note.of);
    case 'top': {
      const of = note.about ? tidy(note.of) : note.of;
      const what = words.notes.parts[note.channel];
      const text = (note.about ? words.notes.about : words.notes.top)(note.shown, of, what);
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
      const x = isFigure(answer) ? undefined : answer.x;
      if (!x || x.scale === 'category' || !x.view) return '';
      const [low, high] = x.view.map((end) => (x.scale === 'time' ? timeText(end) : numberText(end)));
      const below = note.below > 0 ? [words.notes.below(note.below, low ?? '')] : [];
      const above = note.above > 0 ? [words.notes.above(note.above, high ?? '')] : [];
      return [...below, ...above].join(', ');
    }
    case 'rounded':
      return words.notes.rounded;
    case 'cells':
      return words.notes.cells(note.of);
    case 'latest':
      return words.notes.latest(note.shown, note.of);
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
    case 'not-a-time':
      return words.notATime(words.channels[problem.channel], problem.column);
    case 'not-a-number':
      return words.notANumber(words.channels[problem.channel], problem.column);
  }
}

/** Its kind, its title, how many parts, and where the lowest and the highest are. */
export function altOf(
  answer: ChartAnswer,
  series: Series,
  titles: Titles,
  annotations: readonly Dated[] = [],
  range?: readonly [number, number],
): string {
  const [low, high] = range ?? (answer.x.scale === 'time' ? answer.x.domain : [1, 0]);
  const covered = annotations.filter(({ from, to }) => from <= high && (to ?? from) >= low);
  const said = pictureText(answer, series, titles);
  return covered.length === 0
    ? said
    : `${said} ${words.annotated(covered.map(({ from, text }) => `${timeText(from)} ${text}`))}`;
}

function pictureText(answer: ChartAnswer, series: Series, titles: Titles): string {
  const { marks } = series;
  const said = words.alt[answer.mark](titles.whole, marks.length);
  const known = marks.filter(({ y }) => Number.isFinite(y));
  if (known.length === 0 || answer.mark === 'point' || answer.mark === 'map') return said;
  const low = known.reduce((a, b) => (b.y < a.y ? b : a));
  const high = known.reduce((a, b) => (b.y > a.y ? b : a));
  const place = (mark: (typeof known)[number]): string =>
    placeText(answer, mark.x) + (typeof mark.colour === 'string' ? ` (${mark.colour})` : '');
  return `${said} ${words.alt.extremes(numberText(low.y), place(low), numberText(high.y), place(high))}`;
}
