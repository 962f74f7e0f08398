/**
 * A paragraph, or a `.ts` file beside the notebook, as a script: the expression of one asynchronous function around the
 * text. So `await` works, declarations are the language's own (`const` stays constant, a use before the declaration
 * fails), and errors are rejections. What it declares is handed out through accessors that close over it, put before the
 * text; a later paragraph reaches it through them, so a changed `let` is seen everywhere.
 *
 * The text keeps its characters but for a few insertions; `offsetAt` leads from a place of the script back to the text.
 */
import type { AnyNode, Program } from 'acorn';
import { Failed, failure } from '../../errors.ts';
import { applyEdits, type Edit } from './edits.ts';
import { markEdits } from './marks.ts';
import { exportsOf, importEdits, importOf, type ModuleExports } from './modules.ts';
import { offsetOf, span } from './place.ts';
import { childrenOf, type Kind, type Scopes, scopesOf, type Use } from './scopes.ts';
import { parseSource } from './syntax.ts';

/** A variable that an earlier unit declared. */
export type Earlier = {
  readonly unit: number;
  /** Nothing assigns to it: its value can be handed over as it is. */
  readonly fixed: boolean;
};

export type Compiled = {
  /** `'use strict';` and the function, which takes tools, units and values. */
  readonly code: string;
  /** The source with types blanked. */
  readonly text: string;
  readonly declares: readonly { readonly name: string; readonly fixed: boolean }[];
  /** Variables of earlier units: handed over as values, or reached in their unit. */
  readonly values: readonly { readonly name: string; readonly unit: number }[];
  readonly units: readonly number[];
  /** Names of earlier units that it assigns to. */
  readonly assigns: readonly string[];
  /** Free names that are neither an earlier unit's nor assigned to: globals, tables, or nothing. */
  readonly open: readonly string[];
  /** What it imports from, in so many words. */
  readonly imports: readonly string[];
  /** The offset in the source for a line and column of the script; undefined in what was put around it. */
  offsetAt(line: number, column: number): number | undefined;
};

export type CompileOptions = {
  readonly earlier: (name: string) => Earlier | undefined;
  /** The value of a last declaration is the paragraph's. */
  readonly named: boolean;
  /** Free names that stand for the session's tables. */
  readonly tables?: ReadonlySet<string>;
};

/** Throws `Failed`. */
export function compileParagraph(source: string, { earlier, named, tables }: CompileOptions): Compiled {
  const { text, program } = parseSource(source);
  refuse(text, program, REFUSED_IN_PARAGRAPHS);
  const scopes = scopesOf(program);
  const last = lastStatement(program);
  const returned = named && last?.type === 'VariableDeclaration' ? last.declarations.at(-1)?.id : undefined;
  return assemble({
    text,
    program,
    scopes,
    earlier,
    tables: tables ?? new Set(),
    given: accessors([...scopes.top.names.keys()].map((name) => [name, name])),
    edits: last?.type === 'ExpressionStatement' ? returnEdits(text, last) : [],
    read: last?.type === 'ExpressionStatement' ? readOf(last.expression) : undefined,
    suffix: returned?.type === 'Identifier' ? `;return ${returned.name}` : '',
  });
}

/** Throws `Failed`. */
export function compileModule(source: string): Compiled {
  const { text, program } = parseSource(source);
  refuse(text, program, new Set());
  const found: ModuleExports = exportsOf(text, program);
  const stars = found.stars.map((specifier) => `,await ${importOf(specifier, { start: 0, end: 0 }, [])}`).join('');
  return assemble({
    text,
    program,
    scopes: scopesOf(program),
    earlier: () => undefined,
    tables: new Set(),
    given: `let __default;${accessors(found.names)}${found.imports}${stars === '' ? '' : `__stars(${stars.slice(1)});`}`,
    edits: found.edits,
    suffix: '',
  });
}

function assemble(parts: {
  readonly text: string;
  readonly program: Program;
  readonly scopes: Scopes;
  readonly earlier: CompileOptions['earlier'];
  readonly tables: ReadonlySet<string>;
  /** Statements before the text, those that give out its variables among them. */
  readonly given: string;
  readonly edits: readonly Edit[];
  readonly read?: Read | undefined;
  readonly suffix: string;
}): Compiled {
  const { text, program, scopes, earlier, tables } = parts;
  const free = scopes.uses.filter((use) => use.scope === undefined);
  const assigned = new Set(free.filter((use) => use.write).map((use) => use.name));
  const written = new Set(scopes.uses.filter((use) => use.write && use.scope === scopes.top).map((use) => use.name));
  const values = new Map<string, number>();
  const units = new Set<number>();
  const reach = (use: Use): string | undefined => {
    const found = earlier(use.name);
    if (!found) return undefined;
    if (found.fixed && !assigned.has(use.name)) {
      values.set(use.name, found.unit);
      return use.name;
    }
    units.add(found.unit);
    return `__${found.unit}.${use.name}`;
  };
  const { edits: imports, prefix, specifiers } = importEdits(program);
  const edits = [
    ...imports,
    ...parts.edits,
    ...(parts.read ? [{ start: parts.read.start, end: parts.read.start, text: '(__owner((' }] : []),
    ...awaitEdits(program),
    ...markEdits(program, scopes, reach),
    ...free.flatMap((use) => useEdits(use, reach(use))),
    ...(parts.read ? [parts.read.close] : []),
  ];
  const edited = applyEdits(text, edits);
  const open = [...new Set(free.map(({ name }) => name))].filter((name) => !assigned.has(name) && !earlier(name));
  const tabled = open.filter((name) => tables.has(name));
  const frames = tabled.map((name) => `${name}=__table(${JSON.stringify(name)})`).join();
  const given = `${parts.given}${prefix}${frames === '' ? '' : `const ${frames};`}`;
  const head = `'use strict';(async({${TOOLS.join()}},{${[...units].map((unit) => `__${unit}`).join()}},{${[...values.keys()].join()}})=>{${given}\n`;
  const code = `${head}${edited.text}${parts.suffix}\n})`;
  return {
    code,
    text,
    declares: [...scopes.top.names].map(([name, kind]) => ({ name, fixed: isFixed(kind) && !written.has(name) })),
    values: [...values].map(([name, unit]) => ({ name, unit })),
    units: [...units],
    assigns: [...assigned],
    open,
    imports: specifiers,
    offsetAt(line, column) {
      if (line < 2) return undefined;
      return edited.origin(offsetOf(code, line, column) - head.length);
    },
  };
}

/** What the code of a unit is given. */
const TOOLS = ['__lambda', '__owner', '__table', '__wait', '__scope', '__import', '__stars', '__paragraph'] as const;

const isFixed = (kind: Kind): boolean => kind !== 'let' && kind !== 'var';

const accessors = (names: readonly (readonly [name: string, local: string])[]): string =>
  `__scope({${names
    .map(([name, local]) => {
      const key = JSON.stringify(name);
      return `get ${key}(){return ${local}},set ${key}(v){${local}=v}`;
    })
    .join()}});`;

/** Every use of an earlier variable that is not handed over as a value. */
function useEdits(use: Use, expression: string | undefined): readonly Edit[] {
  if (expression === undefined || expression === use.name) return [];
  const { start, end, name, form } = use;
  if (form === 'shorthand') return [{ start, end, text: `${name}:${expression}` }];
  return [{ start, end, text: form === 'called' ? `(0,${expression})` : expression }];
}

function lastStatement(program: Program): AnyNode | undefined {
  return program.body.findLast((statement) => statement.type !== 'EmptyStatement');
}

/** The value of the last expression: awaited, if it is a promise. */
function returnEdits(text: string, { start, end }: AnyNode): readonly Edit[] {
  const stop = text[end - 1] === ';' ? end - 1 : end;
  return [
    { start, end: start, text: 'return __wait((' },
    { start: stop, end: stop, text: `),${start})` },
  ];
}

/**
 * What a last expression reads a property of: it may be a DataFrame, which has none but its verbs. In brackets: behind a call
 * the engine would tell another place.
 */
type Read = { readonly start: number; readonly close: Edit };

function readOf(expression: AnyNode): Read | undefined {
  if (expression.type !== 'MemberExpression' || expression.computed || expression.optional) return undefined;
  const { object, property } = expression;
  if (property.type !== 'Identifier' || object.type === 'Super') return undefined;
  const { start, end } = object;
  const text = `),${JSON.stringify(property.name)},${property.start},${property.end},__paragraph))`;
  return { start, close: { start: end, end, text, closes: true } };
}

/** What each `await` of the text's top level waits for is told with its place, for when it never comes. */
function awaitEdits(program: Program): readonly Edit[] {
  const edits: Edit[] = [];
  const visit = (node: AnyNode): void => {
    if (/Function|Class|StaticBlock/.test(node.type)) return;
    if (node.type === 'AwaitExpression') {
      const { start, end } = node.argument;
      edits.push({ start, end: start, text: '__wait(' });
      visit(node.argument);
      edits.push({ start: end, end, text: `,${node.start})`, closes: true });
    } else for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
  return edits;
}

const REFUSED_IN_PARAGRAPHS: ReadonlySet<string> = new Set([
  'ExportNamedDeclaration',
  'ExportDefaultDeclaration',
  'ExportAllDeclaration',
]);

/** What the language has, and a paragraph can't. */
function refuse(text: string, program: Program, refused: ReadonlySet<string>): void {
  for (const { type, start } of program.body) {
    if (!refused.has(type)) continue;
    const hint = 'Later paragraphs see what this one declares without it; a .ts file beside the notebook may export.';
    const parts = { hint, ...span(text, start, start + 'export'.length) };
    throw new Failed(failure('syntax', 'A paragraph has no exports.', parts));
  }
  const visit = (node: AnyNode): void => {
    if (node.type === 'MetaProperty' && node.meta.name === 'import') {
      const parts = { hint: 'Files lie in data/.', ...span(text, node.start, node.end) };
      throw new Failed(failure('unsupported', 'There is no import.meta: a paragraph is no file.', parts));
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
}
