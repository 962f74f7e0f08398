/**
 * Named results as tables: the in-memory database `named`, last on the search path, brought up to date from the server's
 * list before a run. A large result's file is attached read-only, or read where it is Parquet, a small one's block is loaded; a view
 * gives each its name. The session database holds none of it, so any engine of the notebook gets them the same way.
 *
 * Content belongs to a version, names point at versions: a renamed paragraph moves a view. A block is sent once for each
 * version, so versions without a name are kept for a while, in case an undo brings the name back.
 */
import duckdb, { type Connection } from '@duckdb/node-bindings';
import { loadTable } from '../arrow/load.ts';
import { quoteName, quoteText } from '../arrow/names.ts';
import { Failed, failure } from '../errors.ts';
import type { NamedTable } from '../protocol.ts';
import { NAMED_CATALOG, readTexts } from './database.ts';

/** Loaded blocks without a name that are kept: at most this many, of at most 1 MB each. */
const KEPT_VERSIONS = 32;
const CONTENT_SCHEMA = 'content';

export type NamedTables = {
  /** Makes `named` hold exactly these. What can't be read fails when it is used, not here. */
  update(tables: readonly NamedTable[]): Promise<void>;
  /** The names offered now, and the SQL of what holds their rows; where that is a Parquet file, its path. */
  offered(): readonly {
    readonly name: string;
    readonly version: string;
    readonly from: string;
    readonly parquet?: string;
  }[];
  /** Names of the list whose rows could not be had. */
  lost(): readonly string[];
  /** Something may have dropped our views: they are made anew on the next update. */
  doubt(): void;
};

type Content =
  | { readonly kind: 'file'; readonly alias: string }
  | { readonly kind: 'parquet'; readonly path: string }
  | { readonly kind: 'block'; readonly table: string };

function sourceOf(content: Content): string {
  switch (content.kind) {
    case 'file':
      return `${quoteName(content.alias)}.main.result`;
    case 'parquet':
      return `read_parquet(${quoteText(content.path)}, hive_partitioning = false)`;
    case 'block':
      return `${NAMED_CATALOG}.${CONTENT_SCHEMA}.${quoteName(content.table)}`;
  }
}

export function createNamedTables(connection: Connection): NamedTables {
  const contents = new Map<string, Content>();
  /** Folded name → what its view shows. */
  const views = new Map<string, { readonly name: string; readonly version: string }>();
  let lost: string[] = [];
  let aliases = 0;
  let prepared = false;
  let doubtful = false;
  let work: Promise<void> = Promise.resolve();

  const run = async (sql: string): Promise<void> => {
    await duckdb.query(connection, sql);
  };

  const load = async (table: NamedTable): Promise<Content> => {
    aliases += 1;
    const alias = `result_${table.version.replaceAll(/\W/g, '_')}_${aliases}`;
    if (table.file !== undefined && table.parquet) return { kind: 'parquet', path: table.file };
    if (table.file !== undefined) {
      await run(`attach ${quoteText(table.file)} as ${quoteName(alias)} (read_only)`);
      return { kind: 'file', alias };
    }
    if (table.block === undefined)
      throw new Failed(failure('named-result-gone', `The rows of ${table.name} are gone.`));
    const bytes = Buffer.from(table.block, 'base64');
    await loadTable(connection, { catalog: NAMED_CATALOG, schema: CONTENT_SCHEMA, name: alias }, bytes);
    return { kind: 'block', table: alias };
  };

  const drop = async (version: string, content: Content): Promise<void> => {
    contents.delete(version);
    if (content.kind === 'file') await run(`detach database if exists ${quoteName(content.alias)}`);
    else if (content.kind === 'block')
      await run(`drop table if exists ${NAMED_CATALOG}.${CONTENT_SCHEMA}.${quoteName(content.table)}`);
  };

  const check = async (): Promise<void> => {
    const there = await readTexts(
      connection,
      `select lower(view_name) from duckdb_views() where database_name = ${quoteText(NAMED_CATALOG)} and not internal`,
    );
    const names = new Set(there.map(([name]) => name));
    for (const name of views.keys()) if (!names.has(name)) views.delete(name);
    doubtful = false;
  };

  const update = async (tables: readonly NamedTable[]): Promise<void> => {
    if (!prepared && tables.length > 0) {
      await run(`create schema if not exists ${NAMED_CATALOG}.${CONTENT_SCHEMA}`);
      prepared = true;
    }
    if (doubtful && views.size > 0) await check();
    lost = [];
    const wanted = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
    for (const [folded, { name }] of views) {
      if (wanted.has(folded)) continue;
      await run(`drop view if exists ${NAMED_CATALOG}.main.${quoteName(name)}`);
      views.delete(folded);
    }
    for (const [folded, table] of wanted) {
      const view = views.get(folded);
      if (view?.version === table.version && view.name === table.name) continue;
      try {
        await show(table);
      } catch {
        // Gone or unreadable: a query that uses the name says so.
        lost.push(table.name);
        await run(`drop view if exists ${NAMED_CATALOG}.main.${quoteName(table.name)}`);
        views.delete(folded);
        continue;
      }
      views.set(folded, { name: table.name, version: table.version });
    }
    await forget(new Set(tables.map(({ version }) => version)));
  };

  const show = async (table: NamedTable): Promise<void> => {
    const known = contents.get(table.version);
    const content = known ?? (await load(table));
    // The order of versions is that of their last use.
    contents.delete(table.version);
    contents.set(table.version, content);
    const selection = content.kind === 'file' ? '* exclude (__row)' : '*';
    const view = `${NAMED_CATALOG}.main.${quoteName(table.name)}`;
    await run(`create or replace view ${view} as select ${selection} from ${sourceOf(content)}`);
  };

  /** Files go at once, so that the server may remove them; blocks stay for a while. */
  const forget = async (wanted: ReadonlySet<string>): Promise<void> => {
    const idle = [...contents].filter(([version]) => !wanted.has(version));
    const blocks = idle.filter(([, content]) => content.kind === 'block');
    const gone = [
      ...idle.filter(([, content]) => content.kind !== 'block'),
      ...blocks.slice(0, Math.max(0, blocks.length - KEPT_VERSIONS)),
    ];
    for (const [version, content] of gone) await drop(version, content);
  };

  return {
    update(tables) {
      work = work.catch(() => undefined).then(() => update(tables));
      return work;
    },
    offered: () =>
      [...views.values()].flatMap(({ name, version }) => {
        const content = contents.get(version);
        if (!content) return [];
        const parquet = content.kind === 'parquet' ? { parquet: content.path } : {};
        return [{ name, version, from: sourceOf(content), ...parquet }];
      }),
    lost: () => lost,
    doubt() {
      doubtful = true;
    },
  };
}
