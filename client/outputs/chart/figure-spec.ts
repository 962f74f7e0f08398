/**
 * Charts of shapes of their own as Vega-Lite. As in `spec.ts` the fields are ours and no expression is in it. Every element
 * carries what its tip says, so that pointer and keys need know nothing of the mark.
 */
import type { TopLevelSpec } from 'vega-lite';
import type { FigureAnswer, FigureAxis, FigureOf } from '../../../server/protocol/chart/figures.ts';
import { spoken } from '../../frame/spoken.ts';
import { chart as words } from '../../words/chart.ts';
import { numberText, timeText } from './figures.ts';
import type { Look } from './spec.ts';
import type { TipText } from './tips.ts';

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
  readonly whole?: { readonly title: string; readonly notes: readonly string[]; readonly background: string };
};

/** An element of the picture: what it says, and the rows of its data. */
export type Item = { readonly tip: TipText; readonly datum: Readonly<Record<string, unknown>> };

type Body = { readonly items: readonly Item[]; readonly body: object };

export function figureOf(figure: Figure): { readonly spec: TopLevelSpec; readonly items: readonly Item[] } {
  const { width, height, whole } = figure;
  const { items, body } = bodyOf(figure);
  const spec = {
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
    data: { values: items.map(({ datum }, item) => ({ ...datum, item })) },
    ...body,
  };
  return { spec: spoken(spec) as TopLevelSpec, items };
}

function bodyOf(figure: Figure): Body {
  const { answer } = figure;
  switch (answer.mark) {
    case 'box':
      return boxes(answer, figure);
    case 'heat':
      return heat(answer, figure);
    case 'cohort':
      return cohort(answer, figure);
    case 'number':
      return number(answer, figure);
    case 'spark':
      return sparks(answer, figure);
  }
}

/** Labels of the places of an axis, each its own. */
export function placesOf(axis: FigureAxis): string[] {
  const used = new Set<string>();
  const texts =
    axis.scale === 'category'
      ? axis.keys.map((key) => (key === null ? words.null : key === '' ? words.empty : String(key)))
      : axis.scale === 'number'
        ? axis.values.map((value) => `${numberText(value)} – ${numberText(Number((value + axis.bin).toPrecision(12)))}`)
        : axis.values.map((value) => timeText(value, axis.every));
  return texts.map((text) => {
    let label = text;
    while (used.has(label)) label += '\u200b';
    used.add(label);
    return label;
  });
}

const axisOf = (field: string, places: readonly string[], title: string, width: number, rows = false) => ({
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

const LEVEL = { titleAngle: 0, titleAlign: 'left', titleAnchor: 'end', titleBaseline: 'bottom', titleX: 0, titleY: -6 };

function boxes(answer: FigureOf<'box'>, { titles, look, width }: Figure): Body {
  const places = placesOf(answer.x);
  const items = answer.boxes.map(({ low, q1, median, q3, high, count, beyond }, index): Item => {
    const place = places[index] ?? '';
    return {
      datum: { kind: 'box', place, low, q1, median, q3, high },
      tip: {
        head: place === words.empty ? titles.y : place,
        lines: [
          { name: words.figures.median, value: numberText(median) },
          { name: words.figures.middle, value: `${numberText(q1)} – ${numberText(q3)}` },
          { name: words.figures.whiskers, value: `${numberText(low)} – ${numberText(high)}` },
          ...(beyond > 0 ? [{ name: words.figures.beyond, value: words.rows(beyond) }] : []),
        ],
        foot: words.rows(count),
      },
    };
  });
  const points = (answer.outliers?.values ?? []).map((value, index): Item => {
    const place = places[answer.outliers?.at[index] ?? 0] ?? '';
    return {
      datum: { kind: 'point', place, value },
      tip: { head: place, lines: [{ name: titles.y, value: numberText(value) }] },
    };
  });
  const x =
    answer.x.scale === 'category' && places.length === 1 && answer.x.keys[0] === ''
      ? { field: 'place', type: 'nominal', axis: null }
      : axisOf('place', places, titles.x, width);
  const y = {
    type: 'quantitative',
    title: titles.y,
    scale: { zero: false },
    axis: { tickCount: 5, titleLimit: width, ...LEVEL },
  };
  const hue = look.hues[0]!;
  const only = (kind: string) => [{ filter: { field: 'kind', equal: kind } }];
  const size = Math.max(4, Math.min(56, (0.5 * width) / Math.max(1, places.length)));
  return {
    items: [...items, ...points],
    body: {
      layer: [
        {
          transform: only('box'),
          mark: { type: 'rule', color: hue },
          encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
        },
        {
          transform: only('box'),
          mark: { type: 'bar', size, color: hue, opacity: 0.45 },
          encoding: { x, y: { ...y, field: 'q1' }, y2: { field: 'q3' } },
        },
        {
          transform: only('box'),
          mark: { type: 'tick', size, thickness: 2, color: hue },
          encoding: { x, y: { ...y, field: 'median' } },
        },
        {
          transform: only('point'),
          mark: { type: 'point', size: 14, filled: true, color: hue, opacity: 0.5 },
          encoding: { x, y: { ...y, field: 'value' } },
        },
      ],
    },
  };
}

function heat(answer: FigureOf<'heat'>, { titles, width, whole }: Figure): Body {
  const [across, up] = [placesOf(answer.x), placesOf(answer.y)];
  const items = answer.cells.values.map((value, index): Item => {
    const [x, y] = [across[answer.cells.x[index]!] ?? '', up[answer.cells.y[index]!] ?? ''];
    const count = answer.cells.counts[index] ?? 0;
    return {
      datum: { x, y, value },
      tip: {
        head: `${x} · ${y}`,
        lines: [{ name: titles.measure, value: value === null ? words.null : numberText(value) }],
        ...(answer.aggregate === 'count' ? {} : { foot: words.rows(count) }),
      },
    };
  });
  // Numbers and times grow upwards, names are read from the top.
  const rows = answer.y.scale === 'category' ? up : up.toReversed();
  return {
    items,
    body: {
      mark: { type: 'rect' },
      encoding: {
        x: axisOf('x', across, titles.x, width),
        y: axisOf('y', rows, titles.y, width, true),
        color: {
          field: 'value',
          type: 'quantitative',
          scale: { scheme: 'viridis', zero: false },
          legend: { title: whole ? titles.measure : null, orient: 'right', gradientLength: 140, tickCount: 4 },
        },
      },
    },
  };
}

/** Below this share of light letters would not be read on the cell. */
const DARK = 0.85;

function cohort(answer: FigureOf<'cohort'>, { width, look }: Figure): Body {
  const every = { count: 1, unit: answer.unit } as const;
  const longest = Math.max(0, ...answer.cohorts.map(({ kept }) => kept.length));
  const starts = answer.cohorts.map(({ start }) => timeText(start, every));
  const cell = width / (longest + 2);
  const items = answer.cohorts.flatMap(({ size, kept }, index) =>
    kept.map((count, after): Item => {
      const share = size > 0 ? (count ?? 0) / size : 0;
      const percent = `${Math.round(share * 100)}`;
      return {
        datum: {
          start: starts[index],
          after,
          share: after === 0 ? null : share,
          said: after === 0 ? numberText(size) : cell > 30 ? `${percent} %` : percent,
          light: after > 0 && share > DARK,
        },
        tip: {
          head: words.figures.cohort(starts[index] ?? ''),
          lines: [
            { name: words.figures.size, value: numberText(size) },
            ...(after === 0
              ? []
              : [
                  {
                    name: words.figures.after(after, words.units[answer.unit]),
                    value: `${numberText(count ?? 0)} · ${words.share((share * 100).toFixed(1))}`,
                  },
                ]),
          ],
        },
      };
    }),
  );
  const x = {
    field: 'after',
    type: 'ordinal',
    title: words.units[answer.unit],
    axis: { orient: 'top', domain: false, ticks: false, grid: false, labelAngle: 0 },
    scale: { padding: 0.04 },
  };
  const y = axisOf('start', starts, '', width, true);
  return {
    items,
    body: {
      encoding: { x, y },
      layer: [
        {
          mark: { type: 'rect', color: look.hues[0] },
          encoding: {
            opacity: {
              field: 'share',
              type: 'quantitative',
              scale: { domain: [0, 1], range: [0.04, 1] },
              legend: null,
            },
          },
        },
        ...(cell > 18
          ? [
              {
                mark: { type: 'text', fontSize: cell > 30 ? 11 : 9 },
                encoding: {
                  text: { field: 'said', type: 'nominal' },
                  color: { condition: { test: { field: 'light', equal: true }, value: look.paper ?? '#ffffff' } },
                },
              },
            ]
          : []),
      ],
    },
  };
}

function number(answer: FigureOf<'number'>, { titles, look, width, height }: Figure): Body {
  const { value, before, series } = answer;
  const every = series?.every;
  const last = series?.at.at(-1);
  const stretch = last === undefined ? '' : timeText(last, every);
  const said = value === null ? words.null : numberText(value);
  const change = changeOf(value, before);
  const items: Item[] = [
    {
      datum: { kind: 'value', said, under: change ? words.figures.before(change, previousText(answer)) : '', stretch },
      tip: { head: stretch === '' ? titles.measure : stretch, lines: [{ name: titles.measure, value: said }] },
    },
    ...(series?.at ?? []).map(
      (at, index): Item => ({
        datum: { kind: 'line', at, y: series?.values[index] },
        tip: {
          head: timeText(at, every),
          lines: [{ name: titles.measure, value: numberText(series?.values[index] ?? 0) }],
        },
      }),
    ),
  ];
  const only = (kind: string) => [{ filter: { field: 'kind', equal: kind } }];
  const text = (field: string, dy: number, fontSize: number, rest: object = {}) => ({
    transform: only('value'),
    mark: { type: 'text', align: 'center', dy, fontSize, ...rest },
    encoding: { x: { value: width / 2 - 8 }, y: { value: height / 2 - 30 }, text: { field, type: 'nominal' } },
  });
  return {
    items,
    body: {
      layer: [
        text('said', 0, 52, { fontWeight: 600 }),
        text('stretch', -52, 13, { opacity: 0.75 }),
        text('under', 46, 15),
        ...(series && series.at.length > 1
          ? [
              {
                transform: only('line'),
                mark: {
                  type: 'area',
                  color: look.hues[0],
                  opacity: 0.25,
                  line: { color: look.hues[0], strokeWidth: 1.5 },
                },
                encoding: {
                  x: {
                    field: 'at',
                    type: 'temporal',
                    axis: null,
                    scale: { type: 'utc', range: [width * 0.25, width * 0.75] },
                  },
                  y: {
                    field: 'y',
                    type: 'quantitative',
                    axis: null,
                    scale: { zero: false, range: [height - 24, height - 84] },
                  },
                },
              },
            ]
          : []),
      ],
    },
  };
}

/** In percent, where there was something. */
export function changeOf(value: number | null, before: number | null | undefined): string {
  if (value === null || before === null || before === undefined || before === 0) return '';
  const share = (100 * (value - before)) / Math.abs(before);
  const figure = Math.abs(share) >= 100 ? Math.round(Math.abs(share)) : Math.abs(share).toFixed(1);
  return `${share > 0 ? '▲' : share < 0 ? '▼' : '='} ${figure} %`;
}

function previousText({ series }: FigureOf<'number'>): string {
  const at = series?.at.at(-2);
  return at === undefined ? '' : timeText(at, series?.every);
}

function sparks(answer: FigureOf<'spark'>, { titles, look, width }: Figure): Body {
  const names = placesOf({
    scale: 'category',
    keys: answer.keys.map((key) => (typeof key === 'boolean' ? String(key) : key)),
  });
  const [from, to] = [answer.at[0] ?? 0, answer.at.at(-1) ?? 1];
  const items = answer.lines.flatMap((line, index) => {
    const known = line.filter((value) => value !== null);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const last = known.at(-1);
    return line.flatMap((value, at): Item[] => {
      if (value === null) return [];
      const name = names[index] ?? '';
      return [
        {
          datum: {
            name,
            at: answer.at[at],
            level: high > low ? (value - low) / (high - low) : 0.5,
            ...(at === line.findLastIndex((one) => one !== null) ? { said: numberText(last ?? 0), last: true } : {}),
          },
          tip: {
            head: `${name} · ${timeText(answer.at[at] ?? 0, answer.every)}`,
            lines: [{ name: titles.measure, value: numberText(value) }],
          },
        },
      ];
    });
  });
  const y = {
    field: 'name',
    type: 'nominal',
    sort: null,
    title: titles.row,
    scale: { domain: names },
    axis: { domain: false, ticks: false, grid: false, labelLimit: Math.max(60, width / 4), ...LEVEL },
  };
  const step = 24;
  const scale = { type: 'utc', domain: [utc(from), utc(to)], range: [0, width * 0.55] };
  return {
    items,
    body: {
      height: { step },
      autosize: { type: 'pad', contains: 'padding' },
      width: width * 0.72,
      layer: [
        {
          mark: { type: 'line', strokeWidth: 1.4, color: look.hues[0], strokeJoin: 'round' },
          encoding: {
            x: { field: 'at', type: 'temporal', axis: null, scale },
            y,
            yOffset: { field: 'level', type: 'quantitative', scale: { domain: [0, 1], range: [step - 5, 4] } },
            detail: { field: 'name', type: 'nominal' },
          },
        },
        {
          transform: [{ filter: { field: 'last', equal: true } }],
          mark: { type: 'text', align: 'right', fontSize: 12 },
          encoding: { y, x: { value: width * 0.7 }, text: { field: 'said', type: 'nominal' } },
        },
      ],
    },
  };
}

/** A bare number would be taken for a year. */
function utc(milliseconds: number): object {
  const date = new Date(milliseconds);
  return {
    utc: true,
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    date: date.getUTCDate(),
    hours: date.getUTCHours(),
    minutes: date.getUTCMinutes(),
    seconds: date.getUTCSeconds(),
  };
}
