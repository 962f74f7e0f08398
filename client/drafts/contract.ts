/**
 * What the browser keeps for a person until the server has it, and what it keeps for good because the server will not
 * take it. Everything is named by person, notebook and epoch, so that nobody else on this browser sees or sends it, and
 * so that two histories never meet.
 *
 * A page keeps a whole state of the document and the updates behind it: enough to show the notebook without the server,
 * and to merge it later. Merging is idempotent, so a page that reads what another still writes does no harm; `number`
 * only grows, so that nobody takes away what was written since it was read.
 */
import type { Options } from '../../server/protocol/document.ts';
import type { DraftId, Epoch, NotebookId, PageId, ParagraphId, PersonId } from '../../server/protocol/ids.ts';
import type { Role } from '../../server/protocol/messages.ts';

export type Scope = { readonly person: PersonId; readonly notebook: NotebookId };
export type KeptKey = Scope & { readonly epoch: Epoch; readonly page: PageId };

/** What one page made and the server had not acknowledged. */
type KeptFacts = {
  readonly edits: number;
  /** Paragraphs that the edits are in, `TITLE` for the title. */
  readonly touched: readonly string[];
  readonly path: string;
  readonly role: Role;
  /** Milliseconds since 1970. */
  readonly at: number;
};
/** Names what was there when it was read. */
export type KeptMark = KeptKey & { readonly number: number };
export type Kept = KeptMark & KeptFacts;
export type KeptEdits = Kept & { readonly updates: readonly Uint8Array[] };

/** No paragraph's id: theirs have no colon. */
export const TITLE = ':title';

/** `full`: the browser gives no more room. */
export type KeepFailure = 'full' | 'failed';
export class KeepError extends Error {
  readonly code: KeepFailure;
  constructor(code: KeepFailure, cause?: unknown) {
    super(`the browser could not keep it (${code})`, { cause });
    this.code = code;
  }
}

/** Ends after which what one wrote can't be merged, opened anew or not. */
export const DRAFT_WHYS = ['other-epoch', 'update-refused', 'forbidden', 'too-large', 'broken-document'] as const;
export type DraftWhy = (typeof DRAFT_WHYS)[number];
export type DraftPart = {
  readonly paragraph: ParagraphId;
  readonly interpreter: string;
  readonly name?: string;
  readonly source: string;
  readonly options: Options;
};
export type Draft = Scope & {
  readonly id: DraftId;
  readonly epoch: Epoch;
  readonly why: DraftWhy;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly title?: string;
  readonly parts: readonly DraftPart[];
};

/** Each call is one transaction: it happened as a whole when it resolves. All reject with KeepError. */
export interface KeptStore {
  read(scope: Scope): Promise<readonly KeptEdits[]>;
  /** What a person has kept here, of every notebook. */
  list(person: PersonId): Promise<readonly Kept[]>;
  /** In place of all that this page kept, and of `instead` where that is unchanged. `number` is new for the page. */
  keepWhole(kept: Kept, state: Uint8Array, instead: readonly KeptMark[]): Promise<void>;
  /** Behind what was kept under `after`; `gone` if that is not there any more. */
  keepMore(kept: Kept, update: Uint8Array, after: number): Promise<'kept' | 'gone'>;
  /** Takes away what is unchanged since. */
  remove(marks: readonly KeptMark[]): Promise<void>;
  /** Of one notebook, or of every one. Oldest first. */
  drafts(of: Pick<Scope, 'person'> & Partial<Scope>): Promise<readonly Draft[]>;
  /** Also in place of an older form of itself; `instead` is taken away where unchanged. */
  putDraft(draft: Draft, instead: readonly KeptMark[]): Promise<void>;
  removeDraft(draft: Pick<Draft, 'person' | 'notebook' | 'id'>): Promise<void>;
  /** All that a person has here, drafts too. */
  forget(person: PersonId): Promise<void>;
}
