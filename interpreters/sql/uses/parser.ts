/**
 * Trees of queries by the engine's own parser: many at once, nothing run and nothing bound, so that nothing of it touches a
 * table or a file. A text that it does not take has no tree.
 */
import { quoteText } from '../../arrow/names.ts';
import { type Engine, readTexts } from '../database.ts';

/** Texts that the parser is given at once: each takes a fraction of a millisecond. */
const AT_ONCE = 200;

export type Trees = ReadonlyMap<string, unknown>;

export async function parseQueries(meta: Engine['meta'], queries: readonly string[]): Promise<Trees> {
  const trees = new Map<string, unknown>();
  const texts = [...new Set(queries)].filter((text) => !text.includes('\0'));
  for (let at = 0; at < texts.length; at += AT_ONCE) {
    const some = texts.slice(at, at + AT_ONCE);
    const rows = await serialize(meta, some).catch(() => one(meta, some));
    for (const [index, text] of some.entries()) trees.set(text, rows[index]);
  }
  return trees;
}

/** One of them stopped the parser: the others are told all the same. */
async function one(meta: Engine['meta'], texts: readonly string[]): Promise<unknown[]> {
  const trees: unknown[] = [];
  for (const text of texts) trees.push((await serialize(meta, [text]).catch(() => []))[0]);
  return trees;
}

async function serialize(meta: Engine['meta'], texts: readonly string[]): Promise<unknown[]> {
  const values = texts.map((text, index) => `(${index}, ${quoteText(text)})`).join(', ');
  const rows = await readTexts(
    meta,
    `select json_serialize_sql(t.text)::varchar as tree from (values ${values}) t(place, text) order by t.place`,
  );
  return rows.map(([tree]) => {
    const read: unknown = JSON.parse(tree ?? 'null');
    return typeof read === 'object' && read !== null && 'error' in read && read.error === false ? read : undefined;
  });
}
