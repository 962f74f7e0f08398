/**
 * Starting the results reader. The plain form runs it as a process of its own; a sandbox passes its own `SpawnReader`,
 * which starts the same program with the same arguments: descriptor 3 takes requests, 4 gives answers, `readable` bound
 * read-only and `temporary` read-write at the paths they have, no network, an empty environment.
 */
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A child with the reader's pipes, as `server/sessions/launch.ts` gives it. */
export type ReaderChild = {
  readonly requests: Writable;
  readonly events: Readable;
  readonly stdout?: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  kill(): void;
};

export type ReaderProcess = {
  readonly requests: Writable;
  readonly answers: Readable;
  kill(): void;
  /** Resolves once, with how it ended. */
  readonly exited: Promise<string>;
};

/** Rejects with an error that says why no process could be started. */
export type SpawnReader = () => Promise<ReaderProcess>;

export type ReaderSettings = {
  /** Folder in which all result files lie. */
  readonly readable: string;
  /** For sorts that spill and for Parquet downloads; emptied at each start. */
  readonly temporary: string;
  /** Bytes. */
  readonly memory: number;
  readonly threads: number;
  /** IANA: how times with a zone are written as text. */
  readonly timeZone: string;
};

/** Beside the server's module, in the checkout and in the bundle alike. */
export const readerProgram = (from: string = import.meta.url): string =>
  fileURLToPath(new URL(from.endsWith('.ts') ? './reader/main.ts' : './results/reader/main.js', from));

/** What the program takes after its own path. */
export const readerArguments = (settings: ReaderSettings): string[] => [
  '--readable',
  settings.readable,
  '--temporary',
  settings.temporary,
  '--memory',
  String(settings.memory),
  '--threads',
  String(settings.threads),
  '--time-zone',
  settings.timeZone,
];

export const spawnPlainReader =
  (settings: ReaderSettings, program = readerProgram()): SpawnReader =>
  async () => {
    await mkdir(settings.temporary, { recursive: true });
    const child = spawn(process.execPath, [program, ...readerArguments(settings)], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      env: {},
      detached: true,
    });
    const [, , stderr, requests, events] = child.stdio;
    if (!(requests instanceof Writable) || !(events instanceof Readable) || !(stderr instanceof Readable)) {
      throw new TypeError('the descriptors of the reader are no pipes');
    }
    const exited = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    return readerProcess({ requests, events, stderr, exited, kill: () => child.kill('SIGKILL') });
  };

/** What the child writes on stderr tells how it ended. */
export function readerProcess(child: ReaderChild): ReaderProcess {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID);
  });
  child.stdout?.resume();
  return {
    requests: child.requests,
    answers: child.events,
    kill: () => child.kill(),
    exited: child.exited.then(
      ({ code, signal }) => [signal ?? `exit ${code}`, said.trim()].filter(Boolean).join(': '),
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    ),
  };
}

/** Characters of stderr kept: the last lines say why it died. */
const SAID = 2000;
