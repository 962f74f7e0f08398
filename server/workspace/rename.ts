/**
 * Is a file that appeared the one that vanished? Yes within 5 s of each other, if it has the same paragraph ids or most
 * of the same lines; so a rename, by whatever program, keeps history and links. Pure: the caller knows the times.
 */
import { equalLines } from './text.ts';

/** Between a file's vanishing and its appearing elsewhere, whichever is seen first. */
export const RENAME_MS = 5_000;
const SAME_IDS = 0.6;
const EQUAL_LINES = 0.6;

/** How surely `now` is `old` under another name, 0 to 1; below any doubt 0. */
export function renamed(old: string, now: string): number {
  if (old.trim() === '' || now.trim() === '') return 0;
  if (old === now) return 1;
  const [ids, others] = [idsOf(old), idsOf(now)];
  const common = [...ids].filter((id) => others.has(id)).length;
  const share = common / Math.max(ids.size, others.size, 1);
  const lines = equalLines(old, now);
  return share >= SAME_IDS || lines >= EQUAL_LINES ? Math.max(share, lines) : 0;
}

const idsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^(?: {0,3}(?:`{3,}|~{3,})|<!-- paragraph )[^\r\n]*?\bid="?([a-z0-9-]{1,32})/gm)].map(
      (match) => match[1] ?? '',
    ),
  );

export type Candidate<T> = { readonly key: T; readonly text: string };

/** Pairs what vanished with what appeared, the surest first, each at most once. */
export function matchRenames<V, A>(
  vanished: readonly Candidate<V>[],
  appeared: readonly Candidate<A>[],
): readonly { readonly from: V; readonly to: A }[] {
  const pairs = vanished.flatMap((old) =>
    appeared.flatMap((now) => {
      const sure = renamed(old.text, now.text);
      return sure > 0 ? [{ from: old.key, to: now.key, sure }] : [];
    }),
  );
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
