/** Parts of a lambda whose value is the same for all rows: computed once, by the JavaScript printing. */
import { dependsOnRow, printConstant } from './columns.ts';
import type { Lambda } from './lambda.ts';
import { bare, child, children, isFunction, maybeChild, type Node, propertyName, walk, word } from './syntax.ts';
import { CONVERSIONS, methods, runtime } from './values.ts';

export type Constant = { readonly value: unknown; readonly captured: boolean };

const PURE_NAMESPACES: ReadonlySet<string> = new Set(['Math', 'Number', 'String', 'Date', 'JSON', 'Object', 'Array']);
const PURE_CLASSES: ReadonlySet<string> = new Set(['Date', 'Set', 'Map', 'Array']);
const PURE_METHODS: ReadonlySet<string> = new Set([
  ...Object.keys(methods),
  'toLowerCase',
  'toUpperCase',
  'toFixed',
  'toISOString',
  'getTime',
  'valueOf',
  'toString',
  'join',
  'has',
  'get',
]);

/** The value of a node that depends on no row and can't do anything but be computed; undefined for others. */
export function constantOf(lambda: Lambda, node: Node): Constant | undefined {
  if (isFunction(node) || node.type === 'RegExpLiteral' || 'regex' in node || node.type === 'ObjectExpression')
    return undefined;
  if (dependsOnRow(lambda, node) || ![...walk(node)].every((part) => isPure(lambda, part))) return undefined;
  const names = Object.keys(lambda.captures);
  const used = names.filter((name) =>
    [...walk(node)].some((part) => part.type === 'Identifier' && word(part, 'name') === name),
  );
  const printed = printConstant(lambda, node);
  const compute: unknown = new Function(printed.runtime, ...used, `return (${printed.code});`);
  if (typeof compute !== 'function') return undefined;
  try {
    return {
      value: Reflect.apply(compute, undefined, [runtime, ...used.map((name) => lambda.captures[name])]),
      captured: used.length > 0,
    };
  } catch {
    // Where it throws for each row, it does so over columns, with its place.
    return undefined;
  }
}

function isPure(lambda: Lambda, node: Node): boolean {
  switch (node.type) {
    case 'CallExpression':
      return isPureCall(lambda, node);
    case 'NewExpression':
      return PURE_CLASSES.has(word(child(node, 'callee'), 'name'));
    case 'Identifier':
    case 'Literal':
    case 'TemplateElement':
    case 'TemplateLiteral':
    case 'ArrayExpression':
    case 'SpreadElement':
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'ConditionalExpression':
    case 'MemberExpression':
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return !('regex' in node);
    case 'UnaryExpression':
      return word(node, 'operator') !== 'delete';
    default:
      return false;
  }
}

function isPureCall(lambda: Lambda, node: Node): boolean {
  const callee = bare(child(node, 'callee'));
  if (callee.type === 'Identifier')
    return CONVERSIONS.has(word(callee, 'name')) && !Object.hasOwn(lambda.captures, word(callee, 'name'));
  const object = maybeChild(callee, 'object');
  const name = propertyName(callee);
  if (!object || name === undefined) return false;
  if (
    object.type === 'Identifier' &&
    PURE_NAMESPACES.has(word(object, 'name')) &&
    !Object.hasOwn(lambda.captures, word(object, 'name'))
  ) {
    return name !== 'random';
  }
  return PURE_METHODS.has(name) && children(node, 'arguments').every((argument) => !isFunction(argument));
}
