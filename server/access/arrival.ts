/**
 * Where a request comes from, and whether it came by TLS: `{ address, secure }`, decided here for everything that asks. A
 * connection says both itself. Only where its other end is a proxy that the operator declared, what that says in
 * `X-Forwarded-For` and `X-Forwarded-Proto` holds; from anybody else these headers count for nothing, and so does
 * `Forwarded` from everybody: few proxies write it, and most pass on what a stranger wrote into it.
 *
 * Each proxy adds to the right of `X-Forwarded-For` whom it heard, so the list is read from there, past the declared ones. The
 * first that is none of them is the client, whatever stands further left: that is the client's own word.
 */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, SocketAddress } from 'node:net';

/** A request or upgrade, by the members that say where it comes from. */
export type Arriving = Pick<IncomingMessage, 'headers'> & {
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean };
};

export type Arrival = {
  /** Of the network, in its one way to write it; empty where the connection says none. */
  readonly address: string;
  /** Whether what is said between the client and the first of ours is said by TLS. */
  readonly secure: boolean;
};

/** Whether an address, written its one way, is a declared proxy's. */
export type Proxies = (address: string) => boolean;

export const NO_PROXIES: Proxies = () => false;

/** More proxies in a row than that is nobody's network; what stands further left is not looked at. */
const MOST_HOPS = 32;

export function arrivalOf({ headers, socket }: Arriving, isProxy: Proxies): Arrival {
  const peer = plainAddress(socket.remoteAddress) ?? '';
  const encrypted = socket.encrypted === true;
  if (peer === '' || !isProxy(peer)) return { address: peer, secure: encrypted };
  const heard = listOf(headers['x-forwarded-for']).slice(-MOST_HOPS);
  let address = peer;
  let hops = 0;
  for (const one of heard.toReversed()) {
    const said = forwardedAddress(one);
    // What is no address ends it: the last proxy that could be read is as far as anybody knows.
    if (said === undefined) break;
    address = said;
    hops += 1;
    if (!isProxy(said)) break;
  }
  return { address, secure: schemeOf(listOf(headers['x-forwarded-proto']), heard.length, hops) ?? encrypted };
}

/**
 * One scheme is the nearest proxy's word. As many as there are addresses stand beside them, and the client's counts. Any
 * other number was added to by somebody who did not know of the rest: nobody says then that it was TLS.
 */
function schemeOf(schemes: readonly string[], addresses: number, hops: number): boolean | undefined {
  if (schemes.length === 0) return undefined;
  const said =
    schemes.length === 1 ? schemes[0] : schemes.length === addresses ? schemes.at(-Math.max(1, hops)) : 'http';
  // Some proxies call the scheme of a socket by its own name.
  return /^(https|wss)$/i.test(said ?? '');
}

const listOf = (header: string | readonly string[] | undefined): readonly string[] =>
  [header ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** An address as it stands in the header: some proxies add the port, and brackets for it. */
function forwardedAddress(text: string): string | undefined {
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1];
  return plainAddress(bracketed ?? text.replace(/^(\d+(?:\.\d+){3}):\d{1,5}$/, '$1'));
}

/** The one way to write an address: an IPv4 one in IPv6's clothes is itself, and a zone is left out. Undefined: none. */
export function plainAddress(text: string | undefined): string | undefined {
  const bare = text?.split('%', 1)[0] ?? '';
  const version = isIP(bare);
  if (version !== 6) return version === 4 ? bare : undefined;
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' });
  return /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)?.[1] ?? address;
}

/** Of an address written its one way. */
export const isThisMachine = (address: string): boolean => address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);

/** Addresses and networks (`10.0.0.0/8`), as the setting has them; undefined where one is none, or is everybody. */
export function parseProxies(entries: readonly string[]): Proxies | undefined {
  if (entries.length === 0) return NO_PROXIES;
  const list = new BlockList();
  for (const entry of entries) {
    const [head = '', width, ...more] = entry.split('/');
    const address = plainAddress(head);
    if (address === undefined || more.length > 0) return undefined;
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const bits = family === 'ipv6' ? 128 : 32;
    const prefix = width === undefined ? bits : /^\d{1,3}$/.test(width) ? Number(width) : -1;
    if (prefix < 1 || prefix > bits) return undefined;
    list.addSubnet(address, prefix, family);
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
