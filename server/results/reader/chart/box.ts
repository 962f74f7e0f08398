/**
 * Boxes: the middle half of a column's values and its median, exact; whiskers to the farthest value within one and a half
 * boxes of it. What lies beyond is counted, and some of it shown where values of single rows may be.
 */
import type { FigureAxis, FigureOf, PlanOf } from '../../../protocol/chart/figures.ts';
import { isPlaced, numberOf, whereOf } from './columns.ts';
import { type Ask, query } from './gather.ts';
import { type Places, placesOf } from './places.ts';

/** Boxes beside each other that still have room for their names. */
const BOXES = 30;
/** Values beyond: more are a line. */
const OUTLIERS = 600;
const REACH = 1.5;

export async function drawBoxes(ask: Ask<PlanOf<'box'>>): Promise<FigureOf<'box'>> {
  const { connection, table, plan, rows } = ask;
  const y = table.columns[plan.y.column]!;
  const places = plan.x ? await placesOf(ask, plan.x, BOXES, 'x') : ONE;
  if (!places) return { mark: 'box', rows, x: { scale: 'category', keys: [] }, boxes: [], notes: [] };
  const value = numberOf(y);
  const placed = [...places.where, isPlaced(y, value)];
  const values = `select ${places.start(places.row)} as k, (${value})::double as v, t.__row as o from ${table.sql}${whereOf(placed)}`;
  const reach = `${REACH} * (q[3] - q[1])`;
  const statement = (end: string) => `with b as (${values}),
      h as materialized (select k, count(*) as n, quantile_cont(v, [0.25, 0.5, 0.75]) as q from b group by k),
      w as materialized (select b.k, min(v) filter (v >= q[1] - ${reach}) as lo, max(v) filter (v <= q[3] + ${reach}) as hi
        from b join h on b.k is not distinct from h.k group by b.k)
      ${end}`;
  const found = await query(
    connection,
    statement(`, c as (select b.k, count(*) filter (v < lo or v > hi) as out from b join w on b.k is not distinct from w.k group by b.k)
      select h.k::double, n::double, q[1], q[2], q[3], lo, hi, out::double
        from h join w on h.k is not distinct from w.k join c on h.k is not distinct from c.k order by 1`),
  );
  const boxes = found.map((row) => ({ place: Number(row[0] ?? 0), row }));
  const { axis, at } = places.axis(boxes.map(({ place }) => place));
  const inOrder = boxes.map((box) => ({ ...box, at: at(box.place) })).sort((a, b) => a.at - b.at);
  const beyond = inOrder.reduce((sum, { row }) => sum + Number(row[7]), 0);
  const outliers =
    plan.outliers && beyond > 0
      ? await query(
          connection,
          statement(`select b.k::double, v from b join w on b.k is not distinct from w.k
            where v < lo or v > hi order by hash(o), o limit ${OUTLIERS}`),
        )
      : [];
  const [count] = await query(connection, `select count(*)::double from ${table.sql}`);
  const drawn = inOrder.reduce((sum, { row }) => sum + Number(row[1]), 0);
  const left = places.where.length === 0 ? Number(count?.[0]) - drawn : 0;
  const order = new Map(inOrder.map((box, index) => [box.at, index]));
  return {
    mark: 'box',
    rows,
    x: shownOf(
      axis,
      inOrder.map((box) => box.at),
    ),
    boxes: inOrder.map(({ row }) => ({
      low: Number(row[5]),
      q1: Number(row[2]),
      median: Number(row[3]),
      q3: Number(row[4]),
      high: Number(row[6]),
      count: Number(row[1]),
      beyond: Number(row[7]),
    })),
    ...(outliers.length > 0
      ? {
          outliers: {
            at: outliers.map((row) => order.get(at(Number(row[0] ?? 0))) ?? 0),
            values: outliers.map((row) => Number(row[1])),
          },
        }
      : {}),
    notes: [
      ...places.notes,
      ...(left > 0 ? [{ kind: 'null' as const, rows: left }] : []),
      ...(outliers.length > 0 && outliers.length < beyond
        ? [{ kind: 'sampled' as const, shown: outliers.length, of: beyond }]
        : []),
    ],
  };
}

/** A category none of whose rows has a value has no box. */
const shownOf = (axis: FigureAxis, at: readonly number[]): FigureAxis =>
  axis.scale === 'category' ? { ...axis, keys: at.map((place) => axis.keys[place] ?? null) } : axis;

const ONE: Places = {
  row: '0',
  start: (key) => key,
  where: [],
  notes: [],
  axis: () => ({ axis: { scale: 'category', keys: [''] }, at: () => 0 }),
};
