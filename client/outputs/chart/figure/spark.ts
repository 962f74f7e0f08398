/** A small line for each row, on a scale of its own, with its last value. */
import type { FigureOf } from '../../../../server/protocol/chart/figures.ts';
import { dateOf, LEVEL } from '../drawing.ts';
import { numberText, timeText } from '../texts.ts';
import { type Body, type Figure, type Item, placesOf } from './parts.ts';

export function sparks(answer: FigureOf<'spark'>, { titles, look, width }: Figure): Body {
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
  const scale = { type: 'utc', domain: [dateOf(from), dateOf(to)], range: [0, width * 0.55] };
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
