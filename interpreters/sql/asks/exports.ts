/**
 * Tables as files for programs that know no engine: `tables/NAME.parquet` in the session folder. A named result is written
 * once for each version; a list beside the files says which are ours, so that those of names that are gone go, and files
 * of the user's own stay. Readers see a whole file, the old or the new one: each is renamed into place. What is a Parquet file already
 * is linked, as all processes of a session see results where the engine does; but not where they may write: there its bytes are
 * copied, as what is written into a table's file would else be written into the file that it came from.
 */
import { constants } from 'node:fs';
import { access, copyFile, lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import duckdb from '@duckdb/node-bindings';
import { quoteName, quoteText } from '../../arrow/names.ts';
import { fitsDecimal, isWide, parquetValue } from '../../arrow/parquet.ts';
import { Failed, failure } from '../../errors.ts';
import { NAMED_CATALOG, readTexts, SESSION_CATALOG } from '../database.ts';
import { parseEngineError } from '../engine-error.ts';
import type { Session } from '../session.ts';
import { columnsOfPrepared } from '../statement.ts';

const FOLDER = 'tables';
const LIST = '.written.json';
/** What a file system takes with our ending, and nothing that leads elsewhere. */
const isFit = (name: string): boolean =>
  /^[^\p{Cc}/\\.][^\p{Cc}/\\]*$/u.test(name) && Buffer.byteLength(name) <= MAX_BYTES;
const MAX_BYTES = 200;

export type Exports = {
  /** Brings the files up to date: of all named tables, or of these. The names that have a file now. */
  write(names: readonly string[] | undefined, signal: AbortSignal): Promise<readonly string[]>;
};

type Source = {
  readonly name: string;
  readonly from: string;
  readonly version?: string;
  readonly parquet?: string;
};

export function openExports({ engine, start, named }: Session): Exports {
  const folder = join(start.session, FOLDER);
  let written: Map<string, string> | undefined;

  async function ensure(): Promise<Map<string, string>> {
    await mkdir(folder).catch(() => undefined);
    if (!(await lstat(folder)).isDirectory()) {
      throw new Failed(
        failure('refused', `${FOLDER} is no folder, so tables can’t be written there.`, { hint: 'Remove it.' }),
      );
    }
    written ??= await readList(join(folder, LIST));
    return written;
  }

  const sources = (names: readonly string[] | undefined, tables: readonly string[]): readonly Source[] => {
    const results = named.offered().map(({ name, version, parquet }) => ({
      name,
      // Where it lies tells of it too: another session, or another sandbox, sees it elsewhere.
      version: parquet === undefined ? version : `${version} ${parquet}`,
      from: `${NAMED_CATALOG}.main.${quoteName(name)}`,
      ...(parquet === undefined ? {} : { parquet }),
    }));
    if (!names) return results;
    const own = tables.map((name) => ({ name, from: `${SESSION_CATALOG}.main.${quoteName(name)}` }));
    const wanted = new Set(names.map((name) => name.toLowerCase()));
    // A session's table hides a result of its name in statements, and does so here.
    return [...own, ...results].filter(({ name }) => wanted.delete(name.toLowerCase()));
  };

  async function write(source: Source): Promise<void> {
    const { name, parquet } = source;
    const fresh = join(folder, `.fresh-${process.pid}.parquet`);
    try {
      if (parquet === undefined) await copy(source, fresh);
      else if (await isWritable(parquet)) await copyFile(parquet, fresh, constants.COPYFILE_FICLONE);
      else await symlink(parquet, fresh);
      await rename(fresh, join(folder, `${name}.parquet`));
    } finally {
      await rm(fresh, { force: true });
    }
  }

  async function copy({ from }: Source, fresh: string): Promise<void> {
    const columns = await columnsOf(from);
    const wide = columns.filter(({ type }) => isWide(type));
    const fits = wide.map(({ name: column }) => `${fitsDecimal(quoteName(column))}::varchar`);
    const [flags] = fits.length === 0 ? [[]] : await readTexts(engine.main, `select ${fits.join(', ')} from ${from}`);
    const decimal = new Set(wide.filter((_, index) => flags?.[index] === 'true'));
    const values = columns.map((column) => {
      const quoted = quoteName(column.name);
      return `${parquetValue({ name: quoted, type: column.type }, decimal.has(column))} as ${quoted}`;
    });
    await duckdb.query(
      engine.main,
      `copy (select ${values.join(', ')} from ${from}) to ${quoteText(fresh)} (format parquet)`,
    );
  }

  async function columnsOf(from: string) {
    const statement = await duckdb.prepare(engine.main, `from ${from}`);
    try {
      return await columnsOfPrepared(engine.main, statement, `from ${from}`, []);
    } finally {
      duckdb.destroy_prepare_sync(statement);
    }
  }

  return {
    async write(names, signal) {
      const list = await ensure();
      const before = JSON.stringify([...list]);
      const there = new Set(await readdir(folder));
      const looks = names !== undefined || [...list.values()].includes('');
      const tables = looks ? (await readTexts(engine.meta, SESSION_TABLES)).map(([name]) => name ?? '') : [];
      const now = new Set([...named.offered().map(({ name }) => name), ...tables]);
      for (const name of list.keys()) {
        if (now.has(name)) continue;
        list.delete(name);
        if (isFit(name)) await rm(join(folder, `${name}.parquet`), { force: true });
      }
      const done: string[] = [];
      for (const source of sources(names, tables)) {
        const { name, version } = source;
        if (signal.aborted) break;
        if (!isFit(name)) continue;
        if (version === undefined || list.get(name) !== version || !there.has(`${name}.parquet`)) {
          try {
            await write(source);
          } catch (error) {
            const detail = parseEngineError(error).message;
            throw new Failed(failure('engine', `The table ${name} can’t be written to ${FOLDER}/.`, { detail }));
          }
          list.set(name, version ?? '');
        }
        done.push(name);
      }
      if (JSON.stringify([...list]) !== before) await writeFile(join(folder, LIST), JSON.stringify([...list]));
      return done;
    },
  };
}

const isWritable = (path: string): Promise<boolean> =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  );

const SESSION_TABLES = `
  select table_name from duckdb_tables()
  where database_name = ${quoteText(SESSION_CATALOG)} and schema_name = 'main' and not internal`;

/** Code of the notebook can write there: what is no list of ours is an empty one. */
async function readList(path: string): Promise<Map<string, string>> {
  try {
    const list: unknown = JSON.parse(await readFile(path, 'utf8'));
    const pairs = Array.isArray(list) ? list.filter((pair): pair is [string, string] => isPair(pair)) : [];
    return new Map(pairs);
  } catch {
    return new Map();
  }
}

const isPair = (pair: unknown): pair is [string, string] =>
  Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string');
