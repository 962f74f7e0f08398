/**
 * A chart as Vega-Lite: the body of its mark, with what may lie over it and beside it. Stacks are made before (`series.ts`),
 * so what is hidden by a click on the legend leaves no hole.
 */
import type { TopLevelSpec } from 'vega-lite';
import { spoken } from '../../frame/spoken.ts';
import { coveredBy, layersOf } from './annotated.ts';
import { type Drawing, faint, LEVEL, type Look, type Part, shades, shellOf } from './drawing.ts';
import { colourOf, formatOf, pointLook, sizeOf, spanOf, xOf, yOf } from './encode.ts';
import { map } from './map.ts';
import type { Series } from './series.ts';
import { numberText } from './texts.ts';

export function specOf(drawing: Drawing): TopLevelSpec {
  const { series, width, height, whole, look } = drawing;
  const base = {
    ...shellOf(whole, look),
    ...(series.panels ? {} : { width, height }),
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
const restOf = (rest: string, { hues, quiet }: Look): Part => ({
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
            axis: { ...axis, grid: false, ...formatOf(values, look) },
          },
        },
      },
    ],
    resolve: { scale: { y: 'independent' } },
  };
}

const LEVEL_RIGHT = { ...LEVEL, titleAlign: 'right', titleX: 0 };

/** Steps from the widest down, each in the middle. */
function funnel({ series, look, titles, width, chosen }: Drawing): object {
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
      {
        mark: { type: 'bar', color: look.hues[0]!, opacity: 0.35 },
        encoding: { y, x, x2: { field: 'high' }, ...(chosen?.places ? { color: chosenOf(chosen.places, look) } : {}) },
      },
      {
        mark: { type: 'text', fontSize: 12, tooltip: null },
        encoding: { y, x: { datum: 0, type: 'quantitative' }, text: { field: 'said', type: 'nominal' } },
      },
    ],
  };
}

const chosenOf = (places: readonly string[], look: Look): Part => ({
  condition: { test: { field: 'x', oneOf: [...places] }, value: look.hues[0]! },
  value: faint([''], [look.hues[0]!], [], look)[0]!,
});

function pie({ series, look, whole, titles, width, height, chosen }: Drawing): object {
  const places = series.places ?? [];
  return {
    mark: { type: 'arc', padAngle: 0.006, outerRadius: Math.max(20, Math.min(width, height) / 2 - 14) },
    encoding: {
      theta: { field: 'y', type: 'quantitative', stack: true },
      order: { field: 'place', type: 'quantitative' },
      color: {
        field: 'x',
        type: 'nominal',
        scale: { domain: places, range: faint(places, shades(places, series.rest, look), chosen?.places, look) },
        legend: whole ? { title: titles.x } : null,
      },
    },
    data: { values: series.marks.map((mark) => ({ ...mark, place: places.indexOf(String(mark.x)) })) },
  };
}
