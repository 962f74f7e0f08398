/** What the tip says of the place under the pointer. Pure: the plot says which place that is. */
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';
import { outputs } from '../../words/outputs.ts';
import { numberText } from './figures.ts';
import { type Mark, placeText, type Series } from './series.ts';
import { isOneEach, type Titles } from './titles.ts';

export type TipLine = { readonly name: string; readonly value: string; readonly colour?: string };
export type TipText = { readonly head: string; readonly lines: readonly TipLine[]; readonly foot?: string };

/** Colours in one tip: all there are. */
const MOST_LINES = 10;

/** All marks at one place of x. */
export function tipOf(
  answer: ChartAnswer,
  series: Series,
  titles: Titles,
  marks: readonly Mark[],
): TipText | undefined {
  const [first] = marks;
  if (!first) return undefined;
  const head = placeText(answer, first.x);
  if (answer.mark === 'point' && answer.y.aggregate === 'none') {
    return {
      head: `${titles.x} ${head}`,
      lines: [
        { name: titles.y, value: numberText(first.y) },
        ...(first.colour === undefined
          ? []
          : [
              {
                name: titles.colour,
                value: typeof first.colour === 'number' ? numberText(first.colour) : first.colour,
              },
            ]),
      ],
    };
  }
  const rows = marks.reduce((sum, { count }) => sum + (count ?? 0), 0);
  const counted = answer.y.aggregate === 'count' || rows === 0 || isOneEach(answer);
  const foot = footOf(answer, series, first, counted ? undefined : rows);
  return {
    head,
    lines: answer.y.high ? spans(marks, titles) : lines(marks, series, titles),
    ...(foot ? { foot } : {}),
  };
}

/** Of a slice its share of the pie; of what was made of rows, how many. */
function footOf({ mark }: ChartAnswer, { marks }: Series, { y }: Mark, rows: number | undefined): string {
  const counted = rows === undefined ? [] : [outputs.chart.rows(rows)];
  const all = marks.reduce((sum, one) => sum + one.y, 0);
  const share = mark === 'pie' && all > 0 ? [outputs.chart.share(((100 * y) / all).toFixed(1))] : [];
  return [...share, ...counted].join(' · ');
}

function lines(marks: readonly Mark[], { colours }: Series, titles: Titles): TipLine[] {
  if (!colours) return marks.slice(0, MOST_LINES).map(({ y }) => ({ name: titles.y, value: numberText(y) }));
  const order = new Map(colours.map((colour, index) => [colour, index]));
  return [...marks]
    .sort((a, b) => (order.get(String(a.colour)) ?? 0) - (order.get(String(b.colour)) ?? 0))
    .slice(0, MOST_LINES)
    .map(({ colour, y }) => ({ name: String(colour ?? ''), value: numberText(y), colour: String(colour ?? '') }));
}

/** A thinned line has a lowest and a highest at each place. */
function spans(marks: readonly Mark[], titles: Titles): TipLine[] {
  const groups = Map.groupBy(marks, ({ colour }) => (typeof colour === 'string' ? colour : ''));
  return [...groups].slice(0, MOST_LINES).map(([colour, group]) => {
    const values = group.map(({ y }) => y);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return {
      name: colour || titles.y,
      value: low === high ? numberText(low) : `${numberText(low)} – ${numberText(high)}`,
      ...(colour ? { colour } : {}),
    };
  });
}

/** Places on x in order, each with its marks: what pointer and keys move over. */
export function placesOf(series: Series): readonly { readonly x: string | number; readonly marks: readonly Mark[] }[] {
  const groups = [...Map.groupBy(series.marks, ({ x }) => x)].map(([x, marks]) => ({ x, marks }));
  const order = series.places && new Map(series.places.map((place, index) => [place, index]));
  const rank = (x: string | number): number => (typeof x === 'number' ? x : (order?.get(x) ?? 0));
  return groups.sort((a, b) => rank(a.x) - rank(b.x));
}
