/**
 * A workspace: a folder of notebooks (`*.nb.md`), their `data/` folders, and `.gondola/` with the machine's records.
 *
 * A room and its notebook's file meet here. The room owns document and log; the file owns the bytes on disk and decides
 * what to write and what came from outside. Neither knows how the other works:
 *
 *   room  → file   `open` once the log is replayed, `documentChanged` after each applied edit, `close` before it goes
 *   file  → room   `saveBase` before it writes, `saveImport` with an outside change (update and base in ONE record)
 *   watch → file   the workspace tells the file itself when its path changed, vanished or moved
 */
import type { Readable } from 'node:stream';
import type * as Y from 'yjs';
import type { NotebookId } from '../protocol/ids.ts';
import type { FileState } from '../protocol/messages.ts';
import type { Base } from '../storage/format/base.ts';

/** What the file needs of its room. `encodeBase`/`decodeBase` turn a base into a record's bytes. */
export interface FileRoom {
  /** The live document. The file reads it and never writes to it. */
  readonly doc: Y.Doc;
  /** The last two bases in the log, older first; fewer while there were fewer. */
  readonly bases: readonly Base[];
  /** Appends a base record; resolves when it is durable. */
  saveBase(base: Base): Promise<void>;
  /**
   * Appends one record with update and base; once it is durable the update is applied to `doc` and broadcast. The update
   * was made on a copy of `doc` with a fresh client id. `by`: whose edit it is, where the file did not bring it.
   */
  saveImport(update: Uint8Array, base: Base, by?: string): Promise<void>;
}

export type FileOpening =
  | { readonly state: 'open' }
  /** There is no document yet and none can be made: the notebook opens as this error. */
  | { readonly state: 'failed'; readonly message: string; readonly line?: number };

/** Why a text is no notebook. `line` is 1-based. */
export type TextFailure = { readonly state: 'failed'; readonly message: string; readonly line: number };

export interface NotebookFile {
  /** Brings document and file together; awaited before anybody sees the document. Fills a new document from the file. */
  open(): Promise<FileOpening>;
  /** Call after each edit that was applied to the document (not for `saveImport`'s own). Writes within 2 s. */
  documentChanged(by?: string): void;
  readonly state: FileState;
  /** Returns the release. */
  onState(listener: (state: FileState) => void): () => void;
  /** The document as the file will have it: the API's text. */
  print(): string;
  /** Makes diff(base, text) to the live document, as a change from outside does; `base` is what `print` once gave. */
  applyText(base: string, text: string, by: string): Promise<{ readonly state: 'applied' } | TextFailure>;
  /** Overwrites a file that does not parse, or makes a missing one anew. */
  useMine(): Promise<void>;
  /** Writes what is to be written; resolves when the file is on disk. */
  flush(): Promise<void>;
  /** Flushes and lets go. The file may not be used afterwards. */
  close(): Promise<void>;
}

export type Notebook = {
  readonly id: NotebookId;
  /** Relative to the workspace, `/`-separated, NFC where the disk has it so. */
  readonly path: string;
  readonly title: string;
  /** Milliseconds since 1970: when the file last changed. */
  readonly changed: number;
  /** The name of who edited last, if that was in Gondola. */
  readonly by?: string;
  /** Why the file cannot be opened, if it cannot. */
  readonly problem?: { readonly message: string; readonly line?: number };
  /** With a query: the text around the first place found, and where in `text` it stands. */
  readonly snippet?: { readonly text: string; readonly start: number; readonly end: number };
};

export type TrashedNotebook = {
  readonly id: NotebookId;
  /** Where it was. */
  readonly path: string;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly deleted: number;
  readonly by?: string;
};

export type WorkspaceEvent =
  /** `returned`: its file was away. */
  | { readonly type: 'added'; readonly notebook: Notebook; readonly returned?: true }
  | { readonly type: 'changed'; readonly notebook: Notebook }
  | { readonly type: 'renamed'; readonly notebook: Notebook; readonly from: string }
  | { readonly type: 'vanished'; readonly id: NotebookId; readonly path: string }
  /** All notebooks of a folder were found below another name: said after each of them was. */
  | { readonly type: 'folder-renamed'; readonly from: string; readonly to: string };

export type DataFile = {
  readonly name: string;
  /** The folder whose `data/` it lies in, relative to the workspace; '' is the workspace itself. */
  readonly folder: string;
  /** Relative to the workspace: `FOLDER/data/NAME`. */
  readonly path: string;
  readonly bytes: number;
  readonly changed: number;
};

/** Every path is checked here: inside the workspace, in a `data/` folder, no links out. Rejects with AppError. */
export interface DataFiles {
  /** What a notebook sees as `data/…`: its own folder's files and those of the folders above, the nearest of a name first. */
  visible(notebookPath: string): Promise<readonly DataFile[]>;
  /** Streams to `path`; a taken name becomes NAME-2 unless `replace`. Nothing is left of an upload that breaks off. */
  write(path: string, content: Readable, options?: { replace?: boolean; signal?: AbortSignal }): Promise<DataFile>;
  /** Bytes [start, end] of it, both included, as HTTP has it; all without a range. */
  read(path: string, range?: { start: number; end: number }): Promise<{ file: DataFile; content: Readable }>;
  stat(path: string): Promise<DataFile>;
  remove(path: string): Promise<void>;
}

export interface Workspace {
  /** Absolute, without links. */
  readonly root: string;
  /** `.gondola` in it, absolute. */
  readonly records: string;
  readonly data: DataFiles;
  /** Newest first; with a query those whose title, path or text contain it. */
  list(query?: string): readonly Notebook[];
  get(id: NotebookId): Notebook | undefined;
  /** The notebook's file as it is on disk; undefined where it is missing. Rejects if it is no UTF-8. */
  text(id: NotebookId): Promise<string | undefined>;
  /** Absolute path of its file. */
  locate(id: NotebookId): string | undefined;
  /** Without a title it is called by its first heading, once it has one. */
  create(wanted: { title?: string; text?: string; folder?: string }): Promise<Notebook>;
  move(id: NotebookId, path: string): Promise<Notebook>;
  /** To the trash: its file goes to `.gondola/trash/`, and all that is kept of it stays for 30 days. */
  remove(id: NotebookId, by?: string): Promise<void>;
  /** What is in the trash, the last thrown away first. */
  trash(): readonly TrashedNotebook[];
  /** Back to its path, or beside it where that is taken. Rejects with AppError: not-found. */
  restore(id: NotebookId): Promise<Notebook>;
  /** Removes for ever what is in the trash: its records, its text, its file. Nobody may use its room any more. */
  purge(id: NotebookId): Promise<void>;
  /** Those whose 30 days are over, and those whose removal a server did not finish. */
  expired(): readonly NotebookId[];
  /** One file object for each open room; `close` of it ends this. */
  attach(id: NotebookId, room: FileRoom): NotebookFile;
  /** Notebooks whose log is newer than their file: to be opened once after a start, so that their files catch up. */
  unsettled(): Promise<readonly NotebookId[]>;
  /** What the first look found, before anybody listened: folders renamed and notebooks returned while no server ran. */
  readonly found: readonly WorkspaceEvent[];
  /** Returns the release. */
  on(listener: (event: WorkspaceEvent) => void): () => void;
  /** Writes what is open, stops watching, frees the lock. */
  close(): Promise<void>;
}
