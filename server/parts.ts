/**
 * The parts of the server, put together: opens workspace, rooms, sessions, results, runs, API and socket over one folder,
 * and hands each what it needs of the others. Nothing here decides anything; closing goes the other way round.
 */
import { randomInt } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findInterpreter } from '../interpreters/registry.ts';
import { authorsIn } from './access/accounts.ts';
import { SERVER } from './access/actors.ts';
import type { Door } from './access/door.ts';
import { keepFolderGrants } from './access/folders.ts';
import { forgetNotebook } from './access/store.ts';
import type { Config } from './config.ts';
import { isLoopback } from './exposure.ts';
import { takeGauges } from './gauges.ts';
import { createApp } from './http/app.ts';
import { createBases } from './http/bases.ts';
import type { Rest } from './http/front.ts';
import { createLive } from './http/live.ts';
import { createLogger } from './http/logging.ts';
import type { Pages } from './http/pages.ts';
import type { Services } from './http/services.ts';
import { handleUpgrades } from './http/upgrades.ts';
import { liveHandlers } from './live.ts';
import { openMeters } from './metrics/meters.ts';
import { watchStorage } from './metrics/storage.ts';
import { createObserver } from './observe.ts';
import { languages } from './programs.ts';
import { tablesOf } from './protocol/content.ts';
import { outlineOf, readParagraphs } from './protocol/document.ts';
import { formsIn } from './protocol/forms/document.ts';
import type { NotebookId, ResultId } from './protocol/ids.ts';
import { recordsOf } from './protocol/keys.ts';
import type { Output } from './protocol/outputs.ts';
import type { Reach } from './reach.ts';
import { openReportPages } from './report/page.ts';
import { systemClock } from './rooms/clock.ts';
import { openRooms } from './rooms/registry.ts';
import { lastText } from './rooms/store.ts';
import { createGraphs } from './runs/graph/graphs.ts';
import { createRenames } from './runs/graph/rename.ts';
import { openSockets } from './socket.ts';
import { withBallast } from './storage/disk/ballast.ts';
import { openFiles } from './storage/disk/files.ts';
import { openBin } from './trash/bin.ts';
import { purgeParagraphs } from './trash/paragraphs.ts';
import { settleFiles } from './unsettled.ts';
import { versionOf } from './version.ts';
import { type OpenVersions, openVersions } from './versions/versions.ts';
import { openChoices } from './visitors/choices.ts';
import { openVisitors } from './visitors/compose.ts';
import { openWorks } from './works.ts';
import type { Held } from './workspace/hold.ts';
import { orAbsent } from './workspace/steps.ts';
import { openWorkspace } from './workspace/workspace.ts';

export type PartsOptions = {
  readonly config: Config;
  /** Where the package lies. */
  readonly root: string;
  readonly held: Held;
  readonly door: Door;
  readonly pages: Pages;
  readonly title: string;
  readonly reach: Reach;
};

export async function openParts({ config, root, held, door, pages, title, reach }: PartsOptions): Promise<Rest> {
  const logger = createLogger(config.log);
  const warn = (what: string, details: object): void => logger.warn(details, what);
  const state = held.records;
  const meters = openMeters();
  const observer = createObserver(meters, logger, (interpreter) => findInterpreter(interpreter) !== undefined);
  const storage = watchStorage(state, () => performance.now());
  const disk = withBallast(observer.timed(openFiles(state)), {
    now: () => performance.now(),
    report: (what) =>
      logger.warn(
        {},
        `the disk of the workspace is ${what === 'full' ? 'full: nothing is edited or run' : 'not full any more'}`,
      ),
  });
  const workspace = await openWorkspace({
    root: held.root,
    held,
    languages,
    report: (message, error) => logger.warn({ err: error }, message),
    recall: (id) => lastText(disk, recordsOf(id)),
  });
  const now = (): number => Date.now();

  const versions: OpenVersions = openVersions({
    disk,
    folder: recordsOf,
    use: (id) => rooms.use(id),
    shown: async (id) => new Map((await runs.of(id)).latest().map((run) => [run.paragraph, resultsIn(run.outputs)])),
    clock: systemClock,
    now,
    warn,
  });
  let documents = 0;
  const rooms = openRooms({
    disk,
    folder: recordsOf,
    attach: (id, room) => workspace.attach(id, versions.guard(id, room)),
    loaded: async (room) => {
      const leave = await versions.watch(room);
      documents += 1;
      return async () => {
        documents -= 1;
        await purgeParagraphs(room, SERVER, now()).finally(leave);
      };
    },
    clock: systemClock,
    abandoned: held.abandoned,
    acknowledged: observer.acknowledged,
    client: randomInt(2 ** 32 - 1),
    warn,
  });
  const written = {
    paragraphs: (notebook: NotebookId) => {
      const room = rooms.loaded(notebook);
      return room && readParagraphs(room.doc).paragraphs;
    },
    forms: (notebook: NotebookId) => {
      const room = rooms.loaded(notebook);
      return room && formsIn(room.doc).forms;
    },
    outline: (notebook: NotebookId) => {
      const room = rooms.loaded(notebook);
      return room && outlineOf(room.doc);
    },
  };
  const { sessions, results, runs, network } = openWorks({
    config,
    beyondLoopback: !isLoopback(config.host),
    severalOwners: () => authorsIn(door.access.store.book()) > 1,
    root,
    workspace: workspace.root,
    state,
    disk,
    pathOf: (notebook) => workspace.get(notebook)?.path,
    ...written,
    held: heldBy(versions, warn),
    crowdOf: (visitor) => visitors.linkOf(visitor),
    finished: observer.finished,
    endedFor: observer.endedFor,
    evicted: observer.evicted,
    reached: (notebook, by = SERVER, host) =>
      door.access.audit.note({ event: 'network', by, on: notebook, detail: host }),
    log: (level, message, detail) => logger[level](detail, message),
  });

  const visitors = openVisitors({
    ...{ config, disk, state, runs, sessions, results, workspace, written, warn, version: versionOf(root) },
    access: door.access,
  });
  void visitors.sweep().catch((error) => warn('what visitors left was not cleared', { error: String(error) }));
  const choices = openChoices({ sessions, results, state, now });
  const handlers = liveHandlers({ rooms, runs, visitors, choices, sessions, workspace });
  const sockets = openSockets({ rooms, handlers, access: door.access, clock: systemClock, warn });
  const { store } = door.access;
  let told: string | undefined;
  const tellTrouble = (): void => {
    store.book();
    if (store.trouble !== undefined && store.trouble !== told)
      logger.error({ why: store.trouble }, 'the accounts cannot be read: nobody but the owner is let in');
    told = store.trouble;
  };
  tellTrouble();
  const listening = store.onChange(tellTrouble);
  const leaveFolders = await keepFolderGrants({
    access: door.access,
    workspace,
    isThere: async (folder) => (await orAbsent(() => stat(join(workspace.root, folder))))?.isDirectory() ?? false,
    warn,
  });
  let stopping = false;
  const services: Services = {
    workspace,
    live: createLive(rooms, workspace),
    runs,
    visitors,
    graphs: createGraphs(sessions),
    renames: createRenames(sessions),
    choices,
    reports: openReportPages(join(root, 'dist', 'report')),
    sessions,
    results,
    versions,
    purge: (notebook) => bin.purge(notebook),
    bases: createBases(join(state, 'cache', 'texts'), now),
    title,
    reach: { others: reach.others, local: reach.local, folder: workspace.root },
    readiness: () => (stopping ? { ready: false, why: 'the server is stopping' } : { ready: true }),
    details: () => {
      const { kind, bounds, why } = sessions.groups;
      return [
        `sandbox: ${sessions.isolationNow()?.kind ?? 'not tried yet'}`,
        `control groups: ${kind} (${why ?? bounds.join(', ')})`,
      ];
    },
    meters,
    gauges: () =>
      takeGauges({
        version: versionOf(root),
        notebooks: () => workspace.list().length,
        documents: () => documents,
        sockets: () => sockets.count,
        visitors: () => visitors.count,
        runs,
        sessions,
        network: () => network.counts(),
        storage,
        audited: door.access.audit.counts,
      }),
  };
  const bin = openBin({
    workspace,
    // Rooms last of those that write the document: what they still say is kept till then.
    holders: [
      (notebook) => visitors.forget(notebook),
      (notebook) => runs.forget(notebook),
      (notebook) => sessions.restart(notebook, { clear: true }),
      (notebook) => rooms.end(notebook),
      (notebook) => versions.forget(notebook),
      (notebook) => results.leave(notebook),
    ],
    // The file of accounts is made by the first of them, not by this.
    removed: (notebook) => {
      if (forgetNotebook(store.book(), notebook).length > 0) store.commit((book) => forgetNotebook(book, notebook));
    },
    clock: systemClock,
    warn,
  });
  const app = await createApp({ services, door, logger, pages, version: versionOf(root) });
  const watching = workspace.on((event) => {
    if (event.type !== 'vanished') return;
    runs.peek(event.id)?.cancel();
    void visitors.forget(event.id);
  });

  await app.ready();
  void settleFiles(workspace, rooms, warn);
  return {
    attach(server) {
      server.on('request', app.routing);
      const pathOf = (notebook: NotebookId): string | undefined => workspace.get(notebook)?.path;
      handleUpgrades(server, { door, pathOf, accept: sockets.accept, warn });
    },
    async close() {
      stopping = true;
      leaveFolders();
      watching();
      listening();
      await sockets.close();
      await app.close();
      await bin.close();
      await visitors.close();
      await runs.close();
      await sessions.close();
      network.close();
      await rooms.close();
      await results.close();
      await versions.close();
      await workspace.close();
      await disk.close();
    },
  };
}

const resultsIn = (outputs: readonly Output[]): readonly ResultId[] =>
  outputs.flatMap((output) => tablesOf(output).flatMap(({ result, dropped }) => (dropped ? [] : [result])));

/** Where versions cannot be read nothing says which results they show: the budget goes on without them. */
const heldBy =
  (versions: Pick<OpenVersions, 'results'>, warn: (what: string, details: object) => void) =>
  (notebook: NotebookId): Promise<ReadonlySet<ResultId>> =>
    versions.results(notebook).catch((cause) => {
      warn('versions cannot be read', { notebook, cause: String(cause) });
      return new Set();
    });
