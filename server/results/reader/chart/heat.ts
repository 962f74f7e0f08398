/** A measure over two axes at once: one pass into cells, local days and months from those. */
import type { FigureAnswer, FigureOf, PlanOf } from '../../../protocol/chart/figures.ts';
import { numberFrom } from './answers.ts';
import { whereOf } from './columns.ts';
import { type Ask, query, roundedOf } from './gather.ts';
import { measureOf } from './measure.ts';
import { placesOf } from './places.ts';

/** Columns and rows of cells that are still told apart; their answer takes fifty kilobytes. */
const ACROSS = 60;
const UP = 30;

export async function drawHeat(ask: Ask<PlanOf<'heat'>>): Promise<FigureOf<'heat'>> {
  const { connection, table, plan } = ask;
  const across = await placesOf(ask, plan.x, ACROSS, 'x');
  const up = await placesOf(ask, plan.y, UP, 'y');
  const { aggregate } = plan.measure;
  if (!across || !up) return nothing(ask.rows, aggregate);
  const column = plan.measure.column === undefined ? undefined : table.columns[plan.measure.column];
  const measure = measureOf(aggregate, column);
  // A measure that can't be put together again is made of the cells that are drawn.
  const [keyX, keyY] = measure.joins ? [across.row, up.row] : [across.start(across.row), up.start(up.row)];
  const [x, y] = measure.joins ? [across.start('g.a'), up.start('g.b')] : ['g.a', 'g.b'];
  const found = await query(
    connection,
    `with g as materialized (select ${keyX} as a, ${keyY} as b, ${measure.partial.join(', ')}, count(*) as r
        from ${table.sql}${whereOf([...across.where, ...up.where])} group by all)
      select (${x})::double as x, (${y})::double as y, ${measure.whole}, sum(r)::double from g group by 1, 2 order by 1, 2`,
  );
  const cells = found.map((row) => ({ x: Number(row[0]), y: Number(row[1]), row }));
  const [alongX, alongY] = [across.axis(cells.map((one) => one.x)), up.axis(cells.map((one) => one.y))];
  return {
    mark: 'heat',
    rows: ask.rows,
    aggregate,
    x: alongX.axis,
    y: alongY.axis,
    cells: {
      x: cells.map((one) => alongX.at(one.x)),
      y: cells.map((one) => alongY.at(one.y)),
      values: cells.map(({ row }) => numberFrom(row[2])),
      counts: cells.map(({ row }) => Number(row[3])),
    },
    notes: [...across.notes, ...up.notes, ...roundedOf(column, found, 2)],
  };
}

const nothing = (rows: number, aggregate: FigureOf<'heat'>['aggregate']): FigureOf<'heat'> => ({
  mark: 'heat',
  rows,
  aggregate,
  x: EMPTY,
  y: EMPTY,
  cells: { x: [], y: [], values: [], counts: [] },
  notes: [],
});

const EMPTY = { scale: 'category', keys: [] } satisfies Extract<FigureAnswer, { mark: 'heat' }>['x'];
