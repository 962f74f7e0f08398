/** How far a run is, in words. */
import type { Progress } from '../../server/protocol/runs.ts';
import { words } from '../words/en.ts';

export function progressText(progress: Progress | undefined): string {
  if (progress?.waiting !== undefined) return progress.waiting;
  if (progress?.fraction !== undefined) return words.paragraph.percent(progress.fraction);
  return progress?.rows === undefined ? '' : words.paragraph.rows(progress.rows);
}
