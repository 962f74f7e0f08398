// The service worker: where the server does not answer, a page of ours still opens, from the files that an earlier page
// put aside (client/drafts/shell.ts). It holds nothing of anybody, changes no answer of the server, and takes no part in
// calls. To be rid of it, serve a file here that unregisters it.
const SHELL = '/offline-shell';
const PREFIX = 'gondola-shell-';
const FILES = new Set(['script', 'style', 'font', 'worker', 'image']);

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => {
  event.waitUntil(
    Promise.all([self.clients.claim(), self.registration.navigationPreload?.enable()]).catch(() => undefined),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (pathname === '/' || /^\/n\/[^/]+(\/report)?\/?$/.test(pathname)) event.respondWith(page(event));
  } else if (FILES.has(request.destination) && !pathname.startsWith('/api/')) event.respondWith(file(request));
});

// The server first, always: what it says, a sign-in page or an error too, is what is shown.
async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch (cause) {
    const kept = await aside(SHELL);
    if (kept) return kept;
    throw cause;
  }
}

async function file(request) {
  try {
    return await fetch(request);
  } catch (cause) {
    const kept = await aside(new URL(request.url).pathname);
    if (kept) return kept;
    throw cause;
  }
}

async function aside(path) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const found = await (await caches.open(name)).match(path, { ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}
