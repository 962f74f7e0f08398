/** One number, with its change and a small area of its past. */
import type { FigureOf } from '../../../../server/protocol/chart/figures.ts';
import { chart as words } from '../../../words/chart.ts';
import { numberText, timeText } from '../texts.ts';
import { type Body, type Figure, type Item, only } from './parts.ts';

export function number(answer: FigureOf<'number'>, { titles, look, width, height }: Figure): Body {
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
