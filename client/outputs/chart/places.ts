/** Places of a plot that pointer and keys go to: along x, or the elements themselves where these are hit. Pure. */
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';
import type { Datum, Picture } from './draw.ts';
import type { Mark, Series } from './series.ts';
import type { placesOf } from './tips.ts';

export type Places = ReturnType<typeof placesOf>;

/** Without an x along which a place could be told: only its elements are. */
export const isPlaceless = ({ mark, facet }: ChartAnswer): boolean =>
  mark === 'pie' || mark === 'funnel' || mark === 'map' || facet !== undefined;

/** Slices and points are hit themselves; everything else by its place. */
export const hitsItems = (answer: ChartAnswer): boolean =>
  isPlaceless(answer) || (answer.mark === 'point' && answer.y.aggregate === 'none');

/** What keys go through. */
export const stopsOf = (
  { answer, series }: { readonly answer: ChartAnswer; readonly series: Series },
  places: Places,
): readonly (readonly Mark[])[] =>
  hitsItems(answer) ? series.marks.map((mark) => [mark]) : places.map(({ marks }) => marks);

export type Nearest = { readonly marks: readonly Mark[]; readonly left: number; readonly right: number };

/** The place whose middle is nearest to a pixel of the plot. */
export function nearestTo(x: number, places: Places, picture: Pick<Picture, 'place' | 'band'>): Nearest | undefined {
  let nearest: (Nearest & { readonly away: number }) | undefined;
  for (const { x: start, marks } of places) {
    const left = picture.place(start);
    const right = marks[0]?.x2 === undefined ? left + picture.band : picture.place(marks[0].x2);
    const away = Math.abs((left + right) / 2 - x);
    if (!nearest || away < nearest.away) nearest = { marks, away, left, right };
  }
  return nearest;
}

/** What Vega says is hovered is one of our marks, with its own additions. */
export function markOf(datum: Datum): Mark | undefined {
  const { x, y, colour, count, size, tip, row, column } = datum;
  if ((typeof x !== 'string' && typeof x !== 'number') || typeof y !== 'number') return undefined;
  return {
    x,
    y,
    low: 0,
    high: y,
    ...(typeof colour === 'string' || typeof colour === 'number' ? { colour } : {}),
    ...(typeof count === 'number' ? { count } : {}),
    ...(typeof size === 'number' ? { size } : {}),
    ...(Array.isArray(tip) ? { tip: tip.map((text) => (typeof text === 'string' ? text : null)) } : {}),
    ...(typeof row === 'string' ? { row } : {}),
    ...(typeof column === 'string' ? { column } : {}),
  };
}
