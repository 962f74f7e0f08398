/**
 * Units of time as Vega cuts them (`timeUnit`), as the keys that rows are grouped by: rows of one key are in one unit, and the
 * page cuts a row of the group again to say which. The clock is the one the page shows. Pure.
 */
import { isSpec, type Known, NotPushed } from './kinds.ts';

/** In the order of their names in a unit; what counts from one, and its SQL. */
const PARTS = [
  { name: 'year', phase: 0, sql: (at: string) => `year(${at})` },
  { name: 'quarter', phase: 0, sql: (at: string) => `quarter(${at}) - 1` },
  { name: 'month', phase: 0, sql: (at: string) => `month(${at}) - 1` },
  // Weeks begin on Sundays; days before the first Sunday are in week 0.
  { name: 'week', phase: 1, sql: (at: string) => `(dayofyear(${at}) + 6 - dayofweek(${at})) // 7` },
  { name: 'dayofyear', phase: 1, sql: (at: string) => `dayofyear(${at})` },
  { name: 'date', phase: 1, sql: (at: string) => `day(${at})` },
  { name: 'day', phase: 0, sql: (at: string) => `dayofweek(${at})` },
  { name: 'hours', phase: 0, sql: (at: string) => `hour(${at})` },
  { name: 'minutes', phase: 0, sql: (at: string) => `minute(${at})` },
  { name: 'seconds', phase: 0, sql: (at: string) => `second(${at})` },
  { name: 'milliseconds', phase: 0, sql: (at: string) => `(microsecond(${at}) // 1000) % 1000` },
] as const;

type Part = (typeof PARTS)[number];

/** The keys of the unit; undefined where the values are cut already. */
export function unitKeys(unit: unknown, column: Known): readonly string[] | undefined {
  const given = isSpec(unit) ? unit : { unit };
  // Beside a unit a bound of units says nothing.
  if (typeof given.unit !== 'string' || given.utc === true) throw new NotPushed('other', 'timeUnit');
  if (given.unit.startsWith('binned') || given.binned === true) return undefined;
  if (column.kind !== 'date' && column.kind !== 'time') throw new NotPushed('field', column.name);
  const parts = partsOf(given.unit);
  const step = given.step ?? 1;
  if (typeof step !== 'number' || !Number.isInteger(step) || step < 1) throw new NotPushed('other', 'timeUnit.step');
  const at = column.kind === 'date' ? `${column.sql}::timestamp` : column.sql;
  return parts.map(({ sql, phase }, index) =>
    step > 1 && index === parts.length - 1 ? `(${sql(at)} - ${phase}) // ${step}` : sql(at),
  );
}

/** `yearmonthdate` → its parts. Those of other clocks (`utc…`) and calendars are not ours. */
function partsOf(name: string): readonly Part[] {
  const found: Part[] = [];
  let rest = name;
  for (const part of PARTS) {
    // `day` begins `dayofyear`, which stands before it; `date` and `day` tell themselves apart.
    if (!rest.startsWith(part.name)) continue;
    found.push(part);
    rest = rest.slice(part.name.length);
  }
  if (rest !== '' || found.length === 0) throw new NotPushed('other', `timeUnit: ${name}`);
  return found;
}
