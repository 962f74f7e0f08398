/** Which of a notebook's dates stand on a chart: those that its axis of time covers. Pure. */
import type { Dated } from '../annotations.ts';
import { type AnyAnswer, isFigure } from './answer.ts';

/** What is drawn on it, and no more of any of them than is written there. */
export function coveredBy(answer: AnyAnswer, all: readonly Dated[]): readonly Dated[] {
  if (isFigure(answer) || answer.x.scale !== 'time') return [];
  const [low, high] = answer.x.domain;
  return all
    .filter(({ from, to }) => from <= high && (to ?? from) >= low)
    .map(({ from, to, text }) => ({ from, ...(to === undefined ? {} : { to }), text }));
}
