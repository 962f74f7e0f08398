/**
 * The `shell` interpreter: one bash for each paragraph, and nothing of it left afterwards but what it printed, the files
 * it wrote, and its state: working folder, exported variables, exported functions. The state is what bash itself wrote at
 * its end (`before.ts`), also after `exit 3` or a failure; a cancelled paragraph leaves the state as it was.
 *
 * Files are handled without promises: those would need threads, and a fork bomb may have left none to start.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Failed, failure } from '../errors.ts';
import { openForwarder, proxyVariables } from '../forward.ts';
import type { Outcome, RunRequest, StartRequest } from '../protocol.ts';
import type { Interpreter, RunContext } from '../runner.ts';
import { beforeText, COMMAND, FILES, formVariables } from './before.ts';
import { endAll, MARK, ownsNamespace, type Scope, signalGroup, ticksNow } from './ending.ts';
import { outcomeOf } from './outcome.ts';
import { makeFifos, openRelay, type Relay } from './relay.ts';

/** A cancel: SIGINT, so that a user's trap can tidy up, then SIGTERM, then the end of all. Within a second together. */
const TERM_MS = 250;
const KILL_MS = 500;
/** For the last text to be taken by the server, which reads a flood in slices. */
const FLUSH_MS = 1000;
/** Exported variables and functions; bash starts no program with more than a few hundred KB of them anyway. */
const STATE_BYTES = 2 ** 20;

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

type Exit = { readonly code: number | null; readonly signal: string | null };
type State = { readonly cwd: string; readonly text?: string; readonly forms: readonly string[] };
type Place = { readonly folder: string; readonly out: Relay; readonly err: Relay };

export function createShell(given: Readonly<Record<string, string | undefined>>): Interpreter {
  const path = given.PATH || SYSTEM_PATH;
  const mark = randomUUID();
  let started: StartRequest;
  let bash: string | undefined;
  let place: Place | undefined;
  let state: State;
  let proxy: Readonly<Record<string, string>> = {};

  const scope = (since: number): Scope => (ownsNamespace(started.isolated === true) ? 'namespace' : { mark, since });

  return {
    language: 'shell',
    async start(request) {
      started = request;
      state = { cwd: request.session, forms: [] };
      bash = find('bash', path);
      if (request.network) proxy = proxyVariables(await openForwarder(request.network));
      if (!ownsNamespace(request.isolated === true)) sweepPlaces();
      // What fails here is told by the first run. An empty one goes ahead of it: the first of a process takes twice as long.
      if (bash !== undefined) place = attempt(makePlace);
      if (bash !== undefined && place) {
        await runBash(bash, place, ':', [], new AbortController().signal).catch(() => undefined);
      }
    },
    run: async (request, context) => (request.source.trim() === '' ? { state: 'done' } : execute(request, context)),
    async close() {
      if (place) rmSync(place.folder, { recursive: true, force: true });
    },
  };

  async function execute(request: RunRequest, context: RunContext): Promise<Outcome> {
    if (bash === undefined) throw new Failed(failure('no-bash', `There is no bash on ${path}.`));
    refuseNul(request.source);
    const notices: string[] = [];
    if (!canEnter(state.cwd)) {
      notices.push(`The folder ${state.cwd} can’t be entered any more: back in the session folder.`);
      state = { ...state, cwd: started.session };
    }
    const { variables, refused } = formVariables(request.forms);
    for (const notice of [...notices, ...refused]) say(request, context, notice);
    place = usable(place) ?? makePlace();
    const exit = await runBash(bash, place, request.source, variables, context.signal);
    if (context.signal.aborted) return { state: 'cancelled' };
    const noted = read(place, 'failed') ?? '';
    keepState(
      place,
      request,
      context,
      variables.map(([name]) => name),
    );
    return outcomeOf({ ...exit, noted, stderr: place.err.last(), source: request.source });
  }

  async function runBash(
    command: string,
    { folder, out, err }: Place,
    source: string,
    forms: readonly (readonly [string, string])[],
    signal: AbortSignal,
  ): Promise<Exit> {
    for (const name of Object.values(FILES)) rmSync(join(folder, name), { force: true });
    const reach = scope(ticksNow());
    const own = reach === 'namespace' ? {} : { [MARK]: mark };
    const { cwd, text } = state;
    const before = beforeText({
      folder,
      source,
      cwd,
      forms,
      formerForms: state.forms,
      own,
    });
    writeFileSync(join(folder, FILES.before), before, { mode: 0o600 });
    writeFileSync(join(folder, FILES.given), text ?? '', { mode: 0o600 });
    const descriptors = [out.open(), err.open()];
    let child: ChildProcess;
    try {
      child = spawn(command, ['--noprofile', '--norc', '-c', COMMAND, 'bash', join(folder, FILES.before)], {
        cwd,
        env: { ...(text === undefined ? { ...environment(path, started), ...proxy } : {}), ...own },
        detached: true,
        stdio: ['ignore', ...descriptors],
      });
    } finally {
      for (const descriptor of descriptors) closeSync(descriptor);
    }
    const exit = new Promise<Exit>((resolve, reject) => {
      child.once('exit', (code, by) => resolve({ code, signal: by }));
      child.once('error', (error) => reject(new Failed(failure('no-bash', `bash did not start: ${error.message}.`))));
    });
    const { pid } = child;
    if (pid === undefined) return exit;
    const uncancel = onAbort(signal, () => cancelInSteps(pid, reach));
    const ended = await exit;
    uncancel();
    await endAll(pid, reach);
    await Promise.all([out.flush(FLUSH_MS), err.flush(FLUSH_MS)]);
    return ended;
  }

  function cancelInSteps(pid: number, reach: Scope): () => void {
    signalGroup(pid, 'SIGINT');
    const timers = [
      setTimeout(() => signalGroup(pid, 'SIGTERM'), TERM_MS),
      setTimeout(() => void endAll(pid, reach), KILL_MS),
    ];
    return () => timers.forEach(clearTimeout);
  }

  /** What an `exec` replaced, or a signal ended, wrote nothing: then the state stays. */
  function keepState(from: Place, request: RunRequest, context: RunContext, forms: readonly string[]): void {
    const cwd = read(from, 'cwd');
    const text = read(from, 'state');
    if (cwd === undefined || text === undefined) return;
    if (text.length <= STATE_BYTES) state = { cwd, text, forms };
    else say(request, context, `Exported variables of more than ${STATE_BYTES / 2 ** 20} MB are not kept.`);
  }
}

/** No prompt, no history, no pager; colours only from programs that are told to, as pipes would carry them too. */
const environment = (path: string, start: StartRequest): Readonly<Record<string, string>> => ({
  PATH: path,
  HOME: start.session,
  PWD: start.session,
  LANG: 'C.UTF-8',
  TZ: start.timeZone,
  TERM: 'xterm-256color',
  PAGER: 'cat',
  GIT_PAGER: 'cat',
});

function find(program: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => file.startsWith('/') && attempt(() => accessSync(file, constants.X_OK) ?? true));
}

function makePlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), `gondola-shell-${process.pid}-`));
  const fifos = [join(folder, 'stdout'), join(folder, 'stderr')] as const;
  makeFifos(fifos, { PATH: SYSTEM_PATH });
  return { folder, out: openRelay(fifos[0], 1), err: openRelay(fifos[1], 2) };
}

/** Outside a sandbox a process that was killed leaves its folder behind; the next one takes it away. */
function sweepPlaces(): void {
  for (const name of attempt(() => readdirSync(tmpdir())) ?? []) {
    const pid = /^gondola-shell-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || attempt(() => process.kill(Number(pid), 0))) continue;
    attempt(() => rmSync(join(tmpdir(), name), { recursive: true, force: true }));
  }
}

/** A paragraph may have emptied /tmp. */
function usable(place: Place | undefined): Place | undefined {
  if (!place) return undefined;
  const isThere = ['stdout', 'stderr'].every((name) => attempt(() => statSync(join(place.folder, name)).isFIFO()));
  if (isThere) return place;
  place.out.close();
  place.err.close();
  rmSync(place.folder, { recursive: true, force: true });
  return undefined;
}

const read = ({ folder }: Place, name: keyof typeof FILES): string | undefined =>
  attempt(() => readFileSync(join(folder, FILES[name]), 'utf8'));

const canEnter = (folder: string): boolean =>
  attempt(() => {
    accessSync(folder, constants.X_OK);
    return statSync(folder).isDirectory();
  }) === true;

function refuseNul(source: string): void {
  const at = source.indexOf('\0');
  if (at === -1) return;
  const lines = source.slice(0, at).split('\n');
  const place = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, length: 1 };
  throw new Failed(failure('syntax', 'The text holds a NUL character, which bash can’t read.', place));
}

function say(request: RunRequest, context: RunContext, text: string): void {
  context.emit({
    type: 'output',
    run: request.run,
    output: { kind: 'text', stream: 'stderr', text: `${text}\n` },
  });
}

/** Calls `begin` on an abort, and what that returned when the returned function is called. */
function onAbort(signal: AbortSignal, begin: () => () => void): () => void {
  let end: (() => void) | undefined;
  const start = (): void => {
    end = begin();
  };
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return () => {
    signal.removeEventListener('abort', start);
    end?.();
  };
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
