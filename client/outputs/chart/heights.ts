/** How high a chart stands: rows of panels, cohorts and steps need their room. Pure. */
import { type AnyAnswer, isFigure } from '../../../server/protocol/chart/answer.ts';

const HEIGHT = 300;
/** Of each row of small charts, and of what is above and below them. */
const PANEL = { row: 150, rest: 90 } as const;
const COHORT_ROW = 22;
const STEP = { row: 34, rest: 30, least: 180, usual: 5 } as const;
const MAP = 380;

/** In pixels. `places`: how many steps a funnel has. */
export function heightOf(answer: AnyAnswer | undefined, places: number | undefined): number {
  if (!answer) return HEIGHT;
  if (answer.mark === 'cohort') return Math.max(HEIGHT, answer.cohorts.length * COHORT_ROW + 60);
  if (answer.mark === 'heat') return HEIGHT + 40;
  if (isFigure(answer)) return HEIGHT;
  const rows = answer.facet?.row?.keys.length ?? 1;
  if (rows > 1) return rows * PANEL.row + PANEL.rest;
  if (answer.mark === 'map') return MAP;
  return answer.mark === 'funnel' ? Math.max(STEP.least, (places ?? STEP.usual) * STEP.row + STEP.rest) : HEIGHT;
}
