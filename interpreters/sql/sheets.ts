/**
 * Spreadsheets as tables: where a statement names one, `from 'data/x.xlsx'` or `from 'data/x.xlsx#Sheet 2'`, the engine finds a view
 * of that very name in its database `named`, so texts, places and errors stay as they are. Behind the view is a Parquet file in
 * the session folder, made once for each version of the file from what the session's converter read (`SessionMethods`).
 *
 * Where a name can only be a table, what is wrong with its file is told; where it may as well be a text, nothing is.
 */
import { type BigIntStats, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import duckdb, { type Connection } from '@duckdb/node-bindings';
import { uniqueNames } from '../arrow/load.ts';
import { quoteName, quoteText } from '../arrow/names.ts';
import { Failed, failure } from '../errors.ts';
import { closeNames } from '../likeness.ts';
import type { ConvertedSheet, Failure, SessionMethods } from '../protocol.ts';
import type { RunContext } from '../runner.ts';
import { type Converted, parseConverted, parseListed, type ReadSheet } from './converted.ts';
import { NAMED_CATALOG } from './database.ts';
import { listFiles } from './files.ts';
import { literalOf, nameOf, type Statement, type Token } from './lexer.ts';
import { type Mention, mentionsOf, SHEET_NAME } from './mentions.ts';
import { placeOf } from './positions.ts';

export const SHEETS_FOLDER = '.sheets';

export type Sheets = {
  /** Who asks from now on: runs, and those that ask the engine, come one at a time. */
  askAs(context: Pick<RunContext, 'call'>, say: (text: string) => void): void;
  /** Makes tables of the spreadsheets that the statement names. Rejects with Failed, its place in `source`. */
  offer(statement: Statement, source: string): Promise<void>;
  /** Something may have dropped the views. */
  doubt(): void;
  /** Sheets of this file that were read in its present version. */
  of(path: string): readonly ReadSheet[];
};

export function createSheets(connection: Connection, session: string): Sheets {
  const folder = join(session, SHEETS_FOLDER);
  /** By folded name, as the engine looks for them. */
  let known: Map<string, ReadSheet> | undefined;
  const shown = new Set<string>();
  let made = 0;
  let call: RunContext['call'] | undefined;
  let say: (text: string) => void = () => undefined;

  async function offerOne({ token, name, certain }: Mention, source: string): Promise<void> {
    const fail = (what: Failure): Failed =>
      new Failed({ ...what, ...placeOf(source, token.start), length: token.end - token.start });
    const [, path = '', sheet] = SHEET_NAME.exec(name) ?? [];
    const stats = isInside(path) ? look(join(session, path)) : undefined;
    if (!stats?.isFile()) {
      if (certain && /[*?[]/.test(path))
        throw fail(failure('unsupported', SINGLY, { hint: 'Name each file: from … union all by name from …' }));
      if (certain && isInside(path)) throw fail(await notThere(session, path, token));
      return;
    }
    try {
      await show(name, path, sheet, versionOf(stats));
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      if (certain) throw fail(told(error.failure, path, token));
    }
  }

  async function show(name: string, path: string, sheet: string | undefined, version: string): Promise<void> {
    known ??= await readIndex(session, folder);
    const key = name.toLowerCase();
    const before = known.get(key);
    const isCurrent = before?.name === name && before.version === version;
    const read = isCurrent ? before : await convert(name, path, sheet, version);
    for (const notice of read.notices) say(notice);
    if (isCurrent && shown.has(key)) return;
    const columns = read.columns.map(({ name: column, type }) =>
      type === 'INTERVAL' ? `${quoteName(column)}::interval as ${quoteName(column)}` : quoteName(column),
    );
    const view = `${NAMED_CATALOG}.main.${quoteName(name)}`;
    const from = `read_parquet(${quoteText(join(folder, read.file))})`;
    await duckdb.query(connection, `create or replace view ${view} as select ${columns.join(', ')} from ${from}`);
    shown.add(key);
    known.set(key, read);
    if (read === before) return;
    if (before && before.file !== read.file) await rm(join(folder, before.file), { force: true });
    for (const [other, { name: sheet, file }] of known) {
      if (isThere(session, sheet)) continue;
      known.delete(other);
      shown.delete(other);
      await rm(join(folder, file), { force: true });
    }
    await writeFile(join(folder, INDEX), JSON.stringify([...known.values()]));
  }

  async function convert(name: string, path: string, sheet: string | undefined, version: string): Promise<ReadSheet> {
    if (!call) throw new Failed(failure('unsupported', 'can’t be read now.'));
    const params: SessionMethods['sheet']['params'] = { path, ...(sheet === undefined ? {} : { sheet }) };
    const converted = withUniqueNames(parseConverted(await call('sheet', params)));
    const lines = join(session, converted.file);
    try {
      await mkdir(folder, { recursive: true });
      made += 1;
      const file = `${Date.now()}-${made}.parquet`;
      await duckdb.query(connection, `copy (${linesQuery(lines, converted)}) to ${quoteText(join(folder, file))}`);
      const { columns, rows, sheets } = converted;
      const notices = noticesOf(path, sheet === undefined, converted);
      return { name, version, file, columns, rows, sheets, notices };
    } finally {
      await rm(lines, { force: true });
    }
  }

  return {
    askAs(context, saying) {
      call = context.call;
      say = saying;
    },
    async offer(statement, source) {
      for (const mention of mentionsOf(statement)) await offerOne(mention, source);
    },
    doubt: () => shown.clear(),
    of(path) {
      const stats = look(join(session, path));
      const version = stats && versionOf(stats);
      return [...(known?.values() ?? [])].filter(
        (one) => one.version === version && SHEET_NAME.exec(one.name)?.[1] === path,
      );
    },
  };
}

const SINGLY = 'Spreadsheets are read one by one: a pattern of names finds none.';
const INDEX = 'index.json';

/** What an earlier process of the session read; anything odd is read anew. Files of spreadsheets that are gone go with it. */
async function readIndex(session: string, folder: string): Promise<Map<string, ReadSheet>> {
  try {
    const list: unknown = JSON.parse(await readFile(join(folder, INDEX), 'utf8'));
    if (!Array.isArray(list)) throw new Error('no list');
    const listed = list.map(parseListed).filter((one) => one !== undefined);
    const entries = listed.filter(({ name, file }) => isThere(session, name) && look(join(folder, file))?.isFile());
    const kept = new Set([INDEX, ...entries.map(({ file }) => file)]);
    for (const file of await readdir(folder))
      if (!kept.has(file)) await rm(join(folder, file), { recursive: true, force: true });
    return new Map(entries.map((one) => [one.name.toLowerCase(), one]));
  } catch {
    await rm(folder, { recursive: true, force: true });
    return new Map();
  }
}

/** Whether the spreadsheet of a sheet is. */
const isThere = (session: string, name: string): boolean => {
  const path = SHEET_NAME.exec(name)?.[1] ?? '';
  return isInside(path) && look(join(session, path))?.isFile() === true;
};

function look(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

const versionOf = ({ ino, size, mtimeNs }: BigIntStats): string => `${ino}-${size}-${mtimeNs}`;

/** Elsewhere the engine itself refuses, in its words. */
function isInside(path: string): boolean {
  return !posix.isAbsolute(path) && !posix.normalize(path).startsWith('..') && !/[*?[\0]/.test(path);
}

function withUniqueNames(converted: Converted): Converted {
  const names = uniqueNames(converted.columns.map(({ name }) => name));
  return { ...converted, columns: converted.columns.map(({ type }, index) => ({ name: names[index]!, type })) };
}

/** Bytes of a line that the engine’s reader takes by itself. */
const LINE_BYTES = 2 ** 21;

export function linesQuery(path: string, sheet: ConvertedSheet): string {
  const { columns, skipped, ragged, broken, longest } = sheet;
  const padding = Array.from({ length: skipped }, (_, index) => [`${index} `, 'VARCHAR'] as const);
  const typed = columns.map(({ name, type }) => [name, type === 'INTERVAL' ? 'VARCHAR' : type] as const);
  if (sheet.rows === 0) {
    return `select ${typed.map(([name, type]) => `null::${type} as ${quoteName(name)}`).join(', ')} where false`;
  }
  const struct = [...padding, ...typed].map(([name, type]) => `${quoteName(name)}: ${quoteText(type)}`);
  const options = [
    "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false",
    `columns = {${struct.join(', ')}}`,
    ...(ragged ? ['null_padding = true'] : []),
    // Lines that end within a text can't be found by several readers at once.
    ...(ragged || broken ? ['parallel = false'] : []),
    ...(longest > LINE_BYTES ? [`max_line_size = ${longest}, buffer_size = ${4 * longest}`] : []),
  ];
  return `select ${typed.map(([name]) => quoteName(name)).join(', ')} from read_csv(${quoteText(path)}, ${options.join(', ')})`;
}

/** Sheets that a notice names. */
const NAMED = 12;

function noticesOf(path: string, first: boolean, converted: ConvertedSheet): readonly string[] {
  const { errors, unvalued, sheet, sheets } = converted;
  const others = sheets.filter((one) => one !== sheet).slice(0, NAMED);
  const many = (count: number, one: string): string =>
    `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`;
  return [
    ...(first && sheets.length > 1
      ? [
          `${path} has ${sheets.length} sheets; this is ${sheet}. Others: ${others.map((one) => quoteText(`${path}#${one}`)).join(', ')}${others.length < sheets.length - 1 ? ', …' : ''}\n`,
        ]
      : []),
    ...(errors > 0 ? [`${path}: ${many(errors, 'cell')} with an error such as #N/A became NULL.\n`] : []),
    ...(unvalued > 0
      ? [
          `${path}: ${many(unvalued, 'formula')} without a value became NULL; save it in a spreadsheet program to calculate them.\n`,
        ]
      : []),
  ];
}

/** The converter speaks of the file without its name. */
function told(said: Failure, path: string, token: Token): Failure {
  const message = /^[a-z]/.test(said.message) ? `${path} ${said.message}` : said.message;
  if (said.code !== 'unknown-sheet') return { ...said, message };
  const { detail, ...rest } = said;
  const names: unknown = JSON.parse(detail ?? '[]');
  const wanted = SHEET_NAME.exec(token.kind === 'quoted' ? nameOf(token) : (literalOf(token) ?? ''))?.[2] ?? '';
  const meant = Array.isArray(names) ? closeNames(wanted, names.map(String))[0] : undefined;
  return {
    ...rest,
    message,
    ...(meant === undefined ? {} : { fix: { replacement: written(token, `${path}#${meant}`) } }),
  };
}

async function notThere(session: string, path: string, token: Token): Promise<Failure> {
  const files = (await listFiles(session)).map((file) => file.path);
  const base = path.slice(path.lastIndexOf('/') + 1);
  const meant = files.find((name) => name.endsWith(`/${base}`)) ?? closeNames(path, files)[0];
  return failure('file-not-found', `There is no file “${path}”.`, {
    ...(meant === undefined ? {} : { hint: `Did you mean ${meant}?`, fix: { replacement: written(token, meant) } }),
  });
}

const written = (token: Token, name: string): string => (token.kind === 'quoted' ? quoteName(name) : quoteText(name));
