/**
 * Which openings of notebooks are alive in this browser, by the locks they hold: what a live page keeps is that page's to
 * send. Where a browser has no locks (no TLS beyond this machine) all count as gone, which costs a second merge of the
 * same edits and changes nothing.
 */
import type { PageId } from '../../server/protocol/ids.ts';

export interface Pages {
  /** Others see this page as alive until the release. */
  hold(page: PageId): () => void;
  alive(): Promise<ReadonlySet<string>>;
}

const PREFIX = 'gondola-page-';

export function browserPages(locks: LockManager | undefined): Pages {
  if (!locks) return { hold: () => () => {}, alive: async () => new Set() };
  return {
    hold(page) {
      const { promise, resolve } = Promise.withResolvers<void>();
      // Refused only where the page is on its way out.
      locks.request(`${PREFIX}${page}`, () => promise).catch(() => {});
      return resolve;
    },
    async alive() {
      const { held = [] } = await locks.query();
      return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])));
    },
  };
}
