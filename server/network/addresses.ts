/**
 * What an address is, by the registries of special-use addresses (RFC 6890 and what IANA added since): the one place that says
 * which addresses lead inside. Closed by default: of IPv6 only the global range is public, and forms that carry an IPv4 address
 * are either judged by it (mapped, NAT64) or refused (6to4, Teredo, compatible). Node parses the addresses, not we.
 */
import { BlockList, isIP } from 'node:net';

/**
 * `public`: anybody's. `private`: a network's own, reached where a rule says so. `local`: this machine, its links, or the
 * cloud's account data, reached only where a rule names the very address. `never`: nothing to connect to.
 */
export type Realm = 'public' | 'private' | 'local' | 'never';
export type Range = { readonly realm: Realm; readonly what: string };

type Row = readonly [realm: Exclude<Realm, 'public'>, what: string, networks: readonly string[]];

/** First match wins: what the cloud tells of its account lies within wider networks. */
const IPV4: readonly Row[] = [
  [
    'local',
    'account data of a cloud',
    ['168.63.129.16/32', '100.100.100.200/32', '192.0.0.192/32', '169.254.169.254/32'],
  ],
  ['never', 'this network', ['0.0.0.0/8']],
  ['local', 'this machine', ['127.0.0.0/8']],
  ['local', 'a link', ['169.254.0.0/16']],
  ['private', 'a private network', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']],
  ['private', 'a network of a provider', ['100.64.0.0/10']],
  [
    'never',
    'protocol assignments',
    ['192.0.0.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.175.48.0/24'],
  ],
  ['never', 'documentation', ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24']],
  ['never', 'measurements', ['198.18.0.0/15']],
  ['never', 'many at once', ['224.0.0.0/4', '255.255.255.255/32']],
  ['never', 'reserved', ['240.0.0.0/4']],
];
const IPV6: readonly Row[] = [
  ['local', 'account data of a cloud', ['fd00:ec2::254/128', 'fd20:ce::254/128']],
  ['local', 'this machine', ['::1/128']],
  ['private', 'a private network', ['fc00::/7']],
  ['never', 'a link', ['fe80::/10', 'fec0::/10']],
  ['never', 'many at once', ['ff00::/8']],
  [
    'never',
    'an IPv4 address in another form',
    ['2002::/16', '2001::/32', '::/96', '64:ff9b:1::/48', '::ffff:0:0:0/96'],
  ],
  ['never', 'protocol assignments', ['2001::/23', '2620:4f:8000::/48', '100::/64', '5f00::/16']],
  ['never', 'documentation', ['2001:db8::/32', '3fff::/20']],
];
/** The prefixes under which an IPv4 address stands for itself. */
const CARRIERS = ['::ffff:', '64:ff9b::'];
const GLOBAL = ['2000::/3', ...CARRIERS.map((carrier) => `${carrier}0.0.0.0/96`)];

type Listed = Range & { readonly list: () => BlockList };

/** Made when first asked for: a start that judges no address does not pay for them. */
function onUse<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const listOf = (networks: readonly string[]): (() => BlockList) =>
  onUse(() => {
    const list = new BlockList();
    for (const network of networks) {
      const [address = '', bits] = network.split('/');
      list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
    }
    return list;
  });
const carried = (network: string): readonly string[] => {
  const [address, bits] = network.split('/');
  return [network, ...CARRIERS.map((carrier) => `${carrier}${address}/${96 + Number(bits)}`)];
};
const RANGES: readonly Listed[] = [
  ...IPV4.map(([realm, what, networks]) => ({ realm, what, list: listOf(networks.flatMap(carried)) })),
  ...IPV6.map(([realm, what, networks]) => ({ realm, what, list: listOf(networks) })),
];
const GLOBAL_LIST = listOf(GLOBAL);

export function rangeOf(address: string): Range {
  const family = isIP(address);
  // A zone names a link of this machine.
  if (family === 0 || address.includes('%')) return { realm: 'never', what: 'no address' };
  const kind = family === 6 ? 'ipv6' : 'ipv4';
  const found = RANGES.find(({ list }) => list().check(address, kind));
  if (found) return { realm: found.realm, what: found.what };
  if (family === 4 || GLOBAL_LIST().check(address, kind)) return { realm: 'public', what: 'public' };
  return { realm: 'never', what: 'reserved' };
}
