/**
 * JavaScript values → an Arrow stream for the engine. A column's kind is that of its first value that is not null; a
 * value of another kind is told by row, for a column has one type.
 */
import { batchMessage, END_OF_STREAM, schemaMessage } from '../../arrow/schema.ts';
import type { DuckType } from '../../arrow/types.ts';
import { utf8Length, writeUtf8 } from '../../arrow/utf8.ts';

export type ValueKind = 'number' | 'bigint' | 'string' | 'boolean' | 'date' | 'blob' | 'json';

const TYPES: Readonly<Record<ValueKind, DuckType>> = {
  number: { sql: 'DOUBLE', kind: 'fixed', width: 8, arrow: { type: 'float', precision: 2 } },
  bigint: { sql: 'BIGINT', kind: 'fixed', width: 8, arrow: { type: 'int', bits: 64, signed: true } },
  string: { sql: 'VARCHAR', kind: 'bytes', utf8: true },
  json: { sql: 'JSON', kind: 'bytes', utf8: true },
  boolean: { sql: 'BOOLEAN', kind: 'boolean' },
  date: { sql: 'TIMESTAMP', kind: 'fixed', width: 8, arrow: { type: 'timestamp', unit: 2, zoned: false } },
  blob: { sql: 'BLOB', kind: 'bytes', utf8: false },
};

export type Target = { readonly name: string; readonly kind: ValueKind };

/** Rows of one batch: the size of the engine's own vectors, which a chunk of its appender can't exceed. */
export const BATCH_ROWS = 2048;

/** Undefined for null; arrays and objects are kept as JSON. */
export function kindOf(value: unknown): ValueKind | 'promise' | 'function' | undefined {
  switch (typeof value) {
    case 'number':
    case 'bigint':
    case 'string':
    case 'boolean':
      return typeof value as 'number';
    case 'undefined':
      return undefined;
    case 'object':
      if (value === null) return undefined;
      if (value instanceof Date) return 'date';
      if (value instanceof Uint8Array) return 'blob';
      return 'then' in value && typeof value.then === 'function' ? 'promise' : 'json';
    default:
      return 'function';
  }
}

export class Encoder {
  readonly #targets: readonly Target[];
  #parts: Uint8Array[];

  constructor(targets: readonly Target[]) {
    this.#targets = targets;
    this.#parts = [this.#schema()];
  }

  #schema = (): Uint8Array =>
    schemaMessage(
      this.#targets.map(({ name, kind }) => ({ name, type: TYPES[kind] })),
      'UTC',
    );

  /** A batch of the first `rows` values of each column, at most `BATCH_ROWS`. */
  add(columns: readonly (readonly unknown[])[], rows: number): void {
    const body = new Body();
    this.#targets.forEach(({ kind }, index) => {
      encodeColumn(kind, columns[index] ?? [], rows, body);
    });
    const content = body.bytes();
    this.#parts.push(batchMessage(rows, body.nodes, body.buffers, content.length), content);
  }

  /** The stream so far; what comes next is a stream of its own. */
  take(): ArrayBuffer {
    const parts = [...this.#parts, END_OF_STREAM];
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    this.#parts = [this.#schema()];
    return bytes.buffer;
  }
}

class Body {
  readonly nodes: number[] = [];
  readonly buffers: number[] = [];
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  node(rows: number, nulls: number): void {
    this.nodes.push(rows, nulls);
  }

  buffer(bytes: Uint8Array): void {
    this.buffers.push(this.#length, bytes.length);
    this.#parts.push(bytes);
    this.#length += (bytes.length + 7) & ~7;
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#length);
    this.#parts.forEach((part, index) => {
      all.set(part, this.buffers[2 * index] ?? 0);
    });
    return all;
  }
}

function encodeColumn(kind: ValueKind, values: readonly unknown[], rows: number, body: Body): void {
  const validity = new Uint8Array((rows + 7) >> 3);
  let nulls = 0;
  for (let row = 0; row < rows; row += 1) {
    const value = values[row];
    if (value === null || value === undefined || (kind === 'date' && Number.isNaN(timeOf(value)))) nulls += 1;
    else validity[row >> 3]! |= 1 << (row & 7);
  }
  body.node(rows, nulls);
  body.buffer(nulls > 0 ? validity : new Uint8Array(0));
  const valid = (row: number): boolean => nulls === 0 || ((validity[row >> 3]! >> (row & 7)) & 1) === 1;
  switch (kind) {
    case 'number': {
      const data = new Float64Array(rows);
      for (let row = 0; row < rows; row += 1) if (valid(row)) data[row] = values[row] as number;
      body.buffer(new Uint8Array(data.buffer));
      return;
    }
    case 'bigint':
    case 'date': {
      const data = new BigInt64Array(rows);
      const read =
        kind === 'bigint' ? (value: unknown) => value as bigint : (value: unknown) => BigInt(timeOf(value)) * 1000n;
      for (let row = 0; row < rows; row += 1) if (valid(row)) data[row] = read(values[row]);
      body.buffer(new Uint8Array(data.buffer));
      return;
    }
    case 'boolean': {
      const data = new Uint8Array((rows + 7) >> 3);
      for (let row = 0; row < rows; row += 1) if (values[row] === true) data[row >> 3]! |= 1 << (row & 7);
      body.buffer(data);
      return;
    }
    case 'string':
    case 'json': {
      const texts =
        kind === 'string'
          ? (values as readonly string[])
          : values.map((value) => (value == null ? '' : JSON.stringify(value)));
      const offsets = new Int32Array(rows + 1);
      for (let row = 0; row < rows; row += 1)
        offsets[row + 1] = offsets[row]! + (valid(row) ? utf8Length(texts[row] ?? '') : 0);
      const data = new Uint8Array(offsets[rows] ?? 0);
      for (let row = 0; row < rows; row += 1) if (valid(row)) writeUtf8(texts[row] ?? '', data, offsets[row] ?? 0);
      body.buffer(new Uint8Array(offsets.buffer));
      body.buffer(data);
      return;
    }
    case 'blob': {
      const offsets = new Int32Array(rows + 1);
      for (let row = 0; row < rows; row += 1)
        offsets[row + 1] = offsets[row]! + (valid(row) ? (values[row] as Uint8Array).length : 0);
      const data = new Uint8Array(offsets[rows] ?? 0);
      for (let row = 0; row < rows; row += 1) if (valid(row)) data.set(values[row] as Uint8Array, offsets[row]);
      body.buffer(new Uint8Array(offsets.buffer));
      body.buffer(data);
    }
  }
}

const timeOf = (value: unknown): number => (value instanceof Date ? value.getTime() : Number.NaN);
