/** The providers of the configuration, with their secrets, made at the start; what they need is loaded when somebody signs in. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openLdap } from './access/identity/ldap.ts';
import { openOidc } from './access/identity/oidc.ts';
import { openPendings } from './access/identity/pending.ts';
import type { Providers, Warn } from './access/identity.ts';
import { type Config, UsageError } from './config.ts';
import { openGuard } from './network/guard.ts';
import { lookupAll } from './network/resolve.ts';

export type ProviderOptions = {
  readonly config: Pick<Config, 'oidc' | 'ldap'>;
  /** `.gondola` of the workspace: files that are named without a folder lie there. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  readonly warn: Warn;
};

/** Throws UsageError: a file is missing or empty. */
export function openProviders({ config, folder, env, now, warn }: ProviderOptions): Providers {
  const { oidc, ldap } = config;
  const file = (setting: string, path: string | undefined): string | undefined =>
    path === undefined ? undefined : contentOf(setting, resolve(folder, path));
  const secret = (setting: string, path: string | undefined, variable: string): string | undefined =>
    file(setting, path) ?? (env[variable] || undefined);
  const bindPassword = ldap && secret('ldap.bindPasswordFile', ldap.bindPasswordFile, 'GONDOLA_LDAP_PASSWORD');
  if (ldap?.bindDn !== undefined && bindPassword === undefined)
    throw new UsageError('"ldap.bindDn" wants a password: "ldap.bindPasswordFile" or GONDOLA_LDAP_PASSWORD.');
  // Of few names: one after the other, beside those that code asks for.
  const guard = openGuard({ lookup: lookupAll, lookups: 1 });
  return {
    ...(oidc && {
      visit: openOidc({
        settings: oidc,
        secret: secret('oidc.clientSecretFile', oidc.clientSecretFile, 'GONDOLA_OIDC_SECRET'),
        pendings: openPendings(now),
        now,
        warn,
        ask() {
          const asking = import('./network/provider.ts').then(({ askProvider }) => askProvider(oidc.issuer, guard));
          return async (url, asked) => (await asking)(url, asked);
        },
      }),
    }),
    ...(ldap && {
      directory: openLdap({ settings: ldap, password: bindPassword, ca: file('ldap.caFile', ldap.caFile), warn }),
    }),
  };
}

/** Without the line's end that editors add. */
function contentOf(setting: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new UsageError(`"${setting}": ${path} cannot be read (${error instanceof Error ? error.message : error}).`);
  }
  if (text === '') throw new UsageError(`"${setting}": ${path} is empty.`);
  return text;
}
