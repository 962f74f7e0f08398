/** The body of one record batch while it is written: one growing buffer, each Arrow buffer aligned to 8 bytes. */
const ALIGNMENT = 8;
const FIRST_BYTES = 64 * 1024;

export class Body {
  /** (length, nulls) of each field, depth first, flat. */
  readonly nodes: number[] = [];
  /** (offset, length) of each buffer, flat. */
  readonly buffers: number[] = [];
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  /** All written so far; valid until the next write. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.nodes.length = 0;
    this.buffers.length = 0;
    this.#length = 0;
  }

  node(length: number, nulls: number): void {
    this.nodes.push(length, nulls);
  }

  /** A zeroed buffer of this length to fill at once; valid until the next one is asked for. */
  buffer(length: number): Uint8Array {
    const start = this.#length;
    const end = start + ((length + ALIGNMENT - 1) & ~(ALIGNMENT - 1));
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.fill(0, start, end);
    this.#length = end;
    this.buffers.push(start, length);
    return this.#bytes.subarray(start, start + length);
  }

  /** A buffer with this content. */
  copy(content: Uint8Array): void {
    const start = this.#length;
    const end = start + ((content.length + ALIGNMENT - 1) & ~(ALIGNMENT - 1));
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.set(content, start);
    this.#bytes.fill(0, start + content.length, end);
    this.#length = end;
    this.buffers.push(start, content.length);
  }

  #grow(needed: number): void {
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    bytes.set(this.written);
    this.#bytes = bytes;
  }
}
