/**
 * Whether a server may listen where others reach it: beyond loopback there must be accounts, and TLS by a certificate or by
 * a declared proxy. Else everybody who saw the printed address would be the owner, and everybody on the way would see it.
 * `--insecure-http` is the operator's word for a network that they trust; it is said again at each start.
 */
import { isThisMachine } from './access/arrival.ts';

export type Exposed = {
  readonly host: string;
  readonly tls: { readonly kind: 'none' | 'self' | 'files' };
  readonly proxy: readonly string[];
  readonly insecureHttp: boolean;
};

export const isLoopback = (host: string): boolean => host === 'localhost' || isThisMachine(host);

const hasTls = ({ tls, proxy }: Pick<Exposed, 'tls' | 'proxy'>): boolean => tls.kind !== 'none' || proxy.length > 0;

/** Why it may not, as far as can be told without a look at accounts. */
export function tlsRefusal(given: Exposed): string | undefined {
  const { host, insecureHttp } = given;
  if (isLoopback(host) || insecureHttp || hasTls(given)) return undefined;
  return `refusing to listen on ${host} without TLS: passwords and the owner’s token would travel in the clear. Give --tls CERT,KEY or --tls self, or --proxy ADDRESS of the TLS proxy before it; or --insecure-http on a network you trust.`;
}

/** The same for accounts. `people`: whether anybody can sign in by an account, or make one by an invitation. */
export function accountsRefusal({ host, insecureHttp }: Exposed, people: boolean): string | undefined {
  if (isLoopback(host) || insecureHttp || people) return undefined;
  return `refusing to listen on ${host} before anybody has an account: whoever had the printed address would be the owner. Make one with gondola user add NAME --role owner, or give --lan, which prints an invitation.`;
}

/** What the operator's word leaves open. */
export function exposureWarning(given: Exposed, people: boolean): string | undefined {
  if (isLoopback(given.host) || !given.insecureHttp || (hasTls(given) && people)) return undefined;
  const open = [
    ...(hasTls(given) ? [] : ['passwords and the owner’s token travel in the clear']),
    ...(people ? [] : ['nobody has an account, so whoever has the printed address is the owner']),
  ];
  return `--insecure-http on ${given.host}: ${open.join(', and ')}.`;
}
