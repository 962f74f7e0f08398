/**
 * The server: takes its folder, listens, and opens all else (`parts.ts`) when somebody comes. What an earlier server left
 * undone is not put off: its processes are ended and its files written at once.
 */
import { basename, join } from 'node:path';
import { NO_PROXIES, parseProxies } from './access/arrival.ts';
import { openDoor } from './access/door.ts';
import type { Providers } from './access/identity.ts';
import { type Hosts, ownHost } from './access/web.ts';
import { type Config, UsageError } from './config.ts';
import { hasPeople, inviteAround, openSecured } from './edge.ts';
import { accountsRefusal, exposureWarning, isLoopback } from './exposure.ts';
import { openFront } from './http/front.ts';
import { asDetail, lineWriter } from './http/line.ts';
import { plainListener } from './http/listener.ts';
import { createPages } from './http/pages.ts';
import { openProviders } from './identity.ts';
import { type Reach, reachOf } from './reach.ts';
import { SANDBOX_ID } from './sessions/isolation.ts';
import type { Certificate } from './tls/certificate.ts';
import { lanAddresses, ownNames } from './tls/own.ts';
import { versionOf } from './version.ts';
import { noteAddress } from './workspace/address.ts';
import { closeToOthers } from './workspace/closed.ts';
import { type Held, holdFolder } from './workspace/hold.ts';
import { WorkspaceError } from './workspace/lock.ts';

export type RunningServer = Reach & {
  readonly token: string;
  /** With the token: what `gondola serve` prints. */
  readonly address: string;
  /** SHA-256 of its certificate, where it has one, and whether nobody vouches for that. */
  readonly fingerprint?: string;
  readonly selfSigned: boolean;
  /** The secret of an invitation, where one is printed. */
  readonly invitation?: string;
  /** What the operator should know. */
  readonly warning?: string;
  /** Writes what is open and ends what runs. */
  close(): Promise<void>;
};

export class PortTaken extends UsageError {}

/** Listens when it resolves. Rejects with UsageError: another server has the folder, the port is taken, a refusal. */
export async function startServer(config: Config, root: string): Promise<RunningServer> {
  const tell = lineWriter(config.log);
  const held = await hold(config);
  const releases: (() => void | Promise<void>)[] = [() => held.release()];

  async function close(): Promise<void> {
    const since = performance.now();
    tell('info', 'stopping');
    for (const release of releases.toReversed()) await release();
    tell('info', 'stopped', { ms: Math.round(performance.now() - since) });
  }

  try {
    const providers = await providersOf(config, held);
    const isOpen = !isLoopback(config.host);
    const hosts: Hosts = {
      allowed: [...config.allowHost, ...(isOpen && config.tls.kind === 'self' ? ownNames() : [])],
      open: isOpen,
    };
    const door = openDoor({
      folder: held.records,
      token: config.token,
      hosts,
      proxies: parseProxies(config.proxy) ?? NO_PROXIES,
      wantsTls: isOpen && !config.insecureHttp,
      now: Date.now,
    });
    releases.push(() => door.close());
    door.access.audit.keep(join(held.records, 'audit'), { days: config.auditDays, bytes: config.auditSize });
    const title = config.title ?? basename(held.root);
    const pages = createPages({ folder: join(root, 'dist', 'client'), door, title, providers });
    const invitation = config.lan ? inviteAround(door) : undefined;
    const people = isOpen && hasPeople(door, providers);
    const refusal = accountsRefusal(config, people);
    if (refusal !== undefined) throw new UsageError(refusal, 3);
    const secured = await openSecured(config, held.records);
    const own = (host: string | undefined): string | undefined => ownHost(host, hosts);
    const secure = secured && (await import('./http/secure.ts')).tlsListener(secured.certificate, own);
    const listener = secure ?? plainListener();
    let reach: Reach = { origin: '', others: [], local: true };
    const front = openFront({
      listener,
      door,
      pages,
      // Four fifths of the server's time and memory at a start.
      open: async () => (await import('./parts.ts')).openParts({ config, root, held, door, pages, title, reach }),
      failed: (error) => tell('error', 'the workspace could not be opened', asDetail(error)),
    });
    releases.push(() => front.close());
    const port = await listener.listen({ host: config.host, port: config.port });
    reach = reachOf({ ...config, port }, lanAddresses);
    // An operator who wants each request logged gets all of them.
    if (held.abandoned || config.log === 'info' || config.log === 'debug') front.open();
    const { origin } = reach;
    releases.push(noteAddress(held.records, { ...reach, ...fingerprintOf(secured?.certificate) }));
    const renewed = (next: Certificate): void => {
      try {
        secure?.renew(next);
        noteAddress(held.records, { ...reach, ...fingerprintOf(next) });
        tell('info', 'the certificate was renewed', { until: new Date(next.until).toISOString() });
      } catch (error) {
        tell('warn', 'the certificate was not renewed', asDetail(error));
      }
    };
    const keeping = secured?.keep(renewed, (what) => tell('warn', what));
    if (keeping) releases.push(keeping);
    tell('info', 'listening', { origin, version: versionOf(root), node: process.versions.node, pid: process.pid });
    releases.unshift(onCrash((error) => tell('error', 'crashed', asDetail(error))));
    const warning = exposureWarning(config, people);
    return {
      ...reach,
      ...fingerprintOf(secured?.certificate),
      selfSigned: secured?.certificate.selfSigned === true,
      ...(invitation === undefined ? {} : { invitation }),
      ...(warning === undefined ? {} : { warning }),
      token: door.token,
      address: `${origin}/?token=${encodeURIComponent(door.token)}`,
      close,
    };
  } catch (error) {
    await close();
    throw portTaken(error, config);
  }
}

const fingerprintOf = (certificate: Certificate | undefined): { readonly fingerprint?: string } =>
  certificate ? { fingerprint: certificate.fingerprint } : {};

/** What is wrong with them is told before anything listens. */
async function providersOf(config: Config, held: Held): Promise<Providers> {
  const tell = lineWriter(config.log);
  const warn = (msg: string, details: object): void => tell('warn', msg, { ...details });
  try {
    return openProviders({ config, folder: held.records, env: process.env, now: Date.now, warn });
  } catch (error) {
    await held.release();
    throw error;
  }
}

async function hold(config: Config): Promise<Held> {
  try {
    const held = await holdFolder(config.workspace);
    closeToOthers(held.records, SANDBOX_ID);
    return held;
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UsageError(error.message);
    throw error;
  }
}

/** Only to say so: the process ends as it would. */
function onCrash(tell: (error: unknown) => void): () => void {
  process.on('uncaughtExceptionMonitor', tell);
  return () => void process.off('uncaughtExceptionMonitor', tell);
}

function portTaken(error: unknown, { host, port }: Config): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new PortTaken(`port ${port} is taken. Choose another with --port, or 0 for any free one.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return new UsageError(`this machine has no address ${host}.`);
  if (code === 'EACCES')
    return new UsageError(`port ${port} needs rights that this user has not. Choose one above 1023 with --port.`);
  return error;
}
