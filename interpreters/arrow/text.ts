/** Text of the types that Arrow can't hold exactly, as `::varchar` gives it, and its inverse. */
import type { TextForm } from './types.ts';

const SIGN_128 = 1n << 127n;
const MASK_64 = (1n << 64n) - 1n;
const MICROS_PER_SECOND = 1_000_000n;
/** The largest offset of a TIMETZ, ±15:59:59; stored as this minus the offset. */
const MAX_OFFSET = 57_599;

/** Bytes of one element in the vector, for forms of fixed width. */
export const TEXT_WIDTH: Readonly<Record<Exclude<TextForm, 'bignum' | 'bit'>, number>> = {
  hugeint: 16,
  uhugeint: 16,
  uuid: 16,
  timetz: 8,
  interval: 16,
};

/** `at` is where the element's bytes begin in `view`. */
export function fixedText(form: keyof typeof TEXT_WIDTH, view: DataView, at: number): string {
  switch (form) {
    case 'hugeint': {
      const high = view.getBigInt64(at + 8, true);
      const low = view.getBigUint64(at, true);
      return ((high << 64n) | low).toString();
    }
    case 'uhugeint':
      return ((view.getBigUint64(at + 8, true) << 64n) | view.getBigUint64(at, true)).toString();
    case 'uuid': {
      const high = (view.getBigUint64(at + 8, true) ^ (1n << 63n)).toString(16).padStart(16, '0');
      const low = view.getBigUint64(at, true).toString(16).padStart(16, '0');
      return `${high.slice(0, 8)}-${high.slice(8, 12)}-${high.slice(12)}-${low.slice(0, 4)}-${low.slice(4)}`;
    }
    case 'timetz': {
      const bits = view.getBigUint64(at, true);
      return clock(bits >> 24n) + offsetText(MAX_OFFSET - Number(bits & 0xffffffn));
    }
    case 'interval':
      return intervalText(view.getInt32(at, true), view.getInt32(at + 4, true), view.getBigInt64(at + 8, true));
  }
}

/** The inverse of `fixedText`. */
export function parseFixed(form: keyof typeof TEXT_WIDTH, text: string, view: DataView, at: number): void {
  switch (form) {
    case 'hugeint':
    case 'uhugeint': {
      const value = BigInt(text);
      view.setBigUint64(at, value & MASK_64, true);
      view.setBigUint64(at + 8, (value >> 64n) & MASK_64, true);
      return;
    }
    case 'uuid': {
      const value = BigInt(`0x${text.replaceAll('-', '')}`) ^ SIGN_128;
      view.setBigUint64(at, value & MASK_64, true);
      view.setBigUint64(at + 8, value >> 64n, true);
      return;
    }
    case 'timetz': {
      const split = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
      const micros = parseClock(text.slice(0, split));
      view.setBigUint64(at, (micros << 24n) | BigInt(MAX_OFFSET - parseOffset(text.slice(split))), true);
      return;
    }
    case 'interval': {
      const { months, days, micros } = parseInterval(text);
      view.setInt32(at, months, true);
      view.setInt32(at + 4, days, true);
      view.setBigInt64(at + 8, micros, true);
      return;
    }
  }
}

/** BIGNUM: three bytes of length, its top bit set when positive, then the magnitude, big end first; all inverted when negative. */
export function bignumText(bytes: Uint8Array): string {
  const positive = (bytes[0]! & 0x80) !== 0;
  const flip = positive ? 0 : 0xff;
  let hex = '0x0';
  for (const byte of bytes.subarray(3)) hex += (byte ^ flip).toString(16).padStart(2, '0');
  return positive ? BigInt(hex).toString() : (-BigInt(hex)).toString();
}

export function parseBignum(text: string): Uint8Array {
  const negative = text.startsWith('-');
  const digits = BigInt(negative ? text.slice(1) : text).toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  const bytes = new Uint8Array(3 + hex.length / 2);
  const header = 0x800000 | (hex.length / 2);
  bytes[0] = header >> 16;
  bytes[1] = header >> 8;
  bytes[2] = header;
  for (let index = 3; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(hex.slice(2 * index - 6, 2 * index - 4), 16);
  }
  return negative ? bytes.map((byte) => ~byte) : bytes;
}

/** BIT: a byte that counts the padding bits, which lead and are ones, then the bits. */
export function bitText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes.subarray(1)) text += byte.toString(2).padStart(8, '0');
  return text.slice(bytes[0]);
}

export function parseBit(text: string): Uint8Array {
  const padding = (8 - (text.length % 8)) % 8;
  const bits = '1'.repeat(padding) + text;
  const bytes = new Uint8Array(1 + bits.length / 8);
  bytes[0] = padding;
  for (let index = 1; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(bits.slice(8 * index - 8, 8 * index), 2);
  }
  return bytes;
}

const two = (value: bigint | number): string => String(value).padStart(2, '0');

function clock(micros: bigint): string {
  const seconds = micros / MICROS_PER_SECOND;
  const rest = micros % MICROS_PER_SECOND;
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(6, '0').replace(/0+$/, '')}`;
  return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}${fraction}`;
}

function parseClock(text: string): bigint {
  const [hours = '0', minutes = '0', rest = '0'] = text.split(':');
  const [seconds = '0', fraction = ''] = rest.split('.');
  const whole = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds);
  return whole * MICROS_PER_SECOND + BigInt(fraction.padEnd(6, '0'));
}

function offsetText(offset: number): string {
  const seconds = Math.abs(offset);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two);
  const shown = seconds % 60 !== 0 ? 3 : seconds % 3600 !== 0 ? 2 : 1;
  return (offset < 0 ? '-' : '+') + parts.slice(0, shown).join(':');
}

function parseOffset(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.slice(1).split(':').map(Number);
  const offset = hours * 3600 + minutes * 60 + seconds;
  return text.startsWith('-') ? -offset : offset;
}

function intervalText(months: number, days: number, micros: bigint): string {
  const parts: string[] = [];
  const unit = (value: number, name: string): void => {
    if (value !== 0) parts.push(`${value} ${name}${Math.abs(value) === 1 ? '' : 's'}`);
  };
  unit(Math.trunc(months / 12), 'year');
  unit(months % 12, 'month');
  unit(days, 'day');
  if (micros < 0n) parts.push(`-${clock(-micros)}`);
  else if (micros > 0n || parts.length === 0) parts.push(clock(micros));
  return parts.join(' ');
}

function parseInterval(text: string): { months: number; days: number; micros: bigint } {
  let months = 0;
  let days = 0;
  let micros = 0n;
  const words = text.split(' ');
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    if (word.includes(':')) {
      micros = word.startsWith('-') ? -parseClock(word.slice(1)) : parseClock(word);
      continue;
    }
    const unit = words[index + 1] ?? '';
    if (unit.startsWith('year')) months += 12 * Number(word);
    else if (unit.startsWith('month')) months += Number(word);
    else days += Number(word);
    index += 1;
  }
  return { months, days, micros };
}
