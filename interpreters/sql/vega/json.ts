/**
 * JSON as people write specs: with comments and a comma too many. A tree that knows where each value stands in the text,
 * so that what is wrong with a name in it can be shown there. Throws `NotJson` at the first place that is none.
 */
export type Node = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'object'; readonly entries: readonly Entry[] }
  | { readonly kind: 'array'; readonly items: readonly Node[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'plain'; readonly value: number | boolean | null }
);
export type Entry = { readonly key: string; readonly node: Node };
export type ObjectNode = Extract<Node, { kind: 'object' }>;

export class NotJson extends Error {
  readonly at: number;
  readonly length: number;
  constructor(message: string, at: number, length = 1) {
    super(message);
    this.at = at;
    this.length = length;
  }
}

/** Nothing sensible is nested deeper; each level takes some of the stack. */
const DEEPEST = 500;
const SPACE = /(?:[\s\uFEFF]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const STRING = /"(?:[^"\\\n]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const WORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

export function parseJson(text: string): Node {
  let at = 0;

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const skip = (): void => {
    at += match(SPACE)?.length ?? 0;
  };
  const fail = (wanted: string): never => {
    if (at >= text.length) throw new NotJson(`The text ends where ${wanted} should be.`, text.length);
    if (text[at] === "'") throw new NotJson('Texts stand in double quotes.', at);
    if (text.startsWith('/*', at)) throw new NotJson('The comment does not end.', at, 2);
    const found = match(WORD) ?? String.fromCodePoint(text.codePointAt(at) ?? 0);
    throw new NotJson(`Here stands ${found.slice(0, 50)}, where ${wanted} should be.`, at, found.length);
  };
  const take = (letter: string): boolean => {
    skip();
    if (text[at] !== letter) return false;
    at += 1;
    return true;
  };

  function value(depth: number): Node {
    skip();
    if (depth > DEEPEST) throw new NotJson(`It is nested more than ${DEEPEST} deep.`, at);
    const start = at;
    if (take('{')) return { kind: 'object', entries: entries(depth), start, end: at };
    if (take('[')) return { kind: 'array', items: items(depth), start, end: at };
    if (text[at] === '"') return { kind: 'string', value: string(), start, end: at };
    const number = match(NUMBER);
    if (number !== undefined && number !== '') {
      at += number.length;
      return { kind: 'plain', value: Number(number), start, end: at };
    }
    const word = match(WORD);
    if (word === undefined || !Object.hasOwn(WORDS, word)) return fail('a value');
    at += word.length;
    return { kind: 'plain', value: WORDS[word] ?? null, start, end: at };
  }

  function string(): string {
    const found = match(STRING);
    if (found === undefined) {
      const line = text.indexOf('\n', at);
      throw new NotJson(
        'The text in quotes does not end on its line, or holds a \\ that means nothing.',
        at,
        Math.max(1, (line < 0 ? text.length : line) - at),
      );
    }
    at += found.length;
    return found.includes('\\') ? String(JSON.parse(found)) : found.slice(1, -1);
  }

  function entries(depth: number): Entry[] {
    const found: Entry[] = [];
    while (!take('}')) {
      if (found.length > 0 && !take(',')) fail('a comma or }');
      if (found.length > 0 && take('}')) break;
      skip();
      if (text[at] !== '"') fail('a name in double quotes');
      const key = string();
      if (!take(':')) fail('a colon');
      found.push({ key, node: value(depth + 1) });
    }
    return found;
  }

  function items(depth: number): Node[] {
    const found: Node[] = [];
    while (!take(']')) {
      if (found.length > 0 && !take(',')) fail('a comma or ]');
      if (found.length > 0 && take(']')) break;
      found.push(value(depth + 1));
    }
    return found;
  }

  const root = value(0);
  skip();
  if (at < text.length) fail('the end');
  return root;
}

export function printJson(node: Node): string {
  switch (node.kind) {
    case 'object':
      return `{${node.entries.map(({ key, node: one }) => `${JSON.stringify(key)}:${printJson(one)}`).join(',')}}`;
    case 'array':
      return `[${node.items.map(printJson).join(',')}]`;
    default:
      return JSON.stringify(node.value);
  }
}

/** What keys and places in arrays lead to. */
export const nodeAt = (root: Node, path: readonly (string | number)[]): Node | undefined =>
  path.reduce<Node | undefined>((node, step) => {
    if (typeof step === 'number') return node?.kind === 'array' ? node.items[step] : undefined;
    return node?.kind === 'object' ? entryOf(node, step) : undefined;
  }, root);

export const entryOf = (node: ObjectNode, key: string): Node | undefined =>
  node.entries.findLast((entry) => entry.key === key)?.node;
