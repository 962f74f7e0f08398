/**
 * The few pieces of FlatBuffers that Arrow's messages need: a builder that writes back to front, as the format wants
 * (a reference points at what was written before it), and a reader. Format: https://flatbuffers.dev/internals/
 */
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

export type Slot =
  | { readonly kind: 'byte' | 'short' | 'int' | 'long'; readonly value: number }
  /** `value` is what `string`, `table` or a vector method returned. */
  | { readonly kind: 'reference'; readonly value: number }
  | undefined;

const WIDTH = { byte: 1, short: 2, int: 4, long: 8, reference: 4 } as const;

export class FlatBuilder {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #free = 1024;
  #alignment = 1;

  /** Bytes written so far: also the name of what was written last, counted from the end. */
  get #written(): number {
    return this.#bytes.length - this.#free;
  }

  table(slots: readonly Slot[]): number {
    const start = this.#written;
    const places = slots.map((slot) => (slot ? this.#put(slot.kind, slot.value) : 0));
    this.#int(0);
    const table = this.#written;
    for (const place of places.toReversed()) this.#short(place === 0 ? 0 : table - place);
    this.#short(table - start);
    this.#short(4 + 2 * slots.length);
    this.#view.setInt32(this.#bytes.length - table, this.#written - table, true);
    return table;
  }

  string(text: string): number {
    const bytes = encodeUtf8(text);
    this.#prepare(4, bytes.length + 1);
    this.#free -= bytes.length + 1;
    this.#bytes.set(bytes, this.#free);
    this.#int(bytes.length);
    return this.#written;
  }

  references(items: readonly number[]): number {
    this.#prepare(4, 4 * items.length);
    for (const item of items.toReversed()) this.#put('reference', item);
    this.#int(items.length);
    return this.#written;
  }

  ints(items: readonly number[]): number {
    this.#prepare(4, 4 * items.length);
    for (const item of items.toReversed()) this.#int(item);
    this.#int(items.length);
    return this.#written;
  }

  /** A vector of structs of two 64-bit integers each, given flat. */
  pairs(items: readonly number[]): number {
    this.#prepare(4, 8 * items.length);
    this.#prepare(8, 8 * items.length);
    for (const item of items.toReversed()) this.#put('long', item);
    this.#int(items.length / 2);
    return this.#written;
  }

  finish(root: number): Uint8Array {
    this.#prepare(Math.max(this.#alignment, 8), 4);
    this.#put('reference', root);
    return this.#bytes.subarray(this.#free);
  }

  #put(kind: keyof typeof WIDTH, value: number): number {
    this.#prepare(WIDTH[kind], 0);
    this.#free -= WIDTH[kind];
    if (kind === 'byte') this.#view.setInt8(this.#free, value);
    else if (kind === 'short') this.#view.setInt16(this.#free, value, true);
    else if (kind === 'int') this.#view.setInt32(this.#free, value, true);
    else if (kind === 'long') this.#view.setBigInt64(this.#free, BigInt(value), true);
    else this.#view.setInt32(this.#free, this.#written - value, true);
    return this.#written;
  }

  #short(value: number): void {
    this.#put('short', value);
  }

  #int(value: number): void {
    this.#put('int', value);
  }

  /** Pads so that after `following` more bytes the place is aligned to `size`, and makes room for both. */
  #prepare(size: number, following: number): void {
    if (size > this.#alignment) this.#alignment = size;
    const padding = -(this.#written + following) & (size - 1);
    const needed = padding + following + size;
    while (this.#free < needed) this.#grow();
    this.#bytes.fill(0, this.#free - padding, this.#free);
    this.#free -= padding;
  }

  #grow(): void {
    const bytes = new Uint8Array(this.#bytes.length * 2);
    bytes.set(this.#bytes, this.#bytes.length);
    this.#free += this.#bytes.length;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** A table at `place`; a missing field reads as the default, which for every field of Arrow we read is 0 or nothing. */
export class FlatTable {
  readonly #view: DataView;
  readonly #place: number;

  constructor(view: DataView, place: number) {
    this.#view = view;
    this.#place = place;
  }

  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  byte(slot: number): number {
    const at = this.#field(slot);
    return at === 0 ? 0 : this.#view.getUint8(at);
  }

  long(slot: number): number {
    const at = this.#field(slot);
    return at === 0 ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  table(slot: number): FlatTable | undefined {
    const at = this.#field(slot);
    return at === 0 ? undefined : new FlatTable(this.#view, at + this.#view.getUint32(at, true));
  }

  string(slot: number): string {
    const at = this.#field(slot);
    if (at === 0) return '';
    const place = at + this.#view.getUint32(at, true);
    const length = this.#view.getUint32(place, true);
    return decodeUtf8(new Uint8Array(this.#view.buffer, this.#view.byteOffset + place + 4, length));
  }

  tables(slot: number): FlatTable[] {
    const { place, length } = this.#vector(slot);
    return Array.from({ length }, (_, index) => {
      const at = place + 4 * index;
      return new FlatTable(this.#view, at + this.#view.getUint32(at, true));
    });
  }

  /** As written by `pairs`: flat. */
  pairs(slot: number): number[] {
    const { place, length } = this.#vector(slot);
    return Array.from({ length: 2 * length }, (_, index) => Number(this.#view.getBigInt64(place + 8 * index, true)));
  }

  #vector(slot: number): { place: number; length: number } {
    const at = this.#field(slot);
    if (at === 0) return { place: 0, length: 0 };
    const place = at + this.#view.getUint32(at, true);
    return { place: place + 4, length: this.#view.getUint32(place, true) };
  }

  #field(slot: number): number {
    const table = this.#place - this.#view.getInt32(this.#place, true);
    const at = 4 + 2 * slot;
    const offset = at < this.#view.getUint16(table, true) ? this.#view.getUint16(table + at, true) : 0;
    return offset === 0 ? 0 : this.#place + offset;
  }
}
