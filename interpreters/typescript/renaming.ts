/**
 * Where a TypeScript paragraph names a table that is to be called otherwise, by its syntax tree: free names (a variable of an
 * earlier paragraph may be meant: whoever knows those decides), `table('…')`, `.save('…')`, types of it, paths of its file,
 * and the texts of SQL in it, which the engine reads. Locals, properties and other texts of that name are something else.
 */
import type { AnyNode, Program } from 'acorn';
import {
  applied,
  boundRenamed,
  foldTable,
  type InnerSql,
  mentions,
  NOT_NAMED,
  pathsIn,
  type Renamed,
  type Renaming,
  type RenamingEdit,
  type Span,
} from '../renaming.ts';
import { MOST_READ } from '../uses.ts';
import { childrenOf, scopesOf, type Use } from './compile/scopes.ts';
import { parseSource } from './compile/syntax.ts';

export function renamedInTypescript(source: string, rename: Renaming): Renamed {
  if (!mentions(source, rename.from)) return NOT_NAMED;
  if (source.length > MOST_READ) return { edits: [], doubts: [{ start: 0, end: 0 }] };
  try {
    const { program, text } = parseSource(source);
    const found: Found = { source, rename, edits: [], doubts: [], inner: [] };
    const { top, uses } = scopesOf(program);
    for (const use of uses) if (use.name === rename.from && !use.scope) variable(use, found);
    for (const statement of program.body) visit(statement, found);
    const clash = clashOf(
      source,
      found.edits.toSorted((a, b) => a.start - b.start),
      rename,
    );
    // Types have no scopes here: where something in this text is called so, one of its types may be that one's.
    const hasOwn = top.names.has(rename.from) || uses.some(({ name, scope }) => name === rename.from && scope);
    const typed = inTypes(source, text, rename);
    const edits = [...found.edits, ...typed.filter(({ variable }) => !(variable && hasOwn))];
    if (hasOwn && edits.some(({ variable }) => variable))
      found.doubts.push(...typed.filter(({ variable }) => variable));
    return boundRenamed({ ...found, edits, ...(clash ? { clash } : {}) });
  } catch {
    // It does not run either.
    return { edits: [], doubts: [{ start: 0, end: 0 }] };
  }
}

type Found = {
  readonly source: string;
  readonly rename: Renaming;
  readonly edits: RenamingEdit[];
  readonly doubts: Span[];
  readonly inner: InnerSql[];
};

function variable({ start, end, form, write }: Use, { rename, edits, doubts }: Found): void {
  // Who assigns to it has a variable of that name.
  if (write) doubts.push({ start, end });
  else {
    const text = asValue(rename.to);
    edits.push({ start, end, text: form === 'shorthand' ? `${rename.from}: ${text}` : text, variable: true });
  }
}

/** A name that no value has by itself; any other table is asked for. */
const asValue = (name: string): string => (isFreeName(name) ? name : `table('${name.replace(/[\\']/g, '\\$&')}')`);

const isFreeName = (name: string): boolean =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && !TAKEN.has(name) && !(name in globalThis);

/** Words of the language, and what every paragraph has (`api.d.ts`): a table of that name is hidden by it. */
export const TAKEN: ReadonlySet<string> = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally for ' +
    'function if import in instanceof new null return super switch this throw true try typeof var void while with yield ' +
    'let static implements interface package private protected public arguments eval undefined globalThis ' +
    'Aggregate Displayable Sort DataFrame GroupedFrame table sql count sum mean min max median quantile stddev distinct ' +
    'first last share asc desc chart html markdown image display forms'
  ).split(' '),
);

function visit(node: AnyNode, found: Found): void {
  switch (node.type) {
    case 'CallExpression': {
      const { callee } = node;
      const [given] = node.arguments;
      const called = callee.type === 'Identifier' ? callee.name : undefined;
      const isSaving =
        callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && callee.property.name === 'save';
      if (given && (called === 'table' || isSaving)) named(given, found);
      else if (given && called === 'sql') query(given, found);
      break;
    }
    case 'TaggedTemplateExpression':
      if (node.tag.type === 'Identifier' && node.tag.name === 'sql') query(node.quasi, found);
      break;
    case 'Literal':
    case 'TemplateLiteral':
      if (node.type === 'TemplateLiteral' || typeof node.value === 'string')
        found.edits.push(...pathsIn(written(node, found.source), found.rename, node.start));
      break;
  }
  for (const child of childrenOf(node)) visit(child, found);
}

const written = ({ start, end }: Span, source: string): string => source.slice(start, end);

/** `table('flights')`. */
function named(node: AnyNode, { source, rename, edits, doubts }: Found): void {
  const value = plainText(node);
  if (value === undefined || foldTable(value) !== foldTable(rename.from)) return;
  const { start, end } = node;
  if (written({ start: start + 1, end: end - 1 }, source) !== value) doubts.push({ start, end });
  else edits.push({ start: start + 1, end: end - 1, text: inQuotes(rename.to, source[start] ?? '') });
}

const inQuotes = (text: string, quote: string): string => text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);

function plainText(node: AnyNode): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type !== 'TemplateLiteral' || node.quasis.length !== 1) return undefined;
  return node.quasis[0]?.value.cooked ?? undefined;
}

/** A text of SQL; what is put in stands as a name, which can be a value and a table. */
function query(node: AnyNode, { source, rename, inner, doubts }: Found): void {
  const isTemplate = node.type === 'TemplateLiteral';
  if (!isTemplate && plainText(node) === undefined) return;
  const { start, end } = node;
  const raw = written({ start: start + 1, end: end - 1 }, source);
  if (!mentions(raw, rename.from)) return;
  if (/\\/.test(raw)) {
    doubts.push({ start, end });
    return;
  }
  let text = raw;
  if (isTemplate) {
    for (const [index, { end: from }] of node.quasis.entries()) {
      const next = node.quasis[index + 1];
      if (!next) break;
      const [open, close] = [from - start - 1, next.start - start - 1];
      text = text.slice(0, open) + '_'.repeat(close - open) + text.slice(close);
    }
  }
  inner.push({ start: start + 1, text, quote: source[start] ?? '' });
}

/** Types are cut out before the tree is made: `typeof flights`, which a variable may be, and `Tables['flights']`. */
function inTypes(source: string, stripped: string, { from, to }: Renaming): readonly RenamingEdit[] {
  const name = from.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const typed = new RegExp(`(\\btypeof\\s+)(${name})(?![\\p{ID_Continue}$])|(\\bTables\\[(['"]))(${name})\\4\\]`, 'gu');
  return [...source.matchAll(typed)].flatMap((match): RenamingEdit[] => {
    const [all, before = '', value, bracket = ''] = match;
    const isCut = stripped.slice(match.index, match.index + all.length).trim() === '';
    // What is no name of a value can't be asked for its type.
    if (!isCut || (value !== undefined && !isFreeName(to))) return [];
    const start = match.index + (value === undefined ? bracket.length : before.length);
    return [{ start, end: start + from.length, text: to, ...(value === undefined ? {} : { variable: true }) }];
  });
}

/** Where the new name is a local's, or a variable's that this text makes. */
function clashOf(source: string, edits: readonly RenamingEdit[], { from, to }: Renaming): Span | undefined {
  const variables = edits.filter(({ variable }) => variable === true);
  const [first] = variables;
  if (!first || from === to || !isFreeName(to)) return undefined;
  const { text, places } = applied(source, edits);
  const known = new Set(edits.flatMap((edit, index) => (edit.variable ? [endOf(places[index] ?? 0, edit.text)] : [])));
  const uses = scopesOf(parsed(text)).uses.filter(({ name, scope }) => name === to && scope === undefined);
  return uses.length === variables.length && uses.every(({ end }) => known.has(end)) ? undefined : first;
}

const endOf = (start: number, text: string): number => start + text.length;
const parsed = (text: string): Program => parseSource(text).program;
