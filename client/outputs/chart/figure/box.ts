/** Boxes with whiskers, and the points beyond them. */
import type { FigureOf } from '../../../../server/protocol/chart/figures.ts';
import { chart as words } from '../../../words/chart.ts';
import { LEVEL } from '../drawing.ts';
import { numberText } from '../texts.ts';
import { axisOf, type Body, type Figure, type Item, only, placesOf } from './parts.ts';

export function boxes(answer: FigureOf<'box'>, { titles, look, width }: Figure): Body {
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
