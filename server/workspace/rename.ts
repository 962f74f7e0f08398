/**
 * Is a file that appeared the one that vanished? Yes within 5 s of each other, if it has the same paragraph ids or most
 * of the same lines; so a rename, by whatever program, keeps history and links. Pure: the caller knows the times.
 */
import { basename } from 'node:path';
import { equalLines } from './text.ts';

/** Between a file's vanishing and its appearing elsewhere, whichever is seen first. */
export const RENAME_MS = 5_000;
const SAME_IDS = 0.6;
const EQUAL_LINES = 0.6;

/** Comparisons of whole texts in one look; past it only files that share a paragraph's id are compared. */
const MOST_COMPARISONS = 20_000;

export type Candidate<T> = { readonly key: T; readonly path: string; readonly text: string };
type Known<T> = Candidate<T> & { readonly ids: ReadonlySet<string> };

/** Pairs what vanished with what appeared, the surest first, each at most once. */
export function matchRenames<V, A>(
  vanished: readonly Candidate<V>[],
  appeared: readonly Candidate<A>[],
): readonly { readonly from: V; readonly to: A }[] {
  const old = vanished.filter(hasText).map(withIds);
  const now = appeared.filter(hasText).map(withIds);
  const pairs = [...comparable(old, now)].flatMap(([from, to]) => {
    const sure = likeness(from, to);
    return sure > 0 ? [{ from: from.key, to: to.key, sure }] : [];
  });
  pairs.sort((a, b) => b.sure - a.sure);
  const from = new Set<V>();
  const to = new Set<A>();
  return pairs.filter((pair) => {
    if (from.has(pair.from) || to.has(pair.to)) return false;
    from.add(pair.from);
    to.add(pair.to);
    return true;
  });
}

const hasText = ({ text }: { readonly text: string }): boolean => text.trim() !== '';

const withIds = <T>(candidate: Candidate<T>): Known<T> => ({ ...candidate, ids: idsOf(candidate.text) });

function* comparable<V, A>(old: readonly Known<V>[], now: readonly Known<A>[]): Generator<[Known<V>, Known<A>]> {
  if (old.length * now.length <= MOST_COMPARISONS) {
    for (const from of old) for (const to of now) yield [from, to];
    return;
  }
  const holders = new Map<string, Known<V>>();
  for (const from of old) for (const mark of [from.text, ...from.ids]) holders.set(mark, from);
  for (const to of now) {
    const found = new Set([to.text, ...to.ids].map((mark) => holders.get(mark)).filter((one) => one !== undefined));
    for (const from of found) yield [from, to];
  }
}

/** 0 where it is another file. Among copies of one another the most equal counts, and then the file's own name. */
function likeness<V, A>(old: Known<V>, now: Known<A>): number {
  const name = basename(old.path) === basename(now.path) ? 0.1 : 0;
  if (old.text === now.text) return 3 + name;
  const common = [...old.ids].filter((id) => now.ids.has(id)).length;
  const share = common / Math.max(old.ids.size, now.ids.size, 1);
  const lines = equalLines(old.text, now.text);
  return share >= SAME_IDS || lines >= EQUAL_LINES ? Math.max(share, lines) + lines + name : 0;
}

const idsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^(?: {0,3}(?:`{3,}|~{3,})|<!-- paragraph )[^\r\n]*?\bid="?([a-z0-9-]{1,32})/gm)].map(
      (match) => match[1] ?? '',
    ),
  );
