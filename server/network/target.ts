/**
 * Where a connection is to go, in one spelling: names in lower case and ASCII without a last dot, addresses as they are written
 * in full. The URL parser of the platform reads every spelling (0x7f.1, 2130706433, full-width digits), so that what is judged
 * is what is connected to.
 */
import { isIP } from 'node:net';

/** `host` is a name or an address without brackets. */
export type Target = { readonly host: string; readonly port: number };
export type Place = Target & { readonly url: URL; readonly secure: boolean };

/** RFC 1035. */
const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;
const PORT = /:(\d{1,5})$/;
/** URL parsers pass over line ends and take a backslash for a slash: neither stands in an authority. */
const STRANGE = /[^\x21-\x7e]|[\\/?#@]/;

/** `HOST:PORT`, as CONNECT and grants have it; undefined for anything else, user names and paths included. */
export function parseAuthority(text: string): Target | undefined {
  const port = Number(PORT.exec(text)?.[1]);
  if (STRANGE.test(text) || !(port >= 1 && port <= 65_535)) return undefined;
  const url = parsed(`http://${text}/`);
  const host = url && hostOf(url);
  return host === undefined ? undefined : { host, port };
}

/** An http or https URL without a user name. */
export function parsePlace(text: string): Place | undefined {
  const url = parsed(text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  if (!url || /[\x00-\x1f]/.test(text) || url.username !== '' || url.password !== '') return undefined;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  const host = hostOf(url);
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return host === undefined || port === 0 ? undefined : { host, port, url, secure };
}

/** As it stands in a header or a message. */
export const authorityOf = ({ host, port }: Target): string => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

function hostOf({ hostname }: URL): string | undefined {
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname.replace(/\.$/, '');
  if (isIP(host) !== 0) return host;
  const labels = host.split('.');
  const plain = labels.every((label) => label !== '' && label.length <= LONGEST_LABEL && /^[a-z0-9_-]+$/.test(label));
  return plain && host.length <= LONGEST_NAME ? host : undefined;
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
