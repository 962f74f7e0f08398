/** The data behind a chart, as it is drawn, in full digits: a list of rows, the names of its columns first. Pure. */
import type { AnyAnswer } from '../../../server/protocol/chart/answer.ts';
import { isFigure } from '../../../server/protocol/chart/answer.ts';
import type { FigureAnswer } from '../../../server/protocol/chart/figures.ts';
import { chart as words } from '../../words/chart.ts';
import { type FigureTitles, placesOf } from './figure/parts.ts';
import type { Series } from './series.ts';
import { plainTime } from './texts.ts';
import type { Titles } from './titles.ts';

/** A file is of no language. */
const PLAIN = 'en';

type Cell = string | number | null | undefined;
type Rows = readonly (readonly Cell[])[];

export type Behind =
  | { readonly answer: FigureAnswer; readonly titles: FigureTitles }
  | { readonly answer: Exclude<AnyAnswer, FigureAnswer>; readonly titles: Titles; readonly series: Series };

export function rowsBehind(behind: Behind): Rows {
  if (!('series' in behind)) return ofFigure(behind.answer, behind.titles);
  const { answer, titles, series } = behind;
  if (isFigure(answer)) return [];
  const place = (x: string | number): Cell => (answer.x.scale === 'time' && typeof x === 'number' ? plainTime(x) : x);
  const { marks, second } = series;
  const has = (key: 'x2' | 'colour' | 'row' | 'column' | 'size' | 'count'): boolean =>
    marks.some((mark) => mark[key] !== undefined);
  const tips = titles.tips.slice(0, marks[0]?.tip?.length ?? 0);
  const beside = new Map(second?.map(({ x, y }) => [x, y]));
  const head: Cell[] = [
    titles.x,
    ...(has('x2') ? [words.until] : []),
    ...(has('row') ? [words.channels.row] : []),
    ...(has('column') ? [words.channels.column] : []),
    ...(has('colour') ? [titles.colour] : []),
    titles.y,
    ...(second ? [titles.y2] : []),
    ...(has('size') ? [titles.size] : []),
    ...tips,
    ...(has('count') ? [words.countOfRows] : []),
  ];
  const rows = marks.map(({ x, x2, row, column, colour, y, size, tip, count }): Cell[] => [
    place(x),
    ...(has('x2') ? [x2 === undefined ? null : place(x2)] : []),
    ...(has('row') ? [row] : []),
    ...(has('column') ? [column] : []),
    ...(has('colour') ? [colour] : []),
    y,
    ...(second ? [beside.get(typeof x === 'number' && x2 !== undefined ? (x + x2) / 2 : x)] : []),
    ...(has('size') ? [size] : []),
    ...tips.map((_, index) => tip?.[index]),
    ...(has('count') ? [count] : []),
  ]);
  return [head, ...rows];
}

function ofFigure(answer: FigureAnswer, titles: FigureTitles): Rows {
  switch (answer.mark) {
    case 'box': {
      const places = placesOf(answer.x, PLAIN);
      return [
        [titles.x, 'low', 'q1', 'median', 'q3', 'high', words.countOfRows, words.figures.beyond],
        ...answer.boxes.map(({ low, q1, median, q3, high, count, beyond }, at) => [
          places[at],
          low,
          q1,
          median,
          q3,
          high,
          count,
          beyond,
        ]),
      ];
    }
    case 'heat': {
      const [across, up] = [placesOf(answer.x, PLAIN), placesOf(answer.y, PLAIN)];
      const { x, y, values, counts } = answer.cells;
      return [
        [titles.x, titles.y, titles.measure, words.countOfRows],
        ...values.map((value, at) => [across[x[at]!], up[y[at]!], value, counts[at]]),
      ];
    }
    case 'cohort': {
      const longest = Math.max(0, ...answer.cohorts.map(({ kept }) => kept.length));
      return [
        [titles.x, ...Array.from({ length: longest }, (_, after) => after)],
        ...answer.cohorts.map(({ start, kept }) => [
          plainTime(start, { count: 1, unit: answer.unit }),
          ...Array.from({ length: longest }, (_, after) => kept[after]),
        ]),
      ];
    }
    case 'number': {
      const { series } = answer;
      if (!series) return [[titles.measure], [answer.value]];
      return [
        [titles.x, titles.measure],
        ...series.at.map((at, index) => [plainTime(at, series.every), series.values[index]]),
      ];
    }
    case 'spark': {
      const names = placesOf({
        scale: 'category',
        keys: answer.keys.map((key) => (typeof key === 'boolean' ? String(key) : key)),
      });
      return [
        [titles.row, ...answer.at.map((at) => plainTime(at, answer.every))],
        ...answer.lines.map((line, index) => [names[index], ...line]),
      ];
    }
  }
}

/** With a byte order mark, so that spreadsheets read Hangul. A text that a spreadsheet would take for a formula has an apostrophe. */
export const csvOf = (rows: Rows): string => `\ufeff${rows.map((row) => row.map(cellText).join(',')).join('\r\n')}\r\n`;

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell.replaceAll('\u200b', '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
