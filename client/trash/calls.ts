/** The API's calls about the trash; answers are parsed here. */
import { type NotebookId, parseId } from '../../server/protocol/ids.ts';
import { type Answer, call, record, string, time } from '../api.ts';

export type Trashed = {
  readonly id: NotebookId;
  readonly path: string;
  readonly title: string;
  readonly deleted: number;
  readonly by: string | undefined;
  /** When it goes for ever. */
  readonly until: number;
};

export const listTrash = (): Promise<Answer<readonly Trashed[]>> =>
  call('/trash', {}, (value) => {
    const { items } = record(value);
    return Array.isArray(items) ? items.flatMap((item) => parseTrashed(item) ?? []) : undefined;
  });

/** Resolves with where it is now. */
export const restoreNotebook = (id: NotebookId): Promise<Answer<{ readonly path: string; readonly title: string }>> =>
  call(`/trash/${id}/restore`, { method: 'POST' }, (value) => {
    const { path, title } = record(value);
    return typeof path === 'string' ? { path, title: string(title) ?? path } : undefined;
  });

export const purgeNotebook = (id: NotebookId): Promise<Answer<true>> =>
  call(`/trash/${id}`, { method: 'DELETE' }, () => true);

function parseTrashed(value: unknown): Trashed | undefined {
  const { id, path, title, deleted, by, until } = record(value);
  const parsed = parseId<NotebookId>(id);
  const at = time(deleted);
  if (!parsed || typeof path !== 'string' || at === undefined) return undefined;
  return { id: parsed, path, title: string(title) ?? path, deleted: at, by: string(by), until: time(until) ?? at };
}
