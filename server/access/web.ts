/**
 * What stands between other web pages and this server, as pure decisions: for which hosts it answers (a foreign name
 * that was made to point here is refused), from which origin a change or a socket may come, and the headers of every
 * response. Cookies alone prove nothing here: they travel with whatever a page in the same browser sends.
 */
import { isIP } from 'node:net';

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export type Hosts = {
  /** Names that the operator gave, with or without a port. They may be behind a proxy that speaks TLS. */
  readonly allowed: readonly string[];
  /** Whether it listens beyond this machine: then it also answers for its own addresses. */
  readonly open: boolean;
};

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The host of a request if the server answers for it: loopback at any port (tunnels change it), the names given. */
export function ownHost(host: string | undefined, hosts: Hosts): string | undefined {
  if (host === undefined || !/^[a-z0-9.\-_[\]:]{1,260}$/i.test(host)) return undefined;
  const lower = host.toLowerCase();
  const name = nameOf(lower);
  if (isThisHost(lower) || isNamed(lower, hosts)) return lower;
  // An address can't be rebound: only names can be made to point elsewhere.
  return hosts.open && isIP(name.replace(/^\[|\]$/g, '')) !== 0 ? lower : undefined;
}

/** Whether a host names whatever machine it is said on. */
export const isThisHost = (host: string): boolean => LOOPBACK.test(nameOf(host.toLowerCase()));

const nameOf = (host: string): string => host.replace(/:\d{1,5}$/, '');

const isNamed = (host: string, { allowed }: Hosts): boolean =>
  allowed.some((name) => name.toLowerCase() === host || name.toLowerCase() === nameOf(host));

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export const isSafe = (method: string): boolean => SAFE.has(method);

/**
 * Whether `origin` is exactly the origin of the page that this server serves at `host`. Without one only those may change
 * anything who show the token itself, as programs do: a browser always says where such a request comes from.
 */
export function ownOrigin(
  origin: string | undefined,
  { host, secure }: { readonly host: string; readonly secure: boolean },
  hosts: Hosts,
  hasToken: boolean,
): boolean {
  // Whether the token is one that opens anything is asked after this.
  if (origin === undefined) return hasToken;
  const named = isNamed(host, hosts);
  // The usual port is never in an origin, and some proxies write it into the host.
  if (origin === `https://${host.replace(/:443$/, '')}`) return secure || named;
  return !secure && origin === `http://${host.replace(/:80$/, '')}`;
}

/**
 * Whether a browser says that a page of another site, or of another port of this host, reads what is no page: the answer
 * would be withheld from it, but cookies of `SameSite=Lax` do go to every port. A link that somebody follows is no such thing.
 */
export const isForeignRead = (headers: Headers): boolean =>
  (headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site') &&
  headers['sec-fetch-mode'] !== 'navigate';

/** Where two of them stand a proxy may have read the other one. */
const ONCE = new Set(['host', 'origin', 'authorization', 'sec-fetch-site', 'content-type', 'content-length']);

/** The name of a header that may stand once and does not; `raw` as Node gives them, names and values in turn. */
export function twiceIn(raw: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    if (!ONCE.has(name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

/** The strictest policy that the page works under. */
export function contentSecurityPolicy(
  nonce: string,
  forms: 'none' | 'self' = 'none',
  ancestors: readonly string[] = [],
): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `style-src-elem 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    `form-action '${forms}'`,
    `frame-ancestors ${ancestors.length === 0 ? "'none'" : ancestors.join(' ')}`,
  ].join('; ');
}

/** Of what is data and never a page: opened by itself it is nobody's, runs nothing and shows nothing of others. */
export const DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  // No policy speaks of these: a link in what people and programs wrote would be looked up before anybody follows it.
  'x-dns-prefetch-control': 'off',
};

/**
 * Of the document that shows what people and programs wrote: an opaque origin whatever frames it, no script but its own
 * (by their hashes, in base64) and the worker that it starts, nothing fetched, nothing sent.
 */
export const frameHeaders = (
  scripts: readonly string[],
  ancestors: readonly string[] = [],
): Readonly<Record<string, string>> => ({
  'content-security-policy': [
    'sandbox allow-scripts',
    "default-src 'none'",
    `script-src ${scripts.map((hash) => `'sha256-${hash}'`).join(' ')}`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    ["frame-ancestors 'self'", ...ancestors].join(' '),
  ].join('; '),
  // Empty: it is left out, as it could name nobody but ourselves.
  'x-frame-options': ancestors.length === 0 ? 'SAMEORIGIN' : '',
  'permissions-policy':
    'camera=(), clipboard-read=(), clipboard-write=(), fullscreen=(), geolocation=(), microphone=()',
});

/** What every response carries; `id` names the request in the log. */
export const responseHeaders = (nonce: string, id: string): Readonly<Record<string, string>> => ({
  ...SECURITY_HEADERS,
  'content-security-policy': contentSecurityPolicy(nonce),
  'cache-control': 'no-store',
  'x-request-id': id,
});

/** A path of our own to go to after the sign-in: never another site, never an API call. */
export function ownPath(to: string | undefined): string {
  if (to === undefined || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(to)) return '/';
  const url = new URL(to, 'http://gondola.invalid');
  if (url.host !== 'gondola.invalid' || url.pathname.startsWith('/api/') || url.searchParams.has('token')) return '/';
  // Of `/.//host` the dots are gone now, and what is left would lead to that host.
  if (url.pathname.startsWith('//')) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}

/** The value of one cookie; undefined where it is absent. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** An address for the log: a token in it, the secret of a link, embed or invitation, or what a provider sends is blotted out, also one inside an address inside it. */
export const redacted = (url: string): string =>
  url
    .replace(/(sign-in(?:\/|%(?:25)*2f)oidc(?:\/|%(?:25)*2f)callback(?:\?|%(?:25)*3f)).*/i, '$1[redacted]')
    .replace(/(token(?:=|%(?:25)*3d))[^&#]*/gi, '$1[redacted]')
    .replace(/((?<=^|=)(?:\/|%(?:25)*2f)[sei](?:\/|%(?:25)*2f))[^/?&#%]+/gi, '$1[redacted]');
