/**
 * Sign-in by a directory: a service searches for the one entry with the name, then the password is tried as that entry. For
 * a name that nobody has a password is tried too, so that both take the same steps. An empty password never gets there: to a
 * directory it means nobody in particular (RFC 4513, 5.1.2), who is always welcome. Each sign-in has connections of its own,
 * used once: the library connects anew by itself, and would do so without TLS.
 */
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Client } from 'ldapts';
import { cleanName } from '../accounts.ts';
import type { Answer, Providers, Warn } from '../identity.ts';
import { type Entry, groupsNamed, textsOf, toldByEntry } from './entry.ts';
import type { LdapSettings } from './settings.ts';

/** Somebody waits in front of the form. */
const TIMEOUT_MS = 5_000;
/** The whole of it: two connections, each with its handshake and what is asked. */
const DEADLINE_MS = 15_000;
/** Sign-ins at a time; beyond, the directory is slower than people come. */
const MOST_AT_ONCE = 16;
/** As many as an account has. */
const MOST_GROUPS = 500;
/** Wrong credentials; an account that is locked, expired or may not sign in so. */
const REFUSED: ReadonlySet<number> = new Set([19, 48, 49, 50, 53]);

export type LdapOptions = {
  readonly settings: LdapSettings;
  readonly password: string | undefined;
  /** PEM. */
  readonly ca: string | undefined;
  readonly warn: Warn;
};

const WRONG: Answer = { result: 'wrong' };

export function openLdap({
  settings,
  password: servicePassword,
  ca,
  warn,
}: LdapOptions): NonNullable<Providers['directory']> {
  const { hostname, protocol } = new URL(settings.url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const tls = {
    host,
    servername: /[a-z]/i.test(host) && !host.includes(':') ? host : '',
    ...(ca === undefined ? {} : { ca }),
  };
  let active = 0;

  /** A connection for `work`, closed when it ends, however it ends. */
  async function connected<T>(signal: AbortSignal, work: (client: Client) => Promise<T>): Promise<T> {
    const library = await import('ldapts');
    const sockets: Socket[] = [];
    const client = new library.Client({
      url: settings.url,
      timeout: TIMEOUT_MS,
      connectTimeout: TIMEOUT_MS,
      ...(protocol === 'ldaps:' ? { tlsOptions: tls } : { createConnection: onceOnly(sockets) }),
    });
    const stop = (): void => {
      for (const socket of sockets) socket.destroy();
      client.unbind().catch(() => {});
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      if (settings.startTls) await client.startTLS({ ...tls });
      return await work(client);
    } finally {
      signal.removeEventListener('abort', stop);
      await client.unbind().catch(() => {});
      for (const socket of sockets) socket.destroy();
    }
  }

  /** Rejects where the directory could not be asked. */
  async function converse(name: string, password: string, signal: AbortSignal): Promise<Answer> {
    return connected(signal, async (service) => {
      if (settings.bindDn !== undefined) await service.bind(settings.bindDn, servicePassword ?? '');
      const found = await find(service, name);
      if (found.length > 1) warn('a name is that of several entries of the directory', { base: settings.base });
      const entry = found.length === 1 ? found[0] : undefined;
      const dn = entry?.dn || `cn=${randomUUID()},${settings.base}`;
      const fits = await connected(signal, (client) => isPasswordOf(client, dn, password));
      if (!fits || !entry?.dn) return WRONG;
      const told = toldByEntry(entry, await groupsOf(service, entry), settings);
      if (told) return { result: 'told', told };
      warn('an entry of the directory has no value that stays with it: see "ldap.id"', { dn, id: settings.id });
      return WRONG;
    });
  }

  async function find(service: Client, name: string): Promise<readonly (Entry & { readonly dn: string })[]> {
    const { AndFilter, EqualityFilter } = await import('ldapts');
    const { searchEntries } = await service.search(settings.base, {
      scope: 'sub',
      filter: new AndFilter({
        filters: [
          new EqualityFilter({ attribute: 'objectClass', value: settings.objectClass }),
          new EqualityFilter({ attribute: settings.name, value: name }),
        ],
      }),
      attributes: [settings.name, settings.shown, settings.id, settings.memberOf ?? []].flat(),
      explicitBufferAttributes: [settings.id],
      sizeLimit: 2,
    });
    return searchEntries;
  }

  async function groupsOf(service: Client, entry: Entry & { readonly dn: string }): Promise<readonly string[]> {
    const { groupBase, groupName, member, memberOf } = settings;
    if (groupBase === undefined) return [];
    if (memberOf !== undefined) return groupsNamed(entry, memberOf, groupName, groupBase);
    const { EqualityFilter } = await import('ldapts');
    // Of POSIX groups the members are names.
    const value = member.toLowerCase() === 'memberuid' ? textsOf(entry, settings.name)[0] : entry.dn;
    if (value === undefined) return [];
    const { searchEntries } = await service.search(groupBase, {
      scope: 'sub',
      filter: new EqualityFilter({ attribute: member, value }),
      attributes: [groupName],
      sizeLimit: MOST_GROUPS,
    });
    return searchEntries.flatMap((group) => textsOf(group, groupName).slice(0, 1));
  }

  return {
    label: settings.label,
    first: settings.first,
    async ask(name, password) {
      const clean = askable(name);
      if (clean === undefined || password === '' || password.includes('\0')) return WRONG;
      if (active >= MOST_AT_ONCE) return { result: 'away' };
      active += 1;
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(new Error('the directory takes too long')), DEADLINE_MS);
      const over = new Promise<never>((_, reject) => {
        deadline.signal.addEventListener('abort', () => reject(deadline.signal.reason), { once: true });
      });
      try {
        return await Promise.race([converse(clean, password, deadline.signal), over]);
      } catch (error) {
        warn('the directory cannot be asked', { url: settings.url, ...detailsOf(error) });
        return { result: 'away' };
      } finally {
        clearTimeout(timer);
        active -= 1;
      }
    },
  };
}

/** As accounts are named: other ways to write a name would be other counts of attempts. */
function askable(name: string): string | undefined {
  try {
    const clean = cleanName(name);
    return UNREAD.test(clean) ? undefined : clean;
  } catch {
    return undefined;
  }
}

/** Letters that a directory reads over (RFC 4518, 2.2) and that may stand in a name of ours: it would find the same entry. */
const UNREAD = /\p{Variation_Selector}|\u034f|\u1806|\ufffc/u;

/** Throws where the directory said neither yes nor no. */
async function isPasswordOf(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password);
    return true;
  } catch (error) {
    if (REFUSED.has(codeOf(error) ?? -1)) return false;
    throw error;
  }
}

function onceOnly(sockets: Socket[]): typeof connect {
  return ((port: number, host: string) => {
    if (sockets.length > 0) throw new Error('the directory closed the connection');
    const socket = connect(port, host);
    sockets.push(socket);
    return socket;
  }) as typeof connect;
}

function codeOf(error: unknown): number | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'number' ? code : undefined;
}

function detailsOf(error: unknown): object {
  if (!(error instanceof Error)) return {};
  const code: unknown = Reflect.get(error, 'code');
  return { message: `${error.name}: ${error.message}`.slice(0, 200), ...(code === undefined ? {} : { code }) };
}
