/**
 * What did not fit into a CSV file's columns. The engine finds out by itself how a file is written, and says nothing of what
 * it leaves out for that: lines before the first that fits, lines that look like comments. Where no way of reading fits all
 * lines of its sample, each line becomes one text. So a file that a statement names without options is asked about once for
 * each of its versions, after the rows are there; the engine looks at no more than its first 20,000 rows for it.
 *
 * Lines that don't fit further on fail the statement, which says so itself.
 */
import { type BigIntStats, statSync } from 'node:fs';
import { join } from 'node:path';
import duckdb, { type Connection } from '@duckdb/node-bindings';
import { quoteText } from '../arrow/names.ts';
import { readTexts } from './database.ts';
import { literalOf, nameOf, type Statement, wordOf } from './lexer.ts';
import { isTable } from './mentions.ts';

export type Ragged = {
  /** A line of text for each file of the statement that has something to tell. */
  notices(statement: Pick<Statement, 'tokens'>): Promise<readonly string[]>;
};

/** Files of one pattern that are asked about: each takes some milliseconds. */
const MAX_FILES = 20;
/** Versions of files whose notice is kept. */
const MAX_KNOWN = 1_000;
/** Bytes of a file in which lines are counted: half a second. Of a larger one no number is told, nor of one that is packed: it may be any length. */
const COUNT_BYTES = 64 * 2 ** 20;
const PACKED = /\.(gz|zst)$/i;
/** Characters of a line that are shown. */
const SHOWN = 60;

const CSV = /\.(csv|tsv)(\.(gz|zst))?$/i;
const READERS = new Set(['read_csv', 'read_csv_auto']);

export function createRagged(connection: Connection, session: string): Ragged {
  const known = new Map<string, string>();

  async function noticeOf(path: string): Promise<string> {
    const stats = look(join(session, path)) ?? look(path);
    if (!stats?.isFile()) return '';
    const key = `${path} ${stats.ino}-${stats.size}-${stats.mtimeNs}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    // What can't be read at all is told by the statement.
    const notice = await lookInto(connection, path, stats.size <= COUNT_BYTES && !PACKED.test(path)).catch(() => '');
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, notice);
    return notice;
  }

  return {
    async notices(statement) {
      const notices: string[] = [];
      for (const name of csvIn(statement)) {
        for (const path of await filesOf(connection, name)) notices.push(await noticeOf(path));
      }
      return [...new Set(notices)].filter((notice) => notice !== '');
    },
  };
}

/** The CSV files that a statement reads without saying how. */
export function csvIn({ tokens }: Pick<Statement, 'tokens'>): readonly string[] {
  // COPY reads into columns that are given.
  if (wordOf(tokens[0]) === 'copy') return [];
  const names = tokens.flatMap((token, index) => {
    const name = token.kind === 'quoted' ? nameOf(token) : literalOf(token);
    if (name === undefined || !CSV.test(name)) return [];
    const alone = tokens[index - 1]?.text === '(' && tokens[index + 1]?.text === ')';
    const isRead = alone && READERS.has(wordOf(tokens[index - 2]));
    return isRead || isTable(tokens, index) ? [name] : [];
  });
  return [...new Set(names)];
}

async function filesOf(connection: Connection, name: string): Promise<readonly string[]> {
  if (!/[*?[]/.test(name)) return [name];
  const found = `select file from glob(${quoteText(name)}) order by 1 limit ${MAX_FILES}`;
  return (await readTexts(connection, found).catch(() => [])).map(([path]) => path ?? '');
}

/** What the engine found out of a file. */
export type Sniffed = {
  readonly delimiter: string;
  readonly comment: string;
  readonly skipped: number;
  readonly columns: readonly string[];
};

async function lookInto(connection: Connection, path: string, counts: boolean): Promise<string> {
  const [row] = await readTexts(
    connection,
    `select Delimiter, Comment, SkipRows, [c.name for c in Columns]::json from sniff_csv(${quoteText(path)})`,
  );
  const [delimiter, comment, skipped, columns] = row ?? [];
  const sniffed: Sniffed = {
    delimiter: delimiter ?? ',',
    comment: comment === '(empty)' ? '' : (comment ?? ''),
    skipped: Number(skipped ?? 0),
    columns: textsIn(columns ?? '[]'),
  };
  const lines = linesOf(path);
  if (sniffed.skipped > 0) {
    const [first] = await readTexts(connection, `${lines} limit 1`);
    return leftOut(path, sniffed, first?.[0] ?? '');
  }
  if (sniffed.comment !== '') {
    const those = `select count(*) from (${lines}) where starts_with(line, ${quoteText(sniffed.comment)})`;
    const [count] = counts ? await readTexts(connection, those) : [];
    return comments(path, sniffed.comment, count && Number(count[0]));
  }
  const meant = delimiterIn(sniffed);
  if (meant === undefined) return '';
  return oneColumn(path, meant, counts ? await rejected(connection, path, meant) : undefined);
}

/** Each line of a file as one text. */
const linesOf = (path: string): string =>
  `select line from read_csv(${quoteText(path)}, columns = {'line': 'VARCHAR'}, auto_detect = false, delim = '\u0001',
    quote = '', escape = '', header = false, ignore_errors = true)`;

export type Rejected = {
  readonly lines: number;
  readonly rejected: number;
  readonly fields: number;
  /** Number of the first one, and its text. */
  readonly at: number;
  readonly text: string;
  /** One of them has more fields than the header. */
  readonly long: boolean;
};

/** What does not fit where the file's header is taken at its word. */
async function rejected(connection: Connection, path: string, delimiter: string): Promise<Rejected | undefined> {
  const [scans, errors] = ['gondola_scans', 'gondola_rejects'];
  const drop = `drop table if exists ${scans}; drop table if exists ${errors}`;
  const options = `delim = ${quoteText(delimiter)}, header = true, all_varchar = true, store_rejects = true`;
  try {
    const [read] = await readTexts(
      connection,
      `select count(*) from read_csv(${quoteText(path)}, ${options}, rejects_scan = '${scans}', rejects_table = '${errors}')`,
    );
    const [found] = await readTexts(
      connection,
      `select count(distinct line), min(line), arg_min(csv_line, line), bool_or(error_type = 'TOO MANY COLUMNS')
      from ${errors}`,
    );
    const [header] = await readTexts(connection, `${linesOf(path)} limit 1`);
    const count = Number(found?.[0] ?? 0);
    if (count === 0) return undefined;
    return {
      lines: Number(read?.[0]) + count,
      rejected: count,
      fields: (header?.[0] ?? '').split(delimiter).length,
      at: Number(found?.[1]),
      text: found?.[2] ?? '',
      long: found?.[3] === 'true',
    };
  } finally {
    await duckdb.query(connection, drop);
  }
}

const DELIMITERS = [',', ';', '\t', '|'];

/** Of a file that was read as one column: what its header is parted by. */
export function delimiterIn({ columns }: Pick<Sniffed, 'columns'>): string | undefined {
  const [only, ...others] = columns;
  if (only === undefined || others.length > 0) return undefined;
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: only.split(delimiter).length - 1 }));
  const most = counts.reduce((best, one) => (one.count > best.count ? one : best));
  return most.count > 0 ? most.delimiter : undefined;
}

const reading = (path: string, options: string): string => `from read_csv(${quoteText(path)}, ${options})`;
const many = (count: number, one: string): string => `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`;
const shortly = (line: string): string => (line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line);

function leftOut(path: string, { skipped, delimiter }: Sniffed, first: string): string {
  const which = skipped === 1 ? 'line 1 was' : `the first ${many(skipped, 'line')} were`;
  const text = `“${shortly(first)}”${skipped === 1 ? '' : ' …'}`;
  const keep = reading(path, `delim = ${quoteText(delimiter)}, header = true, null_padding = true`);
  return `${path}: ${which} left out, as the rows after it have other columns: ${text}\nTo keep what is left out: ${keep}\n`;
}

function comments(path: string, comment: string, count: number | undefined): string {
  const lines = count === undefined ? 'lines' : many(count, 'line');
  const verbs = count === 1 ? ['begins', 'was', 'a comment'] : ['begin', 'were', 'comments'];
  const keep = reading(path, "comment = ''");
  return `${path}: ${lines} that ${verbs[0]} with ${comment} ${verbs[1]} left out as ${verbs[2]}.\nTo keep them: ${keep}\n`;
}

function oneColumn(path: string, delimiter: string, found: Rejected | undefined): string {
  const quoted = delimiter === '\t' ? "'\\t'" : quoteText(delimiter);
  const some = found
    ? `${many(found.rejected, 'line')} of ${found.lines.toLocaleString('en-US')} ${found.rejected === 1 ? 'has' : 'have'} other than ${many(found.fields, 'field')}, first line ${found.at}: “${shortly(found.text)}”`
    : 'some of its lines have other fields than its header';
  const advice =
    found?.long === false
      ? `To fill up short lines with NULL: ${reading(path, `delim = ${quoted}, null_padding = true`)}`
      : `To leave them out: ${reading(path, `delim = ${quoted}, ignore_errors = true`)}`;
  return `${path} was read as one column, as ${some}.\n${advice}\n`;
}

function textsIn(json: string): readonly string[] {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.map(String) : [];
}

function look(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
