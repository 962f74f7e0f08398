/**
 * The part of Vega's expressions that the engine computes as Vega does: fields of `datum`, literals, comparisons, arithmetic,
 * `&& || !`, and a few functions. Anything else is not pushed, so no text of a spec ever reaches SQL: what stands there is
 * made here, of parts that were read. Pure.
 *
 * JavaScript's rules are spelled out: nothing counts as 0 in arithmetic and `< <= > >=`, is unequal to every value but nothing, and
 * NaN is in no order; texts are only compared for being equal, as the two sort them differently.
 */
import { asDouble, columnOf, type Flow, literal, NotPushed } from './kinds.ts';

/**
 * A value in SQL. `number`: a double, which may be NULL or NaN; `boolean`: true or false, never NULL, unless `bare`; `truth`: of
 * a value only whether it is true is known here.
 */
type Value =
  | { readonly kind: 'number' | 'text'; readonly sql: string }
  | { readonly kind: 'boolean'; readonly sql: string; readonly bare?: true }
  | { readonly kind: 'truth'; readonly sql: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'time'; readonly sql: string };

export type Computed = { readonly kind: 'number' | 'boolean' | 'text'; readonly sql: string };

/** As a condition: true where JavaScript finds the value true. */
export const conditionSql = (text: string, flow: Flow): string => truth(read(text, flow), text);

/** As a value, for a column of its own. */
export function valueSql(text: string, flow: Flow): Computed {
  const value = read(text, flow);
  if (value.kind === 'null' || value.kind === 'time' || value.kind === 'truth') throw new NotPushed('expression', text);
  return { kind: value.kind, sql: value.sql };
}

type Token = { readonly kind: 'name' | 'number' | 'text' | 'sign' | 'end'; readonly text: string };

const TOKEN =
  /\s*(?:([A-Za-z_$][\w$]*)|((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|("(?:[^"\\\n]|\\["'\\/bfnrt])*"|'(?:[^'\\\n]|\\["'\\/bfnrt])*')|(===|!==|==|!=|<=|>=|&&|\|\||[-+*/<>!()[\].,?:]))/y;
/** Longer ones are written by programs. */
const LONGEST = 2000;
/** Levels of brackets and of `!`; each takes some of the stack. */
const DEEPEST = 50;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function tokensOf(text: string): Token[] {
  if (text.length > LONGEST) throw new NotPushed('expression', text);
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.trimEnd().length; at = TOKEN.lastIndex) {
    const found = TOKEN.exec(text);
    if (!found) throw new NotPushed('expression', text);
    const [, name, number, quoted, sign] = found;
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (quoted !== undefined)
      tokens.push({
        kind: 'text',
        text: quoted.slice(1, -1).replace(/\\(.)/gs, (_, one: string) => ESCAPES[one] ?? one),
      });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return [...tokens, { kind: 'end', text: '' }];
}

const MATH: Readonly<Record<string, (value: string) => string>> = {
  abs: (value) => `abs(${value})`,
  floor: (value) => `floor(${value})`,
  ceil: (value) => `ceil(${value})`,
  round: (value) => `floor(${value} + 0.5)`,
};
/** Months count from 0, days of the week from Sunday, 0. */
const CLOCK: Readonly<Record<string, (at: string) => string>> = {
  year: (at) => `year(${at})`,
  quarter: (at) => `quarter(${at})`,
  month: (at) => `month(${at}) - 1`,
  date: (at) => `day(${at})`,
  day: (at) => `dayofweek(${at})`,
  hours: (at) => `hour(${at})`,
  minutes: (at) => `minute(${at})`,
  seconds: (at) => `second(${at})`,
};

function read(text: string, flow: Flow): Value {
  const tokens = tokensOf(text);
  let at = 0;
  let depth = 0;
  const fail = (): never => {
    throw new NotPushed('expression', text);
  };
  const peek = (): Token => tokens[at] ?? { kind: 'end', text: '' };
  const take = (...signs: readonly string[]): string | undefined => {
    const { kind, text: sign } = peek();
    if (kind !== 'sign' || !signs.includes(sign)) return undefined;
    at += 1;
    return sign;
  };
  const want = (sign: string): void => {
    if (!take(sign)) fail();
  };
  const number = (value: Value): string => (value.kind === 'number' ? value.sql : fail());

  function or(): Value {
    let left = and();
    while (take('||')) left = either(left, 'or', and(), text);
    return left;
  }
  function and(): Value {
    let left = equality();
    while (take('&&')) left = either(left, 'and', equality(), text);
    return left;
  }
  function equality(): Value {
    let left = order();
    for (let sign = take('===', '!==', '==', '!='); sign; sign = take('===', '!==', '==', '!=')) {
      const same = equal(left, order(), text);
      left = { kind: 'boolean', sql: sign.startsWith('!') ? `(not ${same})` : same };
    }
    return left;
  }
  function order(): Value {
    let left = sum();
    for (let sign = take('<=', '>=', '<', '>'); sign; sign = take('<=', '>=', '<', '>'))
      left = { kind: 'boolean', sql: compared(number(left), sign, number(sum())) };
    return left;
  }
  function sum(): Value {
    let left = product();
    for (let sign = take('+', '-'); sign; sign = take('+', '-'))
      left = { kind: 'number', sql: `(${zeroed(number(left))} ${sign} ${zeroed(number(product()))})` };
    return left;
  }
  function product(): Value {
    let left = unary();
    for (let sign = take('*', '/'); sign; sign = take('*', '/'))
      left = { kind: 'number', sql: `(${zeroed(number(left))} ${sign} ${zeroed(number(unary()))})` };
    return left;
  }
  function unary(): Value {
    depth += 1;
    if (depth > DEEPEST) fail();
    const value = take('!')
      ? { kind: 'boolean' as const, sql: `(not ${truth(unary(), text)})` }
      : take('-')
        ? { kind: 'number' as const, sql: `(- ${zeroed(number(unary()))})` }
        : atom();
    depth -= 1;
    return value;
  }
  function atom(): Value {
    if (take('(')) {
      const inner = or();
      want(')');
      return inner;
    }
    const token = peek();
    at += 1;
    if (token.kind === 'number') return { kind: 'number', sql: literal(Number(token.text)) };
    if (token.kind === 'text') return { kind: 'text', sql: literal(token.text) };
    if (token.kind !== 'name') return fail();
    if (token.text === 'true' || token.text === 'false') return { kind: 'boolean', sql: token.text };
    if (token.text === 'null') return { kind: 'null' };
    return token.text === 'datum' ? field() : call(token.text);
  }
  function field(): Value {
    const isDot = take('.') !== undefined;
    if (!isDot) want('[');
    const token = peek();
    at += 1;
    if (token.kind !== (isDot ? 'name' : 'text')) fail();
    if (!isDot) want(']');
    // A field of a field is a path into a value.
    if (peek().kind === 'sign' && ['.', '[', '('].includes(peek().text)) fail();
    return columnValue(token.text, flow, text);
  }
  function call(name: string): Value {
    want('(');
    const argument = or();
    want(')');
    if (name === 'isValid') return { kind: 'boolean', sql: isValid(argument, text) };
    if (Object.hasOwn(MATH, name)) return { kind: 'number', sql: MATH[name]!(zeroed(number(argument))) };
    // Of no time these are parts of 1970.
    if (Object.hasOwn(CLOCK, name) && argument.kind === 'time')
      return { kind: 'number', sql: `(${CLOCK[name]!(`coalesce(${argument.sql}, timestamp '1970-01-01')`)})::double` };
    return fail();
  }

  const value = or();
  if (peek().kind !== 'end') fail();
  return value;
}

function columnValue(name: string, flow: Flow, text: string): Value {
  // An expression names the column itself: there are no paths in quotes.
  if (!flow.columns.some((column) => column.name === name)) throw new NotPushed('expression', text);
  const column = columnOf(flow, name.replace(/[.[\]\\'"]/g, '\\$&'));
  switch (column.kind) {
    case 'number':
      return { kind: 'number', sql: asDouble(column) };
    case 'text':
      return { kind: 'text', sql: `${column.sql}::varchar` };
    case 'boolean':
      return { kind: 'boolean', sql: column.sql, bare: true };
    default:
      return { kind: 'time', sql: column.kind === 'date' ? `${column.sql}::timestamp` : column.sql };
  }
}

/** JavaScript's `a || b` is one of the two: a truth value where both are, else some value that is as true as they are. */
function either(left: Value, sign: 'or' | 'and', right: Value, text: string): Value {
  const isTrue = (value: Value): boolean => value.kind === 'boolean' && !value.bare;
  const sql = `(${truth(left, text)} ${sign} ${truth(right, text)})`;
  return { kind: isTrue(left) && isTrue(right) ? 'boolean' : 'truth', sql };
}

const zeroed = (sql: string): string => `coalesce(${sql}, 0)`;

/** NaN is neither less nor more than anything. */
export function compared(left: string, sign: string, right: string): string {
  const [a, b] = [zeroed(left), zeroed(right)];
  return `(${a} ${sign} ${b} and not isnan(${a}) and not isnan(${b}))`;
}

function equal(left: Value, right: Value, text: string): string {
  if (left.kind === 'null' || right.kind === 'null') {
    const other = left.kind === 'null' ? right : left;
    if (other.kind === 'truth') throw new NotPushed('expression', text);
    return other.kind === 'null' ? 'true' : `(${other.sql} is null)`;
  }
  // What has other kinds on its sides JavaScript converts, or finds never equal.
  if (left.kind !== right.kind || left.kind === 'time' || left.kind === 'truth')
    throw new NotPushed('expression', text);
  const same = `(${left.sql} is not distinct from ${right.sql})`;
  return left.kind === 'number' ? `(${same} and not coalesce(isnan(${left.sql}), false))` : same;
}

function truth(value: Value, text: string): string {
  switch (value.kind) {
    case 'truth':
      return value.sql;
    case 'boolean':
      return value.bare ? `coalesce(${value.sql}, false)` : value.sql;
    case 'number':
      return `(coalesce(${value.sql}, 0) <> 0 and not isnan(coalesce(${value.sql}, 0)))`;
    case 'text':
      return `(coalesce(${value.sql}, '') <> '')`;
    case 'null':
      return 'false';
    default:
      throw new NotPushed('expression', text);
  }
}

function isValid(value: Value, text: string): string {
  if (value.kind === 'null' || value.kind === 'truth') throw new NotPushed('expression', text);
  if (value.kind === 'number') return `(${value.sql} is not null and not isnan(coalesce(${value.sql}, 0)))`;
  return `(${value.sql} is not null)`;
}
