/**
 * A lambda's syntax tree, read with care: it comes from the parser as plain data (ESTree), so a node is what has a type
 * and two ends, and its members are asked for one by one. Positions are those of the lambda's own text.
 */
export type Node = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
};

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  'start' in value &&
  typeof value.start === 'number' &&
  'end' in value &&
  typeof value.end === 'number';

export function nodeOf(value: unknown): Node {
  if (!isNode(value)) throw new TypeError('The parser gave no syntax tree.');
  return value;
}

/** The child of that name; it must be there. */
export const child = (node: Node, key: string): Node => nodeOf(node[key]);
export const maybeChild = (node: Node, key: string): Node | undefined => (isNode(node[key]) ? node[key] : undefined);
export function children(node: Node, key: string): readonly Node[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}
export const word = (node: Node, key: string): string => (typeof node[key] === 'string' ? node[key] : '');
export const flag = (node: Node, key: string): boolean => node[key] === true;

/** All direct children, in the order of the text. */
export function parts(node: Node): readonly Node[] {
  const found: Node[] = [];
  for (const value of Object.values(node)) {
    if (isNode(value)) found.push(value);
    else if (Array.isArray(value)) found.push(...value.filter(isNode));
  }
  return found.sort((a, b) => a.start - b.start);
}

export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const part of parts(node)) yield* walk(part);
}

export const isFunction = (node: Node): boolean =>
  node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration';

/** `name` of `object.name` and `object['name']`; undefined where it is computed. */
export function propertyName(member: Node): string | undefined {
  const property = child(member, 'property');
  if (!flag(member, 'computed')) return word(property, 'name');
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined;
}

/** Without parentheses (acorn keeps none) and `?.` chains around it: every access here is safe on null anyway. */
export const bare = (node: Node): Node => (node.type === 'ChainExpression' ? child(node, 'expression') : node);

/** Names that a pattern declares. */
export function declared(pattern: Node): readonly string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [word(pattern, 'name')];
    case 'ObjectPattern':
      return children(pattern, 'properties').flatMap((property) =>
        declared(property.type === 'RestElement' ? property : child(property, 'value')),
      );
    case 'ArrayPattern':
      return children(pattern, 'elements').flatMap(declared);
    case 'RestElement':
      return declared(child(pattern, 'argument'));
    case 'AssignmentPattern':
      return declared(child(pattern, 'left'));
    default:
      return [];
  }
}

/** Identifiers of that name that mean a variable: no property names, no keys. */
export function references(root: Node, name: string): readonly Node[] {
  const labels = new Set<Node>();
  const found: Node[] = [];
  for (const node of walk(root)) {
    if (node.type === 'MemberExpression' && node.computed !== true) labels.add(child(node, 'property'));
    if (
      (node.type === 'Property' || node.type === 'PropertyDefinition') &&
      node.computed !== true &&
      node.shorthand !== true
    ) {
      labels.add(child(node, 'key'));
    }
    if (node.type === 'Identifier' && word(node, 'name') === name) found.push(node);
  }
  return found.filter((node) => !labels.has(node));
}
