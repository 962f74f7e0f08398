/**
 * `TextEncoder` and `TextDecoder`, `atob` and `btoa`. UTF-8 is done here, as most of it is short; other encodings are
 * decoded by the process. UTF-8 after the Encoding Standard: a maximal bad part is one U+FFFD.
 */
import type { Outer } from './outer.ts';

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length * 3);
  return bytes.slice(0, encodeInto(text, bytes).written);
}

function encodeInto(text: string, bytes: Uint8Array): { read: number; written: number } {
  let at = 0;
  let index = 0;
  while (index < text.length) {
    let code = text.charCodeAt(index);
    let units = 1;
    if (code >= 0xd800 && code < 0xe000) {
      const low = text.charCodeAt(index + 1);
      if (code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        units = 2;
      } else code = 0xfffd;
    }
    const length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (at + length > bytes.length) break;
    if (length === 1) bytes[at] = code;
    else {
      bytes[at] = LEAD[length - 2]! | (code >> (6 * (length - 1)));
      for (let rest = length - 2, to = at + 1; rest >= 0; rest -= 1, to += 1) {
        bytes[to] = 0x80 | ((code >> (6 * rest)) & 0x3f);
      }
    }
    at += length;
    index += units;
  }
  return { read: index, written: at };
}

const LEAD = [0xc0, 0xe0, 0xf0] as const;

/** `rest`: bytes at the end that begin a character. */
function decodeUtf8(bytes: Uint8Array, fatal: boolean, more: boolean): { text: string; rest: Uint8Array } {
  const parts: string[] = [];
  let units: number[] = [];
  const put = (code: number): void => {
    if (code >= 0x10000) units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
    else units.push(code);
    if (units.length >= 4096) {
      parts.push(String.fromCharCode(...units));
      units = [];
    }
  };
  const bad = (): void => {
    if (fatal) throw new TypeError('The encoded data was not valid for encoding utf-8');
    put(0xfffd);
  };
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at]!;
    if (lead < 0x80) {
      put(lead);
      at += 1;
      continue;
    }
    const needed =
      lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
    if (needed === 0) {
      bad();
      at += 1;
      continue;
    }
    let code = lead & (0x3f >> needed);
    let got = 0;
    while (got < needed && at + 1 + got < bytes.length) {
      const next = bytes[at + 1 + got]!;
      const [low, high] = got === 0 ? bounds(lead) : [0x80, 0xbf];
      if (next < low || next > high) break;
      code = (code << 6) | (next & 0x3f);
      got += 1;
    }
    if (got === needed) put(code);
    else if (more && at + 1 + got === bytes.length) break;
    else bad();
    at += 1 + got;
  }
  parts.push(String.fromCharCode(...units));
  return { text: parts.join(''), rest: bytes.slice(at) };
}

/** The second byte's bounds: neither longer forms than needed, nor surrogates, nor beyond Unicode. */
function bounds(lead: number): readonly [number, number] {
  if (lead === 0xe0) return [0xa0, 0xbf];
  if (lead === 0xed) return [0x80, 0x9f];
  if (lead === 0xf0) return [0x90, 0xbf];
  if (lead === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}

export function codingGlobals(outer: Pick<Outer, 'decode' | 'encoding'>) {
  class TextEncoder {
    get encoding(): string {
      return 'utf-8';
    }
    encode(text: unknown = ''): Uint8Array<ArrayBuffer> {
      return encodeUtf8(String(text));
    }
    encodeInto(text: unknown, bytes: Uint8Array): { read: number; written: number } {
      return encodeInto(String(text), bytes);
    }
  }

  class TextDecoder {
    readonly encoding: string;
    readonly fatal: boolean;
    readonly ignoreBOM: boolean;
    #rest = new Uint8Array(0);
    #begun = false;
    constructor(label: unknown = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
      const encoding = outer.encoding(String(label));
      if (encoding === undefined) throw new RangeError(`There is no encoding ${label}.`);
      this.encoding = encoding;
      this.fatal = options.fatal === true;
      this.ignoreBOM = options.ignoreBOM === true;
    }
    decode(source: ArrayBufferView | ArrayBufferLike = new Uint8Array(0), { stream = false } = {}): string {
      const given = bytesOf(source);
      const bytes = new Uint8Array(this.#rest.length + given.length);
      bytes.set(this.#rest);
      bytes.set(given, this.#rest.length);
      if (this.encoding !== 'utf-8') {
        // Whole at the end: what a character's bytes are differs between encodings.
        this.#rest = stream ? bytes : new Uint8Array(0);
        if (stream) return '';
        const text = outer.decode(bytes, this.encoding, this.fatal, this.ignoreBOM);
        if (text === undefined) throw new TypeError(`The encoded data was not valid for encoding ${this.encoding}`);
        return text;
      }
      const { text, rest } = decodeUtf8(bytes, this.fatal, stream);
      const first = !this.#begun;
      this.#begun = stream && (this.#begun || text !== '');
      this.#rest = stream ? new Uint8Array(rest) : new Uint8Array(0);
      return first && !this.ignoreBOM && text.startsWith('\ufeff') ? text.slice(1) : text;
    }
  }

  return { TextEncoder, TextDecoder, atob, btoa };
}

function bytesOf(source: ArrayBufferView | ArrayBufferLike): Uint8Array {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (source instanceof ArrayBuffer || source instanceof SharedArrayBuffer) return new Uint8Array(source);
  throw new TypeError('decode() takes bytes: an ArrayBuffer or a typed array.');
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function btoa(given: unknown): string {
  const text = String(given);
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const codes = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
    const length = Math.min(3, text.length - at);
    if (codes.slice(0, length).some((code) => code > 0xff)) {
      throw new TypeError('btoa() takes characters up to U+00FF; encode text with TextEncoder first.');
    }
    const bits = (codes[0]! << 16) | ((codes[1]! || 0) << 8) | (codes[2]! || 0);
    const digits = [18, 12, 6, 0].map((shift) => DIGITS[(bits >> shift) & 63]!);
    parts.push(digits.slice(0, length + 1).join(''), '='.repeat(3 - length));
  }
  return parts.join('');
}

export function atob(given: unknown): string {
  const text = String(given).replaceAll(/[\t\n\f\r ]/g, '');
  const digits = text.length % 4 === 0 ? text.replace(/={1,2}$/, '') : text;
  if (digits.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(digits)) throw new TypeError('atob() takes base64.');
  const parts: string[] = [];
  for (let at = 0; at < digits.length; at += 4) {
    const group = digits.slice(at, at + 4);
    let bits = 0;
    for (const digit of group.padEnd(4, 'A')) bits = (bits << 6) | DIGITS.indexOf(digit);
    parts.push(String.fromCharCode(bits >> 16, (bits >> 8) & 255, bits & 255).slice(0, group.length - 1));
  }
  return parts.join('');
}
