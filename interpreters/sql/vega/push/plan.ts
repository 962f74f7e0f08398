/**
 * A spec over tables too large to be sent, made into queries for the engine and a spec that draws their rows: view by view, as
 * each has its own encoding. What is aggregated is aggregated in the engine and gives the same picture; lines and points are
 * thinned; of anything else come the first rows, and it is said why. Facts about the rows are asked for, all else is pure.
 */
import { quoteName } from '../../../arrow/names.ts';
import { Failed, failure } from '../../../errors.ts';
import type { ChartNote } from '../../../protocol.ts';
import { columnsFor } from '../data.ts';
import { isAggregated, merged } from './encoding.ts';
import { grouped } from './grouped.ts';
import { type Flow, isSpec, NotPushed, type Spec, type Why, without } from './kinds.ts';
import { repeated } from './repeat.ts';
import { type Extents, stepped } from './steps.ts';
import { FEWEST_STEPS, LINE_STEPS, markOf, ROWS_OF_STEP, sampled, seriesSql, thinnedLine, thinningOf } from './thin.ts';

/** What has to be known of rows before a query of them can be made. */
export type Facts = {
  readonly count: (sql: string) => Promise<number>;
  readonly extents: Extents;
};

/** Said below the chart, once it is known how many rows came. */
export type PlannedNote = Omit<ChartNote, 'shown'>;

/** Rows that a view of the new spec draws, under a name of their own. */
export type PlannedTable = {
  readonly name: string;
  /** The table of the spec that they are made of. */
  readonly table: string;
  readonly sql: string;
  readonly note?: PlannedNote;
};

export type Planned = { readonly spec: Spec; readonly tables: readonly PlannedTable[] };

/** Rows of one table that a page takes. */
export type Limits = { readonly rows: number };

/** `format`: how texts of it are to be read, which the page does. */
type Place = { readonly table: string; readonly flow: Flow; readonly format?: Spec };

/** As many as one chart may name: each is a query and a result of its own. */
export const MOST_TABLES = 100;

/** Views ask the same of the same rows: the engine answers once. */
function asked({ count, extents }: Facts): Facts {
  const counts = new Map<string, ReturnType<Facts['count']>>();
  const ends = new Map<string, ReturnType<Extents>>();
  return {
    count: (sql) => once(counts, sql, () => count(sql)),
    extents: (sql, column) => once(ends, `${column}\n${sql}`, () => extents(sql, column)),
  };
}

function once<T>(known: Map<string, T>, key: string, ask: () => T): T {
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer;
}

export async function plan(
  spec: Spec,
  large: ReadonlyMap<string, Flow>,
  engine: Facts,
  { rows: most }: Limits,
): Promise<Planned> {
  const facts = asked(engine);
  const tables = new Map<string, PlannedTable>();
  const text = JSON.stringify(spec);
  const names = new Set<string>();

  /** Rows of a table that were not changed keep its name. */
  function nameOf(table: string, isPlain: boolean): string {
    if (isPlain && !names.has(table)) return table;
    let name = `${table} #${tables.size + 1}`;
    while (text.includes(JSON.stringify(name)) || names.has(name)) name += '#';
    return name;
  }

  function give(
    table: string,
    sql: string,
    note?: Omit<PlannedNote, 'table'>,
    isPlain = false,
  ): { readonly name: string } {
    const known = tables.get(sql);
    if (known) return { name: known.name };
    if (tables.size >= MOST_TABLES)
      throw new Failed(
        failure('too-large', `The spec draws more than ${MOST_TABLES} tables of its rows; no more can be sent.`),
      );
    const name = nameOf(table, isPlain);
    names.add(name);
    tables.set(sql, { name, table, sql, ...(note ? { note: { ...note, table } } : {}) });
    return { name };
  }

  async function walk(view: Spec, above: Place | undefined): Promise<Spec> {
    const { data } = view;
    let place = above;
    if (data !== undefined && data !== null) {
      const name = isSpec(data) && data.values === undefined ? data.name : undefined;
      const flow = typeof name === 'string' ? large.get(name) : undefined;
      const format = isSpec(data) && isSpec(data.format) && isSpec(data.format.parse) ? { format: data.format } : {};
      place = flow && typeof name === 'string' ? { table: name, flow, ...format } : undefined;
    }
    if (!place) return through(view, (child) => walk(child, undefined));
    const transform = Array.isArray(view.transform) ? view.transform : [];
    if (place.format) return rowsFor(without(view, 'data'), place, { kind: 'other', name: 'format.parse' });
    const { flow, rest, why } = await stepped(place.flow, transform, facts.extents);
    const here = { table: place.table, flow };
    const bare = without(view, 'data', 'transform');
    if (rest.length > 0) return rowsFor({ ...bare, transform: rest }, here, why);
    try {
      return await planned(bare, here);
    } catch (error) {
      if (!(error instanceof NotPushed)) throw error;
      return rowsFor(bare, here, error.why);
    }
  }

  async function planned(view: Spec, place: Place): Promise<Spec> {
    const again = repeated(view);
    if (again) return planned(again, place);
    if (Array.isArray(view.layer)) {
      const above = isSpec(view.encoding) ? view.encoding : {};
      if (['row', 'column', 'facet'].some((channel) => channel in above)) throw new NotPushed('other', 'facet');
      return through(without(view, 'encoding'), (child) =>
        walk({ ...child, encoding: merged(above, isSpec(child.encoding) ? child.encoding : {}) }, place),
      );
    }
    if (['concat', 'hconcat', 'vconcat'].some((key) => key in view))
      return through(view, (child) => walk(child, place));
    if ('facet' in view) return faceted(view, place);
    if ('mark' in view) return unit(view, place);
    throw new NotPushed('other', 'view');
  }

  async function unit(view: Spec, place: Place): Promise<Spec> {
    const encoding = isSpec(view.encoding) ? view.encoding : {};
    if (COMPOSITE.has(markOf(view))) throw new NotPushed('mark', markOf(view));
    if (isAggregated(encoding)) {
      const made = await grouped({ ...view, config: spec.config }, place.flow, facts.extents);
      return { ...view, data: give(place.table, made.sql), encoding: made.encoding };
    }
    const count = await facts.count(place.flow.sql);
    if (count <= most) return rowsFor(view, place, undefined, count);
    const thinning = thinningOf(view, place.flow);
    const columns = columnsIn(view, place.flow);
    if (thinning.kind === 'points') {
      const sql = sampled(place.flow, thinning, columns, count);
      return { ...view, data: give(place.table, sql, { kind: 'sampled', of: count }) };
    }
    const lines = thinning.series.length === 0 ? 1 : await facts.count(seriesSql(place.flow, thinning.series));
    const steps = Math.min(LINE_STEPS, Math.floor(most / (ROWS_OF_STEP * lines)));
    if (steps < FEWEST_STEPS) throw new NotPushed('other', `${lines} lines`);
    const named = [...new Set([...columns, thinning.x.name, thinning.y.name])];
    const sql = thinnedLine(place.flow, thinning, named, steps);
    return { ...view, data: give(place.table, sql, { kind: 'thinned', of: count }) };
  }

  /** Small charts of one view: its groups are those of each small chart. */
  async function faceted(view: Spec, place: Place): Promise<Spec> {
    const child = view.spec;
    if (!isSpec(child) || !('mark' in child) || child.data !== undefined) throw new NotPushed('other', 'facet');
    const { flow, rest, why } = await stepped(
      place.flow,
      Array.isArray(child.transform) ? child.transform : [],
      facts.extents,
    );
    if (rest.length > 0) throw new NotPushed(why?.kind ?? 'transform', why?.name ?? '');
    const { facet } = view;
    if (!isSpec(facet)) throw new NotPushed('other', 'facet');
    const isOne = facet.field !== undefined;
    const sides = isOne ? [{ channel: 'facet', def: facet }] : sidesOf(facet);
    if (!isSpec(child.encoding) || !isAggregated(child.encoding) || COMPOSITE.has(markOf(child)))
      throw new NotPushed('other', 'facet');
    const inner = without(child, 'transform');
    const made = await grouped({ ...inner, config: spec.config }, flow, facts.extents, sides);
    return {
      ...view,
      facet: isOne ? made.extra[0] : Object.fromEntries(sides.map(({ channel }, at) => [channel, made.extra[at]])),
      data: give(place.table, made.sql),
      spec: { ...inner, encoding: made.encoding },
    };
  }

  /** Rows as they are, the first of them where there are too many. */
  async function rowsFor(view: Spec, { table, flow, format }: Place, why?: Why, known?: number): Promise<Spec> {
    const inside = await through(view, (child) => walk(child, undefined));
    const count = known ?? (await facts.count(flow.sql));
    const columns = columnsIn(view, flow);
    const all = columns.length === flow.columns.length ? '*' : columns.map(quoteName).join(', ');
    const sql = `select ${all} from (${flow.sql})${count > most ? ` limit ${most}` : ''}`;
    const note = count > most ? { kind: 'first' as const, of: count, ...(why ? { why } : {}) } : undefined;
    const isPlain = count <= most && flow === large.get(table);
    const data = { ...give(table, sql, note, isPlain), ...(format ? { format } : {}) };
    return { ...without(inside, 'data'), data };
  }

  return { spec: await walk(spec, undefined), tables: [...tables.values()] };
}

/** Made of several marks, with aggregates of their own, and shapes of places. */
const COMPOSITE = new Set(['boxplot', 'errorbar', 'errorband', 'geoshape', 'image']);

const VIEWS = ['layer', 'concat', 'hconcat', 'vconcat'];

/** The view with the views in it as `change` has them. */
async function through(view: Spec, change: (child: Spec) => Promise<Spec>): Promise<Spec> {
  const next: Record<string, unknown> = { ...view };
  for (const key of VIEWS) {
    const list = view[key];
    if (!Array.isArray(list)) continue;
    const changed: unknown[] = [];
    for (const child of list) changed.push(isSpec(child) ? await change(child) : child);
    next[key] = changed;
  }
  if (isSpec(view.spec)) next.spec = await change(view.spec);
  return next;
}

function sidesOf(facet: Spec) {
  return Object.entries(facet).map(([channel, def]) => {
    if (!['row', 'column'].includes(channel) || !isSpec(def)) throw new NotPushed('other', 'facet');
    return { channel, def };
  });
}

const columnsIn = (view: Spec, { columns }: Flow): readonly string[] =>
  columnsFor(
    JSON.stringify(view),
    columns.map(({ name }) => name),
  );
