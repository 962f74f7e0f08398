/** Answers a chart of any mark from a stored result. */
import type { AnyAnswer } from '../../../protocol/chart/answer.ts';
import type { FigureAnswer, FigurePlan } from '../../../protocol/chart/figures.ts';
import { type AnyPlan, isFigurePlan } from '../../../protocol/chart/plan.ts';
import { drawBoxes } from './box.ts';
import { drawCohort } from './cohort.ts';
import { qualified } from './columns.ts';
import { drawChart } from './draw.ts';
import type { Ask } from './gather.ts';
import { drawHeat } from './heat.ts';
import { drawNumber, drawSparks } from './lines.ts';

export const drawAny = ({ plan, ...ask }: Ask<AnyPlan>): Promise<AnyAnswer> =>
  isFigurePlan(plan) ? drawFigure(plan, ask) : drawChart({ ...ask, plan });

function drawFigure(plan: FigurePlan, ask: Omit<Ask, 'plan'>): Promise<FigureAnswer> {
  const named = { ...ask, table: qualified(ask.table) };
  switch (plan.mark) {
    case 'box':
      return drawBoxes({ ...named, plan });
    case 'heat':
      return drawHeat({ ...named, plan });
    case 'cohort':
      return drawCohort({ ...named, plan });
    // These are drawn as bars are, which name the columns themselves.
    case 'number':
      return drawNumber({ ...ask, plan });
    case 'spark':
      return drawSparks({ ...ask, plan });
  }
}
