/**
 * What texts of SQL and Vega-Lite read and write: statements are parsed by the engine, never run and never bound, so that
 * nothing of it touches a table or a file. All queries of all texts asked about go to the parser at once; one that it
 * does not take is told by its words.
 */
import type { FormInputs } from '../../forms.ts';
import { boundUses, MOST_READ, type Use, type Uses, type UsesAsked } from '../../uses.ts';
import type { Engine } from '../database.ts';
import { DATA_FILE } from '../files.ts';
import { bindOrLeave } from '../forms.ts';
import { type Statement, splitStatements } from '../lexer.ts';
import { findData } from '../vega/data.ts';
import { parseJson } from '../vega/json.ts';
import { parseQueries, type Trees } from './parser.ts';
import { renamedIn } from './rename.ts';
import { type Shape, shapeOf, wordsOf } from './shape.ts';
import { steadyFunctions } from './steady.ts';
import { readTree } from './tree.ts';

const UNREAD: Uses = { reads: [], writes: [], varies: 'a text too long to be read' };

type Part = { readonly statement: Statement; readonly shape: Shape };

export type SqlUses = { of(asked: UsesAsked): Promise<readonly Uses[]> };

export function createUses({ meta }: Pick<Engine, 'meta'>): SqlUses {
  let steady: Promise<ReadonlySet<string>> | undefined;

  return {
    async of({ asks, forms }) {
      const parts = asks.map(({ interpreter, source }) =>
        interpreter === 'vega-lite' || source.length > MOST_READ ? undefined : partsOf(source, forms),
      );
      const queries = parts.flatMap((some) => some?.flatMap(({ shape }) => shape.queries) ?? []);
      const trees = await parseQueries(
        meta,
        queries.map(({ text }) => text),
      );
      steady ??= steadyFunctions(meta);
      const functions = await steady;
      const isSteady = (name: string): boolean => functions.has(name);
      const renamed = await renamedIn(meta, asks, forms);
      return asks.map(({ interpreter, source }, index): Uses => {
        if (source.length > MOST_READ) return UNREAD;
        const uses = boundUses(
          interpreter === 'vega-lite' ? usesOfSpec(source) : usesOf(parts[index] ?? [], trees, isSteady),
        );
        const places = renamed[index];
        return places ? { ...uses, renamed: places } : uses;
      });
    },
  };
}

/** With forms as what they stand for. */
const partsOf = (source: string, forms: FormInputs): readonly Part[] =>
  splitStatements(bindOrLeave(source, forms).text).map((statement) => ({ statement, shape: shapeOf(statement) }));

function usesOf(parts: readonly Part[], trees: Trees, isSteady: (name: string) => boolean): Uses {
  const reads: Use[] = [];
  const writes: Use[] = [];
  const words: string[] = [];
  let varies: string | undefined;
  for (const { statement, shape } of parts) {
    reads.push(...shape.reads);
    writes.push(...shape.writes);
    const found = shape.queries.map(({ text }) => trees.get(text));
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
