/**
 * Cohorts: who came first in the same stretch of time, and how many of them came again in each stretch after it. One pass
 * finds who came when; first stretches and returns follow from that.
 */
import { COHORT_UNITS, type CohortUnit, type FigureOf, type PlanOf } from '../../../protocol/chart/figures.ts';
import { type ChartColumn, groupOf, isPlaced, isZoned } from './columns.ts';
import { extentOf } from './extent.ts';
import { type Ask, query } from './gather.ts';
import { lengthOf } from './units.ts';

/** Stretches that stand in a triangle. */
const MOST = 36;
/** So many at first. */
const FEW = 24;

export async function drawCohort(ask: Ask<PlanOf<'cohort'>>): Promise<FigureOf<'cohort'>> {
  const { connection, table, plan, known, rows } = ask;
  const [time, user] = [table.columns[plan.x.column]!, table.columns[plan.y.column]!];
  const { span } = await extentOf(known.extents, connection, table, plan.x.column, 'time');
  const unit = plan.x.unit ?? unitOf(span?.kind === 'time' ? span.wall[1] - span.wall[0] : 0n);
  if (!span) return { mark: 'cohort', rows, unit, cohorts: [], notes: [] };
  const value = groupOf(user);
  const placed = `${isPlaced(time)} and ${value} is not null`;
  const found = await query(
    connection,
    `with e as materialized (select distinct ${value} as u, ${stretchOf(time, unit)} as p from ${table.sql} where ${placed}),
      f as (select u, min(p) as c from e group by u)
      select f.c::double, (e.p - f.c)::double, count(*)::double from e join f on e.u = f.u group by 1, 2 order by 1, 2`,
  );
  const [lost] = await query(
    connection,
    `select count(*) filter (not coalesce(${placed}, false))::double from ${table.sql}`,
  );
  const last = Math.max(...found.map((row) => Number(row[0]) + Number(row[1])));
  const groups = Map.groupBy(found, (row) => Number(row[0]));
  const shown = [...groups].slice(-MOST);
  return {
    mark: 'cohort',
    rows,
    unit,
    cohorts: shown.map(([stretch, group]) => {
      const counts = new Map(group.map((row) => [Number(row[1]), Number(row[2])]));
      const length = Math.min(MOST, last - stretch + 1);
      return {
        start: startOf(stretch, unit),
        size: counts.get(0) ?? 0,
        kept: Array.from({ length }, (_, after) => counts.get(after) ?? 0),
      };
    }),
    notes: [
      ...(groups.size > shown.length ? [{ kind: 'latest' as const, shown: shown.length, of: groups.size }] : []),
      ...(Number(lost?.[0]) > 0 ? [{ kind: 'null' as const, rows: Number(lost?.[0]) }] : []),
    ],
  };
}

const unitOf = (span: bigint): CohortUnit =>
  COHORT_UNITS.find((unit) => span / lengthOf({ count: 1, unit }) < BigInt(FEW)) ?? 'year';

/** Stretches since 1970, of the clock on the wall; weeks begin on Mondays. */
function stretchOf({ name, type }: ChartColumn, unit: CohortUnit): string {
  const wall = isZoned(type) ? `${name}::timestamp` : name;
  return `date_diff('${unit}', date '${unit === 'week' ? '1970-01-05' : '1970-01-01'}', (${wall})::date)`;
}

const DAY = 86_400_000;

/** Milliseconds. */
function startOf(stretch: number, unit: CohortUnit): number {
  switch (unit) {
    case 'day':
      return stretch * DAY;
    case 'week':
      return (4 + stretch * 7) * DAY;
    case 'month':
      return Date.UTC(1970, stretch, 1);
    case 'quarter':
      return Date.UTC(1970, stretch * 3, 1);
    case 'year':
      return new Date(0).setUTCFullYear(1970 + stretch);
  }
}
