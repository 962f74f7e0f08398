/**
 * Every paragraph is a module for the compiler. What it declares at the top is exported behind its text; what earlier
 * paragraphs declare, the nearest first, is imported before it, so that a name declared again means the new one and
 * later names are unknown. The head stands before the text, where no half-typed bracket can swallow it. It has only the
 * names that the text says, or the compiler's work and memory would grow with the square of the notebook; where somebody
 * completes a word it has all of them.
 */
import { typescript as ts } from 'monaco-editor/languages/features/typescript/lib/typescriptServices';

export type Declared = {
  readonly names: ReadonlySet<string>;
  /** Those that the text exports by itself. */
  readonly exported: ReadonlySet<string>;
  /** Those that are `const`. */
  readonly constant: ReadonlySet<string>;
  /** Every word of the text, names among them. */
  readonly said: ReadonlySet<string>;
};

const WORD = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*/gu;

export function declaredIn(text: string): Declared {
  const names = new Set<string>();
  const exported = new Set<string>();
  const constant = new Set<string>();
  const file = ts.createSourceFile('declared.ts', text, ts.ScriptTarget.ESNext);
  for (const statement of file.statements) {
    const before = new Set(names);
    if (ts.isVariableStatement(statement)) {
      const { declarations, flags } = statement.declarationList;
      for (const { name } of declarations) {
        bind(name, names);
        if (flags & ts.NodeFlags.Const) bind(name, constant);
      }
    } else if (ts.isImportDeclaration(statement)) {
      const clause = statement.importClause;
      if (clause?.name) bind(clause.name, names);
      if (clause?.namedBindings?.name) bind(clause.namedBindings.name, names);
      for (const element of clause?.namedBindings?.elements ?? []) bind(element.name, names);
    } else if (statement.name) bind(statement.name, names);
    if (statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) {
      for (const name of names) if (!before.has(name)) exported.add(name);
    }
  }
  return { names, exported, constant, said: new Set(text.match(WORD)) };
}

function bind(name: ts.Node, names: Set<string>): void {
  if (ts.isIdentifier(name)) {
    if (name.text !== '') names.add(name.text);
  } else if (ts.isObjectBindingPattern(name) || ts.isArrayBindingPattern(name)) {
    for (const element of name.elements) if (element.name) bind(element.name, names);
  }
}

export type Module = { readonly head: string; readonly tail: string };

/** The frames of modules in this order; `file` gives a module's name. The one that is `whole` imports every name. */
export function framesOf<Id>(
  order: readonly (readonly [Id, Declared])[],
  file: (id: Id) => string,
  whole: Id | undefined,
): ReadonlyMap<Id, Module> {
  const frames = new Map<Id, Module>();
  /** Who declared a name last so far. */
  const owners = new Map<string, Id>();
  for (const [id, { names, exported, said }] of order) {
    const imports = new Map<Id, string[]>();
    for (const name of id === whole ? owners.keys() : said) {
      const owner = owners.get(name);
      if (owner === undefined || names.has(name)) continue;
      const list = imports.get(owner) ?? [];
      list.push(name);
      imports.set(owner, list);
    }
    const head = [...imports].map(
      ([owner, list]) => `import { ${list.join(', ')} } from ${JSON.stringify(file(owner))};`,
    );
    const own = [...names].filter((name) => !exported.has(name));
    frames.set(id, { head: `${head.join('')}\n`, tail: `\n;export { ${own.join(', ')} };` });
    for (const name of names) owners.set(name, id);
  }
  return frames;
}
