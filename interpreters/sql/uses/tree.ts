/**
 * What a query reads, from the tree that the engine's parser makes of it (`json_serialize_sql`): tables but for those of
 * its own WITH clauses, files, and whether its functions give the same each time. Pure; the tree's shape is the engine's,
 * so whatever is not known in it is walked through.
 */
import type { Use } from '../../uses.ts';
import { DATA_FILE } from '../files.ts';
import { tableOf } from './shape.ts';

export type Found = { readonly reads: Use[]; varies: string | undefined };

/** Table functions that read what they are told to, and those that read nothing. */
const READERS = /^(read_|parquet_|sniff_|glob$)/;
const PLAIN: ReadonlySet<string> = new Set([
  'range',
  'generate_series',
  'unnest',
  'repeat',
  'repeat_row',
  'json_each',
  'json_tree',
]);
/** Names without brackets that are functions of the moment. */
const MOMENTS: ReadonlySet<string> = new Set([
  'current_date',
  'current_time',
  'current_timestamp',
  'current_localtime',
  'current_localtimestamp',
  'localtime',
  'localtimestamp',
]);

/** `isSteady`: whether a function of the engine gives the same for the same. */
export function readTree(tree: unknown, isSteady: (name: string) => boolean): Found {
  const found: Found = { reads: [], varies: undefined };
  const varies = (why: string): void => {
    found.varies ??= why;
  };

  function walk(node: unknown, own: ReadonlySet<string>): void {
    if (Array.isArray(node)) {
      for (const one of node) walk(one, own);
      return;
    }
    if (!isRecord(node)) return;
    const names = withClause(node, own);
    switch (node.type) {
      case 'BASE_TABLE':
        table(node, names);
        break;
      case 'TABLE_FUNCTION':
        tableFunction(node.function, names);
        return;
      case 'SHOW_REF':
        if (isText(node.table_name)) {
          const name = node.table_name.replace(/^"|"$/g, '').replaceAll('""', '"');
          if (LISTS.test(name)) varies(`show ${name}`);
          found.reads.push(tableOf([node.catalog_name, node.schema_name, name].filter(isText)));
        } else if (!isRecord(node.query)) varies('show tables');
        break;
      case 'CTE_NODE':
      case 'RECURSIVE_CTE_NODE':
        if (typeof node.cte_name === 'string') {
          const inner = new Set([...names, node.cte_name.toLowerCase()]);
          // What a plain one is made of does not see its own name, nor do the rows that a recursive one begins with.
          const begins = node.type === 'CTE_NODE' ? 'query' : 'left';
          walk(node[begins], names);
          for (const [key, child] of Object.entries(node)) if (key !== begins && key !== 'cte_map') walk(child, inner);
          return;
        }
        break;
      case 'COLUMN_REF': {
        const [name] = Array.isArray(node.column_names) && node.column_names.length === 1 ? node.column_names : [];
        if (typeof name === 'string' && MOMENTS.has(name.toLowerCase())) varies(name.toLowerCase());
        break;
      }
    }
    const calls = node.class === 'FUNCTION' || node.type === 'WINDOW_AGGREGATE';
    if (calls && typeof node.function_name === 'string') {
      const name = node.function_name.toLowerCase();
      if (!isSteady(name)) varies(`${name}()`);
    }
    if (isRecord(node.sample)) varies('a sample');
    for (const [key, child] of Object.entries(node)) if (key !== 'cte_map') walk(child, names);
  }

  /** The names that its WITH clause gives, having walked what they are made of. */
  function withClause(node: Readonly<Record<string, unknown>>, own: ReadonlySet<string>): ReadonlySet<string> {
    const entries = isRecord(node.cte_map) && Array.isArray(node.cte_map.map) ? node.cte_map.map : [];
    if (entries.length === 0) return own;
    const names = new Set(own);
    for (const entry of entries) {
      if (!isRecord(entry) || typeof entry.key !== 'string') continue;
      walk(entry.value, names);
      names.add(entry.key.toLowerCase());
    }
    return names;
  }

  function table(node: Readonly<Record<string, unknown>>, own: ReadonlySet<string>): void {
    const parts = [node.catalog_name, node.schema_name, node.table_name].filter(isText);
    const name = parts.at(-1);
    if (name === undefined) return;
    if (parts.length === 1 && own.has(name.toLowerCase())) return;
    if (parts.length === 1 && isFile(name)) found.reads.push({ kind: 'file', name });
    else {
      found.reads.push(tableOf(parts));
      // `from session.csv`: where there is no such table, a file.
      const path = parts.join('.');
      if (parts.length > 1 && isFile(path)) found.reads.push({ kind: 'file', name: path });
    }
  }

  function tableFunction(node: unknown, own: ReadonlySet<string>): void {
    if (!isRecord(node) || typeof node.function_name !== 'string') return;
    const name = node.function_name.toLowerCase();
    const given = Array.isArray(node.children) ? node.children : [];
    if (name === 'query_table' || READERS.test(name)) {
      const texts = textsIn(given[0]);
      if (texts)
        for (const text of texts)
          found.reads.push(name === 'query_table' ? tableOf([text]) : { kind: 'file', name: text });
      else varies(`${name}() of what is not written there`);
      // Its views may read anything.
      if (name === 'read_duckdb') varies(`${name}()`);
    } else if (!PLAIN.has(name)) varies(`${name}()`);
    walk(given, own);
  }

  walk(tree, new Set());
  return found;
}

/** What the engine lists, in quotes of its own. */
const LISTS = /^(tables|databases|schemas|variables|__show.*)$/i;

/** A spreadsheet may name its sheet. */
const isFile = (name: string): boolean => DATA_FILE.test(name) || /\.xlsx#/i.test(name) || name.includes('/');

/** Of a literal, or a list of them. */
function textsIn(node: unknown): readonly string[] | undefined {
  if (!isRecord(node)) return undefined;
  if (node.class === 'CONSTANT' && isRecord(node.value))
    return isText(node.value.value) ? [node.value.value] : undefined;
  // `[a, b]` is a function to the parser.
  if (node.class !== 'FUNCTION' || node.function_name !== 'list_value' || !Array.isArray(node.children))
    return undefined;
  const texts = node.children.map(textsIn);
  return texts.every((one) => one !== undefined) ? texts.flat() : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
