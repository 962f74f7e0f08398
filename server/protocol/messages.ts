/**
 * The live socket of one notebook, `/api/v1/notebooks/:id/live`. Binary frames; the first byte names the kind.
 *
 *   0 sync        y-protocols: varuint step (0 state vector, 1 missing update, 2 update), then its bytes
 *   1 awareness   y-protocols: one awareness update
 *   8 control     one JSON message, UTF-8: `ClientMessage` up, `ServerMessage` down
 *   9 acknowledge down only: varuint n; the sender's first n updates on this socket (sync steps 1 and 2) are durable
 *
 * Order: the client sends `hello`; the server answers `welcome` or closes; then both send sync step 0. The client
 * numbers the updates it sends (both sync 1 and 2) from 1. `run` says `after: n`: the server fixes the texts that run
 * once update n is durable and applied. Whoever sends what cannot be parsed is closed, alone.
 */

import type { Epoch, NotebookId, ParagraphId, RequestId, RunId, SessionId } from './ids.ts';
import type { ClientMessage, Presence } from './incoming.ts';
import type { Column, ErrorOutput } from './outputs.ts';
import type { Role } from './roles.ts';
import type { Run, RunEvent } from './runs.ts';

export const FRAME = { sync: 0, awareness: 1, control: 8, acknowledge: 9 } as const;
export const SYNC = { step1: 0, step2: 1, update: 2 } as const;

/** The largest frame the server reads: a 10 MB paragraph pasted at once, with room. */
export const MAX_FRAME_BYTES = 32 * 1024 * 1024;
export const PROTOCOL_VERSION = 1;

/** Close codes of the socket, beyond the standard ones. */
export const CLOSE = {
  badMessage: 4400,
  unauthorised: 4401,
  forbidden: 4403,
  notFound: 4404,
  /** An update was refused or did not apply; the reason names the code. The client reloads its document. */
  updateRefused: 4409,
  /** The epoch is another: the client's document is never merged. */
  otherEpoch: 4410,
  tooSlow: 4413,
  storageFailed: 4500,
} as const;

export type { ClientMessage, Presence, Role };

export type Completion = {
  readonly label: string;
  readonly kind: 'keyword' | 'table' | 'column' | 'file' | 'function' | 'type' | 'other';
  readonly detail?: string;
  /** What to put in place of [start, offset). */
  readonly insert: string;
  readonly start: number;
};

/** What a run of a text would fail with, and where. */
export type Fault = Pick<ErrorOutput, 'code' | 'message' | 'line' | 'column' | 'length' | 'hint'>;

export type SessionTable = {
  readonly name: string;
  /** `named`: a paragraph's result; `session`: made by a statement; `file`: in a `data/` folder, `name` its path. */
  readonly source: 'named' | 'session' | 'view' | 'file';
  readonly columns: readonly Column[];
  readonly rows?: number;
  readonly bytes?: number;
  /** For a file: which folder's `data/` it was found in, relative to the workspace. */
  readonly folder?: string;
};

export type SessionStatus = {
  readonly id: SessionId;
  readonly state: 'none' | 'starting' | 'idle' | 'running';
  /** Bytes resident in all its processes. */
  readonly memory?: number;
  readonly memoryLimit?: number;
  readonly isolation: 'bwrap' | 'unshare' | 'container' | 'none';
  /** Control groups that bound it beside sampling. */
  readonly groups?: 'v2' | 'v1' | 'none';
  readonly timeZone: string;
};

/** The health of the notebook's file and store, shown in the top bar. */
/** Mappings of the front matter that are Gondola's. */
export type FrontSection = 'forms' | 'report' | 'annotations';

export type FileState =
  /** `unwritten`: what the document says there the file does not, as something that can't be read stands in its place. */
  | { readonly state: 'fine'; readonly unwritten?: readonly FrontSection[] }
  | { readonly state: 'unparsable'; readonly message: string; readonly line?: number }
  | { readonly state: 'missing' };

export type ServerMessage =
  | {
      readonly type: 'welcome';
      readonly notebook: NotebookId;
      readonly epoch: Epoch;
      readonly role: Role;
      readonly readOnly?: string;
      readonly path: string;
    }
  /** All runs worth showing: the latest of each paragraph, and all that are queued or running. Then events follow. */
  | { readonly type: 'runs'; readonly runs: readonly Run[] }
  | { readonly type: 'run'; readonly events: readonly RunEvent[] }
  | {
      readonly type: 'asked';
      readonly request: RequestId;
      readonly runs: readonly { id: RunId; paragraph: ParagraphId }[];
    }
  | { readonly type: 'session'; readonly session: SessionStatus }
  /** Of the session that one's own runs happen in, where that is not the notebook's; without it there is none (any more). */
  | { readonly type: 'visitor'; readonly session?: SessionStatus }
  | { readonly type: 'completions'; readonly call: number; readonly items: readonly Completion[] }
  | { readonly type: 'tables'; readonly call: number; readonly items: readonly SessionTable[] }
  /** Without faults nothing is known: no process could be asked, or a later text came first. */
  | { readonly type: 'checked'; readonly call: number; readonly faults?: readonly Fault[] }
  | { readonly type: 'file'; readonly file: FileState }
  /** The store stopped taking edits (disk full, read-only): why; absent when it takes them again. */
  | { readonly type: 'storage'; readonly readOnly?: string }
  /** So many connections more are here than awareness tells. */
  | { readonly type: 'crowd'; readonly others: number }
  | { readonly type: 'renamed'; readonly path: string }
  /** Whoever shares the notebook changed what this person may do. */
  | { readonly type: 'role'; readonly role: Role }
  /** A message that could not be done; the socket stays. */
  | {
      readonly type: 'problem';
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
      readonly request?: RequestId;
    };
