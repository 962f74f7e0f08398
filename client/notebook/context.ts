/** What every part of the notebook page needs, handed down by Solid's context. */
import { type Accessor, createContext, useContext } from 'solid-js';
import type { ParagraphId, PersonId } from '../../server/protocol/ids.ts';
import type { FileState, Role, SessionStatus } from '../../server/protocol/messages.ts';
import type { ErrorOutput } from '../../server/protocol/outputs.ts';
import type { Run } from '../../server/protocol/runs.ts';
import type { AppContext } from '../app-context.ts';
import type { DependsView } from '../depends/contract.ts';
import type { Analyst } from '../editor/typescript/contract.ts';
import type { LiveNotebook, SaveState } from '../live/contract.ts';
import type { Present } from '../people/presence.ts';
import type { RunsView } from '../runs/store.ts';
import type { DocumentView } from './document.ts';
import type { FocusView } from './focus.ts';
import type { NotebookForms } from './forms.ts';
import type { KeyAction } from './keys.ts';
import type { OutlineEntry } from './outline.ts';

/** What stands beside or over the page: at most one of each side. */
export type Panel = 'none' | 'tables' | 'history' | 'graph';
/** Whose name is to change: what the caret is on, else the paragraph's own; `former`: that it had, and others still use. */
export type RenameTarget = {
  readonly paragraph: ParagraphId;
  readonly offset?: number;
  readonly former?: string;
};
export type Over =
  | 'none'
  | 'palette'
  | 'keys'
  | 'clear'
  | 'name'
  | 'sign-out'
  | 'share'
  | 'embed'
  | 'forms'
  | 'dates'
  | RenameTarget
  | 'run-stale'
  | 'run-needs'
  | 'runs';

export type NotebookContext = {
  readonly app: AppContext;
  readonly live: LiveNotebook;
  /** Knows the notebook's TypeScript. */
  readonly analyst: Analyst;
  readonly document: DocumentView;
  readonly outline: Accessor<readonly OutlineEntry[]>;
  readonly runs: RunsView;
  readonly focus: FocusView;
  readonly people: Accessor<readonly Present[]>;
  /** How many more are here, of whom nobody is told. */
  readonly crowd: Accessor<number>;
  readonly save: Accessor<SaveState>;
  readonly path: Accessor<string>;
  readonly title: Accessor<string>;
  readonly session: Accessor<SessionStatus | undefined>;
  readonly file: Accessor<FileState>;
  readonly writable: Accessor<boolean>;
  /** Runs may be asked for and stopped, and the session restarted. */
  readonly runnable: Accessor<boolean>;
  /** The session of one's own, where runs are shown to oneself alone. */
  readonly visitor: Accessor<SessionStatus | undefined>;
  /** Whether that is what is shown: a writer with the notebook's own values sees everybody's. */
  readonly isOwnShown: Accessor<boolean>;
  readonly forms: NotebookForms;
  /** Who needs whom, and what is stale; undefined until it was brought. */
  readonly depends: Accessor<DependsView | undefined>;
  wantDepends(): void;
  /** Queued and running ones that this person may stop. */
  readonly stoppable: Accessor<readonly Run[]>;
  /** Undefined before anything is known of the notebook. */
  readonly role: Accessor<Role | undefined>;
  readonly panel: Accessor<Panel>;
  readonly over: Accessor<Over>;
  readonly finding: Accessor<boolean>;
  /** Whose place the page goes along with. */
  readonly following: Accessor<PersonId | undefined>;
  readonly isWide: (id: ParagraphId) => boolean;
  follow(person: PersonId): void;
  unfollow(): void;
  setPanel(panel: Panel): void;
  setOver(over: Over): void;
  setFinding(on: boolean): void;
  toggleWide(id: ParagraphId): void;
  /** Does what a key, a menu or the palette asks, at `at` or where the person is. */
  perform(asked: KeyAction, at?: ParagraphId): void;
  restore(id: ParagraphId): void;
  removeDamaged(id: string): void;
  /** Puts an error's likely mend in place and runs again. */
  fix(id: ParagraphId, output: ErrorOutput): void;
  /** Brings a paragraph into sight. */
  reveal(id: ParagraphId, block?: ScrollLogicalPosition): void;
};

export const Notebook = createContext<NotebookContext>();

export function useNotebook(): NotebookContext {
  const context = useContext(Notebook);
  if (!context) throw new Error('outside a notebook');
  return context;
}
