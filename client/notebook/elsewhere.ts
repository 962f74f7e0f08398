/** Where a notebook may still be for somebody to whom it does not open: few pages ever ask. */
import type { NotebookId } from '../../server/protocol/ids.ts';
import { readPublished } from '../published/calls.ts';
import { listTrash } from '../trash/calls.ts';

/** `trash`: what was only deleted stays before whoever may put it back. `published`: to whoever came by a link. */
export type Elsewhere = 'trash' | 'published';

/** The page stands closed meanwhile, and says so: an answer that takes longer is none. */
const PUBLISHED_MS = 10_000;

export async function isIn(where: Elsewhere, id: NotebookId): Promise<boolean> {
  switch (where) {
    case 'trash': {
      const trash = await listTrash();
      return trash.ok && trash.value.some((one) => one.id === id);
    }
    case 'published': {
      const answer = await readPublished(id, AbortSignal.timeout(PUBLISHED_MS));
      return answer.ok && !answer.value.whole;
    }
  }
}
