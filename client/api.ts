/**
 * The HTTP calls of the page. Answers are `unknown` until parsed here; failures are data of one shape, whether the server
 * refused, answered nonsense, or did not answer at all.
 */
import { type NotebookId, parseId } from '../server/protocol/ids.ts';
import { readPerson } from './people/person.ts';
import { standingAt } from './standing.ts';
import { words } from './words/en.ts';

export type Problem = { readonly code: string; readonly message: string; readonly hint?: string };
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export type Page<T> = { readonly items: readonly T[]; readonly next: string | undefined };

const BASE = '/api/v1';

export type RunningNow = { readonly notebook: NotebookId; readonly title: string };
export type WorkspaceFacts = {
  readonly title: string;
  readonly folders: readonly string[];
  /** Folders that are gone, whose roles are aside. */
  readonly gone: readonly string[];
  readonly running: readonly RunningNow[];
};

export const readWorkspace = (signal?: AbortSignal): Promise<Answer<WorkspaceFacts>> =>
  call('/workspace', { ...(signal ? { signal } : {}) }, (value) => {
    const { title, folders, gone, running } = record(value);
    return {
      title: string(title) ?? '',
      folders: Array.isArray(folders) ? folders.filter((folder) => typeof folder === 'string') : [],
      gone: Array.isArray(gone) ? gone.filter((folder) => typeof folder === 'string') : [],
      running: Array.isArray(running) ? running.flatMap(parseRunning) : [],
    };
  });

/** Without a title its first heading is the title. */
export const createNotebook = (notebook: {
  readonly title?: string;
  readonly text?: string;
  readonly folder?: string;
}): Promise<Answer<NotebookId>> =>
  call('/notebooks', json('POST', notebook), (value) => parseId<NotebookId>(record(value).id));

/** Ends this browser's sign-in, or all of this person's. What answers then is the sign-in page, which is none of an API. */
export async function signOut(everywhere = false): Promise<Answer<true>> {
  try {
    const response = await fetch('/sign-out', {
      method: 'POST',
      credentials: 'same-origin',
      redirect: 'manual',
      ...(everywhere ? { body: new URLSearchParams({ everywhere: 'true' }) } : {}),
    });
    return response.type === 'opaqueredirect' || response.ok ? { ok: true, value: true } : refusal(response);
  } catch {
    return { ok: false, problem: noAnswer };
  }
}

/** Why a notebook cannot be opened, if that will not pass by itself. */
export async function probeNotebook(id: NotebookId): Promise<Problem | undefined> {
  const response = await reach(`/notebooks/${id}/published`, {});
  if (!(response instanceof Response) || PASSING.has(response.status)) return undefined;
  // Who came by a link may read it, and not open it.
  if (response.ok && record(parseJson(await response.text())).whole !== false) return undefined;
  if (response.ok) return { code: 'forbidden', message: words.problem.linkOnly };
  return (await refusal(response)).problem;
}

/** Busy, stopping, or a full disk: worth another try. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 502, 503, 504, 507]);

/** Names that are taken are given a number by the server; it answers with the path that it stored. */
export function uploadFile(
  path: string,
  file: Blob,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Answer<string>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const fail = (): void => resolve({ ok: false, problem: noAnswer });
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    });
    request.addEventListener('error', fail);
    request.addEventListener('abort', () => resolve({ ok: false, problem: { code: 'cancelled', message: '' } }));
    request.addEventListener('load', () => {
      const body = parseJson(request.responseText);
      if (request.status >= 200 && request.status < 300) {
        const stored = record(body).path;
        resolve({ ok: true, value: typeof stored === 'string' ? stored : path });
      } else resolve({ ok: false, problem: parseProblem(body) ?? nonsense });
    });
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.open('PUT', `${BASE}/files/${path.split('/').map(encodeURIComponent).join('/')}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('if-none-match', '*');
    request.send(file);
  });
}

const noAnswer: Problem = { code: 'network', message: words.problem.network, hint: words.problem.networkHint };
const nonsense: Problem = {
  code: 'unexpected',
  message: words.problem.unexpected,
  hint: words.problem.unexpectedHint,
};

export async function call<T>(
  path: string,
  init: RequestInit,
  parse: (value: unknown) => T | undefined,
): Promise<Answer<T>> {
  const response = await reach(path, init);
  if (!(response instanceof Response)) return response;
  if (!response.ok) return refusal(response);
  const text = await bodyOf(response);
  if (typeof text !== 'string') return text;
  const value = parse(parseJson(text));
  return value === undefined ? { ok: false, problem: nonsense } : { ok: true, value };
}

/** What came, and by what name the server knows it. */
export type Tagged<T> = { readonly tag: string | undefined; readonly value: T };

/** As `call`, of what one has already: `before` itself where nothing of it changed. */
export async function callAgain<T>(
  path: string,
  { headers, ...init }: RequestInit & { readonly headers: Record<string, string> },
  parse: (value: unknown) => T | undefined,
  before: Tagged<T> | undefined,
): Promise<Answer<Tagged<T>>> {
  const known = before?.tag === undefined ? {} : { 'if-none-match': before.tag };
  const response = await reach(path, { ...init, headers: { ...headers, ...known } });
  if (!(response instanceof Response)) return response;
  if (response.status === 304 && before) return { ok: true, value: before };
  if (!response.ok) return refusal(response);
  const text = await bodyOf(response);
  if (typeof text !== 'string') return text;
  const value = parse(parseJson(text));
  if (value === undefined) return { ok: false, problem: nonsense };
  return { ok: true, value: { tag: response.headers.get('etag') ?? undefined, value } };
}

/** An answer whatever its status, or why there is none. */
export async function reach(
  path: string,
  init: RequestInit,
): Promise<Response | { readonly ok: false; problem: Problem }> {
  try {
    const headers = { ...init.headers, ...claim() };
    return await fetch(`${BASE}${path}`, { credentials: 'same-origin', ...init, headers });
  } catch (error) {
    return { ok: false, problem: whyNot(error) };
  }
}

/** What was given up, or broken off, between the head of an answer and its end. */
async function bodyOf(response: Response): Promise<string | { readonly ok: false; problem: Problem }> {
  try {
    return await response.text();
  } catch (error) {
    return { ok: false, problem: whyNot(error) };
  }
}

const whyNot = (error: unknown): Problem =>
  error instanceof DOMException && error.name === 'AbortError' ? { code: 'cancelled', message: '' } : noAnswer;

/** Whose name edits bear where nobody has an account. */
function claim(): Record<string, string> {
  // A frame in another site's page has no storage, and nobody to name.
  if (standingAt(location).kind === 'embed') return {};
  const person = readPerson(localStorage);
  return person ? { 'gondola-person': `${person.id} ${encodeURIComponent(person.name)}` } : {};
}

/** What the server said against it. */
export async function refusal(response: Response): Promise<{ readonly ok: false; readonly problem: Problem }> {
  const text = await bodyOf(response);
  return { ok: false, problem: typeof text === 'string' ? (parseProblem(parseJson(text)) ?? nonsense) : text.problem };
}

export const json = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
export const string = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export function time(value: unknown): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : value;
  return typeof at === 'number' && Number.isFinite(at) ? at : undefined;
}

function parseProblem(value: unknown): Problem | undefined {
  const { code, message, hint } = record(record(value).error);
  if (typeof code !== 'string' || typeof message !== 'string') return undefined;
  return { code, message, ...(typeof hint === 'string' ? { hint } : {}) };
}

function parseRunning(value: unknown): RunningNow[] {
  const item = record(value);
  const notebook = parseId<NotebookId>(item.notebook);
  return notebook ? [{ notebook, title: string(item.title) ?? '' }] : [];
}
