/** Where a server is found: by this machine, and by others, as far as it can know its own names. */
import { isLoopback } from './exposure.ts';

export type Reach = {
  /** As a client of this machine reaches it: `https://127.0.0.1:4321`. */
  readonly origin: string;
  /** As others do, the likeliest first; none where nobody else can, or nobody said how. */
  readonly others: readonly string[];
  /** Whether it answers this machine only. */
  readonly local: boolean;
};

export type Placed = {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly kind: 'none' | 'self' | 'files' };
  readonly proxy: readonly string[];
  readonly allowHost: readonly string[];
};

/** `addresses`: of this machine on its networks. */
export function reachOf({ host, port, tls, proxy, allowHost }: Placed, addresses: () => readonly string[]): Reach {
  const scheme = tls.kind === 'none' ? 'http' : 'https';
  const at = (name: string): string => `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`;
  const isAll = host === '0.0.0.0' || host === '::';
  // A proxy has the usual port, unless the name says another.
  const named = allowHost.map((name) =>
    proxy.length > 0 ? `https://${name}` : /:\d+$/.test(name) ? `${scheme}://${name}` : at(name),
  );
  const own = isLoopback(host)
    ? []
    : isAll
      ? addresses()
          .filter((one) => host === '::' || !one.includes(':'))
          .map(at)
      : [at(host)];
  return {
    origin: at(isAll ? (host === '::' ? '::1' : '127.0.0.1') : host),
    others: [...named, ...own],
    local: isLoopback(host) && allowHost.length === 0 && proxy.length === 0,
  };
}
