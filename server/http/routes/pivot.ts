/** Pivots of results, aggregated where their rows lie, and the statements behind them. */
import { Type } from '@sinclair/typebox';
import { AppError } from '../../errors.ts';
import { PivotAnswer, PivotStatement } from '../../protocol/pivot/answer.ts';
import { isFitting } from '../../protocol/pivot/published.ts';
import { type PivotSpec, readPivotSpec } from '../../protocol/pivot.ts';
import { MAX_TEXT } from '../../protocol/table/narrow.ts';
import { find, jsonAt, NarrowQuery, narrowOf } from '../asked.ts';
import { CACHED } from '../cached.ts';
import { route } from '../route.ts';
import { WithId } from '../schemas.ts';

const tag = 'results';

const PivotQuery = Type.Optional(
  Type.String({
    maxLength: 20_000,
    description:
      'JSON: rows, columns (lists of column by name, unit, bin), values (column, aggregate), sort (value, at, descending), rowTotals, columnTotals; without it a pivot is chosen',
  }),
);

export const pivotRoutes = [
  route({
    method: 'GET',
    path: '/results/:id/pivot',
    action: 'notebook.shown',
    target: 'result',
    tag,
    summary: 'A pivot of all rows, aggregated where they lie: rows, columns, values and totals, exact, as text',
    params: WithId,
    query: Type.Object({ spec: PivotQuery, ...NarrowQuery }, { additionalProperties: false }),
    answers: { 200: PivotAnswer },
    async handle({ params, query, services, signal, access, view, principal }) {
      const { id, allowed, asker, columns } = await find({ services, access, view, principal }, params.id, 'pivot');
      // Of what shows its pivot only, there is no other one, of no other rows.
      const shown = allowed.rows ? { spec: pivotSpecOf(query.spec), narrow: narrowOf(query) } : allowed.pivot;
      if (!shown || (!allowed.rows && !isFitting(shown.narrow, columns))) throw new AppError('not-found', 'result');
      const { contentType, body } = await services.results.pivot(id, shown.spec, shown.narrow, signal, asker);
      return { headers: { 'content-type': contentType, ...CACHED }, body };
    },
  }),
  route({
    method: 'GET',
    path: '/results/:id/pivot/sql',
    action: 'notebook.shown',
    target: 'result',
    tag,
    summary: 'The statement that gives the same pivot, over a table of the name given',
    params: WithId,
    query: Type.Object(
      { spec: PivotQuery, table: Type.String({ minLength: 1, maxLength: MAX_TEXT }), ...NarrowQuery },
      { additionalProperties: false },
    ),
    answers: { 200: PivotStatement },
    async handle({ params, query, services, signal, access, view, principal }) {
      const { id, asker } = await find({ services, access, view, principal }, params.id, 'rows');
      const spec = pivotSpecOf(query.spec);
      return { body: await services.results.pivotStatement(id, spec, narrowOf(query), query.table, signal, asker) };
    },
  }),
];

function pivotSpecOf(text: string | undefined): PivotSpec | undefined {
  if (text === undefined || text === '') return undefined;
  const spec = readPivotSpec(jsonAt('spec', text));
  if (!spec) throw new AppError('bad-request', 'the query at /spec is no pivot');
  return spec;
}
