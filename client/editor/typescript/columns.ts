/**
 * What the compiler objects to, read as what a run would: a column that is not there fails a run, in a lambda as in a
 * verb's argument, so it is an error and is said in terms of columns. Other things that types object to stay doubts. A
 * name that is made while the paragraph runs is nobody's fault here.
 */
import { typescript as ts } from 'monaco-editor/languages/features/typescript/lib/typescriptServices';

export type Read =
  | { readonly kind: 'column'; readonly name: string; readonly meant?: string; readonly at: ts.Node }
  /** Nothing that could be known before it runs. */
  | { readonly kind: 'nothing' };

/** A property that is not there. */
const ABSENT: ReadonlySet<number> = new Set([2339, 2551]);
/** A value where another is wanted. */
const UNFIT: ReadonlySet<number> = new Set([2322, 2345, 2353, 2559, 2561, 2769, 2820]);
/** Texts in options of verbs that are no columns. */
const SETTINGS: ReadonlySet<string> = new Set(['kind', 'how', 'suffix']);

/** Undefined: it stands as the compiler says it. */
export function readObjection(
  { code, start, length = 0 }: ts.Diagnostic,
  message: string,
  file: ts.SourceFile,
  checker: ts.TypeChecker,
): Read | undefined {
  if (start === undefined || (!ABSENT.has(code) && !UNFIT.has(code))) return undefined;
  const node = nodeAt(file, start, start + length);
  const meant = /Did you mean '"?([^'"]+)"?'\?/.exec(message)?.[1];
  const column = (name: string, at: ts.Node): Read => ({
    kind: 'column',
    name,
    at,
    ...(meant === undefined ? {} : { meant }),
  });
  if (ABSENT.has(code)) {
    if (!ts.isIdentifier(node) || !isOfRow(node, checker)) return undefined;
    return column(node.text, node);
  }
  const call = verbAround(node, checker);
  if (!call) return undefined;
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) && parent.name === node) {
    if (calledName(call) === 'rename') return column(textOf(node), node);
    if (SETTINGS.has(textOf(node))) return undefined;
    if (ts.isStringLiteralLike(parent.initializer)) return column(plain(parent.initializer.text), parent.initializer);
  }
  const named = ts.isObjectLiteralExpression(node) ? valueIn(node, message) : undefined;
  if (named) return column(plain(named.text), named);
  if (ts.isStringLiteralLike(node)) return isSetting(node) ? undefined : column(plain(node.text), node);
  return /\btype 'string(?:\[\])?'|'readonly string\[\]'/i.test(message) ? { kind: 'nothing' } : undefined;
}

/** Of `orderBy`. */
const plain = (name: string): string => name.replace(/^-/, '');

const textOf = (node: ts.Node): string => (ts.isIdentifier(node) || ts.isStringLiteralLike(node) ? node.text : '');

const isSetting = (node: ts.Node): boolean =>
  ts.isPropertyAssignment(node.parent) && SETTINGS.has(textOf(node.parent.name));

/** The text in an object that the message speaks of. */
function valueIn(node: ts.ObjectLiteralExpression, message: string): ts.StringLiteralLike | undefined {
  const said = new Set([...message.matchAll(/'"((?:[^"\\]|\\.)*)"'/g)].map(([, name]) => name));
  for (const property of node.properties) {
    if (!ts.isPropertyAssignment(property) || SETTINGS.has(textOf(property.name))) continue;
    const { initializer } = property;
    if (ts.isStringLiteralLike(initializer) && said.has(JSON.stringify(initializer.text).slice(1, -1)))
      return initializer;
  }
  return undefined;
}

/** The node that takes just this place, else the smallest around it. */
export function nodeAt(file: ts.SourceFile, start: number, end: number): ts.Node {
  let found: ts.Node = file;
  const visit = (node: ts.Node): boolean | undefined => {
    if (start < node.getStart(file) || end > node.getEnd()) return undefined;
    found = node;
    ts.forEachChild(node, visit);
    return true;
  };
  ts.forEachChild(file, visit);
  return found;
}

/** `f.name`, or `name` of `({ name }) => …`, where `f` is the row that a verb gives a lambda. */
function isOfRow(name: ts.Node, checker: ts.TypeChecker): boolean {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent) && parent.name === name) {
    const declared = checker.getSymbolAtLocation(parent.expression)?.valueDeclaration;
    return declared !== undefined && ts.isParameter(declared) && isRow(declared, checker);
  }
  const pattern = ts.isBindingElement(parent) ? parent.parent : undefined;
  const parameter = pattern && ts.isObjectBindingPattern(pattern) ? pattern.parent : undefined;
  return parameter !== undefined && ts.isParameter(parameter) && isRow(parameter, checker);
}

function isRow(parameter: ts.Node, checker: ts.TypeChecker): boolean {
  const lambda = parameter.parent;
  if (!ts.isArrowFunction(lambda) && !ts.isFunctionExpression(lambda)) return false;
  return lambda.parameters[0] === parameter && verbAround(lambda, checker) !== undefined;
}

/** The call of a verb, or of an aggregate, that a value is an argument of or in. */
function verbAround(node: ts.Node, checker: ts.TypeChecker): ts.CallExpression | undefined {
  for (let at = node, next = node.parent; next; at = next, next = next.parent) {
    if (ts.isCallExpression(next)) return next.arguments.includes(at) && isOurs(next, checker) ? next : undefined;
    const goesOn =
      ts.isPropertyAssignment(next) ||
      ts.isObjectLiteralExpression(next) ||
      ts.isArrayLiteralExpression(next) ||
      ts.isParenthesizedExpression(next);
    if (!goesOn) return undefined;
  }
  return undefined;
}

const isOurs = (call: ts.CallExpression, checker: ts.TypeChecker): boolean =>
  checker.getResolvedSignature(call)?.declaration?.getSourceFile().fileName.endsWith(API) === true;

const API = 'interpreters-typescript-api.d.ts';

const calledName = ({ expression }: ts.CallExpression): string =>
  ts.isPropertyAccessExpression(expression) ? textOf(expression.name) : textOf(expression);
