/**
 * Restoring from the page: the server keeps a version of what is there, and answers it; then the change from that to the
 * version is one edit of this person, which undo takes back as any other. Colleagues who type meanwhile lose nothing.
 */
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { restoreMoment, withParagraph } from '../../server/protocol/versions/restore.ts';
import type { Moment } from '../../server/protocol/versions/version.ts';
import type { Answer, Problem } from '../api.ts';
import type { LiveNotebook } from '../live/contract.ts';
import type { WholeVersion } from './calls.ts';

/** What was typed just before is sent by then; else the server's version would not hold it. */
const SAVED_MS = 5_000;

export type Restoring = {
  readonly live: Pick<LiveNotebook, 'doc' | 'origin' | 'undo' | 'save' | 'on'>;
  readonly me: string;
  readonly now: number;
  readonly keep: () => Promise<Answer<WholeVersion>>;
};

/** Resolves with what was there before, or why nothing was done. */
export async function restore(
  { live, me, now, keep }: Restoring,
  version: Moment,
  paragraph?: ParagraphId,
): Promise<{ readonly before: Moment } | { readonly problem: Problem }> {
  await saved(live);
  const kept = await keep();
  if (!kept.ok) return { problem: kept.problem };
  const before = kept.value.moment;
  const wanted = paragraph === undefined ? version : withParagraph(before, version, paragraph);
  live.undo.stopCapturing();
  restoreMoment(live.doc, before, wanted, { by: me, at: now }, live.origin);
  live.undo.stopCapturing();
  return { before };
}

function saved(live: Pick<LiveNotebook, 'save' | 'on'>): Promise<void> {
  if (live.save.state !== 'saving') return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      release();
      resolve();
    };
    const timer = setTimeout(done, SAVED_MS);
    const release = live.on((event) => {
      if (event.type === 'save' && event.save.state !== 'saving') done();
    });
  });
}
