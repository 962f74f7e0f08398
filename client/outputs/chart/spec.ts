/**
 * A chart as Vega-Lite. The spec is ours alone: fields are `x`, `y`, `low`, …, never a column's name, and no expression is
 * in it; names and values of the user are data and titles. Stacks are made before (`series.ts`), so what is hidden by a click
 * on the legend leaves no hole.
 */
import type { TopLevelSpec } from 'vega-lite';
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';
import { spoken } from '../../frame/spoken.ts';
import type { Series } from './series.ts';

export type Look = {
  /** One for each category, in order; then they begin anew. */
  readonly hues: readonly string[];
  /** The others, who are nobody in particular. */
  readonly quiet: string;
};

export type Drawing = {
  readonly answer: ChartAnswer;
  readonly series: Series;
  readonly width: number;
  readonly height: number;
  readonly titles: { readonly x: string; readonly y: string; readonly colour: string };
  /** The stretch of x that is shown. */
  readonly range?: readonly [number, number] | undefined;
  readonly look: Look;
  /** A picture that leaves the page says by itself what it shows. */
  readonly whole?: { readonly title: string; readonly notes: readonly string[]; readonly background: string };
};

type Channel = Record<string, unknown>;

export function specOf(drawing: Drawing): TopLevelSpec {
  const { series, width, height, whole } = drawing;
  const base = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width,
    height,
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
    data: { values: series.marks },
  };
  // What is made of plain objects is checked by the compiler of specs, with a test for each mark.
  return spoken({ ...base, ...(drawing.answer.mark === 'pie' ? pie(drawing) : flat(drawing)) }) as TopLevelSpec;
}

function pie({ series, look, whole, titles, width, height }: Drawing): object {
  const places = series.places ?? [];
  return {
    mark: { type: 'arc', padAngle: 0.006, outerRadius: Math.max(20, Math.min(width, height) / 2 - 14) },
    encoding: {
      theta: { field: 'y', type: 'quantitative', stack: true },
      order: { field: 'place', type: 'quantitative' },
      color: {
        field: 'x',
        type: 'nominal',
        scale: { domain: places, range: shades(places, series.rest, look) },
        legend: whole ? { title: titles.x } : null,
      },
    },
    data: { values: series.marks.map((mark) => ({ ...mark, place: places.indexOf(String(mark.x)) })) },
  };
}

function flat(drawing: Drawing): object {
  const { answer, series, look } = drawing;
  const colour = colourOf(drawing);
  const x = xOf(drawing);
  const y = yOf(drawing);
  const shared = { ...x, ...(colour ? { color: colour } : {}) };
  const several = series.colours !== undefined && !series.stacked;
  switch (answer.mark) {
    case 'line':
      return { mark: lineMark(series), encoding: { ...shared, y } };
    case 'area': {
      const span = { y: { ...y, field: 'low' }, y2: { field: 'high' } };
      return {
        layer: [
          {
            mark: { type: 'area', opacity: several ? 0.18 : series.stacked ? 0.85 : 0.3 },
            encoding: { ...shared, ...span },
          },
          ...(series.stacked ? [] : [{ mark: lineMark(series), encoding: { ...shared, y: { ...y, field: 'high' } } }]),
        ],
      };
    }
    case 'point': {
      const many = series.marks.length;
      return {
        mark: {
          type: 'point',
          filled: true,
          size: many > 1000 ? 14 : many > 200 ? 24 : 40,
          opacity: many > 1000 ? 0.5 : 0.75,
        },
        encoding: { ...shared, y },
      };
    }
    case 'bar':
    case 'histogram': {
      const grouped = several && answer.x.scale === 'category';
      const rest = series.rest === undefined ? undefined : restOf(series.rest, look);
      return {
        mark: { type: 'bar', ...(several && !grouped ? { opacity: 0.6 } : {}) },
        encoding: {
          ...(rest ? { color: rest } : {}),
          ...shared,
          y: { ...y, field: 'low' },
          y2: { field: 'high' },
          ...(grouped ? { xOffset: { field: 'colour', type: 'nominal', scale: { domain: series.colours } } } : {}),
        },
      };
    }
    default:
      return {};
  }
}

/** The others are told from the rest of the bars. */
const restOf = (rest: string, { hues, quiet }: Look): Channel => ({
  condition: { test: { field: 'x', equal: rest }, value: quiet },
  value: hues[0],
});

/** Rows up to which a line shows where its values are. */
const DOTS = 40;

const lineMark = ({ marks, colours }: Series): object => ({
  type: 'line',
  strokeJoin: 'round',
  strokeWidth: marks.length > 600 ? 1.2 : 2,
  ...(marks.length <= DOTS * Math.max(1, colours?.length ?? 1) ? { point: { size: 24 } } : {}),
});

function xOf({ answer, series, titles, range, width }: Drawing): Record<string, Channel> {
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
  const values = series.marks.flatMap(({ x: start, x2 }) => [Number(start), x2 ?? Number(start)]);
  const domain = range ?? (values.length > 0 ? [Math.min(...values), Math.max(...values)] : x.domain);
  const ranged = series.marks.some(({ x2 }) => x2 !== undefined);
  const [low, high] = widened(domain, ranged);
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
        tickCount: Math.max(3, Math.round(width / 90)),
        ...(isTime ? { format: CLOCK } : figures(domain)),
      },
      ...(ranged ? { bin: isTime ? undefined : { binned: true } } : {}),
    },
    ...(ranged ? { x2: { field: 'x2' } } : {}),
  };
}

/** As tips and tables write times; a name of a month or a day would be of one language. */
const CLOCK = {
  year: '%Y',
  quarter: '%Y-%m',
  month: '%Y-%m',
  week: '%m-%d',
  date: '%m-%d',
  hours: '%H:%M',
  minutes: '%H:%M',
  seconds: '%H:%M:%S',
  milliseconds: '.%L',
};

/** A bare number would be taken for a year. */
function dateOf(milliseconds: number): Channel {
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

/** A single value has a place in the middle. Bars reach their own ends; a line's dots would be cut in two. */
function widened([from = 0, to = 0]: readonly number[], ranged: boolean): number[] {
  if (from === to) return [from - (Math.abs(from) / 10 || 1), to + (Math.abs(to) / 10 || 1)];
  return ranged ? [from, to] : [from - (to - from) * 0.004, to + (to - from) * 0.004];
}

function yOf({ answer, series, titles, width }: Drawing): Channel {
  const values = series.marks.flatMap(({ low, high, y }) =>
    answer.mark === 'line' || answer.mark === 'point' ? [y] : [low, high],
  );
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const shape = answer.mark === 'line' || answer.mark === 'point';
  // A line from 990 to 1,010 is no flat line; one from 2 to 1,010 begins at nothing.
  const zero = !shape || (least >= 0 && least < most / 2);
  return {
    field: 'y',
    type: 'quantitative',
    title: titles.y,
    scale: { zero, nice: true },
    axis: { tickCount: 5, titleLimit: width, ...LEVEL, ...figures([least, most]) },
  };
}

/** A title that lies level above its axis: Hangul on its side is hard to read. */
const LEVEL = {
  titleAngle: 0,
  titleAlign: 'left',
  titleAnchor: 'end',
  titleBaseline: 'bottom',
  titleX: 0,
  titleY: -6,
};

/** 20k and 3M where figures are long. */
function figures(values: readonly number[]): Channel {
  const size = Math.max(...values.map(Math.abs));
  return size >= 100_000 || (size > 0 && size < 0.001) ? { format: '~s' } : {};
}

function colourOf({ answer, series, titles, look, whole }: Drawing): Channel | undefined {
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
    scale: { domain: colours, range: shades(colours, series.coloursRest, look) },
    legend: whole ? { title: titles.colour } : null,
  };
}

export const shades = (keys: readonly string[], rest: string | undefined, { hues, quiet }: Look): string[] =>
  keys.map((key, index) => (key === rest ? quiet : hues[index % hues.length]!));

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
