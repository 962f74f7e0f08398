/**
 * How many values a column has, about: that decides how a chart finds the largest of them. To group ten million rows by as
 * many texts takes seconds, so it is only done where there are few enough; a sample says so beforehand.
 */

import type { Connection } from '../engine.ts';
import type { Table } from '../tables.ts';
import { type ChartColumn, groupOf } from './columns.ts';
import { query } from './gather.ts';
import type { Kept } from './kept.ts';
import type { Variety } from './known.ts';
import { sampleOf } from './sample.ts';

export const FEW: Variety = { kind: 'few' };

/** Rows that any grouping gets through in a moment. */
const SHORT = 300_000;
/** Values times a few hundred stretches or bins are groups that fit into the processor's cache. */
const MOST_FEW = 200;
/** Groups that are made within a second. */
const MOST_SOME = 200_000;
/** Where values are counted, one in so many is: thousands of hundreds of thousands. */
const COUNTED = 64;

export const varietyOf = (
  known: Kept<Variety>,
  connection: Connection,
  table: Table,
  column: number,
): Promise<Variety> => known.of(table, `${column}.variety`, () => measure(connection, table, table.columns[column]!));

async function measure(connection: Connection, table: Table, column: ChartColumn): Promise<Variety> {
  const value = groupOf(column);
  const [ends] = await query(connection, `select coalesce(max(t.__row) + 1, 0)::double from ${table.sql}`);
  const rows = Number(ends?.[0]);
  if (rows <= SHORT) return FEW;
  const { where } = sampleOf(rows);
  const [seen] = await query(
    connection,
    `select count(*)::double, count(*) filter (n = 1)::double, count(*) filter (n = 2)::double
      from (select count(*) as n from ${table.sql} where ${where.join(' and ')} group by ${value})`,
  );
  const [values = 0, once = 0, twice = 0] = (seen ?? []).map(Number);
  const about = unseen(values, once, twice);
  if (about <= MOST_FEW) return FEW;
  if (about <= MOST_SOME) return { kind: 'some' };
  const [counted] = await query(
    connection,
    `select count(distinct hash(${value}))::double from ${table.sql} where hash(${value}) % ${COUNTED} = 0`,
  );
  return { kind: 'many', about: Number(counted?.[0]) * COUNTED };
}

/** Chao's estimate: what a sample holds once and twice tells how much of it never came. */
export const unseen = (values: number, once: number, twice: number): number =>
  values + (once * (once - 1)) / (2 * (twice + 1));
