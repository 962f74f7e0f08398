/**
 * Starting the results reader. The plain form runs it as a process of its own; a sandbox passes its own `SpawnReader`,
 * which starts the same program in the same way: descriptor 3 takes requests, 4 gives answers, `readable` bound
 * read-only, `temporary` read-write, no network, an empty environment but for `READER_ENVIRONMENT`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export type ReaderProcess = {
  readonly requests: Writable;
  readonly answers: Readable;
  kill(): void;
  /** Resolves once with how it ended. */
  readonly exited: Promise<string>;
};

export type SpawnReader = () => ReaderProcess;

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

/** Queries hold a thread of libuv each while they run: windows must not wait for downloads and sorts. */
export const READER_ENVIRONMENT = { UV_THREADPOOL_SIZE: '12' } as const;

/** Beside this module, in the checkout and in the bundle alike. */
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
  () => {
    mkdirSync(settings.temporary, { recursive: true });
    return readerProcess(
      spawn(process.execPath, [program, ...readerArguments(settings)], {
        stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
        env: READER_ENVIRONMENT,
        detached: true,
      }),
    );
  };

/** A child whose descriptors 3 and 4 are pipes; what it writes on stderr tells how it ended. */
export function readerProcess(child: ChildProcess): ReaderProcess {
  const [, , , requests, answers] = child.stdio;
  if (!(requests instanceof Writable) || !(answers instanceof Readable))
    throw new TypeError('descriptors 3 and 4 are no pipes');
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID);
  });
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve([signal ?? `exit ${code}`, said.trim()].filter(Boolean).join(': ')));
  });
  return {
    requests,
    answers,
    exited,
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}

/** Characters of stderr kept: the last lines say why it died. */
const SAID = 2000;
