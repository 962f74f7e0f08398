/** What a Vega-Lite spec draws: the tables and files that it names, and the columns of them that it can speak of. Pure. */
import { DATA_FILE } from '../files.ts';
import { entryOf, type Node, type ObjectNode } from './json.ts';

export type Source = {
  readonly name: string;
  readonly kind: 'table' | 'file';
  /** Of the name in the spec, without its quotes. */
  readonly at: number;
  readonly length: number;
};
export type Refused = Omit<Source, 'kind'>;

export type Data = {
  /** Each name once, where it first stands. */
  readonly sources: readonly Source[];
  /** Every place of every name. */
  readonly places: readonly Source[];
  /** What it calls rows of its own. */
  readonly defined: ReadonlySet<string>;
  /** An address that is no data file. */
  readonly refused: Refused | undefined;
  /** It brings rows of its own. */
  readonly own: boolean;
};

/** What makes rows by itself. */
const MAKERS = ['values', 'sequence', 'sphere', 'graticule'];

export function findData(root: Node): Data {
  const places: Source[] = [];
  const defined = new Set<string>();
  let refused: Refused | undefined;
  let own = false;

  const datasets = root.kind === 'object' ? entryOf(root, 'datasets') : undefined;
  if (datasets?.kind === 'object') for (const { key } of datasets.entries) defined.add(key);

  function source(node: ObjectNode): void {
    const name = entryOf(node, 'name');
    const url = entryOf(node, 'url');
    if (MAKERS.some((maker) => entryOf(node, maker))) {
      own = true;
      if (name?.kind === 'string') defined.add(name.value);
    } else if (url?.kind === 'string') {
      const place = { name: url.value, at: url.start + 1, length: Math.max(1, url.end - url.start - 2) };
      if (!isDataFile(url.value)) refused ??= place;
      else places.push({ ...place, kind: 'file' });
    } else if (name?.kind === 'string') {
      places.push({
        name: name.value,
        kind: isDataFile(name.value) ? 'file' : 'table',
        at: name.start + 1,
        length: Math.max(1, name.end - name.start - 2),
      });
    }
  }

  function walk(node: Node): void {
    if (node.kind === 'array') for (const item of node.items) walk(item);
    if (node.kind !== 'object') return;
    for (const { key, node: child } of node.entries) {
      if (key === 'data' && child.kind === 'object') source(child);
      else if (key !== 'values' && key !== 'datasets') walk(child);
    }
  }
  walk(root);
  const named = new Map<string, Source>();
  for (const one of places) if (!defined.has(one.name) && !named.has(one.name)) named.set(one.name, one);
  return { sources: [...named.values()], places, defined, refused, own: own || defined.size > 0 };
}

const isDataFile = (path: string): boolean => /^(\.\/)?data\/[^?#]+$/.test(path) && DATA_FILE.test(path);

/** The spec with files named as what their rows come under. */
export function withNames(node: Node): Node {
  if (node.kind === 'array') return { ...node, items: node.items.map(withNames) };
  if (node.kind !== 'object') return node;
  const entries = node.entries.map(({ key, node: child }) => {
    if (key === 'values' || key === 'datasets') return { key, node: child };
    const url = key === 'data' && child.kind === 'object' ? entryOf(child, 'url') : undefined;
    if (url?.kind !== 'string') return { key, node: withNames(child) };
    return { key, node: { ...child, kind: 'object' as const, entries: [{ key: 'name', node: url }] } };
  });
  return { ...node, entries };
}

/** An expression that may reach columns by names it makes up, or takes a row as a whole. */
const ANY_COLUMN = /\bdatum\b(?!\s*(\.|\[\s*["']))|\bdata\s*\(/;

/**
 * The columns that a spec can speak of; all of them where an expression or a tooltip could reach any. What is sent whoever may
 * see the chart can read, so the words of Vega-Lite itself name none: `"data": {"name": …}` does not give a column `name` away. The
 * other texts are searched for each name, and one too many may come along.
 */
export function columnsFor(spec: string, columns: readonly string[]): readonly string[] {
  const texts = new Set<string>();
  if (!spoken(JSON.parse(spec), texts)) return columns;
  const bare = [...texts].map(withoutEscapes).join('\n');
  const used = columns.filter((column) => mentions(bare, withoutEscapes(column)));
  // To be counted, rows need no more than one.
  return used.length > 0 ? used : columns.slice(0, 1);
}

/** Keys whose texts are words of Vega-Lite, or are only shown. */
const WORDS = new Set(['$schema', 'description', 'title', 'type', 'mark', 'aggregate', 'op', 'timeUnit', 'sort']);
WORDS.add('unit')
  .add('order')
  .add('scheme')
  .add('orient')
  .add('format')
  .add('formatType')
  .add('interpolate')
  .add('select');

/** Gathers the texts in which fields may stand; false where one of them could reach any. */
function spoken(value: unknown, texts: Set<string>, key = ''): boolean {
  if (typeof value === 'string') {
    if (key === 'content' && value === 'data') return false;
    if (WORDS.has(key)) return true;
    texts.add(value);
    return !ANY_COLUMN.test(value);
  }
  if (Array.isArray(value)) return value.every((one) => spoken(one, texts));
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(
    ([name, one]) => name === 'data' || name === 'datasets' || spoken(one, texts, name),
  );
}

/** A path of fields may have `\\` before dots, brackets and quotes that are part of a name. */
const withoutEscapes = (text: string): string => text.replaceAll('\\', '');

/** Whether the name stands in the text as a word of its own. */
function mentions(spec: string, name: string): boolean {
  for (let at = spec.indexOf(name); at >= 0; at = spec.indexOf(name, at + 1)) {
    const around = [spec[at - 1] ?? '', spec[at + name.length] ?? ''];
    if (!around.some((letter) => /[\p{L}\p{N}_]/u.test(letter))) return true;
    if (name === '') return true;
  }
  return false;
}
