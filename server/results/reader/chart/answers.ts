/** Rows of a chart's statement as the columns of its answer: categories and colours by their places, what was left out. */
import type { DuckDBValue } from '@duckdb/node-api';
import type { ChartAnswer, ChartX } from '../../../protocol/chart/answer.ts';
import type { ChartNote } from '../../../protocol/chart/note.ts';
import type { ChartPlan } from '../../../protocol/chart/plan.ts';
import { MOST_COLOURS } from './grouped.ts';
import type { Variety } from './known.ts';

export type Row = readonly DuckDBValue[];
type Key = string | number | null;

/** NULL, and what JSON has no number for, is null. */
export function numberFrom(value: DuckDBValue | undefined): number | null {
  const number = typeof value === 'number' ? value : value === null || value === undefined ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}

/** The colour's four columns begin at `first`: place, label, whether it is NULL, how many there are. */
export function colourOf(
  rows: readonly Row[],
  plan: ChartPlan,
  first: number,
  variety: Variety,
  most = MOST_COLOURS,
): { readonly colour?: NonNullable<ChartAnswer['colour']>; readonly notes: readonly ChartNote[] } {
  if (!plan.colour) return { notes: [] };
  if (plan.colour.kind === 'number') {
    return { colour: { scale: 'number', values: rows.map((row) => numberFrom(row[2])) }, notes: [] };
  }
  const keys: Key[] = [];
  for (const row of rows) {
    if (row[first] !== null) keys[Number(row[first])] = row[first + 2] === true ? null : String(row[first + 1]);
  }
  // A colour of the whole result may have no row in a sample of it.
  const known = Array.from(keys, (key) => key ?? null);
  const shown = known.length;
  const together = rows.some((row) => row[first] === null);
  const total = Number(rows[0]?.[first + 3] ?? 0);
  const at = rows.map((row) => (row[first] === null ? shown : Number(row[first])));
  const labels = distinct(known);
  return {
    colour: {
      scale: 'category',
      keys: together ? [...labels, null] : labels,
      ...(together ? { rest: Math.max(1, total - shown) } : {}),
      at,
    },
    notes:
      total > most ? [{ kind: 'top', channel: 'colour', shown: most, of: total, together, ...aboutOf(variety) }] : [],
  };
}

const aboutOf = ({ kind }: Variety): { readonly about?: true } => (kind === 'many' ? { about: true } : {});

export type Fold = { readonly rows: readonly Row[]; readonly x: ChartX; readonly notes: readonly ChartNote[] };

type Category = { readonly place: number; readonly key: Key; readonly number: number | null; readonly first: number };

/** Puts categories in the order wished for: (place, label, is NULL, number, value, rows, first row, each one row, in all, …). */
export function foldOf(found: readonly Row[], plan: ChartPlan, variety: Variety): Fold {
  const drawn =
    plan.mark === 'pie' || plan.mark === 'funnel' ? found.filter((row) => (numberFrom(row[4]) ?? 0) >= 0) : found;
  const lost =
    found.reduce((sum, row) => sum + Number(row[5]), 0) - drawn.reduce((sum, row) => sum + Number(row[5]), 0);
  const categories = new Map<number, Category>();
  for (const row of drawn) {
    if (row[0] === null) continue;
    const place = Number(row[0]);
    const number = numberFrom(row[3]);
    const label = row[2] === true ? null : String(row[1]);
    const key = number !== null && label !== null && Number(label) === number ? number : label;
    const first = Math.min(Number(row[6]), categories.get(place)?.first ?? Number.POSITIVE_INFINITY);
    categories.set(place, { place, key, number, first });
  }
  const order = [...categories.values()].sort(comparison(sortOf(plan, [...categories.values()], found)));
  const at = new Map(order.map(({ place }, index) => [place, index]));
  const together = drawn.some((row) => row[0] === null);
  const total = Number(found[0]?.[8] ?? 0);
  const labels = distinct(order.map(({ key }) => key));
  const notes: ChartNote[] = [];
  if (total > order.length && (together || lost === 0))
    notes.push({ kind: 'top', channel: 'x', shown: order.length, of: total, together, ...aboutOf(variety) });
  if (lost > 0) notes.push({ kind: 'negative', rows: lost });
  return {
    rows: drawn,
    x: {
      scale: 'category',
      keys: together ? [...labels, null] : labels,
      ...(together ? { rest: Math.max(1, total - order.length) } : {}),
      at: drawn.map((row) => (row[0] === null ? order.length : at.get(Number(row[0]))!)),
    },
    notes,
  };
}

/**
 * Numbers and enums have an order of their own. A result with one row a category was put in order by whoever wrote the
 * query; elsewhere the largest comes first.
 */
function sortOf({ x, mark }: ChartPlan, categories: readonly Category[], rows: readonly Row[]) {
  if (x.sort) return x.sort;
  if (mark === 'pie') return 'value';
  if (categories.some(({ number }) => number !== null)) return 'name';
  return rows[0]?.[7] === true ? 'table' : 'value';
}

function comparison(sort: NonNullable<ChartPlan['x']['sort']>): (a: Category, b: Category) => number {
  if (sort === 'value') return (a, b) => a.place - b.place;
  if (sort === 'table') return (a, b) => a.first - b.first;
  const { compare } = new Intl.Collator('en', { numeric: true });
  return (a, b) => {
    if (a.key === null || b.key === null) return a.key === b.key ? 0 : a.key === null ? 1 : -1;
    return a.number !== null && b.number !== null ? a.number - b.number : compare(String(a.key), String(b.key));
  };
}

/** Labels that were cut may be equal: their categories are not. */
function distinct(keys: readonly Key[]): Key[] {
  const seen = new Map<Key, number>();
  return keys.map((key) => {
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count > 1 && typeof key === 'string' ? `${key} (${count})` : key;
  });
}
