/**
 * Puts the page's own files aside, so that a notebook's address opens while the server is away: the document, and every
 * file that this page has loaded. They hold nothing of anybody. One set is kept, named by the page's version; a newer
 * one takes the place of an older, and while the server answers none of them is used.
 */
const SCRIPT = '/offline.js';
const SHELL = '/offline-shell';
const PREFIX = 'gondola-shell-';
/** Of the page's own folder, and what stands beside the document. */
const OWN = /^\/(assets\/[^?]+\.(?:js|css|woff2?|ttf)|theme\.js|favicon[a-z-]*\.svg)$/;

export type ShellPage = Pick<Window, 'navigator' | 'location' | 'document'> & {
  readonly caches?: CacheStorage;
  readonly PerformanceObserver: typeof PerformanceObserver;
  fetch(input: string, init?: RequestInit): Promise<Response>;
};

/** Returns the release. Does nothing where the browser has no service workers: beyond this machine they want TLS. */
export async function keepShell(page: ShellPage): Promise<() => void> {
  const { serviceWorker } = page.navigator;
  const version = versionOf(page.document);
  if (!serviceWorker || !page.caches || version === undefined) return () => {};
  const name = `${PREFIX}${version}`;
  try {
    const cache = await page.caches.open(name);
    await keepDocument(page, cache);
    for (const old of await page.caches.keys())
      if (old.startsWith(PREFIX) && old !== name) await page.caches.delete(old);
    const seen = new Set<string>();
    const add = (entries: readonly PerformanceEntry[]): void => {
      for (const { name: address } of entries) {
        const { pathname, origin } = new URL(address, page.location.href);
        if (origin !== page.location.origin || !OWN.test(pathname) || seen.has(pathname)) continue;
        seen.add(pathname);
        // They come from the browser's own cache: their names hold a hash. What fails is no more asked for by this page, as
        // the asking itself would be seen here.
        cache.add(pathname).catch(() => undefined);
      }
    };
    const observer = new page.PerformanceObserver((list) => add(list.getEntries()));
    observer.observe({ type: 'resource', buffered: true });
    await serviceWorker.register(SCRIPT, { scope: '/', updateViaCache: 'none' });
    return () => observer.disconnect();
  } catch {
    // A browser that gives no room, or a server gone meanwhile: the page works without.
    return () => {};
  }
}

/** The document as it goes out to whoever is signed in. Nothing else is put aside: no sign-in page, no error. */
async function keepDocument(page: ShellPage, cache: Cache): Promise<void> {
  const answer = await page.fetch('/', { credentials: 'same-origin', cache: 'no-store' });
  const text = await answer.clone().text();
  if (answer.status !== 200 || answer.redirected || !text.includes(versionOf(page.document) ?? '\0')) return;
  await cache.put(SHELL, answer);
}

/** The script that the document names, which the build names by its content. */
function versionOf(document: Document): string | undefined {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src^="/assets/"]');
  return script?.src.split('/').at(-1);
}
