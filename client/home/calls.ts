/** The API's calls about notebooks in their folders; answers are parsed here. */
import { type NotebookId, parseId } from '../../server/protocol/ids.ts';
import { type Answer, call, json, type Page, reach, record, refusal, string, time } from '../api.ts';

export type ListedRun = { readonly state: string; readonly started?: number; readonly ended?: number };
export type ListedNotebook = {
  readonly id: NotebookId;
  readonly path: string;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly changed: number | undefined;
  readonly snippet: string | undefined;
  /** What of the query stands in the snippet, as it is written there. */
  readonly found: string | undefined;
  readonly run: ListedRun | undefined;
  /** Names: who edited last, and who ran last. */
  readonly people: readonly string[];
  /** Why its file cannot be read. */
  readonly broken: string | undefined;
};

export async function listNotebooks(
  ask: { readonly query?: string; readonly cursor?: string | undefined; readonly limit?: number },
  signal?: AbortSignal,
): Promise<Answer<Page<ListedNotebook>>> {
  const search = new URLSearchParams();
  if (ask.query) search.set('query', ask.query);
  if (ask.cursor) search.set('cursor', ask.cursor);
  if (ask.limit) search.set('limit', String(ask.limit));
  return call(`/notebooks?${search}`, { ...(signal ? { signal } : {}) }, (value) => {
    const { items, next } = record(value);
    if (!Array.isArray(items)) return undefined;
    return { items: items.flatMap(parseListed), next: typeof next === 'string' ? next : undefined };
  });
}

export const deleteNotebook = (id: NotebookId): Promise<Answer<true>> =>
  call(`/notebooks/${id}`, { method: 'DELETE' }, () => true);

export const moveNotebook = (id: NotebookId, path: string): Promise<Answer<true>> =>
  call(`/notebooks/${id}`, json('PATCH', { path }), () => true);

export async function readText(id: NotebookId): Promise<Answer<string>> {
  const response = await reach(`/notebooks/${id}/text`, {});
  if (!(response instanceof Response)) return response;
  return response.ok ? { ok: true, value: await response.text() } : refusal(response);
}

/** Changes its text as `change` says, and only the text that it was made from. */
export async function editText(id: NotebookId, change: (text: string) => string): Promise<Answer<true>> {
  const response = await reach(`/notebooks/${id}/text`, {});
  if (!(response instanceof Response)) return response;
  if (!response.ok) return refusal(response);
  return call(
    `/notebooks/${id}/text`,
    {
      method: 'PUT',
      headers: { 'content-type': 'text/markdown; charset=utf-8', 'if-match': response.headers.get('etag') ?? '*' },
      body: change(await response.text()),
    },
    () => true,
  );
}

function parseListed(value: unknown): ListedNotebook[] {
  const item = record(value);
  const id = parseId<NotebookId>(item.id);
  const path = string(item.path);
  if (!id || path === undefined) return [];
  const run = record(item.run);
  const state = string(run.state);
  const started = time(run.started);
  const ended = time(run.ended);
  const by = string(item.by);
  const ran = string(record(run.by).name);
  return [
    {
      id,
      path,
      title: string(item.title) ?? path,
      changed: time(item.changed),
      snippet: string(record(item.snippet).text) ?? string(item.snippet),
      found: foundIn(record(item.snippet)),
      run: state
        ? { state, ...(started === undefined ? {} : { started }), ...(ended === undefined ? {} : { ended }) }
        : undefined,
      people: [...new Set([by, ran].filter((name) => name !== undefined))],
      broken: string(record(item.error).message),
    },
  ];
}

function foundIn({ text, start, end }: Record<string, unknown>): string | undefined {
  if (typeof text !== 'string' || typeof start !== 'number' || typeof end !== 'number') return undefined;
  return string(text.slice(start, end));
}
