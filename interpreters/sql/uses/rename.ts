/**
 * Where texts of SQL and Vega-Lite name a table that is to be called otherwise. The engine's parser says what is a table;
 * where a name alone may be a column or a row, the engine is asked which of the two it could bind. What was found is proven:
 * the text that comes out, read again, names the new table at just those places, or the new name clashes there.
 */
import duckdb, { type Connection } from '@duckdb/node-bindings';
import { quoteName, quoteText } from '../../arrow/names.ts';
import type { FormInputs } from '../../forms.ts';
import {
  applied,
  boundRenamed,
  foldTable,
  mentions,
  NOT_NAMED,
  pathsIn,
  type Renamed,
  type Renaming,
  type RenamingEdit,
  type Span,
} from '../../renaming.ts';
import { MOST_READ, type UsesAsk } from '../../uses.ts';
import { bindOrLeave, stretchInSource } from '../forms.ts';
import { literalOf, type Statement, splitStatements, type Token } from '../lexer.ts';
import { placesOfBytes } from '../positions.ts';
import { findData } from '../vega/data.ts';
import { parseJson } from '../vega/json.ts';
import { parseQueries, type Trees } from './parser.ts';
import { placesIn, saysOf } from './places.ts';
import { type Query, type Shape, shapeOf } from './shape.ts';
import { placesByWords } from './words.ts';

/** In their order; undefined for those that were not asked about. */
export async function renamedIn(
  meta: Connection,
  asks: readonly UsesAsk[],
  forms: FormInputs,
): Promise<readonly (Renamed | undefined)[]> {
  const found: (Renamed | undefined)[] = [];
  for (const { interpreter, source, rename } of asks) {
    if (!rename) found.push(undefined);
    else if (source.length > MOST_READ) found.push(UNREADABLE);
    else if (!mentions(source, rename.from)) found.push(NOT_NAMED);
    else if (interpreter === 'vega-lite') found.push(boundRenamed(inSpec(source, rename)));
    else found.push(boundRenamed(await inSql(meta, source, rename, forms).catch(() => UNREADABLE)));
  }
  return found;
}

/** One text that the reader breaks on is left to a person, and keeps the others from nothing. */
const UNREADABLE: Renamed = { edits: [], doubts: [{ start: 0, end: 0 }] };

/** A statement as it is bound, and what of it names the table. */
type Part = {
  readonly statement: Statement;
  readonly places: readonly Token[];
  readonly bare: readonly Token[];
  readonly rows: readonly Token[];
  readonly paths: readonly Token[];
  readonly doubts: readonly Token[];
  readonly isAmbiguous: boolean;
};

async function inSql(meta: Connection, source: string, rename: Renaming, forms: FormInputs): Promise<Renamed> {
  const bound = bindOrLeave(source, forms);
  const edits: RenamingEdit[] = [];
  const doubts: Span[] = [];
  const doubt = ({ start, end }: Token): void => {
    const at = stretchInSource(bound, start, end);
    if (at) doubts.push(at);
  };
  /** As the author wrote it; a form’s option that stands there is the form's. */
  const stands = ({ start, end, text }: Token): Span | undefined => {
    const at = stretchInSource(bound, start, end);
    return at && source.slice(at.start, at.end) === text ? at : undefined;
  };
  const write = (token: Token): void => {
    const at = stands(token);
    if (at) edits.push({ ...at, text: written(token, rename.to) });
  };
  let placed = 0;
  let isAmbiguous = false;
  for (const part of await partsOf(meta, bound.text, rename.from)) {
    part.places.forEach(write);
    part.doubts.forEach(doubt);
    for (const token of part.paths) {
      const at = stands(token);
      if (at) edits.push(...pathsIn(token.text, rename, at.start));
    }
    placed += part.places.filter(stands).length;
    isAmbiguous ||= part.isAmbiguous;
    const meaning = part.rows.length === 0 ? 'columns' : await meaningOf(meta, part, rename.to);
    if (meaning !== 'columns') for (const token of part.rows) (meaning === 'row' ? write : doubt)(token);
  }
  const asked = edits.toSorted((a, b) => a.start - b.start);
  const clash = await clashOf(meta, source, { edits: asked, placed, isAmbiguous }, rename, forms);
  return { edits: asked, doubts, ...(clash ? { clash } : {}) };
}

const written = ({ kind }: Token, to: string): string => {
  if (kind === 'string') return quoteText(to);
  return kind === 'quoted' ? `"${to.replaceAll('"', '""')}"` : quoteName(to);
};

/** The new text, read for the new name, names it where it was put and nowhere else. */
async function clashOf(
  meta: Connection,
  source: string,
  { edits, placed, isAmbiguous }: { readonly edits: readonly RenamingEdit[]; placed: number; isAmbiguous: boolean },
  { from, to }: Renaming,
  forms: FormInputs,
): Promise<Span | undefined> {
  const [first] = edits;
  if (!first || foldTable(from) === foldTable(to)) return undefined;
  const { text, places } = applied(source, edits);
  const bound = bindOrLeave(text, forms);
  const known = new Set(places);
  let found = 0;
  for (const part of await partsOf(meta, bound.text, to)) {
    if (part.isAmbiguous && !isAmbiguous) return first;
    for (const token of part.places) {
      const at = stretchInSource(bound, token.start, token.end);
      // An option of a form that names it is not in the text.
      if (!at) continue;
      if (!known.has(at.start)) return first;
      found += 1;
    }
  }
  return found === placed ? undefined : first;
}

/** Of the statements that mention it. */
async function partsOf(meta: Connection, text: string, name: string): Promise<readonly Part[]> {
  const wanted = splitStatements(text)
    .filter((statement) => mentions(statement.text, name))
    .map((statement) => ({ statement, shape: shapeOf(statement) }));
  const trees = await parseQueries(
    meta,
    wanted.flatMap(({ shape }) => shape.queries.map((query) => query.text)),
  );
  return wanted.map(({ statement, shape }) => partOf(statement, shape, trees, name));
}

function partOf(statement: Statement, shape: Shape, trees: Trees, name: string): Part {
  const { tokens } = statement;
  const isIt = (token: Token): boolean =>
    (token.kind === 'word' || token.kind === 'quoted') && foldTable(saysOf(token)) === foldTable(name);
  const places: Token[] = [];
  const bare: Token[] = [];
  const rows: Token[] = [];
  const paths: Token[] = [];
  const doubts: Token[] = [];
  let isAmbiguous = false;
  const uses = [...shape.reads, ...shape.writes];
  if (uses.some((use) => use.kind === 'table' && foldTable(use.name) === foldTable(name)))
    places.push(...shape.names.filter(isIt));
  for (const use of uses)
    if (use.kind === 'file') paths.push(...tokens.filter((token) => literalOf(token) === use.name));
  const byPlace = new Map(tokens.map((token, index) => [token.start, index]));
  const read = shape.words ? undefined : shape.queries.map((query) => ({ query, tree: trees.get(query.text) }));
  if (!read || read.some(({ tree }) => tree === undefined)) {
    const said = placesByWords(tokens, name);
    places.push(...said.places);
    doubts.push(...said.doubts.filter((token) => !places.includes(token)));
    return { statement, places: [...new Set(places)], bare, rows, paths, doubts, isAmbiguous };
  }
  for (const { query, tree } of read) {
    const unitsOf = placesOfBytes(query.text);
    const tokenAt = (bytes: number): number | undefined => byPlace.get(placeOf(query, unitsOf(bytes)) ?? -1);
    const found = placesIn(tree, name, { tokens, tokenAt });
    places.push(...found.places);
    bare.push(...found.bare);
    rows.push(...found.rows);
    paths.push(...found.paths);
    isAmbiguous ||= found.ambiguous;
    if (found.lost) doubts.push(...tokens.filter((token) => isIt(token) && isIn(query, token)));
  }
  const pieces = shape.queries;
  doubts.push(
    ...tokens.filter((token) => isIt(token) && !shape.names.includes(token) && !pieces.some((one) => isIn(one, token))),
  );
  return {
    ...{ statement, bare, rows, paths, isAmbiguous },
    // A table that is changed stands in the question about its rows, too.
    places: [...new Set(places)],
    doubts: doubts.filter((one) => !places.includes(one)),
  };
}

/** Where a place of a query stands in the whole text. */
function placeOf({ pieces }: Query, at: number): number | undefined {
  const piece = pieces.find((one) => one.at <= at && at < one.at + one.length);
  return piece && piece.from + at - piece.at;
}

const isIn = ({ pieces }: Query, { start }: Token): boolean =>
  pieces.some(({ from, length }) => from <= start && start < from + length);

/**
 * What a name alone means: with the table under another name the engine can bind it only where it is a column, and put in
 * its place the other name only where it was the row.
 */
async function meaningOf(meta: Connection, part: Part, to: string): Promise<'columns' | 'row' | 'unknown'> {
  const { statement, places, bare, rows } = part;
  const alias = quoteName(to);
  const text = (all: boolean): string => {
    const changes = [
      ...places.map((token) => ({ token, text: bare.includes(token) ? `${token.text} as ${alias}` : alias })),
      ...(all ? rows.map((token) => ({ token, text: alias })) : []),
    ].toSorted((a, b) => a.token.start - b.token.start);
    let made = '';
    let at = statement.start;
    for (const { token, text: put } of changes) {
      made += statement.text.slice(at - statement.start, token.start - statement.start) + put;
      at = token.end;
    }
    return made + statement.text.slice(at - statement.start);
  };
  if (bare.length === 0) return 'unknown';
  if (await canPrepare(meta, text(false))) return 'columns';
  return (await canPrepare(meta, text(true))) ? 'row' : 'unknown';
}

async function canPrepare(meta: Connection, text: string): Promise<boolean> {
  try {
    duckdb.destroy_prepare_sync(await duckdb.prepare(meta, text));
    return true;
  } catch {
    return false;
  }
}

function inSpec(source: string, rename: Renaming): Renamed {
  const { from, to } = rename;
  try {
    const { places, defined } = findData(parseJson(source));
    const edits = places
      .filter(({ name, kind }) => kind === 'table' && !defined.has(name) && foldTable(name) === foldTable(from))
      .map(({ at, length }) => ({ start: at, end: at + length, text: JSON.stringify(to).slice(1, -1) }));
    const [first] = edits;
    const isTaken = first && foldTable(from) !== foldTable(to) && [...defined].some((name) => name === to);
    return { edits, doubts: [], ...(isTaken ? { clash: { start: first.start, end: first.end } } : {}) };
  } catch {
    return { edits: [], doubts: [{ start: 0, end: 0 }] };
  }
}
