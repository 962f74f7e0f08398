/**
 * As whom the page asks, which its address says: as whoever is signed in; in a frame of another site (`/e/SECRET`) by the
 * secret alone, as no cookie reaches it; or as an owner who looks how others see a notebook (`/p/ID?as=…`).
 */
export type Standing =
  | { readonly kind: 'own' }
  | { readonly kind: 'embed'; readonly secret: string }
  | { readonly kind: 'preview'; readonly as: string };

type Address = Pick<Location, 'pathname' | 'search'>;

export function standingAt({ pathname, search }: Address): Standing {
  const secret = /^\/e\/([^/]+)$/.exec(pathname)?.[1];
  if (secret !== undefined) return { kind: 'embed', secret };
  const as = pathname.startsWith('/p/') ? new URLSearchParams(search).get('as') : null;
  return as === null ? { kind: 'own' } : { kind: 'preview', as };
}

/** For each call that tells what a notebook shows. */
export function asking(address: Address = location): {
  credentials: RequestCredentials;
  headers: Record<string, string>;
} {
  const standing = standingAt(address);
  switch (standing.kind) {
    case 'own':
      return { credentials: 'same-origin', headers: {} };
    case 'embed':
      return { credentials: 'omit', headers: { authorization: `Embed ${standing.secret}${frame()}` } };
    case 'preview':
      return { credentials: 'same-origin', headers: { 'gondola-as': standing.as } };
  }
}

/** Which frame it is, as the server called it: what it runs is its own. */
function frame(): string {
  const name = document.getElementById('root')?.dataset.frame ?? '';
  return name === '' ? '' : ` ${name}`;
}

/** Where a file of the page lies that may stand in a frame: below the secret its answer names who may show it. */
export const framed = (path: string, address: Address = location): string =>
  standingAt(address).kind === 'embed' ? `${address.pathname}${path}` : path;
