/** Versions of all notebooks of a workspace, as routes, results and rooms use them. */
import type { NotebookId, ParagraphId, ResultId, VersionId } from '../protocol/ids.ts';
import type { Who } from '../protocol/runs.ts';
import type { Version, VersionInfo } from '../protocol/versions/version.ts';

export type History = {
  /** Newest first. */
  readonly items: readonly VersionInfo[];
  /** Who edited since the newest; absent if nobody did. */
  readonly since?: { readonly people: readonly string[]; readonly at: number };
};

/** Rejects with AppError: not-found, notebook-damaged (the versions' own file), storage-read-only, versions-full, too-many. */
export interface Versions {
  list(notebook: NotebookId): Promise<History>;
  read(notebook: NotebookId, version: VersionId): Promise<Version>;
  /** Keeps what the notebook says now. With a name it stays; without, it is the one before a restore. */
  keep(notebook: NotebookId, asked: { readonly name?: string; readonly by: string }): Promise<Version>;
  rename(notebook: NotebookId, version: VersionId, name: string, by: string): Promise<VersionInfo>;
  /** Takes the name away. */
  unname(notebook: NotebookId, version: VersionId): Promise<void>;
  /**
   * Makes the notebook, or one paragraph, what the version says, as one new edit; before that an automatic version is
   * durable, which it resolves with.
   */
  restore(notebook: NotebookId, version: VersionId, who: Who, paragraph?: ParagraphId): Promise<VersionInfo>;
  /** Results that named versions show. */
  results(notebook: NotebookId): Promise<ReadonlySet<ResultId>>;
  /** Lets go of the notebook's file, which is about to be removed. */
  forget(notebook: NotebookId): Promise<void>;
  close(): Promise<void>;
}
