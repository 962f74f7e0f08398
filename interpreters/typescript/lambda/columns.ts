/**
 * Prints a lambda as JavaScript over columns: its own text, with operators, members and methods replaced by those of
 * `values.ts`, which give null on null. What it reads of the row becomes variables, one a column, so that no object is
 * made for a row; a lambda that uses its row in another way gets one.
 */
import type { Lambda } from './lambda.ts';
import {
  bare,
  child,
  children,
  flag,
  isFunction,
  maybeChild,
  type Node,
  parts,
  propertyName,
  references,
  word,
} from './syntax.ts';
import { CONVERSIONS, math, methods, operators } from './values.ts';

export type Printed = {
  /** A function expression over `parameters`, which are columns, in this order, or the one row. */
  readonly code: string;
  /** Columns it reads, with where it names them; `whole`: all of them. */
  readonly columns: readonly ColumnUse[];
  readonly whole: boolean;
  /** What the code calls the `runtime` of `values.ts`. */
  readonly runtime: string;
};
export type ColumnUse = { readonly column: string; readonly node: Node };

/** Globals whose members are called as they stand, null in, null out. */
const NAMESPACES: ReadonlySet<string> = new Set([
  'Math',
  'Number',
  'String',
  'Object',
  'Array',
  'JSON',
  'Date',
  'Intl',
  'Reflect',
  'BigInt',
]);

export function printColumns(lambda: Lambda): Printed {
  const printer = new Printer(lambda);
  const body =
    lambda.body.type === 'BlockStatement' ? printer.print(lambda.body) : `{ return (${printer.print(lambda.body)}); }`;
  const whole = lambda.row.kind === 'whole';
  const columns = [...printer.columns.values()];
  const names = whole
    ? [lambda.text.slice(lambda.row.pattern.start, lambda.row.pattern.end)]
    : columns.map((_, index) => `${printer.own}${index}`);
  return {
    code: `(${[...names, ...(lambda.index ? indexName(lambda, whole ? 1 : 0) : [])].join(', ')}) => ${body}`,
    columns,
    whole,
    runtime: printer.own,
  };
}

/** The index goes last. */
const indexName = (lambda: Lambda, _count: number): string[] => (lambda.index ? [lambda.index] : []);

/** Prints an expression that names no column: its value is the same for all rows. */
export function printConstant(lambda: Lambda, node: Node): Pick<Printed, 'code' | 'runtime'> {
  const printer = new Printer(lambda);
  return { code: printer.print(node), runtime: printer.own };
}

class Printer {
  readonly columns = new Map<string, ColumnUse>();
  /** Begins what the printing names: the runtime, and columns with a number behind it. Nothing of the text is called so. */
  readonly own: string;
  readonly #lambda: Lambda;

  constructor(lambda: Lambda) {
    this.#lambda = lambda;
    let own = '$';
    while (lambda.text.includes(own)) own += '$';
    this.own = own;
  }

  print(node: Node): string {
    const column = columnOf(this.#lambda, node);
    if (column) return this.#column(column);
    switch (node.type) {
      case 'BinaryExpression':
        return this.#binary(node);
      case 'LogicalExpression':
        return this.#logical(node);
      case 'UnaryExpression':
        return this.#unary(node);
      case 'ChainExpression':
        return this.print(child(node, 'expression'));
      case 'MemberExpression':
        return this.#member(node);
      case 'CallExpression':
        return this.#call(node);
      case 'NewExpression':
        return this.#construct(node);
      case 'TemplateLiteral':
        return this.#template(node);
      case 'TaggedTemplateExpression':
        return `${this.print(child(node, 'tag'))}${this.#copy(child(node, 'quasi'))}`;
      case 'AssignmentExpression':
        return this.#assignment(node);
      case 'UpdateExpression':
        return this.#text(node);
      case 'Property':
        if (flag(node, 'shorthand')) return `${word(child(node, 'key'), 'name')}: ${this.print(child(node, 'value'))}`;
        return this.#copy(node);
      default:
        return isPattern(node) ? this.#text(node) : this.#copy(node);
    }
  }

  #text = (node: Node): string => this.#lambda.text.slice(node.start, node.end);

  /** The node's own text, with its children printed. */
  #copy(node: Node): string {
    let text = '';
    let at = node.start;
    for (const part of parts(node)) {
      if (part.start < at) continue;
      text += this.#lambda.text.slice(at, part.start) + (isName(node, part) ? this.#text(part) : this.print(part));
      at = part.end;
    }
    return text + this.#lambda.text.slice(at, node.end);
  }

  #column(use: ColumnUse): string {
    const known = [...this.columns.keys()].indexOf(use.column);
    if (known !== -1) return `${this.own}${known}`;
    this.columns.set(use.column, use);
    return `${this.own}${this.columns.size - 1}`;
  }

  #binary(node: Node): string {
    const operator = word(node, 'operator');
    const [left, right] = [this.print(child(node, 'left')), this.print(child(node, 'right'))];
    return operator in operators
      ? `${this.own}.operators['${operator}'](${left}, ${right})`
      : `(${left} ${operator} ${right})`;
  }

  #logical(node: Node): string {
    const operator = word(node, 'operator');
    const [left, right] = [this.print(child(node, 'left')), this.print(child(node, 'right'))];
    if (operator === '??') return `((${left}) ?? (${right}))`;
    return `${this.own}.${operator === '&&' ? 'and' : 'or'}(${left}, () => (${right}))`;
  }

  #unary(node: Node): string {
    const argument = child(node, 'argument');
    const name = { '!': 'not', '-': 'negative', '+': 'number', '~': 'inverted' }[word(node, 'operator')];
    if (name) return `${this.own}.${name}(${this.print(argument)})`;
    if (word(node, 'operator') === 'delete') return this.#text(node);
    return `(${word(node, 'operator')} ${this.print(argument)})`;
  }

  #member(node: Node): string {
    const object = child(node, 'object');
    if (object.type === 'Super' || this.#isNamespace(object)) return this.#copy(node);
    return `${this.own}.get(${this.print(object)}, ${this.#key(node)})`;
  }

  #key(member: Node): string {
    const property = child(member, 'property');
    return flag(member, 'computed') ? this.print(property) : `'${word(property, 'name')}'`;
  }

  #call(node: Node): string {
    const callee = bare(child(node, 'callee'));
    const args = children(node, 'arguments').map((argument) => this.print(argument));
    if (callee.type === 'Identifier') {
      const lift = CONVERSIONS.has(word(callee, 'name')) && !this.#isOwn(word(callee, 'name'));
      return lift && args.length > 0
        ? `${this.own}.lift(${[word(callee, 'name'), ...args].join(', ')})`
        : `${this.print(callee)}(${args.join(', ')})`;
    }
    if (callee.type !== 'MemberExpression' || child(callee, 'object').type === 'Super') {
      return `(${this.print(callee)})(${args.join(', ')})`;
    }
    const name = propertyName(callee);
    const object = child(callee, 'object');
    if (this.#isNamespace(object)) {
      if (word(object, 'name') === 'Math' && name !== undefined && Object.hasOwn(math, name))
        return `${this.own}.math.${name}(${args.join(', ')})`;
      if (['JSON', 'Object', 'Array', 'Reflect', 'Intl'].includes(word(object, 'name'))) {
        return `${this.#copy(callee)}(${args.join(', ')})`;
      }
      return `${this.own}.lift(${[`(...all) => ${this.#copy(callee)}(...all)`, ...args].join(', ')})`;
    }
    const target = this.print(object);
    if (name !== undefined && Object.hasOwn(methods, name))
      return `${this.own}.methods.${name}(${[target, ...args].join(', ')})`;
    return `${this.own}.call(${[target, this.#key(callee), ...args].join(', ')})`;
  }

  #construct(node: Node): string {
    const callee = child(node, 'callee');
    const args = children(node, 'arguments').map((argument) => this.print(argument));
    if (callee.type === 'Identifier' && word(callee, 'name') === 'Date' && !this.#isOwn('Date'))
      return `${this.own}.date(${args.join(', ')})`;
    return this.#copy(node);
  }

  #template(node: Node): string {
    const values = children(node, 'expressions');
    const pieces = children(node, 'quasis').flatMap((quasi, index) => {
      const value = values[index];
      return [`\`${this.#text(quasi)}\``, ...(value ? [this.print(value)] : [])];
    });
    return `${this.own}.text(${pieces.join(', ')})`;
  }

  #assignment(node: Node): string {
    const operator = word(node, 'operator').slice(0, -1);
    const target = child(node, 'left');
    const value = this.print(child(node, 'right'));
    if (target.type !== 'Identifier' || !(operator in operators)) return `${this.#text(target)} ${operator}= ${value}`;
    return `${this.#text(target)} = ${this.own}.operators['${operator}'](${this.#text(target)}, ${value})`;
  }

  #isNamespace(node: Node): boolean {
    return node.type === 'Identifier' && NAMESPACES.has(word(node, 'name')) && !this.#isOwn(word(node, 'name'));
  }

  /** The paragraph has a variable of this name. */
  #isOwn = (name: string): boolean => Object.hasOwn(this.#lambda.captures, name);
}

const isPattern = (node: Node): boolean =>
  node.type === 'ObjectPattern' || node.type === 'ArrayPattern' || node.type === 'TemplateElement';

/** Children that are names, not values: keys, labels, parameters. */
function isName(parent: Node, part: Node): boolean {
  if (isFunction(parent)) return part !== maybeChild(parent, 'body');
  if (parent.type === 'Property' || parent.type === 'PropertyDefinition' || parent.type === 'MethodDefinition') {
    return part === parent.key && parent.computed !== true;
  }
  if (parent.type === 'MemberExpression') return part === parent.property && parent.computed !== true;
  if (parent.type === 'VariableDeclarator') return part === parent.id;
  return parent.type === 'LabeledStatement' || parent.type === 'BreakStatement' || parent.type === 'ContinueStatement'
    ? part === parent.label
    : parent.type === 'CatchClause' && part === parent.param;
}

/** The column that a node reads, if it reads one. */
export function columnOf(lambda: Lambda, node: Node): ColumnUse | undefined {
  const { row } = lambda;
  if (row.kind === 'name' && node.type === 'MemberExpression') {
    const object = child(node, 'object');
    const column = propertyName(node);
    if (column === undefined || object.type !== 'Identifier' || word(object, 'name') !== row.name) return undefined;
    return { column, node: child(node, 'property') };
  }
  if (row.kind !== 'fields' || node.type !== 'Identifier') return undefined;
  const field = row.columns.get(word(node, 'name'));
  return field && { column: field.column, node: field.node };
}

/** Whether a node depends on the row, or on its number. */
export function dependsOnRow(lambda: Lambda, node: Node): boolean {
  const names =
    lambda.row.kind === 'name'
      ? [lambda.row.name]
      : lambda.row.kind === 'fields'
        ? [...lambda.row.columns.keys()]
        : lambda.row.kind === 'whole'
          ? undefined
          : [];
  if (!names) return true;
  return [...names, ...(lambda.index ? [lambda.index] : [])].some((name) => references(node, name).length > 0);
}
