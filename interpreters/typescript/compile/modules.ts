/**
 * `import` and `export` as calls: an import is blanked, and its names are taken from `__import(specifier, start, end, names)`
 * before the text begins; `export` is blanked, and accessors give the names out.
 */
import type { AnyNode, ExportSpecifier, ImportDeclaration, Program } from 'acorn';
import type { Edit } from './edits.ts';
import { childrenOf, namesIn } from './scopes.ts';

/** The call that gives a module's names. */
export const importOf = (
  specifier: string,
  { start, end }: { readonly start: number; readonly end: number },
  names: readonly string[],
): string => `__import(${JSON.stringify(specifier)},${start},${end},${JSON.stringify(names)})`;

export function importEdits(program: Program): {
  readonly edits: readonly Edit[];
  readonly prefix: string;
  /** What it imports in so many words. */
  readonly specifiers: readonly string[];
} {
  const edits: Edit[] = [];
  const specifiers: string[] = [];
  let prefix = '';
  const visit = (node: AnyNode): void => {
    if (node.type === 'ImportDeclaration') {
      edits.push({ start: node.start, end: node.end, text: ';' });
      prefix += bindings(node);
      specifiers.push(String(node.source.value));
    } else if (node.type === 'ImportExpression') {
      edits.push({ start: node.start, end: node.start + 'import'.length, text: '__import' });
      visit(node.source);
      // Options of an import mean nothing here.
      edits.push({ start: node.source.end, end: node.end, text: `,${node.start},${node.end},[])`, closes: true });
    } else {
      if ('source' in node && node.source && 'value' in node.source && node.source.value)
        specifiers.push(String(node.source.value));
      for (const child of childrenOf(node)) visit(child);
    }
  };
  visit(program);
  return { edits, prefix, specifiers };
}

function bindings(node: ImportDeclaration): string {
  const specifier = String(node.source.value);
  const named: string[] = [];
  const names: string[] = [];
  let all: string | undefined;
  for (const one of node.specifiers) {
    if (one.type === 'ImportNamespaceSpecifier') all = one.local.name;
    else {
      const name = one.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(one.imported);
      names.push(name);
      named.push(`${JSON.stringify(name)}:${one.local.name}`);
    }
  }
  const call = `await ${importOf(specifier, node, names)}`;
  if (all !== undefined) return `const ${all}=${call};${named.length > 0 ? `const{${named.join()}}=${all};` : ''}`;
  return named.length > 0 ? `const{${named.join()}}=${call};` : `${call};`;
}

const nameOf = (node: ExportSpecifier['exported']): string =>
  node.type === 'Identifier' ? node.name : String(node.value);

export type ModuleExports = {
  /** Exported name → how the module's code calls it. */
  readonly names: readonly (readonly [name: string, local: string])[];
  /** Modules all of whose names are exported too. */
  readonly stars: readonly string[];
  /** Statements that bring in what is exported from elsewhere. */
  readonly imports: string;
  readonly edits: readonly Edit[];
};

export function exportsOf(text: string, program: Program): ModuleExports {
  const names: (readonly [string, string])[] = [];
  const stars: string[] = [];
  const edits: Edit[] = [];
  let imports = '';
  const from = (specifier: string, node: AnyNode): string => {
    const local = `__from${node.start}`;
    imports += `const ${local}=await ${importOf(specifier, node, [])};`;
    return local;
  };
  for (const node of program.body) {
    switch (node.type) {
      case 'ExportNamedDeclaration': {
        const { declaration, source } = node;
        if (declaration) {
          edits.push({ start: node.start, end: declaration.start, text: '' });
          const locals =
            declaration.type === 'VariableDeclaration'
              ? declaration.declarations.flatMap(({ id }) => namesIn(id))
              : [declaration.id.name];
          names.push(...locals.map((local) => [local, local] as const));
          break;
        }
        edits.push({ start: node.start, end: node.end, text: ';' });
        const module = source ? from(String(source.value), node) : undefined;
        for (const { local, exported } of node.specifiers) {
          const inner = nameOf(local);
          names.push([nameOf(exported), module === undefined ? inner : `${module}[${JSON.stringify(inner)}]`]);
        }
        break;
      }
      case 'ExportAllDeclaration':
        edits.push({ start: node.start, end: node.end, text: ';' });
        if (node.exported) names.push([nameOf(node.exported), from(String(node.source.value), node)]);
        else stars.push(String(node.source.value));
        break;
      case 'ExportDefaultDeclaration': {
        const { declaration } = node;
        const local = 'id' in declaration && declaration.id ? declaration.id.name : undefined;
        const isDeclared = declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration';
        if (isDeclared && local !== undefined) {
          edits.push({ start: node.start, end: declaration.start, text: '' });
          names.push(['default', local]);
        } else {
          // What stands before the expression, an opening bracket among it, stays.
          const keyword = /^export\s+default/.exec(text.slice(node.start))?.[0].length ?? 0;
          edits.push({ start: node.start, end: node.start + keyword, text: '__default=' });
          if (isDeclared) edits.push({ start: node.end, end: node.end, text: ';', closes: true });
          names.push(['default', '__default']);
        }
        break;
      }
    }
  }
  return { names, stars, imports, edits };
}
