/** What a server that others reach needs before it listens: somebody who may come in, and a certificate. */
import { operator } from './access/actors.ts';
import type { Door } from './access/door.ts';
import type { Providers } from './access/identity.ts';
import { inviteNetwork, NETWORK, openInvitations } from './access/invitations.ts';
import { newSecret } from './access/token.ts';
import { type Config, UsageError } from './config.ts';
import { CertificateError } from './tls/certificate.ts';
import { openTls, type Secured } from './tls/tls.ts';

/** Whether anybody can sign in by an account, or make one. Where that cannot be read nobody can but the owner. */
export function hasPeople({ access: { store } }: Door, { directory, visit }: Providers): boolean {
  if (directory !== undefined || visit !== undefined) return true;
  const book = store.book();
  return (
    store.trouble !== undefined ||
    [...book.accounts.values()].some(({ disabled }) => disabled === undefined) ||
    openInvitations(book, Date.now()).length > 0
  );
}

/** Makes the invitation of `serve --lan`; returns its secret. */
export function inviteAround({ access: { store, audit } }: Door): string {
  const secret = newSecret();
  store.commit((book) => inviteNetwork(book, secret, Date.now()));
  audit.note({ event: 'invitation-made', by: operator(NETWORK.by), detail: NETWORK.role });
  return secret;
}

/** Undefined where there is to be no TLS. `folder`: `.gondola`. Rejects with UsageError. */
export async function openSecured({ tls, host, allowHost }: Config, folder: string): Promise<Secured | undefined> {
  if (tls.kind === 'none') return undefined;
  const isName = host !== '0.0.0.0' && host !== '::';
  try {
    return await openTls(tls, { folder, names: [...allowHost, ...(isName ? [host] : [])], now: Date.now });
  } catch (error) {
    if (error instanceof CertificateError) throw new UsageError(`--tls: ${error.message}.`);
    throw error;
  }
}
