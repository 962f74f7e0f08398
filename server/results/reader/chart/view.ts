/**
 * Where a histogram looks first. A few values far out squeeze all others into one tall bin; then it shows where the bulk
 * lies, and says how many values are beyond. The bulk is what is left without half a percent at either end (of few rows: a
 * row or three), and all that lies no farther out than the bulk is wide: a hard edge is never cut, and what is beyond is
 * beyond by far. The ends come from a sample, the same one each time; what is counted beyond them is exact.
 */
import { microsOf, numberOf, wallOf, whereOf } from './columns.ts';
import type { Extent, NumberSpan, TimeSpan } from './extent.ts';
import { query, type Source } from './gather.ts';
import type { View } from './known.ts';
import { sampleOf } from './sample.ts';

const WHOLE: View = { kind: 'whole' };
/** Of the rows, what may lie out at either end. */
const SHARE = 0.005;
/** Of few rows as many may, but no more than a twentieth. */
const FEW = 3;
/** The bulk is squeezed where the whole is so many times as wide. */
const SQUEEZED = 10;
/** The same, seen in bins that are coarser than the bulk. */
const COARSE = 0.3;

export const outside = (rows: number): number => Math.max(SHARE * rows, Math.min(FEW, rows / 20));

/** Whether bins that begin at `places` and are `width` wide, with so many rows in each, may hide the bulk in a few of them. */
export function isSqueezed(
  places: readonly (number | null)[],
  counts: readonly (number | null)[],
  width: number,
): boolean {
  const bins = new Map<number, number>();
  places.forEach((place, index) => {
    if (place !== null) bins.set(place, (bins.get(place) ?? 0) + (counts[index] ?? 0));
  });
  const order = [...bins].sort(([a], [b]) => a - b);
  const rows = order.reduce((sum, [, count]) => sum + count, 0);
  const edge = (from: readonly (readonly [number, number])[]): number => {
    let left = outside(rows);
    for (const [place, count] of from) {
      left -= count;
      if (left < 0) return place;
    }
    return 0;
  };
  const [first, last] = [order[0]?.[0] ?? 0, order.at(-1)?.[0] ?? 0];
  return edge(order.toReversed()) - edge(order) + width <= (last - first + width) * COARSE;
}

export async function viewOf(
  source: Source,
  { rows, nulls, infinite }: Extent,
  span: NumberSpan | TimeSpan,
  where: readonly string[],
): Promise<View> {
  const { connection, table, x } = source;
  const value = span.kind === 'time' ? microsOf(x.name) : `(${numberOf(x)})::double`;
  const all = rows - nulls - infinite;
  const share = outside(all) / all;
  const some = sampleOf(rows);
  const [ends] = await query(
    connection,
    `select -quantile_disc(-v, ${1 - share})::double, quantile_disc(v, ${1 - share})::double
      from (select ${value} as v from ${table.sql}${whereOf([...where, ...some.where])})`,
  );
  const [low, high] = (ends ?? []).map(Number);
  if (low === undefined || high === undefined) return WHOLE;
  const width = high - low;
  if (!(width > 0) || Number(span.to) - Number(span.from) < SQUEEZED * width) return WHOLE;
  const [from, to] = [low - width, high + width].map((end) => literalOf(end, span));
  const end = (text: string): string => (span.kind === 'time' ? wallOf(x.type, text) : text);
  const [found] = await query(
    connection,
    `with e as (select min(v) filter (v >= ${from}) as lo, max(v) filter (v <= ${to}) as hi,
        count(*) filter (v < ${from}) as below, count(*) filter (v > ${to}) as above
        from (select ${value} as v from ${table.sql}${whereOf(where)}))
      select (${end('lo')})::double, (${end('hi')})::double, below::double, above::double from e`,
  );
  const [first, last, below, above] = (found ?? []).map(Number);
  if (first === undefined || last === undefined || (!below && !above)) return WHOLE;
  const unit = span.kind === 'time' ? 1000 : 1;
  return { kind: 'bulk', range: [first / unit, last / unit], below: below ?? 0, above: above ?? 0 };
}

const literalOf = (end: number, { kind }: NumberSpan | TimeSpan): string =>
  kind === 'time' ? `${BigInt(Math.round(end))}::bigint` : `${end}::double`;
