/**
 * A figure as Vega-Lite. Every element carries what its tip says, so that pointer and keys need know nothing of the mark. As
 * in `../spec.ts` the fields are ours and no expression is in it.
 */
import type { TopLevelSpec } from 'vega-lite';
import { spoken } from '../../../frame/spoken.ts';
import { shellOf } from '../drawing.ts';
import { boxes } from './box.ts';
import { cohort } from './cohort.ts';
import { heat } from './heat.ts';
import { number } from './number.ts';
import type { Body, Figure, Item } from './parts.ts';
import { sparks } from './spark.ts';

export function figureOf(figure: Figure): { readonly spec: TopLevelSpec; readonly items: readonly Item[] } {
  const { width, height, whole, look } = figure;
  const { items, body } = bodyOf(figure);
  const spec = {
    ...shellOf(whole, look),
    width,
    height,
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
