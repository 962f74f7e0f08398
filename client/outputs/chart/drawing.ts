/**
 * What a chart is drawn from, and what all specs have in common: the shell around a body, level titles, dates, hues. Fields
 * of a spec are ours, and no expression is in it but constants of ours; names and values of the user are data and titles.
 */
import type { Dated } from '../../../server/protocol/annotations.ts';
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';
import type { Tongue } from '../tongue.ts';
import { LOCALE } from './korean.ts';
import type { Series } from './series.ts';
import type { Titles } from './titles.ts';

export type Look = {
  /** One for each category, in order; then they begin anew. */
  readonly hues: readonly string[];
  /** The others, who are nobody in particular. */
  readonly quiet: string;
  /** What it all stands on. */
  readonly paper?: string;
  /** How figures and dates of axes are written. */
  readonly tongue?: Tongue;
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
  readonly annotations?: readonly Dated[];
  /** The stretch of x that is shown. */
  readonly range?: readonly [number, number] | undefined;
  readonly look: Look;
  /** What is selected: all else is faint. Labels of the legend, and of slices and steps. */
  readonly chosen?: { readonly colours?: readonly string[]; readonly places?: readonly string[] } | undefined;
  readonly whole?: Whole;
};

/** A part of a spec. */
export type Part = Record<string, unknown>;

export const shellOf = (whole: Whole | undefined, { tongue }: Look): Part => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  ...(tongue === 'ko' ? { config: { locale: LOCALE } } : {}),
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

/** Hues of those that are not chosen let the paper through; nothing chosen is all of them. */
export const faint = (
  keys: readonly string[],
  shown: readonly string[],
  chosen: readonly string[] | undefined,
  { paper }: Look,
): string[] => shown.map((hue, at) => (!chosen || chosen.includes(keys[at]!) ? hue : mixed(hue, paper ?? '#ffffff')));

/** How much of a faint hue is left. */
const FAINT = 0.22;

function mixed(hue: string, paper: string): string {
  const [one, other] = [partsOf(hue), partsOf(paper)];
  if (!one || !other) return hue;
  const parts = one.map((part, at) => Math.round(part * FAINT + other[at]! * (1 - FAINT)));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Of `#rgb` and `#rrggbb`. */
function partsOf(hex: string): readonly number[] | undefined {
  const digits = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(hex)?.[1];
  const each = digits?.length === 3 ? [...digits].map((digit) => digit + digit) : digits?.match(/../g);
  return each?.map((part) => Number.parseInt(part, 16));
}

export const shades = (keys: readonly string[], rest: string | undefined, { hues, quiet }: Look): string[] =>
  keys.map((key, index) => (key === rest ? quiet : hues[index % hues.length]!));
