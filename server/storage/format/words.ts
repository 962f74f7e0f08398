/**
 * The words behind an interpreter or in a paragraph's marker: `id=k3f9 name=delays limit=10 note="two words"`.
 *
 * A bare value that reads as a JSON number, `true`, `false` or `null` is that; any other is a string; a quoted value is
 * a JSON string. Words of another shape (`{1,3}`, `showLineNumbers`) belong to other tools and stay where they are.
 * Changing one word leaves the others' bytes: `rewrite` edits the written line instead of printing a new one.
 */
import type { Json, Options } from '../../protocol/document.ts';
import { type ParagraphId, parseId } from '../../protocol/ids.ts';
import { sortedJson } from '../../protocol/json.ts';

export type Word = {
  readonly start: number;
  readonly end: number;
  readonly key?: string;
  readonly value?: Json;
  /** The value as a string, whatever it looks like: for ids and names. */
  readonly text?: string;
};

/** Said of a paragraph in one line. `flags` are the marker's own words, not options of the paragraph. */
export type Header = {
  readonly id?: ParagraphId;
  readonly name?: string;
  readonly options: Options;
};

/** A longer word goes into the comment after the paragraph. */
const LONGEST_WORD = 60;

const WORD = /([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?!\S)|\S+/g;
const BARE = /^[\p{L}\p{N}_./:@+-]+$/u;

/** Words of `line` from `from` on, with their places in `line`. Of a repeated key the first counts. */
export function readWords(line: string, from: number): readonly Word[] {
  const seen = new Set<string>();
  const words: Word[] = [];
  for (const match of line.slice(from).matchAll(WORD)) {
    const start = from + match.index;
    const place = { start, end: start + match[0].length };
    const [, key, raw] = match;
    const value = key === undefined || seen.has(key) ? undefined : readValue(raw ?? '');
    if (key === undefined || value === undefined) words.push(place);
    else {
      seen.add(key);
      words.push({ ...place, key, value, text: typeof value === 'string' ? value : (raw ?? '') });
    }
  }
  return words;
}

function readValue(raw: string): Json | undefined {
  if (raw.startsWith('"')) {
    try {
      return JSON.parse(raw) as string;
    } catch {
      return undefined;
    }
  }
  if (raw === 'true') return true;
  if (raw === 'false') return false;
  if (raw === 'null') return null;
  const number = Number(raw);
  return raw !== '' && Number.isFinite(number) && String(number) === raw ? number : raw;
}

/** `reserved` keys are not options: the caller knows what they mean. */
export function readHeader(words: readonly Word[], reserved: readonly string[]): Header {
  const id = parseId<ParagraphId>(words.find((word) => word.key === 'id')?.text);
  const name = words.find((word) => word.key === 'name')?.text;
  const options = words.flatMap((word): [string, Json][] =>
    word.key === undefined || word.key === 'id' || word.key === 'name' || reserved.includes(word.key)
      ? []
      : [[word.key, word.value ?? null]],
  );
  return { ...(id ? { id } : {}), ...(name ? { name } : {}), options: Object.fromEntries(options) };
}

/** `key=value`, or undefined if it must stand in the comment after the paragraph. */
export function printWord(key: string, value: Json): string | undefined {
  if (!/^[A-Za-z_][\w.-]*$/.test(key) || key.includes('--')) return undefined;
  if (typeof value === 'object' && value !== null) return undefined;
  const word = `${key}=${typeof value === 'string' ? printString(value) : String(value)}`;
  return word.length > LONGEST_WORD || (typeof value === 'number' && readValue(String(value)) !== value)
    ? undefined
    : word;
}

/** A name is a word of any length; what it holds is escaped so that it can stand in a fence's line and in a comment. */
export const printName = (name: string): string =>
  `name=${BARE.test(name) && !name.includes('--') ? name : quote(name)}`;

const printString = (value: string): string =>
  BARE.test(value) && !value.includes('--') && readValue(value) === value ? value : quote(value);

const quote = (value: string): string => JSON.stringify(value).replaceAll('`', '\\u0060').replaceAll('--', '-\\u002d');

/**
 * The line with these keyed words and no others: a word whose value is still right keeps its bytes and place, a changed
 * one is replaced, a missing one is taken out, new ones stand behind the last (an id first of all, at `from`).
 */
export function rewrite(
  line: string,
  words: readonly Word[],
  from: number,
  wanted: ReadonlyMap<string, string>,
): string {
  let result = '';
  let at = 0;
  const left = new Map(wanted);
  const id = left.get('id');
  if (id !== undefined && !words.some((word) => word.key === 'id')) {
    result = `${line.slice(0, from)} ${id}`;
    at = from;
    left.delete('id');
  }
  for (const word of words) {
    if (word.key === undefined) continue;
    const text = left.get(word.key);
    left.delete(word.key);
    const gap = line.slice(at, word.start);
    if (text === undefined) result += gap.trimEnd();
    else result += gap + (sameWord(line.slice(word.start, word.end), text) ? line.slice(word.start, word.end) : text);
    at = word.end;
  }
  const last = words.at(-1)?.end ?? from;
  result += line.slice(at, Math.max(at, last));
  at = Math.max(at, last);
  for (const word of left.values()) result += ` ${word}`;
  return result + line.slice(at);
}

function sameWord(written: string, wanted: string): boolean {
  const [one] = readWords(written, 0);
  const [other] = readWords(wanted, 0);
  if (one?.key === 'id' || one?.key === 'name') return one.key === other?.key && one.text === other.text;
  return one?.key === other?.key && one?.value === other?.value;
}

const COMMENT = /^<!-- gondola (\{(?:(?!-->).)*\}) -->[ \t]*$/s;

/** The options in a `<!-- gondola {…} -->` line; undefined if the line is none. Throws SyntaxError on broken JSON. */
export function readComment(line: string): Options | undefined {
  const json = COMMENT.exec(line)?.[1];
  return json === undefined ? undefined : (JSON.parse(json) as Options);
}

export const printComment = (options: Options): string =>
  `<!-- gondola ${sortedJson(options).replaceAll('--', '-\\u002d')} -->`;
