/**
 * Where a query names one table, from the tree that the engine's parser makes of it: behind FROM and its kin, and before
 * the dot of a column where the innermost query that has something of that name has the table itself. A query of WITH, an
 * alias, a column, a text and a comment of the same name are something else. Pure; the tree's shape is the engine's, so
 * what stands elsewhere than it says is `lost`.
 */
import { foldTable } from '../../renaming.ts';
import { nameOf, type Token } from '../lexer.ts';
import { isOwnDatabase } from './shape.ts';

export type TreePlaces = {
  /** Of the table's name. */
  readonly places: Token[];
  /** Of those, where it stands without an alias behind FROM and its kin. */
  readonly bare: Token[];
  /** The name alone where a value stands: a column of that name, else the table's whole row. */
  readonly rows: Token[];
  /** Texts that name the table as a file. */
  readonly paths: Token[];
  /** It names the table, and the tree does not say where. */
  lost: boolean;
  /** Somebody else has the table's name beside it. */
  ambiguous: boolean;
};

/** `tokenAt`: the token that begins at a place of the tree. */
export type Written = {
  readonly tokens: readonly Token[];
  readonly tokenAt: (location: number) => number | undefined;
};

/** What the name means in a query: a query of WITH, and what column names before a dot. */
type Sight = { readonly isOwn: boolean; readonly seen: 'table' | 'other' | undefined };

type Node = Readonly<Record<string, unknown>>;

export function placesIn(tree: unknown, wanted: string, { tokens, tokenAt }: Written): TreePlaces {
  const name = foldTable(wanted);
  const found: TreePlaces = { places: [], bare: [], rows: [], paths: [], lost: false, ambiguous: false };
  const isIt = (text: unknown): boolean => typeof text === 'string' && foldTable(text) === name;

  function walk(node: unknown, sight: Sight): void {
    if (Array.isArray(node)) {
      for (const one of node) walk(one, sight);
      return;
    }
    if (!isNode(node)) return;
    const own = withClause(node, sight);
    const inner = node.type === 'SELECT_NODE' ? seenIn(node.from_table, own) : own;
    switch (node.type) {
      case 'BASE_TABLE':
        table(node, inner);
        break;
      case 'SHOW_REF':
        if (typeof node.table_name === 'string' && isIt(node.table_name.replace(/^"|"$/g, '').replaceAll('""', '"')))
          shown();
        break;
      case 'TABLE_FUNCTION':
        tableFunction(node.function);
        break;
      case 'COLUMN_REF':
        column(node, inner);
        break;
      case 'STAR':
        star(node, inner);
        break;
      case 'CTE_NODE':
      case 'RECURSIVE_CTE_NODE': {
        const isOwn = inner.isOwn || isIt(node.cte_name);
        // What a plain one is made of does not see its own name.
        walk(node.query, node.type === 'CTE_NODE' ? inner : { ...inner, isOwn });
        for (const [key, child] of Object.entries(node))
          if (key !== 'query' && key !== 'cte_map') walk(child, { ...inner, isOwn });
        return;
      }
    }
    for (const [key, child] of Object.entries(node)) if (key !== 'cte_map') walk(child, inner);
  }

  /** Having walked what its WITH clause is made of: each query sees those before it. */
  function withClause(node: Node, sight: Sight): Sight {
    const entries = isNode(node.cte_map) && Array.isArray(node.cte_map.map) ? node.cte_map.map : [];
    let own = sight;
    for (const entry of entries) {
      if (!isNode(entry)) continue;
      walk(entry.value, own);
      if (isIt(entry.key)) own = { ...own, isOwn: true };
    }
    return own;
  }

  /** What the tables of one FROM make the name mean; those of a query in brackets are its own. */
  function seenIn(from: unknown, sight: Sight): Sight {
    const seen = new Set<'table' | 'other'>();
    const look = (node: unknown): void => {
      if (Array.isArray(node)) for (const one of node) look(one);
      if (!isNode(node)) return;
      const alias = typeof node.alias === 'string' && node.alias !== '' ? node.alias : undefined;
      if (alias !== undefined) {
        if (isIt(alias)) seen.add('other');
      } else if (node.type === 'BASE_TABLE' && isIt(node.table_name)) {
        seen.add(isTable(node, sight) ? 'table' : 'other');
      }
      if (node.type === 'JOIN') for (const side of [node.left, node.right]) look(side);
      if (node.type === 'PIVOT' && alias === undefined) look(node.source);
    };
    look(from);
    if (seen.size > 1) found.ambiguous = true;
    if (seen.size === 0) return sight;
    return { ...sight, seen: seen.has('other') ? 'other' : 'table' };
  }

  const partsOf = (node: Node): readonly string[] =>
    [node.catalog_name, node.schema_name, node.table_name].filter(isText);

  const isTable = (node: Node, { isOwn }: Sight): boolean => {
    const parts = partsOf(node);
    return isIt(parts.at(-1)) && parts.slice(0, -1).every(isOwnDatabase) && !(parts.length === 1 && isOwn);
  };

  function table(node: Node, sight: Sight): void {
    const at = placeOf(node);
    const token = at === undefined ? undefined : tokens[at];
    if (partsOf(node).length === 1 && /\.parquet$/i.test(partsOf(node)[0] ?? '')) {
      if (token) found.paths.push(token);
      return;
    }
    if (!isTable(node, sight)) return;
    const path = at === undefined ? [] : pathFrom(at);
    const last = path.at(-1);
    const wrong = path.length !== partsOf(node).length || !last || !isIt(saysOf(last));
    if (wrong) found.lost = true;
    else {
      found.places.push(last);
      if (!isText(node.alias)) found.bare.push(last);
    }
  }

  /** `summarize flights`: the tree keeps the name alone. */
  function shown(): void {
    const at = tokens.findIndex(
      (token, index) =>
        isIt(saysOf(token)) && /^(describe|desc|summarize|show|from)$/i.test(tokens[index - 1]?.text ?? ''),
    );
    const token = tokens[at];
    if (token) found.places.push(token);
    else found.lost = true;
  }

  function tableFunction(node: unknown): void {
    if (!isNode(node) || typeof node.function_name !== 'string') return;
    const called = node.function_name.toLowerCase();
    for (const { text, at } of textsIn(node.children)) {
      const token = at === undefined ? undefined : tokens[at];
      const isSaid = token?.kind === 'string' && saysOf(token) === text;
      if (called === 'query_table' && isIt(text)) {
        if (isSaid) found.places.push(token);
        else found.lost = true;
      } else if (/\.parquet$/i.test(text) && isSaid) found.paths.push(token);
    }
  }

  function column(node: Node, { seen }: Sight): void {
    const names: unknown = node.column_names;
    if (!Array.isArray(names) || seen !== 'table') return;
    const at = names.findIndex((part, index) => isIt(part) && names.slice(0, index).every(isOwnName));
    if (at === -1) return;
    const first = placeOf(node);
    const path = first === undefined ? [] : pathFrom(first);
    const token = path[at];
    if (!token || !isIt(saysOf(token))) found.lost = true;
    else if (names.length === 1) found.rows.push(token);
    else if (at < names.length - 1) found.places.push(token);
  }

  /** `flights.*`. */
  function star(node: Node, { seen }: Sight): void {
    if (seen !== 'table') return;
    if (mentionsIt(node.qualified_exclude_list)) found.lost = true;
    if (!isIt(node.relation_name)) return;
    const at = placeOf(node);
    const token = at === undefined ? undefined : pathFrom(at).findLast((one) => isIt(saysOf(one)));
    if (token) found.places.push(token);
    else found.lost = true;
  }

  const mentionsIt = (node: unknown): boolean =>
    isIt(node) || (typeof node === 'object' && node !== null && Object.values(node).some(mentionsIt));

  const placeOf = ({ query_location: location }: Node): number | undefined =>
    typeof location === 'number' && Number.isSafeInteger(location) ? tokenAt(location) : undefined;

  /** Names with dots between them. */
  function pathFrom(at: number): readonly Token[] {
    const path: Token[] = [];
    for (let index = at; ; index += 2) {
      const token = tokens[index];
      if (!token || (token.kind !== 'word' && token.kind !== 'quoted' && token.kind !== 'string')) return path;
      path.push(token);
      if (tokens[index + 1]?.text !== '.') return path;
    }
  }

  function textsIn(node: unknown): { readonly text: string; readonly at: number | undefined }[] {
    if (Array.isArray(node)) return node.flatMap(textsIn);
    if (!isNode(node)) return [];
    if (node.class === 'CONSTANT' && isNode(node.value) && isText(node.value.value))
      return [{ text: node.value.value, at: placeOf(node) }];
    return node.class === 'FUNCTION' ? textsIn(node.children) : [];
  }

  walk(tree, { isOwn: false, seen: undefined });
  return found;
}

/** What a name or a plain text says. */
export const saysOf = (token: Token): string =>
  token.kind === 'string' ? token.text.slice(1, -1).replaceAll("''", "'") : nameOf(token);

const isOwnName = (part: unknown): boolean => typeof part === 'string' && isOwnDatabase(part);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
