/** Asks the server for a chart of a result. */
import { AnyAnswer } from '../../../server/protocol/chart/answer.ts';
import type { ChartSpec } from '../../../server/protocol/chart.ts';
import { type Asked, askResult } from '../asked.ts';

export const askChart = (result: string, spec: ChartSpec, signal: AbortSignal): Promise<Asked<AnyAnswer>> =>
  askResult(AnyAnswer, result, 'chart', { spec: JSON.stringify(spec) }, signal);
