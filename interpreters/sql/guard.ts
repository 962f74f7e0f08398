/**
 * What statements may not do. Nowhere may they take away the two databases that every later paragraph needs: `session`,
 * and `named` with the notebook's results, which is the server's to fill.
 *
 * And what they may write where no sandbox isolates. The engine's `allowed_directories` does not tell reading from
 * writing, so COPY … TO, EXPORT and ATTACH without READ_ONLY are refused outside the session's own folders. This is a
 * courtesy that keeps people from overwriting their own data by mistake; it is no wall.
 */
import { realpathSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { failure } from '../errors.ts';
import type { Failure, StartRequest } from '../protocol.ts';
import { NAMED_CATALOG, SCRATCH_CATALOG, SESSION_CATALOG } from './database.ts';
import { targetOf } from './effects.ts';
import { literalOf, nameOf, type Statement, type Token, wordOf } from './lexer.ts';

/** Why a statement may not run; undefined when it may. */
export type Guard = (statement: Statement) => (Failure & { readonly at: Token }) | undefined;

export function createGuard(start: StartRequest): Guard {
  if (start.isolated) return refuseOwn;
  const folders = [start.session, ...(start.writable ?? [])].map(realOf);
  const allows = (path: string): boolean => {
    const target = resolve(start.session, path);
    const real = `${realOf(dirname(target))}${sep}${target.slice(dirname(target).length + 1)}`;
    return folders.some((folder) => real.startsWith(folder + sep));
  };
  return (statement) => {
    const own = refuseOwn(statement);
    if (own) return own;
    const written = writtenPath(statement.tokens);
    if (!written) return undefined;
    const path = literalOf(written.path);
    if (path !== undefined && allows(path)) return undefined;
    const where = path === undefined ? 'a computed place' : path;
    return {
      ...failure('refused', `${written.what} may not write to ${where}.`, {
        hint: "Without a sandbox, statements write to the session folder only: use a path without data/, such as 'result.parquet'.",
      }),
      at: written.path ?? statement.tokens[0]!,
    };
  };
}

const OWN: ReadonlySet<string> = new Set([SESSION_CATALOG, NAMED_CATALOG, SCRATCH_CATALOG]);
/** Filled by the server and by other interpreters, not by statements. */
const FILLED: ReadonlySet<string> = new Set([NAMED_CATALOG, SCRATCH_CATALOG]);

/** A log that it can't write makes every later statement of the engine fail. */
const LOGGING = 'enable_logging';
const NO_LOG = 'EXPLAIN ANALYZE tells what a statement does.';

const refuseOwn: Guard = ({ tokens }) => {
  const logging = tokens.find((token) => wordOf(token) === LOGGING);
  if (logging)
    return { ...failure('refused', 'A statement can’t turn the engine’s log on.', { hint: NO_LOG }), at: logging };
  const from = afterPrepare(tokens);
  const first = wordOf(tokens[from]);
  if (first === 'detach') {
    const name = tokens.slice(from + 1).find((token) => !/^(database|if|exists)$/.test(wordOf(token)));
    const catalog = name && nameOf(name).toLowerCase();
    if (name && catalog !== undefined && OWN.has(catalog)) return refused(catalog, name);
  }
  if (first !== 'create' && first !== 'drop' && first !== 'alter') return undefined;
  const [catalog, ...rest] = targetOf(tokens.slice(from))?.parts ?? [];
  if (catalog === undefined || rest.length === 0) return undefined;
  const owner = nameOf(catalog).toLowerCase();
  return FILLED.has(owner) ? refused(owner, catalog) : undefined;
};

const refused = (catalog: string, at: Token) => ({
  ...failure('refused', `A statement can’t take away or change ${catalog}, which every paragraph needs.`, {
    hint:
      catalog === NAMED_CATALOG
        ? 'It holds the results of named paragraphs: rename or delete the paragraph instead.'
        : 'To begin anew, restart and clear the session.',
  }),
  at,
});

/** The deepest existing folder's real path, with the rest behind it. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : `${realOf(parent)}${path.slice(parent === sep ? 0 : parent.length)}`;
  }
}

/** What a statement writes outside the database, as far as its words tell. */
function writtenPath(tokens: readonly Token[]): { what: string; path: Token | undefined } | undefined {
  const from = afterPrepare(tokens);
  switch (wordOf(tokens[from])) {
    case 'copy': {
      const to = topLevel(tokens, from + 1, 'to');
      // `COPY FROM DATABASE a TO b` names databases, not files.
      if (to === -1 || wordOf(tokens[from + 1]) === 'from') return undefined;
      return { what: 'COPY', path: tokens[to + 1] };
    }
    case 'export':
      return { what: 'EXPORT', path: tokens.slice(from).find((token) => token.kind === 'string') };
    case 'attach': {
      const path = tokens.slice(from).find((token) => token.kind === 'string');
      const readOnly = tokens.some((token, index) => wordOf(token) === 'read_only' && !isOff(tokens, index + 1));
      const name = literalOf(path);
      return readOnly || name === ':memory:' || name === '' ? undefined : { what: 'ATTACH', path };
    }
    default:
      return undefined;
  }
}

/** `prepare x as …` and `explain analyze …` run what follows. */
function afterPrepare(tokens: readonly Token[]): number {
  const first = wordOf(tokens[0]);
  if (first === 'prepare') return tokens.findIndex((token) => wordOf(token) === 'as') + 1;
  if (first === 'explain' && wordOf(tokens[1]) === 'analyze') return 2;
  return 0;
}

function topLevel(tokens: readonly Token[], from: number, word: string): number {
  let depth = 0;
  for (let index = from; index < tokens.length; index += 1) {
    const { text } = tokens[index]!;
    if (text === '(') depth += 1;
    else if (text === ')') depth -= 1;
    else if (depth === 0 && wordOf(tokens[index]) === word) return index;
  }
  return -1;
}

const isOff = (tokens: readonly Token[], index: number): boolean => {
  const value = tokens[index]?.text === '=' ? tokens[index + 1] : tokens[index];
  return value !== undefined && /^'?(false|off|no|0)'?$/i.test(value.text);
};
