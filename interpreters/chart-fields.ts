/**
 * The columns that the encodings of a Vega-Lite spec name: Vega draws a name that no column has as one bar of `undefined`,
 * and says nothing. Known only where a name can be no other thing than a column of the one table; a spec that makes
 * columns of its own or repeats itself over some is left to Vega. Pure.
 */
export type Field = {
  readonly name: string;
  /** Keys and places in arrays that lead to it in the spec. */
  readonly path: readonly (string | number)[];
};

/** What makes columns or rows, at any depth. */
const MAKERS = ['transform', 'repeat', 'datasets', 'values'];

/** In the order of the spec, as JSON has it; none where it can't be told. */
export function fieldsOf(spec: unknown): readonly Field[] {
  const found: Field[] = [];
  let unsure = false;

  function walk(value: unknown, path: Field['path'], encoding: boolean): void {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, [...path, index], encoding);
      return;
    }
    for (const [key, item] of Object.entries(value)) {
      const here = [...path, key];
      if (MAKERS.includes(key) && !encoding) unsure = true;
      if (encoding && key === 'field' && typeof item === 'string' && item !== '*')
        found.push({ name: item, path: here });
      walk(item, here, encoding || key === 'encoding');
    }
  }
  walk(spec, [], false);
  return unsure ? [] : found;
}

/** The first that is no column, nor a path into one. */
export function strangeField(fields: readonly Field[], columns: readonly string[]): Field | undefined {
  return fields.find(({ name }) => !columns.includes(name) && !columns.includes(columnOf(name)));
}

/** The column that a path such as `place.city` or `delays[0]` goes into; `\.` stands for a dot. */
const columnOf = (path: string): string => (/^(?:\\.|[^.[\\])*/s.exec(path)?.[0] ?? path).replace(/\\(.)/gs, '$1');
