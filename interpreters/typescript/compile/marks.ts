/**
 * Which functions of a text are marked as lambdas, and how. Marked are arrow functions and function expressions that are an
 * argument of a call, a value in an object or array that is one, or what a variable is initialised with. What only arrays
 * and promises have (`map`, `then`) is left alone, so that loops over them cost nothing.
 */
import type { AnyNode, ArrowFunctionExpression, FunctionExpression, Program } from 'acorn';
import type { Edit } from './edits.ts';
import { childrenOf, isWithin, type Scopes, type Use } from './scopes.ts';

/** How a variable of an earlier paragraph is reached; undefined for globals. */
export type Reach = (use: Use) => string | undefined;

export function markEdits(program: Program, scopes: Scopes, reach: Reach): readonly Edit[] {
  const edits: Edit[] = [];
  visit(program);
  return edits;

  function visit(node: AnyNode): void {
    switch (node.type) {
      case 'CallExpression':
      case 'NewExpression': {
        visit(node.callee);
        const marked = !isCommon(node.callee);
        for (const argument of node.arguments) value(argument, marked);
        return;
      }
      case 'VariableDeclarator':
        if (node.init && isFunction(node.init) && node.id.type === 'Identifier') mark(node.init, node.id.name);
        else if (node.init) visit(node.init);
        return;
      default:
        for (const child of childrenOf(node)) visit(child);
    }
  }

  function value(node: AnyNode, marked: boolean): void {
    if (!marked) visit(node);
    else if (isFunction(node)) mark(node);
    else if (node.type === 'ObjectExpression') {
      for (const property of node.properties) {
        if (property.type !== 'Property' || property.method || property.kind !== 'init') visit(property);
        else {
          if (property.computed) visit(property.key);
          value(property.value, true);
        }
      }
    } else if (node.type === 'ArrayExpression') {
      for (const element of node.elements) if (element) value(element, true);
    } else visit(node);
  }

  /** `name`: a function that a variable is initialised with keeps the name it would have had. */
  function mark(node: ArrowFunctionExpression | FunctionExpression, name?: string): void {
    if (node.generator) {
      for (const child of childrenOf(node)) visit(child);
      return;
    }
    const { start, end } = node;
    const [open, close] = name === undefined ? ['', ''] : [`({${JSON.stringify(name)}:`, `})[${JSON.stringify(name)}]`];
    edits.push({ start, end: start, text: `__lambda(${open}` });
    for (const child of childrenOf(node)) visit(child);
    edits.push({
      start: end,
      end,
      text: `${close},${start},${end},()=>({${captures(node)}}),__paragraph)`,
      closes: true,
    });
  }

  function captures(node: AnyNode): string {
    const found = new Map<string, string>();
    for (const use of between(scopes.uses, node)) {
      if (found.has(use.name) || (use.scope && isWithin(use.scope, node))) continue;
      const expression = use.scope ? use.name : reach(use);
      if (expression !== undefined) found.set(use.name, expression);
    }
    return [...found]
      .map(([name, expression]) => `${name === '__proto__' ? `["${name}"]` : name}:${expression}`)
      .join();
  }
}

const isFunction = (node: AnyNode): node is ArrowFunctionExpression | FunctionExpression =>
  node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression';

/** Names that no verb of a DataFrame has. */
const COMMON: ReadonlySet<string> = new Set([
  ...['map', 'flatMap', 'forEach', 'reduce', 'reduceRight', 'some', 'every', 'find', 'findIndex', 'findLast', 'sort'],
  ...['toSorted', 'then', 'catch', 'finally', 'replace', 'replaceAll', 'setTimeout', 'setInterval', 'queueMicrotask'],
]);

function isCommon(callee: AnyNode): boolean {
  if (callee.type === 'Identifier') return COMMON.has(callee.name) || callee.name === 'Promise';
  if (callee.type !== 'MemberExpression' || callee.computed) return false;
  return callee.property.type === 'Identifier' && COMMON.has(callee.property.name);
}

function between(uses: readonly Use[], range: { readonly start: number; readonly end: number }): readonly Use[] {
  let low = 0;
  let high = uses.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (uses[middle]!.start < range.start) low = middle + 1;
    else high = middle;
  }
  let last = low;
  while (last < uses.length && uses[last]!.start < range.end) last += 1;
  return uses.slice(low, last);
}
