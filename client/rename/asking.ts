/**
 * A plan of a renaming, asked for until every program has read its texts: one that is just being started does not answer
 * at once. What is known so far is told, and what is new; after a while it is as good as whole, and what comes later still counts.
 */
import type { RenamePlan } from '../../server/protocol/rename.ts';
import type { Answer } from '../api.ts';

/** `isOpen`: a program that is being started may still answer. */
export type Told = { readonly answer: Answer<RenamePlan>; readonly isOpen: boolean };

const PAUSE_MS = 500;
/** A program that is not there by then may never be: one need not wait for it. */
const MOST_WAITED = 20;
const MOST_ASKED = 120;

export async function askUntilRead(
  ask: () => Promise<Answer<RenamePlan>>,
  onTold: (told: Told) => void,
  signal: AbortSignal,
): Promise<void> {
  let before = '';
  for (let asked = 1; asked <= MOST_ASKED; asked += 1) {
    const answer = await ask();
    if (signal.aborted) return;
    const isUnread = answer.ok && answer.value.left.some(({ why }) => why === 'unread');
    const told = { answer, isOpen: isUnread && asked < MOST_WAITED };
    const now = JSON.stringify(told);
    if (now !== before) onTold(told);
    before = now;
    if (!isUnread) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (signal.aborted) return;
  }
}
