/**
 * What people type at a paragraph's start to switch its interpreter: `%sql`, `%ts`, `%sh`, `%md`, `%vega-lite`,
 * `%sql(connection=x)`. It disappears and becomes interpreter and options; files never contain it. A word that is no interpreter's is text like
 * any other.
 */
import { type Json, type Options, PROSE } from './document.ts';

export type Magic = {
  /** The interpreter's own name. */
  readonly interpreter: string;
  readonly options: Options;
  /** Characters at the source's start that disappear. */
  readonly length: number;
  /** The source without them. */
  readonly rest: string;
};

/** Word → the interpreter's own name, for those that there are. */
export type MagicWords = Readonly<Record<string, string>>;

export const MAGIC_WORDS: MagicWords = {
  sql: 'sql',
  ts: 'typescript',
  typescript: 'typescript',
  sh: 'shell',
  bash: 'shell',
  shell: 'shell',
  'vega-lite': 'vega-lite',
  md: PROSE,
  [PROSE]: PROSE,
};

const WORD = /^[ \t]*%([A-Za-z][\w-]*)(?:\(([^()\n]*)\))?(?:[ \t]+|(\r\n|\n|\r)|$)/;
const PART = /\s*([A-Za-z_][\w.-]*)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,"]*)\s*(?:,|$)/y;

/**
 * Undefined where none stands. While somebody types, the word counts once a blank or a line end follows it (`%sh` may be
 * on its way to `%shell`); with `isLeft`, when the paragraph is left or run, also where nothing follows.
 */
export function readMagic(source: string, isLeft = false, words: MagicWords = MAGIC_WORDS): Magic | undefined {
  const match = WORD.exec(source);
  if (!match?.[1] || (!isLeft && match[0].length === source.length && /[\w)-]$/.test(source))) return undefined;
  const word = match[1].toLowerCase();
  const interpreter = Object.hasOwn(words, word) ? words[word] : undefined;
  if (interpreter === undefined) return undefined;
  const options = match[2] === undefined ? {} : readOptions(match[2]);
  if (!options) return undefined;
  const { length } = match[0];
  return { interpreter, options, length, rest: source.slice(length) };
}

function readOptions(inside: string): Options | undefined {
  const entries: [string, Json][] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < inside.length) {
    if (inside.slice(PART.lastIndex).trim() === '') break;
    const part = PART.exec(inside);
    if (!part?.[1]) return undefined;
    const value = readValue(part[2] ?? '');
    if (value === undefined) return undefined;
    entries.push([part[1], value]);
  }
  return Object.fromEntries(entries);
}

function readValue(raw: string): Json | undefined {
  if (raw.startsWith('"')) {
    try {
      return JSON.parse(raw) as string;
    } catch {
      return undefined;
    }
  }
  if (raw === 'true' || raw === 'false') return raw === 'true';
  const number = Number(raw);
  return raw !== '' && String(number) === raw && Number.isFinite(number) ? number : raw;
}
