/** Asks the server for a pivot of a result, and for the statement behind it. */
import { PivotAnswer, PivotStatement } from '../../../server/protocol/pivot/answer.ts';
import type { PivotSpec } from '../../../server/protocol/pivot.ts';
import type { Narrow } from '../../../server/protocol/table/narrow.ts';
import { askResult, type ResultAnswer } from '../asked.ts';
import { narrowQuery } from '../table/view.ts';

/** Rows of which result, how they come together. */
export type PivotOf = { readonly result: string; readonly spec: PivotSpec; readonly narrow: Narrow };

export const askPivot = (of: PivotOf, signal: AbortSignal): Promise<ResultAnswer<PivotAnswer>> =>
  askResult(PivotAnswer, of.result, 'pivot', queryOf(of), signal);

export const askStatement = (of: PivotOf, table: string, signal: AbortSignal): Promise<ResultAnswer<PivotStatement>> =>
  askResult(PivotStatement, of.result, 'pivot/sql', { ...queryOf(of), table }, signal);

const queryOf = ({ spec, narrow }: PivotOf) => ({ spec: JSON.stringify(spec), ...narrowQuery(narrow) });
