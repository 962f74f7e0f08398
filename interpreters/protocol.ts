/**
 * The interpreter protocol. An interpreter is any program that speaks it on two descriptors: requests come in on 3,
 * events go out on 4, one JSON object a line, UTF-8, at most `MAX_LINE_BYTES`. Its stdout and stderr stay the user's:
 * what is written there is shown as text of the run under way. The program ends when 3 ends.
 *
 *   server → program: start, run, cancel, complete, tables, uses, check, reply, ask, release
 *   program → server: ready, output, table, progress, call, completions, tables, uses, checked, answer, done
 *
 * `start` comes first and is answered by `ready`. One run at a time. Before `done` the program flushes stdout and
 * stderr and writes `marker(run)` on both, so that text and `done` meet in order; the server waits for both, at most 1 s.
 * `cancel` may come at any moment, also after `done`; a run that was cancelled still ends with `done`.
 * Paths are as the program sees them. Table bytes that do not fit in a block travel as files.
 *
 * Every program but the engine is a client of the engine: what its run asks by `call` reaches the engine as `ask`, and the
 * engine's `answer` comes back as `reply`. `EngineMethods` lists what can be asked. The engine itself asks its session for
 * what other programs do better (`SessionMethods`). Longer than most files: it is the whole protocol.
 */
import type { FormInputs } from './forms.ts';
import type { Footprint } from './parquet.ts';
import type { Inputs, Uses, UsesAsked } from './uses.ts';

export const MAX_LINE_BYTES = 4 * 1024 * 1024;
export const PROTOCOL_VERSION = 1;

export type Column = { readonly name: string; readonly type: string };

/** A named result for the program to offer as a table. `version` changes with its content. */
export type NamedTable = {
  readonly name: string;
  readonly version: string;
  /** A DuckDB file holding one table `result` with a row number `__row`: attach read-only. */
  readonly file?: string;
  /** `file` is a Parquet file, and its rows are the table. */
  readonly parquet?: true;
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
  /** The `.ts` files of the notebook's folder and below it, and nothing else: what its code may import. */
  readonly modules?: string;
  /** Folders beside `session` and `out` that statements may write, e.g. `data/NOTEBOOK`. */
  readonly writable?: readonly string[];
  /** A sandbox cuts files, processes and network. Otherwise the engine refuses statements that write elsewhere. */
  readonly isolated?: boolean;
  /** The notebook is granted hosts: a folder of `NETWORK_FILES`, and the token that the server's proxy asks for. */
  readonly network?: { readonly folder: string; readonly token: string };
};

/** In the folder of a granted network: the socket of the server's proxy, and certificates to trust (PEM). */
export const NETWORK_FILES = { socket: 'proxy', certificates: 'certificates.pem' } as const;

export type RunRequest = {
  readonly type: 'run';
  readonly run: string;
  /** Which of its interpreters is meant, where the program serves several. */
  readonly interpreter?: string;
  readonly source: string;
  /** Its `done` is to say what it read, where that can be known. */
  readonly reads?: true;
  /** The name its last result gets; the server checked it. */
  readonly name?: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly forms: FormInputs;
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
  /** What these texts read and write; answered by `uses`, in their order. Nothing of them is run. */
  | ({ readonly type: 'uses'; readonly call: number } & UsesAsked)
  /** What is wrong with a text that is being written; answered by `checked`. Nothing of it is run, and no run waits for it. */
  | {
      readonly type: 'check';
      readonly call: number;
      readonly text: string;
      readonly forms: FormInputs;
      readonly tables: readonly NamedTable[];
    }
  /** Answers `call`. */
  | { readonly type: 'reply'; readonly call: number; readonly result?: unknown; readonly error?: Failure }
  /** To the engine: a call that run `run` of another program made. `cancel` with that run interrupts it. */
  | {
      readonly type: 'ask';
      readonly call: number;
      readonly run: string;
      /** The name that the run's result gets. */
      readonly name?: string;
      readonly method: string;
      readonly params: unknown;
      readonly tables: readonly NamedTable[];
    }
  /** To the engine: run `run` of another program has ended; its cursors and scratch tables go. */
  | { readonly type: 'release'; readonly run: string };

/** A query with its values bound to `$1`, `$2`, …, never spliced into the text. */
export type Query = { readonly sql: string; readonly values?: readonly Bound[] };
/**
 * A whole number up to 2^53 is bound as INTEGER or BIGINT, as the engine reads one in a text; any other as DOUBLE. `value`
 * as text: what JSON does not hold exactly. Dates and times in ISO form, a blob in base64, `double` for NaN and ±Infinity.
 */
export type Bound =
  | null
  | boolean
  | number
  | string
  | { readonly type: 'bigint' | 'double' | 'date' | 'timestamp' | 'timestamptz' | 'blob'; readonly value: string };

/** What a run may ask of the engine, by name. Each fails with a `Failure`; positions are 1-based in the query's text. */
export type EngineMethods = {
  /** Names and types of what the query gives, without running it. */
  describe: { params: Query; result: { readonly columns: readonly Column[] } };
  /**
   * Runs the query; its rows become table number `table` of the asking run, by `table` events of the engine: they never
   * pass the asker. `hidden`: it is data of a chart, no output by itself. More rows than `limit` fail with `too-large`.
   */
  show: {
    params: Query & {
      readonly table: number;
      readonly named?: boolean;
      readonly hidden?: boolean;
      readonly limit?: number;
    };
    result: { readonly rows: number; readonly columns: readonly Column[] };
  };
  /** Opens a cursor on the query's rows. */
  read: { params: Query; result: { readonly cursor: number; readonly columns: readonly Column[] } };
  /** The next rows, up to `rows` and a bounded number of bytes, as an Arrow IPC stream in a file; `done` with the last. */
  fetch: {
    params: { readonly cursor: number; readonly rows: number };
    result: { readonly file?: string; readonly rows: number; readonly done: boolean };
  };
  close: { params: { readonly cursor: number }; result: Record<string, never> };
  /**
   * Rows from a file, an Arrow IPC stream whose fields carry `duckdb.type`, into a scratch table of the run: a new one, or
   * the one named by an earlier answer. `table` of the answer stands as it is in later queries.
   */
  write: {
    params: { readonly file: string; readonly table?: string };
    result: { readonly table: string; readonly rows: number };
  };
  /** The query's rows into a scratch table, in their order. */
  keep: { params: Query; result: { readonly table: string; readonly rows: number } };
  /** Makes or replaces the session's table `name`, for every interpreter. `name-taken` where a paragraph has the name. */
  save: { params: Query & { readonly name: string }; result: { readonly rows: number } };
  /** Those of these names that are a table or view of the session, or a named result, written just so. */
  names: { params: { readonly names: readonly string[] }; result: { readonly names: readonly string[] } };
  /** Asked by the server before a run whose text mentions `tables/`: `tables/NAME.parquet`, for all named tables or these. */
  export: { params: { readonly names?: readonly string[] }; result: { readonly names: readonly string[] } };
};
export type EngineMethod = keyof EngineMethods;

/** What the engine may ask, for its own runs and for those that ask it. */
export type SessionMethods = {
  /** One sheet of a spreadsheet as lines of values in a file; the first where none is named. Its failures speak of the file: “is damaged …”. */
  sheet: {
    params: { readonly path: string; readonly sheet?: string };
    result: ConvertedSheet & { readonly file: string };
  };
  /**
   * A Parquet file below `data/` that is to become a result as it is: the session links it where code reaches it no more, if it
   * is what the program read. `file` names it for the `table` event that follows; without one the rows have to be copied.
   */
  link: { params: Footprint & { readonly path: string }; result: { readonly file?: string } };
};

/**
 * Lines of values by comma, texts in quotes, empty cells nothing. A line begins with `skipped` empty columns that are no part of
 * the table; `ragged`: some lines are shorter; `broken`: texts hold line ends; `longest`: bytes that no line passes.
 */
export type ConvertedSheet = {
  readonly sheet: string;
  /** All sheets of the file, in their order. */
  readonly sheets: readonly string[];
  readonly columns: readonly Column[];
  readonly skipped: number;
  readonly rows: number;
  readonly longest: number;
  readonly ragged: boolean;
  readonly broken: boolean;
  /** Cells that hold an error, such as #N/A; formulas that were saved without a value. Both are NULL. */
  readonly errors: number;
  readonly unvalued: number;
};

/**
 * Files of `fetch` and `write` lie here, below the session folder; whoever reads one removes it. Their names begin with the
 * run and a dash, so that what is left of a run goes with its end; they travel as paths relative to the session folder.
 */
export const EXCHANGE_FOLDER = '.exchange';

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
      /** Whole, instead of `file`: what `link` answered with, and of which file. */
      readonly linked?: Footprint & { readonly file: string };
      /** This table is the one the run's `name` names. */
      readonly named?: boolean;
      /** Data of a chart that follows, which names it by its number. */
      readonly hidden?: boolean;
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
  | { readonly type: 'uses'; readonly call: number; readonly items: readonly Uses[] }
  /** In the order of their places; absent where a later text came before this one's turn. */
  | { readonly type: 'checked'; readonly call: number; readonly failures?: readonly Failure[] }
  /** Answers `ask`. */
  | { readonly type: 'answer'; readonly call: number; readonly result?: unknown; readonly error?: Failure }
  | { readonly type: 'done'; readonly run: string; readonly outcome: Outcome };

export type Outcome =
  /** `inputs`: what it read, where that was asked, can be known, and stayed as it was while it ran. */
  | { readonly state: 'done'; readonly inputs?: Inputs }
  | { readonly state: 'failed'; readonly failure: Failure }
  | { readonly state: 'cancelled' };

/** Outputs other than tables. Plain text goes to stdout; this is for values and notices. */
export type OutputEvent =
  | { readonly kind: 'text'; readonly stream: 'stdout' | 'stderr' | 'value'; readonly text: string }
  | ({ readonly kind: 'error' } & Failure)
  /** Shown in a sandboxed frame. */
  | { readonly kind: 'html'; readonly html: string }
  | { readonly kind: 'markdown'; readonly text: string }
  | { readonly kind: 'image'; readonly type: ImageType; readonly data: string; readonly alt?: string }
  /** Vega-Lite as JSON text; each `data` is a hidden table of this run, under the name the spec calls it. */
  | {
      readonly kind: 'chart';
      readonly spec: string;
      readonly data: readonly { readonly name: string; readonly table: number }[];
      /** Of what its rows are, where they are not all there are. */
      readonly notes?: readonly ChartNote[];
    };

/** Rows of `table` that a chart draws, `shown` of `of`: a sample, the ends of each step of a line, or the first of them. */
export type ChartNote = {
  readonly kind: 'sampled' | 'thinned' | 'first';
  readonly table: string;
  readonly shown: number;
  readonly of: number;
  /** What of the spec the engine does not do, so that all rows had to be sent. */
  readonly why?: { readonly kind: (typeof UNPUSHED)[number]; readonly name: string };
};
export const UNPUSHED = ['transform', 'mark', 'aggregate', 'expression', 'field', 'other'] as const;

/** `data` of an image is base64. */
export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/svg+xml';
/** Characters of one html, markdown, image or chart output: with its JSON around it, it fits a line. */
export const MAX_OUTPUT_CHARACTERS = 2 * 1024 * 1024;
/** Rows of a chart's data: what a page takes in without a pause. */
export const MAX_CHART_ROWS = 100_000;

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
