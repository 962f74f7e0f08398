/**
 * Completion at a caret: files inside quotes; behind a dot the columns of what stands before it; else the columns of the
 * tables that the statement reads, tables, and what the engine's own grammar allows there (`sql_auto_complete`).
 */
import { quoteName, quoteText } from '../arrow/names.ts';
import type { Column, CompletionItem } from '../protocol.ts';
import { readTexts } from './database.ts';
import { DATA_FILE, listFiles } from './files.ts';
import { nameOf, type Statement, splitStatements, type Token, tokenize, wordOf } from './lexer.ts';
import { isSheet } from './mentions.ts';
import { asListed, type Reference, scopeOf } from './scope.ts';
import type { Session } from './session.ts';

/** Beyond this nobody reads a list of completions. */
const MAX_ITEMS = 200;
const TABLE_WORDS = new Set([
  'from',
  'join',
  'into',
  'update',
  'table',
  'describe',
  'summarize',
  'view',
  'pivot',
  'unpivot',
]);

export async function complete(session: Session, text: string, offset: number): Promise<CompletionItem[]> {
  const before = tokenize(text.slice(0, offset));
  const last = before.at(-1);
  if (last?.open && last.kind === 'comment') return [];
  if (last?.open && last.kind === 'string') {
    // A quote further on in the line may be this one's end: then none is added.
    const end = text[last.start] !== "'" || /^[^\n]*'/.test(text.slice(offset)) ? '' : "'";
    return files(session, last, text.slice(last.start + 1, offset), end);
  }
  const typing = last && last.end === offset && (last.kind === 'word' || last.kind === 'quoted') ? last : undefined;
  const start = typing?.start ?? offset;
  const typed = typing ? nameOf(typing).toLowerCase() : '';
  const previous = before.at(typing ? -2 : -1);
  const statement = statementAt(text, offset);
  if (previous?.text === '.') {
    const owner = before.at(typing ? -3 : -2);
    return owner && statement ? members(session, statement, nameOf(owner), start, offset) : [];
  }
  const own =
    previous && (TABLE_WORDS.has(wordOf(previous)) || continuesTables(before, typing))
      ? await tables(session, statement, start)
      : [...(await columns(session, statement, start, offset)), ...(await tables(session, statement, start))];
  const engines = await suggestions(session, text.slice(statement?.start ?? 0, offset), start);
  return merge([...own, ...engines], typed);
}

/** The statement that the caret is in, what follows the caret included. */
const statementAt = (text: string, offset: number): Statement | undefined =>
  splitStatements(text).findLast(({ start }) => start <= offset);

/** `from a, b|`: a comma behind a table, with no other clause in between. */
function continuesTables(before: readonly Token[], typing: Token | undefined): boolean {
  const until = typing ? before.slice(0, -1) : before;
  if (until.at(-1)?.text !== ',') return false;
  const clause = until.findLast((token) => /^(select|from|where|by|having|values|set|on|using)$/.test(wordOf(token)));
  return wordOf(clause) === 'from';
}

async function files({ start }: Session, literal: Token, typed: string, end: string): Promise<CompletionItem[]> {
  const found = await listFiles(start.session);
  return found
    .filter(({ path }) => DATA_FILE.test(path) && (path.startsWith(typed) || path.slice(5).startsWith(typed)))
    .slice(0, MAX_ITEMS)
    .map(({ path, bytes }) => ({
      label: path,
      kind: 'file',
      detail: sizeText(bytes),
      insert: path.replaceAll("'", "''") + end,
      start: literal.start + 1,
    }));
}

async function members(
  session: Session,
  statement: Statement,
  owner: string,
  start: number,
  offset: number,
): Promise<CompletionItem[]> {
  const { references, prefix } = scopeOf(statement, offset);
  const reference = references.find(({ alias }) => alias.toLowerCase() === owner.toLowerCase());
  const found = await columnsOf(session, reference ?? { sql: quoteName(owner), alias: owner }, prefix);
  if (found) return found.map((column) => columnItem(column, start));
  const rows = await readTexts(
    session.engine.meta,
    `select table_name from duckdb_tables() where lower(schema_name) = ${quoteText(owner.toLowerCase())} and not internal
     union select view_name from duckdb_views() where lower(schema_name) = ${quoteText(owner.toLowerCase())} and not internal
     order by 1`,
  );
  return rows.flatMap(([name]) =>
    name == null ? [] : [{ label: name, kind: 'table', insert: quoteName(name), start }],
  );
}

async function columns(
  session: Session,
  statement: Statement | undefined,
  start: number,
  offset: number,
): Promise<CompletionItem[]> {
  if (!statement) return [];
  const { references, prefix } = scopeOf(statement, offset);
  const items: CompletionItem[] = [];
  for (const reference of references) {
    const found = await columnsOf(session, reference, prefix);
    items.push(...(found ?? []).map((column) => columnItem(column, start, reference.alias)));
  }
  return items;
}

async function columnsOf(
  session: Session,
  reference: Reference,
  prefix: string,
): Promise<readonly Column[] | undefined> {
  const path = /^'(.*)'$/s.exec(reference.sql)?.[1];
  const file =
    path === undefined ? undefined : (await listFiles(session.start.session)).find((one) => one.path === path);
  // What a sheet holds is known once it was read, not when its file changes.
  if (file && !isSheet(file.path)) return session.columns.ofFile(session.engine.meta, file);
  const { alias, before, columns } = reference;
  const { meta } = session.engine;
  const listed = columns === undefined ? reference.sql : asListed(reference);
  const alone = await session.columns.ofSource(meta, listed, prefix);
  if (alone || before === undefined || alias === '') return alone;
  return session.columns.ofSource(meta, `${before}, ${asListed(reference)}`, `${prefix}select ${quoteName(alias)}.* `);
}

async function tables(session: Session, statement: Statement | undefined, start: number): Promise<CompletionItem[]> {
  const item = (name: string, insert: string, detail: string): CompletionItem => ({
    label: name,
    kind: 'table',
    detail,
    insert,
    start,
  });
  const named = session.named.offered().map(({ name }) => item(name, quoteName(name), 'named result'));
  const queries = (statement ? scopeOf(statement).queries : []).map((name) => item(name, quoteName(name), 'with'));
  const rows = await readTexts(
    session.engine.meta,
    `select table_name, schema_name, 'table' from duckdb_tables() where database_name = 'session' and not internal
     union all select view_name, schema_name, 'view' from duckdb_views() where database_name = 'session' and not internal
     order by 2, 1`,
  );
  const own = rows.flatMap(([name, schema, kind]) => {
    if (name == null || schema == null) return [];
    return [
      schema === 'main'
        ? item(name, quoteName(name), kind ?? '')
        : item(`${schema}.${name}`, `${quoteName(schema)}.${quoteName(name)}`, kind ?? ''),
    ];
  });
  const found = await listFiles(session.start.session);
  const data = found
    .filter(({ path }) => DATA_FILE.test(path))
    .map(({ path, bytes }): CompletionItem => {
      return { label: quoteText(path), kind: 'file', detail: sizeText(bytes), insert: quoteText(path), start };
    });
  return [...queries, ...named, ...own, ...data];
}

const KINDS: Readonly<Record<string, CompletionItem['kind']>> = {
  keyword: 'keyword',
  type: 'type',
  scalar_function: 'function',
  aggregate_function: 'function',
  table_function: 'function',
  pragma_function: 'function',
};

/** What the grammar allows. Tables, columns and files are ours to say: the engine's are those of all databases. */
async function suggestions(session: Session, text: string, start: number): Promise<CompletionItem[]> {
  const rows = await readTexts(
    session.engine.meta,
    `select suggestion, suggestion_type from sql_auto_complete(${quoteText(text)})`,
  ).catch(() => []);
  return rows.flatMap(([suggestion, type]) => {
    const kind = KINDS[type ?? ''];
    const word = suggestion?.trim() ?? '';
    if (kind === undefined || !/^[a-z]/i.test(word)) return [];
    return [{ label: word, kind, insert: kind === 'function' ? `${word}(` : word, start }];
  });
}

/** Those that begin as typed first, then those that contain it; each label once. */
function merge(items: readonly CompletionItem[], typed: string): CompletionItem[] {
  const seen = new Set<string>();
  const begins: CompletionItem[] = [];
  const contains: CompletionItem[] = [];
  for (const item of items) {
    const label = item.label.toLowerCase();
    const key = `${item.kind} ${label}`;
    const at = label.replace(/^'(data\/)?/, '').indexOf(typed);
    if (at === -1 || seen.has(key)) continue;
    seen.add(key);
    (at === 0 ? begins : contains).push(item);
  }
  return [...begins, ...contains].slice(0, MAX_ITEMS);
}

const columnItem = ({ name, type }: Column, start: number, owner = ''): CompletionItem => ({
  label: name,
  kind: 'column',
  detail: owner === '' ? type : `${type} · ${owner}`,
  insert: quoteName(name),
  start,
});

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];
function sizeText(bytes: number): string {
  let unit = 0;
  let size = bytes;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 9.95 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`;
}
