/** How far a run is, in words. */
import type { Progress, RunPhase } from '../../server/protocol/runs.ts';
import { words } from '../words/en.ts';

export function progressText(progress: Progress | undefined): string {
  if (progress?.waiting !== undefined) return progress.waiting;
  if (progress?.fraction !== undefined) return words.paragraph.percent(progress.fraction);
  return progress?.rows === undefined ? '' : words.paragraph.rows(progress.rows);
}

/** `ahead`: how many of its session come before it, the one under way not counted. */
export function queuedText(phase: RunPhase, ahead: number): string {
  if (phase.state === 'queued' && phase.waiting !== undefined) return words.paragraph.waitsFor(phase.waiting);
  return words.paragraph.queuedAt(ahead);
}
