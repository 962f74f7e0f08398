/** Real sessions over a workspace of the test's own, with the scripted interpreter and the SQL engine. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type NotebookId,
  newId,
  type ParagraphId,
  type PersonId,
  type RequestId,
  type RunId,
} from '../../../server/protocol/ids.ts';
import type { RunSpec } from '../../../server/protocol/runs.ts';
import type { ExecutionEvent, ExecutionOutcome, NamedResult } from '../../../server/sessions/contract.ts';
import type { Isolation } from '../../../server/sessions/isolation.ts';
import { nodeProgram, type ResolveProgram } from '../../../server/sessions/program.ts';
import { type OpenSessions, openSessions, type SessionsOptions } from '../../../server/sessions/sessions.ts';

export const root = join(import.meta.dirname, '..', '..', '..');
export const node = realpathSync(join(root, 'node_modules', '.bin', 'node'));
export const NONE: Isolation = { kind: 'none', why: 'the test wants none' };

const scripted = (...args: string[]) => {
  const program = nodeProgram({
    node,
    root,
    entry: 'test/fixtures/interpreters/scripted.js',
    folders: ['test/fixtures/interpreters'],
  });
  return { ...program, args: [...program.args, ...args] };
};

export const resolveProgram: ResolveProgram = (interpreter) => {
  if (interpreter === 'scripted') return scripted();
  if (interpreter === 'never-ready') return scripted('--never-ready');
  if (interpreter === 'no-start') return scripted('--no-start');
  if (interpreter === 'missing') return { command: '/nowhere/program', args: [], mounts: [] };
  if (interpreter === 'sql' && existsSync(join(root, 'interpreters/sql/main.ts'))) {
    const folders = ['interpreters', 'node_modules/@duckdb', 'node_modules/detect-libc'];
    return nodeProgram({ node, root, entry: 'interpreters/sql/main.ts', folders, flags: ['--no-warnings'] });
  }
  return undefined;
};

export type Ran = {
  readonly outcome: ExecutionOutcome;
  readonly events: readonly ExecutionEvent[];
  readonly stdout: string;
  readonly stderr: string;
  readonly value: string;
  readonly ms: number;
};

export type Bench = {
  readonly workspace: string;
  readonly sessions: OpenSessions;
  run(
    source: string,
    options?: {
      notebook?: string;
      interpreter?: string;
      tables?: readonly NamedResult[];
      signal?: AbortSignal;
      onEvent?: (event: ExecutionEvent) => void;
      name?: string;
    },
  ): Promise<Ran>;
  /** A second server over the same workspace. */
  reopen(options?: Partial<SessionsOptions>): Promise<void>;
  close(): Promise<void>;
};

/** Notebooks are named by their path, with `-` for `/`. */
export const notebookId = (path: string): NotebookId => path.replaceAll('/', '-').replaceAll('.', '-') as NotebookId;

export function openBench(options: Partial<SessionsOptions> & { files?: Record<string, string> } = {}): Bench {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'gondola-sessions-')));
  for (const [path, text] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  const paths = new Map<NotebookId, string>();
  const open = (changes: Partial<SessionsOptions> = {}): OpenSessions =>
    openSessions({
      workspace,
      state: join(workspace, '.gondola'),
      pathOf: (notebook) => paths.get(notebook),
      resolveProgram,
      engine: 'scripted',
      sandbox: 'auto',
      beyondLoopback: false,
      timeZone: 'UTC',
      ...options,
      ...changes,
    });
  let sessions = open();
  const bench: Bench = {
    workspace,
    get sessions() {
      return sessions;
    },
    async run(source, given = {}) {
      const path = given.notebook ?? 'report.nb.md';
      const notebook = notebookId(path);
      paths.set(notebook, path);
      const events: ExecutionEvent[] = [];
      const began = performance.now();
      const spec: RunSpec = {
        id: newId<RunId>(),
        notebook,
        paragraph: newId<ParagraphId>(),
        request: newId<RequestId>(),
        session: sessions.idOf(notebook),
        by: { id: newId<PersonId>(), name: 'Ada' },
        asked: Date.now(),
        interpreter: given.interpreter ?? 'scripted',
        source,
        options: {},
        forms: {},
        ...(given.name === undefined ? {} : { name: given.name }),
      };
      const outcome = await sessions.execute(
        spec,
        given.tables ?? [],
        (event) => {
          events.push(event);
          given.onEvent?.(event);
        },
        given.signal ?? new AbortController().signal,
      );
      const textOf = (stream: string): string =>
        events.map((event) => (event.type === 'text' && event.stream === stream ? event.text : '')).join('');
      return {
        outcome,
        events,
        stdout: textOf('stdout'),
        stderr: textOf('stderr'),
        value: textOf('value'),
        ms: performance.now() - began,
      };
    },
    async reopen(changes) {
      await sessions.close();
      sessions = open(changes);
    },
    async close() {
      await sessions.close();
      rmSync(workspace, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  return bench;
}

/** Whether bubblewrap holds on this machine. */
export async function canIsolate(): Promise<boolean> {
  const bench = openBench();
  const found = await bench.sessions.isolation();
  await bench.close();
  return found.kind === 'bwrap';
}
