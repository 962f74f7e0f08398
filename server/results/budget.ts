/**
 * Which results go when there is no room: pure. Oldest first; those of each paragraph's latest run go last, as they are
 * what the page shows, and so do those that a named version shows. What visitors' sessions keep goes before all else.
 */
import type { NotebookId, ResultId } from '../protocol/ids.ts';
import { isVisitorKey, keyIn } from '../protocol/keys.ts';
import type { Entry } from './manifest.ts';

export type Candidate = {
  readonly id: ResultId;
  readonly notebook: NotebookId;
  readonly bytes: number;
  readonly at: number;
  /** Of its paragraph's latest run, or held by a named version. */
  readonly latest: boolean;
  /** Of a visitor's session, which ends soon anyway. */
  readonly visitor: boolean;
};

export function candidatesOf(entries: Iterable<Entry>, held: ReadonlySet<ResultId> = new Set()): Candidate[] {
  const kept = [...entries].filter((entry) => entry.form.kind !== 'dropped');
  const newest = new Map<string, Entry>();
  for (const entry of kept) {
    const other = newest.get(entry.paragraph);
    if (!other || entry.at >= other.at) newest.set(entry.paragraph, entry);
  }
  return kept.map((entry) => ({
    id: entry.id,
    notebook: entry.notebook,
    bytes: entry.bytes,
    at: entry.at,
    latest: newest.get(entry.paragraph)?.run === entry.run || held.has(entry.id),
    visitor: isVisitorKey(keyIn(entry.id) ?? ''),
  }));
}

/**
 * Those that go, in order: none where the sum is within `budget`, else old ones down to `target`, and latest ones only as
 * far as the budget itself wants.
 */
export function chooseDropped(candidates: readonly Candidate[], budget: number, target = budget): Candidate[] {
  let sum = candidates.reduce((bytes, candidate) => bytes + candidate.bytes, 0);
  if (sum <= budget) return [];
  const chosen: Candidate[] = [];
  for (const candidate of [...candidates].sort(byWorth)) {
    // A linked file that others have too: nothing would be gained.
    if (candidate.bytes === 0) continue;
    if (sum <= (candidate.latest && !candidate.visitor ? budget : target)) break;
    chosen.push(candidate);
    sum -= candidate.bytes;
  }
  return chosen;
}

const byWorth = (a: Candidate, b: Candidate): number =>
  Number(b.visitor) - Number(a.visitor) || Number(a.latest) - Number(b.latest) || a.at - b.at || (a.id < b.id ? -1 : 1);
