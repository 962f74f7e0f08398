/**
 * Prints a lambda as SQL, or says why it can't. The kind of what it gives is found either way where it can be, so that a
 * column is of one type whichever way it ran.
 *
 * In a condition (`filter`, the test of `?:`) null and false are the same, which makes shorter SQL; elsewhere `&&` and
 * `||` of booleans are three-valued, and `!` of null is null.
 *
 * One class in one file, long as it is: every construct may hold every other one, and what each does is short.
 */
import { columnOf } from './columns.ts';
import { constantOf } from './constant.ts';
import { columnSql, type Kind } from './kinds.ts';
import type { Lambda } from './lambda.ts';
import { conversion, mathFunction, method, methodKind, toNumber } from './methods.ts';
import { join, q, type Sql } from './pieces.ts';
import { bare, child, children, flag, maybeChild, type Node, propertyName, word } from './syntax.ts';
import {
  type Arithmetic,
  asText,
  boolean,
  calculate,
  choice,
  common,
  compare,
  differs,
  equals,
  fromColumn,
  fromConstant,
  nothing,
  number,
  other,
  plus,
  settled,
  string,
  type Typed,
  truth,
} from './typed.ts';

export type Reason = { readonly node: Node; readonly why: string };
export type Translation = { readonly kind: Kind; readonly reasons: readonly Reason[]; readonly sql?: Sql };

/** The lambda names a column that is not there. */
export class UnknownColumn extends Error {
  readonly column: string;
  readonly node: Node;
  constructor(column: string, node: Node) {
    super(`There is no column ${column}.`);
    this.column = column;
    this.node = node;
  }
}

/** Pieces of SQL of one expression: `||` of texts writes its left side twice, so a chain of them would grow without end. */
const MAX_PARTS = 5_000;
/** Characters of one lambda's SQL: past that it is faster over columns. */
const MAX_CHARACTERS = 100_000;

/** `columns`: names and the engine's types. As a condition null may come out as false. */
export function translate(
  lambda: Lambda,
  columns: ReadonlyMap<string, string>,
  as: 'value' | 'condition',
): Translation {
  const translator = new Translator(lambda, columns);
  const typed = translator.lambda(as);
  const kind = as === 'condition' ? 'boolean' : typed.kind;
  if (translator.reasons.length > 0) return { kind, reasons: translator.reasons };
  if (typed.kind === 'other')
    return { kind, reasons: [{ node: lambda.body, why: 'what it gives is no number, text, boolean or date' }] };
  const sql = result(typed);
  const size = sql.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 10), 0);
  if (size > MAX_CHARACTERS) return { kind, reasons: [{ node: lambda.body, why: 'its SQL would be too long' }] };
  return { kind, reasons: [], sql };
}

/** As a column: every number a DOUBLE, every date a TIMESTAMP. */
function result(typed: Typed): Sql {
  if (typed.kind === 'date') return q`epoch_ms((${typed.sql})::BIGINT)`;
  if (typed.kind === 'null') return ['null::VARCHAR'];
  return settled(typed);
}

class Translator {
  readonly reasons: Reason[] = [];
  readonly #lambda: Lambda;
  readonly #columns: ReadonlyMap<string, string>;
  /** What `const` means where the translation is: a block's own end with it. */
  #locals: ReadonlyMap<string, Typed> = new Map();

  constructor(lambda: Lambda, columns: ReadonlyMap<string, string>) {
    this.#lambda = lambda;
    this.#columns = columns;
  }

  lambda(as: 'value' | 'condition'): Typed {
    const { row, index, body } = this.#lambda;
    if (row.kind === 'whole') return this.#not(row.pattern, 'it uses the row as a whole');
    if (index) this.#not(this.#lambda.root, 'it uses the row’s number');
    if (body.type === 'BlockStatement') return this.#block(children(body, 'body'), as, body);
    return this.#as(body, as);
  }

  #as = (node: Node, as: 'value' | 'condition'): Typed => (as === 'value' ? this.value(node) : this.condition(node));

  /** Notes why, and goes on with what is known. */
  #not(node: Node, why: string, kind: Kind = 'other'): Typed {
    this.reasons.push({ node, why });
    return { ...other(), kind };
  }

  #block(statements: readonly Node[], as: 'value' | 'condition', around: Node): Typed {
    const [first, ...rest] = statements;
    const none = as === 'value' ? nothing : boolean(['false']);
    if (!first) return none;
    switch (first.type) {
      case 'ReturnStatement': {
        const argument = maybeChild(first, 'argument');
        return argument ? this.#as(argument, as) : none;
      }
      case 'VariableDeclaration':
        for (const declarator of children(first, 'declarations')) {
          const id = child(declarator, 'id');
          const init = maybeChild(declarator, 'init');
          if (word(first, 'kind') !== 'const' || id.type !== 'Identifier' || !init)
            return this.#not(first, 'it has variables');
          this.#locals = new Map([...this.#locals, [word(id, 'name'), this.value(init)]]);
        }
        return this.#block(rest, as, around);
      case 'IfStatement': {
        const branch = (node: Node | undefined): readonly Node[] =>
          !node ? [] : node.type === 'BlockStatement' ? children(node, 'body') : [node];
        const yes = branch(maybeChild(first, 'consequent'));
        const no = branch(maybeChild(first, 'alternate'));
        if (!ends(yes) && !ends(no)) return this.#not(first, 'it has statements');
        // What follows such a branch would see its variables.
        if ([yes, no].some((one) => !ends(one) && one.some(declares))) return this.#not(first, 'it has variables');
        const test = this.condition(child(first, 'test'));
        const a = this.#inside(() => this.#block(ends(yes) ? yes : [...yes, ...rest], as, first));
        const b = this.#inside(() => this.#block(ends(no) ? no : [...no, ...rest], as, first));
        return this.#choice(first, test.sql, a, b);
      }
      case 'EmptyStatement':
        return this.#block(rest, as, around);
      default:
        return this.#not(first, 'it has statements');
    }
  }

  #inside(branch: () => Typed): Typed {
    const around = this.#locals;
    const typed = branch();
    this.#locals = around;
    return typed;
  }

  #choice(node: Node, test: Sql, a: Typed, b: Typed): Typed {
    return choice(test, a, b) ?? this.#not(node, 'its branches are of different kinds', common(a, b) ?? 'other');
  }

  /** Whether a row would pass: true, or anything else. */
  condition(node: Node): Typed {
    if (node.type === 'LogicalExpression' && word(node, 'operator') !== '??') {
      const [a, b] = [this.condition(child(node, 'left')), this.condition(child(node, 'right'))];
      return boolean(q`(${a.sql} ${word(node, 'operator') === '&&' ? 'and' : 'or'} ${b.sql})`);
    }
    if (node.type === 'ConditionalExpression') {
      const test = this.condition(child(node, 'test'));
      const [a, b] = [this.condition(child(node, 'consequent')), this.condition(child(node, 'alternate'))];
      return boolean(q`(case when ${test.sql} then ${a.sql} else ${b.sql} end)`);
    }
    const value = node.type === 'BinaryExpression' ? this.#binary(node, true) : this.value(node);
    return truth(value) ?? this.#not(node, 'whether it is true depends on what it is', 'boolean');
  }

  value(node: Node): Typed {
    const typed = this.#value(node);
    return typed.sql.length > MAX_PARTS ? this.#not(node, 'its SQL would be too long', typed.kind) : typed;
  }

  #value(node: Node): Typed {
    const column = columnOf(this.#lambda, node);
    if (column) return this.#column(column.column, column.node);
    if (node.type === 'Identifier') {
      const local = this.#locals.get(word(node, 'name'));
      if (local) return local;
    }
    if (!this.#usesLocals(node)) {
      const constant = constantOf(this.#lambda, node);
      if (constant) return this.#constant(constant.value, constant.captured, node);
    }
    switch (node.type) {
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        return this.value(child(node, 'expression'));
      case 'BinaryExpression':
        return this.#binary(node, false);
      case 'LogicalExpression':
        return this.#logical(node);
      case 'UnaryExpression':
        return this.#unary(node);
      case 'ConditionalExpression': {
        const test = this.condition(child(node, 'test'));
        return this.#choice(
          node,
          test.sql,
          this.value(child(node, 'consequent')),
          this.value(child(node, 'alternate')),
        );
      }
      case 'TemplateLiteral':
        return this.#template(node);
      case 'MemberExpression':
        return this.#member(node);
      case 'CallExpression':
        return this.#call(node);
      case 'NewExpression':
        return this.#not(
          node,
          `new ${word(child(node, 'callee'), 'name')} is JavaScript’s`,
          word(child(node, 'callee'), 'name') === 'Date' ? 'date' : 'other',
        );
      case 'Identifier':
        return this.#not(node, `${word(node, 'name')} is not a value that can be bound`);
      default:
        return this.#not(node, `${NAMES[node.type] ?? 'this'} is JavaScript’s`);
    }
  }

  #usesLocals = (node: Node): boolean => {
    if (this.#locals.size === 0) return false;
    if (node.type === 'Identifier' && this.#locals.has(word(node, 'name'))) return true;
    return Object.values(node).some((value) =>
      (Array.isArray(value) ? value : [value]).some(
        (part) => typeof part === 'object' && part !== null && 'type' in part && this.#usesLocals(part as Node),
      ),
    );
  };

  #column(name: string, node: Node): Typed {
    const type = this.#columns.get(name);
    if (type === undefined) throw new UnknownColumn(name, node);
    const typed = fromColumn(columnSql(name, type));
    return typed.kind === 'other' ? this.#not(node, `${name} is ${type}`) : typed;
  }

  #constant(value: unknown, captured: boolean, node: Node): Typed {
    const typed = fromConstant(value, captured);
    if (typed.kind !== 'other' || Array.isArray(value) || value instanceof Set) return typed;
    return this.#not(node, 'this is no number, text, boolean or date');
  }

  #binary(node: Node, loose: boolean): Typed {
    const operator = word(node, 'operator');
    const a = this.value(child(node, 'left'));
    const b = this.value(child(node, 'right'));
    const mixed = (kind: Kind): Typed =>
      a.kind === 'other' || b.kind === 'other' || this.reasons.length > 0
        ? { ...other(), kind, ...this.#because(node, 'its sides are not known to SQL') }
        : this.#not(node, `JavaScript would convert: ${KINDS[a.kind]} ${operator} ${KINDS[b.kind]}`, kind);
    switch (operator) {
      case '<':
      case '<=':
      case '>':
      case '>=':
        return compare(operator, a, b, loose) ?? mixed('boolean');
      case '===':
        return equals(a, b, loose) ?? mixed('boolean');
      case '!==':
        return differs(a, b) ?? mixed('boolean');
      case '==':
        return (common(a, b) ? equals(a, b, loose) : undefined) ?? mixed('boolean');
      case '!=':
        return (common(a, b) ? differs(a, b) : undefined) ?? mixed('boolean');
      case '+':
        return (
          plus(a, b) ??
          mixed(
            a.kind === 'string' || b.kind === 'string'
              ? 'string'
              : a.kind === 'other' || b.kind === 'other'
                ? 'other'
                : 'number',
          )
        );
      case '-':
      case '*':
      case '/':
      case '%':
        return calculate(operator satisfies Arithmetic, a, b) ?? mixed('number');
      case '**': {
        const power = b.constant?.value;
        if (a.kind === 'number' && power === 2) return calculate('*', a, a) ?? mixed('number');
        if (a.kind === 'number' && power === 0.5) return mathFunction('sqrt', [a]) ?? mixed('number');
        return this.#not(node, '** to its last digit is JavaScript’s own', 'number');
      }
      default:
        return this.#not(
          node,
          `${operator} is JavaScript’s`,
          operator === 'in' || operator === 'instanceof' ? 'boolean' : 'number',
        );
    }
  }

  /** A side already said why; if none did, this does. */
  #because(node: Node, why: string): Record<string, never> {
    if (this.reasons.length === 0) this.reasons.push({ node, why });
    return {};
  }

  #logical(node: Node): Typed {
    const operator = word(node, 'operator');
    const a = this.value(child(node, 'left'));
    const b = this.value(child(node, 'right'));
    const kind = common(a, b);
    if (kind === undefined || kind === 'other')
      return this.#not(node, `${operator} of different kinds`, kind ?? 'other');
    if (operator === '??') {
      if (!a.gone) return a;
      const parts = { gone: b.gone, nan: a.nan || b.nan, bits: Math.max(a.bits, b.bits), whole: a.whole && b.whole };
      return { kind, sql: q`coalesce(${settled(a)}, ${settled(b)})`, ...parts };
    }
    if (kind === 'boolean' || kind === 'null')
      return boolean(q`(${a.sql} ${operator === '&&' ? 'and' : 'or'} ${b.sql})`, { gone: a.gone || b.gone });
    const test = truth(a.kind === 'null' ? b : a);
    if (!test) return this.#not(node, `${operator} of something else`, kind);
    if (a.kind === 'null') return operator === '&&' ? a : b;
    // `x && y` of texts: what is missing or empty stays itself.
    return operator === '&&' ? this.#choice(node, test.sql, b, a) : this.#choice(node, test.sql, a, b);
  }

  #unary(node: Node): Typed {
    const operator = word(node, 'operator');
    const argument = child(node, 'argument');
    const value = operator === 'typeof' ? nothing : this.value(argument);
    switch (operator) {
      case '!': {
        const test = truth(value);
        return test
          ? boolean(q`(not ${test.sql})`, { gone: test.gone })
          : this.#not(node, '! of something else', 'boolean');
      }
      case '-':
        if (value.kind === 'null') return number(['null::DOUBLE']);
        return value.kind === 'number'
          ? number(q`(-${settled(value)})`, { gone: value.gone, nan: value.nan, bits: value.bits })
          : this.#not(node, `- of ${KINDS[value.kind]}`, 'number');
      case '+':
        return toNumber(value) ?? this.#not(node, 'how a text is read as a number is JavaScript’s', 'number');
      default:
        return this.#not(
          node,
          `${operator} is JavaScript’s`,
          operator === 'typeof' ? 'string' : operator === '~' ? 'number' : 'other',
        );
    }
  }

  #template(node: Node): Typed {
    const values = children(node, 'expressions').map((part) => this.value(part));
    const pieces = children(node, 'quasis').flatMap((quasi, index) => {
      const cooked = cookedText(quasi);
      const value = values[index];
      return [...(cooked === '' ? [] : [fromConstant(cooked, false)]), ...(value ? [value] : [])];
    });
    const texts = pieces.map(asText);
    if (!texts.every((one) => one !== undefined))
      return this.#not(node, 'how it writes a number or date is JavaScript’s', 'string');
    return string(
      q`(${join(
        texts.map((one) => one.sql),
        ' || ',
      )})`,
      { gone: texts.some((one) => one.gone) },
    );
  }

  #member(node: Node): Typed {
    const object = bare(child(node, 'object'));
    const name = propertyName(node);
    // `text.split(',')[1]`
    if (flag(node, 'computed') && object.type === 'CallExpression') {
      const part = this.#splitPart(object, child(node, 'property'));
      if (part) return part;
    }
    const value = this.value(object);
    if (name === 'length') return this.#not(child(node, 'property'), '.length counts as JavaScript does', 'number');
    return value.kind === 'other' ? value : this.#not(child(node, 'property'), `.${name ?? '[…]'} is JavaScript’s`);
  }

  #splitPart(call: Node, place: Node): Typed | undefined {
    const callee = bare(child(call, 'callee'));
    const args = children(call, 'arguments');
    if (callee.type !== 'MemberExpression' || propertyName(callee) !== 'split' || args.length !== 1) return undefined;
    const separator = constantOf(this.#lambda, args[0]!)?.value;
    const at = constantOf(this.#lambda, place)?.value;
    if (typeof separator !== 'string' || separator === '' || typeof at !== 'number' || !Number.isInteger(at) || at < 0)
      return undefined;
    const text = this.value(child(callee, 'object'));
    if (text.kind !== 'string') return undefined;
    return string(q`string_split(${text.sql}, ${fromConstant(separator, false).sql})[${String(at + 1)}]`);
  }

  #call(node: Node): Typed {
    const callee = bare(child(node, 'callee'));
    const args = children(node, 'arguments');
    if (callee.type === 'Identifier') return this.#function(node, word(callee, 'name'), args);
    const name = callee.type === 'MemberExpression' ? propertyName(callee) : undefined;
    if (name === undefined) return this.#not(node, 'this call is JavaScript’s');
    const object = child(callee, 'object');
    const space =
      object.type === 'Identifier' && !Object.hasOwn(this.#lambda.captures, word(object, 'name'))
        ? word(object, 'name')
        : '';
    if (space === 'Math') {
      const values = args.map((argument) => this.value(argument));
      if (name === 'pow' && values[1]?.constant?.value === 2 && values[0])
        return calculate('*', values[0], values[0]) ?? this.#not(node, 'Math.pow of something else', 'number');
      return (
        mathFunction(name, values) ?? this.#not(callee, `Math.${name} to its last digit is JavaScript’s own`, 'number')
      );
    }
    if (space === 'Number') return this.#function(node, `Number.${name}`, args);
    if (['JSON', 'Object', 'Array', 'Date', 'Reflect', 'Intl', 'String'].includes(space)) {
      return this.#not(callee, `${space}.${name} is JavaScript’s`, space === 'Date' ? 'number' : 'other');
    }
    if (object.type === 'Literal' && 'regex' in object)
      return this.#not(object, 'a regular expression is JavaScript’s', methodKind(name));
    const self = this.value(object);
    if ((name === 'includes' || name === 'has') && self.constant && args.length === 1) {
      const list = self.constant.value instanceof Set ? [...self.constant.value] : self.constant.value;
      if (Array.isArray(list)) return this.#among(node, list, args[0]!);
    }
    const values = args.map((argument) => this.value(argument));
    const printed = method(self, name, values);
    if (printed) return printed;
    const kind = self.kind === 'other' ? 'other' : methodKind(name);
    return this.#not(
      maybeChild(callee, 'property') ?? callee,
      self.kind === 'other'
        ? `.${name}() of this is JavaScript’s`
        : `.${name}() of ${KINDS[self.kind]} is JavaScript’s`,
      kind,
    );
  }

  #function(node: Node, name: string, args: readonly Node[]): Typed {
    const base = name.split('.')[0] ?? name;
    const values = args.map((argument) => this.value(argument));
    const known = Object.hasOwn(this.#lambda.captures, base) ? undefined : conversion(name, values);
    const kind: Kind = /^(Number|parseInt|parseFloat|Number\.parse(Int|Float))$/.test(name)
      ? 'number'
      : name === 'String'
        ? 'string'
        : /^Boolean$|\bis[A-Z]/.test(name)
          ? 'boolean'
          : 'other';
    return (
      known ?? this.#not(node, `${name}() is JavaScript’s`, Object.hasOwn(this.#lambda.captures, base) ? 'other' : kind)
    );
  }

  /** `[…].includes(x)`: like `===`, but NaN is found. */
  #among(node: Node, list: readonly unknown[], argument: Node): Typed {
    const value = this.value(argument);
    if (value.kind === 'other') return this.#not(node, '.includes() of something else', 'boolean');
    const all = list.map((item) => fromConstant(item, true));
    if (all.length > MAX_LIST || all.some(({ kind }) => kind === 'other'))
      return this.#not(node, 'the list is long, or holds more than plain values', 'boolean');
    const withNull = all.some(({ kind }) => kind === 'null');
    const same = all.filter(({ kind }) => kind === value.kind);
    const ints = value.exact && same.every((one) => one.whole && one.bits <= 31);
    const left = ints && value.exact ? value.exact : value.sql;
    const known = { gone: false };
    if (same.length === 0) return boolean(withNull ? q`(${left} is null)` : ['false'], known);
    return boolean(
      q`coalesce(${left} in (${join(
        same.map((one) => one.sql),
        ', ',
      )}), ${String(withNull)})`,
      known,
    );
  }
}

/** Values of a list that are bound one by one. */
const MAX_LIST = 1000;

const ends = (statements: readonly Node[]): boolean => statements.at(-1)?.type === 'ReturnStatement';
const declares = (statement: Node): boolean => statement.type === 'VariableDeclaration';

const cookedText = (quasi: Node): string => {
  const { value } = quasi;
  return typeof value === 'object' && value !== null && 'cooked' in value && typeof value.cooked === 'string'
    ? value.cooked
    : '';
};

const KINDS: Readonly<Record<Kind, string>> = {
  number: 'a number',
  string: 'a text',
  boolean: 'a boolean',
  date: 'a date',
  null: 'null',
  other: 'something else',
};

const NAMES: Readonly<Record<string, string>> = {
  ArrowFunctionExpression: 'a function inside',
  FunctionExpression: 'a function inside',
  AssignmentExpression: 'an assignment',
  UpdateExpression: 'an assignment',
  ObjectExpression: 'an object',
  ArrayExpression: 'an array',
  Literal: 'this value',
  AwaitExpression: 'await',
  SequenceExpression: 'a sequence',
  TaggedTemplateExpression: 'a tagged template',
};
