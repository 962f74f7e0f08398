/**
 * Addresses: `/` (with `?trash`, what was deleted; with `?audit`, what everybody did), `/n/ID` with a place in the notebook
 * behind `#`, `/n/ID/report`, and `/p/ID`, what of a notebook the holder of a link sees, with `?as=` what its owner sees that others see. Links of our own do not reload the page.
 */
import { type Accessor, createSignal } from 'solid-js';
import { type NotebookId, parseId } from '../server/protocol/ids.ts';

export type Route =
  | { readonly page: 'home'; readonly folder: string; readonly trash?: true }
  | { readonly page: 'audit' }
  | { readonly page: 'published'; readonly id: NotebookId; readonly as?: string }
  | { readonly page: 'notebook'; readonly id: NotebookId; readonly fresh: boolean; readonly report?: true }
  | { readonly page: 'unknown' };

export function readRoute(location: Pick<Location, 'pathname' | 'search'>): Route {
  if (location.pathname === '/') {
    const search = new URLSearchParams(location.search);
    if (search.has('audit')) return { page: 'audit' };
    return { page: 'home', folder: search.get('folder') ?? '', ...(search.has('trash') ? { trash: true } : {}) };
  }
  const [, name, report] = /^\/n\/([^/]+)(\/report)?\/?$/.exec(location.pathname) ?? [];
  const id = parseId<NotebookId>(name);
  const shown = parseId<NotebookId>(/^\/p\/([^/]+)\/?$/.exec(location.pathname)?.[1]);
  if (shown) {
    const as = new URLSearchParams(location.search).get('as');
    return { page: 'published', id: shown, ...(as === null ? {} : { as }) };
  }
  const fresh = new URLSearchParams(location.search).has('new');
  return id ? { page: 'notebook', id, fresh, ...(report ? { report: true } : {}) } : { page: 'unknown' };
}

export const notebookPath = (id: NotebookId): string => `/n/${id}`;
export const reportPath = (id: NotebookId): string => `/n/${id}/report`;
export const isReportAt = (route: Route): boolean => route.page === 'notebook' && route.report === true;
/** A notebook, opened where a text stands in it: behind `#`, where no paragraph's id has a `=`. */
export const placePath = (id: NotebookId, text: string): string =>
  `${notebookPath(id)}#${FOUND}${encodeURIComponent(text)}`;
const FOUND = 'find=';

/** The text that the address says to find. */
export function soughtIn(hash: string): string | undefined {
  if (!hash.startsWith(`#${FOUND}`)) return undefined;
  try {
    return decodeURIComponent(hash.slice(FOUND.length + 1)) || undefined;
  } catch {
    return undefined;
  }
}

/** A notebook just made: it opens with the caret in it. */
export const newNotebookPath = (id: NotebookId): string => `/n/${id}?new`;
export const folderPath = (folder: string): string => (folder === '' ? '/' : `/?folder=${encodeURIComponent(folder)}`);

export const TRASH_PATH = '/?trash';
export const AUDIT_PATH = '/?audit';
export const publishedPath = (id: NotebookId): string => `/p/${id}`;
/** `as`: `person:ID`, `group:NAME`, `link:ID`, `everyone`; a name is percent-encoded, as it goes into a header. */
export const previewPath = (id: NotebookId, as: string): string => `/p/${id}?${new URLSearchParams({ as })}`;

const newNotebookPathOf = (route: Route): string | undefined =>
  route.page === 'notebook' ? newNotebookPath(route.id) : undefined;

export type Router = { readonly route: Accessor<Route>; go(path: string): void; close(): void };

export function createRouter(page: Window): Router {
  const [route, setRoute] = createSignal<Route>(readRoute(page.location), { equals: same });
  const read = (): void => void setRoute(readRoute(page.location));
  const go = (path: string): void => {
    page.history.pushState(null, '', path);
    page.scrollTo(0, 0);
    read();
    // A reload of a new notebook opens it as any other.
    if (path === newNotebookPathOf(route())) page.history.replaceState(null, '', page.location.pathname);
  };
  const click = (event: MouseEvent): void => {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!plain || event.defaultPrevented || !(event.target instanceof Element)) return;
    const link = event.target.closest('a[href]');
    const href = link?.getAttribute('href') ?? '';
    if (!link || link.hasAttribute('download') || link.hasAttribute('target') || !ours(href, page.location)) return;
    event.preventDefault();
    go(href);
  };
  page.addEventListener('popstate', read);
  page.document.addEventListener('click', click);
  return {
    route,
    go,
    close() {
      page.removeEventListener('popstate', read);
      page.document.removeEventListener('click', click);
    },
  };
}

function ours(href: string, location: Location): boolean {
  if (href.startsWith('#')) return false;
  const url = new URL(href, location.href);
  return url.origin === location.origin && readRoute(url).page !== 'unknown' && url.hash === '';
}

const same = (a: Route, b: Route): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The folder a notebook lies in, relative to the workspace; '' is the workspace itself. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
