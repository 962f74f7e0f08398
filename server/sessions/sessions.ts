/**
 * Sessions as the contract has them: performs what `admission.ts` decides. Every path to a process leads through a slot,
 * so memory is shared out before anything is spawned. Long, as it is where all parts of a session are put together.
 */
import { createHash } from 'node:crypto';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { MAX_LINE_BYTES } from '../../interpreters/protocol.ts';
import type { FillRandom, NotebookId, SessionId } from '../protocol/ids.ts';
import {
  isVisitorKey,
  keyIn,
  notebookIn,
  recordsOf,
  type SessionKey,
  sessionIn,
  type VisitorKey,
} from '../protocol/keys.ts';
import type { SessionStatus, SessionTable } from '../protocol/messages.ts';
import { waitingText } from './admission.ts';
import type { ExecutionOutcome, NamedResult, Sessions } from './contract.ts';
import { eventParser } from './events.ts';
import { type Owner, sessionFolders } from './folders.ts';
import { type Group, type Groups, openGroups } from './groups/groups.ts';
import { sessionIdIn } from './identity.ts';
import { formOf, type Isolation, type Sandbox, type System } from './isolation.ts';
import { leftoversIn } from './leftovers.ts';
import { fullLimits, type Limits, type Machine } from './limits.ts';
import { startLive } from './live.ts';
import { type Network, type Offer, withNetwork } from './network.ts';
import { findIsolation } from './probe.ts';
import { procSpent, procUsage, type Usage } from './proc.ts';
import type { ResolveProgram } from './program.ts';
import { psUsage } from './ps.ts';
import { memoryCeiling, startSampler } from './sampler.ts';
import { formsFor } from './sandbox.ts';
import { makeSession, type Session } from './session.ts';
import { openSlots } from './slots.ts';
import { openStatuses, summary } from './status.ts';
import { findSystem } from './system.ts';

export type SessionsOptions = {
  /** The workspace's folder: a real path. */
  readonly workspace: string;
  /** `.gondola`, an absolute path. */
  readonly state: string;
  /** Where a notebook's file is, relative to the workspace; asked each time, as files move. */
  readonly pathOf: (notebook: NotebookId) => string | undefined;
  readonly resolveProgram: ResolveProgram;
  /** The interpreter whose process runs this one; itself by default. */
  readonly hostOf?: (interpreter: string) => string;
  /** The interpreter that owns the session database. */
  readonly engine: string;
  /** Hosts granted to notebooks, and the interpreters that may reach them; none by default. */
  readonly network?: Network & { readonly reaches: (interpreter: string) => boolean };
  readonly sandbox: Sandbox;
  /** Others than this machine's users can reach the server. */
  readonly beyondLoopback: boolean;
  /** Several people own notebooks here, now; nobody else's by default. */
  readonly severalOwners?: () => boolean;
  /** Instead of what is found by looking and trying; for tests. */
  readonly isolation?: Isolation;
  readonly system?: System;
  readonly groups?: Groups;
  readonly usage?: (pid: number) => Usage | undefined;
  /** Whether control groups are used where they can be. */
  readonly controlGroups?: 'auto' | 'off';
  readonly timeZone: string;
  /** By which link visitors came of whom nothing else is known: they share slots with all who did. */
  readonly crowdOf?: (visitor: VisitorKey) => string | undefined;
  /** What new ids are made of; the system's randomness by default. */
  readonly random?: FillRandom;
  readonly limits?: Partial<Limits>;
  readonly machine?: Machine;
  /** Told why the server ended a process: a limit, or others need its memory. */
  readonly endedFor?: (reason: string) => void;
  readonly log?: (level: 'info' | 'warn', message: string, detail: Readonly<Record<string, unknown>>) => void;
};

/** A run's request is one line with its tables; a text past this would not fit. */
const MAX_SOURCE_BYTES = MAX_LINE_BYTES / 2;
/** The sandbox is tried this long after the start, so that it does not slow the first page. */
const TRY_AFTER_MS = 1_000;

export type OpenSessions = Sessions & {
  /** As far as it was tried. */
  isolationNow(): Isolation | undefined;
  /** What lives now. */
  processes(): readonly { readonly interpreter: string; readonly state: string; readonly memory: number }[];
  /** What the kernel bounds beside sampling. */
  readonly groups: Pick<Groups, 'kind' | 'bounds' | 'why'>;
  /** How code is isolated, found by trying on first use; to be logged, and told to the operator where it is `none`. */
  isolation(): Promise<Isolation>;
};

export function openSessions(options: SessionsOptions): OpenSessions {
  const limits = fullLimits(options.machine ?? { memory: totalmem(), cores: cpus().length }, options.limits);
  const leftovers = leftoversIn(join(options.state, 'processes'));
  const parse = eventParser();
  const sampler = startSampler(limits, options.usage ?? (process.platform === 'linux' ? procUsage() : psUsage()));
  const spentBy = process.platform === 'linux' ? procSpent : (options.usage ?? psUsage());
  const sessions = new Map<SessionKey, Session>();
  const byId = new Map<SessionId, Session>();
  const ids = new Map<NotebookId, SessionId>();
  /** Interpreters whose program was found: looking for it again at each run takes longer than a small query. */
  const found = new Set<string>();
  /** Processes to start ahead beside the engine's, once the session has its slot. */
  const wanted = new Map<SessionId, ReadonlySet<string>>();
  const statuses = openStatuses();
  const log = options.log ?? (() => undefined);
  const system = options.system ?? findSystem();
  const hostOf = options.hostOf ?? ((interpreter: string) => interpreter);
  let isolation: Isolation | undefined;
  let finding: Promise<Isolation> | undefined;
  let closing = false;

  const visitorAt = (id: SessionId): VisitorKey | undefined => {
    const key = byId.get(id)?.key;
    return key !== undefined && isVisitorKey(key) ? key : undefined;
  };
  const crowdOf = (id: SessionId): string | undefined => {
    const key = visitorAt(id);
    return key && options.crowdOf?.(key);
  };
  const slots = openSlots({
    limits: { ...limits, isVisitor: (id) => visitorAt(id) !== undefined, crowdOf },
    start(id) {
      const session = byId.get(id);
      const others = wanted.get(id) ?? [];
      wanted.delete(id);
      void startAll(id, [options.engine, ...others]).then(() => {
        if (!session || session.lives.size === 0) slots.gone(id);
      });
    },
    async end(id, why) {
      log('info', 'ending a session’s processes', { session: id, why });
      options.endedFor?.(why);
      await byId.get(id)?.end({ kind: 'idle' }, false);
    },
  });

  async function startAll(id: SessionId, interpreters: Iterable<string>): Promise<void> {
    for (const interpreter of interpreters) {
      await byId
        .get(id)
        ?.start(interpreter)
        .catch((error: unknown) => {
          log('warn', 'could not start a process ahead', { session: id, interpreter, error: String(error) });
        });
    }
  }

  const trying = setTimeout(() => void isolate(), TRY_AFTER_MS);
  trying.unref();
  const reaped = leftovers.reap();
  if (reaped.length > 0) log('warn', 'ended processes of an earlier server', { pids: reaped });
  const groups =
    options.groups ??
    openGroups({
      key: createHash('sha256').update(options.state).digest('hex').slice(0, 8),
      off: options.controlGroups === 'off',
      log: (message, detail) => log('warn', message, detail),
    });
  log('info', 'control groups', { kind: groups.kind, bounds: groups.bounds, why: groups.why });
  const swept = groups.sweep().then((removed) => {
    if (removed > 0) log('warn', 'removed control groups of an earlier server', { removed });
  });

  /** A trial that broke (a full disk) says nothing of the sandbox: no code runs on it, and the next asker tries again. */
  const isolate = (): Promise<Isolation> => {
    finding ??= findOut().catch((error: unknown): Isolation => {
      finding = undefined;
      log('warn', 'the sandbox could not be tried', { error: String(error) });
      return { kind: 'none', why: `the sandbox could not be tried (${String(error)}).`, refused: true };
    });
    return finding;
  };
  async function findOut(): Promise<Isolation> {
    const program = options.resolveProgram(options.engine);
    const found =
      options.isolation ??
      (program
        ? await findIsolation({ ...options, system, limits, program })
        : { kind: 'none' as const, why: 'it has no engine.', refused: true as const });
    isolation = found;
    if ('why' in found) log('warn', 'code in notebooks is not isolated', { ...found });
    else log('info', 'code in notebooks is isolated', { ...found });
    for (const session of sessions.values()) tell(session, 'state');
    return isolation;
  }
  /** Asked at each run, as people come and go: without an enclosure each could read what is the others'. */
  function whyRefused(found: Isolation): string | undefined {
    if (!('why' in found)) return undefined;
    if (found.refused) return found.why;
    const trusted = options.sandbox === 'off' || !(options.severalOwners?.() ?? false);
    return trusted ? undefined : `several people have notebooks on it, and ${found.why}`;
  }
  const owner = (): Owner | undefined => {
    const user = formOf(isolation)?.user;
    return user === undefined ? undefined : { uid: user, gid: user };
  };
  const baseOf = (key: SessionKey): string => join(options.state, recordsOf(key));

  const idOf = (key: SessionKey): SessionId => (isVisitorKey(key) ? sessionIn(key) : ownIdOf(key));
  const ownIdOf = (notebook: NotebookId): SessionId => {
    const id = ids.get(notebook) ?? sessionIdIn(baseOf(notebook), options.random);
    ids.set(notebook, id);
    return id;
  };

  function isKnown(interpreter: string): boolean {
    if (!found.has(interpreter) && options.resolveProgram(interpreter)) found.add(interpreter);
    return found.has(interpreter);
  }

  function sessionOf(key: SessionKey): Session {
    const known = sessions.get(key);
    if (known) return known;
    const id = idOf(key);
    const notebook = notebookIn(key);
    const made = sessionFolders({
      workspace: options.workspace,
      base: baseOf(key),
      visitor: isVisitorKey(key),
      isolated: () => formOf(isolation) !== undefined,
      owner,
      now: Date.now,
    });
    const folders = withNetwork(made, options.network);
    const session = makeSession({
      id,
      key,
      folders,
      engine: options.engine,
      hostOf,
      path: () => options.pathOf(notebook) ?? `${notebook}.nb.md`,
      spawn: async (interpreter, prepared) => {
        const program = options.resolveProgram(interpreter);
        if (closing) return { code: 'session-failed', message: 'The server is stopping.' };
        if (!program) return unknownInterpreter(interpreter);
        const isolation = await isolate();
        const offer = prepared.networked ? await offerFor(notebook, interpreter) : undefined;
        return startLive({
          ...(offer ? { offer } : {}),
          interpreter,
          holdsTables: interpreter === options.engine,
          ...(interpreter === options.engine ? { answerOwn: session.answerOwn } : {}),
          program,
          prepared,
          folders,
          isolation,
          system,
          limits,
          timeZone: options.timeZone,
          parse,
          leftovers,
          sampler,
          ...grouped(id, interpreter),
          spentBy,
          onMemory: () => tell(session, 'memory'),
          onPassed: ({ reason, failure }) => {
            log('warn', 'ended a process at its limit', { session: id, reason, failure });
            options.endedFor?.(reason);
          },
        });
      },
      changed: () => tell(session, 'state'),
      emptied: () => slots.gone(id),
    });
    sessions.set(key, session);
    byId.set(id, session);
    return session;
  }

  /** A process without its network is better than none: what it tries to reach says so. */
  async function offerFor(notebook: NotebookId, interpreter: string): Promise<Offer | undefined> {
    if (!options.network?.reaches(interpreter)) return undefined;
    try {
      return await options.network.offer(notebook, join(baseOf(notebook), 'network'), owner()?.uid);
    } catch (error) {
      log('warn', 'the network of a notebook could not be opened', { notebook, error: String(error) });
      return undefined;
    }
  }

  function grouped(id: SessionId, interpreter: string): { readonly group?: Group } {
    const group = groups.make(`${id}-${interpreter}`, { memory: memoryCeiling(limits), processes: limits.processes });
    // Who looks by other means looks by those alone.
    return group ? { group: options.usage ? { ...group, usage: () => undefined } : group } : {};
  }

  /**
   * The session, its engine started if there is room, and the processes of `interpreters`; undefined where no code may run.
   */
  async function begun(notebook: NotebookId, interpreters: readonly string[] = []): Promise<Session | undefined> {
    const found = await isolate();
    if (closing || whyRefused(found) !== undefined) return undefined;
    const session = sessionOf(notebook);
    const others = new Set(interpreters.filter(isKnown).map(hostOf));
    others.delete(options.engine);
    if (session.lives.size === 0) {
      if (others.size > 0) wanted.set(session.id, others);
      slots.ahead(session.id);
    } else if (others.size > 0 && slots.holds(session.id)) void startAll(session.id, others);
    return session;
  }

  const statusOf = (session: Session): SessionStatus => ({
    id: session.id,
    ...summary([...session.lives.values()]),
    memoryLimit: limits.memory,
    groups: groups.kind,
    // Until it was tried: what is expected, as nothing runs before.
    isolation: isolation?.kind ?? expected(options.sandbox, system),
    timeZone: options.timeZone,
  });
  const tell = (session: Session, changed: 'state' | 'memory'): void =>
    statuses.tell(session.key, statusOf(session), changed);

  const stopped: ExecutionOutcome = { state: 'lost', reason: 'process-gone' };

  return {
    isolation: isolate,
    groups,
    isolationNow: () => isolation,
    processes: () =>
      [...sessions.values()].flatMap(({ lives }) =>
        [...lives.values()].map(({ interpreter, process, memory }) => ({
          interpreter,
          state: process.state(),
          memory,
        })),
      ),
    idOf,
    async execute(run, tables, emit, signal, spent) {
      if (closing) return stopped;
      if (!isKnown(run.interpreter)) return { state: 'failed', failure: unknownInterpreter(run.interpreter) };
      if (Buffer.byteLength(run.source) > MAX_SOURCE_BYTES) {
        const message = `The paragraph is longer than ${MAX_SOURCE_BYTES / 2 ** 20} MB, the most that can run.`;
        return { state: 'failed', failure: { code: 'source-too-long', message, hint: 'Put the data into a file.' } };
      }
      const found = await isolate();
      const refused = whyRefused(found);
      if (refused !== undefined) return { state: 'failed', failure: codeRefused(refused) };
      if (signal.aborted) return { state: 'cancelled' };
      const key = keyIn(run.id);
      const session = sessionOf(key && isVisitorKey(key) ? key : run.notebook);
      const waiting = (ahead: number): void => emit({ type: 'waiting', for: waitingText(ahead) });
      if (!(await slots.enter(session.id, waiting, signal))) return closing ? stopped : { state: 'cancelled' };
      try {
        const outcome = await session.execute(run, tables, emit, signal, spent);
        return closing && outcome.state === 'failed' ? stopped : outcome;
      } catch (error) {
        log('warn', 'a session failed', { session: session.id, error: String(error) });
        const message = `The session failed: ${error instanceof Error ? error.message : String(error)}.`;
        return { state: 'failed', failure: { code: 'session-failed', message, hint: 'Restart the session.' } };
      } finally {
        slots.finish(session.id, session.lives.size > 0);
      }
    },
    async complete(notebook, interpreter, text, offset, tables) {
      return (await begun(notebook))?.complete(interpreter, text, offset, tables) ?? [];
    },
    async check(notebook, interpreter, text, forms, tables) {
      return sessions.get(notebook)?.check(interpreter, text, forms, tables);
    },
    async tables(notebook, tables) {
      return (await (await begun(notebook))?.tables(tables)) ?? withoutProcess(sessionOf(notebook), tables);
    },
    async uses(notebook, interpreter, asked, start) {
      const session = start ? await begun(notebook, [interpreter]) : sessions.get(notebook);
      return session?.uses(interpreter, asked);
    },
    async inputs(key, asked) {
      const session = isVisitorKey(key) ? sessions.get(key) : await begun(key);
      const uses = await session?.uses(options.engine, { ...asked, inputs: true });
      return uses?.map(({ inputs }) => inputs);
    },
    startAhead(notebook, interpreters) {
      begun(notebook, interpreters).catch((error: unknown) => {
        log('warn', 'could not start a process ahead', { notebook, error: String(error) });
      });
    },
    restart: (key, { clear }) => sessionOf(key).end({ kind: 'restart' }, clear),
    async leave(key) {
      const session = sessions.get(key);
      if (!session) return;
      sessions.delete(key);
      // What asked for a process before this finds the session ended, and has none.
      await session.end({ kind: 'restart' }, false, true);
      byId.delete(session.id);
      statuses.forget(key);
    },
    status: (key) => statusOf(sessionOf(key)),
    onStatus: statuses.listen,
    async close() {
      closing = true;
      clearTimeout(trying);
      slots.close();
      await Promise.all([...sessions.values()].map((session) => session.end({ kind: 'stop' }, false)));
      sampler.close();
      await swept;
      await groups.close();
    },
  };

  /** What can be said without an engine: the names of results, and the files beside the notebook. */
  async function withoutProcess(session: Session, tables: readonly NamedResult[]): Promise<readonly SessionTable[]> {
    const named = tables.map(({ name }) => ({ name, source: 'named' as const, columns: [] }));
    return [...named, ...(await session.files())];
  }
}

/** Until it was tried. */
function expected(sandbox: Sandbox, system: System): Isolation['kind'] {
  if (sandbox === 'container') return 'container';
  const first = formsFor(system, sandbox)[0];
  return sandbox === 'off' || !first ? 'none' : first.id === 'unshare' ? 'unshare' : 'bwrap';
}

const unknownInterpreter = (interpreter: string) => ({
  code: 'unknown-interpreter',
  message: `There is no interpreter ${interpreter}.`,
  hint: 'Choose one of the list: type / in an empty paragraph.',
});

const codeRefused = (why: string) => ({
  code: 'code-refused',
  message: `This server runs no code: ${why}`,
  hint: 'Install bubblewrap, or serve on loopback.',
});
