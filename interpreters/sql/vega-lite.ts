/**
 * A Vega-Lite paragraph: the spec is read here and drawn by the page. What it names as data, tables and files of `data/`,
 * is sent beside it, as hidden tables; nothing is loaded from anywhere else. Of large tables the engine makes what is drawn
 * (`vega/push/plan.ts`). What only drawing finds out, the page says.
 */
import { type Field, fieldsOf, strangeField } from '../chart-fields.ts';
import { Failed, type FailureParts, failure } from '../errors.ts';
import { closeNames } from '../likeness.ts';
import {
  type ChartNote,
  type Column,
  type EngineMethods,
  MAX_CHART_ROWS,
  type Outcome,
  type RunRequest,
} from '../protocol.ts';
import type { RunContext } from '../runner.ts';
import type { Asks } from './asks/asks.ts';
import { placeOf } from './positions.ts';
import { type Data, findData, type Source, withNames } from './vega/data.ts';
import { drawing } from './vega/drawing.ts';
import { type Node, NotJson, nodeAt, parseJson, printJson } from './vega/json.ts';

/** Characters of a spec: one that a person or a program wrote has some thousand; more is data, which goes into a table. */
export const MAX_SPEC = 1_000_000;
/** Sources of one chart. */
const MAX_SOURCES = 50;

type Ask = <M extends 'describe' | 'show'>(method: M, params: EngineMethods[M]['params']) => Promise<unknown>;

export async function runVegaLite(
  asks: Pick<Asks, 'ask' | 'texts'>,
  { run, source, name, tables }: RunRequest,
  context: RunContext,
): Promise<Outcome> {
  const ask: Ask = (method, params) => asks.ask({ type: 'ask', call: 0, run, method, params, tables }, context);
  try {
    if (name !== undefined)
      throw new Failed(failure('no-result', `The paragraph is named ${name}, and a chart is no table.`));
    const read = readSpec(source);
    const drawn = await drawing(read.spec, read.sources, {
      columns: (one, sql) =>
        placing(one, source, async () => columnsOf(await ask('describe', { sql }), one, read, source)),
      texts: (one, sql) => placing(one, source, () => asks.texts({ run, tables, sql }, context)),
    });
    const data: { name: string; table: number }[] = [];
    const notes: ChartNote[] = [];
    for (const { name: as, sql, from, note } of drawn.tables) {
      const shown = await show(ask, sql, data.length, from, source);
      if (note) notes.push({ ...note, shown });
      data.push({ name: as, table: data.length });
    }
    const output = { kind: 'chart' as const, spec: drawn.spec, data, ...(notes.length > 0 ? { notes } : {}) };
    context.emit({ type: 'output', run, output });
    return { state: 'done' };
  } catch (error) {
    if (context.signal.aborted) return { state: 'cancelled' };
    if (error instanceof Failed) return { state: 'failed', failure: error.failure };
    throw error;
  }
}

type Spec = {
  readonly root: Node;
  readonly spec: string;
  readonly sources: readonly Source[];
  /** Those that have to be columns of the one source. */
  readonly fields: readonly Field[];
};

/** The spec as it is drawn, and what it draws. Throws `Failed` at the place that is wrong. */
export function readSpec(source: string): Spec {
  if (source.length > MAX_SPEC) {
    const characters = `${source.length.toLocaleString('en-US')} characters; ${MAX_SPEC.toLocaleString('en-US')}`;
    throw new Failed(
      failure('too-large', `The spec has ${characters} can be drawn.`, {
        hint: 'Keep rows in a table or a file, and name it: "data": {"name": "flights"}.',
      }),
    );
  }
  const root = parsed(source);
  if (root.kind !== 'object')
    throw new Failed(
      failure('syntax', 'A Vega-Lite spec is an object: { … }.', {
        ...placeOf(source, root.start),
        length: 1,
        hint: EXAMPLE,
      }),
    );
  const data = findData(root);
  refuse(data, source);
  const spec = printJson(withNames(root));
  const fields = data.sources.length === 1 && !data.own ? fieldsOf(JSON.parse(spec)) : [];
  return { root, spec, sources: data.sources, fields };
}

const EXAMPLE =
  'For example {"data": {"name": "flights"}, "mark": "bar", "encoding": {"x": {"field": "origin"}, "y": {"aggregate": "count"}}}.';

function parsed(source: string): Node {
  try {
    if (source.trim() === '') throw new Failed(failure('syntax', 'The paragraph is empty.', { hint: EXAMPLE }));
    return parseJson(source);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    const { message, at, length } = error;
    throw new Failed(
      failure('syntax', message, {
        ...placeOf(source, at),
        length,
        hint: 'A Vega-Lite spec is JSON; comments may stand in it.',
      }),
    );
  }
}

function refuse({ sources, refused, own }: Data, source: string): void {
  if (refused) {
    throw new Failed(
      failure('refused', `A chart loads nothing from ${refused.name.slice(0, 200)}.`, {
        ...placeOf(source, refused.at),
        length: refused.length,
        hint: 'Put the file into data/ and name it, "url": "data/FILE.csv", or make a table of it first.',
      }),
    );
  }
  if (sources.length === 0 && !own) throw new Failed(failure('no-data', 'The spec names no table.'));
  if (sources.length > MAX_SOURCES)
    throw new Failed(
      failure('too-large', `The spec draws ${sources.length} tables; up to ${MAX_SOURCES} can be sent.`),
    );
}

async function show(ask: Ask, sql: string, table: number, from: Source, source: string): Promise<number> {
  const shown = await placing(from, source, () => ask('show', { sql, table, hidden: true, limit: MAX_CHART_ROWS }));
  return typeof shown === 'object' && shown !== null && 'rows' in shown ? Number(shown.rows) : 0;
}

/** What fails is told of the name in the spec. */
async function placing<T>(one: Source, source: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failed) || error instanceof Strange) throw error;
    throw new Failed(placed(error.failure, one, { ...placeOf(source, one.at), length: one.length }));
  }
}

/** Throws at the first field of the spec that has to be a column and is none. */
function columnsOf(described: unknown, one: Source, { root, fields }: Spec, source: string): readonly Column[] {
  const list: unknown =
    typeof described === 'object' && described !== null && 'columns' in described ? described.columns : undefined;
  if (!Array.isArray(list)) throw new Error('a description without columns');
  const columns = list.map((column: unknown): Column => {
    const [name = '', type = ''] = ['name', 'type'].map((key) => String(Reflect.get(Object(column), key) ?? ''));
    return { name, type };
  });
  const names = columns.map(({ name }) => name);
  const strange = strangeField(fields, names);
  if (strange) throw new Strange(noColumn(strange, one.name, names, partsOf(root, strange, source)));
  return columns;
}

/** A failure that has its place already. */
class Strange extends Failed {}

/** Its place without the quotes. */
function partsOf(root: Node, { path }: Field, source: string): FailureParts {
  const node = nodeAt(root, path);
  return node ? { ...placeOf(source, node.start + 1), length: Math.max(1, node.end - node.start - 2) } : {};
}

function noColumn({ name }: Field, table: string, columns: readonly string[], place: FailureParts) {
  const meant = closeNames(name, columns, 1)[0];
  const there = `It has: ${columns.slice(0, MAX_TOLD).join(', ')}${columns.length > MAX_TOLD ? ', …' : ''}.`;
  return failure('unknown-column', `There is no column “${name}” in ${table}.`, {
    ...place,
    hint: meant === undefined ? there : `Did you mean ${meant}? ${there}`,
    ...(meant === undefined ? {} : { fix: { replacement: JSON.stringify(meant).slice(1, -1) } }),
  });
}

/** Columns named in a hint: about a line. */
const MAX_TOLD = 10;

/** The engine spoke of the query that we made of it: said of the name in the spec. */
function placed(
  { code, message, hint, detail, fix }: Failed['failure'],
  one: Source,
  place: FailureParts,
): Failed['failure'] {
  const rest = { ...(hint === undefined ? {} : { hint }), ...(detail === undefined ? {} : { detail }), ...place };
  switch (code) {
    case 'too-large':
      return {
        ...rest,
        code,
        message: `${one.name} is too large for a chart. ${message}`,
        hint: 'Use coarser bins or units of time, or fewer fields; or use Chart on its table.',
      };
    case 'unknown-table':
      return { ...rest, code, message, ...(fix ? { fix: { replacement: bare(fix.replacement) } } : {}) };
    default:
      return { ...rest, code, message };
  }
}

/** A name in SQL as it is written in JSON. */
const bare = (name: string): string =>
  JSON.stringify(/^".*"$/s.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name).slice(1, -1);
