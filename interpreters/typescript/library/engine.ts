/** What the library asks of the engine, over the host's one function. */
import type { Column, EngineMethods, Query } from '../../protocol.ts';
import type { Host } from '../bridge.ts';
import { render, type Sql } from '../lambda/pieces.ts';
import { type Batch, readBatches } from './vectors.ts';

/** Rows asked for at once: the engine's own row groups, a few MB of numbers. */
const FETCH_ROWS = 122_880;

type Part = EngineMethods['fetch']['result'];

export type Engine = {
  readonly host: Host;
  describe(sql: Sql): Promise<readonly Column[]>;
  /** The rows of a query, batch by batch, the next part under way while one is used. */
  read(sql: Sql): AsyncGenerator<Batch, void>;
  /** A table of the query's rows, in their order; for this run only. */
  keep(sql: Sql): Promise<string>;
};

export function createEngine(host: Host): Engine {
  return {
    host,
    describe: async (sql) => (await host.call('describe', render(sql))).columns,
    read: (sql) => read(host, render(sql)),
    keep: async (sql) => (await host.call('keep', render(sql))).table,
  };
}

async function* read(host: Host, query: Query): AsyncGenerator<Batch, void> {
  const { cursor } = await host.call('read', query);
  const fetch = (): Promise<Part> => {
    const part = host.call('fetch', { cursor, rows: FETCH_ROWS });
    // Met when it is awaited; a consumer that has enough before never sees it.
    part.catch(() => undefined);
    return part;
  };
  let next: Promise<Part> | undefined = fetch();
  let open = true;
  try {
    while (next) {
      const { file, done }: Part = await next;
      open = !done;
      next = done ? undefined : fetch();
      if (file !== undefined) yield* readBatches(new Uint8Array(await host.take(file))).batches;
    }
  } finally {
    // A consumer that stopped early: the part under way is not left lying about.
    const rest = await next?.catch(() => undefined);
    if (rest?.file !== undefined) await host.take(rest.file).catch(() => undefined);
    if (open) await host.call('close', { cursor }).catch(() => undefined);
  }
}
