/**
 * The server, put together: opens workspace, rooms, sessions, results, runs, API and socket over one folder, and hands each
 * what it needs of the others. Nothing here decides anything; closing goes the other way round.
 */
import { randomInt } from 'node:crypto';
import { realpathSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { cpus, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { findInterpreter } from '../interpreters/registry.ts';
import { openDoor } from './access/door.ts';
import { type Config, isLoopback, UsageError } from './config.ts';
import { createApp } from './http/app.ts';
import { createBases } from './http/bases.ts';
import { createLive } from './http/live.ts';
import { createLogger, type Logger } from './http/logging.ts';
import { createPages } from './http/pages.ts';
import type { Services } from './http/services.ts';
import { handleUpgrades } from './http/upgrades.ts';
import { liveHandlers } from './live.ts';
import { languages, resolveProgram } from './programs.ts';
import { outlineOf, readParagraphs } from './protocol/document.ts';
import { type NotebookId, newResultId } from './protocol/ids.ts';
import { spawnReader } from './reader.ts';
import { openReader, realTimers } from './results/client.ts';
import { openResultFiles } from './results/files.ts';
import { openResults } from './results/store.ts';
import { systemClock } from './rooms/clock.ts';
import type { Rooms } from './rooms/contract.ts';
import { openRooms } from './rooms/registry.ts';
import { lastText } from './rooms/store.ts';
import { Runs } from './runs/runs.ts';
import { openSessions } from './sessions/sessions.ts';
import { findSystem } from './sessions/system.ts';
import { openSockets } from './socket.ts';
import { openFiles } from './storage/disk/files.ts';
import type { Disk } from './storage/disk.ts';
import { versionOf } from './version.ts';
import type { Workspace } from './workspace/contract.ts';
import { WorkspaceError } from './workspace/lock.ts';
import { openWorkspace } from './workspace/workspace.ts';

export type RunningServer = {
  /** With the token: what `gondola serve` prints. */
  readonly address: string;
  /** Writes what is open and ends what runs. */
  close(): Promise<void>;
};

const folderOf = (notebook: NotebookId): string => `notebooks/${notebook}`;

/** Listens when it resolves. Rejects with UsageError: another server has the folder, the port is taken. */
export async function startServer(config: Config, root: string): Promise<RunningServer> {
  const logger = createLogger(config.log);
  const warn = (what: string, details: object): void => logger.warn(details, what);
  const state = join(realpathSync(config.workspace), '.gondola');
  const disk = openFiles(state);
  const workspace = await openFolder(config, disk, logger);
  const now = (): number => Date.now();
  const open = !isLoopback(config.host);

  const rooms = openRooms({
    disk,
    folder: folderOf,
    attach: (id, room) => workspace.attach(id, room),
    clock: systemClock,
    client: randomInt(2 ** 32 - 1),
    warn,
  });
  const sessions = openSessions({
    workspace: workspace.root,
    state,
    pathOf: (notebook) => workspace.get(notebook)?.path,
    resolveProgram: (interpreter) => resolveProgram(root, interpreter),
    engine: 'sql',
    sandbox: config.sandbox,
    beyondLoopback: open,
    timeZone: config.timezone,
    limits: { budget: config.memory, idleMs: config.idleMinutes * 60_000 },
    log: (level, message, detail) => logger[level](detail, message),
  });
  const reader = openReader(
    spawnReader({
      root,
      settings: {
        readable: join(state, 'notebooks'),
        temporary: join(state, 'cache', 'reader'),
        memory: READER_MEMORY,
        threads: 2,
        timeZone: config.timezone,
      },
      isolation: () => sessions.isolation(),
      system: findSystem(),
      machine: { memory: totalmem(), cores: cpus().length },
    }),
    realTimers,
    (line) => logger.warn(line),
  );
  const results = openResults({
    disk,
    files: openResultFiles(state),
    reader,
    now,
    budget: { notebook: config.notebookBudget, workspace: config.workspaceBudget },
  });
  const runs = new Runs({
    sessions,
    results,
    disk,
    folder: folderOf,
    paragraphs: (notebook) => {
      const room = rooms.loaded(notebook);
      return room && readParagraphs(room.doc).paragraphs;
    },
    outline: (notebook) => {
      const room = rooms.loaded(notebook);
      return room && outlineOf(room.doc);
    },
    knows: (interpreter) => findInterpreter(interpreter) !== undefined,
    newResultId,
    now,
    warn,
  });

  const handlers = liveHandlers({ rooms, runs, sessions, workspace });
  const sockets = openSockets({ rooms, handlers, clock: systemClock, warn });
  const door = openDoor({ folder: state, token: config.token, hosts: { allowed: config.allowHost, open }, now });
  const title = config.title ?? basename(workspace.root);
  let stopping = false;
  const services: Services = {
    workspace,
    live: createLive(rooms, workspace),
    runs,
    sessions,
    results,
    bases: createBases(join(state, 'cache', 'texts'), now),
    title,
    readiness: () => (stopping ? { ready: false, why: 'the server is stopping' } : { ready: true }),
    gauges: () => ({
      notebooks: { help: 'Notebooks in the workspace.', value: workspace.list().length },
      sockets: { help: 'Pages connected.', value: sockets.count },
      runs_running: { help: 'Runs under way.', value: runs.active().filter(({ running }) => running).length },
      runs_queued: { help: 'Runs that wait.', value: runs.active().reduce((sum, { queued }) => sum + queued, 0) },
    }),
  };
  const pages = createPages({ folder: join(root, 'dist', 'client'), door, title });
  const app = await createApp({ services, door, logger, pages, version: versionOf(root) });
  const release = handleUpgrades(app.server, {
    door,
    exists: (notebook) => workspace.get(notebook) !== undefined,
    accept: sockets.accept,
  });
  const watching = workspace.on((event) => {
    if (event.type === 'vanished') runs.peek(event.id)?.cancel();
  });

  async function close(): Promise<void> {
    stopping = true;
    release();
    watching();
    await sockets.close();
    app.server.closeAllConnections();
    await app.close();
    await runs.close();
    await sessions.close();
    await rooms.close();
    await results.close();
    await workspace.close();
    await disk.close();
  }

  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await close();
    throw portTaken(error, config);
  }
  void settleFiles(workspace, rooms, warn);
  const { port } = app.server.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return { address: `http://${host}:${port}/?token=${encodeURIComponent(door.token)}`, close };
}

/** For windows, sorts and downloads of all notebooks together. */
const READER_MEMORY = 512 * 1024 * 1024;

async function openFolder(config: Config, disk: Disk, logger: Logger): Promise<Workspace> {
  try {
    return await openWorkspace({
      root: config.workspace,
      languages,
      report: (message, error) => logger.warn({ err: error }, message),
      recall: (id) => lastText(disk, folderOf(id)),
    });
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UsageError(error.message);
    throw error;
  }
}

function portTaken(error: unknown, { host, port }: Config): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new UsageError(`port ${port} is taken. Choose another with --port, or 0 for any free one.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return new UsageError(`this machine has no address ${host}.`);
  if (code === 'EACCES')
    return new UsageError(`port ${port} needs rights that this user has not. Choose one above 1023 with --port.`);
  return error;
}

/** Edits that were acknowledged but had not reached their files when the server ended: opening brings each file up to date. */
async function settleFiles(
  workspace: Workspace,
  rooms: Rooms,
  warn: (what: string, details: object) => void,
): Promise<void> {
  for (const notebook of await workspace.unsettled()) {
    try {
      const lease = await rooms.use(notebook);
      await lease.file.flush();
      lease.release();
    } catch (error) {
      warn('a file could not be brought up to date', { notebook, error: String(error) });
    }
  }
}
