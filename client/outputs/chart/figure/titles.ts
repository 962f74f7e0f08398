/** Titles of charts of shapes of their own, and what they say to those who do not see them. */
import type { Chart } from '../../../../server/protocol/chart/choose.ts';
import type { FigureAnswer } from '../../../../server/protocol/chart/figures.ts';
import { chart as words } from '../../../words/chart.ts';
import { numberText } from '../texts.ts';
import { measureText } from '../titles.ts';
import type { FigureTitles, Item } from './parts.ts';

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

/** Its kind, its title and how many parts; of cells also the lowest and the highest. */
export function figureAlt(answer: FigureAnswer, titles: FigureTitles, items: readonly Item[]): string {
  switch (answer.mark) {
    case 'box':
      return words.alt.box(titles.whole, answer.boxes.length);
    case 'heat': {
      const said = words.alt.heat(titles.whole, answer.cells.values.length);
      const known = answer.cells.values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
      if (known.length === 0) return said;
      const low = known.reduce((a, b) => (b.value < a.value ? b : a));
      const high = known.reduce((a, b) => (b.value > a.value ? b : a));
      const at = (one: { readonly index: number }) => items[one.index]?.tip.head ?? '';
      return `${said} ${words.alt.extremes(numberText(low.value), at(low), numberText(high.value), at(high))}`;
    }
    case 'cohort':
      return words.alt.cohort(titles.whole, answer.cohorts.length);
    case 'number':
      return words.alt.number(titles.whole, answer.value === null ? words.null : numberText(answer.value));
    case 'spark':
      return words.alt.spark(titles.whole, answer.lines.length);
  }
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
