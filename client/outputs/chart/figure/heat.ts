/** Cells of two axes, coloured by what is measured in each. */
import type { FigureOf } from '../../../../server/protocol/chart/figures.ts';
import { chart as words } from '../../../words/chart.ts';
import { numberText } from '../texts.ts';
import { axisOf, type Body, type Figure, type Item, placesOf } from './parts.ts';

export function heat(answer: FigureOf<'heat'>, { titles, width, whole }: Figure): Body {
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
