/** What a paragraph's text tells before it runs. Words alone are looked at, so it tells what may be, not what is. */

/** Names of tables read as files of `tables/`; none where any may be meant (`tables/*`, `tables/$name.parquet`). */
export type Mentioned = { readonly names?: readonly string[] };

const MENTION = /(?<![\p{L}\p{N}_])tables\//gu;
const LITERAL = /^([\p{L}\p{N}_-]+)\.parquet(?![\p{L}\p{N}_])/u;

/** Undefined where it mentions none. */
export function tablesIn(source: string): Mentioned | undefined {
  const names = new Set<string>();
  for (const { index } of source.matchAll(MENTION)) {
    const name = LITERAL.exec(source.slice(index + 'tables/'.length, index + MAX_MENTION))?.[1];
    if (name === undefined) return {};
    names.add(name);
  }
  return names.size === 0 ? undefined : { names: [...names] };
}

/** Characters of a name worth looking at: longer than a file's name can be. */
const MAX_MENTION = 300;

/** Whether SQL may leave in its process what goes with it: temporary tables, variables, a path, prepared statements. */
export const maySet = (sql: string): boolean =>
  /\b(temp|temporary|use|prepare|attach)\b|\bset\s+(session\s+|local\s+)?(variable|search_path|schema)\b/i.test(sql);
