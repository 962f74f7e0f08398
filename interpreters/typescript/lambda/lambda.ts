/**
 * A lambda: its text, its place, its syntax tree and what it closes over; and how it names columns. Only functions that
 * a paragraph wrote (marked by the compiler), or whose own text says all, can be read so.
 */
import type { Paragraph } from '../bridge.ts';
import {
  child,
  children,
  declared,
  isFunction,
  maybeChild,
  type Node,
  nodeOf,
  propertyName,
  references,
  walk,
  word,
} from './syntax.ts';

export type Lambda = {
  readonly text: string;
  readonly place?: { readonly paragraph: Paragraph; readonly start: number };
  readonly root: Node;
  /** The expression it returns, or its block. */
  readonly body: Node;
  readonly captures: Readonly<Record<string, unknown>>;
  readonly row: RowParameter;
  /** The name of a second parameter: the row's number from 0. */
  readonly index?: string;
};

/** How the text names columns: `f.delay`, or `delay` of `({ delay }) => …`. */
export type RowParameter =
  | { readonly kind: 'none' }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'fields'; readonly columns: ReadonlyMap<string, { readonly column: string; readonly node: Node }> }
  /** The row is used as a whole, or its name is used for something else inside. */
  | { readonly kind: 'whole'; readonly pattern: Node };

/** A function can't be used as a lambda; `node` is where, if one is known. */
export class Unusable extends Error {
  readonly node: Node | undefined;
  readonly kind: 'promise' | 'unreadable';
  constructor(kind: Unusable['kind'], message: string, node?: Node) {
    super(message);
    this.kind = kind;
    this.node = node;
  }
}

export type Source = {
  readonly text: string;
  readonly place?: Lambda['place'];
  readonly captures: Readonly<Record<string, unknown>>;
};

export function readLambda(source: Source, parse: (text: string) => unknown): Lambda {
  const root = nodeOf(parse(source.text));
  if (!isFunction(root)) throw new Unusable('unreadable', 'This is no function that can be read.');
  if (root.async === true) {
    throw new Unusable(
      'promise',
      'A lambda gives its value at once; this one is async and would give a promise.',
      root,
    );
  }
  if (root.generator === true) throw new Unusable('unreadable', 'A generator is no lambda.', root);
  const [first, second] = children(root, 'params');
  return {
    text: source.text,
    ...(source.place ? { place: source.place } : {}),
    root,
    body: child(root, 'body'),
    captures: source.captures,
    row: rowParameter(root, first),
    ...(second?.type === 'Identifier' ? { index: word(second, 'name') } : {}),
  };
}

function rowParameter(root: Node, parameter: Node | undefined): RowParameter {
  if (!parameter) return { kind: 'none' };
  const body = child(root, 'body');
  const inner = innerNames(body);
  if (declared(parameter).some((name) => inner.has(name))) return { kind: 'whole', pattern: parameter };
  if (parameter.type === 'Identifier') {
    const name = word(parameter, 'name');
    return usedAsWhole(body, name) ? { kind: 'whole', pattern: parameter } : { kind: 'name', name };
  }
  if (parameter.type !== 'ObjectPattern') return { kind: 'whole', pattern: parameter };
  const columns = new Map<string, { column: string; node: Node }>();
  for (const property of children(parameter, 'properties')) {
    const value = property.type === 'Property' ? child(property, 'value') : property;
    if (value.type !== 'Identifier' || property.computed === true) return { kind: 'whole', pattern: parameter };
    const key = child(property, 'key');
    const column = key.type === 'Identifier' ? word(key, 'name') : String(key.value);
    columns.set(word(value, 'name'), { column, node: key });
  }
  return assigned(body, new Set(columns.keys())) ? { kind: 'whole', pattern: parameter } : { kind: 'fields', columns };
}

/** Names declared inside: they would hide a parameter. */
function innerNames(body: Node): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of walk(body)) {
    if (node.type === 'VariableDeclarator') for (const name of declared(child(node, 'id'))) names.add(name);
    if (node.type === 'CatchClause' && node.param) for (const name of declared(child(node, 'param'))) names.add(name);
    if (isFunction(node)) {
      for (const parameter of children(node, 'params')) for (const name of declared(parameter)) names.add(name);
      if (node.type === 'FunctionDeclaration') for (const name of declared(child(node, 'id'))) names.add(name);
    }
  }
  return names;
}

/** Whether `name` stands anywhere but in `name.column`, or such a column is written to. */
function usedAsWhole(body: Node, name: string): boolean {
  const fields = new Set<Node>();
  for (const node of walk(body)) {
    if (node.type !== 'MemberExpression' || propertyName(node) === undefined) continue;
    const object = child(node, 'object');
    if (object.type === 'Identifier' && word(object, 'name') === name) fields.add(object);
  }
  for (const node of walk(body)) {
    // `row.toString()` calls something of the row itself.
    if (node.type === 'CallExpression' && fields.has(maybeChild(child(node, 'callee'), 'object') ?? node)) return true;
    if (node.type === 'Property' && node.shorthand === true && declared(child(node, 'key')).includes(name)) return true;
    if (isTarget(node, (target) => target.type === 'MemberExpression' && fields.has(child(target, 'object'))))
      return true;
  }
  return references(body, name).some((node) => !fields.has(node));
}

const assigned = (body: Node, names: ReadonlySet<string>): boolean => {
  for (const node of walk(body)) {
    if (isTarget(node, (target) => target.type === 'Identifier' && names.has(word(target, 'name')))) return true;
  }
  return false;
};

function isTarget(node: Node, fits: (target: Node) => boolean): boolean {
  if (node.type === 'AssignmentExpression') return fits(child(node, 'left'));
  if (node.type === 'UpdateExpression') return fits(child(node, 'argument'));
  return node.type === 'UnaryExpression' && node.operator === 'delete' && fits(child(node, 'argument'));
}

/** Captured names that the lambda assigns: they are copies, so this could not be meant. */
export function assignedCaptures(lambda: Lambda): Node | undefined {
  const names = new Set(Object.keys(lambda.captures));
  for (const node of walk(lambda.body)) {
    if (isTarget(node, (target) => target.type === 'Identifier' && names.has(word(target, 'name')))) return node;
  }
  return undefined;
}
