/** How the palette picks: every word must be found, better where it begins a word, best at the start. */
export type Entry = {
  readonly group: 'command' | 'paragraph' | 'table' | 'notebook';
  readonly label: string;
  readonly detail?: string | undefined;
  readonly key?: string | undefined;
  /** The line in which the query was found. */
  readonly snippet?: string | undefined;
  /** Whoever searched its texts found all words of the query. */
  readonly found?: true;
  readonly do: () => void;
};

/** What fits on a screen and a little more; typing finds the rest. */
export const MOST_ENTRIES = 60;

/** Higher is better; 0: not wanted. */
export function score(label: string, query: string): number {
  const text = label.toLowerCase();
  let total = 1;
  for (const word of query.toLowerCase().split(/\s+/)) {
    if (word === '') continue;
    const at = text.indexOf(word);
    if (at === 0) total += 8;
    else if (at > 0 && /[^\p{L}\p{N}]/u.test(text[at - 1]!)) total += 5;
    else if (at > 0) total += 3;
    else if (inOrder(text, word)) total += 1;
    else return 0;
  }
  return total + 1 / (1 + text.length);
}

/** Found in a text: behind everything that bears the words in its name. */
const textScore = (entry: Entry): number => (entry.found ? 1 : 0);

/** `ral` finds `Run all`: its letters in order, the first at the start of a word. */
function inOrder(text: string, word: string): boolean {
  if (word.length < 2) return false;
  let at = -1;
  for (const [index, letter] of [...word].entries()) {
    at =
      index === 0
        ? text.search(new RegExp(`(?<![\\p{L}\\p{N}])${literally(letter)}`, 'u'))
        : text.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  return true;
}

const literally = (letter: string): string => letter.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

const ORDER: readonly Entry['group'][] = ['command', 'paragraph', 'table', 'notebook'];

/** Groups keep together, the group of the best entry first. */
export function pick(entries: readonly Entry[], query: string): readonly Entry[] {
  if (query.trim() === '') return entries.slice(0, MOST_ENTRIES);
  const scored = entries
    .map((entry) => ({
      entry,
      score: Math.max(score(entry.label, query), score(entry.detail ?? '', query) / 2, textScore(entry)),
    }))
    .filter((one) => one.score >= 1);
  const best = new Map<Entry['group'], number>();
  for (const { entry, score: value } of scored) best.set(entry.group, Math.max(value, best.get(entry.group) ?? 0));
  const rank = (group: Entry['group']): number => ORDER.indexOf(group) / 100 - (best.get(group) ?? 0);
  return scored
    .toSorted((a, b) => rank(a.entry.group) - rank(b.entry.group) || b.score - a.score)
    .slice(0, MOST_ENTRIES)
    .map((one) => one.entry);
}
