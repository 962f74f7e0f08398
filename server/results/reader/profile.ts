/**
 * Profiles a column: one pass for its ends and counts, one for its bins, and one for its frequent values where they are few
 * enough to be grouped. Of very many values those are looked for that are frequent in a sample; what is told of them is
 * counted. A column is read by itself, so all columns one by one cost what one pass over all of them would.
 */
import type { DuckType } from '../../../interpreters/arrow/types.ts';
import { BINS, type ColumnProfile, MAX_FREQUENT } from '../../protocol/table/profile.ts';
import { isDate, isInteger, isPlaced, microsOf, numberOf, wallOf } from './chart/columns.ts';
import { type Bins, binsOf, exact } from './chart/steps.ts';
import type { Connection } from './engine.ts';
import type { Table } from './tables.ts';

type Column = Table['columns'][number];

/** Values that are grouped whole: a second's work over ten million rows. */
const MOST_GROUPED = 100_000;
/** Numbers and times so few that they are picked from a list, too. */
const FEW = MAX_FREQUENT;
/** Up to here different values are counted exactly. */
const MOST_COUNTED = 10_000;
/** Rows of the sample in which frequent values are looked for. */
const SAMPLE = 100_000;
/** Longer texts are nobody's choice from a list. */
const LONGEST = 200;
const DAY = 86_400_000_000;
/** Steps of time that people say, in microseconds: a bin is a whole number of one of them. */
const UNITS = [1, 1_000, 1_000_000, 60_000_000, 3_600_000_000, DAY] as const;

export async function profileOf(connection: Connection, table: Table, place: number): Promise<ColumnProfile> {
  const column = table.columns[place]!;
  const ask: Ask = async (sql) => (await connection.run(sql, table.values)).getRows();
  const kind = kindOf(column.type);
  const { name } = column;
  if (kind === 'other') {
    const [row] = await ask(`select count(*)::double, count(${name})::double from ${table.sql}`);
    return { rows: Number(row?.[0]), nulls: Number(row?.[0]) - Number(row?.[1]) };
  }
  const stats = await statsOf(ask, table, column, kind);
  const { rows, present, about } = stats;
  const profile: ColumnProfile = { rows, nulls: rows - present };
  if (present === 0) return { ...profile, distinct: { count: 0, about: false } };
  if (kind !== 'truth') profile.ends = [cut(stats.least), cut(stats.greatest)];
  profile.distinct = { count: Math.min(present, about), about: true };
  const bins = await binsIn(ask, table, column, kind, stats);
  if (bins) profile.bins = bins;
  const most = kind === 'text' || kind === 'truth' ? MOST_GROUPED : FEW;
  if (about <= most) {
    const found = await ask(
      `select ${name}::varchar, count(*)::double, count(*) over ()::double from ${table.sql} where ${name} is not null group by ${name} order by 2 desc, 1 limit ${MAX_FREQUENT}`,
    );
    profile.distinct = { count: Number(found[0]?.[2] ?? 0), about: false };
    profile.frequent = { values: valuesOf(found), about: false };
  } else {
    if (about <= MOST_COUNTED) {
      const [row] = await ask(`select count(distinct ${name})::double from ${table.sql}`);
      profile.distinct = { count: Number(row?.[0]), about: false };
    }
    if (kind === 'text') {
      const values = valuesOf(await ask(sampled(table, column, rows)));
      if (values.length > 0) profile.frequent = { values, about: true };
    }
  }
  return profile;
}

type Ask = (sql: string) => Promise<readonly (readonly unknown[])[]>;
type Stats = {
  readonly rows: number;
  readonly present: number;
  /** Different values, about. */
  readonly about: number;
  readonly least: string;
  readonly greatest: string;
  /** Its ends on its axis, where it has one and all of it lies there. */
  readonly span: readonly [number, number] | undefined;
};

async function statsOf(ask: Ask, { sql }: Table, column: Column, kind: ProfileKind): Promise<Stats> {
  const { name, type } = column;
  const [low, high] = [axisOf({ name: 'lo', type }, kind), axisOf({ name: 'hi', type }, kind)];
  const placed = low && high ? `, ${low}, ${high}, ${isPlaced(column, 'lo')} and ${isPlaced(column, 'hi')}` : '';
  const [row = []] = await ask(
    `select n, c, d, lo::varchar, hi::varchar${placed} from (select count(*)::double as n, count(${name})::double as c,
      approx_count_distinct(${name})::double as d, min(${name}) as lo, max(${name}) as hi from ${sql})`,
  );
  const [rows, present, about, least, greatest, from, to, isAll] = row;
  return {
    rows: Number(rows ?? 0),
    present: Number(present ?? 0),
    about: Number(about ?? 0),
    least: String(least),
    greatest: String(greatest),
    span: isAll === true && typeof from === 'number' && typeof to === 'number' ? [from, to] : undefined,
  };
}

async function binsIn(
  ask: Ask,
  { sql }: Table,
  column: Column,
  kind: ProfileKind,
  { span }: Stats,
): Promise<ColumnProfile['bins']> {
  const axis = axisOf(column, kind);
  if (!axis) return undefined;
  // Infinities, NaN, and days beyond the calendar aside.
  const [from, to] =
    span ?? (await ask(`select min(${axis}), max(${axis}) from ${sql} where ${isPlaced(column)}`))[0] ?? [];
  if (typeof from !== 'number' || typeof to !== 'number') return undefined;
  if (kind === 'time' && !isDated(from, to)) return undefined;
  const bins = kind === 'time' ? timeBins(from, to, isDate(column.type)) : numberBins(column.type, from, to);
  const counts = new Array<number>(bins.count).fill(0);
  const key = `floor((${axis} - ${bins.start}::double) / ${bins.step}::double + 1e-9)::integer`;
  // Half the time goes on what is asked of each row beside its bin: where all have a place it is not asked.
  const placed = span ? '' : ` where ${isPlaced(column)}`;
  const found = await ask(`select ${key}, count(*)::double from ${sql}${placed} group by all`);
  for (const [bin, count] of found) {
    if (bin === null) continue;
    counts[Math.max(0, Math.min(Number(bin), bins.count - 1))]! += Number(count);
  }
  return trimmed(bins, counts, edgeOf(column.type, kind));
}

type ProfileKind = 'number' | 'time' | 'text' | 'truth' | 'other';

function kindOf(type: DuckType): ProfileKind {
  switch (type.kind) {
    case 'boolean':
      return 'truth';
    case 'decimal':
      return 'number';
    case 'fixed':
      if (type.arrow.type === 'int' || type.arrow.type === 'float') return 'number';
      return type.arrow.type === 'date' || type.arrow.type === 'timestamp' ? 'time' : 'text';
    case 'text':
      return type.form === 'hugeint' || type.form === 'uhugeint' ? 'number' : 'text';
    case 'enum':
      return 'text';
    case 'bytes':
      return type.sql === 'VARCHAR' ? 'text' : 'other';
    default:
      return 'other';
  }
}

/** Where a value lies: a number, or microseconds of the clock on the wall. */
function axisOf(column: Column, kind: ProfileKind): string | undefined {
  if (kind === 'number') return `(${numberOf(column)})::double`;
  return kind === 'time' ? `(${wallOf(column.type, microsOf(column.name))})::double` : undefined;
}

/** Frequent values of very many: those that stand more than once in every so many-th row. */
function sampled(table: Table, { name }: Column, rows: number): string {
  const every = Math.max(1, Math.floor(rows / SAMPLE));
  const some = `select ${name} from ${table.sql} where __row % ${every} = 0 and ${name} is not null group by ${name} having count(*) > 1 order by count(*) desc limit ${MAX_FREQUENT}`;
  return `select ${name}::varchar, count(*)::double from ${table.sql} where ${name} in (${some}) group by ${name} order by 2 desc, 1`;
}

const valuesOf = (rows: readonly (readonly unknown[])[]): { text: string; count: number }[] =>
  rows
    .map(([text, count]) => ({ text: String(text), count: Number(count) }))
    .filter(({ text }) => text.length <= LONGEST);

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

/** In years that texts of days can say. */
const isDated = (from: number, to: number): boolean => from >= -62_135_596_800_000_000 && to < 253_402_300_800_000_000;

/** Few whole numbers have a bin each. */
function numberBins(type: DuckType, from: number, to: number): Bins {
  const isWhole = isInteger(type) || type.kind === 'text';
  return binsOf(from, to, BINS, isWhole);
}

function timeBins(from: number, to: number, isDay: boolean): Bins {
  const raw = Math.max(1, (to - from) / BINS);
  const unit = isDay ? DAY : (UNITS.findLast((one) => one <= raw) ?? 1);
  const step = Math.max(1, Math.ceil(raw / unit)) * unit;
  const start = Math.floor(from / unit) * unit;
  return { start, step, count: Math.floor((to - start) / step) + 1 };
}

/** Without what is empty at either end. */
function trimmed(
  { start, step }: Bins,
  counts: readonly number[],
  edge: (at: number) => string,
): NonNullable<ColumnProfile['bins']> {
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  const kept = counts.slice(first, last + 1);
  return { edges: Array.from({ length: kept.length + 1 }, (_, at) => edge(start + (first + at) * step)), counts: kept };
}

function edgeOf(type: DuckType, kind: ProfileKind): (at: number) => string {
  if (kind === 'number') return (at) => String(exact(at));
  return (at) => {
    const text = new Date(at / 1000).toISOString();
    const [day = '', time = ''] = text.split('T');
    return isDate(type) ? day : `${day} ${time.slice(0, time.endsWith('.000Z') ? 8 : -1)}`;
  };
}
