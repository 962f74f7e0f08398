/** How places, measures, colours and sizes of a drawing are encoded: the axes, scales and legends of its channels. */

import { type Drawing, dateOf, faint, LEVEL, type Look, type Part, shades } from './drawing.ts';
import { CLOCK, SHORT } from './korean.ts';

export function xOf(drawing: Drawing): Record<string, Part> {
  const { answer, series, titles, width, look } = drawing;
  const { x } = answer;
  if (x.scale === 'category') {
    const places = series.places ?? [];
    const angle = anglesOf(places, width);
    return {
      x: {
        field: 'x',
        type: 'nominal',
        title: titles.x,
        sort: null,
        scale: {
          domain: places,
          ...(answer.mark === 'bar' ? { paddingInner: 0.18, paddingOuter: 0.1 } : { padding: 0.5 }),
        },
        axis: {
          titleLimit: width,
          labelAngle: angle,
          labelLimit: angle === 0 ? Math.max(24, width / places.length) : 120,
          labelOverlap: places.length > 60,
        },
      },
    };
  }
  const isTime = x.scale === 'time';
  const ranged = series.marks.some(({ x2 }) => x2 !== undefined);
  const domain = spanOf(drawing);
  const [low, high] = domain;
  return {
    x: {
      field: 'x',
      type: isTime ? 'temporal' : 'quantitative',
      title: titles.x,
      scale: {
        ...(isTime
          ? { type: 'utc', domainMin: dateOf(low!), domainMax: dateOf(high!) }
          : { zero: false, domain: [low, high] }),
        nice: false,
        clamp: false,
      },
      axis: {
        titleLimit: width,
        labelOverlap: true,
        labelFlush: true,
        tickCount: Math.max(2, Math.round(width / 90)),
        ...(isTime ? { format: CLOCKS[look.tongue ?? 'en'] } : formatOf(domain, look)),
      },
      ...(ranged ? { bin: isTime ? undefined : { binned: true } } : {}),
    },
    ...(ranged ? { x2: { field: 'x2' } } : {}),
  };
}

export function yOf({ answer, series, titles, width, look }: Drawing): Part {
  const values = series.marks.flatMap(({ low, high, y }) =>
    answer.mark === 'line' || answer.mark === 'point' ? [y] : [low, high],
  );
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const shape = answer.mark === 'line' || answer.mark === 'point';
  if (series.shared)
    return {
      field: 'y',
      type: 'quantitative',
      title: titles.y,
      scale: { domain: [Math.min(0, least), Math.max(0, most)], nice: false },
      axis: { tickCount: 5, titleLimit: width, ...LEVEL, format: '.0%' },
    };
  // A line from 990 to 1,010 is no flat line; one from 2 to 1,010 begins at nothing.
  const zero = !shape || (least >= 0 && least < most / 2);
  return {
    field: 'y',
    type: 'quantitative',
    title: titles.y,
    scale: { zero, nice: true },
    axis: { tickCount: 5, titleLimit: width, ...LEVEL, ...formatOf([least, most], look) },
  };
}

export function colourOf({ answer, series, titles, look, chosen, whole }: Drawing): Part | undefined {
  if (!answer.colour) return undefined;
  if (answer.colour.scale === 'number') {
    return {
      field: 'colour',
      type: 'quantitative',
      scale: { scheme: 'viridis' },
      legend: { title: titles.colour, orient: 'right', gradientLength: 140, tickCount: 4 },
    };
  }
  const colours = series.colours ?? [];
  return {
    field: 'colour',
    type: 'nominal',
    scale: { domain: colours, range: faint(colours, shades(colours, series.coloursRest, look), chosen?.colours, look) },
    legend: whole ? { title: titles.colour } : null,
  };
}

/** By a column, or by the rows of a cell: an area that is twice as large stands for twice as much. */
export function sizeOf({ answer, titles, whole }: Drawing): { size?: Part } {
  const cells = answer.notes.some(({ kind }) => kind === 'cells');
  if (!answer.size && !cells) return {};
  return {
    size: {
      field: cells ? 'count' : 'size',
      type: 'quantitative',
      scale: { type: 'linear', zero: true, range: [6, 320] },
      legend: whole && !cells ? { title: titles.size } : null,
    },
  };
}

/** Many are small and let each other through. */
export function pointLook({ series }: Drawing): object {
  const many = series.marks.length;
  return {
    filled: true,
    size: many > 1000 ? 14 : many > 200 ? 24 : 40,
    opacity: many > 1000 ? 0.5 : 0.75,
  };
}

/** What the axis of a continuous x shows. */
export function spanOf({ answer: { x }, series, range }: Drawing): [number, number] {
  const values = series.marks.flatMap(({ x: start, x2 }) => [Number(start), x2 ?? Number(start)]);
  const whole: readonly [number, number] = x.scale === 'category' ? [0, 0] : x.domain;
  const domain = range ?? (values.length > 0 ? [Math.min(...values), Math.max(...values)] : whole);
  const [low = 0, high = 0] = widened(
    domain,
    series.marks.some(({ x2 }) => x2 !== undefined),
  );
  return [low, high];
}

/** 20k and 3M where figures are long; 2만 and 300만 in Korean. */
export function formatOf(values: readonly number[], { tongue }: Look): Part {
  const size = Math.max(...values.map(Math.abs));
  const isLong = size >= LONG;
  if (!isLong && !(size > 0 && size < 0.001)) return {};
  return { format: '~s', labelExpr: isLong && tongue === 'ko' ? SHORT : ZERO };
}

/** d3 writes all ticks with one prefix, nothing too: `0k`. Made of constants, and of nothing that anybody wrote. */
const ZERO = "datum.value == 0 ? '0' : datum.label";

const LONG = 100_000;

/** As tips and tables write times; a name of a month or a day would be of one language. */
const CLOCKS = {
  en: {
    year: '%Y',
    quarter: '%Y-%m',
    month: '%Y-%m',
    week: '%m-%d',
    date: '%m-%d',
    hours: '%H:%M',
    minutes: '%H:%M',
    seconds: '%H:%M:%S',
    milliseconds: '.%L',
  },
  ko: CLOCK,
};

/** A single value has a place in the middle. Bars reach their own ends; a line's dots would be cut in two. */
function widened([from = 0, to = 0]: readonly number[], ranged: boolean): number[] {
  if (from === to) return [from - (Math.abs(from) / 10 || 1), to + (Math.abs(to) / 10 || 1)];
  return ranged ? [from, to] : [from - (to - from) * 0.004, to + (to - from) * 0.004];
}

/** Pixels of a letter of a label. */
const LETTER = 6.6;

/** Level where each name fits, slanted where a slanted one does. */
function anglesOf(places: readonly string[], width: number): number {
  const room = width / Math.max(1, places.length);
  const longest = Math.max(0, ...places.map(widthOf));
  return longest <= room - 6 ? 0 : room >= 14 ? -40 : -90;
}

/** Hangul and Han are twice as wide. */
const widthOf = (text: string): number =>
  [...text.slice(0, 60)].reduce((sum, letter) => sum + (letter > '\u1100' ? 2 : 1), 0) * LETTER;
