/**
 * A Vega-Lite paragraph: the spec is read here and drawn by the page. What it names as data, tables and files of `data/`,
 * is sent beside it, as hidden tables; nothing is loaded from anywhere else. What only drawing finds out, the page says.
 */
import { quoteName } from '../arrow/names.ts';
import { type Field, fieldsOf, strangeField } from '../chart-fields.ts';
import { Failed, type FailureParts, failure } from '../errors.ts';
import { closeNames } from '../likeness.ts';
import { type EngineMethods, MAX_CHART_ROWS, type Outcome, type RunRequest } from '../protocol.ts';
import type { RunContext } from '../runner.ts';
import type { Asks } from './asks/asks.ts';
import { placeOf } from './positions.ts';
import { columnsFor, type Data, findData, type Source, withNames } from './vega/data.ts';
import { type Node, NotJson, nodeAt, parseJson, printJson } from './vega/json.ts';

/** Characters of a spec: one that a person or a program wrote has some thousand; more is data, which goes into a table. */
export const MAX_SPEC = 1_000_000;
/** Sources of one chart. */
const MAX_SOURCES = 50;

type Ask = <M extends 'describe' | 'show'>(method: M, params: EngineMethods[M]['params']) => Promise<unknown>;

export async function runVegaLite(
  asks: Pick<Asks, 'ask'>,
  { run, source, name, tables }: RunRequest,
  context: RunContext,
): Promise<Outcome> {
  const ask: Ask = (method, params) => asks.ask({ type: 'ask', call: 0, run, method, params, tables }, context);
  try {
    if (name !== undefined)
      throw new Failed(failure('no-result', `The paragraph is named ${name}, and a chart is no table.`));
    const { root, spec, sources, fields } = readSpec(source);
    const data: { name: string; table: number }[] = [];
    for (const one of sources) {
      await sendRows(ask, one, data.length, { root, spec, source, fields });
      data.push({ name: one.name, table: data.length });
    }
    context.emit({ type: 'output', run, output: { kind: 'chart', spec, data } });
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

async function sendRows(
  ask: Ask,
  one: Source,
  table: number,
  { root, spec, source, fields }: Omit<Spec, 'sources'> & { readonly source: string },
): Promise<void> {
  const place: FailureParts = { ...placeOf(source, one.at), length: one.length };
  const from = one.kind === 'file' ? `'${one.name.replace(/^\.\//, '').replaceAll("'", "''")}'` : quoteName(one.name);
  try {
    const names = namesIn(await ask('describe', { sql: `from ${from}` }));
    const strange = strangeField(fields, names);
    if (strange) throw new Strange(noColumn(strange, one.name, names, partsOf(root, strange, source)));
    const used = columnsFor(spec, names);
    const list = used.length === names.length ? '*' : used.map(quoteName).join(', ');
    await ask('show', { sql: `select ${list} from ${from}`, table, hidden: true, limit: MAX_CHART_ROWS });
  } catch (error) {
    if (!(error instanceof Failed) || error instanceof Strange) throw error;
    throw new Failed(placed(error.failure, one, place));
  }
}

function namesIn(described: unknown): string[] {
  const columns: unknown =
    typeof described === 'object' && described !== null && 'columns' in described ? described.columns : undefined;
  if (!Array.isArray(columns)) throw new Error('a description without columns');
  return columns.map((column: unknown) =>
    typeof column === 'object' && column !== null && 'name' in column ? String(column.name) : '',
  );
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
        hint: 'Aggregate, filter or sample it first, or use Chart on its table.',
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
