/**
 * Whose share it is that work on results takes: an account's on whatever ways it comes, a link's for all who came by it, as
 * browsers and cookies are free. Whoever holds several links of a notebook counts as the same one of them each time.
 */
import type { NotebookId } from '../protocol/ids.ts';
import type { Book } from './book.ts';
import { personOf } from './evaluator.ts';
import type { Principal } from './principal.ts';

export function askerOf(book: Book, principal: Principal, notebook: NotebookId): string {
  switch (principal.kind) {
    case 'person':
      return `person ${principal.person}`;
    case 'token': {
      const account = personOf(book, principal);
      return account ? `person ${account.id}` : `token ${principal.token}`;
    }
    case 'guest': {
      const [link] = principal.links.filter((id) => book.links.get(id)?.notebook === notebook).sort();
      return `link ${link ?? ''}`;
    }
    case 'embed':
      return `link ${principal.link}`;
    // By the printed address, however many browsers; an owner who looks as others do; nobody.
    case 'owner':
    case 'preview':
    case 'stranger':
      return principal.kind;
  }
}
