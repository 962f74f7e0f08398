/** What is asked of results by names of columns, as the reader takes it; and what it means where a name is none. */
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { AppError } from '../errors.ts';
import type { ChartProblem } from '../protocol/chart/plan.ts';
import { uniqueNames } from '../protocol/names.ts';
import type { Column } from '../protocol/outputs.ts';
import { PivotStatement } from '../protocol/pivot/answer.ts';
import type { PivotProblem } from '../protocol/pivot/plan.ts';
import { type Narrow, type NarrowProblem, type PlacedNarrow, placeNarrow } from '../protocol/table/narrow.ts';
import { ColumnProfile } from '../protocol/table/profile.ts';
import { RangeSums } from '../protocol/table/sums.ts';
import type { Progress, Sort } from './contract.ts';
import type { Order, WindowRequest } from './reader/protocol.ts';

/** By the names that JSON and CSV give the columns: a repeated `a` is `a_2`. */
export function orderOf(columns: readonly Column[], sort: Sort): Order {
  return sort.map(({ column, descending }) => ({ column: placeOf(columns, column), descending }));
}

export function placeOf(columns: readonly Column[], name: string): number {
  const place = uniqueNames(columns.map((column) => column.name)).indexOf(name);
  if (place < 0) throw new AppError('unknown-column', name);
  return place;
}

export function narrowOf(columns: readonly Column[], narrow: Narrow): WindowRequest['narrow'] {
  const placed = placeNarrow(narrow, columns);
  if ('problem' in placed) throw unfilterable(placed.problem);
  return mutable(placed.narrow);
}

/** Lists that the wire's schema may call its own. */
const mutable = ({ filters, ...rest }: PlacedNarrow): WindowRequest['narrow'] => ({
  ...rest,
  filters: filters.map((one) => (one.is === 'among' ? { ...one, values: [...one.values] } : one)),
});

function unfilterable(problem: NarrowProblem): AppError {
  switch (problem.kind) {
    case 'unknown-column':
      return new AppError('unknown-column', problem.column);
    case 'not-ranged':
      return new AppError('bad-request', `"${problem.column}" is neither number nor date: it has no range`);
    case 'no-value':
      return new AppError('bad-request', `"${problem.text}" is no value that "${problem.column}" can be compared with`);
  }
}

export function undrawable(problem: ChartProblem): AppError {
  switch (problem.kind) {
    case 'unknown-column':
      return new AppError('unknown-column', problem.column);
    case 'no-columns':
      return new AppError('bad-request', 'the result has no columns to draw');
    case 'missing':
      return new AppError('bad-request', `the chart has no column for ${problem.channel}`);
    case 'not-a-time':
      return new AppError(
        'bad-request',
        `"${problem.column}" is no time, which ${problem.channel} of this chart must be`,
      );
    case 'not-a-number':
      return new AppError(
        'bad-request',
        `"${problem.column}" is no number, which ${problem.channel} of this chart must be`,
      );
  }
}

export function unpivotable(problem: PivotProblem): AppError {
  switch (problem.kind) {
    case 'unknown-column':
      return new AppError('unknown-column', problem.column);
    case 'no-columns':
      return new AppError('bad-request', 'the result has no columns to pivot');
    case 'not-a-date':
      return new AppError('bad-request', `"${problem.column}" is no date: it has no stretches of time`);
    case 'not-a-number':
      return new AppError('bad-request', `"${problem.column}" is no number, which that needs`);
  }
}

const Progressed = Type.Object({ fraction: Type.Number(), rows: Type.Integer() });
export const readProgress = (answer: unknown): Progress => Value.Parse(Progressed, answer);
export const readProfile = (answer: unknown): ColumnProfile => Value.Parse(ColumnProfile, answer);
export const readSums = (answer: unknown): RangeSums => Value.Parse(RangeSums, answer);
export const readStatement = (answer: unknown): PivotStatement => Value.Parse(PivotStatement, answer);
