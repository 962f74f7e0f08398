/** The notebooks that hold what is typed, in title, prose or code: those that this person may read, found by the server. */
import type { Problem } from '../api.ts';
import { listNotebooks } from '../home/calls.ts';
import { notebookPath, placePath } from '../route.ts';
import type { Entry } from './pick.ts';

/** What fits on a screen; more words find the rest. */
const MOST = 30;

export type Found = { readonly entries: readonly Entry[]; readonly problem?: Problem };

export async function notebooksFor(
  query: string,
  signal: AbortSignal,
  go: (path: string) => void,
  /** The one that is open. */
  own?: string,
): Promise<Found> {
  const answer = await listNotebooks({ query, limit: MOST }, signal);
  if (!answer.ok) return { entries: [], problem: answer.problem };
  const entries = answer.value.items
    .filter((item) => item.id !== own)
    .map(
      (item): Entry => ({
        group: 'notebook',
        label: item.title,
        detail: item.path,
        snippet: item.snippet,
        ...(query.trim() === '' ? {} : { found: true }),
        // It opens where the words stand.
        do: () => go(item.found === undefined ? notebookPath(item.id) : placePath(item.id, item.found)),
      }),
    );
  return { entries };
}
