/**
 * A nested value as a tree that opens and closes. It is read by a reader of its own: `JSON.parse` would change integers past
 * 2^53, and figures are shown as they are written. Branches are made when they are first opened.
 */
import { element } from './element.ts';

export type Tree =
  | { readonly kind: 'leaf'; readonly text: string; readonly is: 'text' | 'other' }
  | { readonly kind: 'list' | 'record'; readonly entries: readonly { readonly key: string; readonly value: Tree }[] };

/** Deeper than anything that people nest; a tree is built by calls within calls. */
const DEEPEST = 200;
/** Entries of a branch that are shown at once; the rest by a click. */
const AT_ONCE = 200;
/** A branch with so few entries is open from the start. */
const OPEN = 20;

const SPACE = /[ \t\r\n]*/y;
const LITERAL = /-?[^\s,:{}[\]"]+/y;

/** Undefined where the text is no list and no record. */
export function treeIn(text: string): { readonly tree: Tree } | undefined {
  let at = 0;
  const skip = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const fail = (): never => {
    throw new SyntaxError(`at ${at}`);
  };
  const expectMark = (mark: string): void => {
    skip(SPACE);
    if (text[at] !== mark) fail();
    at += 1;
  };
  function quoted(): string {
    const start = at;
    at += 1;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at += 1;
    const value: unknown = JSON.parse(text.slice(start, at));
    return typeof value === 'string' ? value : fail();
  }
  function value(depth: number): Tree {
    if (depth > DEEPEST) fail();
    skip(SPACE);
    const mark = text[at];
    if (mark === '"') return { kind: 'leaf', text: quoted(), is: 'text' };
    if (mark !== '{' && mark !== '[') {
      const literal = skip(LITERAL);
      return literal === '' ? fail() : { kind: 'leaf', text: literal, is: 'other' };
    }
    const [shut, kind] = mark === '{' ? (['}', 'record'] as const) : ([']', 'list'] as const);
    at += 1;
    const entries: { key: string; value: Tree }[] = [];
    skip(SPACE);
    while (text[at] !== shut) {
      if (entries.length > 0) expectMark(',');
      skip(SPACE);
      let key = String(entries.length);
      if (kind === 'record') {
        if (text[at] !== '"') fail();
        key = quoted();
        expectMark(':');
      }
      entries.push({ key, value: value(depth + 1) });
      skip(SPACE);
    }
    at += 1;
    return { kind, entries };
  }
  try {
    const tree = value(0);
    skip(SPACE);
    return tree.kind === 'leaf' || at < text.length ? undefined : { tree };
  } catch {
    return undefined;
  }
}

export function treeOf(tree: Tree): HTMLElement {
  if (tree.kind === 'leaf') {
    const leaf = element('span', `tree-${tree.is}`);
    leaf.textContent = tree.text;
    return leaf;
  }
  const list = element('ul', 'tree');
  const more = (from: number): void => {
    for (const { key, value } of tree.entries.slice(from, from + AT_ONCE)) {
      const item = list.appendChild(element('li', ''));
      if (value.kind === 'leaf') item.append(keyOf(key), treeOf(value));
      else item.append(branchOf(key, value));
    }
    const left = tree.entries.length - from - AT_ONCE;
    if (left <= 0) return;
    const item = list.appendChild(element('li', ''));
    const button = item.appendChild(element('button', 'link', { type: 'button' }));
    button.textContent = `+ ${left}`;
    button.addEventListener('click', () => {
      item.remove();
      more(from + AT_ONCE);
    });
  };
  more(0);
  return list;
}

function branchOf(key: string, value: Exclude<Tree, { kind: 'leaf' }>): HTMLElement {
  const branch = element('details', '');
  const head = branch.appendChild(element('summary', ''));
  const size = element('span', 'tree-size');
  size.textContent = value.kind === 'list' ? `[${value.entries.length}]` : `{${value.entries.length}}`;
  head.append(keyOf(key), size);
  const fill = (): void => {
    if (branch.childElementCount === 1) branch.append(treeOf(value));
  };
  if (value.entries.length <= OPEN) {
    branch.setAttribute('open', '');
    fill();
  } else branch.addEventListener('toggle', fill, { once: true });
  return branch;
}

function keyOf(key: string): HTMLElement {
  const name = element('span', 'tree-key');
  name.textContent = `${key}: `;
  return name;
}
