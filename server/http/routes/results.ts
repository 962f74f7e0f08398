/** Results: their shape, and windows of their rows in every format, whole ones with ranges where they are prepared. No call here runs a query again. */
import { Type } from '@sinclair/typebox';
import { AnyAnswer } from '../../protocol/chart/answer.ts';
import { publishedSpec } from '../../protocol/chart/published.ts';
import { EVERYTHING, MAX_TEXT } from '../../protocol/table/narrow.ts';
import { ColumnProfile } from '../../protocol/table/profile.ts';
import { RangeSums } from '../../protocol/table/sums.ts';
import type { Format } from '../../results/contract.ts';
import { find, formatQuery, NarrowQuery, namesOf, narrowOf, SortQuery, sortOf, specOf, windowOf } from '../asked.ts';
import { CACHED } from '../cached.ts';
import { dated, isDated } from '../dated.ts';
import { ranged } from '../range.ts';
import { route } from '../route.ts';
import { Column, Id, WithId } from '../schemas.ts';

const tag = 'results';
/** What a browser should store rather than show. */
const DOWNLOADS: ReadonlySet<Format> = new Set(['csv', 'tsv', 'jsonl', 'parquet', 'xlsx']);

/** Dates of the notebook stand on it, and they change. */
const DATED_CACHE = { 'cache-control': 'no-store' };

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
      const told = allowed.rows ? columns : allowed.columns;
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
        ...formatQuery('json'),
      },
      { additionalProperties: false },
    ),
    answers: { 200: 'application/json', 206: 'application/octet-stream', 416: 'application/json' },
    async handle({ params, query, services, signal, method, headers, view, access, who, principal }) {
      const { id, notebook, asker } = await find({ services, access, view, principal }, params.id, 'rows');
      const { format } = query;
      const attachment = DOWNLOADS.has(format) ? { 'content-disposition': 'attachment' } : {};
      const note = (): void =>
        access.audit.note({ event: 'export', by: who, on: notebook, detail: `result ${id} as ${format}` });
      const window = windowOf(query);
      if (window.limit === undefined && window.offset === 0) {
        // A range is of bytes that are made again: their hash says whether they are the same.
        const mayWait = headers.range !== undefined && method !== 'HEAD';
        const prepared = await services.results.prepared(id, window, mayWait, signal, asker);
        const answer = prepared && (await ranged(prepared, headers, method));
        if (answer) {
          if (method !== 'HEAD') note();
          return { ...answer, headers: { ...answer.headers, ...attachment } };
        }
      }
      const limit = method === 'HEAD' ? 0 : window.limit;
      const { contentType, body } = await services.results.window(
        id,
        { ...window, ...(limit === undefined ? {} : { limit }) },
        signal,
        asker,
      );
      if (DOWNLOADS.has(format) || limit === undefined) note();
      return { headers: { 'content-type': contentType, ...attachment }, body };
    },
  }),
  route({
    method: 'GET',
    path: '/results/:id/download',
    action: 'notebook.shown',
    target: 'result',
    tag,
    summary:
      'Prepares all rows for a download: how far it is, from 0 to 1, and whether GET …/rows has them with length, ETag and ranges; given up when nobody asks any more',
    params: WithId,
    query: Type.Object({ sort: SortQuery, ...NarrowQuery, ...formatQuery('csv') }, { additionalProperties: false }),
    answers: {
      200: Type.Object({ ready: Type.Boolean(), fraction: Type.Number(), bytes: Type.Integer() }),
    },
    async handle({ params, query, services, signal, access, view, principal }) {
      const { id, asker } = await find({ services, access, view, principal }, params.id, 'rows');
      const now = await services.results.prepare(id, windowOf({ ...query, offset: 0 }), signal, asker);
      if (now.state === 'ready') return { body: { ready: true, fraction: 1, bytes: now.prepared.bytes } };
      return { body: { ready: false, fraction: now.fraction, bytes: now.bytes } };
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
      const found = await find({ services, access, view, principal }, params.id, 'chart');
      const { id, notebook, allowed, asker, seen } = found;
      // Of what shows its chart only, no other chart is drawn, no stretch of it from near, and of no other rows.
      const spec = allowed.rows ? specOf(query.spec) : publishedSpec(allowed.chart);
      const narrow = allowed.rows ? narrowOf(query) : EVERYTHING;
      const drawn = await services.results.chart(id, spec, narrow, signal, asker);
      const { contentType, body } = await dated(drawn, notebook, seen, services.live);
      const cache = isDated(seen) ? DATED_CACHE : CACHED;
      return { headers: { 'content-type': contentType, ...cache }, body };
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
