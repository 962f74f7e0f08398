/** What a notebook can read: named results, the session's own tables and views, and the files of `data/`. */
import { quoteName } from '../arrow/names.ts';
import type { Column, TableItem } from '../protocol.ts';
import type { ReadSheet } from './converted.ts';
import { readTexts, SESSION_CATALOG } from './database.ts';
import { DATA_FILE, type DataFile, listFiles } from './files.ts';
import { isSheet } from './mentions.ts';
import type { Session } from './session.ts';

/** Describing the files of one answer may take this long; the rest is listed without columns till the next one. */
const DESCRIBE_MS = 1500;

const SESSION_TABLES = `
  select t.table_name, t.schema_name, t.estimated_size, to_json(c.names), to_json(c.types)
  from duckdb_tables() t join (
    select table_oid, list(column_name order by column_index) as names, list(data_type order by column_index) as types
    from duckdb_columns() where database_name = '${SESSION_CATALOG}' group by table_oid) c using (table_oid)
  where t.database_name = '${SESSION_CATALOG}' and not t.internal
  order by 2, 1`;

const SESSION_VIEWS = `
  select view_name, schema_name from duckdb_views()
  where database_name = '${SESSION_CATALOG}' and not internal order by 2, 1`;

/** Of columns in one answer, which has to fit a line of the protocol: some 70,000 of them. */
const MAX_COLUMNS_BYTES = 3_000_000;

export async function listTables(session: Session): Promise<TableItem[]> {
  const items = [...(await namedItems(session)), ...(await sessionItems(session)), ...(await fileItems(session))];
  return withinLine(items, MAX_COLUMNS_BYTES);
}

/** Behind so many columns tables are listed by name alone. */
export function withinLine(items: readonly TableItem[], most: number): TableItem[] {
  let left = most;
  return items.map((item) => {
    left -= Buffer.byteLength(JSON.stringify(item.columns));
    return left >= 0 ? item : { ...item, columns: [] };
  });
}

async function namedItems({ engine, named, columns }: Session): Promise<TableItem[]> {
  const items: TableItem[] = [];
  for (const { name, from } of named.offered()) {
    const [row] = await readTexts(engine.meta, `select count(*) from ${from}`).catch(() => []);
    const found = await columns.ofSource(engine.meta, `named.main.${quoteName(name)}`);
    items.push({ name, source: 'named', columns: found ?? [], ...(row?.[0] == null ? {} : { rows: Number(row[0]) }) });
  }
  return items;
}

async function sessionItems({ engine, columns }: Session): Promise<TableItem[]> {
  const items: TableItem[] = [];
  const tables = await readTexts(engine.meta, SESSION_TABLES);
  for (const [name, schema, rows, names, types] of tables) {
    items.push({
      name: shownName(schema ?? '', name ?? ''),
      source: 'session',
      columns: columnsFrom(names ?? '[]', types ?? '[]'),
      ...(rows == null ? {} : { rows: Number(rows) }),
    });
  }
  for (const [name, schema] of await readTexts(engine.meta, SESSION_VIEWS)) {
    const found = await columns.ofSource(
      engine.meta,
      [SESSION_CATALOG, schema ?? '', name ?? ''].map(quoteName).join('.'),
    );
    items.push({ name: shownName(schema ?? '', name ?? ''), source: 'view', columns: found ?? [] });
  }
  return items;
}

async function fileItems({ engine, start, columns, sheets }: Session): Promise<TableItem[]> {
  const until = performance.now() + DESCRIBE_MS;
  const items: TableItem[] = [];
  for (const file of await listFiles(start.session)) {
    if (isSheet(file.path)) {
      items.push(...sheetItems(file, sheets.of(file.path)));
      continue;
    }
    const readable = DATA_FILE.test(file.path) && performance.now() < until;
    const found = readable ? await columns.ofFile(engine.meta, file) : undefined;
    items.push({ name: file.path, source: 'file', columns: found ?? [], bytes: file.bytes });
  }
  return items;
}

/** The first sheet goes by the file’s own name; the others are known once one was read. */
function sheetItems({ path, bytes }: DataFile, read: readonly ReadSheet[]): TableItem[] {
  const item = (name: string): TableItem => {
    const known = read.find((one) => one.name === name);
    return { name, source: 'file', columns: known?.columns ?? [], bytes, ...(known ? { rows: known.rows } : {}) };
  };
  const others = read[0]?.sheets.slice(1).map((sheet) => item(`${path}#${sheet}`));
  return [item(path), ...(others ?? [])];
}

const shownName = (schema: string, name: string): string => (schema === 'main' ? name : `${schema}.${name}`);

function columnsFrom(names: string, types: string): Column[] {
  const list = parseList(types);
  return parseList(names).map((name, index) => ({ name, type: list[index] ?? '' }));
}

function parseList(json: string): string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.map(String) : [];
}
