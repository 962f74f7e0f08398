/**
 * `%sql`, `%md` and `%sql(connection=x)`, typed at a paragraph's start, switch its interpreter and disappear. Read once a
 * space or a line end follows, so that a word half typed switches nothing. Files never contain them.
 */
export type Magic = {
  readonly interpreter: string;
  readonly options: Readonly<Record<string, string>>;
  /** UTF-16 units to take away. */
  readonly length: number;
};

const WORDS: ReadonlyMap<string, string> = new Map([
  ['sql', 'sql'],
  ['md', 'markdown'],
  ['markdown', 'markdown'],
]);

export function readMagic(text: string): Magic | undefined {
  const match = /^%([a-z]+)(?:\(([^()\n]*)\))?(?:[ \t]|\r?\n)/.exec(text);
  const interpreter = WORDS.get(match?.[1] ?? '');
  if (!match || interpreter === undefined) return undefined;
  const options: Record<string, string> = {};
  for (const pair of (match[2] ?? '').split(',')) {
    const [, key, value] = /^\s*([a-z][\w-]*)\s*=\s*(.*?)\s*$/i.exec(pair) ?? [];
    if (key !== undefined && value !== undefined) options[key] = value;
  }
  return { interpreter, options, length: match[0].length };
}
