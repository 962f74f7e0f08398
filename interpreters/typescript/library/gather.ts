/**
 * Rows and columns for JavaScript. A column of numbers is one typed array over memory that can be shared with workers;
 * where it has nulls, `valid` says which rows are not. All other columns are arrays of values.
 */
import type { Known } from './relation.ts';
import type { Batch, Numbers, Vector } from './vectors.ts';

export type Column = (Numbers | unknown[]) & {
  /** Of a typed array with nulls: 1 where the row has a value. */
  readonly valid?: Uint8Array;
};

export function rowsOf(names: readonly string[], batch: Batch): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = Array.from({ length: batch.rows }, () => ({}));
  batch.columns.forEach((column, index) => {
    const name = names[index] ?? '';
    for (let row = 0; row < batch.rows; row += 1) rows[row]![name] = column.get(row);
  });
  return rows;
}

export async function gather(known: readonly Known[], batches: AsyncIterable<Batch>): Promise<Record<string, Column>> {
  const columns: Gathered[] = known.map(() => new Gathered());
  for await (const batch of batches) {
    batch.columns.forEach((vector, index) => {
      columns[index]?.add(vector);
    });
  }
  return Object.fromEntries(known.map(({ name }, index) => [name, columns[index]!.column()]));
}

/** One column as it grows: typed while the engine's are. */
class Gathered {
  #parts: { readonly values: Numbers; readonly vector: Vector }[] = [];
  #values: unknown[] = [];
  #rows = 0;
  #nulls = 0;

  add(vector: Vector): void {
    this.#rows += vector.length;
    this.#nulls += vector.nulls;
    if (vector.values) this.#parts.push({ values: vector.values, vector });
    else for (let row = 0; row < vector.length; row += 1) this.#values.push(vector.get(row));
  }

  column(): Column {
    const [first] = this.#parts;
    if (!first) return this.#values;
    const width = first.values.BYTES_PER_ELEMENT;
    const bytes = new Uint8Array(new SharedArrayBuffer(this.#rows * width));
    const valid = this.#nulls > 0 ? new Uint8Array(new SharedArrayBuffer(this.#rows)) : undefined;
    let at = 0;
    for (const { values, vector } of this.#parts) {
      bytes.set(new Uint8Array(values.buffer, values.byteOffset, vector.length * width), at * width);
      if (valid) for (let row = 0; row < vector.length; row += 1) valid[at + row] = isValid(vector.validity, row);
      at += vector.length;
    }
    const typed = Reflect.construct(first.values.constructor as NewableFunction, [bytes.buffer]) as Numbers;
    return valid ? Object.defineProperty(typed, 'valid', { value: valid }) : typed;
  }
}

const isValid = (validity: Uint8Array | undefined, row: number): number =>
  validity === undefined ? 1 : (validity[row >> 3]! >> (row & 7)) & 1;
