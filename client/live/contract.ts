/**
 * A notebook as the page holds it: the shared document, who is here, what is saved, and the runs. `client/live` implements
 * it over one socket that reconnects by itself; it knows no Solid, so that the same code runs in Node under test.
 */
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import type { Json } from '../../server/protocol/document.ts';
import type { NotebookId, ParagraphId, RunId } from '../../server/protocol/ids.ts';
import type {
  Completion,
  Fault,
  FileState,
  Presence,
  Role,
  SessionStatus,
  SessionTable,
} from '../../server/protocol/messages.ts';
import type { Run, RunEvent } from '../../server/protocol/runs.ts';
import type { Draft, DraftWhy } from '../drafts/contract.ts';

/**
 * How safe what the server has not is: `here`, in this browser, whatever happens to the page; `writing`, on its way
 * there; else only in this page, because the browser has no more room (`full`) or does not keep it.
 */
export type Keeping = 'here' | 'writing' | 'full' | 'failed';

/** What the top bar says. `unsent` counts edits that the server has not acknowledged. */
export type SaveState =
  | { readonly state: 'opening' }
  | { readonly state: 'saved' }
  | { readonly state: 'saving'; readonly unsent: number }
  | { readonly state: 'offline'; readonly unsent: number; readonly keeping: Keeping; readonly retryAt: number }
  | { readonly state: 'read-only'; readonly why: string; readonly unsent: number; readonly keeping: Keeping }
  /** Another epoch, a refused update, no such notebook, signed out: the page stops and says what to do. */
  | {
      readonly state: 'closed';
      readonly code: string;
      readonly message: string;
      readonly unsent: number;
      readonly keeping: Keeping;
    };

export type LiveEvent =
  | { readonly type: 'save'; readonly save: SaveState }
  /** All runs anew: after each (re)connection. */
  | { readonly type: 'runs'; readonly runs: readonly Run[] }
  | { readonly type: 'run'; readonly events: readonly RunEvent[] }
  | { readonly type: 'session'; readonly session: SessionStatus }
  /** Of the session in which one's own runs happen; without it there is none, or none any more. */
  | { readonly type: 'visitor'; readonly session?: SessionStatus }
  | { readonly type: 'file'; readonly file: FileState }
  /** So many more are here than awareness knows. */
  | { readonly type: 'crowd'; readonly others: number }
  /** Text of one's own that can't be merged; `stored`: it is in the browser for good. */
  | { readonly type: 'draft'; readonly draft: Draft; readonly stored: boolean }
  /** This notebook can't go on; opened anew it can, and nothing is lost. */
  | { readonly type: 'anew'; readonly why: DraftWhy }
  | { readonly type: 'welcome'; readonly path: string; readonly role: Role }
  | { readonly type: 'problem'; readonly code: string; readonly message: string; readonly hint?: string };

/** Values of forms that are not the notebook's own: such a run is its asker's alone. */
export type FormsOfRun = Readonly<Record<string, Json>>;

export interface LiveNotebook {
  readonly id: NotebookId;
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  /** Origin of this person's own edits: what undo undoes. */
  readonly origin: object;
  readonly undo: Y.UndoManager;
  readonly save: SaveState;
  /** Returns the release. */
  on(listener: (event: LiveEvent) => void): () => void;
  /** Asks for runs of what is written now; resolves with their ids when the server has fixed them. */
  run(
    paragraphs?: readonly ParagraphId[],
    forms?: FormsOfRun,
    /** In the order in which they are named. */
    ordered?: boolean,
    /** Those of them whose kept result is used instead. */
    use?: readonly ParagraphId[],
  ): Promise<readonly { id: RunId; paragraph: ParagraphId }[]>;
  cancel(run?: RunId): void;
  interrupt(): void;
  restart(clear: boolean): void;
  useMine(): void;
  complete(paragraph: ParagraphId, text: string, offset: number): Promise<readonly Completion[]>;
  /** What a run of the text would fail with, and where; undefined where that is not known. */
  check(paragraph: ParagraphId, text: string): Promise<readonly Fault[] | undefined>;
  tables(): Promise<readonly SessionTable[]>;
  present(presence: Omit<Presence, 'person' | 'color' | 'since'>): void;
  rename(person: { readonly name: string }): void;
  /** What is not saved stays in the browser, unless it is to be discarded. */
  close(how?: 'discard'): void;
}
