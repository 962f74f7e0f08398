/**
 * The engine's errors → failures that say what to do. What the engine lacks is added here: tables of ours instead of its
 * own system tables, files of data/, a mend.
 */
import { type FailureCode, type FailureParts, failure } from '../errors.ts';
import { closeNames } from '../likeness.ts';
import type { Failure } from '../protocol.ts';
import type { EngineError } from './engine-error.ts';
import { nameOf, type Token, wordOf } from './lexer.ts';
import { columnToken, fallbackPlace, fileIn, type Located, literalPlace, soleTable, tokenAt } from './located.ts';
import { placeOf } from './positions.ts';

/** What there is, to suggest from. */
export type Known = {
  readonly tables: readonly string[];
  readonly files: readonly string[];
  /** Names of paragraphs whose result is gone. */
  readonly lost: readonly string[];
};

export function describeFailure(error: EngineError, at: Located, known: Known): Failure {
  const token = tokenAt(error, at);
  const place = token
    ? { ...placeOf(at.source, token.start), length: token.end - token.start }
    : fallbackPlace(error, at);
  const detail = `${error.exception} Error: ${error.message}`;
  const make = (code: FailureCode, message: string, parts: FailureParts = {}): Failure =>
    failure(code, message, { ...place, detail, ...parts });
  const first = error.message.split('\n')[0]!.trim();

  if (first.startsWith('CSV Error')) return csv(error, at, make);
  switch (error.exception) {
    case 'Parser':
      if (/^PIVOT statements .* cannot have parameters/.test(first)) return make('parameter', PIVOTED, PIVOTED_PARTS);
      return make('syntax', syntaxMessage(error, token), syntaxParts(error, token, at));
    case 'Catalog':
      if (error.subtype === 'ENTRY_ALREADY_EXISTS' || /already exists/.test(first))
        return make('already-exists', `${asSentence(first)}`);
      if (/does not exist/.test(first)) return missing(error, token, first, at, known, make);
      if (/depend on it/.test(first)) return make('in-use', asSentence(first));
      return make('engine', asSentence(first));
    case 'Binder':
      return binder(error, token, first, at, make);
    case 'Conversion':
    case 'Mismatch Type':
      return make('type', asSentence(first));
    case 'Out of Range':
      return make('out-of-range', asSentence(first));
    case 'IO':
      return file(error, first, at, known, make);
    case 'Permission':
      return /file system|extension/i.test(first) ? refused(first, at, make) : make('engine', asSentence(first));
    case 'Missing Extension':
      return make('refused', 'A notebook’s engine has no network and loads no extensions.', {
        hint: 'Bring the data as a file: drop it on the page.',
      });
    case 'Parameter Not Allowed':
      return make('form-place', `${asSentence(first)} A value there would be the same for every row.`);
    case 'Constraint':
      return make('constraint', asSentence(first));
    case 'TransactionContext':
      return make('transaction', asSentence(first));
    case 'Dependency':
      return make('in-use', asSentence(first));
    case 'Out of Memory':
      return make('out-of-memory', 'The query needs more memory than the session has.');
    case 'Not implemented':
      return make('unsupported', asSentence(first));
    case 'Invalid Input':
      return invalid(error, first, at, make);
    default:
      return make('engine', asSentence(first));
  }
}

const PIVOTED = 'A PIVOT that finds its columns in the rows can’t have values bound to what it reads.';
const PIVOTED_PARTS: FailureParts = {
  hint: "Name the columns, pivot … on k in ('a', 'b') using …; or save the rows as a table first, and pivot that.",
};

const KEPT = 'This statement takes no values: what it makes would be kept with the value of one moment.';
const KEPT_PARTS: FailureParts = {
  hint: 'Make a table of it, create table … as select …; or leave the form out, and filter where the view is read.',
};

type Make = (code: FailureCode, message: string, parts?: FailureParts) => Failure;

function syntaxMessage(error: EngineError, token: Token | undefined): string {
  if (/end of input/.test(error.message)) return 'The statement ends too early.';
  if (/unterminated quoted string/.test(error.message)) return "A text begins with ' and does not end.";
  if (/unterminated quoted identifier/.test(error.message)) return 'A name begins with " and does not end.';
  if (/unterminated .*comment/.test(error.message)) return 'A comment begins with /* and does not end.';
  if (!/syntax error at or near/.test(error.message)) return asSentence(error.message.split('\n')[0]!);
  return token ? `“${token.text}” can’t stand here.` : 'The statement can’t be understood.';
}

/** Words that begin a statement or a clause: what a mistyped word most likely meant. */
const CLAUSES =
  'select from where group order having limit insert update delete create drop alter values with describe summarize show explain join left inner union into table view distinct between having offset qualify pivot unpivot copy attach'.split(
    ' ',
  );

function syntaxParts(error: EngineError, token: Token | undefined, at: Located): FailureParts {
  if (!/syntax error at or near/.test(error.message) || !token) return {};
  const tokens = at.statement.tokens;
  const index = tokens.findIndex(({ start }) => start === token.start);
  const before = index > 0 ? tokens[index - 1] : undefined;
  if (before?.text === ',' && (token.text === ',' || CLAUSES.includes(wordOf(token)) || token.text === ')')) {
    return {
      ...placeOf(at.source, before.start),
      length: 1,
      hint: 'There is a comma too much.',
      fix: { replacement: '' },
    };
  }
  // The engine stumbles over the word after a mistyped one as often as over the word itself.
  for (const suspect of [token, before, tokens[0]]) {
    if (suspect?.kind !== 'word') continue;
    const word = suspect.text.toLowerCase();
    const [meant] = CLAUSES.includes(word) || word.length < 4 ? [] : closeNames(word, CLAUSES, 1);
    if (meant === undefined || (suspect !== token && suspect !== tokens[0] && meant !== 'from')) continue;
    return {
      ...placeOf(at.source, suspect.start),
      length: suspect.text.length,
      hint: `Did you mean ${meant}?`,
      fix: { replacement: meant },
    };
  }
  return {};
}

function missing(
  error: EngineError,
  token: Token | undefined,
  first: string,
  at: Located,
  known: Known,
  make: Make,
): Failure {
  const name = error.name || (token ? nameOf(token) : '');
  if (error.kind === 'Table' || error.kind === 'View' || /^Table with name/.test(first)) {
    if (/[/\\]|\.(csv|tsv|json|jsonl|ndjson|parquet|gz|zst|txt|xlsx)$/i.test(name))
      return unknownFile(name, token, at, known, make);
    if (known.lost.some((lost) => lost.toLowerCase() === name.toLowerCase())) {
      return make('named-result-gone', `The rows of ${name} are gone.`);
    }
    const meant = closeNames(name, known.tables);
    const there = known.tables.length === 0 ? 'The session has no tables yet.' : `There are: ${list(known.tables)}.`;
    return make('unknown-table', `There is no table “${name}”.`, {
      hint: meant.length > 0 ? `Did you mean ${meant.join(' or ')}? ${there}` : there,
      ...mend(token, meant[0]),
    });
  }
  if (/Function/.test(error.kind)) {
    const meant = closeNames(name, error.candidates);
    return make('unknown-function', `There is no function “${name}”.`, {
      ...(meant.length > 0 ? { hint: `Did you mean ${meant.join(' or ')}?` } : {}),
      ...mend(token, meant[0]),
    });
  }
  return make('unknown-name', asSentence(first));
}

function binder(error: EngineError, token: Token | undefined, first: string, at: Located, make: Make): Failure {
  if (/^Unexpected prepared parameter|^Parameter expressions within macro/.test(first))
    return make('form-place', KEPT, KEPT_PARTS);
  const inTable = /^Table "(.+)" does not have a column named "(.+)"/.exec(first);
  const name = error.name || inTable?.[2] || '';
  if (error.subtype === 'COLUMN_NOT_FOUND' || inTable) {
    const column = inTable ? columnToken(token, at, name) : token;
    if (column && comparedText(column, at)) {
      const text = `'${name.replaceAll("'", "''")}'`;
      return make('unknown-column', `There is no column “${name}”: double quotes are for names.`, {
        hint: `A text stands in single quotes: ${text}.`,
        fix: { replacement: text },
      });
    }
    const meant = closeNames(name, error.candidates);
    const where = inTable?.[1] ?? soleTable(at.statement);
    const has =
      error.candidates.length > 0
        ? `${where ? 'The table' : 'The query'} has, among others: ${list(error.candidates)}.`
        : '';
    return make('unknown-column', `There is no column “${name}”${where ? ` in ${where}` : ''}.`, {
      ...(column ? { ...placeOf(at.source, column.start), length: column.end - column.start } : {}),
      ...(has === '' ? {} : { hint: meant.length > 0 ? `Did you mean ${meant.join(' or ')}? ${has}` : has }),
      ...mend(column, meant[0]),
    });
  }
  if (/^Referenced table/.test(first)) {
    return make(
      'unknown-table',
      asSentence(first.replace('Referenced table', 'The query has no table').replace(' not found!', '')),
      {
        hint: `Tables of the query: ${list(error.candidates)}.`,
      },
    );
  }
  if (/^Ambiguous reference/.test(first)) return make('ambiguous-column', asSentence(first));
  if (/GROUP BY clause|cannot contain aggregates/.test(first)) return make('not-grouped', asSentence(first));
  if (/No function matches/.test(first)) {
    return make('type', asSentence(first.split('. You might')[0]!), {
      hint: `It takes: ${list(
        error.message
          .split('\n')
          .slice(2)
          .map((line) => line.trim())
          .filter(Boolean),
      )}.`,
    });
  }
  if (/parameters?/.test(first) && /prepared/i.test(first)) return make('parameter', asSentence(first));
  return make('engine', asSentence(first));
}

function invalid(error: EngineError, first: string, at: Located, make: Make): Failure {
  if (/configuration has been locked/.test(first))
    return make('setting-locked', 'Settings of the engine can’t be changed in a notebook.');
  if (/parameters/.test(first)) return make('parameter', 'The statement has parameters, and nothing fills them.');
  if (/Malformed JSON|Parquet|sniffing file|magic bytes/i.test(error.message)) {
    return make('file-unreadable', asSentence(first), literalPlace(at));
  }
  return make('engine', asSentence(first));
}

/** "CSV Error on Line: 3", the line, then what is wrong with it and how to read on. */
function csv(error: EngineError, at: Located, make: Make): Failure {
  const lines = error.message.split('\n');
  const line = /Line: (\d+)/.exec(lines[0]!)?.[1];
  const where = `${fileIn(at) ?? 'The file'}${line === undefined ? '' : `, line ${line}`}`;
  if (/Invalid unicode|not utf-8/i.test(error.message)) {
    return make('file-encoding', `${where}: this is not UTF-8.`, literalPlace(at));
  }
  const reason = lines.slice(1).find((text) => text.trim() !== '' && !text.startsWith('Original Line')) ?? lines[0]!;
  const column = /column "(.+?)"/.exec(reason)?.[1];
  const asText = column === undefined ? '' : `Read the column as text: read_csv(…, types = {'${column}': 'VARCHAR'}). `;
  return make('file-unreadable', `${where}: ${asSentence(reason)}`, {
    ...literalPlace(at),
    hint: `${asText}Or skip lines that don’t fit: read_csv(…, ignore_errors = true).`,
  });
}

function file(error: EngineError, first: string, at: Located, known: Known, make: Make): Failure {
  const pattern = /No files found that match the pattern "(.*)"/.exec(first)?.[1];
  if (pattern !== undefined) {
    const token = at.statement.tokens.find(({ kind, text }) => kind === 'string' && text.slice(1, -1) === pattern);
    return unknownFile(pattern, token, at, known, make);
  }
  if (/space left|disk|max_temp_directory_size/i.test(first)) return make('out-of-disk', asSentence(first));
  return make('file-unreadable', asSentence(error.message.split('\n')[0]!), literalPlace(at));
}

function unknownFile(path: string, token: Token | undefined, at: Located, known: Known, make: Make): Failure {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const inData = known.files.filter((name) => name.slice(name.lastIndexOf('/') + 1) === base);
  const meant = inData.length > 0 ? inData : closeNames(path, known.files);
  const there =
    known.files.length === 0 ? 'data/ is empty: drop a file on the page.' : `There are: ${list(known.files)}.`;
  return make('file-not-found', `There is no file “${path}”.`, {
    hint: meant.length > 0 ? `Did you mean ${meant[0]}? ${there}` : there,
    ...(token ? { ...placeOf(at.source, token.start), length: token.end - token.start } : {}),
    ...(token && meant[0] !== undefined ? { fix: { replacement: `'${meant[0].replaceAll("'", "''")}'` } } : {}),
  });
}

function refused(first: string, at: Located, make: Make): Failure {
  const path = /Cannot access (?:file|directory) "(.*?)"/.exec(first)?.[1];
  if (path === undefined || /extension/i.test(first))
    return make('refused', 'A notebook’s engine loads no extensions.');
  return make('refused', `The notebook can’t reach ${path}.`, literalPlace(at));
}

const COMPARES = ['=', '==', '<>', '!=', 'like', 'ilike'];
/** A name in double quotes where a text is likelier: what a column is compared with, as in `city = "Busan"`. */
function comparedText(token: Token, at: Located): boolean {
  const before = at.statement.tokens.findLast(({ start }) => start < token.start);
  return token.kind === 'quoted' && before !== undefined && COMPARES.includes(before.text.toLowerCase());
}

/** A mend only where the name stands alone and is replaced as written. */
const mend = (token: Token | undefined, meant: string | undefined): FailureParts =>
  token && meant !== undefined && (token.kind === 'word' || token.kind === 'quoted')
    ? { fix: { replacement: /^[a-z_][a-z0-9_]*$/i.test(meant) ? meant : `"${meant.replaceAll('"', '""')}"` } }
    : {};

/** Names shown of a longer list. */
const LISTED = 12;
const list = (names: readonly string[]): string =>
  names.length > LISTED ? `${names.slice(0, LISTED).join(', ')} and ${names.length - LISTED} more` : names.join(', ');

/** The engine's first line with a full stop and a capital. */
function asSentence(line: string): string {
  const text = line.trim().replace(/!$/, '');
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!…]$/.test(sentence) ? sentence : `${sentence}.`;
}
