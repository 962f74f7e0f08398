/**
 * The columns that a spec's encodings name, with their places: Vega draws a name that no column has as one bar of
 * `undefined`, and says nothing. Known only where a name can be no other thing than a column of the one table; a spec
 * that makes columns of its own or repeats itself over some is left to Vega. Pure.
 */
import { entryOf, type Node } from './json.ts';

export type Field = {
  readonly name: string;
  /** In the text, without its quotes. */
  readonly at: number;
  readonly length: number;
};

/** What makes columns or rows, at any depth. */
const MAKERS = ['transform', 'repeat', 'datasets', 'values'];

/** In their order in the text; none where it can't be told. */
export function fieldsOf(root: Node): readonly Field[] {
  const found: Field[] = [];
  let unsure = false;

  function walk(node: Node, encoding: boolean): void {
    if (node.kind === 'array') for (const item of node.items) walk(item, encoding);
    if (node.kind !== 'object') return;
    const field = encoding ? entryOf(node, 'field') : undefined;
    if (field?.kind === 'string' && field.value !== '*')
      found.push({ name: field.value, at: field.start + 1, length: Math.max(1, field.end - field.start - 2) });
    for (const { key, node: child } of node.entries) {
      if (MAKERS.includes(key) && !encoding) unsure = true;
      walk(child, encoding || key === 'encoding');
    }
  }
  walk(root, false);
  return unsure ? [] : found;
}

/** The first that is no column, nor a path into one. */
export function strangeField(fields: readonly Field[], columns: readonly string[]): Field | undefined {
  return fields.find(({ name }) => !columns.includes(name) && !columns.includes(columnOf(name)));
}

/** The column that a path such as `place.city` or `delays[0]` goes into; `\.` stands for a dot. */
const columnOf = (path: string): string => (/^(?:\\.|[^.[\\])*/s.exec(path)?.[0] ?? path).replace(/\\(.)/gs, '$1');
