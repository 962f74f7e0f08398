/** The body of one record batch while it is written: one growing buffer, each Arrow buffer aligned to 8 bytes. */
const ALIGNMENT = 8;
const FIRST_BYTES = 4 * 1024;

/** A batch would be larger than its maker allowed. */
export class TooLarge extends RangeError {}

export class Body {
  /** (length, nulls) of each field, depth first, flat. */
  readonly nodes: number[] = [];
  /** (offset, length) of each buffer, flat. */
  readonly buffers: number[] = [];
  readonly #limit: number;
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  /** All written so far; valid until the next write. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  node(length: number, nulls: number): void {
    this.nodes.push(length, nulls);
  }

  /** A zeroed buffer of this length to fill at once; valid until the next one is asked for. */
  buffer(length: number): Uint8Array {
    const start = this.#take(length);
    this.#bytes.fill(0, start, this.#length);
    return this.#bytes.subarray(start, start + length);
  }

  /** A buffer with this content. */
  copy(content: Uint8Array): void {
    const start = this.#take(content.length);
    this.#bytes.set(content, start);
    this.#bytes.fill(0, start + content.length, this.#length);
  }

  #take(length: number): number {
    const start = this.#length;
    const end = start + Math.ceil(length / ALIGNMENT) * ALIGNMENT;
    if (end > this.#limit) throw new TooLarge(`a batch of more than ${this.#limit} bytes`);
    if (end > this.#bytes.length) this.#grow(end);
    this.#length = end;
    this.buffers.push(start, length);
    return start;
  }

  #grow(needed: number): void {
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    bytes.set(this.written);
    this.#bytes = bytes;
  }
}
