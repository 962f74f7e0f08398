/** What calls ask of results in their query: the result itself, if it is theirs, its view, and the form of its rows. */
import { Type } from '@sinclair/typebox';
import { askerOf } from '../access/asker.ts';
import type { View } from '../access/view.ts';
import { AppError } from '../errors.ts';
import { type ChartSpec, readSpec } from '../protocol/chart.ts';
import { parseId, type ResultId } from '../protocol/ids.ts';
import { keyIn, notebookIn } from '../protocol/keys.ts';
import { isText, MAX_FILTERS_TEXT, MAX_TEXT, type Narrow, readFilters } from '../protocol/table/narrow.ts';
import { type Format, type ResultInfo, SEPARATORS, type Sort, type WindowQuery } from '../results/contract.ts';
import type { Circumstances } from './route.ts';
import { type Allowed, requireResult, type Wanted } from './seen.ts';
import { runsHolding } from './whose.ts';

/** Throws AppError not-found where it is absent or not theirs. */
export async function find(
  { services, access, view, principal }: Pick<Circumstances, 'services' | 'access' | 'view' | 'principal'>,
  id: string,
  wants: Wanted,
): Promise<ResultInfo & { readonly allowed: Allowed; readonly asker: string; readonly seen: View }> {
  const parsed = parseId<ResultId>(id);
  const runs = parsed && (await runsHolding(parsed, 'result', { services, principal }));
  const info = runs && (await services.results.info(parsed));
  const notebook = info && services.workspace.get(info.notebook);
  // The evaluator was asked about the notebook that the id names.
  const key = info && keyIn(info.id);
  if (!runs || !key || !notebook || notebookIn(key) !== info.notebook) throw new AppError('not-found', 'result');
  const asker = askerOf(access.store.book(), principal, info.notebook);
  const seen = view(notebook);
  return { ...info, asker, seen, allowed: await requireResult(runs, services.live, seen, info, wants) };
}

export const SortQuery = Type.Optional(
  Type.String({
    maxLength: 10_000,
    description: 'Columns by comma, `-` before one for descending; or a JSON array of these',
  }),
);

export const NarrowQuery = {
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

const FORMATS = ['json', 'jsonl', 'arrow', 'csv', 'tsv', 'parquet', 'xlsx'] as const satisfies readonly Format[];

export const formatQuery = (usual: Format) => ({
  format: Type.Union(
    FORMATS.map((format) => Type.Literal(format)),
    { default: usual },
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
  guard: Type.Optional(Type.Boolean({ description: 'In CSV and TSV, texts like formulas begin with an apostrophe' })),
});

type WindowParameters = {
  readonly offset: number;
  readonly limit?: number;
  readonly sort?: string;
  readonly filter?: string;
  readonly search?: string;
  readonly format: Format;
  readonly separator?: (typeof SEPARATORS)[number];
  readonly mark?: boolean;
  readonly guard?: boolean;
};

export const windowOf = ({
  offset,
  limit,
  format,
  separator,
  mark = false,
  guard = false,
  ...view
}: WindowParameters): WindowQuery => ({
  offset,
  sort: sortOf(view.sort),
  narrow: narrowOf(view),
  format,
  written: { ...(separator === undefined ? {} : { separator }), mark, guard },
  ...(limit === undefined ? {} : { limit }),
});

export function namesOf(text: string): readonly string[] {
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

export function jsonAt(name: string, text: string): unknown {
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
