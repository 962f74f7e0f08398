/**
 * A chart as Vega-Lite. The spec is ours alone: fields are `x`, `y`, `low`, …, never a column's name, and no expression is
 * in it; names and values of the user are data and titles. Stacks are made before (`series.ts`), so what is hidden by a click
 * on the legend leaves no hole.
 */
import type { TopLevelSpec } from 'vega-lite';
import type { Annotation } from '../../../server/protocol/annotations.ts';
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';
import { spoken } from '../../frame/spoken.ts';
import { coveredBy, layersOf } from './annotated.ts';
import { numberText } from './figures.ts';
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
  /** A picture that leaves the page says by itself what it shows. */
  readonly whole?: { readonly title: string; readonly notes: readonly string[]; readonly background: string };
};

type Channel = Record<string, unknown>;

export function specOf(drawing: Drawing): TopLevelSpec {
  const { series, width, height, whole } = drawing;
  const base = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...(series.panels ? {} : { width, height }),
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
  return spoken({ ...base, ...bodyOf(drawing) }) as TopLevelSpec;
}

function bodyOf(drawing: Drawing): object {
  switch (drawing.answer.mark) {
    case 'pie':
      return pie(drawing);
    case 'funnel':
      return funnel(drawing);
    case 'map':
      return map(drawing);
    default:
      return drawing.series.panels ? panels(drawing, drawing.series.panels) : paired(drawing);
  }
}

/** Small charts on one scale; their height and width are what is left of the whole's. */
function panels(drawing: Drawing, { row, column }: NonNullable<Series['panels']>): object {
  const { width, height, titles } = drawing;
  const header = { title: null, labelFontSize: 11, labelLimit: 160 };
  const level = { ...header, labelAngle: 0, labelAlign: 'left', labelLimit: PANELS.head - 8 };
  const part = {
    width: Math.max(
      40,
      Math.floor((width - PANELS.side - (row ? PANELS.head : 0)) / (column?.length ?? 1)) - PANELS.gap,
    ),
    height: Math.max(40, Math.floor((height - PANELS.foot) / (row?.length ?? 1)) - PANELS.gap),
  };
  const small = { ...drawing, ...part, titles: { ...titles, y: '' } };
  return {
    facet: {
      ...(row ? { row: { field: 'row', type: 'nominal', sort: [...row], header: level } } : {}),
      ...(column ? { column: { field: 'column', type: 'nominal', sort: [...column], header } } : {}),
    },
    spacing: PANELS.gap,
    // What is measured says the title above; beside each panel it would be said over the next one.
    spec: { ...part, ...annotated(small, flat(small)) },
    autosize: 'pad',
  };
}

/** Pixels beside small charts for axes and headers, and between them. */
const PANELS = { side: 70, head: 64, foot: 76, gap: 18 } as const;

function annotated(drawing: Drawing, body: object): object {
  const { answer, annotations = [], width, look } = drawing;
  if (answer.x.scale !== 'time' || annotations.length === 0) return body;
  const { x } = xOf(drawing);
  const layers = layersOf(coveredBy(annotations, spanOf(drawing), width), { ...x, bin: undefined }, look.quiet);
  return layers.length === 0 ? body : { layer: [body, ...layers] };
}

/** What the axis of a continuous x shows. */
function spanOf({ answer: { x }, series, range }: Drawing): [number, number] {
  const values = series.marks.flatMap(({ x: start, x2 }) => [Number(start), x2 ?? Number(start)]);
  const whole: readonly [number, number] = x.scale === 'category' ? [0, 0] : x.domain;
  const domain = range ?? (values.length > 0 ? [Math.min(...values), Math.max(...values)] : whole);
  const [low = 0, high = 0] = widened(
    domain,
    series.marks.some(({ x2 }) => x2 !== undefined),
  );
  return [low, high];
}

/** The second measure is a line on its own axis, at the right. */
function paired(drawing: Drawing): object {
  const { series, look, titles, width } = drawing;
  const first = annotated(drawing, flat(drawing));
  if (!series.second) return first;
  const hue = look.hues[1]!;
  const values = series.second.map(({ y }) => y);
  const axis = { orient: 'right', tickCount: 5, titleColor: hue, labelColor: hue, titleLimit: width, ...LEVEL_RIGHT };
  return {
    layer: [
      first,
      {
        data: { values: series.second },
        mark: {
          type: 'line',
          color: hue,
          strokeWidth: 2,
          ...(values.length <= DOTS ? { point: { size: 24, color: hue } } : {}),
        },
        encoding: {
          x: xOf(drawing).x,
          y: {
            field: 'y',
            type: 'quantitative',
            title: titles.y2,
            scale: { zero: false, nice: true },
            axis: { ...axis, grid: false, ...figures(values) },
          },
        },
      },
    ],
    resolve: { scale: { y: 'independent' } },
  };
}

/** Steps from the widest down, each in the middle. */
function funnel({ series, look, titles, width }: Drawing): object {
  const most = Math.max(0, ...series.marks.map(({ y }) => y));
  const shares = series.marks.map((mark) => ({
    ...mark,
    low: -mark.y / 2,
    high: mark.y / 2,
    said: `${numberText(mark.y)}  ·  ${most > 0 ? Math.round((1000 * mark.y) / (series.marks[0]?.y || 1)) / 10 : 0} %`,
  }));
  const y = {
    field: 'x',
    type: 'nominal',
    sort: null,
    title: titles.colour,
    scale: { domain: series.places ?? [], paddingInner: 0.16 },
    axis: { grid: false, domain: false, ticks: false, labelLimit: Math.max(60, width / 4), ...LEVEL },
  };
  const x = { field: 'low', type: 'quantitative', axis: null, scale: { domain: [-most / 2, most / 2], nice: false } };
  return {
    data: { values: shares },
    layer: [
      { mark: { type: 'bar', color: look.hues[0]!, opacity: 0.35 }, encoding: { y, x, x2: { field: 'high' } } },
      {
        mark: { type: 'text', fontSize: 12, tooltip: null },
        encoding: { y, x: { datum: 0, type: 'quantitative' }, text: { field: 'said', type: 'nominal' } },
      },
    ],
  };
}

/** On a plain projection, with a net of degrees; nothing is fetched. */
function map(drawing: Drawing): object {
  const { series } = drawing;
  const colour = colourOf(drawing);
  const points = series.marks.map((mark) => ({ ...mark, lon: Number(mark.x), lat: mark.y }));
  const corners = boundsOf(points);
  return {
    projection: { type: 'equirectangular', ...fitted(corners, drawing.width - 20, drawing.height - 20) },
    layer: [
      {
        data: { graticule: { step: stepOf(corners) } },
        mark: {
          type: 'geoshape',
          filled: false,
          stroke: drawing.look.quiet,
          strokeOpacity: 0.25,
          strokeWidth: 0.6,
          clip: true,
        },
      },
      {
        data: { values: points },
        mark: { type: 'circle', ...pointLook(drawing) },
        encoding: {
          longitude: { field: 'lon', type: 'quantitative' },
          latitude: { field: 'lat', type: 'quantitative' },
          ...(colour ? { color: colour } : {}),
          ...sizeOf(drawing),
        },
      },
    ],
  };
}

/** Scale and middle of the plane, so that the points fill it: the net of degrees goes on beyond. */
function fitted(corners: Corners, width: number, height: number): Channel {
  const [[west, south], [east, north]] = corners;
  const radians = Math.PI / 180;
  const scale = Math.min(width / ((east - west) * radians), height / ((north - south) * radians));
  const [lon, lat] = [((west + east) / 2) * radians, ((south + north) / 2) * radians];
  return { scale, translate: [width / 2 - scale * lon, height / 2 + scale * lat] };
}

type Corners = readonly [readonly [number, number], readonly [number, number]];

/** Around the points, a little wider; a single one has a degree around it. */
function boundsOf(points: readonly { readonly lon: number; readonly lat: number }[]): Corners {
  const [lons, lats] = [points.map(({ lon }) => lon), points.map(({ lat }) => lat)];
  const [west, east] = padded(Math.min(...lons), Math.max(...lons), 180);
  const [south, north] = padded(Math.min(...lats), Math.max(...lats), 90);
  return [
    [west, south],
    [east, north],
  ];
}

function padded(low: number, high: number, most: number): [number, number] {
  if (!Number.isFinite(low)) return [-most, most];
  const by = Math.max(0.5, (high - low) * 0.05);
  return [Math.max(-most, low - by), Math.min(most, high + by)];
}

/** Lines of the net: some of them are to be seen. */
function stepOf([[west, south], [east, north]]: Corners): [number, number] {
  const span = Math.max(east - west, (north - south) * 2);
  const step = [1, 2, 5, 10, 15, 30].find((one) => span / one <= 12) ?? 30;
  return [step, step];
}

/** Many are small and let each other through. */
function pointLook({ series }: Drawing): object {
  const many = series.marks.length;
  return {
    filled: true,
    size: many > 1000 ? 14 : many > 200 ? 24 : 40,
    opacity: many > 1000 ? 0.5 : 0.75,
  };
}

/** By a column, or by the rows of a cell: an area that is twice as large stands for twice as much. */
function sizeOf({ answer, titles, whole }: Drawing): { size?: Channel } {
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
    case 'point':
      return { mark: { type: 'point', ...pointLook(drawing) }, encoding: { ...shared, y, ...sizeOf(drawing) } };
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

function xOf(drawing: Drawing): Record<string, Channel> {
  const { answer, series, titles, width } = drawing;
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
const LEVEL_RIGHT = { ...LEVEL, titleAlign: 'right', titleX: 0 };

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
