/**
 * What a chart is drawn from, and what all specs have in common: the shell around a body, level titles, dates, hues. Fields
 * of a spec are ours, and no expression is in it; names and values of the user are data and titles.
 */
import type { Annotation } from '../../../server/protocol/annotations.ts';
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';
import type { Series } from './series.ts';
import type { Titles } from './titles.ts';

export type Look = {
  /** One for each category, in order; then they begin anew. */
  readonly hues: readonly string[];
  /** The others, who are nobody in particular. */
  readonly quiet: string;
  /** What it all stands on. */
  readonly paper?: string;
};

/** A picture that leaves the page says by itself what it shows. */
export type Whole = { readonly title: string; readonly notes: readonly string[]; readonly background: string };

export type Drawing = {
  readonly answer: ChartAnswer;
  readonly series: Series;
  readonly width: number;
  readonly height: number;
  readonly titles: Pick<Titles, 'x' | 'y' | 'colour'> & Partial<Pick<Titles, 'y2' | 'size'>>;
  /** Dates of the notebook. */
  readonly annotations?: readonly Annotation[];
  /** The stretch of x that is shown. */
  readonly range?: readonly [number, number] | undefined;
  readonly look: Look;
  readonly whole?: Whole;
};

/** A part of a spec. */
export type Part = Record<string, unknown>;

export const shellOf = (whole: Whole | undefined): Part => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  autosize: { type: 'fit', contains: 'padding' },
  padding: whole ? 16 : { left: 4, right: 10, top: 8, bottom: 4 },
  ...(whole
    ? {
        background: whole.background,
        title: {
          text: whole.title,
          subtitle: [...whole.notes],
          subtitleFontSize: 11,
          subtitlePadding: 4,
          fontSize: 14,
        },
      }
    : {}),
});

/** A title that lies level above its axis: Hangul on its side is hard to read. */
export const LEVEL = {
  titleAngle: 0,
  titleAlign: 'left',
  titleAnchor: 'end',
  titleBaseline: 'bottom',
  titleX: 0,
  titleY: -6,
};

/** A bare number would be taken for a year. */
export function dateOf(milliseconds: number): Part {
  const date = new Date(milliseconds);
  return {
    utc: true,
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    date: date.getUTCDate(),
    hours: date.getUTCHours(),
    minutes: date.getUTCMinutes(),
    seconds: date.getUTCSeconds(),
    milliseconds: date.getUTCMilliseconds(),
  };
}

export const shades = (keys: readonly string[], rest: string | undefined, { hues, quiet }: Look): string[] =>
  keys.map((key, index) => (key === rest ? quiet : hues[index % hues.length]!));
