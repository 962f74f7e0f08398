/** A chart as it leaves the page: of a size of its own, saying by itself what it shows, and of which rows. Pure. */
import type { TopLevelSpec } from 'vega-lite';
import type { Dated } from '../../../server/protocol/annotations.ts';
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';
import type { FigureAnswer } from '../../../server/protocol/chart/figures.ts';
import type { Narrow } from '../../../server/protocol/table/narrow.ts';
import { chipText } from '../table/chips.ts';
import type { FigureTitles } from './figure/parts.ts';
import { figureOf } from './figure/spec.ts';
import type { Style } from './look.ts';
import type { Series } from './series.ts';
import { specOf } from './spec.ts';
import { noteTexts, type Titles } from './titles.ts';
import type { Range } from './zoom.ts';

/** In pixels before it is made twice as fine. */
const PICTURE = { width: 960, height: 480 } as const;

export type Whole =
  | { readonly answer: FigureAnswer; readonly titles: FigureTitles }
  | {
      readonly answer: ChartAnswer;
      readonly series: Series;
      readonly titles: Titles;
      readonly range: Range | undefined;
      readonly annotations: readonly Dated[];
    };

export function wholeSpec(drawn: Whole, narrow: Narrow, { look, background }: Style): TopLevelSpec {
  const notes = [...noteTexts(drawn.answer), ...narrow.filters.map(chipText)];
  const whole = { title: drawn.titles.whole, notes, background };
  if (!('series' in drawn)) return figureOf({ ...drawn, ...PICTURE, look, whole }).spec;
  return specOf({ ...drawn, ...PICTURE, look, whole });
}
