/**
 * Access as the rest of the server has it: the evaluator over the newest book, and what is written down about it. REST,
 * socket and page ask here, for each call and message; there is no other place that lets anybody do anything.
 */
import type { LinkId, NotebookId } from '../protocol/ids.ts';
import type { Role } from '../protocol/messages.ts';
import type { Who } from '../protocol/runs.ts';
import { openDatabase } from '../storage/database.ts';
import { shownName } from './accounts.ts';
import { frame, guest, PRINTED, PROGRAM, STRANGER, token } from './actors.ts';
import { type Attempts, openAttempts } from './attempts.ts';
import { type Audit, openAudit } from './audit.ts';
import type { Book } from './book.ts';
import {
  type Action,
  type Decision,
  decide,
  isAlive,
  linksOf,
  type NotebookAt,
  personOf,
  roleOn,
  type Target,
} from './evaluator.ts';
import { needsText } from './needs.ts';
import type { Principal } from './principal.ts';
import { type BookStore, openBookStore } from './store.ts';
import { type View, viewOf } from './view.ts';

export interface Access {
  decide(principal: Principal, action: Action, target: Target): Decision;
  /** What whoever is forbidden something lacks, and who can give it. */
  needs(principal: Principal, action: Action, target: Target): string;
  /** The role at each of many places, by the book of this moment. */
  roles(principal: Principal): (target: Target) => Role | undefined;
  view(principal: Principal, notebook: NotebookAt): View | undefined;
  /** Links that they hold now and that let them run the notebook. */
  linksToRun(principal: Principal, notebook: NotebookId): readonly LinkId[];
  /**
   * Whose name an edit or run bears. The server says it; only the owner by the printed address may call themselves what
   * they like (`claimed`), and nobody's id is theirs.
   */
  who(principal: Principal, claimed?: Who): Who;
  /** Whether they are still who they were. */
  isAlive(principal: Principal): boolean;
  readonly store: BookStore;
  readonly audit: Audit;
  /** All passwords that are computed here. */
  readonly attempts: Attempts;
  close(): void;
}

/** `path`: of `gondola.db`; `owner`: digest of the token in the printed address. */
export function openAccess(path: string, owner: string, now: () => number): Access {
  const database = openDatabase(path);
  const store = openBookStore(database, owner, now);
  const audit = openAudit(database, now);
  return {
    decide: (principal, action, target) =>
      principal.kind === 'stranger'
        ? { allowed: false, why: 'unauthorised' }
        : decide(store.book(), principal, action, target, now()),
    needs: (principal, action, target) => needsText(store.book(), principal, action, target, now()),
    roles(principal) {
      const book = store.book();
      const at = now();
      return (target) => (isAlive(book, principal, at) ? roleOn(book, principal, target, at) : undefined);
    },
    view: (principal, notebook) => {
      const book = store.book();
      return isAlive(book, principal, now()) ? viewOf(book, principal, notebook, now()) : undefined;
    },
    linksToRun(principal, notebook) {
      const { links } = store.book();
      return linksOf(store.book(), principal, now()).filter((id) => {
        const link = links.get(id);
        return link?.notebook === notebook && link.role === 'runner';
      });
    },
    who: (principal, claimed) => whoOf(store.book(), principal, claimed),
    isAlive: (principal) => principal.kind !== 'stranger' && isAlive(store.book(), principal, now()),
    store,
    audit,
    attempts: openAttempts(now),
    close() {
      store.close();
      audit.close();
      database.close();
    },
  };
}

export function whoOf(book: Book, principal: Principal, claimed: Who = PROGRAM): Who {
  switch (principal.kind) {
    case 'owner':
      return book.accounts.has(claimed.id) ? { ...claimed, id: PRINTED.id } : claimed;
    case 'person':
    case 'token': {
      const account = personOf(book, principal);
      if (account) return { id: account.id, name: shownName(account) };
      const known = principal.kind === 'token' ? book.tokens.get(principal.token) : undefined;
      return token(known?.id, known?.name);
    }
    case 'guest':
      return guest(principal.browser);
    case 'embed':
      return frame(principal.link);
    // Nothing is done in another's name: callers say who looks.
    case 'preview':
    case 'stranger':
      return STRANGER;
  }
}
