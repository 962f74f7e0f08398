/**
 * Which tables a text reads as files of `tables/`. A file named outright is that table; any other mention (`tables/*`,
 * `tables/$name.parquet`) may mean all of them.
 */
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
