/**
 * The server: takes its folder, listens, and opens all else (`parts.ts`) when somebody comes. What an earlier server left
 * undone is not put off: its processes are ended and its files written at once.
 */
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { openDoor } from './access/door.ts';
import type { Providers } from './access/identity.ts';
import { type Config, isLoopback, UsageError } from './config.ts';
import { openFront } from './http/front.ts';
import { asDetail, lineWriter } from './http/line.ts';
import { createPages } from './http/pages.ts';
import { openProviders } from './identity.ts';
import { versionOf } from './version.ts';
import { noteAddress } from './workspace/address.ts';
import { type Held, holdFolder } from './workspace/hold.ts';
import { WorkspaceError } from './workspace/lock.ts';

export type RunningServer = {
  /** `http://127.0.0.1:4321`. */
  readonly origin: string;
  readonly token: string;
  /** With the token: what `gondola serve` prints. */
  readonly address: string;
  /** Writes what is open and ends what runs. */
  close(): Promise<void>;
};

export class PortTaken extends UsageError {}

/** Listens when it resolves. Rejects with UsageError: another server has the folder, the port is taken. */
export async function startServer(config: Config, root: string): Promise<RunningServer> {
  const tell = lineWriter(config.log);
  const held = await hold(config);
  const providers = await providersOf(config, held);
  const hosts = { allowed: config.allowHost, open: !isLoopback(config.host) };
  const door = openDoor({ folder: held.records, token: config.token, hosts, now: Date.now });
  const title = config.title ?? basename(held.root);
  const pages = createPages({ folder: join(root, 'dist', 'client'), door, title, providers });
  const front = openFront({
    door,
    pages,
    // Four fifths of the server's time and memory at a start.
    open: async () => (await import('./parts.ts')).openParts({ config, root, held, door, pages, title }),
    failed: (error) => tell('error', 'the workspace could not be opened', asDetail(error)),
  });

  let forget = (): void => undefined;

  let stopListening = (): void => undefined;

  async function close(): Promise<void> {
    const since = performance.now();
    tell('info', 'stopping');
    forget();
    await front.close();
    door.close();
    await held.release();
    stopListening();
    tell('info', 'stopped', { ms: Math.round(performance.now() - since) });
  }

  try {
    await new Promise<void>((resolve, reject) => {
      front.server.once('error', reject).listen({ host: config.host, port: config.port }, resolve);
    });
  } catch (error) {
    await close();
    throw portTaken(error, config);
  }
  // An operator who wants each request logged gets all of them.
  if (held.abandoned || config.log === 'info' || config.log === 'debug') front.open();
  const { port } = front.server.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const origin = `http://${host}:${port}`;
  forget = noteAddress(held.records, origin);
  tell('info', 'listening', { origin, version: versionOf(root), node: process.versions.node, pid: process.pid });
  stopListening = onCrash((error) => tell('error', 'crashed', asDetail(error)));
  return { origin, token: door.token, address: `${origin}/?token=${encodeURIComponent(door.token)}`, close };
}

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
    return await holdFolder(config.workspace);
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
