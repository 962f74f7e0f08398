/**
 * What texts of SQL and Vega-Lite read and write: statements are parsed by the engine, never run and never bound, so that
 * nothing of it touches a table or a file. All queries of all texts asked about go to the parser at once; one that it
 * does not take is told by its words.
 */
import { quoteText } from '../../arrow/names.ts';
import { Failed } from '../../errors.ts';
import type { FormInputs } from '../../forms.ts';
import { boundUses, MOST_READ, type Use, type Uses, type UsesAsked } from '../../uses.ts';
import { type Engine, readTexts } from '../database.ts';
import { DATA_FILE } from '../files.ts';
import { bindForms } from '../forms.ts';
import { type Statement, splitStatements } from '../lexer.ts';
import { findData } from '../vega/data.ts';
import { parseJson } from '../vega/json.ts';
import { type Shape, shapeOf, wordsOf } from './shape.ts';
import { readTree } from './tree.ts';

/** Texts that the parser is given at once: each takes a fraction of a millisecond. */
const AT_ONCE = 200;
const UNREAD: Uses = { reads: [], writes: [], varies: 'a text too long to be read' };

type Part = { readonly statement: Statement; readonly shape: Shape };

export type SqlUses = { of(asked: UsesAsked): Promise<readonly Uses[]> };

export function createUses({ meta }: Pick<Engine, 'meta'>): SqlUses {
  let steady: Promise<ReadonlySet<string>> | undefined;

  async function parse(queries: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
    const trees = new Map<string, unknown>();
    const texts = [...new Set(queries)].filter((text) => !text.includes('\0'));
    for (let at = 0; at < texts.length; at += AT_ONCE) {
      const some = texts.slice(at, at + AT_ONCE);
      const rows = await serialize(some).catch(() => one(some));
      for (const [index, text] of some.entries()) trees.set(text, rows[index]);
    }
    return trees;
  }

  /** One of them stopped the parser: the others are told all the same. */
  async function one(texts: readonly string[]): Promise<unknown[]> {
    const trees: unknown[] = [];
    for (const text of texts) trees.push((await serialize([text]).catch(() => []))[0]);
    return trees;
  }

  async function serialize(texts: readonly string[]): Promise<unknown[]> {
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

  return {
    async of({ asks, forms }) {
      const parts = asks.map(({ interpreter, source }) =>
        interpreter === 'vega-lite' || source.length > MOST_READ ? undefined : partsOf(source, forms),
      );
      const trees = await parse(parts.flatMap((some) => some?.flatMap(({ shape }) => shape.queries) ?? []));
      steady ??= steadyFunctions(meta);
      const functions = await steady;
      const isSteady = (name: string): boolean => functions.has(name);
      return asks.map(({ interpreter, source }, index) => {
        if (source.length > MOST_READ) return UNREAD;
        return boundUses(
          interpreter === 'vega-lite' ? usesOfSpec(source) : usesOf(parts[index] ?? [], trees, isSteady),
        );
      });
    },
  };
}

/** With forms as what they stand for; a text in which they can't be bound is read as it stands. */
function partsOf(source: string, forms: FormInputs): readonly Part[] {
  let text = source;
  try {
    text = bindForms(source, forms).text;
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
  }
  return splitStatements(text).map((statement) => ({ statement, shape: shapeOf(statement) }));
}

function usesOf(
  parts: readonly Part[],
  trees: ReadonlyMap<string, unknown>,
  isSteady: (name: string) => boolean,
): Uses {
  const reads: Use[] = [];
  const writes: Use[] = [];
  const words: string[] = [];
  let varies: string | undefined;
  for (const { statement, shape } of parts) {
    reads.push(...shape.reads);
    writes.push(...shape.writes);
    const found = shape.queries.map((query) => trees.get(query));
    if (shape.words || found.some((tree) => tree === undefined)) {
      const named = wordsOf(statement);
      words.push(...named.words);
      for (const name of named.texts) if (DATA_FILE.test(name)) reads.push({ kind: 'file', name });
      varies ??= 'a statement that can’t be read';
    }
    for (const tree of found) {
      if (tree === undefined) continue;
      const read = readTree(tree, isSteady);
      reads.push(...read.reads);
      varies ??= read.varies;
    }
    if (shape.writes.length > 0) varies ??= 'what it writes';
  }
  return { reads, writes, words, ...(varies === undefined ? {} : { varies }) };
}

function usesOfSpec(source: string): Uses {
  try {
    const { sources } = findData(parseJson(source));
    return { reads: sources.map(({ kind, name }) => ({ kind, name })), writes: [] };
  } catch {
    // No JSON, so nothing is drawn.
    return { reads: [], writes: [], varies: 'a spec that can’t be read' };
  }
}

/** Functions and operators of the engine that give the same for the same; what is not among them may not, a user's macro too. */
async function steadyFunctions(connection: Engine['meta']): Promise<ReadonlySet<string>> {
  const rows = await readTexts(
    connection,
    `select lower(function_name) from duckdb_functions() where internal
     group by 1 having bool_and(coalesce(stability, 'CONSISTENT') = 'CONSISTENT')`,
  );
  return new Set(rows.flatMap(([name]) => (name == null ? [] : [name])));
}
