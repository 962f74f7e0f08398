/**
 * What a text would read this moment (`Inputs` of `../uses.ts`), told so that two equal answers mean the same rows: which
 * named results, and marks of all else: the engine, the time zone, each file by its place, size and times.
 *
 * When in doubt, nothing is said: of what is no plain query, gives something else each time, or was not understood; where
 * the session holds a table of a name that is read, or anything that could give words of the text another meaning (macros,
 * types, another search path, settings); and of files that changed so lately that their times might not show the next
 * change. A file replaced by one of the same size and time of change is another by its inode, or by when that was changed.
 */
import { type BigIntStats, statSync } from 'node:fs';
import duckdb from '@duckdb/node-bindings';
import { quoteText } from '../arrow/names.ts';
import { Failed } from '../errors.ts';
import type { FormInputs } from '../forms.ts';
import { type Inputs, LONGEST_MARK, MOST_MARKS, MOST_READ, type Use, type Uses, type UsesAsk } from '../uses.ts';
import { readTexts, SCRATCH_CATALOG, SEARCH_PATH } from './database.ts';
import { bindForms } from './forms.ts';
import { nameOf, type Statement, splitStatements, type Token, wordOf } from './lexer.ts';
import { SHEET_NAME } from './mentions.ts';
import type { Session } from './session.ts';
import { isQuery } from './statement.ts';

export type Look = {
  /** In their order; `uses`: what they read by their words. */
  at(asks: readonly UsesAsk[], forms: FormInputs, uses: readonly Uses[]): Promise<readonly (Inputs | undefined)[]>;
};

/** The coarsest steps in which file systems count changes, and then some: a later change shows in a later time. */
const SETTLED_NS = 2_100_000_000n;

export function createLook(session: Session, now: () => number = Date.now): Look {
  /** Macros and types of an earlier process; those of this one are noted as they are made. */
  let foreign: Promise<boolean> | undefined;
  /** As long as no statement could have changed them. */
  let seen: { readonly at: number; readonly names: ReadonlySet<string> } | undefined;

  /** Whether there is nothing in the session but tables and views. */
  async function isFollowed(): Promise<boolean> {
    const { engine, altered, temporary } = session;
    if (altered.unseen || temporary.made || engine.path() !== SEARCH_PATH) return false;
    foreign ??= engine.fresh ? Promise.resolve(false) : hasForeign(session);
    return !(await foreign);
  }

  /** Tables and views beside the named results. */
  async function around(): Promise<ReadonlySet<string>> {
    const { engine, altered } = session;
    const at = altered.tables;
    if (seen?.at === at) return seen.names;
    if (engine.fresh && at === 0) return NO_NAMES;
    const rows = await readTexts(
      engine.meta,
      `select table_name from duckdb_tables() where not internal and ${BESIDE}
       union all select view_name from duckdb_views() where not internal and ${BESIDE}`,
    );
    seen = { at, names: new Set(rows.map(([name]) => fold(name ?? ''))) };
    return seen.names;
  }

  async function inputsOf({ reads }: Uses, name: string | undefined): Promise<Inputs | undefined> {
    const named = [...reads.map((use) => use.name), ...(name === undefined ? [] : [name])].map(fold);
    // A table comes before a file of that name; and one of the paragraph's own name makes its run fail.
    if (named.length > 0) {
      const beside = await around();
      if (named.some((one) => beside.has(one))) return undefined;
    }
    const tables = reads.filter(({ kind }) => kind === 'table').map((use) => fold(use.name));
    if (tables.some((one) => LISTS.test(one))) return undefined;
    const marks = await marksOf(reads.filter(({ kind }) => kind === 'file'));
    if (!marks) return undefined;
    const engine = [`engine ${duckdb.library_version()}`, `zone ${session.start.timeZone}`];
    return { tables: [...new Set(tables)].toSorted(), marks: [...engine, ...marks] };
  }

  async function marksOf(files: readonly Use[]): Promise<readonly string[] | undefined> {
    const paths = new Set<string>();
    for (const { name } of files) {
      const path = SHEET_NAME.exec(name)?.[1] ?? name;
      if (ELSEWHERE.test(path)) return undefined;
      const found = PATTERN.test(path) ? await matching(path) : [path];
      if (!found) return undefined;
      for (const one of found) paths.add(one);
      // With those of the engine and the zone.
      if (paths.size > MOST_MARKS - 2) return undefined;
    }
    const marks = [...paths].toSorted().map(markOf);
    return marks.every((mark) => mark !== undefined) ? marks : undefined;
  }

  /** Undefined where it finds nothing or may not look, or where a file has that very name. */
  async function matching(pattern: string): Promise<readonly string[] | undefined> {
    if (look(pattern)) return undefined;
    const list = `select file from glob(${quoteText(pattern)}) limit ${MOST_MARKS}`;
    const rows = await readTexts(session.engine.meta, list).catch(() => []);
    const files = rows.flatMap(([file]) => file ?? []);
    return files.length > 0 ? files : undefined;
  }

  function markOf(path: string): string | undefined {
    const stats = look(path);
    if (!stats?.isFile()) return undefined;
    const { dev, ino, size, mtimeNs, ctimeNs } = stats;
    const changed = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
    if (BigInt(now()) * 1_000_000n - changed < SETTLED_NS) return undefined;
    const mark = `file ${JSON.stringify(path)} ${[dev, ino, size, mtimeNs, ctimeNs].join(' ')}`;
    return mark.length > LONGEST_MARK ? undefined : mark;
  }

  return {
    async at(asks, forms, uses) {
      const known = asks.map((ask, index) => {
        const one = uses[index];
        return one && isPlain(ask, forms) && isSure(one) ? one : undefined;
      });
      const isKnown = known.some((one) => one !== undefined) && (await isFollowed());
      if (!isKnown) return asks.map(() => undefined);
      return Promise.all(known.map((one, index) => one && inputsOf(one, asks[index]?.name)));
    },
  };
}

/** Whether a text may name a file: then it is looked at before it runs, and again after. */
export const mayNameFiles = (source: string): boolean => /['"$]/.test(source);

export const sameInputs = (one: Inputs | undefined, other: Inputs | undefined): one is Inputs =>
  one !== undefined && JSON.stringify(one) === JSON.stringify(other);

/** Whether it is made of queries alone, whose tree the parser tells. */
export function isPlain({ interpreter, source }: UsesAsk, forms: FormInputs): boolean {
  if (interpreter !== 'sql' || source.length > MOST_READ) return false;
  try {
    const statements = splitStatements(bindForms(source, forms).text);
    return statements.length > 0 && statements.every(isPlainStatement);
  } catch (error) {
    if (error instanceof Failed) return false;
    throw error;
  }
}

/** A query, or what begins as one: `with … insert` is told by its uses. */
export const isPlainStatement = (statement: Statement): boolean =>
  isQuery(statement) &&
  SELECTS.has(firstOf(statement)) &&
  !REJECTS.test(statement.text) &&
  !statement.tokens.some((token) => CHANGES.has(wordOf(token)));

/** Whether what the statement leaves is seen by looking: tables and views of the session, and nothing else. */
export function leavesSeen(statement: Statement): boolean {
  const { tokens } = statement;
  if (REJECTS.test(statement.text)) return false;
  const words = tokens.slice(0, 5).map(wordOf);
  const first = words[0] ?? '';
  // What is explained may be run.
  if (first === 'explain') {
    const at = words[1] === 'analyze' ? 2 : 1;
    return isQuery({ ...statement, tokens: tokens.slice(at) }) && !tokens.some((token) => CHANGES.has(wordOf(token)));
  }
  if (isQuery(statement) && !(first === 'with' && tokens.some((token) => CHANGES.has(wordOf(token))))) return true;
  // Results are the server's to fill; who changes them by their inner names is not followed.
  if (tokens.some((token) => /^["']?(named|content|gondola_scratch)["']?$/i.test(token.text))) return false;
  if (tokens.some((token, at) => isTemporary(token) && tokens[at + 1]?.text === '.')) return false;
  if (first === 'create' || first === 'drop' || first === 'alter') {
    const what = words.slice(1).find((word) => word !== 'or' && word !== 'replace');
    return what === 'table' || what === 'view';
  }
  return CHANGES.has(first) || PASSING.has(first);
}

/** The place of what only the connection sees that made it. */
const isTemporary = (token: Token): boolean =>
  (token.kind === 'word' || token.kind === 'quoted') && /^temp(orary)?$/i.test(nameOf(token));

/** A reader of CSV leaves its rejected lines in temporary tables, of any name. */
const REJECTS = /store_rejects|rejects_(table|scan|limit)/i;
/** Of another machine, a person's own folder, or no path at all. */
const ELSEWHERE = /^~|^[a-z][a-z\d+.-]*:|:\/\/|\0/i;
const PATTERN = /[*?[\]{}]/;
/** Views that the engine has in each database: they come before a named result. */
const LISTS = /^(duckdb|pragma|sqlite)_/;
const NO_NAMES: ReadonlySet<string> = new Set();

const SELECTS: ReadonlySet<string> = new Set(['select', 'with', 'from', 'values', 'table']);
const CHANGES: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'truncate', 'merge', 'copy']);
const PASSING: ReadonlySet<string> = new Set([
  ...['begin', 'start', 'commit', 'rollback', 'abort', 'end', 'checkpoint', 'vacuum', 'analyze'],
]);

const firstOf = ({ tokens }: Statement): string => wordOf(tokens.find(({ text }) => text !== '('));

function isSure({ reads, writes, words = [], varies }: Uses): boolean {
  if (writes.length > 0 || words.length > 0 || varies !== undefined) return false;
  return reads.every(({ kind }) => kind === 'table' || kind === 'file');
}

const BESIDE = `database_name not in ('named', '${SCRATCH_CATALOG}') and not starts_with(database_name, 'result_')`;

/** Macros and types that people made. */
async function hasForeign({ engine }: Session): Promise<boolean> {
  const rows = await readTexts(
    engine.meta,
    `select 1 as one where exists (from duckdb_functions() where not internal)
       or exists (from duckdb_types() where not internal)`,
  );
  return rows.length > 0;
}

function look(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** As the server folds them. */
const fold = (name: string): string => name.normalize('NFC').toLowerCase();
