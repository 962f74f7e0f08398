/** Titles of charts of shapes of their own, and what they say to those who do not see them. */
import type { Chart } from '../../../../server/protocol/chart/choose.ts';
import type { FigureAnswer } from '../../../../server/protocol/chart/figures.ts';
import { chart as words } from '../../../words/chart.ts';
import { numberText, timeText } from '../texts.ts';
import { measureText } from '../titles.ts';
import { type FigureTitles, type Item, placesOf } from './parts.ts';

export function figureTitles(chart: Chart, answer: FigureAnswer): FigureTitles {
  const x = chart.x?.column ?? '';
  const y = chart.y?.column ?? '';
  const row = chart.row?.column ?? '';
  const measure =
    'aggregate' in answer
      ? measureText(answer.mark === 'heat' ? chart.colour : chart.y, answer.aggregate)
      : measureText(undefined, 'count');
  return { x, y, row, measure, whole: capital(wholeOf(answer, x, y, row, measure)) };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function wholeOf(answer: FigureAnswer, x: string, y: string, row: string, measure: string): string {
  switch (answer.mark) {
    case 'box':
      return words.titleBox(y, x);
    case 'heat':
      return words.titleHeat(measure, x, y);
    case 'cohort':
      return words.titleCohort(y, words.units[answer.unit]);
    case 'number':
      return measure;
    case 'spark':
      return words.titleSpark(measure, row);
  }
}

/** Its kind, its title, how many parts, and where the lowest and the highest are. */
export function figureAlt(answer: FigureAnswer, titles: FigureTitles, items: readonly Item[]): string {
  const said = saidOf(answer, titles);
  const extremes = extremesOf(answer, items);
  return extremes === undefined ? said : `${said} ${extremes}`;
}

function saidOf(answer: FigureAnswer, { whole }: FigureTitles): string {
  switch (answer.mark) {
    case 'box':
      return words.alt.box(whole, answer.boxes.length);
    case 'heat':
      return words.alt.heat(whole, answer.cells.values.length);
    case 'cohort':
      return words.alt.cohort(whole, answer.cohorts.length);
    case 'number':
      return words.alt.number(whole, answer.value === null ? words.null : numberText(answer.value));
    case 'spark':
      return words.alt.spark(whole, answer.lines.length);
  }
}

function extremesOf(answer: FigureAnswer, items: readonly Item[]): string | undefined {
  switch (answer.mark) {
    case 'box': {
      const [first, ...more] = answer.boxes;
      if (first && more.length === 0)
        return words.alt.median(numberText(first.median), numberText(first.low), numberText(first.high));
      return among(
        answer.boxes.map(({ median }) => median),
        (index) => items[index]?.tip.head ?? '',
        words.alt.medians,
      );
    }
    case 'heat':
      return among(answer.cells.values, (index) => items[index]?.tip.head ?? '', words.alt.extremes);
    case 'cohort': {
      const { unit, cohorts } = answer;
      // Those who came again at once tell most cohorts apart, and are known of all but the last.
      const shares = cohorts.map(({ size, kept }) => {
        const came = kept[1];
        return came === null || came === undefined || size === 0 ? null : came / size;
      });
      const after = words.figures.after(1, words.units[unit]);
      return among(
        shares,
        (index) => timeText(cohorts[index]?.start ?? 0, { count: 1, unit }),
        (...extremes) => words.alt.returns(`${after.charAt(0).toUpperCase()}${after.slice(1)}`, ...extremes),
        (share) => words.share((share * 100).toFixed(1)),
      );
    }
    case 'spark': {
      const names = placesOf({
        scale: 'category',
        keys: answer.keys.map((key) => (typeof key === 'boolean' ? `${key}` : key)),
      });
      const lasts = answer.lines.map((line) => line.findLast((value) => value !== null) ?? null);
      return among(lasts, (index) => names[index] ?? '', words.alt.lasts);
    }
    case 'number':
      return undefined;
  }
}

/** The lowest and the highest of them, with where they are; nothing of fewer than two. */
function among(
  values: readonly (number | null)[],
  at: (index: number) => string,
  say: (low: string, lowAt: string, high: string, highAt: string) => string,
  textOf: (value: number) => string = numberText,
): string | undefined {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  if (known.length < 2) return undefined;
  const low = known.reduce((a, b) => (b.value < a.value ? b : a));
  const high = known.reduce((a, b) => (b.value > a.value ? b : a));
  return say(textOf(low.value), at(low.index), textOf(high.value), at(high.index));
}

/** Whether there is anything to draw. */
export function isEmpty(answer: FigureAnswer): boolean {
  switch (answer.mark) {
    case 'box':
      return answer.boxes.length === 0;
    case 'heat':
      return answer.cells.values.every((value) => value === null);
    case 'cohort':
      return answer.cohorts.length === 0;
    case 'number':
      return answer.value === null;
    case 'spark':
      return answer.lines.length === 0;
  }
}
