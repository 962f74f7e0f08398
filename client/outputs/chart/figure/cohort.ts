/** Who began together, and what share of them came again after each stretch of time. */
import type { FigureOf } from '../../../../server/protocol/chart/figures.ts';
import { chart as words } from '../../../words/chart.ts';
import { numberText, timeText } from '../texts.ts';
import { axisOf, type Body, type Figure, type Item } from './parts.ts';

export function cohort(answer: FigureOf<'cohort'>, { width, look }: Figure): Body {
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

/** Below this share of light letters would not be read on the cell. */
const DARK = 0.85;
