/** Asks the server for a chart of a result. */
import { AnyAnswer } from '../../../server/protocol/chart/answer.ts';
import type { ChartSpec } from '../../../server/protocol/chart.ts';
import type { Narrow } from '../../../server/protocol/table/narrow.ts';
import { askResult, type ResultAnswer } from '../asked.ts';
import { narrowQuery } from '../table/view.ts';

export const askChart = (
  result: string,
  spec: ChartSpec,
  narrow: Narrow,
  signal: AbortSignal,
): Promise<ResultAnswer<AnyAnswer>> =>
  askResult(AnyAnswer, result, 'chart', { spec: JSON.stringify(spec), ...narrowQuery(narrow) }, signal);
