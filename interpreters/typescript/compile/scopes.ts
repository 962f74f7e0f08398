/**
 * Who means which variable: the scopes of a module, the names that each declares, and every use of a name with the scope
 * that declares it. A use that no scope declares is free: a variable of an earlier paragraph, or a global.
 */
import type { AnyNode, Pattern, Program } from 'acorn';

export type Kind = 'const' | 'let' | 'var' | 'function' | 'class' | 'import' | 'parameter';

export type Scope = {
  readonly start: number;
  readonly end: number;
  readonly names: Map<string, Kind>;
  readonly parent: Scope | undefined;
};

export type Use = {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Assigned to, perhaps read as well. */
  readonly write: boolean;
  /** `{ name }`, or what is called: these need more than another name in place of this one. */
  readonly form: 'plain' | 'shorthand' | 'called';
  /** Undefined: free. */
  readonly scope: Scope | undefined;
};

export type Scopes = {
  readonly top: Scope;
  /** By their place. */
  readonly uses: readonly Use[];
};

export function scopesOf(program: Program): Scopes {
  const uses: Use[] = [];
  const top = newScope(program, undefined);
  declareVars(program.body, top);
  declareLexical(program.body, top);
  for (const statement of program.body) visit(statement, top);
  uses.sort((a, b) => a.start - b.start);
  return { top, uses };

  function use(node: AnyNode, scope: Scope, form: Use['form'], write = false): void {
    if (node.type === 'Identifier') {
      const { name, start, end } = node;
      uses.push({ name, start, end, write, form, scope: declaring(name, scope) });
    } else visit(node, scope);
  }

  function visit(node: AnyNode | null | undefined, scope: Scope): void {
    if (!node) return;
    switch (node.type) {
      case 'Identifier':
        use(node, scope, 'plain');
        return;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression': {
        const named = node.type === 'FunctionExpression' && node.id ? newScope(node, scope) : scope;
        if (named !== scope && node.id) named.names.set(node.id.name, 'function');
        const inner = newScope(node, named);
        for (const parameter of node.params) for (const name of namesIn(parameter)) inner.names.set(name, 'parameter');
        const body = node.body.type === 'BlockStatement' ? node.body.body : [];
        declareVars(body, inner);
        declareLexical(body, inner);
        for (const parameter of node.params) pattern(parameter, inner, false);
        if (node.body.type === 'BlockStatement') for (const statement of body) visit(statement, inner);
        else visit(node.body, inner);
        return;
      }
      case 'ClassDeclaration':
      case 'ClassExpression': {
        const inner = newScope(node, scope);
        if (node.id) inner.names.set(node.id.name, 'class');
        visit(node.superClass, inner);
        for (const member of node.body.body) visit(member, inner);
        return;
      }
      case 'BlockStatement':
      case 'StaticBlock': {
        const inner = newScope(node, scope);
        if (node.type === 'StaticBlock') declareVars(node.body, inner);
        declareLexical(node.body, inner);
        for (const statement of node.body) visit(statement, inner);
        return;
      }
      case 'SwitchStatement': {
        visit(node.discriminant, scope);
        const inner = newScope(node, scope);
        for (const one of node.cases) declareLexical(one.consequent, inner);
        for (const one of node.cases) {
          visit(one.test, inner);
          for (const statement of one.consequent) visit(statement, inner);
        }
        return;
      }
      case 'ForStatement': {
        const inner = newScope(node, scope);
        if (node.init?.type === 'VariableDeclaration') declareLexical([node.init], inner);
        for (const part of [node.init, node.test, node.update, node.body]) visit(part, inner);
        return;
      }
      case 'ForInStatement':
      case 'ForOfStatement': {
        const inner = newScope(node, scope);
        if (node.left.type === 'VariableDeclaration') {
          declareLexical([node.left], inner);
          visit(node.left, inner);
        } else pattern(node.left, inner, true);
        visit(node.right, inner);
        visit(node.body, inner);
        return;
      }
      case 'CatchClause': {
        const inner = newScope(node, scope);
        if (node.param) {
          for (const name of namesIn(node.param)) inner.names.set(name, 'parameter');
          pattern(node.param, inner, false);
        }
        visit(node.body, inner);
        return;
      }
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations) {
          pattern(id, scope, false);
          visit(init, scope);
        }
        return;
      case 'AssignmentExpression':
        pattern(node.left, scope, true);
        visit(node.right, scope);
        return;
      case 'UpdateExpression':
        use(node.argument, scope, 'plain', true);
        return;
      case 'CallExpression':
        use(node.callee, scope, 'called');
        for (const argument of node.arguments) visit(argument, scope);
        return;
      case 'TaggedTemplateExpression':
        use(node.tag, scope, 'called');
        visit(node.quasi, scope);
        return;
      case 'MemberExpression':
        visit(node.object, scope);
        if (node.computed) visit(node.property, scope);
        return;
      case 'Property':
        if (node.computed) visit(node.key, scope);
        use(node.value, scope, node.shorthand ? 'shorthand' : 'plain');
        return;
      case 'MethodDefinition':
      case 'PropertyDefinition':
        if (node.computed) visit(node.key, scope);
        visit(node.value, scope);
        return;
      case 'LabeledStatement':
        visit(node.body, scope);
        return;
      case 'ExportNamedDeclaration':
        visit(node.declaration, scope);
        if (!node.source) for (const { local } of node.specifiers) use(local, scope, 'plain');
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'MetaProperty':
        return;
      default:
        for (const child of childrenOf(node)) visit(child, scope);
    }
  }

  /** A pattern's own names are declared, or `assigned`; its defaults and computed keys are read. */
  function pattern(node: AnyNode, scope: Scope, assigned: boolean): void {
    switch (node.type) {
      case 'Identifier':
        if (assigned) use(node, scope, 'plain', true);
        return;
      case 'ObjectPattern':
        for (const property of node.properties) {
          if (property.type === 'RestElement') pattern(property, scope, assigned);
          else {
            if (property.computed) visit(property.key, scope);
            const { value } = property;
            const target = value.type === 'AssignmentPattern' ? value.left : value;
            if (assigned && property.shorthand) use(target, scope, 'shorthand', true);
            else pattern(target, scope, assigned);
            if (value.type === 'AssignmentPattern') visit(value.right, scope);
          }
        }
        return;
      case 'ArrayPattern':
        for (const element of node.elements) if (element) pattern(element, scope, assigned);
        return;
      case 'AssignmentPattern':
        pattern(node.left, scope, assigned);
        visit(node.right, scope);
        return;
      case 'RestElement':
        pattern(node.argument, scope, assigned);
        return;
      default:
        visit(node, scope);
    }
  }
}

/** Whether a scope lies inside a range: then its names are the range's own. */
export const isWithin = (scope: Scope, range: { readonly start: number; readonly end: number }): boolean =>
  scope.start >= range.start && scope.end <= range.end;

/** Nodes below one, in no other order than that of its fields. */
export function childrenOf(node: AnyNode): readonly AnyNode[] {
  return Object.values(node).flatMap((value: unknown) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** The names that a pattern binds. */
export function namesIn(node: Pattern | AnyNode): readonly string[] {
  switch (node.type) {
    case 'Identifier':
      return [node.name];
    case 'ObjectPattern':
      return node.properties.flatMap((one) => namesIn(one.type === 'RestElement' ? one.argument : one.value));
    case 'ArrayPattern':
      return node.elements.flatMap((one) => (one ? namesIn(one) : []));
    case 'AssignmentPattern':
      return namesIn(node.left);
    case 'RestElement':
      return namesIn(node.argument);
    default:
      return [];
  }
}

const newScope = (node: { readonly start: number; readonly end: number }, parent: Scope | undefined): Scope => ({
  start: node.start,
  end: node.end,
  names: new Map(),
  parent,
});

function declaring(name: string, scope: Scope): Scope | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) if (at.names.has(name)) return at;
  return undefined;
}

/** `let`, `const`, `class`, `function` and imports of one block. */
function declareLexical(statements: readonly AnyNode[], scope: Scope): void {
  for (const statement of statements) {
    const node = 'declaration' in statement && statement.declaration ? statement.declaration : statement;
    if (node.type === 'VariableDeclaration' && node.kind !== 'var') {
      const kind = node.kind === 'let' ? 'let' : 'const';
      for (const { id } of node.declarations) for (const name of namesIn(id)) scope.names.set(name, kind);
    } else if ((node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node.id) {
      scope.names.set(node.id.name, node.type === 'FunctionDeclaration' ? 'function' : 'class');
    } else if (node.type === 'ImportDeclaration') {
      for (const { local } of node.specifiers) scope.names.set(local.name, 'import');
    }
  }
}

/** `var` of a function or module, from whatever block it stands in. */
function declareVars(nodes: readonly AnyNode[], scope: Scope): void {
  for (const node of nodes) {
    if (node.type === 'VariableDeclaration' && node.kind === 'var') {
      for (const { id } of node.declarations) for (const name of namesIn(id)) scope.names.set(name, 'var');
    }
    if (!/^(FunctionDeclaration|ClassDeclaration)$|Expression$/.test(node.type)) declareVars(childrenOf(node), scope);
  }
}
