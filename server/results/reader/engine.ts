/**
 * The reader's own engine: in memory, its settings locked, able to read below one folder and to write below another.
 * Work goes through lanes, so that a window never waits for a download or a sort. Each lane has its connections and a bounded
 * queue, in which askers are served in turn (`turns.ts`). Aborting takes queued work away and interrupts what runs.
 */
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  type DuckDBResult,
} from '@duckdb/node-api';
import { quoteText } from '../../../interpreters/arrow/names.ts';
import { ReaderError } from './failure.ts';
import { type Asker, type Bounds, openTurns, type Turns } from './turns.ts';

export type EngineSettings = {
  readonly readable: string;
  readonly temporary: string;
  /** Bytes. */
  readonly memory: number;
  readonly threads: number;
  readonly timeZone: string;
};

export type Lane = (typeof LANE_NAMES)[number];

const LANE_NAMES = ['window', 'stretch', 'chart', 'download', 'search', 'profile', 'sort'] as const;

/**
 * Windows answer in milliseconds, stretches of sorted rows and charts within a second or two; a filter reads all rows, some
 * columns of them; a sort takes all memory that there is. Profiles of columns are asked for one by one, and nobody waits.
 *
 * `each` is what may wait of one asker. Of slow work it is a quarter, so that three others have room beside whoever asks
 * without end; of quick work a half, as many visitors of one link, who are one asker, look at the same time.
 */
const LANES: Readonly<Record<Lane, Bounds & { readonly are: string }>> = {
  window: { places: 4, queue: 200, each: 100, are: 'windows' },
  stretch: { places: 2, queue: 50, each: 25, are: 'stretches of rows' },
  chart: { places: 2, queue: 100, each: 50, are: 'charts' },
  download: { places: 4, queue: 20, each: 5, are: 'downloads' },
  search: { places: 2, queue: 16, each: 4, are: 'searches' },
  profile: { places: 1, queue: 400, each: 100, are: 'profiles' },
  sort: { places: 1, queue: 8, each: 2, are: 'sorts' },
};

/** Statements kept prepared on a connection: a few tables in a few orders. */
const PREPARED = 64;

/** Whole numbers, and texts. */
export type Value = number | string;

export interface Connection {
  /** `values` are bound to `$1`, `$2`, …; a statement without any takes none of them. */
  run(sql: string, values?: readonly Value[]): Promise<DuckDBResult>;
  /** Rows as they come. */
  stream(sql: string, values?: readonly Value[]): Promise<DuckDBResult>;
  /** As `stream`, planned once. */
  streamPrepared(sql: string, values: readonly Value[]): Promise<DuckDBResult>;
  readonly connection: DuckDBConnection;
  /** Of the statement under way, 0–1. */
  readonly progress: number;
}

export interface Engine {
  /** Statements kept prepared that read this go, each once its connection is free: they hold files open. */
  forget(name: string): void;
  use<T>(lane: Lane, asker: Asker, signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T>;
  close(): void;
}

type Held = Connection & {
  /** Whether it is in use; what is to be forgotten waits for that. */
  isBusy: boolean;
  forget(name: string): void;
  /** It is free. */
  tidy(): void;
};
type Waiting = { readonly start: (connection: Held) => void };

export async function openEngine(settings: EngineSettings): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(settings.threads),
    memory_limit: `${Math.floor(settings.memory / 1024 / 1024)}MiB`,
    temp_directory: settings.temporary,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const free = {} as Record<Lane, Held[]>;
  const all: Held[] = [];
  const turns = {} as Record<Lane, Turns<Waiting>>;
  for (const lane of LANE_NAMES) {
    turns[lane] = openTurns(LANES[lane]);
    free[lane] = await Promise.all(Array.from({ length: LANES[lane].places }, () => connect(instance, settings)));
    all.push(...free[lane]);
  }
  const [first] = free.window;
  const folders = [settings.readable, settings.temporary].map(quoteText).join(', ');
  await first!.run(`set allowed_directories = [${folders}]`);
  await first!.run('set enable_external_access = false');
  await first!.run('set lock_configuration = true');

  function acquire(lane: Lane, asker: Asker, signal: AbortSignal): Promise<Held> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        turns[lane].leave(asker, one);
        reject(new ReaderError('cancelled', ''));
      };
      const one: Waiting = {
        start: (given) => {
          signal.removeEventListener('abort', abort);
          resolve(given);
        },
      };
      const { are, each } = LANES[lane];
      switch (turns[lane].ask(asker, one)) {
        case 'runs':
          resolve(free[lane].pop()!);
          return;
        case 'waits':
          signal.addEventListener('abort', abort, { once: true });
          return;
        case 'own-full':
          reject(
            new ReaderError('too-many', `${are} of results by you or by others with your link: ${each} wait already`),
          );
          return;
        case 'full':
          reject(new ReaderError('too-many', `${are} of results`));
      }
    });
  }

  return {
    forget: (name) => {
      for (const connection of all) connection.forget(name);
    },
    use: async (lane, asker, signal, work) => {
      if (signal.aborted) throw new ReaderError('cancelled', '');
      const connection = await acquire(lane, asker, signal);
      const interrupt = () => connection.connection.interrupt();
      signal.addEventListener('abort', interrupt);
      connection.isBusy = true;
      try {
        return await work(connection);
      } finally {
        signal.removeEventListener('abort', interrupt);
        connection.isBusy = false;
        connection.tidy();
        const next = turns[lane].end(asker);
        if (next) next.work.start(connection);
        else free[lane].push(connection);
      }
    },
    close: () => instance.closeSync(),
  };
}

async function connect(instance: DuckDBInstance, settings: EngineSettings): Promise<Held> {
  const connection = await instance.connect();
  // The engine's list of zones may lack a new one; times are then written in UTC, with their offset.
  await connection
    .run(`set timezone = ${quoteText(settings.timeZone)}`)
    .catch(() => connection.run("set timezone = 'UTC'"));
  await connection.run('set enable_progress_bar = true');
  await connection.run('set enable_progress_bar_print = false');
  await connection.run('set progress_bar_time = 0');
  const prepared = new Map<string, DuckDBPreparedStatement>();
  async function streamPrepared(sql: string, values: readonly Value[]): Promise<DuckDBResult> {
    const statement = prepared.get(sql) ?? (await connection.prepare(sql));
    prepared.delete(sql);
    prepared.set(sql, statement);
    for (const [oldest, other] of prepared) {
      if (prepared.size <= PREPARED) break;
      prepared.delete(oldest);
      other.destroySync();
    }
    bind(statement, values);
    return statement.stream();
  }
  let going: string[] = [];
  const held: Held = {
    isBusy: false,
    forget: (name) => {
      going.push(name);
      if (!held.isBusy) held.tidy();
    },
    tidy: () => {
      if (going.length === 0) return;
      const names = new RegExp(`\\b(${going.join('|')})\\b`);
      going = [];
      for (const [sql, statement] of prepared) {
        if (!names.test(sql)) continue;
        prepared.delete(sql);
        statement.destroySync();
      }
    },
    connection,
    run: async (sql, values = []) => {
      if (values.length === 0) return connection.run(sql);
      const statement = await connection.prepare(sql);
      try {
        bind(statement, values);
        return await statement.run();
      } finally {
        statement.destroySync();
      }
    },
    // A stream outlives its call, and so must its statement.
    stream: (sql, values = []) => (values.length === 0 ? connection.stream(sql) : streamPrepared(sql, values)),
    streamPrepared,
    get progress() {
      return Math.max(0, Math.min(1, connection.progress.percentage / 100));
    },
  };
  return held;
}

function bind(statement: DuckDBPreparedStatement, values: readonly Value[]): void {
  if (statement.parameterCount === 0) return;
  values.forEach((value, index) => {
    if (typeof value === 'number') statement.bindBigInt(index + 1, BigInt(value));
    else statement.bindVarchar(index + 1, value);
  });
}

/** The same connection, on which every statement takes these values: what reads a filtered table need not know of it. */
export const bound = (connection: Connection, values: readonly Value[]): Connection =>
  values.length === 0
    ? connection
    : {
        run: (sql) => connection.run(sql, values),
        stream: (sql) => connection.stream(sql, values),
        streamPrepared: (sql) => connection.streamPrepared(sql, values),
        connection: connection.connection,
        get progress() {
          return connection.progress;
        },
      };
