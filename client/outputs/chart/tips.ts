/** What the tip says of the place under the pointer. Pure: the plot says which place that is. */
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';
import { chart as charts } from '../../words/chart.ts';
import { type Mark, placeText, type Series } from './series.ts';
import { numberText } from './texts.ts';
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
  const panel = [first.row, first.column].filter((label) => label !== undefined).join(', ');
  const head = panel === '' ? placeText(answer, first.x) : `${panel} · ${placeText(answer, first.x)}`;
  if (answer.mark === 'map' || (answer.mark === 'point' && answer.y.aggregate === 'none')) {
    const rowsIn = answer.notes.some(({ kind }) => kind === 'cells') ? first.count : undefined;
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
        ...(first.size === undefined ? [] : [{ name: titles.size, value: numberText(first.size) }]),
        ...(first.tip ?? []).map((value, index) => ({
          name: titles.tips[index] ?? '',
          value: value ?? charts.null,
        })),
      ],
      ...(rowsIn === undefined ? {} : { foot: charts.rows(rowsIn) }),
    };
  }
  const rows = marks.reduce((sum, { count }) => sum + (count ?? 0), 0);
  const counted = answer.y.aggregate === 'count' || rows === 0 || isOneEach(answer);
  const foot = footOf(answer, series, first, counted ? undefined : rows);
  return {
    head,
    lines: [
      ...(answer.y.high ? spans(marks, titles) : lines(marks, series, titles)),
      ...secondLine(series, first, titles),
    ],
    ...(foot ? { foot } : {}),
  };
}

/** Of a slice its share of the pie; of what was made of rows, how many. */
function footOf(
  { mark }: ChartAnswer,
  { marks, shared }: Series,
  { x, y, row, column }: Mark,
  rows: number | undefined,
) {
  const counted = rows === undefined ? [] : [charts.rows(rows)];
  const whole = mark === 'pie' ? marks : marks.filter((one) => one.x === x && one.row === row && one.column === column);
  const all = whole.reduce((sum, one) => sum + Math.abs(one.y), 0);
  const percent = (of: number, text: (share: string) => string) => (of > 0 ? [text(((100 * y) / of).toFixed(1))] : []);
  const first = marks[0]?.y ?? 0;
  const share =
    mark === 'pie'
      ? percent(all, charts.share)
      : mark === 'funnel'
        ? percent(first, charts.ofFirst)
        : shared && whole.length === 1
          ? percent(all, charts.share)
          : [];
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

function secondLine({ second }: Series, { x, x2 }: Mark, titles: Titles): TipLine[] {
  const found = second?.find((one) =>
    typeof one.x === 'number' && typeof x === 'number' && x2 !== undefined ? one.x >= x && one.x < x2 : one.x === x,
  );
  return found ? [{ name: titles.y2, value: numberText(found.y) }] : [];
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
