/**
 * Rooms: one live document each, the peers that edit it, and the log that makes every edit durable before anybody sees
 * it. Sockets, files, runs and the API meet a document only here. Nobody but the room writes to `doc`.
 */
import type * as Y from 'yjs';
import type { Epoch, NotebookId } from '../protocol/ids.ts';
import type { Who } from '../protocol/runs.ts';
import type { Base } from '../storage/format/base.ts';
import type { FileOpening, FileRoom, NotebookFile } from '../workspace/contract.ts';

/** Time as the rooms see it; tests own it. */
export type Clock = {
  /** Milliseconds. */
  now(): number;
  /** Calls `work` once, later; returns what calls it off. */
  after(ms: number, work: () => void): () => void;
  /** Calls `work` once what the operating system reports now has been handled. */
  soon(work: () => void): void;
};

/** Whose edit it was. */
export type Origin =
  | { readonly kind: 'peer'; readonly who: Who }
  /** The API, or whoever else edits through `transact`. */
  | { readonly kind: 'server'; readonly who: Who }
  /** The notebook's file changed outside. */
  | { readonly kind: 'file' };

export type Change = {
  readonly origin: Origin;
  /** Paragraphs whose text, place or properties changed. */
  readonly paragraphs: ReadonlySet<string>;
  /** The room loaded its document anew: `room.doc` is another object, and whatever was derived from it is stale. */
  readonly reloaded: boolean;
};

/** A connection as the room sees it. `send` takes ownership of nothing: frames are shared between peers. */
export interface Port {
  /** `flushed` is called once the frame has left the process. */
  send(frame: Uint8Array, flushed?: () => void): void;
  /** Frames that leave in one write. Who sends the same list to many has its bytes made once. */
  sendAll(frames: readonly Uint8Array[]): void;
  /** Bytes taken by `send` that have not left the process. */
  readonly buffered: number;
  /** Stop and go on reading: while too much of this peer waits for the disk. */
  pause(): void;
  resume(): void;
  close(code: number, reason: string): void;
}

export interface Peer {
  readonly who: Who;
  /** A sync frame. What is refused closes the port. */
  sync(step: 0 | 1 | 2, bytes: Uint8Array): void;
  awareness(update: Uint8Array): void;
  /** Sends an acknowledgement of what is durable now. */
  ping(): void;
  /**
   * Calls `work` once this peer's first `count` updates are durable and applied, and nothing later is. Rejects with
   * AppError: more than it sent (`bad-request`), the disk refused (`storage-read-only`), it left (`unavailable`).
   */
  whenApplied<T>(count: number, work: () => T | Promise<T>): Promise<T>;
  leave(): void;
}

export interface Room extends FileRoom {
  readonly id: NotebookId;
  readonly epoch: Epoch;
  /** The live document; another object after a change with `reloaded`. */
  readonly doc: Y.Doc;
  /** Why no edit is taken now; undefined while they are. */
  readonly readOnly: string | undefined;
  readonly peers: number;
  readonly bases: readonly Base[];
  /** `client`: the Yjs client id that the peer's edits carry. `fixed`: `who` has an account; the page may not say otherwise. */
  join(port: Port, who: Who, client: number, fixed?: boolean): Peer;
  /**
   * An edit by the server. `edit` is called on a copy; what it did there is logged, then applied and broadcast. Resolves
   * with what it returned once that is done. Rejects with AppError `storage-read-only`, or with what `edit` threw.
   */
  transact<T>(who: Who, edit: (doc: Y.Doc) => T): Promise<T>;
  /** After each change was applied. Returns the release. */
  onChange(listener: (change: Change) => void): () => void;
  /** When edits stop or start to be taken. Returns the release. */
  onStorage(listener: (readOnly: string | undefined) => void): () => void;
}

/** A room in use with its file; it stays loaded until every user has released it, and a while longer. */
export interface RoomLease {
  readonly room: Room;
  readonly file: NotebookFile;
  /** A method: it is called on its lease. */
  release(): void;
}

export interface Rooms {
  /**
   * Loads the room if need be. Rejects with AppError: `notebook-damaged`, `unparsable-notebook`, `storage-read-only`,
   * `unavailable` while stopping.
   */
  use(id: NotebookId): Promise<RoomLease>;
  /** The room if it is loaded now. */
  loaded(id: NotebookId): Room | undefined;
  /** Closes the room, if it is loaded, and everybody in it: the notebook is about to be removed for ever. */
  end(id: NotebookId): Promise<void>;
  /** Flushes files and logs, compacts nothing, closes all. */
  close(): Promise<void>;
}

/** What brings a notebook's file to its room; `Workspace.attach` is one. */
export type AttachFile = (id: NotebookId, room: FileRoom) => NotebookFile;
export type { FileOpening };
