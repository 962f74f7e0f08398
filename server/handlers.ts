/**
 * What the live socket asks of the rest of the server, and how a message of a page becomes such a call. `app.ts` hands in
 * the real runs, sessions and workspace. Expected failures are AppErrors; they go to the asker alone, as `problem`.
 */
import type { AuditEntry } from './access/audit.ts';
import type { Action } from './access/evaluator.ts';
import type { Principal } from './access/principal.ts';
import { sessionOf } from './access/sessions.ts';
import { AppError } from './errors.ts';
import type { NotebookId, ParagraphId, RequestId, RunId } from './protocol/ids.ts';
import { isVisitorKey, keyIn } from './protocol/keys.ts';
import type {
  ClientMessage,
  Completion,
  Fault,
  Role,
  ServerMessage,
  SessionStatus,
  SessionTable,
} from './protocol/messages.ts';
import type { Run, RunEvent, Who } from './protocol/runs.ts';
import type { Peer, RoomLease } from './rooms/contract.ts';

export interface LiveHandlers {
  /** Relative to the workspace; undefined once there is no such notebook. */
  path(notebook: NotebookId): string | undefined;
  /** When it moved. Returns the release. */
  onRenamed(notebook: NotebookId, listener: (path: string) => void): () => void;
  /** Opens the notebook's runs, and those of the visitor's own session while there is one, and tells every event from then on. */
  watchRuns(notebook: NotebookId, visitor: Principal, watcher: RunsWatcher): Promise<WatchedRuns>;
  session(notebook: NotebookId): SessionStatus;
  /** Returns the release. */
  onSession(notebook: NotebookId, listener: (status: SessionStatus) => void): () => void;
  /** Fixes texts before it returns (not: before its promise resolves). All code paragraphs when none are named. */
  run(
    notebook: NotebookId,
    ask: RunAsk,
    whose: Whose,
  ): Promise<readonly { readonly id: RunId; readonly paragraph: ParagraphId }[]>;
  /** All of the notebook when none is named. */
  cancel(notebook: NotebookId, run: RunId | undefined, whose: Whose): void | Promise<void>;
  interrupt(notebook: NotebookId, whose: Whose): void | Promise<void>;
  /** A visitor's own session ends with it. */
  restart(notebook: NotebookId, clear: boolean, whose: Whose): void | Promise<void>;
  complete(notebook: NotebookId, at: CompleteAt): Promise<readonly Completion[]>;
  /** Undefined where nothing can be told. */
  check(notebook: NotebookId, at: CheckAt): Promise<readonly Fault[] | undefined>;
  tables(notebook: NotebookId, whose: Whose): Promise<readonly SessionTable[]>;
  /** Somebody who may run opened the notebook. */
  opened(notebook: NotebookId): void;
}

export type RunAsk = {
  readonly request: RequestId;
  readonly by: Who;
  readonly paragraphs?: readonly ParagraphId[];
  /** As they are named; else in notebook order. */
  readonly ordered?: boolean;
  /** Those of them whose kept result is to be used instead. */
  readonly use?: ReadonlySet<ParagraphId>;
  /** Those that the asker may run, where that is not all. */
  readonly may?: (paragraph: ParagraphId) => boolean;
  /** Values of forms: with others than the notebook's own it runs in a session of the asker's. */
  readonly forms?: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
};
export type CheckAt = { readonly paragraph: ParagraphId; readonly text: string };
export type CompleteAt = { readonly paragraph: ParagraphId; readonly text: string; readonly offset: number };
/** Whose session: the writers', which is the notebook's, or that of this visitor. */
export type Whose = 'writers' | Principal;
export type RunsWatcher = {
  events(events: readonly RunEvent[]): void;
  /** The state of the visitor's own session; undefined once there is none: its runs are not among the latest any more. */
  visitor(status: SessionStatus | undefined): void;
};
export type WatchedRuns = {
  /** Runs worth showing, with all that was told so far. */
  latest(): readonly Run[];
  /** Of the visitor's own session. */
  visitor(): SessionStatus | undefined;
  release(): void;
};

/** UTF-16 units: a longer text is pasted data, and reading it at each key or pause would take longer than anybody waits. */
const MOST_READ = 1_000_000;

/** Every message but the first. */
export type Call = Exclude<ClientMessage, { type: 'hello' }>;

export function actionOf(call: Call): Action {
  switch (call.type) {
    case 'run':
    case 'cancel':
    case 'interrupt':
      return 'notebook.run';
    case 'restart':
      return 'notebook.session';
    // What is completed tells of tables that are not published.
    case 'complete':
    case 'check':
    case 'file':
      return 'notebook.edit';
    case 'tables':
    case 'ping':
      return 'notebook.open';
  }
}

/** Who asks. */
export type Asker = {
  readonly principal: Principal;
  readonly peer: Peer;
  readonly lease: RoomLease;
  readonly role: Role;
  readonly may: (paragraph: ParagraphId) => boolean;
  readonly note: (entry: AuditEntry) => void;
};

export async function answer(
  call: Call,
  notebook: NotebookId,
  { principal, peer, lease, role, may, note }: Asker,
  handlers: LiveHandlers,
): Promise<ServerMessage | undefined> {
  const whose: Whose = sessionOf(role) === 'notebook' ? 'writers' : principal;
  switch (call.type) {
    case 'run': {
      const { request, paragraphs } = call;
      if (paragraphs && paragraphs.length > 0 && !paragraphs.some(may))
        throw new AppError('forbidden', 'none of these paragraphs is theirs to run');
      const { forms = {}, ordered = false, use = [] } = call;
      const ask = () => ({
        request,
        by: peer.who,
        may,
        forms,
        principal,
        ordered,
        ...(paragraphs ? { paragraphs } : {}),
        ...(use.length > 0 ? { use: new Set(use) } : {}),
      });
      const runs = await peer.whenApplied(call.after, () => handlers.run(notebook, ask(), whose));
      note({ event: 'run', by: peer.who, on: notebook, detail: runs.map((run) => run.paragraph).join(' ') });
      return { type: 'asked', request, runs };
    }
    case 'cancel': {
      const key = call.run === undefined ? undefined : keyIn(call.run);
      await handlers.cancel(notebook, call.run, key && isVisitorKey(key) ? principal : whose);
      return undefined;
    }
    case 'interrupt':
      await handlers.interrupt(notebook, whose);
      return undefined;
    case 'restart':
      await handlers.restart(notebook, call.clear, whose);
      return undefined;
    case 'complete': {
      const { paragraph, text, offset } = call;
      if (text.length > MOST_READ) return { type: 'completions', call: call.call, items: [] };
      const at = { paragraph, text, offset };
      // A session that cannot be asked completes nothing: no reason to interrupt whoever types.
      const items = await handlers.complete(notebook, at).catch(() => []);
      return { type: 'completions', call: call.call, items };
    }
    case 'check': {
      const { paragraph, text } = call;
      if (text.length > MOST_READ) return { type: 'checked', call: call.call };
      const at = { paragraph, text };
      const faults = await handlers.check(notebook, at).catch(() => undefined);
      return { type: 'checked', call: call.call, ...(faults ? { faults } : {}) };
    }
    case 'tables': {
      const items = await handlers.tables(notebook, whose).catch(() => []);
      return { type: 'tables', call: call.call, items };
    }
    case 'file':
      await lease.file.useMine();
      return undefined;
    case 'ping':
      peer.ping();
      return undefined;
  }
}
