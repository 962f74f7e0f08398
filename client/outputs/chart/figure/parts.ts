/** What figures, the charts of shapes of their own, are drawn from and made of: elements with their tips, and axes of places. */
import type { FigureAnswer, FigureAxis } from '../../../../server/protocol/chart/figures.ts';
import { chart as words } from '../../../words/chart.ts';
import type { Tongue } from '../../tongue.ts';
import { LEVEL, type Look, type Whole } from '../drawing.ts';
import { numberText, timeText } from '../texts.ts';
import type { TipText } from '../tips.ts';

export type FigureTitles = {
  readonly x: string;
  readonly y: string;
  readonly measure: string;
  readonly row: string;
  readonly whole: string;
};

export type Figure = {
  readonly answer: FigureAnswer;
  readonly titles: FigureTitles;
  readonly width: number;
  readonly height: number;
  readonly look: Look;
  readonly whole?: Whole;
};

/** An element of the picture: what it says, and the rows of its data. */
export type Item = { readonly tip: TipText; readonly datum: Readonly<Record<string, unknown>> };

export type Body = { readonly items: readonly Item[]; readonly body: object };

/** Labels of the places of an axis, each its own. */
export function placesOf(axis: FigureAxis, how?: Tongue): string[] {
  const used = new Set<string>();
  const texts =
    axis.scale === 'category'
      ? axis.keys.map((key) => (key === null ? words.null : key === '' ? words.empty : String(key)))
      : axis.scale === 'number'
        ? axis.values.map((value) => `${numberText(value)} – ${numberText(Number((value + axis.bin).toPrecision(12)))}`)
        : axis.values.map((value) => timeText(value, axis.every, how));
  return texts.map((text) => {
    let label = text;
    while (used.has(label)) label += '\u200b';
    used.add(label);
    return label;
  });
}

export const axisOf = (field: string, places: readonly string[], title: string, width: number, rows = false) => ({
  field,
  type: 'nominal',
  sort: null,
  title,
  scale: { domain: places, padding: 0.04 },
  axis: {
    domain: false,
    ticks: false,
    grid: false,
    titleLimit: width,
    labelLimit: rows ? Math.max(60, width / 4) : 110,
    labelOverlap: true,
    ...(rows ? LEVEL : { labelAngle: places.join('').length * 7 > width * 0.8 ? -40 : 0 }),
  },
});

/** Elements of one kind alone. */
export const only = (kind: string): readonly object[] => [{ filter: { field: 'kind', equal: kind } }];
