/**
 * The interpreter protocol. An interpreter is any program that speaks it on two descriptors: requests come in on 3,
 * events go out on 4, one JSON object a line, UTF-8, at most `MAX_LINE_BYTES`. Its stdout and stderr stay the user's:
 * what is written there is shown as text of the run under way. The program ends when 3 ends.
 *
 *   server → program: start, run, cancel, complete, tables, reply
 *   program → server: ready, output, table, progress, call, completions, tables, done
 *
 * `start` comes first and is answered by `ready`. One run at a time. Before `done` the program flushes stdout and
 * stderr and writes `marker(run)` on both, so that text and `done` meet in order; the server waits for both, at most 1 s.
 * `cancel` may come at any moment, also after `done`; a run that was cancelled still ends with `done`.
 * Paths are as the program sees them. Table bytes that do not fit in a block travel as files.
 */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;
export const PROTOCOL_VERSION = 1;

export type Column = { readonly name: string; readonly type: string };

/** A named result for the program to offer as a table. `version` changes with its content. */
export type NamedTable = {
  readonly name: string;
  readonly version: string;
  /** A DuckDB file holding one table `result` with a row number `__row`: attach read-only. */
  readonly file?: string;
  /** Small results: an Arrow IPC stream in base64. Sent once for each version to each process. */
  readonly block?: string;
};

export type StartRequest = {
  readonly type: 'start';
  readonly protocol: number;
  /** Read-write; the working folder; holds `data/` as this notebook sees it. */
  readonly session: string;
  /** Where result files are written; the server moves them away. */
  readonly out: string;
  /** Bytes the program should keep to; enforced from outside at 1.25 times. */
  readonly memory: number;
  readonly threads: number;
  /** IANA. */
  readonly timeZone: string;
  /** Further folders the program may read: where result files lie, and the real folders behind links in `data/`. */
  readonly readable: readonly string[];
  /** Folders beside `session` and `out` that statements may write, e.g. `data/NOTEBOOK`. */
  readonly writable?: readonly string[];
  /** A sandbox cuts files, processes and network. Otherwise the engine refuses statements that write elsewhere. */
  readonly isolated?: boolean;
};

export type RunRequest = {
  readonly type: 'run';
  readonly run: string;
  readonly source: string;
  /** The name its last result gets; the server checked it. */
  readonly name?: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly forms: Readonly<Record<string, unknown>>;
  /** All named tables now; those not listed any more go. */
  readonly tables: readonly NamedTable[];
};

export type Request =
  | StartRequest
  | RunRequest
  | { readonly type: 'cancel'; readonly run: string }
  | {
      readonly type: 'complete';
      readonly call: number;
      readonly text: string;
      readonly offset: number;
      readonly tables: readonly NamedTable[];
    }
  | { readonly type: 'tables'; readonly call: number; readonly tables: readonly NamedTable[] }
  /** Answers `call`. */
  | { readonly type: 'reply'; readonly call: number; readonly result?: unknown; readonly error?: Failure };

export type Failure = {
  readonly code: string;
  readonly message: string;
  /** 1-based, in the source of the run. */
  readonly line?: number;
  readonly column?: number;
  readonly length?: number;
  readonly hint?: string;
  readonly fix?: { readonly replacement: string };
  readonly detail?: string;
};

export type Event =
  | { readonly type: 'ready'; readonly protocol: number; readonly language: string }
  | { readonly type: 'output'; readonly run: string; readonly output: OutputEvent }
  /**
   * The `table`-th table of the run (0, 1, …). Sent when its first rows are known (`open`), and again when it is whole.
   * Whole and small: `block` holds all rows. Whole and large: `file` (inside `out`) holds them and `block` the first ones.
   */
  | {
      readonly type: 'table';
      readonly run: string;
      readonly table: number;
      readonly columns: readonly Column[];
      readonly rows: number;
      readonly open: boolean;
      /** Arrow IPC stream, base64. Sent with the first event of a table; with a later one only if it changed. */
      readonly block?: string;
      readonly file?: string;
      /** This table is the one the run's `name` names. */
      readonly named?: boolean;
    }
  | { readonly type: 'progress'; readonly run: string; readonly fraction?: number; readonly rows?: number }
  | {
      readonly type: 'call';
      readonly call: number;
      readonly run: string;
      readonly method: string;
      readonly params: unknown;
    }
  | { readonly type: 'completions'; readonly call: number; readonly items: readonly CompletionItem[] }
  | { readonly type: 'tables'; readonly call: number; readonly items: readonly TableItem[] }
  | { readonly type: 'done'; readonly run: string; readonly outcome: Outcome };

export type Outcome =
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly failure: Failure }
  | { readonly state: 'cancelled' };

/** Outputs other than tables. Plain text goes to stdout; this is for values and notices. */
export type OutputEvent =
  | { readonly kind: 'text'; readonly stream: 'stdout' | 'stderr' | 'value'; readonly text: string }
  | ({ readonly kind: 'error' } & Failure);

export type CompletionItem = {
  readonly label: string;
  readonly kind: 'keyword' | 'table' | 'column' | 'file' | 'function' | 'type' | 'other';
  readonly detail?: string;
  readonly insert: string;
  readonly start: number;
};

export type TableItem = {
  readonly name: string;
  readonly source: 'named' | 'session' | 'view' | 'file';
  readonly columns: readonly Column[];
  readonly rows?: number;
  readonly bytes?: number;
};

/** Written to stdout and stderr before `done`, on a line of its own; NUL keeps it apart from what people print. */
export const marker = (run: string): string => `\u0000gondola:end:${run}\u0000\n`;
