/**
 * The base of a notebook file: the text that Gondola last wrote or read, and the paragraph that each of its blocks is.
 * Outside changes are diff(base, file), never diff(document, file): after a crash the file is older than the log.
 * A base is a record in the notebook's log; it carries the interpreters that its text was parsed with, so that a later
 * version that knows more of them reads the same blocks out of it.
 */
import type { ParagraphId } from '../../protocol/ids.ts';
import { parseId } from '../../protocol/ids.ts';

/** First words of a fence that make it a code paragraph → the interpreter's own name, e.g. `ts` → `typescript`. */
export type Languages = Readonly<Record<string, string>>;

export type Base = {
  readonly text: string;
  /** One for each block of `text`, in order. */
  readonly ids: readonly ParagraphId[];
  readonly languages: Languages;
};

export const encodeBase = (base: Base): Uint8Array => new TextEncoder().encode(JSON.stringify(base));

/** Undefined if the bytes are no base: the caller goes on as if there were none. */
export function decodeBase(bytes: Uint8Array): Base | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value !== 'object' || value === null) return undefined;
    const { text, ids, languages } = value as Record<string, unknown>;
    if (typeof text !== 'string' || !Array.isArray(ids) || typeof languages !== 'object' || !languages)
      return undefined;
    const parsed = ids.map((id) => parseId<ParagraphId>(id));
    if (parsed.some((id) => id === undefined)) return undefined;
    const words = Object.entries(languages).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    return { text, ids: parsed as ParagraphId[], languages: Object.fromEntries(words) };
  } catch {
    return undefined;
  }
}
