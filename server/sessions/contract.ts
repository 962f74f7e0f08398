/**
 * Sessions: the live processes over one notebook's tables, as runs and the page see them.
 * A session outlives its processes: its database is a file, and its named tables are the server's list.
 */
import type { FormInputs } from '../../interpreters/forms.ts';
import type { Footprint } from '../../interpreters/parquet.ts';
import type { Failure, OutputEvent } from '../../interpreters/protocol.ts';
import type { Inputs, Uses, UsesAsked } from '../../interpreters/uses.ts';
import type { NotebookId, ResultId, SessionId } from '../protocol/ids.ts';
import type { SessionKey, VisitorKey } from '../protocol/keys.ts';
import type { Completion, SessionStatus, SessionTable } from '../protocol/messages.ts';
import type { Column, TextStream } from '../protocol/outputs.ts';
import type { EndReason, RunSpec } from '../protocol/runs.ts';

/** A named table as the server's list has it; the session hands it to its processes once for each version. */
export type NamedResult = {
  readonly name: string;
  readonly result: ResultId;
  /** `parquet`: a Parquet file, and none of our own form. */
  readonly source:
    | { readonly kind: 'file'; readonly path: string; readonly parquet?: true }
    | { readonly kind: 'block'; readonly read: () => Promise<Uint8Array> };
};

export type MadeOutput = Extract<OutputEvent, { readonly kind: 'html' | 'markdown' | 'image' | 'chart' }>;

export type ExecutionEvent =
  | { readonly type: 'text'; readonly stream: TextStream; readonly text: string }
  | { readonly type: 'error'; readonly failure: Failure }
  /** An html, markdown, image or chart output; a chart names hidden tables of this run by their numbers. */
  | { readonly type: 'output'; readonly output: MadeOutput }
  /**
   * As `table` of the interpreter protocol; `file` is a host path, checked to be a plain file of this session's `out`, or one that
   * was linked for it: then it is to be what `linked` says.
   */
  | {
      readonly type: 'table';
      readonly table: number;
      readonly columns: readonly Column[];
      readonly rows: number;
      readonly open: boolean;
      readonly named: boolean;
      /** Data of a chart that follows. */
      readonly hidden?: boolean;
      readonly block?: Uint8Array;
      readonly file?: string;
      readonly linked?: Footprint;
    }
  | { readonly type: 'started' }
  | { readonly type: 'progress'; readonly fraction?: number; readonly rows?: number }
  /** The run can't start yet: for what it waits, e.g. `memory, 2 ahead`. */
  | { readonly type: 'waiting'; readonly for: string };

/** Of the processes of a session: processor time, and bytes read where the system tells. */
export type Spent = { readonly cpuMs: number; readonly read?: number };

export type ExecutionOutcome =
  | { readonly state: 'done'; readonly inputs?: Inputs }
  | { readonly state: 'failed'; readonly failure: Failure; readonly reason?: EndReason }
  | { readonly state: 'cancelled' }
  | { readonly state: 'lost'; readonly reason: EndReason };

/** `inputs`: the values of its forms, those included that no record has; `reads`: its outcome is to say what it read. */
export type ExecutedRun = RunSpec & { readonly inputs?: FormInputs; readonly reads?: true };

export interface Sessions {
  /** A notebook's own is made on first use, and kept over restarts of the server. */
  idOf(key: SessionKey): SessionId;
  /**
   * Runs one paragraph in the session that the run's id begins with, starting the interpreter's process if need be. Events of one execution come in order, all before
   * the promise resolves; it does not reject for anything that user code or a process does. Aborting cancels: first by
   * asking, then by signal, then by killing the process, each after a named time. `spent` is told what it took before the end.
   */
  execute(
    run: ExecutedRun,
    tables: readonly NamedResult[],
    emit: (event: ExecutionEvent) => void,
    signal: AbortSignal,
    spent?: (spent: Spent) => void,
  ): Promise<ExecutionOutcome>;
  complete(
    notebook: NotebookId,
    interpreter: string,
    text: string,
    offset: number,
    tables: readonly NamedResult[],
  ): Promise<readonly Completion[]>;
  /** What is wrong with a text that is being written; undefined where no process runs that could tell. */
  check(
    notebook: NotebookId,
    interpreter: string,
    text: string,
    forms: FormInputs,
    tables: readonly NamedResult[],
  ): Promise<readonly Failure[] | undefined>;
  /** Named, session and file tables, without starting a run. */
  tables(notebook: NotebookId, tables: readonly NamedResult[]): Promise<readonly SessionTable[]>;
  /**
   * What texts of an interpreter read and write, in their order, as its process finds it: undefined where none answers.
   * None is started for it, but where `start` says so.
   */
  uses(
    notebook: NotebookId,
    interpreter: string,
    asked: UsesAsked,
    start: boolean,
  ): Promise<readonly Uses[] | undefined>;
  /**
   * What texts of the engine's languages would read in this session now, in their order: undefined where no engine answers. A
   * notebook's own is started for it, a visitor's never.
   */
  inputs(key: SessionKey, asked: UsesAsked): Promise<readonly (Inputs | undefined)[] | undefined>;
  /**
   * Starts the engine before it is asked for, and the processes of `interpreters`; of at most two notebooks they wait unused,
   * for five minutes each.
   */
  startAhead(notebook: NotebookId, interpreters?: readonly string[]): void;
  /** Ends all processes of the session. `clear` removes its database too. Resolves when they are gone. */
  restart(key: SessionKey, options: { readonly clear: boolean }): Promise<void>;
  /** Kills all processes of a visitor's session and forgets it; nothing runs in it any more. Resolves when they are gone. */
  leave(key: VisitorKey): Promise<void>;
  status(key: SessionKey): SessionStatus;
  /** Called on each change of a status; returns the release. */
  onStatus(listener: (key: SessionKey, status: SessionStatus) => void): () => void;
  /** Ends everything within 3 s. */
  close(): Promise<void>;
}
