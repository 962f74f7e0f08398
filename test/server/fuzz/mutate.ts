/**
 * Damage that knows what it damages: of bytes, of JSON, of what a schema describes. All chance comes from `random`, so that a
 * seed gives the same cases again.
 */
import type { TSchema } from '@sinclair/typebox';

export type Random = () => number;

export const upTo = (random: Random, most: number): number => Math.floor(random() * most);
export const oneOf = <T>(random: Random, all: readonly T[]): T => all[upTo(random, all.length)]!;

/** Bytes that lengths, counters and headers are made of, where they go wrong. */
const EDGES: readonly (readonly number[])[] = [
  [0],
  [0x7f],
  [0x80],
  [0xff],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xef, 0xbb, 0xbf],
  [0x00, 0x00, 0x00, 0x00],
];

/** One to three wounds; `other` is what a piece of may stray in. */
export function mutateBytes(random: Random, bytes: Uint8Array, other: Uint8Array = bytes): Uint8Array {
  let result: Uint8Array = Uint8Array.from(bytes);
  for (let wounds = 1 + upTo(random, 3); wounds > 0; wounds -= 1) {
    const at = upTo(random, result.length + 1);
    const end = Math.min(result.length, at + 1 + upTo(random, 16));
    const join = (...parts: readonly ArrayLike<number>[]): Uint8Array =>
      Uint8Array.from(parts.flatMap((part) => Array.from(part)));
    switch (upTo(random, 7)) {
      case 0:
        if (at < result.length) result[at] = result[at]! ^ (1 << upTo(random, 8));
        break;
      case 1:
        result = join(result.subarray(0, at), oneOf(random, EDGES), result.subarray(at));
        break;
      case 2:
        result = join(result.subarray(0, at), oneOf(random, EDGES), result.subarray(end));
        break;
      case 3:
        result = join(result.subarray(0, at), result.subarray(end));
        break;
      case 4:
        result = result.slice(0, at);
        break;
      case 5:
        result = join(result, result.subarray(at, end));
        break;
      default: {
        const from = upTo(random, other.length + 1);
        result = join(result.subarray(0, at), other.subarray(from, from + 1 + upTo(random, 32)), result.subarray(at));
      }
    }
  }
  return result;
}

const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

/** Values that stand where others were meant. */
const STRANGE: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 53,
  -0,
  '',
  '0',
  'null',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '\u0000',
  '\ud800',
  '\u202e\u2066',
  'x'.repeat(5000),
  '%00%ff%2e%2e',
  '{{nonce}}',
  "';--",
  [],
  {},
  [[]],
  { length: 1e9 },
  { toString: 'x', valueOf: 1 },
  deep(500),
];

export const strange = (random: Random): unknown => oneOf(random, STRANGE);

export const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** A value in which something is missing, strange, moved, doubled or too much. */
export function mutateJson(random: Random, value: unknown): unknown {
  if (random() < 0.15 || value === null || typeof value !== 'object') return strange(random);
  if (Array.isArray(value)) {
    const at = upTo(random, value.length + 1);
    if (value.length === 0 || random() < 0.3) return [...value.slice(0, at), strange(random), ...value.slice(at)];
    if (random() < 0.2) return [...value, ...value, ...value];
    return value.map((one, index) => (index === at ? mutateJson(random, one) : one));
  }
  const entries = Object.entries(value);
  const chosen = oneOf(random, entries);
  switch (upTo(random, 6)) {
    case 0:
      return Object.fromEntries(entries.filter((one) => one !== chosen));
    case 1:
      return Object.fromEntries([
        ...entries,
        [oneOf(random, ['__proto__', 'constructor', 'extra', '', 'toString']), strange(random)],
      ]);
    case 2: {
      const other = oneOf(random, entries);
      return Object.fromEntries(entries.map(([key, one]) => [key, key === chosen?.[0] ? other?.[1] : one]));
    }
    default:
      return Object.fromEntries(
        entries.map(([key, one]) => [key, key === chosen?.[0] ? mutateJson(random, one) : one]),
      );
  }
}

/** JSON text that is cut, doubled or wounded as text. */
export function mutateText(random: Random, text: string): string {
  const at = upTo(random, text.length + 1);
  const end = Math.min(text.length, at + 1 + upTo(random, 20));
  switch (upTo(random, 6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(end);
    case 2:
      return text.slice(0, at) + asText(strange(random)) + text.slice(at);
    case 3:
      return text + text.slice(at);
    case 4:
      return (
        text.slice(0, at) +
        oneOf(random, ['"', '\\', '\n', '```', '---', '<!--', '\r', '\u2028', '{', ']', ',', ':']) +
        text.slice(at)
      );
    default:
      return text.slice(0, at) + text.slice(at, end).repeat(3) + text.slice(end);
  }
}

/** A value that the schema takes, or nearly: what it says of patterns is followed where it is known. */
export function sampleOf(random: Random, schema: TSchema, words: readonly string[]): unknown {
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.anyOf)) return sampleOf(random, oneOf(random, schema.anyOf as TSchema[]), words);
  switch (schema.type) {
    case 'object': {
      const required: readonly string[] = schema.required ?? [];
      const properties = Object.entries((schema.properties ?? {}) as Record<string, TSchema>);
      return Object.fromEntries(
        properties
          .filter(([name]) => required.includes(name) || random() < 0.5)
          .map(([name, one]) => [name, sampleOf(random, one, words)]),
      );
    }
    case 'array':
      return Array.from({ length: upTo(random, 4) }, () => sampleOf(random, schema.items as TSchema, words));
    case 'string':
      return oneOf(random, words);
    case 'integer':
    case 'number':
      return (schema.minimum ?? 0) + upTo(random, Math.min(100, (schema.maximum ?? 100) - (schema.minimum ?? 0) + 1));
    case 'boolean':
      return random() < 0.5;
    default:
      return strange(random);
  }
}
