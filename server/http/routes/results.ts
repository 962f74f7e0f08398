/** Results: their shape, and windows of their rows in every format. No call here runs a query again. */
import { Type } from '@sinclair/typebox';
import { askerOf } from '../../access/asker.ts';
import { AppError } from '../../errors.ts';
import { AnyAnswer } from '../../protocol/chart/answer.ts';
import { drawnColumns, publishedSpec } from '../../protocol/chart/published.ts';
import { type ChartSpec, readSpec } from '../../protocol/chart.ts';
import { parseId, type ResultId } from '../../protocol/ids.ts';
import { keyIn, notebookIn } from '../../protocol/keys.ts';
import {
  EVERYTHING,
  isText,
  MAX_FILTERS_TEXT,
  MAX_TEXT,
  type Narrow,
  readFilters,
} from '../../protocol/table/narrow.ts';
import { ColumnProfile } from '../../protocol/table/profile.ts';
import { RangeSums } from '../../protocol/table/sums.ts';
import { type Format, type ResultInfo, SEPARATORS, type Sort, type Written } from '../../results/contract.ts';
import { type Circumstances, route } from '../route.ts';
import { Column, Id, WithId } from '../schemas.ts';
import { type Allowed, requireResult } from '../seen.ts';
import { runsHolding } from '../whose.ts';

const tag = 'results';
const FORMATS = ['json', 'arrow', 'csv', 'tsv', 'parquet'] as const satisfies readonly Format[];
/** What a browser should store rather than show. */
const DOWNLOADS: ReadonlySet<Format> = new Set(['csv', 'tsv', 'parquet']);

/** A result never changes; its access may: what one account was shown is not another's that uses the same browser. */
const CHART_CACHE = { 'cache-control': 'private, max-age=3600', vary: 'cookie, authorization' };

async function find(
  { services, access, view, principal }: Pick<Circumstances, 'services' | 'access' | 'view' | 'principal'>,
  id: string,
  wants: 'rows' | 'drawing',
): Promise<ResultInfo & { readonly allowed: Allowed; readonly asker: string }> {
  const parsed = parseId<ResultId>(id);
  const runs = parsed && (await runsHolding(parsed, 'result', { services, principal }));
  const info = runs && (await services.results.info(parsed));
  const notebook = info && services.workspace.get(info.notebook);
  // The evaluator was asked about the notebook that the id names.
  const key = info && keyIn(info.id);
  if (!runs || !key || !notebook || notebookIn(key) !== info.notebook) throw new AppError('not-found', 'result');
  const asker = askerOf(access.store.book(), principal, info.notebook);
  return { ...info, asker, allowed: await requireResult(runs, services.live, view(notebook), info, wants) };
}

const SortQuery = Type.Optional(
  Type.String({
    maxLength: 10_000,
    description: 'Columns by comma, `-` before one for descending; or a JSON array of these',
  }),
);

const NarrowQuery = {
  filter: Type.Optional(
    Type.String({
      maxLength: MAX_FILTERS_TEXT,
      description:
        'JSON array; all must hold: {"column", "is": "range", "from", "to", "below"}, {"is": "contains" | "equals" | "starts", "text"}, {"is": "among", "values"}, {"is": "null" | "present"}',
    }),
  ),
  search: Type.Optional(
    Type.String({ maxLength: MAX_TEXT, description: 'What some column of text contains, in any case' }),
  ),
};

export const resultRoutes = [
  route({
    method: 'GET',
    path: '/results/:id',
    action: 'notebook.read',
    target: 'result',
    tag,
    summary: 'A result’s rows, bytes and columns',
    params: WithId,
    answers: {
      200: Type.Object({
        id: Id,
        notebook: Id,
        run: Id,
        rows: Type.Integer(),
        bytes: Type.Integer(),
        columns: Type.Array(Column),
        state: Type.Union((['open', 'kept', 'dropped'] as const).map((state) => Type.Literal(state))),
      }),
    },
    async handle({ params, ...rest }) {
      const { id, notebook, run, rows, bytes, columns, state, allowed } = await find(rest, params.id, 'drawing');
      const told = allowed.rows ? columns : drawnColumns(columns, allowed.chart);
      return { body: { id, notebook, run, rows, bytes, columns: [...told], state } };
    },
  }),
  route({
    method: 'GET',
    path: '/results/:id/rows',
    action: 'notebook.shown',
    target: 'result',
    tag,
    summary: 'A window of rows, sorted and filtered if wished; without limit all rows, streamed',
    params: WithId,
    query: Type.Object(
      {
        offset: Type.Integer({ minimum: 0, default: 0 }),
        limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 40 })),
        sort: SortQuery,
        ...NarrowQuery,
        format: Type.Union(
          FORMATS.map((format) => Type.Literal(format)),
          { default: 'json' },
        ),
        separator: Type.Optional(
          Type.Union(
            SEPARATORS.map((separator) => Type.Literal(separator)),
            { description: 'Of CSV and TSV' },
          ),
        ),
        mark: Type.Optional(
          Type.Boolean({ description: 'CSV and TSV begin with a byte order mark, by which spreadsheets know UTF-8' }),
        ),
        guard: Type.Optional(
          Type.Boolean({ description: 'In CSV and TSV, texts like formulas begin with an apostrophe' }),
        ),
      },
      { additionalProperties: false },
    ),
    answers: { 200: 'application/json' },
    async handle({ params, query, services, signal, method, view, access, who, principal }) {
      const { id, notebook, asker } = await find({ services, access, view, principal }, params.id, 'rows');
      const { offset, format } = query;
      const limit = method === 'HEAD' ? 0 : query.limit;
      const { separator, mark = false, guard = false } = query;
      const written: Written = { ...(separator === undefined ? {} : { separator }), mark, guard };
      const window = {
        offset,
        sort: sortOf(query.sort),
        narrow: narrowOf(query),
        format,
        written,
        ...(limit === undefined ? {} : { limit }),
      };
      const { contentType, body } = await services.results.window(id, window, signal, asker);
      if (DOWNLOADS.has(format) || limit === undefined)
        access.audit.note({ event: 'export', by: who, on: notebook, detail: `result ${id} as ${format}` });
      const attachment = DOWNLOADS.has(format) ? { 'content-disposition': 'attachment' } : {};
      return { headers: { 'content-type': contentType, ...attachment }, body };
    },
  }),
  route({
    method: 'GET',
    path: '/results/:id/chart',
    action: 'notebook.shown',
    target: 'result',
    tag,
    summary: 'A chart of all rows, aggregated where they lie: at most 100 KB, however many rows there are',
    params: WithId,
    query: Type.Object(
      {
        spec: Type.Optional(
          Type.String({
            maxLength: 20_000,
            description:
              'JSON: mark, x, y, y2, colour, size, row, column (column by name, aggregate, bin, unit, sort), tooltip, stack, range, aggregated; without it a chart is chosen',
          }),
        ),
        ...NarrowQuery,
      },
      { additionalProperties: false },
    ),
    answers: { 200: AnyAnswer },
    async handle({ params, query, services, signal, access, view, principal }) {
      const { id, allowed, asker } = await find({ services, access, view, principal }, params.id, 'drawing');
      // Of what shows its chart only, no other chart is drawn, no stretch of it from near, and of no other rows.
      const spec = allowed.rows ? specOf(query.spec) : publishedSpec(allowed.chart);
      const narrow = allowed.rows ? narrowOf(query) : EVERYTHING;
      const { contentType, body } = await services.results.chart(id, spec, narrow, signal, asker);
      return { headers: { 'content-type': contentType, ...CHART_CACHE }, body };
    },
  }),
  route({
    method: 'GET',
    path: '/results/:id/progress',
    action: 'notebook.shown',
    target: 'result',
    tag,
    summary:
      'How far a sorted or filtered view has come that its windows wait for, from 0 to 1, and how many rows match',
    params: WithId,
    query: Type.Object(
      {
        sort: SortQuery,
        ...NarrowQuery,
        enough: Type.Integer({ minimum: 0, default: 0, description: 'Wait a moment for so many rows that match' }),
      },
      { additionalProperties: false },
    ),
    answers: { 200: Type.Object({ fraction: Type.Number(), rows: Type.Integer() }) },
    async handle({ params, query, services, signal, access, view, principal }) {
      const { id, asker } = await find({ services, access, view, principal }, params.id, 'rows');
      const asked = { sort: sortOf(query.sort), narrow: narrowOf(query) };
      return { body: await services.results.progress(id, asked, query.enough, signal, asker) };
    },
  }),
  route({
    method: 'GET',
    path: '/results/:id/profile',
    action: 'notebook.shown',
    target: 'result',
    tag,
    summary: 'A column at a glance: how its values lie, which are frequent, how many are NULL',
    params: WithId,
    query: Type.Object(
      { column: Type.String({ maxLength: MAX_TEXT }), ...NarrowQuery },
      { additionalProperties: false },
    ),
    answers: { 200: ColumnProfile },
    async handle({ params, query, services, signal, access, view, principal }) {
      const { id, asker } = await find({ services, access, view, principal }, params.id, 'rows');
      return { body: await services.results.profile(id, query.column, narrowOf(query), signal, asker) };
    },
  }),
  route({
    method: 'GET',
    path: '/results/:id/sums',
    action: 'notebook.shown',
    target: 'result',
    tag,
    summary: 'What a range of values comes to: count, sum and mean',
    params: WithId,
    query: Type.Object(
      {
        columns: Type.String({ maxLength: 10_000, description: 'JSON array of names' }),
        from: Type.Integer({ minimum: 0, maximum: 2 ** 40, default: 0 }),
        to: Type.Integer({ minimum: 0, maximum: 2 ** 40, description: 'The first row that is not meant any more' }),
        sort: SortQuery,
        ...NarrowQuery,
      },
      { additionalProperties: false },
    ),
    answers: { 200: RangeSums },
    async handle({ params, query, services, signal, access, view, principal }) {
      const { id, asker } = await find({ services, access, view, principal }, params.id, 'rows');
      const asked = { sort: sortOf(query.sort), narrow: narrowOf(query) };
      const range = { columns: namesOf(query.columns), from: query.from, to: Math.max(query.from, query.to) };
      return { body: await services.results.sums(id, asked, range, signal, asker) };
    },
  }),
];

function namesOf(text: string): readonly string[] {
  const names = jsonAt('columns', text);
  if (!Array.isArray(names) || !names.every(isText))
    throw new AppError('bad-request', 'the query at /columns is no array of names');
  if (names.length === 0) throw new AppError('bad-request', 'the query at /columns names none');
  return names;
}

export function specOf(text: string | undefined): ChartSpec {
  if (text === undefined || text === '') return {};
  const spec = readSpec(jsonAt('spec', text));
  if (!spec) throw new AppError('bad-request', 'the query at /spec is no chart');
  return spec;
}

function jsonAt(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('bad-request', `the query at /${name} is no JSON`);
  }
}

export function narrowOf({ filter, search }: { readonly filter?: string; readonly search?: string }): Narrow {
  if (search !== undefined && !isText(search)) throw new AppError('bad-request', 'the query at /search is no text');
  const searched = search === undefined || search === '' ? {} : { search };
  if (filter === undefined || filter === '') return { filters: [], ...searched };
  const filters = readFilters(jsonAt('filter', filter));
  if (!filters) throw new AppError('bad-request', 'the query at /filter is no array of filters');
  return { filters, ...searched };
}

/** `-a,b`, or `["-a","b"]` where a name holds a comma. */
export function sortOf(text: string | undefined): Sort {
  if (text === undefined || text === '') return [];
  return keysOf(text).map((key) => {
    const descending = key.startsWith('-');
    const column = descending ? key.slice(1) : key;
    if (column === '') throw new AppError('bad-request', 'the query at /sort: a column has no name');
    return { column, descending };
  });
}

function keysOf(text: string): readonly string[] {
  if (!text.startsWith('[')) return text.split(',');
  const value = jsonAt('sort', text);
  if (!Array.isArray(value) || !value.every((key) => typeof key === 'string'))
    throw new AppError('bad-request', 'the query at /sort is no array of names');
  return value;
}
